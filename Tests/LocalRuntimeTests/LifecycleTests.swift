import JSON
import Runs
import Testing

@testable import LocalRuntime

/// Time-outs, drains and what a run reads when it has ended, by value.
@Suite struct LifecycleTests {
  @Test func `an attempt that its executor does not end in time is ended`() throws {
    var bench = try Bench(call("a", #""timeout_s":30"#))
    // It waits for room, and no time runs.
    try bench.pass(.seconds(100))
    #expect(bench.status == .running)
    try bench.takeOff("a")
    try bench.pass(.seconds(30))
    #expect(bench.status == .running)
    try bench.pass(.seconds(1))
    #expect(bench.flights.isEmpty)
    #expect(
      bench.state.run.failure
        == Failure(
          code: "RUN_STALLED_OR_TIMED_OUT",
          step: StepID("a"),
          message: "the step did not end within 30 s"
        )
    )
  }

  @Test func `a time-out is transient, and retried as often as the step allows`() throws {
    var bench = try Bench(call("a", #""timeout_s":30,"retry_count":1"#))
    try bench.takeOff("a")
    try bench.pass(.seconds(31))
    #expect(bench.log.last == "step_retried a")
    #expect(bench.flights.isEmpty)
    try bench.pass(.seconds(1))
    #expect(bench.flights["a"]?.attempt == 2)
    try bench.takeOff("a")
    try bench.pass(.seconds(31))
    #expect(bench.status == .failed)
  }

  @Test func `a wait that the other side asks for is kept before a retry`() throws {
    var bench = try Bench(call("a", #""retry_count":2"#))
    try bench.perform { machine throws(Rejection) in
      var failure = StepFailure(code: "X", message: "busy", isTransient: true)
      failure.retryAfter = .seconds(20)
      machine.fail(StepPlace("a"), attempt: 1, failure)
    }
    #expect(bench.state.nextWake == bench.now + .seconds(20))
  }

  @Test func `a drain that takes too long fails the run and names the slow step`() throws {
    var rules = RunMachine.Rules()
    rules.maximumDrain = .seconds(120)
    var bench = try Bench(
      [call("quick"), call("slow", #""name":"Slow one""#), call("next", after: ["quick"])]
        .joined(separator: ","),
      rules: rules
    )
    try bench.tell(.stop(.graceful))
    try bench.succeed("quick")
    try bench.pass(.seconds(119))
    #expect(bench.status == .draining)
    try bench.pass(.seconds(1))
    #expect(bench.status == .failed)
    #expect(bench.flights.isEmpty)
    #expect(
      bench.state.run.failure
        == Failure(
          code: "DRAIN_TIMEOUT",
          step: StepID("slow"),
          message: "step “Slow one” did not end within 2 min of the graceful stop by alex"
        )
    )
    #expect(bench.outcome("next") == .skipped(.blocked))
  }

  @Test func `a drain of a loop that takes too long ends its items`() throws {
    var bench = try Bench(each("loop", [call("send")]), input: ["items": ["a"]])
    try bench.tell(.stop(.graceful))
    try bench.pass(.seconds(900))
    #expect(bench.status == .failed)
    #expect(bench.state.run.failure?.code == "DRAIN_TIMEOUT")
    #expect(bench.flights.isEmpty)
  }

  @Test func `a failing template of each type has that type's code`() throws {
    let cases = [
      (call("a", #""tool_args":{"x":"{{input.x}}"}"#), "MCP_TOOL_FAILED"),
      (
        call("a", #""type":"llm_call","model":"m","prompt":"{{input.x}}""#),
        "LLM_REQUEST_FAILED"
      ),
      (
        call("a", #""type":"human_task","task_type":"t","task_payload":{"x":"{{input.x}}"}"#),
        "HUMAN_TASK_FAILED"
      ),
      (child("a", #""input":{"x":"{{input.x}}"}"#), "VALIDATION_ERROR"),
      (each("a", [call("b")]), "VALIDATION_ERROR"),
    ]
    for (step, code) in cases {
      let bench = try Bench(step)
      #expect(bench.status == .failed)
      #expect(bench.state.run.failure?.code == code)
      #expect(bench.state.run.steps == StepCounts(total: 1, failed: 1))
    }
  }

  @Test func `the facts of the run are read as run.…`() throws {
    let bench = try Bench(call("a", #""tool_args":{"id":"{{run.run_id}}"}"#))
    #expect(bench.flights["a"]?.parameters == ["id": "run"])
  }
}
