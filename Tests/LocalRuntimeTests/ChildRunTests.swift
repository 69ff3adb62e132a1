import JSON
import Runs
import Testing

@testable import LocalRuntime

/// Runs that call runs, through the engine and its store.
@Suite struct ChildRunTests {
  private let childID = ChildCall.id(
    parent: RunID("run"),
    place: StepPlace("call"),
    attempt: 1
  ).text

  private func calling(
    _ more: String = "",
    child steps: String = call("a"),
    limits: Engine.Limits = Engine.Limits()
  ) async throws -> TestRuntime {
    let runtime = try await TestRuntime(limits: limits)
    _ = try await runtime.publish(steps, id: "other")
    _ = try await runtime.publish(
      child("call", more)
        + "," + call("end", after: ["call"], #""tool_args":{"r":"{{steps.call.result}}"}"#)
    )
    return runtime
  }

  @Test func `a step waits for the run that it calls, and gets its output`() async throws {
    let runtime = try await calling(#""input":{"to":"{{input.to}}"}"#)
    try await runtime.start(input: ["to": "alex"])
    await runtime.gate.end("a", .success(["sent": true]))
    await runtime.gate.end("end")
    try await runtime.run(is: .completed)
    let result = try await runtime.store.steps(of: "run")["call"]?.result
    #expect(result == ["sent": true, "child_run_id": .string(childID)])
    let child = try #require(try await runtime.store.run(childID))
    #expect(child.status == .completed)
    #expect(child.input == ["to": "alex"])
    #expect(child.trigger == "workflow_call")
    #expect(child.extra["parent"]?["run_id"] == "run")
    #expect(child.extra["parent"]?["step_id"] == "call")
  }

  @Test func `a step that does not wait goes on with the run's id`() async throws {
    let runtime = try await calling(#""wait":false"#)
    try await runtime.start()
    await runtime.gate.end("end")
    try await runtime.run(is: .completed)
    let result = try await runtime.store.steps(of: "run")["call"]?.result
    #expect(result == ["child_run_id": .string(childID), "status": "running"])
    await runtime.gate.end("a")
    try await runtime.run(childID, is: .completed)
  }

  @Test func `a child's approval is in the inbox, and the parent waits for it`() async throws {
    let runtime = try await calling(child: ask("p"))
    try await runtime.start()
    let task = try await runtime.task(childID)
    #expect(try await runtime.store.run("run")?.status == .running)
    _ = try await runtime.engine.answer(
      TaskReference(run: runtime.reference(childID, "other"), task: task.id),
      approved: true,
      fields: [:],
      by: "alex"
    )
    await runtime.gate.end("end")
    try await runtime.run(is: .completed)
    let result = try await runtime.store.steps(of: "run")["call"]?.result
    #expect(result == ["approved": true, "child_run_id": .string(childID)])
  }

  @Test func `a child that fails, fails the step with its own code and a sentence`() async throws {
    let runtime = try await calling()
    try await runtime.start()
    await runtime.gate.end("a", .failure(StepFailure(code: "MCP_TOOL_FAILED", message: "401")))
    let run = try await runtime.run(is: .failed)
    #expect(run.failure?.code == "MCP_TOOL_FAILED")
    #expect(run.failure?.step == StepID("call"))
    #expect(
      run.failure?.message == "the run \(childID) of “Flow other” failed at step “a”: 401"
    )
  }

  @Test func `a workflow that is not there or not published fails the step`() async throws {
    let runtime = try await TestRuntime()
    _ = try await runtime.publish(child("call"))
    try await runtime.start()
    let run = try await runtime.run(is: .failed)
    #expect(
      run.failure?.message == "the workflow other cannot be called: there is no workflow “other”"
    )
  }

  @Test func `a stop of the parent stops the child`() async throws {
    let runtime = try await calling()
    try await runtime.start()
    await runtime.gate.until { $0.inFlight == ["a"] }
    try await runtime.tell(.stop(.immediate))
    await runtime.gate.until { $0.cancelled == ["a"] }
    let child = try await runtime.run(childID, is: .stopped)
    #expect(child.statusBy == "alex")
    #expect(try await runtime.run(is: .stopped).status == .stopped)
  }

  @Test func `a graceful stop of the parent drains the child`() async throws {
    let runtime = try await calling(child: call("a") + "," + call("b", after: ["a"]))
    try await runtime.start()
    await runtime.gate.until { $0.inFlight == ["a"] }
    try await runtime.tell(.stop(.graceful))
    try await runtime.run(childID, is: .draining)
    await runtime.gate.end("a")
    try await runtime.run(childID, is: .stopped)
    let run = try await runtime.run(is: .stopped)
    #expect(run.failure?.code == "RUN_STOPPED")
    #expect(try await runtime.outcome("call") == .stopped)
    #expect(await runtime.gate.record.begun == ["a"])
  }

  @Test func `a restart finds the child again and starts no second one`() async throws {
    let before = try await calling(child: call("a", #""idempotent":true"#))
    try await before.start()
    await before.gate.until { $0.inFlight == ["a"] }
    let after = try await before.restarted()
    await after.gate.end("a", .success(["n": 1]))
    await after.gate.end("end")
    try await after.run(is: .completed)
    #expect(try await after.store.runs(RunQuery()).total == 2)
    let result = try await after.store.steps(of: "run")["call"]?.result
    #expect(result == ["n": 1, "child_run_id": .string(childID)])
  }

  @Test func `a child that a restart failed is told to the parent`() async throws {
    let before = try await calling()
    try await before.start()
    await before.gate.until { $0.inFlight == ["a"] }
    let after = try await before.restarted()
    let run = try await after.run(is: .failed)
    #expect(run.failure?.code == "UPSTREAM_ERROR")
    #expect(run.failure?.message?.contains("stopped while this step was in flight") == true)
  }

  @Test func `a workflow that calls itself ends at the deepest level that is allowed`() async throws
  {
    var limits = Engine.Limits()
    limits.rules.maximumDepth = 3
    let runtime = try await TestRuntime(limits: limits)
    _ = try await runtime.publish(child("call"), id: "other")
    try await runtime.start("other")
    let run = try await runtime.run(is: .failed)
    #expect(run.failure?.message?.contains("nest deeper than 3") == true)
    #expect(try await runtime.store.runs(RunQuery()).total == 4)
  }

  @Test func `a child that nobody waits for any more is stopped when the runtime comes back`()
    async throws
  {
    let before = try await calling(child: ask("p"))
    try await before.start()
    _ = try await before.task(childID)
    await before.engine.shutDown()
    // The parent's end is on the disk, the word to the child was lost.
    var parent = try #require(try await before.store.run("run"))
    parent.status = .stopped
    try await before.store.save(RunWrite(run: parent))
    before.store.close()
    let after = try await TestRuntime(folder: before.folder, time: before.time)
    let child = try await after.run(childID, is: .stopped)
    #expect(child.statusBy == "runtime")
  }

  @Test func `each item of a loop has a run of its own`() async throws {
    let runtime = try await TestRuntime()
    _ = try await runtime.publish(script("a"), id: "other")
    _ = try await runtime.publish(
      each("loop", [child("call", #""input":{"n":"{{item}}"}"#)], #""for_each_max_parallel":1"#)
    )
    try await runtime.start(input: ["items": [7, 8]])
    await runtime.gate.end("a", .success(["n": 7]))
    await runtime.gate.until { $0.begun == ["a", "a"] }
    await runtime.gate.end("a", .success(["n": 8]))
    try await runtime.run(is: .completed)
    let results = try await runtime.store.steps(of: "run")["loop"]?.result?["results"]
    #expect(results?.array?.compactMap { $0["result"]?["n"]?.int } == [7, 8])
    #expect(try await runtime.store.runs(RunQuery()).total == 3)
  }
}
