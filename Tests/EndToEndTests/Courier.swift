import Glibc
import JSON
import RunClient
import Runs
import RuntimeAPI
import TestHouse
import Testing
import Transport

/// A client in this process that carries decisions out over HTTP, as the front and the verbs do.
///
/// Its clock is the machine's, but it does not wait out the pauses of the client.
final class Courier {
  private let pool: TransferPool
  let client: Client
  private var ahead = Duration.zero
  private var events: [ClientEvent] = []

  init(
    url: String,
    token: String,
    folder: String,
    process: Int32 = 1,
    capabilities: Capabilities = .agentRuntime
  ) throws {
    pool = try TransferPool(settings: TransportSettings(userAgent: "command-center/test"))
    let server = try Server(url: url, token: token)
    client = Client(
      server: server,
      backend: AgentRuntimeBackend(place: server.place, capabilities: capabilities),
      pool: pool,
      journal: Journal(
        directory: folder,
        place: JournalPlace(profile: "test", url: url),
        startedAt: Courier.clock,
        process: process
      ),
      random: { 0.5 }
    )
  }

  /// The machine's clock.
  static var clock: Timestamp {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(
      milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    )
  }

  private var now: Timestamp { Courier.clock + ahead }

  /// Begins to carry a decision out.
  func begin(_ decision: Decision) { client.carryOut(decision, now: now) }

  /// Carries a decision out; gives what it was told became of it.
  func outcome(of decision: Decision) throws -> Outcome {
    begin(decision)
    return try run { event in
      if case .outcome(decision, let outcome, _) = event { outcome } else { nil }
    }
  }

  /// Goes on until something has been told.
  func run<Told>(until pick: (ClientEvent) -> Told?) throws -> Told {
    while true {
      if let told = turn().lazy.compactMap(pick).first { return told }
      try #require(!client.isIdle, "nothing is under way")
    }
  }

  /// One turn of the loop.
  func turn() -> [ClientEvent] {
    for errand in client.takeErrands() { client.returned(errand.id, errand.work(), now: now) }
    let news = client.advance(now: now)
    if pool.runningCount > 0 {
      _ = pool.wait(milliseconds: 100)
    } else if news.isEmpty, let due = client.nextDeadline, due > now {
      ahead = ahead + (due - now)
    }
    return news
  }
}

/// A run, or a workflow, that a decision is made about, and what the runtime has on record of it.
struct Matter {
  let run: StartedRun
  let decision: Decision

  /// What the runtime's own record has of this decision's verb by the operator.
  func performed() throws -> Int {
    switch decision.verb {
    case .approve, .reject:
      return try run.events("task_completed").count { event in
        event["data"]?["by"]?.string == "operator"
          && event["data"]?["approved"]?.bool == (decision.verb == .approve)
      }
    case .pause: return try changes("paused")
    // A start leads to a running run too, but from no pause.
    case .resume: return try changes("running", from: "paused")
    case .stop(.graceful): return try changes("draining")
    case .stop(.immediate): return try changes("stopped")
    case .start:
      let page = try run.runtime.ask("GET", "/v1/workflows/\(run.workflow)/runs?limit=500").body
      return try #require(page["runs"]?.array).count { started in
        started["input"]?["mark"]?.string == decision.id.text
      }
    }
  }

  private func changes(_ status: String, from before: String? = nil) throws -> Int {
    try run.events("state_changed").count { event in
      event["data"]?["to"]?.string == status && event["data"]?["by"]?.string == "operator"
        && (before == nil || event["data"]?["from"]?.string == before)
    }
  }
}

extension Scene {
  /// Something to decide about for each of some decisions of a verb.
  func matters(_ verb: Runs.Verb, _ count: Int, named prefix: String = "key") throws -> [Matter] {
    let first = try start("refund", Graphs.approval)
    var runs = [first]
    while verb != .start, runs.count < count {
      let started = try runtime.ask(
        "POST",
        "/v1/workflows/\(first.workflow)/command",
        ["command": "start", "params": ["order": 7]]
      )
      let id = try #require(started.body["run_id"]?.string, "\(started)")
      runs.append(StartedRun(runtime: runtime, workflow: first.workflow, id: id))
    }
    return try (0..<count).map { number in
      let run = verb == .start ? first : runs[number]
      return Matter(run: run, decision: try decision(verb, about: run, "\(prefix)-\(number)"))
    }
  }

  private func decision(_ verb: Runs.Verb, about run: StartedRun, _ name: String) throws -> Decision
  {
    let key = DecisionID("\(verb.word.split(separator: " ").joined(separator: "-"))-\(name)")
    let reference = RunReference(workflow: WorkflowID(run.workflow), run: RunID(run.id))
    var subject = Subject.run(reference)
    switch verb {
    case .approve, .reject:
      subject = .task(TaskReference(run: reference, task: TaskID(try run.task())))
    case .start:
      subject = .start(
        RunReference(workflow: reference.workflow, run: RunID("run-\(key.text)"))
      )
    case .resume:
      _ = try run.task()
      let paused = try runtime.ask(
        "POST",
        "/v1/workflows/\(run.workflow)/command",
        ["command": "pause", "params": ["run_id": .string(run.id)]],
        token: RuntimeProcess.alexToken
      )
      try #require(paused.status == 200, "\(paused)")
    case .pause, .stop: _ = try run.task()
    }
    return Decision(
      id: key,
      verb: verb,
      subject: subject,
      title: "refund",
      fields: verb == .start ? ["mark": .string(key.text)] : [:],
      madeAt: Courier.clock
    )
  }
}
