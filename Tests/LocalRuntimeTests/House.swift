import Foundation
import GRDB
import JSON
import Runs
import Synchronization
import Testing

@testable import LocalRuntime

/// A clock that stands still until the test moves it.
final class HandClock: Sendable {
  private struct Sleeper {
    var until: Timestamp
    var wake: CheckedContinuation<Void, any Error>
  }

  private struct State {
    var now = Timestamp(milliseconds: 1_700_000_000_000)
    var names = 0
    var sleepers: [Int: Sleeper] = [:]
    var nextSleeper = 0
    var watchers: [CheckedContinuation<Void, Never>] = []
  }

  private let state = Mutex(State())

  var now: Timestamp { state.withLock(\.now) }

  /// The clock as the runtime sees it.
  var clock: RuntimeClock {
    RuntimeClock(
      now: { self.now },
      sleep: { try await self.sleep($0) },
      newID: {
        self.state.withLock { state in
          state.names += 1
          return "name-\(state.names)"
        }
      }
    )
  }

  /// Moves the time on and wakes whoever slept until then; `setting` sets the clock besides.
  func advance(_ duration: Duration, setting: Duration = .zero) {
    let due = state.withLock { state in
      let now = state.now + duration
      let due = state.sleepers.filter { $0.value.until <= now }
      state.now = now + setting
      for id in due.keys { state.sleepers[id] = nil }
      return due.values.map(\.wake)
    }
    for wake in due { wake.resume() }
  }

  /// Waits until somebody sleeps.
  func untilSomebodySleeps() async {
    await withCheckedContinuation { watcher in
      let isAsleep = state.withLock { state in
        guard state.sleepers.isEmpty else { return true }
        state.watchers.append(watcher)
        return false
      }
      if isAsleep { watcher.resume() }
    }
  }

  private func sleep(_ duration: Duration) async throws {
    let id = state.withLock { state in
      state.nextSleeper += 1
      return state.nextSleeper
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { wake in
        let (mayGo, watchers) = state.withLock { state in
          guard !Task.isCancelled, duration > .zero else { return (true, state.watchers) }
          state.sleepers[id] = Sleeper(until: state.now + duration, wake: wake)
          defer { state.watchers = [] }
          return (false, state.watchers)
        }
        if mayGo { wake.resume() } else { for watcher in watchers { watcher.resume() } }
      }
    } onCancel: {
      let sleeper = state.withLock { $0.sleepers.removeValue(forKey: id) }
      sleeper?.wake.resume(throwing: CancellationError())
    }
  }
}

/// Executes nothing until the test says how each attempt ends.
actor Gate: StepExecutor {
  typealias Outcome = Result<JSONValue, StepFailure>

  private var waiting: [String: CheckedContinuation<Outcome, Never>] = [:]
  private var watchers:
    [(wanted: @Sendable (Gate.Record) -> Bool, go: CheckedContinuation<Void, Never>)] =
      []
  private(set) var record = Record()

  /// What has happened so far.
  struct Record: Sendable, Equatable {
    /// Steps in the order they were begun; a retry stands there again.
    var begun: [String] = []
    var cancelled: [String] = []
    var inFlight: Set<String> = []
    var mostInFlight = 0
  }

  func execute(
    _ call: StepCall,
    note: @escaping @Sendable (StepNote) -> Void
  ) async throws(StepFailure) -> JSONValue {
    let id = call.place
    note(StepNote(type: "tool_called", data: ["arguments": .object(call.parameters)]))
    let outcome = await withTaskCancellationHandler {
      await withCheckedContinuation { (continuation: CheckedContinuation<Outcome, Never>) in
        waiting[id] = continuation
        record.begun.append(id)
        record.inFlight.insert(id)
        record.mostInFlight = max(record.mostInFlight, record.inFlight.count)
        tell()
      }
    } onCancel: {
      Task { await self.cancel(id) }
    }
    record.inFlight.remove(id)
    tell()
    return try outcome.get()
  }

  private func cancel(_ id: String) {
    guard let continuation = waiting.removeValue(forKey: id) else { return }
    record.cancelled.append(id)
    tell()
    continuation.resume(returning: .failure(StepFailure(code: "X", message: "cancelled")))
  }

  /// Ends the attempt in flight of a step, as soon as there is one.
  func end(_ step: String, _ outcome: Outcome = .success([:])) async {
    await until { $0.inFlight.contains(step) }
    waiting.removeValue(forKey: step)?.resume(returning: outcome)
  }

  /// Waits until what has happened is what is wanted.
  func until(_ wanted: @escaping @Sendable (Record) -> Bool) async {
    if wanted(record) { return }
    await withCheckedContinuation { watchers.append((wanted, $0)) }
  }

  private func tell() {
    let due = watchers.filter { $0.wanted(record) }
    watchers.removeAll { $0.wanted(record) }
    for watcher in due { watcher.go.resume() }
  }
}

/// A folder that is gone when the test is.
final class TestFolder: Sendable {
  let path: String

  init() throws {
    path = try Folder.temporary(environment: Program.environment)
  }

  deinit { Folder.remove(path) }
}

/// An engine over a fresh folder, with time and steps in the test's hand.
struct TestRuntime {
  let folder: TestFolder
  let time: HandClock
  let gate: Gate
  let store: Store
  let engine: Engine

  init(
    folder: TestFolder? = nil,
    time: HandClock = HandClock(),
    limits: Engine.Limits = Engine.Limits(),
    isFull: Bool = false,
    report: (@Sendable (String) -> Void)? = nil
  ) async throws {
    self.folder = try folder ?? TestFolder()
    self.time = time
    gate = Gate()
    store = try Store(folder: self.folder.path)
    engine = Engine(
      store: store,
      clock: time.clock,
      executors: ["mcp_call": gate, "lua_script": gate],
      limits: limits,
      report: report ?? { if !isFull { Issue.record("\($0)") } }
    )
    try await engine.open()
  }

  /// Ends this runtime and opens the folder again.
  func restarted() async throws -> TestRuntime {
    await engine.shutDown()
    store.close()
    return try await TestRuntime(folder: folder, time: time)
  }

  /// Lets the database grow by so many pages; none makes the disk full for it.
  func setRoom(_ pages: Int) async throws {
    try await store.pool.writeWithoutTransaction { database in
      let count = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
      try database.execute(sql: "PRAGMA max_page_count = \(count + pages)")
    }
  }

  /// Publishes a graph of steps and answers the workflow's id.
  func publish(_ steps: String, id: String = "flow") async throws -> String {
    let graph = try JSONValue(parsing: "{\"steps\":[\(steps)]}")
    var workflow = StoredWorkflow(id: id, name: "Flow \(id)", graph: graph, createdAt: time.now)
    workflow.version = 1
    try await store.save(
      workflow,
      publishing: [
        "version": 1, "workflow_id": .string(id), "published_at": .string(time.now.iso8601),
        "graph_snapshot": graph,
      ]
    )
    return id
  }

  func start(_ workflow: String = "flow", run: String = "run", input: JSONValue = [:]) async throws
  {
    _ = try await engine.start(
      StartRequest(workflow: workflow, runID: run, input: input),
      by: "maria"
    )
  }

  func reference(_ run: String = "run", _ workflow: String = "flow") -> RunReference {
    RunReference(workflow: WorkflowID(workflow), run: RunID(run))
  }

  func tell(_ command: RunCommand, _ run: String = "run") async throws {
    _ = try await engine.command(command, run: reference(run), by: "alex")
  }

  /// The run, as soon as it is as wanted.
  @discardableResult
  func run(_ id: String = "run", when wanted: (Run) -> Bool) async throws -> Run {
    for await _ in store.changes {
      if let run = try await store.run(id), wanted(run) { return run }
    }
    throw StoreMistake(.unreadable, "the changes ended")
  }

  @discardableResult
  func run(_ id: String = "run", is status: RunStatus) async throws -> Run {
    try await run(id) { $0.status == status }
  }

  /// The events of a run as `type step`.
  func log(_ run: String = "run") async throws -> [String] {
    try await events(run).map { event in
      let step = event["step_id"]?.string.map { " \($0)" } ?? ""
      return (event["event_type"]?.string ?? "") + step
    }
  }

  func events(_ run: String = "run") async throws -> [JSONValue] {
    let page = try await store.events(of: run, after: 0, limit: 10_000)
    return try page.rows.map { try JSONValue(parsing: $0) }
  }

  func event(_ type: String, _ step: String, _ run: String = "run") async throws -> JSONValue? {
    try await events(run).last {
      $0["event_type"]?.string == type && $0["step_id"]?.string == step
    }
  }

  func outcome(_ step: String, _ run: String = "run") async throws -> StepOutcome? {
    try await store.steps(of: run)[step]?.outcome
  }

  /// The one task that waits, as soon as there is one.
  func task(_ id: String = "run") async throws -> HumanTask {
    try await run(id) { $0.pendingTasks == 1 }
    let page = try await store.pendingTasks(of: id, limit: 2, offset: 0)
    let state = try await store.state(of: id)
    #expect(page.total == 1)
    let waiting = state?.tasks.values.filter { $0.isPending } ?? []
    return try #require(waiting.first)
  }

  func answer(_ task: HumanTask, _ approved: Bool, fields: JSONObject = [:]) async throws {
    let reference = TaskReference(run: self.reference(task.run.text), task: task.id)
    _ = try await engine.answer(reference, approved: approved, fields: fields, by: "alex")
  }
}

/// A step of a graph as JSON: a call of a tool unless `more` says otherwise.
func call(_ id: String, after: [String] = [], _ more: String = "") -> String {
  let dependencies = after.map { "\"\($0)\"" }.joined(separator: ",")
  let type =
    more.contains("\"type\"") ? "" : #""type":"mcp_call","instance_id":"demo","tool_name":"t","#
  let rest = more.isEmpty ? "" : ",\(more)"
  return "{\"id\":\"\(id)\",\(type)\"depends_on\":[\(dependencies)]\(rest)}"
}

/// A step that asks a person.
func ask(_ id: String, after: [String] = [], _ more: String = "") -> String {
  let rest = more.isEmpty ? "" : ",\(more)"
  return call(
    id,
    after: after,
    #""type":"human_task","task_type":"approval","task_payload":{"title":"OK?"}"# + rest
  )
}
