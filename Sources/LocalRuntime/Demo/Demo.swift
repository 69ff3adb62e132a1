import JSON
import Runs

/// Real work for newcomers: publishes the examples, starts runs of them, and keeps starting some.
package struct Demo: Sendable {
  /// How much is going on at most.
  struct Bounds: Sendable, Equatable {
    var active = 12
    var pending = 4
    /// Between two starts.
    var pause = Duration.seconds(20)
  }

  /// Who starts and drains, in the runs' events.
  static let name = "demo"
  /// The workflow whose runs are stopped gracefully while they are in flight.
  static let drained = "nightly-digest"
  /// What is started first, one of each section of the inbox.
  static let first = [
    "refund-approvals", "crm-sync", "order-triage", "invoice-agent", "nightly-digest", "kb-refresh",
  ]
  /// What is started later, in turn.
  static let later = [
    "price-import", "refund-approvals", "export-wait", "order-triage", "kb-refresh", "return-desk",
    "newsletter", "nightly-digest", "bulk-enrich", "crm-sync", "supplier-check", "kb-refresh",
    "contract-signoff", "shift-report", "mail-round", "invoice-agent",
  ]
  private static let triggers = [
    "refund-approvals": "webhook", "order-triage": "webhook", "nightly-digest": "cron",
    "kb-refresh": "cron", "newsletter": "cron", "shift-report": "cron", "price-import": "webhook",
  ]

  private let engine: Engine
  private let examples: [Example]
  private let bounds: Bounds

  /// The configuration of a demo: one MCP server, this program itself.
  package static func config(program: String) -> RuntimeConfig {
    var config = RuntimeConfig()
    config.servers = [RuntimeConfig.Server(name: "demo", command: [program, "demo-tools"])]
    return config
  }

  /// A demo in a runtime.
  /// - Throws: ``RuntimeMistake`` when the examples are not there or cannot be read.
  package init(
    _ runtime: Runtime,
    program: String,
    environment: [String: String]
  ) throws(RuntimeMistake) {
    let folder = try Example.folder(program: program, environment: environment)
    self.init(engine: runtime.engine, examples: try Example.all(in: folder))
  }

  init(engine: Engine, examples: [Example], bounds: Bounds = Bounds()) {
    self.engine = engine
    self.examples = examples.filter(\.isForDemo)
    self.bounds = bounds
  }

  /// Publishes the examples and starts the first runs.
  /// - Throws: ``RuntimeMistake`` when the examples cannot be published or started.
  package func prepare() async throws(RuntimeMistake) {
    do throws(StoreMistake) {
      // What others call is published before them.
      for example in examples where example.calls.isEmpty { try await publish(example) }
      for example in examples where !example.calls.isEmpty { try await publish(example) }
    } catch {
      throw RuntimeMistake(error.sentence)
    }
    for name in Self.first where example(name) != nil {
      do throws(Rejection) {
        _ = try await start(name, turn: 0)
      } catch {
        throw RuntimeMistake("cannot start \(name): \(error.message)")
      }
    }
    await untilSomethingWaits()
  }

  /// Whoever opens the demo finds approvals at the top, not runs that are about to ask for some.
  private func untilSomethingWaits() async {
    let wanted = Self.first.filter { asks(example($0)) }.count
    await withTaskGroup(of: Void.self) { group in
      group.addTask {
        for await _ in engine.store.changes {
          if let (_, pending) = try? await load(), pending >= wanted { return }
        }
      }
      group.addTask { try? await engine.clock.sleep(.seconds(5)) }
      await group.next()
      group.cancelAll()
    }
  }

  /// Drains what is to be drained, and starts a run now and then, until the task is cancelled.
  package func keepGoing() async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await drainDigests() }
      group.addTask { await startMore() }
    }
  }

  // MARK: Starting

  private func example(_ name: String) -> Example? { examples.first { $0.name == name } }

  /// Publishes an example that is new or differs from what a kept folder has of it.
  private func publish(_ example: Example) async throws(StoreMistake) {
    let now = engine.clock.now()
    var ids: [String: String] = [:]
    for name in example.calls { ids[name] = try await known(name)?.id }
    let graph = example.graph(calling: ids)
    var workflow =
      try await known(example.name)
      ?? StoredWorkflow(
        id: engine.clock.newID(),
        name: example.name,
        graph: .null,
        createdAt: now
      )
    guard workflow.graph != graph || workflow.version == nil else { return }
    let report = GraphValidation.check(graph, knownServers: .unasked)
    guard report.valid else {
      throw StoreMistake(.unreadable, "\(example.name): \(report.sentence ?? "not valid")")
    }
    let number = (workflow.version ?? 0) + 1
    workflow.summary = example.summary
    workflow.graph = graph
    workflow.example = example.inputs.first
    workflow.version = number
    workflow.publishedAt = now
    workflow.updatedAt = now
    try await engine.store.save(
      workflow,
      publishing: [
        "version": .int(number), "workflow_id": .string(workflow.id),
        "published_at": .string(now.iso8601), "published_by": .string(Self.name),
        "graph_snapshot": graph,
      ]
    )
  }

  private func known(_ name: String) async throws(StoreMistake) -> StoredWorkflow? {
    let page = try await engine.store.workflows(limit: 500, offset: 0)
    for row in page.rows {
      let workflow = try engine.store.decoded(row) { (body) throws(JSONMistake) in
        StoredWorkflow(try JSONValue(parsing: body))
      }
      if let workflow, workflow.name == name { return workflow }
    }
    return nil
  }

  private func start(_ name: String, turn: Int) async throws(Rejection) -> RunState? {
    guard let example = example(name) else { return nil }
    let workflow: StoredWorkflow?
    do throws(StoreMistake) {
      workflow = try await known(name)
    } catch {
      throw .unwritable(error)
    }
    guard let workflow else { return nil }
    var request = StartRequest(workflow: workflow.id)
    request.input = example.inputs[turn % example.inputs.count]
    request.trigger = Self.triggers[name] ?? "api"
    return try await engine.start(request, by: Self.name)
  }

  private func startMore() async {
    var turn = 0
    while !Task.isCancelled {
      guard (try? await engine.clock.sleep(bounds.pause)) != nil else { return }
      // A start that is refused is no reason to end: the next turn tries another.
      guard let (active, pending) = try? await load() else { continue }
      guard active < bounds.active else { continue }
      let name = Self.later[turn % Self.later.count]
      turn += 1
      if pending >= bounds.pending, asks(example(name)) { continue }
      _ = try? await start(name, turn: turn)
    }
  }

  /// Whether an example's runs, or those that they start, wait for a person.
  private func asks(_ example: Example?) -> Bool {
    guard let example else { return false }
    let steps = example.graph["steps"]?.array ?? []
    return steps.contains { $0["type"]?.string == "human_task" }
      || example.calls.contains { asks(self.example($0)) }
  }

  private func load() async throws(StoreMistake) -> (active: Int, pending: Int) {
    let live = try await engine.store.liveRuns().count
    let tasks = try await engine.store.pendingTasks(of: nil, limit: 1, offset: 0)
    return (live, tasks.total)
  }

  // MARK: Draining

  /// Stops each run of the drained workflow gracefully once steps of it are in flight at once.
  private func drainDigests() async {
    for await _ in engine.store.changes {
      guard let workflow = try? await known(Self.drained) else { continue }
      let query = RunQuery(workflow: workflow.id, statuses: ["running"], limit: 20)
      guard let page = try? await engine.store.runs(query) else { continue }
      for row in page.rows {
        guard let value = try? JSONValue(parsing: row), let id = value["id"]?.string,
          (value["steps"]?["running"]?.int ?? 0) > 1
        else { continue }
        let run = RunReference(workflow: WorkflowID(workflow.id), run: RunID(id))
        // Somebody may have been quicker; then there is nothing to do.
        _ = try? await engine.command(.stop(.graceful), run: run, by: Self.name)
      }
    }
  }
}
