import JSON
import Runs
import Testing

@testable import LocalRuntime

/// Calls of tools that had left when the run was stopped, or failed.
@Suite struct LateCallTests {
  private func rules() -> RunMachine.Rules {
    var rules = RunMachine.Rules()
    rules.prices.step = Credits(microcredits: 5)
    rules.prices.toolCall = Credits(microcredits: 3)
    return rules
  }

  private func check(_ bench: Bench, _ step: String, _ cost: Int64) {
    #expect(bench.event("tool_called", step)?.data["tool"] == "t")
    #expect(bench.event("credits_charged", step)?.data["microcredits"] == 3)
    #expect(bench.state.run.credits == Credits(microcredits: cost))
    let charged = bench.events.compactMap { $0.data["microcredits"]?.int }.reduce(0, +)
    #expect(Int64(charged) == cost)
  }

  @Test func `a call that had left when the run was stopped is told and charged`() throws {
    var bench = try Bench(call("a"), rules: rules())
    try bench.tell(.stop(.immediate))
    try bench.called("a")
    #expect(bench.status == .stopped)
    check(bench, "a", 8)
    #expect(bench.state.run.endedAt == bench.now)
  }

  @Test func `so is one that had left when another step failed the run`() throws {
    var bench = try Bench([call("a"), call("bad")].joined(separator: ","), rules: rules())
    try bench.fail("bad")
    try bench.called("a")
    check(bench, "a", 13)
  }

  @Test func `and one of an attempt that was made again, or of a loop that has ended`() throws {
    var bench = try Bench(
      [call("a", #""retry_count":1"#), each("loop", [call("i")])].joined(separator: ","),
      input: ["items": [1]],
      rules: rules()
    )
    try bench.fail("a", isTransient: true)
    try bench.pass(.seconds(1))
    #expect(bench.flights["a"]?.attempt == 2)
    try bench.called("a", attempt: 1)
    try bench.called("a", attempt: 2)
    #expect(bench.log.count { $0 == "tool_called a" } == 2)
    try bench.fail("a")
    try bench.called("loop|0|i")
    #expect(bench.event("tool_called", "loop#body#i")?.data["index"] == 0)
    // Three steps were begun, and three calls left.
    #expect(bench.state.run.credits == Credits(microcredits: 3 * 5 + 3 * 3))
  }

  @Test func `nothing else is kept of an attempt that is over`() throws {
    var bench = try Bench(call("a"))
    try bench.tell(.stop(.immediate))
    let before = bench.events
    try bench.perform { machine throws(Rejection) in
      machine.note(StepPlace("a"), attempt: 1, StepNote(type: "llm_output", data: ["delta": "x"]))
      machine.note(StepPlace("b"), attempt: 1, StepNote(type: "tool_called", data: [:]))
    }
    #expect(bench.events == before)
  }

  @Test func `a call that leaves while its run is stopped is written before nobody looks any more`()
    async throws
  {
    let time = HandClock()
    let store = try Store(folder: try TestFolder().path)
    var limits = Engine.Limits()
    limits.rules = rules()
    var budget = Budget()
    budget.included = Credits(microcredits: 100)
    limits.budget = budget
    let caller = LateCaller()
    let engine = Engine(
      store: store,
      clock: time.clock,
      executors: ["mcp_call": caller],
      limits: limits,
      report: { Issue.record("\($0)") }
    )
    try await engine.open()
    let graph = try JSONValue(parsing: "{\"steps\":[\(call("a"))]}")
    var workflow = StoredWorkflow(id: "flow", name: "Flow", graph: graph, createdAt: time.now)
    workflow.version = 1
    try await store.save(
      workflow,
      publishing: [
        "version": 1, "workflow_id": "flow", "published_at": .string(time.now.iso8601),
        "graph_snapshot": graph,
      ]
    )
    _ = try await engine.start(StartRequest(workflow: "flow", runID: "run"), by: "maria")
    await caller.begun.value
    let reference = RunReference(workflow: WorkflowID("flow"), run: RunID("run"))
    _ = try await engine.command(.stop(.immediate), run: reference, by: "alex")
    await engine.untilEnded("run")
    let page = try await store.events(of: "run", after: 0, limit: 100)
    let types = try page.rows.compactMap { try JSONValue(parsing: $0)["event_type"]?.string }
    #expect(types.suffix(3) == ["state_changed", "tool_called", "credits_charged"])
    let run = try #require(try await store.run("run"))
    #expect(run.status == .stopped)
    #expect(run.credits == Credits(microcredits: 8))
    #expect(engine.ledger.spent == Credits(microcredits: 8))
    #expect(engine.ledger.available == Credits(microcredits: 92))
    await engine.shutDown()
    store.close()
  }
}

/// Calls its tool only when it is told to end.
private struct LateCaller: StepExecutor {
  let begun: Task<Void, Never>
  private let hasBegun: AsyncStream<Void>.Continuation

  init() {
    let (stream, continuation) = AsyncStream<Void>.makeStream()
    hasBegun = continuation
    begun = Task { for await _ in stream { return } }
  }

  func execute(
    _ call: StepCall,
    note: @escaping @Sendable (StepNote) -> Void
  ) async throws(StepFailure) -> JSONValue {
    let (cancelled, end) = AsyncStream<Void>.makeStream()
    hasBegun.yield()
    await withTaskCancellationHandler {
      // Its own task is cancelled by then, which would end the waiting at once.
      await Task { for await _ in cancelled { return } }.value
    } onCancel: {
      end.yield()
    }
    note(StepNote(type: "tool_called", data: ["server": "demo", "tool": "t"]))
    throw StepFailure(code: "MCP_TOOL_FAILED", message: "cancelled")
  }
}
