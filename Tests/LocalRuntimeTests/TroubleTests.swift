import GRDB
import JSON
import Runs
import Testing

@testable import LocalRuntime

/// What becomes of runs while nothing can be written, while the runtime ends, and while clocks jump.
@Suite struct TroubleTests {
  private let long = JSONValue.string(String(repeating: "x", count: 200_000))

  /// A runtime whose disk is full, and whose step `a` has ended meanwhile.
  private func stuck() async throws -> TestRuntime {
    let runtime = try await TestRuntime(isFull: true)
    _ = try await runtime.publish([call("a"), call("b", after: ["a"])].joined(separator: ","))
    try await runtime.start()
    await runtime.gate.until { $0.inFlight == ["a"] }
    try await runtime.run { $0.lastEvent == 5 }
    try await runtime.setRoom(0)
    await runtime.gate.end("a", .success(["text": long]))
    await runtime.time.untilSomebodySleeps()
    return runtime
  }

  @Test func `a command is refused at once while what happened cannot be written`() async throws {
    let runtime = try await stuck()
    let refusal = await #expect(throws: Rejection.self) { try await runtime.tell(.pause) }
    #expect(refusal?.status == 503)
    #expect(refusal?.message.contains("is full") == true)
    try await runtime.setRoom(1 << 20)
    runtime.time.advance(.seconds(1))
    await runtime.gate.end("b")
    // What was refused did not happen later either.
    let run = try await runtime.run(is: .completed)
    #expect(run.statusBy == RunMachine.itself)
    #expect(!(try await runtime.log()).contains("state_changed paused"))
  }

  @Test func `a runtime ends although what happened cannot be written`() async throws {
    let runtime = try await stuck()
    await runtime.engine.shutDown()
    #expect(await runtime.gate.record.begun == ["a"])
    runtime.store.close()
  }

  @Test func `what contradicts the store is not written again and again`() async throws {
    let runtime = try await TestRuntime(isFull: true)
    _ = try await runtime.publish(call("a"))
    try await runtime.start()
    await runtime.gate.until { $0.inFlight == ["a"] }
    try await runtime.run { $0.lastEvent == 5 }
    try await runtime.store.commit { database in
      try database.execute(
        sql: "INSERT INTO events (run_id, seq, body) VALUES ('run', 6, '{}')"
      )
    }
    await runtime.gate.end("a")
    await runtime.engine.untilEnded("run")
    #expect(try await runtime.store.run("run")?.status == .running)
  }

  @Test func `a start whose id was taken meanwhile answers the run that has it`() async throws {
    let runtime = try await TestRuntime()
    _ = try await runtime.publish(call("a"))
    let both = try await withThrowingTaskGroup(of: String.self) { group in
      for _ in 0..<8 {
        group.addTask {
          try await runtime.engine.start(
            StartRequest(workflow: "flow", runID: "run"),
            by: "maria"
          ).run.id.text
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(both == Array(repeating: "run", count: 8))
    #expect(await runtime.gate.record.begun.count <= 1)
  }

  @Test func `a draining run begins no attempt that waited for room`() async throws {
    var limits = Engine.Limits()
    limits.maximumInFlight = 1
    let runtime = try await TestRuntime(limits: limits)
    _ = try await runtime.publish([call("a"), call("b")].joined(separator: ","))
    try await runtime.start()
    await runtime.gate.until { $0.inFlight.count == 1 }
    try await runtime.run { $0.lastEvent == 7 }
    try await runtime.tell(.stop(.graceful))
    let begun = try #require(await runtime.gate.record.begun.first)
    let other = begun == "a" ? "b" : "a"
    for await _ in runtime.store.changes where try await runtime.outcome(other) == .stopped {
      break
    }
    await runtime.gate.end(begun)
    try await runtime.run(is: .stopped)
    #expect(await runtime.gate.record.begun == [begun])
  }

  @Test func `a moment that is due comes although the clock was set back`() async throws {
    let runtime = try await TestRuntime()
    _ = try await runtime.publish(call("a", #""retry_count":1"#))
    try await runtime.start()
    let failure = StepFailure(
      code: "X",
      message: "busy",
      isTransient: true,
      retryAfter: .seconds(100)
    )
    await runtime.gate.end("a", .failure(failure))
    await runtime.time.untilSomebodySleeps()
    // A minute passes, and the clock is set back by an hour within it.
    runtime.time.advance(.seconds(60), setting: .seconds(-3600))
    await runtime.time.untilSomebodySleeps()
    #expect(await runtime.gate.record.begun == ["a"])
    runtime.time.advance(.seconds(3700))
    await runtime.gate.until { $0.begun == ["a", "a"] }
    await runtime.gate.end("a")
    try await runtime.run(is: .completed)
  }
}
