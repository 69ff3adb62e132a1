import JSON
import Runs
import Testing

@testable import LocalRuntime

@Suite struct ChildTests {
  @Test func `a step calls a run whose id follows from parent, place and attempt`() throws {
    var bench = try Bench(
      child("call", #""input":{"to":"{{input.to}}"},"pass_input":true,"retry_count":1"#),
      input: ["to": "alex", "from": "kim"]
    )
    let first = try #require(bench.calls["call"])
    #expect(first.workflow == WorkflowID("other"))
    #expect(first.input == ["to": "alex", "from": "kim"])
    #expect(first.run == ChildCall.id(parent: RunID("run"), place: StepPlace("call"), attempt: 1))
    #expect(first.parent.depth == 1)
    #expect(bench.outcome("call") == .running)
    try bench.crash()
    #expect(bench.calls["call"] == first)
    try bench.fail("call", code: "DEPENDENCY_UNAVAILABLE", isTransient: true)
    try bench.pass(.seconds(1))
    let second = try #require(bench.calls["call"])
    #expect(second.run != first.run)
    try bench.succeed("call", ["n": 1])
    #expect(bench.status == .completed)
  }

  @Test func `no two places share a child`() throws {
    let bench = try Bench(
      each("loop", [child("inner")]) + "," + child("call"),
      input: ["items": [1, 2]]
    )
    #expect(bench.calls.keys.sorted() == ["call", "loop|0|inner", "loop|1|inner"])
    #expect(Set(bench.calls.values.map(\.run)).count == 3)
  }

  @Test func `a stop of the parent stops the child, in the same way`() throws {
    var bench = try Bench(child("call"))
    try bench.tell(.stop(.immediate))
    #expect(bench.stops == ["call immediate"])
    #expect(bench.status == .stopped)

    bench = try Bench(child("call"))
    try bench.tell(.stop(.graceful))
    #expect(bench.stops == ["call graceful"])
    #expect(bench.status == .draining)
    try bench.crash()
    #expect(bench.stops == ["call graceful", "call graceful"])
    #expect(bench.status == .draining)
    try bench.fail("call", "was stopped", code: "RUN_STOPPED")
    #expect(bench.status == .stopped)
    #expect(bench.outcome("call") == .stopped)
  }

  @Test func `a failure elsewhere, or the step's time-out, stops the child`() throws {
    var bench = try Bench(child("call") + "," + call("bad"))
    try bench.fail("bad")
    #expect(bench.stops == ["call immediate"])
    #expect(bench.outcome("call") == .cancelled)

    bench = try Bench(child("call", #""timeout_s":60"#))
    bench.sleep(.seconds(59))
    try bench.crash()
    #expect(bench.status == .running)
    try bench.pass(.seconds(1))
    #expect(bench.stops == ["call immediate"])
    #expect(bench.state.run.failure?.code == "RUN_STALLED_OR_TIMED_OUT")
  }

  @Test func `runs do not nest deeper than allowed`() throws {
    var rules = RunMachine.Rules()
    rules.maximumDepth = 0
    let bench = try Bench(child("call"), rules: rules)
    #expect(bench.status == .failed)
    #expect(bench.calls.isEmpty)
    #expect(bench.state.run.failure?.message?.contains("nest deeper than 0") == true)
  }

  // MARK: What the parent gets

  private func ended(
    _ more: String = "",
    _ end: (inout Bench) throws -> Void
  ) throws
    -> (Bench, ChildCall)
  {
    var inner = try Bench([call("a"), call("b", after: ["a"])].joined(separator: ","))
    try end(&inner)
    let outer = try Bench(child("call", more))
    return (inner, try #require(outer.calls["call"]))
  }

  private func completed(_ result: JSONValue, _ more: String = "") throws -> JSONValue? {
    let (inner, call) = try ended(more) {
      try $0.succeed("a", ["n": [1, 2]])
      try $0.succeed("b", result)
    }
    return try inner.state.outcome(for: call)?.get()
  }

  @Test func `the output is what the last step made, beside the child's id`() throws {
    #expect(try completed(["sent": true]) == ["sent": true, "child_run_id": "run"])
    #expect(try completed([1]) == ["child_run_id": "run", "output": [1]])
    #expect(try completed(["child_run_id": "x"]) == ["child_run_id": "run"])
  }

  @Test func `output_from names a step or a path`() throws {
    let whole: JSONValue = ["n": [1, 2], "child_run_id": "run"]
    #expect(try completed([:], #""output_from":"a""#) == whole)
    let path: JSONValue = ["child_run_id": "run", "output": 2]
    #expect(try completed([:], #""output_from":"steps.a.result.n.1""#) == path)
    #expect(try completed([:], #""output_from":"{{steps.a.result.n.1}}""#) == path)
    let failure = #expect(throws: StepFailure.self) {
      try completed([:], #""output_from":"steps.c.result""#)
    }
    #expect(failure?.message.contains("without the output that is wanted") == true)
  }

  @Test func `a child that failed or was stopped says so in one sentence`() throws {
    let (failed, call) = try ended { try $0.fail("a", "401") }
    let failure = #expect(throws: StepFailure.self) { try failed.state.outcome(for: call)?.get() }
    #expect(failure?.code == "MCP_TOOL_FAILED")
    #expect(failure?.message == "the run run of “flow” failed at step “a”: 401")
    let (stopped, _) = try ended { try $0.tell(.stop(.immediate)) }
    let stop = #expect(throws: StepFailure.self) { try stopped.state.outcome(for: call)?.get() }
    #expect(stop?.code == "RUN_STOPPED")
    #expect(stop?.message == "the run run of “flow” was stopped by alex")
    let (running, _) = try ended { _ in }
    #expect(running.state.outcome(for: call) == nil)
  }
}
