import JSON
import Runs
import Testing

@testable import LocalRuntime

/// Loops through the engine and its store.
@Suite struct LoopEngineTests {
  @Test func `items are worked on side by side, and a restart goes on where it was`() async throws {
    let before = try await TestRuntime()
    _ = try await before.publish(
      each(
        "loop",
        [script("find"), call("send", after: ["find"], #""idempotent":true"#)],
        #""for_each_max_parallel":2"#
      ) + "," + call("end", after: ["loop"], #""tool_args":{"r":"{{steps.loop.result.results}}"}"#)
    )
    try await before.start(input: ["items": ["a", "b", "c"]])
    await before.gate.end("loop|0|find", .success(["n": 0]))
    await before.gate.end("loop|0|send", .success(["sent": 0]))
    await before.gate.end("loop|1|find", .success(["n": 1]))
    await before.gate.until { $0.inFlight == ["loop|1|send", "loop|2|find"] }
    // The last note is the last thing that happens by itself.
    try await before.run { $0.lastEvent == 22 }

    let after = try await before.restarted()
    await after.gate.end("loop|1|send", .success(["sent": 1]))
    await after.gate.end("loop|2|find", .success(["n": 2]))
    await after.gate.end("loop|2|send", .success(["sent": 2]))
    await after.gate.end("end")
    let run = try await after.run(is: .completed)
    #expect(run.steps == StepCounts(total: 2, completed: 2))
    let results = try await after.store.steps(of: "run")["loop"]?.result?["results"]
    #expect(results?.array?.compactMap { $0["result"]?["sent"]?.int } == [0, 1, 2])
    #expect(try await after.store.steps(of: "run")["end"]?.input?["r"] == results)
    let numbers = try await after.events().compactMap { $0["seq"]?.int }
    #expect(numbers == Array(1...numbers.count))
    #expect(try await after.event("step_retried", "loop#body#send")?["data"]?["index"] == 1)
  }

  @Test func `an item that takes too long really ends its call`() async throws {
    let runtime = try await TestRuntime()
    _ = try await runtime.publish(
      each(
        "loop",
        [call("send")],
        #""for_each_item_timeout_s":30,"for_each_error_policy":"continue_on_error""#
      )
    )
    try await runtime.start(input: ["items": ["a"]])
    await runtime.gate.until { $0.inFlight == ["loop|0|send"] }
    await runtime.time.untilSomebodySleeps()
    runtime.time.advance(.seconds(30))
    await runtime.gate.until { $0.cancelled == ["loop|0|send"] }
    try await runtime.run(is: .completed)
    let result = try await runtime.store.steps(of: "run")["loop"]?.result
    #expect(result?["failed_count"] == 1)
  }

  @Test func `a call that its executor does not end in time is ended by the engine`() async throws {
    let runtime = try await TestRuntime()
    _ = try await runtime.publish(call("a", #""timeout_s":30"#))
    try await runtime.start()
    await runtime.gate.until { $0.inFlight == ["a"] }
    await runtime.time.untilSomebodySleeps()
    runtime.time.advance(.seconds(31))
    await runtime.gate.until { $0.cancelled == ["a"] }
    let run = try await runtime.run(is: .failed)
    #expect(run.failure?.code == "RUN_STALLED_OR_TIMED_OUT")
  }

  @Test func `the review of a loop is a task in the inbox`() async throws {
    let runtime = try await TestRuntime()
    _ = try await runtime.publish(
      each("loop", [call("send")], #""for_each_error_policy":"human_review""#)
    )
    try await runtime.start(input: ["items": ["a", "b"]])
    await runtime.gate.end(
      "loop|0|send",
      .failure(StepFailure(code: "MCP_TOOL_FAILED", message: "401"))
    )
    await runtime.gate.end("loop|1|send")
    let task = try await runtime.task()
    #expect(task.title == "1 of 2 items of “loop” failed: go on?")
    let after = try await runtime.restarted()
    try await after.answer(try await after.task(), true)
    try await after.run(is: .completed)
    let result = try await after.store.steps(of: "run")["loop"]?.result
    #expect(result?["succeeded_count"] == 1)
    #expect(result?["review"]?["approved"] == true)
  }

  @Test func `a while that a script tests goes through the script's executor`() async throws {
    let runtime = try await TestRuntime()
    _ = try await runtime.publish(
      repeated(
        "loop",
        [call("a")],
        #""while_mode":"until","while_max_iterations":5,"while_eval_script":"return {pass=true}""#
      )
    )
    try await runtime.start()
    await runtime.gate.end("loop|0|a", .success(["n": 0]))
    await runtime.gate.end("loop|0|", .success(["pass": false]))
    await runtime.gate.end("loop|1|a", .success(["n": 1]))
    await runtime.gate.end("loop|1|", .success(["pass": true]))
    try await runtime.run(is: .completed)
    let result = try await runtime.store.steps(of: "run")["loop"]?.result
    #expect(result?["iteration_count"] == 2)
    #expect(result?["last"] == ["a": ["n": 1]])
  }

  @Test func `a drain that takes too long ends the call and the run`() async throws {
    var limits = Engine.Limits()
    limits.rules.maximumDrain = .seconds(60)
    let runtime = try await TestRuntime(limits: limits)
    _ = try await runtime.publish(call("a"))
    try await runtime.start()
    await runtime.gate.until { $0.inFlight == ["a"] }
    try await runtime.tell(.stop(.graceful))
    await runtime.time.untilSomebodySleeps()
    runtime.time.advance(.seconds(60))
    await runtime.gate.until { $0.cancelled == ["a"] }
    let run = try await runtime.run(is: .failed)
    #expect(run.failure?.code == "DRAIN_TIMEOUT")
    #expect(run.failure?.step == StepID("a"))
  }

  @Test func `trigger_steps are kept with the run`() async throws {
    let before = try await TestRuntime()
    _ = try await before.publish(
      [
        call("spine", #""terminal":true,"idempotent":true"#),
        call("side", #""no_auto_start":true,"idempotent":true"#),
      ].joined(separator: ",")
    )
    var request = StartRequest(workflow: "flow", runID: "run")
    request.triggerSteps = ["side": ["n": 5]]
    _ = try await before.engine.start(request, by: "maria")
    await before.gate.until { $0.inFlight == ["side", "spine"] }
    let after = try await before.restarted()
    await after.gate.end("spine")
    await after.gate.end("side")
    let run = try await after.run(is: .completed)
    #expect(run.extra["is_episode"] == true)
    #expect(try await after.store.steps(of: "run")["side"]?.input == ["n": 5])
    #expect(try await after.store.state(of: "run")?.triggerSteps == ["side": ["n": 5]])
    let refusal = await #expect(throws: Rejection.self) {
      var wrong = StartRequest(workflow: "flow")
      wrong.triggerSteps = ["nobody": [:]]
      _ = try await after.engine.start(wrong, by: "maria")
    }
    #expect(refusal?.status == 422)
  }
}
