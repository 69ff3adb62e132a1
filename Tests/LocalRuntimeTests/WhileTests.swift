import JSON
import Runs
import Testing

@testable import LocalRuntime

@Suite struct WhileTests {
  private let body = [call("draft"), call("score", after: ["draft"])]

  private func bench(_ more: String, body: [String]? = nil) throws -> Bench {
    try Bench(repeated("loop", body ?? self.body, #""while_max_iterations":3,"# + more))
  }

  private func turn(_ bench: inout Bench, _ index: Int, pass: Bool) throws {
    try bench.succeed("loop|\(index)|draft", ["text": .string("draft \(index)")])
    try bench.succeed("loop|\(index)|score", ["pass": .bool(pass)])
  }

  @Test func `until repeats the body until the condition holds`() throws {
    var bench = try bench(#""while_mode":"until","while_condition":"{{body.score.pass}}""#)
    try turn(&bench, 0, pass: false)
    #expect(bench.flights["loop|1|draft"]?.scope.iteration == 1)
    #expect(bench.flights["loop|1|draft"]?.scope.previous?["draft"] == ["text": "draft 0"])
    try turn(&bench, 1, pass: true)
    #expect(bench.status == .completed)
    #expect(
      bench.result("loop") == [
        "iteration_count": 2, "max_iterations": 3, "stopped_reason": "condition_met",
        "last": ["draft": ["text": "draft 1"], "score": ["pass": true]],
        "iterations": [
          ["draft": ["text": "draft 0"], "score": ["pass": false]],
          ["draft": ["text": "draft 1"], "score": ["pass": true]],
        ],
      ]
    )
    #expect(bench.log.contains("step_completed loop#body#score 1"))
  }

  @Test func `while repeats the body as long as the condition holds, and at least once`() throws {
    var bench = try bench(#""while_mode":"while","while_condition":"{{body.score.pass}}""#)
    try turn(&bench, 0, pass: true)
    try turn(&bench, 1, pass: false)
    #expect(bench.result("loop")?["iteration_count"] == 2)
    #expect(bench.result("loop")?["stopped_reason"] == "condition_met")
  }

  @Test func `the most iterations end the loop without failing it`() throws {
    var bench = try bench(#""while_mode":"until","while_condition":"{{body.score.pass}}""#)
    for index in 0..<3 { try turn(&bench, index, pass: false) }
    #expect(bench.status == .completed)
    #expect(bench.result("loop")?["stopped_reason"] == "max_iterations")
    #expect(bench.result("loop")?["iteration_count"] == 3)
  }

  @Test func `templates read the iteration and what the one before made`() throws {
    var bench = try bench(
      #""while_mode":"until","while_condition":"{{body.a.done}}""#,
      body: [
        call(
          "a",
          #""tool_args":{"n":"{{while.iteration}}","before":"{{while.prev.a.n | 0}}"}"#
        )
      ]
    )
    #expect(bench.flights["loop|0|a"]?.parameters == ["n": 0, "before": 0])
    try bench.succeed("loop|0|a", ["n": 7])
    #expect(bench.flights["loop|1|a"]?.parameters == ["n": 1, "before": 7])
  }

  @Test func `a script decides, and wins over the condition`() throws {
    var bench = try bench(
      #""while_mode":"until","while_condition":"true","while_eval_script":"return {pass=true}""#
    )
    try turn(&bench, 0, pass: false)
    let test = try #require(bench.flights["loop|0|"])
    #expect(test.step.type == .luaScript)
    #expect(test.step.raw["while_eval_script"] == "return {pass=true}")
    #expect(test.scope.body["score"] == ["pass": false])
    try bench.succeed("loop|0|", ["pass": false])
    try turn(&bench, 1, pass: false)
    try bench.succeed("loop|1|", ["pass": true])
    #expect(bench.status == .completed)
    #expect(bench.result("loop")?["iteration_count"] == 2)
  }

  @Test func `a script that says neither true nor false fails the loop`() throws {
    var bench = try bench(#""while_mode":"until","while_eval_script":"return {}""#)
    try turn(&bench, 0, pass: false)
    try bench.succeed("loop|0|", ["n": 1])
    #expect(bench.status == .failed)
    #expect(
      bench.state.run.failure?.message
        == "iteration 0: “while_eval_script” must return a table with “pass” true or false"
    )
    #expect(bench.state.run.failure?.code == "VALIDATION_ERROR")
  }

  @Test func `a script that fails, fails the loop`() throws {
    var bench = try bench(#""while_mode":"until","while_eval_script":"return {}""#)
    try turn(&bench, 0, pass: false)
    try bench.fail("loop|0|", "line 1: oops", code: "LUA_SCRIPT_FAILED")
    #expect(bench.state.run.failure?.message == "iteration 0: line 1: oops")
    #expect(bench.log.filter { $0.hasPrefix("step_failed") } == ["step_failed loop"])
  }

  @Test func `an inner step that fails, fails the loop and the run`() throws {
    var bench = try bench(#""while_mode":"until","while_condition":"true""#)
    try bench.fail("loop|0|draft", "401")
    #expect(bench.status == .failed)
    #expect(bench.state.run.failure?.message == "iteration 0: step “draft”: 401")
  }

  @Test func `an iteration that takes too long fails the loop`() throws {
    var bench = try bench(
      #""while_mode":"until","while_condition":"false","while_iteration_timeout_s":10"#
    )
    try bench.pass(.seconds(9))
    try turn(&bench, 0, pass: false)
    try bench.pass(.seconds(9))
    #expect(bench.status == .running)
    try bench.pass(.seconds(1))
    #expect(bench.status == .failed)
    #expect(bench.state.run.failure?.code == "RUN_STALLED_OR_TIMED_OUT")
    #expect(
      bench.state.run.failure?.message == "iteration 1: step “draft”: it did not end within 10 s"
    )
  }

  @Test func `pause holds the next iteration back`() throws {
    var bench = try bench(#""while_mode":"until","while_condition":"false""#)
    try bench.tell(.pause)
    try bench.succeed("loop|0|draft")
    #expect(bench.flights.isEmpty)
    try bench.tell(.resume)
    try bench.succeed("loop|0|score")
    #expect(bench.flights.keys.sorted() == ["loop|1|draft"])
  }

  @Test func `a crash goes on in the iteration that it met, and tests again`() throws {
    var bench = try bench(
      #""while_mode":"until","while_eval_script":"return {}""#,
      body: [script("a")]
    )
    try bench.succeed("loop|0|a", ["n": 0])
    try bench.succeed("loop|0|", ["pass": false])
    try bench.crash()
    #expect(bench.flights["loop|1|a"]?.attempt == 2)
    #expect(bench.flights["loop|1|a"]?.scope.previous?["a"] == ["n": 0])
    try bench.succeed("loop|1|a", ["n": 1])
    try bench.crash()
    #expect(bench.flights["loop|1|"]?.attempt == 2)
    try bench.succeed("loop|1|", ["pass": true])
    #expect(bench.status == .completed)
    #expect(bench.result("loop")?["iterations"] == [["a": ["n": 0]], ["a": ["n": 1]]])
  }
}
