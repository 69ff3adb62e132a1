package import JSON
package import Runs

/// What a scripted server knows: three runs of two workflows, one of which waits for an approval.
///
/// It says how commands change them; in which shapes they are told is the server's matter.
package struct ScriptedRecords: Sendable {
  /// One event of a run, in no shape yet.
  package struct Event: Sendable {
    package var type: String
    package var step: String?
    package var data: JSONObject
    package var at: Timestamp
  }

  /// A run, in no shape yet.
  package struct Run: Sendable {
    package var id: String
    package var workflow: String
    package var status: RunStatus
    package var startedAt: Timestamp
    package var updatedAt: Timestamp
    package var failure: String?
    package var events: [Event]

    package var endedAt: Timestamp? { status.isTerminal ? updatedAt : nil }
  }

  /// The task that waits, in no shape yet.
  package struct Task: Sendable {
    package var id: String
    package var run: String
    package var step: String
    package var isPending = true
  }

  /// What a command came to.
  package enum Effect: Sendable, Equatable {
    case done
    case conflict(String)
    case missing
  }

  package static let payload: JSONObject = ["title": "Pay back 420?", "amount": 420]

  /// The names of workflows by their ids.
  package let workflows: [(id: String, name: String)]
  /// Newest first.
  package private(set) var runs: [Run]
  package private(set) var task: Task
  private var now: Timestamp

  /// The records at a moment, under identities of a server's own kind.
  package init(workflows: [String], runs: [String], task: String, now: Timestamp) {
    self.now = now
    self.workflows = [(workflows[0], "refund-approvals"), (workflows[1], "nightly-digest")]
    let moment = { (seconds: Int) in now + .seconds(-seconds) }
    let event = { (type: String, step: String?, data: JSONObject, seconds: Int) in
      Event(type: type, step: step, data: data, at: moment(seconds))
    }
    self.runs = [
      Run(
        id: runs[0],
        workflow: workflows[0],
        status: .paused,
        startedAt: moment(300),
        updatedAt: moment(240),
        events: [
          event("run_started", nil, [:], 300), event("step_started", "check", [:], 299),
          event("step_completed", "check", ["result": ["risk": "low"]], 250),
          event("step_started", "review", [:], 240),
          event("human_task_created", "review", ["task_id": .string(task)], 240),
        ]
      ),
      Run(
        id: runs[1],
        workflow: workflows[1],
        status: .running,
        startedAt: moment(400),
        updatedAt: moment(390),
        events: [
          event("run_started", nil, [:], 400), event("step_started", "collect", [:], 390),
        ]
      ),
      Run(
        id: runs[2],
        workflow: workflows[1],
        status: .failed,
        startedAt: moment(900),
        updatedAt: moment(800),
        failure: "MCP_TOOL_FAILED",
        events: [
          event("run_started", nil, [:], 900), event("step_started", "collect", [:], 890),
          event("step_failed", "collect", ["error": "401 from the tracker"], 800),
        ]
      ),
    ]
    self.task = Task(id: task, run: runs[0], step: "review")
  }

  /// The steps of each workflow.
  package func graph(_ workflow: String) -> JSONValue {
    workflow == workflows[0].id
      ? [
        "steps": [
          ["id": "check", "type": "mcp_call", "name": "Check risk"],
          ["id": "review", "type": "human_task", "name": "Review", "depends_on": ["check"]],
          [
            "id": "pay", "type": "mcp_call", "name": "Pay", "depends_on": ["review"],
            "condition": "{{steps.review.result.approved}}",
          ],
        ]
      ] : ["steps": [["id": "collect", "type": "mcp_call", "name": "Collect"]]]
  }

  package func run(_ id: String) -> Run? { runs.first { $0.id == id } }

  /// Answers the task.
  package mutating func complete(_ id: String, approved: Bool) -> Effect {
    guard id == task.id else { return .missing }
    guard task.isPending else { return .conflict("task already completed") }
    task.isPending = false
    let skip: JSONObject = ["skipped": true, "reason": "blocked"]
    change(task.run, to: .completed) { run, now in
      let add = { (type: String, step: String, data: JSONObject) in
        Event(type: type, step: step, data: data, at: now)
      }
      run.events.append(add("step_completed", "review", ["result": ["approved": .bool(approved)]]))
      if approved { run.events.append(add("step_started", "pay", [:])) }
      run.events.append(add("step_completed", "pay", approved ? [:] : skip))
    }
    return .done
  }

  /// Carries out `pause`, `resume` or `stop`.
  package mutating func command(_ word: String, _ id: String, mode: String?) -> Effect {
    guard let run = run(id) else { return .missing }
    let target: RunStatus
    switch (word, run.status.phase) {
    case ("pause", .running): target = .paused
    case ("resume", .paused): target = .running
    case ("stop", .running), ("stop", .paused): target = mode == "graceful" ? .draining : .stopped
    case ("stop", .draining) where mode != "graceful": target = .stopped
    default: return .conflict("the run is \(run.status.word)")
    }
    change(id, to: target) { _, _ in }
    return .done
  }

  private mutating func change(
    _ id: String,
    to status: RunStatus,
    _ more: (inout Run, Timestamp) -> Void
  ) {
    now = now + .seconds(1)
    for place in runs.indices where runs[place].id == id {
      let data: JSONObject = [
        "from": .string(runs[place].status.word), "to": .string(status.word),
      ]
      runs[place].status = status
      runs[place].updatedAt = now
      more(&runs[place], now)
      runs[place].events.append(Event(type: "state_changed", step: nil, data: data, at: now))
    }
  }
}
