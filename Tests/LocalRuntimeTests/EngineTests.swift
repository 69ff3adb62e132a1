import JSON
import Runs
import Testing

@testable import LocalRuntime

@Suite struct EngineTests {
  @Test func `steps run as soon as what they depend on is done, side by side`() async throws {
    let runtime = try await TestRuntime()
    _ = try await runtime.publish(
      [call("a"), call("b"), call("c", after: ["a", "b"])].joined(separator: ",")
    )
    try await runtime.start()
    await runtime.gate.until { $0.inFlight == ["a", "b"] }
    await runtime.gate.end("a")
    await runtime.gate.end("b")
    await runtime.gate.end("c", .success(["n": 1]))
    let run = try await runtime.run(is: .completed)
    #expect(await runtime.gate.record.mostInFlight == 2)
    #expect(run.steps == StepCounts(total: 3, completed: 3))
    #expect(run.credits == Credits(microcredits: 15_000_000))
    #expect(run.currentSteps.isEmpty)
    #expect(run.endedAt == runtime.time.now)
    #expect(try await runtime.store.steps(of: "run")["c"]?.result == ["n": 1])
  }

  @Test func `events are numbered by one without a gap and tell what happened in order`()
    async throws
  {
    let runtime = try await TestRuntime()
    _ = try await runtime.publish(call("a"))
    try await runtime.start()
    await runtime.gate.end("a")
    let run = try await runtime.run(is: .completed)
    let events = try await runtime.events()
    #expect(events.compactMap { $0["seq"]?.int } == Array(1...events.count))
    #expect(run.lastEvent == events.count)
    #expect(
      try await runtime.log() == [
        "run_started", "state_changed", "step_started a", "credits_charged a", "tool_called a",
        "step_completed a", "state_changed",
      ]
    )
    #expect(events[1]["data"] == ["from": "pending", "to": "running", "by": "maria"])
    #expect(events.last?["data"] == ["from": "running", "to": "completed", "by": "runtime"])
  }

  @Test func `templates carry input and results from step to step`() async throws {
    let runtime = try await TestRuntime()
    _ = try await runtime.publish(
      call("a", #""tool_args":{"to":"{{input.to}}"}"#) + ","
        + call(
          "b",
          after: ["a"],
          #""tool_args":{"n":"{{steps.a.result.n}}","x":"{{input.x | 7}}"}"#
        )
    )
    try await runtime.start(input: ["to": "alex"])
    await runtime.gate.end("a", .success(["n": 3]))
    await runtime.gate.end("b")
    try await runtime.run(is: .completed)
    let steps = try await runtime.store.steps(of: "run")
    #expect(steps["a"]?.input == ["to": "alex"])
    #expect(steps["b"]?.input == ["n": 3, "x": 7])
  }

  @Test func `a template without a value fails its step with the place`() async throws {
    let runtime = try await TestRuntime()
    _ = try await runtime.publish(call("a", #""tool_args":{"to":"{{input.to}}"}"#))
    try await runtime.start()
    let run = try await runtime.run(is: .failed)
    #expect(run.failure?.code == "MCP_TOOL_FAILED")
    #expect(run.failure?.message?.contains("“input.to” has no value") == true)
    #expect(await runtime.gate.record.begun.isEmpty)
    #expect(run.credits?.microcredits == 0)
  }

  @Test func `no more steps of a run execute at once than allowed`() async throws {
    var limits = Engine.Limits()
    limits.rules.maximumInFlight = 2
    let runtime = try await TestRuntime(limits: limits)
    _ = try await runtime.publish((1...5).map { call("s\($0)") }.joined(separator: ","))
    try await runtime.start()
    for id in 1...5 { await runtime.gate.end("s\(id)") }
    try await runtime.run(is: .completed)
    #expect(await runtime.gate.record.mostInFlight == 2)
  }

  @Test func `no more steps execute at once over all runs than allowed`() async throws {
    var limits = Engine.Limits()
    limits.maximumInFlight = 1
    let runtime = try await TestRuntime(limits: limits)
    _ = try await runtime.publish(call("a"), id: "one")
    _ = try await runtime.publish(call("b"), id: "two")
    try await runtime.start("one", run: "r1")
    try await runtime.start("two", run: "r2")
    await runtime.gate.end("a")
    await runtime.gate.end("b")
    try await runtime.run("r1", is: .completed)
    try await runtime.run("r2", is: .completed)
    #expect(await runtime.gate.record.mostInFlight == 1)
  }

  @Test func `the first failure cancels what is in flight and blocks what never began`()
    async throws
  {
    let runtime = try await TestRuntime()
    _ = try await runtime.publish(
      [call("bad"), call("slow"), ask("person"), call("after", after: ["bad", "slow"])]
        .joined(separator: ",")
    )
    try await runtime.start()
    await runtime.gate.until { $0.inFlight == ["bad", "slow"] }
    let task = try await runtime.task()
    await runtime.gate.end("bad", .failure(StepFailure(code: "MCP_TOOL_FAILED", message: "401")))
    let run = try await runtime.run(is: .failed)
    await runtime.gate.until { $0.cancelled == ["slow"] }
    #expect(
      run.failure == Failure(code: "MCP_TOOL_FAILED", step: StepID("bad"), message: "401")
    )
    let cause: JSONValue = [
      "cancelled": true, "reason": "run_failed", "caused_by_step_id": "bad",
      "duration_ms": 0,
    ]
    #expect(try await runtime.event("step_cancelled", "slow")?["data"] == cause)
    #expect(try await runtime.event("step_cancelled", "person")?["data"] == cause)
    #expect(
      try await runtime.event("step_completed", "after")?["data"] == [
        "skipped": true, "reason": "blocked", "caused_by_step_id": "bad",
      ]
    )
    #expect(run.steps == StepCounts(total: 4, failed: 1, cancelled: 2, skipped: 1))
    #expect(run.pendingTasks == 0)
    await #expect(throws: Rejection.self) { try await runtime.answer(task, true) }
  }

  @Test func `a rejected task completes its step and leaves the decision to the conditions`()
    async throws
  {
    let runtime = try await TestRuntime()
    _ = try await runtime.publish(
      [
        ask("review"),
        call("pay", after: ["review"], #""condition":"{{steps.review.result.approved}}""#),
        call("thank", after: ["pay"]),
        call(
          "close",
          after: ["review", "thank"],
          #""tool_args":{"paid":"{{steps.review.result.approved}}"}"#
        ),
        call("off", #""enabled":false"#),
        call("next", after: ["off"], #""skip_when":"{{input.skip}}""#),
      ].joined(separator: ",")
    )
    try await runtime.start()
    let task = try await runtime.task()
    #expect(task.payload == ["title": "OK?"])
    await runtime.gate.end("next")
    try await runtime.answer(task, false, fields: ["comment": "no", "approved": true])
    await runtime.gate.end("close")
    try await runtime.run(is: .completed)
    #expect(await runtime.gate.record.begun == ["next", "close"])
    #expect(try await runtime.outcome("review") == .success)
    #expect(try await runtime.outcome("pay") == .skipped(.condition))
    #expect(try await runtime.outcome("thank") == .skipped(.condition))
    #expect(try await runtime.outcome("off") == .skipped(.disabled))
    let result = try await runtime.store.steps(of: "run")["review"]?.result
    #expect(result == ["approved": false, "comment": "no"])
  }

  @Test func `a second answer is told who gave the first and when`() async throws {
    let runtime = try await TestRuntime()
    _ = try await runtime.publish(ask("review") + "," + call("then", after: ["review"]))
    try await runtime.start()
    let task = try await runtime.task()
    try await runtime.answer(task, true)
    let wanted = Rejection(
      409,
      "CONFLICT",
      "task already completed",
      details: [
        "completed_by": "alex", "completed_at": .string(runtime.time.now.iso8601),
        "approved": true,
      ]
    )
    runtime.time.advance(.seconds(5))
    await #expect(throws: wanted) { try await runtime.answer(task, false) }
    await runtime.gate.end("then")
    try await runtime.run(is: .completed)
    await #expect(throws: wanted) { try await runtime.answer(task, false) }
  }

  @Test func `a task that nobody answers in time fails its run`() async throws {
    let runtime = try await TestRuntime()
    _ = try await runtime.publish(ask("review", #""timeout_s":60"#))
    try await runtime.start()
    let task = try await runtime.task()
    #expect(task.expiresAt == runtime.time.now + .seconds(60))
    await runtime.time.untilSomebodySleeps()
    runtime.time.advance(.seconds(60))
    let run = try await runtime.run(is: .failed)
    #expect(run.failure?.code == "HUMAN_TASK_FAILED")
    #expect(run.failure?.step == StepID("review"))
  }

  @Test func `a transient failure is tried again after a wait, as often as the step allows`()
    async throws
  {
    let runtime = try await TestRuntime()
    _ = try await runtime.publish(call("a", #""retry_count":1"#))
    try await runtime.start()
    let lost = StepFailure(code: "MCP_TOOL_FAILED", message: "gone", isTransient: true)
    await runtime.gate.end("a", .failure(lost))
    try await runtime.run { _ in true }
    await runtime.time.untilSomebodySleeps()
    #expect(await runtime.gate.record.begun == ["a"])
    #expect(try await runtime.log().last == "step_retried a")
    runtime.time.advance(.seconds(1))
    await runtime.gate.until { $0.begun == ["a", "a"] }
    await runtime.gate.end("a", .failure(lost))
    let run = try await runtime.run(is: .failed)
    #expect(run.failure?.message == "gone")
    #expect(run.credits == Credits(microcredits: 5_000_000))
  }

  @Test func `a result that is too long fails its step, a long one is cut out of the events`()
    async throws
  {
    var limits = Engine.Limits()
    limits.rules.maximumResult = 400
    limits.rules.maximumEventValue = 100
    let runtime = try await TestRuntime(limits: limits)
    _ = try await runtime.publish(call("a") + "," + call("b", after: ["a"]))
    try await runtime.start()
    let long: JSONValue = ["text": .string(String(repeating: "x", count: 200))]
    await runtime.gate.end("a", .success(long))
    await runtime.gate.end("b", .success([long, long]))
    let run = try await runtime.run(is: .failed)
    #expect(run.failure?.step == StepID("b"))
    #expect(run.failure?.message?.contains("at most 400 are kept") == true)
    #expect(try await runtime.store.steps(of: "run")["a"]?.result == long)
    let data = try await runtime.event("step_completed", "a")?["data"]
    #expect(data?["result"] == .null)
    #expect(data?["result_truncated"] == "211 bytes; whole in the run's context")
  }

  // MARK: Commands

  @Test func `pause lets steps in flight finish and begins nothing until resume`() async throws {
    let runtime = try await TestRuntime()
    _ = try await runtime.publish(call("a") + "," + call("b", after: ["a"]))
    try await runtime.start()
    await runtime.gate.until { $0.inFlight == ["a"] }
    try await runtime.tell(.pause)
    await runtime.gate.end("a")
    let run = try await runtime.run { $0.steps?.completed == 1 }
    #expect(run.status == .paused)
    #expect(run.statusBy == "alex")
    #expect(await runtime.gate.record.begun == ["a"])
    try await runtime.tell(.resume)
    await runtime.gate.end("b")
    try await runtime.run(is: .completed)
  }

  @Test func `an immediate stop ends calls in flight and says who stopped`() async throws {
    let runtime = try await TestRuntime()
    _ = try await runtime.publish(
      [call("a"), ask("person"), call("b", after: ["a"])].joined(separator: ",")
    )
    try await runtime.start()
    await runtime.gate.until { $0.inFlight == ["a"] }
    let task = try await runtime.task()
    try await runtime.tell(.stop(.immediate))
    await runtime.gate.until { $0.cancelled == ["a"] }
    let run = try await runtime.run(is: .stopped)
    #expect(run.failure?.code == "RUN_STOPPED")
    #expect(run.statusBy == "alex")
    #expect(run.pendingTasks == 0)
    let wanted: JSONValue = [
      "code": "RUN_STOPPED", "failure_code": "RUN_STOPPED", "reason": "run_stopped",
      "error": "in flight when alex stopped the run", "by": "alex", "duration_ms": 0,
    ]
    #expect(try await runtime.event("step_failed", "a")?["data"] == wanted)
    #expect(try await runtime.outcome("a") == .stopped)
    #expect(try await runtime.outcome("b") == .skipped(.blocked))
    await #expect(throws: Rejection.self) { try await runtime.answer(task, true) }
  }

  @Test func `a graceful stop drains what executes and closes what waits for a person`()
    async throws
  {
    let runtime = try await TestRuntime()
    _ = try await runtime.publish(
      [call("a"), ask("person"), call("b", after: ["a"])].joined(separator: ",")
    )
    try await runtime.start()
    await runtime.gate.until { $0.inFlight == ["a"] }
    _ = try await runtime.task()
    try await runtime.tell(.stop(.graceful))
    let draining = try await runtime.run(is: .draining)
    #expect(draining.pendingTasks == 0)
    #expect(draining.currentSteps == [StepID("a")])
    await runtime.gate.end("a", .success(["n": 1]))
    let run = try await runtime.run(is: .stopped)
    #expect(run.statusBy == "alex")
    #expect(try await runtime.outcome("a") == .success)
    #expect(await runtime.gate.record.begun == ["a"])
    #expect(await runtime.gate.record.cancelled.isEmpty)
  }

  @Test func `a draining run can be stopped at once`() async throws {
    let runtime = try await TestRuntime()
    _ = try await runtime.publish(call("a"))
    try await runtime.start()
    await runtime.gate.until { $0.inFlight == ["a"] }
    try await runtime.tell(.stop(.graceful))
    try await runtime.tell(.stop(.immediate))
    await runtime.gate.until { $0.cancelled == ["a"] }
    try await runtime.run(is: .stopped)
  }

  /// Brings a run into a status.
  private func reach(_ status: RunStatus, _ runtime: TestRuntime) async throws {
    _ = try await runtime.publish(call("a"))
    try await runtime.start()
    await runtime.gate.until { $0.inFlight == ["a"] }
    // The note that the tool was called is the last thing that happens by itself.
    try await runtime.run { $0.lastEvent == 5 }
    switch status {
    case .paused: try await runtime.tell(.pause)
    case .draining: try await runtime.tell(.stop(.graceful))
    case .stopped: try await runtime.tell(.stop(.immediate))
    case .completed: await runtime.gate.end("a")
    case .failed:
      await runtime.gate.end("a", .failure(StepFailure(code: "X", message: "no")))
    default: break
    }
    try await runtime.run(is: status)
  }

  private static let verbs: [RunCommand] = [
    .pause, .resume, .stop(.graceful), .stop(.immediate),
  ]
  private static let statuses: [RunStatus] = [
    .running, .paused, .draining, .completed, .failed, .stopped,
  ]
  /// What each verb leads to from each status; what is not here is refused.
  private static func legal(_ verb: RunCommand, _ status: RunStatus) -> RunStatus? {
    switch (verb, status) {
    case (.pause, .running): .paused
    case (.resume, .paused): .running
    case (.stop(.graceful), .running), (.stop(.graceful), .paused): .draining
    case (.stop(.immediate), .running), (.stop(.immediate), .paused),
      (.stop(.immediate), .draining):
      .stopped
    default: nil
    }
  }

  @Test(arguments: verbs, statuses)
  func `each verb is carried out where it is legal, and refused with the status elsewhere`(
    _ verb: RunCommand,
    _ status: RunStatus
  ) async throws {
    let runtime = try await TestRuntime()
    try await reach(status, runtime)
    if let wanted = Self.legal(verb, status) {
      let state = try await runtime.engine.command(verb, run: runtime.reference(), by: "kim")
      #expect(state.run.status == wanted)
      #expect(state.run.statusBy == "kim")
      #expect(try await runtime.store.run("run")?.status == wanted)
      return
    }
    let before = try await runtime.events()
    let refusal = await #expect(throws: Rejection.self) { try await runtime.tell(verb) }
    #expect(refusal?.status == 409)
    #expect(refusal?.code == "CONFLICT")
    #expect(refusal?.message.contains("the run is \(status.word)") == true)
    #expect(refusal?.details["status"] == .string(status.word))
    #expect(refusal?.details["status_by"] != nil)
    #expect(refusal?.details["status_at"] != nil)
    #expect(try await runtime.events() == before)
  }

  // MARK: Starts

  @Test func `a start repeated with its run id makes no second run`() async throws {
    let runtime = try await TestRuntime()
    _ = try await runtime.publish(call("a"))
    _ = try await runtime.publish(call("a"), id: "other")
    async let first: Void = runtime.start()
    async let second: Void = runtime.start()
    _ = try await (first, second)
    await runtime.gate.end("a")
    try await runtime.run(is: .completed)
    try await runtime.start()
    #expect(await runtime.gate.record.begun == ["a"])
    #expect(try await runtime.store.runs(RunQuery()).total == 1)
    let refusal = await #expect(throws: Rejection.self) { try await runtime.start("other") }
    #expect(refusal?.status == 409)
    #expect(refusal?.message.contains("belongs to a run of another workflow") == true)
  }

  // MARK: A full disk

  @Test func `what cannot be written is refused and did not happen, what happened waits for room`()
    async throws
  {
    let runtime = try await TestRuntime(isFull: true)
    _ = try await runtime.publish(call("a"))
    try await runtime.start()
    await runtime.gate.until { $0.inFlight == ["a"] }
    try await runtime.run { $0.lastEvent == 5 }
    let events = try await runtime.events()
    // The pages that there are must do from now on.
    try await runtime.setRoom(0)
    let refusal = await #expect(throws: Rejection.self) {
      try await runtime.start(
        run: "second",
        input: ["text": .string(String(repeating: "x", count: 200_000))]
      )
    }
    #expect(refusal?.status == 503)
    #expect(refusal?.message.contains("is full; make room and try again") == true)
    #expect(try await runtime.store.run("second") == nil)
    let long = JSONValue.string(String(repeating: "x", count: 200_000))
    await runtime.gate.end("a", .success(["text": long]))
    await runtime.time.untilSomebodySleeps()
    #expect(try await runtime.events() == events)
    try await runtime.setRoom(1 << 20)
    runtime.time.advance(.seconds(1))
    try await runtime.run(is: .completed)
    #expect(try await runtime.store.steps(of: "run")["a"]?.result == ["text": long])
    try await runtime.start(run: "second")
    #expect(try await runtime.store.run("second")?.status == .running)
  }

  // MARK: Restarts

  @Test func `a restart fails what was in flight and keeps what waits or had not begun`()
    async throws
  {
    let before = try await TestRuntime()
    _ = try await before.publish(call("x"), id: "lost")
    _ = try await before.publish(
      call("a", #""idempotent":true"#) + "," + call("b", after: ["a"]),
      id: "again"
    )
    _ = try await before.publish(ask("p") + "," + call("b", after: ["p"]), id: "waits")
    for id in ["lost", "again", "waits"] { try await before.start(id, run: id) }
    await before.gate.until { $0.begun.count == 2 }
    let task = try await before.task("waits")
    let durable = try await before.events("lost")

    let after = try await before.restarted()
    let lost = try await after.run("lost", is: .failed)
    #expect(lost.failure?.code == "UPSTREAM_ERROR")
    #expect(lost.failure?.message == "the runtime stopped while this step was in flight")
    #expect(Array(try await after.events("lost").prefix(durable.count)) == durable)
    await after.gate.end("a")
    await after.gate.end("b")
    try await after.run("again", is: .completed)
    #expect(try await after.task("waits").id == task.id)
    _ = try await after.engine.answer(
      TaskReference(run: after.reference("waits", "waits"), task: task.id),
      approved: true,
      fields: [:],
      by: "alex"
    )
    await after.gate.end("b")
    try await after.run("waits", is: .completed)
    let numbers = try await after.events("waits").compactMap { $0["seq"]?.int }
    #expect(numbers == Array(1...numbers.count))
  }

  @Test func `a restart stops what was draining and keeps what was paused`() async throws {
    let before = try await TestRuntime()
    _ = try await before.publish(call("a"), id: "drains")
    _ = try await before.publish(call("a") + "," + call("b", after: ["a"]), id: "rests")
    try await before.start("rests", run: "rests")
    await before.gate.until { $0.inFlight == ["a"] }
    _ = try await before.engine.command(
      .pause,
      run: before.reference("rests", "rests"),
      by: "alex"
    )
    await before.gate.end("a")
    try await before.run("rests") { $0.steps?.completed == 1 }
    try await before.start("drains", run: "drains")
    await before.gate.until { $0.begun.count == 2 }
    _ = try await before.engine.command(
      .stop(.graceful),
      run: before.reference("drains", "drains"),
      by: "alex"
    )
    let after = try await before.restarted()
    let stopped = try await after.run("drains", is: .stopped)
    #expect(stopped.statusBy == "alex")
    #expect(try await after.store.run("rests")?.status == .paused)
    _ = try await after.engine.command(.resume, run: after.reference("rests", "rests"), by: "kim")
    await after.gate.end("b")
    try await after.run("rests", is: .completed)
  }

  @Test func `a deadline that passed while the runtime was away holds`() async throws {
    let before = try await TestRuntime()
    _ = try await before.publish(ask("p", #""timeout_s":60"#))
    try await before.start()
    _ = try await before.task()
    before.time.advance(.seconds(30))
    let between = try await before.restarted()
    #expect(try await between.store.run("run")?.status == .running)
    await between.engine.shutDown()
    between.store.close()
    between.time.advance(.seconds(31))
    let after = try await TestRuntime(folder: between.folder, time: between.time)
    let run = try await after.run(is: .failed)
    #expect(run.failure?.code == "HUMAN_TASK_FAILED")
  }
}
