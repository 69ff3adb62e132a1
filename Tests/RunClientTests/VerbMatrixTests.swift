import JSON
import RunClient
import Runs
import RuntimeAPI
import TestHouse
import Testing
import Transport
import Triage

/// Every verb on every status: what this program allows is what the embedded runtime takes.
///
/// The runtime begins a run before it answers the start, so that `pending` is never seen of it.
@Suite(.timeLimit(.minutes(4)))
struct VerbMatrixTests {
  /// How a run stands before the verb.
  enum State: String, CaseIterable, CustomTestStringConvertible {
    case running, paused, draining, completed, failed, stopped
    case waits = "waits for an approval"
    case pausedWaits = "paused, waits for an approval"
    case answered = "running, its task answered"
    case completedAnswered = "completed, its task answered"
    case stoppedAsking = "stopped while it asked"

    var testDescription: String { rawValue }
  }

  static let verbs: [Verb] = [
    .approve, .reject, .pause, .resume, .stop(.graceful), .stop(.immediate), .start,
  ]

  @Test(arguments: State.allCases)
  func `what is allowed is done, and what is refused is refused by the server too`(
    state: State
  ) throws {
    let stage = try Stage()
    for verb in Self.verbs {
      let run = try stage.run(in: state)
      let (legality, seen) = try stage.legality(of: verb, on: run)
      guard let answer = try stage.send(verb, to: run) else {
        // No task was ever made: there is nothing that the server could be asked to answer.
        #expect(legality == .refused("nothing here waits for an approval"), "\(state) \(verb)")
        continue
      }
      if state == .pausedWaits, verb == .resume {
        // The product offers no resume on a run that waits for a person.
        #expect(legality.reason?.contains("waits for an approval") == true)
        #expect(answer.status == 200)
      } else {
        let wanted = legality.isAllowed ? 200 : 409
        #expect(answer.status == wanted, "\(state) \(verb): \(legality), \(answer)")
      }
      if answer.status == 409 {
        let details = answer.body["details"]
        let says = details?["status"]?.string == seen.word || details?["completed_by"] != nil
        #expect(says, "\(state) \(verb): \(answer)")
      }
      if let reason = legality.reason {
        #expect(Self.isClear(reason), "\(state) \(verb): \(reason)")
      }
      try stage.end(run)
    }
  }

  @Test(arguments: State.allCases)
  func `a decision on it comes out as the server has it, with a clear sentence`(
    state: State
  ) throws {
    let stage = try Stage()
    for verb in Self.verbs where verb != .start {
      let run = try stage.run(in: state)
      guard let subject = stage.subject(of: verb, run) else { continue }
      let before = try stage.read(run.reference)
      let decision = Decision(
        id: DecisionID("\(state)-\(verb.word)"),
        verb: verb,
        subject: subject,
        title: "flow",
        madeAt: stage.house.now
      )
      let outcome = try stage.house.outcome(of: decision).outcome
      let after = try stage.read(run.reference)
      switch outcome {
      case .done: #expect(try stage.isDone(verb, run), "\(state) \(verb)")
      case .refused(let refusal):
        #expect(refusal.reason == .illegal, "\(state) \(verb): \(refusal)")
        #expect(Self.isClear(refusal.sentence), "\(state) \(verb): \(refusal)")
        #expect(after == before, "\(state) \(verb)")
      case .changed(let change):
        #expect(Self.isClear(change.sentence), "\(state) \(verb): \(change)")
        #expect(after == before, "\(state) \(verb)")
      case .notSent, .unknown: Issue.record("\(state) \(verb): \(outcome)")
      }
      let isDone = if case .done = outcome { true } else { false }
      #expect(isDone == Self.takes(state, verb), "\(state) \(verb): \(outcome)")
      try stage.end(run)
    }
  }

  /// What the product's pages say.
  private static func takes(_ state: State, _ verb: Verb) -> Bool {
    switch (state, verb) {
    case (.waits, .approve), (.waits, .reject), (.pausedWaits, .approve), (.pausedWaits, .reject):
      true
    case (.running, .pause), (.waits, .pause), (.answered, .pause): true
    case (.paused, .resume), (.pausedWaits, .resume): true
    case (.running, .stop), (.paused, .stop), (.waits, .stop), (.pausedWaits, .stop),
      (.answered, .stop), (.draining, .stop(.immediate)):
      true
    default: false
    }
  }

  /// One line in plain words, no longer than two lines of a narrow terminal.
  private static func isClear(_ sentence: String) -> Bool {
    (8...120).contains(sentence.count) && !sentence.contains("\n") && !sentence.contains("{")
      && sentence.contains(" ")
  }
}

/// The runtime with workflows that bring a run into each state, and a client of it.
private final class Stage {
  /// A run of the stage, with the task that it made.
  struct Actor {
    var reference: RunReference
    var task: TaskID?
  }

  let home: TemporaryHome
  let runtime: RuntimeProcess
  let house: House
  private var workflows: [String: WorkflowID] = [:]

  init() throws {
    home = try TemporaryHome()
    runtime = try RuntimeProcess(.empty, home: home)
    house = try House(
      url: runtime.url,
      folder: home.path("journal"),
      tenant: nil,
      token: runtime.token
    )
  }

  private static func tool(
    _ id: String,
    _ name: String,
    _ arguments: JSONValue,
    after: [JSONValue] = []
  ) -> JSONValue {
    [
      "id": .string(id), "type": "mcp_call", "instance_id": "demo", "tool_name": .string(name),
      "tool_args": arguments, "depends_on": .array(after), "timeout_s": 600,
    ]
  }

  private static let ask: JSONValue = [
    "id": "review", "type": "human_task", "task_type": "approval",
    "task_payload": ["title": "Go on?"],
  ]

  private static let graphs: [String: [JSONValue]] = [
    "busy": [tool("crunch", "sleep", ["seconds": 500])],
    "quick": [tool("echo", "echo", [:])],
    "broken": [tool("break", "fail", ["message": "broken on purpose"])],
    "asks": [ask],
    "goes-on": [ask, tool("crunch", "sleep", ["seconds": 500], after: ["review"])],
  ]

  // MARK: Runs

  /// A new run in a state.
  func run(in state: VerbMatrixTests.State) throws -> Actor {
    switch state {
    case .running: return try started("busy", until: "running")
    case .paused:
      let run = try started("busy", until: "running")
      return try told("pause", run, until: "paused")
    case .draining:
      let run = try started("busy", until: "running")
      return try told("stop", run, mode: "graceful", until: "draining")
    case .stopped:
      let run = try started("busy", until: "running")
      return try told("stop", run, until: "stopped")
    case .completed: return try started("quick", until: "completed")
    case .failed: return try started("broken", until: "failed")
    case .waits: return try asking("goes-on")
    case .pausedWaits: return try told("pause", asking("goes-on"), until: "paused")
    case .stoppedAsking: return try told("stop", asking("asks"), until: "stopped")
    case .answered:
      let run = try asking("goes-on")
      _ = try send(.approve, to: run)
      return try settled(run, "running")
    case .completedAnswered:
      let run = try asking("asks")
      _ = try send(.approve, to: run)
      return try settled(run, "completed")
    }
  }

  private func workflow(_ name: String) throws -> WorkflowID {
    if let known = workflows[name] { return known }
    let graph: JSONValue = ["steps": .array(Stage.graphs[name] ?? [])]
    let created = try runtime.ask("POST", "/v1/workflows", ["name": .string(name), "graph": graph])
    let id = try #require(created.body["id"]?.string, "\(created)")
    let versions = try runtime.ask("POST", "/v1/workflows/\(id)/versions", ["changelog": "x"])
    try #require(versions.status == 201, "\(versions)")
    workflows[name] = WorkflowID(id)
    return WorkflowID(id)
  }

  private func started(_ name: String, until status: String) throws -> Actor {
    let workflow = try workflow(name)
    let answer = try runtime.ask(
      "POST",
      "/v1/workflows/\(workflow)/command",
      ["command": "start", "params": [:]]
    )
    let id = try #require(answer.body["run_id"]?.string, "\(answer)")
    let run = Actor(reference: RunReference(workflow: workflow, run: RunID(id)))
    return try settled(run, status)
  }

  private func settled(_ run: Actor, _ status: String) throws -> Actor {
    _ = try Waiting.until("\(run.reference.run) to be \(status)") {
      try read(run.reference) == status ? true : nil
    }
    return run
  }

  private func asking(_ name: String) throws -> Actor {
    var run = try started(name, until: "running")
    run.task = try Waiting.until("a task") {
      try runtime.ask("GET", "\(path(run))/tasks/pending").body["tasks"]?.array?.first?["id"]?
        .string.map { TaskID($0) }
    }
    return run
  }

  private func told(
    _ command: String,
    _ run: Actor,
    mode: String = "immediate",
    until status: String
  ) throws -> Actor {
    let answer = try self.command(command, run, mode: mode)
    try #require(answer.status == 200, "\(answer)")
    return try settled(run, status)
  }

  private func path(_ run: Actor) -> String {
    "/v1/workflows/\(run.reference.workflow)/runs/\(run.reference.run)"
  }

  private func command(
    _ word: String,
    _ run: Actor,
    mode: String
  ) throws -> (status: Int, body: JSONValue) {
    try runtime.ask(
      "POST",
      "/v1/workflows/\(run.reference.workflow)/command",
      [
        "command": .string(word),
        "params": ["run_id": .string(run.reference.run.text), "mode": .string(mode)],
      ]
    )
  }

  /// The status as the runtime has it.
  func read(_ run: RunReference) throws -> String {
    let path = "/v1/workflows/\(run.workflow)/runs/\(run.run)"
    return try #require(try runtime.ask("GET", path).body["status"]?.string)
  }

  /// Leaves nothing at work behind.
  func end(_ run: Actor) throws { _ = try command("stop", run, mode: "immediate") }

  // MARK: Verbs

  /// Whether a verb may be tried, by what a poll shows; and the status that it shows.
  func legality(of verb: Verb, on actor: Actor) throws -> (Legality, RunStatus) {
    let reading = try house.poll().get().reading
    let run = try #require(reading.runs.first { $0.id == actor.reference.run })
    let task = reading.tasks?.first { $0.run == run.id && $0.isPending }
    let legality = Permissions().legality(
      of: verb,
      run: run,
      task: task,
      reference: run.reference
    )
    return (legality, run.status)
  }

  /// Sends a verb as plain HTTP; nil for an answer where no task was ever made.
  func send(_ verb: Verb, to run: Actor) throws -> (status: Int, body: JSONValue)? {
    switch verb {
    case .approve, .reject:
      guard let task = run.task else { return nil }
      let body: JSONValue = ["approved": .bool(verb == .approve)]
      return try runtime.ask("POST", "\(path(run))/tasks/\(task)/complete", body)
    case .pause: return try command("pause", run, mode: "immediate")
    case .resume: return try command("resume", run, mode: "immediate")
    case .stop(let mode): return try command("stop", run, mode: mode.rawValue)
    case .start:
      return try runtime.ask(
        "POST",
        "/v1/workflows/\(run.reference.workflow)/command",
        ["command": "start", "params": [:]]
      )
    }
  }

  /// What a decision would be about; nil for an answer where no task was ever made.
  func subject(of verb: Verb, _ run: Actor) -> Subject? {
    guard verb == .approve || verb == .reject else { return .run(run.reference) }
    return run.task.map { .task(TaskReference(run: run.reference, task: $0)) }
  }

  /// Whether the runtime's record shows what a verb was to bring about.
  func isDone(_ verb: Verb, _ run: Actor) throws -> Bool {
    let status = try read(run.reference)
    switch verb {
    case .approve, .reject:
      guard let task = run.task else { return false }
      let record = try runtime.ask("GET", "\(path(run))/tasks/\(task)").body
      return record["result"]?["approved"]?.bool == (verb == .approve)
    case .pause: return status == "paused"
    case .resume: return status == "running"
    case .stop(.graceful): return status == "draining" || status == "stopped"
    case .stop(.immediate): return status == "stopped"
    case .start: return true
    }
  }
}
