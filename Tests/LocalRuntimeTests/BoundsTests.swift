import GRDB
import JSON
import Runs
import RuntimeAPI
import Synchronization
import Testing

@testable import LocalRuntime

/// A value of so many levels.
private func deep(_ levels: Int) -> JSONValue {
  (0..<levels).reduce("x") { value, _ in ["a": value] }
}

/// Sentences that nobody asked for.
final class Said: Sendable {
  private let kept = Mutex<[String]>([])

  var sentences: [String] { kept.withLock { $0 } }

  func say(_ sentence: String) { kept.withLock { $0.append(sentence) } }
}

/// What no step, answer or start may do to a run, whatever it says.
@Suite struct BoundsTests {
  @Test func `a result that nests too deep fails its step, and one that just does not can be read`()
    throws
  {
    var bench = try Bench([call("a"), call("b", after: ["a"])].joined(separator: ","))
    try bench.succeed("a", deep(RunMachine.Rules.maximumLevels))
    #expect(bench.outcome("a") == .success)
    try bench.succeed("b", deep(RunMachine.Rules.maximumLevels + 1))
    #expect(bench.outcome("b") == .failed)
    #expect(bench.state.run.failure?.message?.contains("deeper than 100 levels") == true)
    for row in bench.rows.values { _ = try JSONValue(parsing: JSONWriter.text(row)) }
    for event in bench.events {
      _ = try JSONValue(parsing: JSONWriter.text(EventWire.json(event, run: RunID("run"))))
    }
  }

  @Test func `a result of a loop that nests too deep fails the loop`() throws {
    var bench = try Bench(each("loop", [call("send")]), input: ["items": ["a"]])
    try bench.succeed("loop|0|send", deep(RunMachine.Rules.maximumLevels))
    #expect(bench.outcome("loop") == .failed)
    #expect(bench.status == .failed)
  }

  @Test func `what happens on the way is cut out of its event when it nests too deep`() throws {
    var bench = try Bench(call("a"))
    try bench.perform { machine throws(Rejection) in
      machine.note(
        StepPlace("a"),
        attempt: 1,
        StepNote(type: "tool_result", data: ["result": deep(120)])
      )
    }
    #expect(bench.event("tool_result", "a")?.data["result"] == .null)
  }

  @Test func `answers, inputs and trigger steps that nest too deep are refused`() throws {
    var bench = try Bench(ask("a"))
    let answer = #expect(throws: Rejection.self) {
      try bench.answer(true, fields: ["note": deep(100)])
    }
    #expect(answer?.status == 422)
    try bench.answer(true, fields: ["note": deep(99)])
    #expect(bench.status == .completed)
    let graph = bench.state.graph
    #expect(throws: Rejection.self) { try Engine.input(deep(101), for: graph) }
    #expect(try Engine.input(deep(100), for: graph) == deep(100))
    #expect(throws: Rejection.self) { try graph.check(triggerSteps: ["a": deep(100)]) }
  }

  @Test func `a run that cannot be read is left aside, and the others go on`() async throws {
    let said = Said()
    let folder = try TestFolder()
    let time = HandClock()
    let first = try await TestRuntime(folder: folder, time: time)
    _ = try await first.publish(call("a", #""idempotent":true"#))
    // The gate knows attempts by their step.
    _ = try await first.publish(call("b", #""idempotent":true"#), id: "other")
    try await first.start("other", run: "bad")
    try await first.start(run: "good")
    await first.gate.until { $0.begun.count == 2 }
    try await first.store.commit { database in
      try database.execute(
        sql: "UPDATE steps SET body = ? WHERE run_id = 'bad'",
        arguments: [String(repeating: "[", count: 500)]
      )
    }
    await first.engine.shutDown()
    first.store.close()
    let store = try Store(folder: folder.path)
    let gate = Gate()
    let engine = Engine(
      store: store,
      clock: time.clock,
      executors: ["mcp_call": gate],
      report: { said.say($0) }
    )
    try await engine.open()
    await gate.end("a")
    for await _ in store.changes where try await store.run("good")?.status == .completed {
      break
    }
    #expect(said.sentences.count == 1)
    #expect(said.sentences.first?.contains("the run bad is left as it is") == true)
    await engine.shutDown()
    store.close()
  }

  @Test func `only models use tokens, and no number of them overflows a sum`() async throws {
    let most = JSONValue.int(.max)
    let told: JSONValue = ["tokens_in": most, "tokens_out": most, "model": "m"]
    var reading = UsageReading(stepTypes: ["tool": "mcp_call", "model": "llm_call"])
    for step in ["tool", "model", "model"] {
      reading.read(
        RunEvent(
          type: "step_completed",
          step: StepID(step),
          at: Timestamp(milliseconds: 0),
          data: ["result": told]
        )
      )
    }
    let read = reading.usage.sums.filter { $0.key.measure == .tokensRead }
    #expect(read.values.map(\.amount) == [2_000_000_000])
    #expect(read.values.map(\.count) == [2])
    let store = try Store(folder: try TestFolder().path)
    var usage = Usage()
    let moment = Timestamp(milliseconds: 0)
    usage.add(.credits, at: moment, key: "a", amount: .max - 1)
    usage.add(.credits, at: Timestamp(milliseconds: 3_600_000), key: "a", amount: .max - 1)
    usage.add(.credits, at: moment, key: "b", amount: 7)
    let added = usage
    for _ in 0..<2 { try await store.commit { try Store.add(added, in: $0) } }
    let sums = try await store.usage(.credits, in: 0...1)
    #expect(sums.map(\.amount) == [.max, 14])
    #expect(try await store.spent().microcredits == .max)
  }

  @Test func `a loop without anything to wait for does not hold up everything else`() throws {
    let body = (0..<20).map { call("s\($0)", #""enabled":false"#) }
    let bench = try Bench(
      repeated("loop", body, #""while_max_iterations":1000,"while_condition":false"#)
    )
    #expect(bench.status == .completed)
    #expect(bench.result("loop")?["iteration_count"] == 1000)
    #expect(bench.events.count > 20_000)
    #expect(bench.mostAtOnce < 3000)
  }

  @Test func `the end of a step of a loop says how long it took`() throws {
    var bench = try Bench(each("loop", [call("send")]), input: ["items": ["a"]])
    try bench.pass(.seconds(3))
    try bench.succeed("loop|0|send")
    #expect(bench.event("step_completed", "loop#body#send")?.data["duration_ms"] == 3000)
    #expect(bench.event("step_completed", "loop")?.data["duration_ms"] == 3000)
  }

  @Test func `an error behind any number of warnings is told, and forbids the graph`() throws {
    let steps = (0..<600).map { call("s\($0)", #""enabled":false"#) }
    let graph = try JSONValue(
      parsing: "{\"input_schema\":5,\"steps\":[\(steps.joined(separator: ","))]}"
    )
    let report = GraphValidation.check(graph, in: GraphSurroundings())
    #expect(!report.valid)
    #expect(report.graph == nil)
    #expect(report.issues.count <= GraphValidation.maximumIssues)
  }

  @Test func `a graph that was published can be read whatever became of the checks of fields`()
    throws
  {
    let graph = try WorkflowGraph(
      JSONValue(
        parsing: #"""
          {"steps":[
            {"id":"a","type":"mcp_call","name":5,"timeout_s":0,"retry_count":"many","tool_args":[]},
            {"id":"b","type":"while","depends_on":["a"],"while_max_iterations":-1,
             "while_body_steps":[{"id":"a","type":"mcp_call","enabled":"yes"}]}]}
          """#
      )
    )
    #expect(graph.topologicalOrder == ["a", "b"])
    #expect(graph.step("a")?.retryCount == 0)
    #expect(graph.step("a")?.timeout == nil)
    #expect(graph.step("b")?.loop?.step("a")?.enabled == true)
  }

  @Test(
    arguments: [
      #"{"type":"mcp_call"}"#, #"{"id":"a"}"#, #"5"#, #"{"id":"a","type":5}"#,
      #"{"id":"a","type":"mcp_call","depends_on":["a"]}"#,
      #"{"id":"a","type":"mcp_call","depends_on":["b"]}"#,
      #"{"id":"a","type":"mcp_call","depends_on":5}"#,
    ]
  )
  func `a published graph needs ids, types, and dependencies without a circle`(_ step: String) {
    #expect(throws: GraphIssue.self) {
      try WorkflowGraph(JSONValue(parsing: "{\"steps\":[\(step)]}"))
    }
  }
}
