import JSON
import RunClient
import Runs
import RuntimeAPI
import Testing
import Transport

/// A server on paper with one run of one workflow, and perhaps one task of it.
struct World {
  /// What the task of the run is.
  enum TaskState: Equatable {
    case none
    case pending
    case answered(approved: Bool?, by: String?)
  }

  /// Nil when the run is not there.
  var status: RunStatus?
  var task = TaskState.none
  var payload = #"{"title":"pay?"}"#
  /// Whether a single task can be read.
  var servesTask = true
  /// Whether the tasks of one run can be listed; those of all runs can be in any case.
  var servesRunTasks = true
  /// Who brought the run to its status, and when.
  var by = "alex"
  var since: Timestamp?
  /// When the task was answered, and what with.
  var answeredAt: Timestamp?
  var result: JSONObject = [:]
  /// The number of the run's newest event.
  var lastEvent: Int?
  /// Whether reads fail until a command came, or for ever.
  var failsFirst = false
  var isOut = false
  /// Other runs of the workflow, as JSON.
  var others: [String] = []
  /// Answers reads instead of the server, once it has seen a command.
  var readAfter: Result<Response, Transport.Failure>?
  /// What a command is answered, and what it does before that.
  var reply: (inout World) -> Result<Response, Transport.Failure> = { _ in Fed.json("{}") }
  private(set) var commands: [Call] = []

  init(_ status: RunStatus?, task: TaskState = .none) {
    self.status = status
    self.task = task
  }

  mutating func answer(_ call: Call) -> Result<Response, Transport.Failure> {
    if call.kind == .command {
      commands.append(call)
      return reply(&self)
    }
    if !commands.isEmpty, let readAfter { return readAfter }
    if isOut || failsFirst && commands.isEmpty { return Fed.failure(.timedOut) }
    if call.path == "/v1/workflows/w/runs" {
      return Fed.json("[\(others.joined(separator: ","))]")
    }
    guard let status else { return call.path == "/v1/runs" ? Fed.json("[]") : Fed.missing }
    switch call.path {
    case "/v1/workflows/w/runs/r1":
      let moment = since.map { #","status_at":"\#($0.iso8601)""# } ?? ""
      let event = lastEvent.map { #","last_event_seq":\#($0)"# } ?? ""
      return Fed.json(
        #"{"id":"r1","status":"\#(status.word)","status_by":"\#(by)"\#(moment)\#(event)}"#
      )
    case "/v1/tasks/pending":
      let others = #"{"id":"t","run_id":"r0","task_payload":{}}"#
      return Fed.json(
        task == .pending
          ? #"[\#(others),{"id":"t","run_id":"r1","task_payload":\#(payload)}]"# : "[\(others)]"
      )
    case "/v1/workflows/w/runs/r1/tasks/pending":
      guard servesRunTasks else { return Fed.missing }
      return Fed.json(task == .pending ? #"[{"id":"t","task_payload":\#(payload)}]"# : "[]")
    case "/v1/workflows/w/runs/r1/tasks/t":
      guard servesTask, task != .none else { return Fed.missing }
      return Fed.json(taskText)
    default: return Fed.missing
    }
  }

  private var taskText: String {
    guard case .answered(let approved, let by) = task else {
      return #"{"id":"t","status":"pending","task_payload":\#(payload)}"#
    }
    let fields = approved.map { (["approved": .bool($0)] as JSONObject).merging(self.result) }
    let result = fields.map { ",\"result\":\(JSONWriter.text(.object($0)))" } ?? ""
    let name = by.map { #","completed_by":"\#($0)""# } ?? ""
    let moment = answeredAt.map { #","completed_at":"\#($0.iso8601)""# } ?? ""
    return #"{"id":"t","status":"completed"\#(result)\#(name)\#(moment)}"#
  }

  /// Does what the verb asks for.
  mutating func perform(_ verb: Verb) {
    switch verb {
    case .approve: task = .answered(approved: true, by: "me")
    case .reject: task = .answered(approved: false, by: "me")
    case .pause: status = .paused
    case .resume, .start: status = .running
    case .stop(.graceful): status = .draining
    case .stop(.immediate): status = .stopped
    }
  }
}

/// A decision as it went.
struct Carried {
  var outcome: Outcome
  var stages: [Stage] = []
  var lines: [JournalEntry] = []
  /// Why nothing could be read of it.
  var left: Fault?
  /// When pauses ended.
  var waits: [Duration] = []
}

/// Carries a decision out against a world; `journal` says why its line cannot be written.
func carryOut(
  _ decision: Decision,
  for purpose: CommandJob.Purpose = .send,
  by backend: any Backend = backend,
  in world: inout World,
  journal: Fault? = nil
) throws -> Carried {
  var job = CommandJob(decision, for: purpose, backend: backend)
  var carried = Carried(outcome: .notSent(Fault(.local, "never begun")))
  var now = start
  var moves = job.begin(now: now)
  var steps = 0
  while !moves.isEmpty {
    steps += 1
    try #require(steps < 200, "the decision never ends")
    switch moves.removeFirst() {
    case .ask(let ask):
      moves += job.receive(Answer(world.answer(ask.call), at: now), for: ask.number)
    case .record(let entry):
      #expect(world.commands.isEmpty, "the line comes before the command")
      carried.lines.append(entry)
      moves += job.recorded(journal, now: now)
    case .wait(let until):
      carried.waits.append(until - now)
      #expect(job.wake(now: now).isEmpty, "it goes on before its time")
      now = until
      moves += job.wake(now: now)
    case .stage(let stage): carried.stages.append(stage)
    case .finish(let outcome):
      #expect(moves.isEmpty, "nothing follows the outcome")
      carried.outcome = outcome
      return carried
    case .leave(let fault):
      #expect(moves.isEmpty, "nothing follows")
      carried.left = fault
      return carried
    }
  }
  Issue.record("the decision stopped without an outcome")
  return carried
}

/// Where decisions of tests are made.
let place = JournalPlace(
  profile: "prod",
  url: "https://api.example",
  tenant: "acme",
  project: "payments"
)

/// A decision about the run `r1` or its task `t`.
func decide(_ verb: Verb, saw status: RunStatus?) -> Decision {
  let task = TaskReference(run: reference, task: TaskID("t"))
  let subject: Subject =
    switch verb {
    case .approve, .reject: .task(task)
    case .start: .start(reference)
    case .pause, .resume, .stop: .run(reference)
    }
  let asksTask = verb == .approve || verb == .reject
  return Decision(
    id: DecisionID("key-1"),
    verb: verb,
    subject: subject,
    title: "refunds",
    seen: status.map { Seen(status: $0, payload: asksTask ? ["title": "pay?"] : nil) },
    madeAt: start
  )
}

extension Outcome {
  /// The outcome in a word, for tables.
  var word: String {
    switch self {
    case .done(let confirmation): confirmation.readBack ? "done" : "done, not read back"
    case .changed(.status): "changed status"
    case .changed(.payload): "changed payload"
    case .changed(.answered): "answered"
    case .changed(.events): "changed events"
    case .changed(.gone): "gone"
    case .refused(let refusal): "refused \(refusal.reason)"
    case .notSent: "not sent"
    case .unknown: "unknown"
    }
  }
}
