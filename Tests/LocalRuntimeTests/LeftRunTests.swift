import GRDB
import JSON
import Runs
import Testing

@testable import LocalRuntime

/// Runs that a restart finds and cannot settle or read, and runs that belong to them.
@Suite struct LeftRunTests {
  private let childID = ChildCall.id(
    parent: RunID("run"),
    place: StepPlace("call"),
    attempt: 1
  ).text

  /// Opens the folder of a runtime that was ended, as the next one does.
  private func open(
    _ before: TestRuntime,
    _ said: Said,
    spoil: @escaping @Sendable (Database) throws -> Void
  ) async throws -> TestRuntime {
    await before.engine.shutDown()
    try await before.store.pool.write(spoil)
    before.store.close()
    return try await TestRuntime(
      folder: before.folder,
      time: before.time,
      report: { said.say($0) }
    )
  }

  /// Gives the number of a run's next event away, so that the run cannot go on.
  private static func takeNextNumber(of run: String, _ database: Database) throws {
    try database.execute(
      sql: """
        INSERT INTO events (run_id, seq, body)
          SELECT run_id, max(seq) + 1, '{}' FROM events WHERE run_id = ?
        """,
      arguments: [run]
    )
  }

  @Test(arguments: [true, false])
  func `a run that cannot be settled is left, told, and the others go on`(
    _ isTaken: Bool
  ) async throws {
    let before = try await TestRuntime()
    _ = try await before.publish(call("a", #""idempotent":true"#))
    _ = try await before.publish(call("b", #""idempotent":true"#), id: "other")
    try await before.start(run: "bad")
    try await before.start("other", run: "good")
    await before.gate.until { $0.inFlight == ["a", "b"] }
    let said = Said()
    let after = try await open(before, said) { database in
      if isTaken {
        try Self.takeNextNumber(of: "bad", database)
      } else {
        try database.execute(
          sql: """
            CREATE TRIGGER bad BEFORE INSERT ON events WHEN NEW.run_id = 'bad'
            BEGIN SELECT abs(-9223372036854775808); END
            """
        )
      }
    }
    await after.gate.end("b")
    try await after.run("good", is: .completed)
    #expect(try await after.store.run("bad")?.status == .running)
    #expect(said.sentences.count == 1)
    #expect(said.sentences.first?.hasPrefix("the run bad is left as it is: ") == true)
    let refused = await #expect(throws: Rejection.self) { try await after.tell(.pause, "bad") }
    #expect(refused?.status == 409)
    await after.engine.shutDown()
  }

  @Test func `a runtime that can write nothing does not start`() async throws {
    let before = try await TestRuntime()
    _ = try await before.publish(call("a", #""idempotent":true"#))
    try await before.start()
    await before.gate.until { $0.inFlight == ["a"] }
    await before.engine.shutDown()
    try await before.store.pool.write { database in
      for table in ["events", "probe"] {
        let moment = table == "probe" ? "UPDATE" : "INSERT"
        try database.execute(
          sql: """
            CREATE TRIGGER no_\(table) BEFORE \(moment) ON \(table)
            BEGIN SELECT abs(-9223372036854775808); END
            """
        )
      }
    }
    before.store.close()
    await #expect(throws: StoreMistake.self) {
      try await TestRuntime(folder: before.folder, time: before.time)
    }
  }

  private func calling(_ steps: String) async throws -> TestRuntime {
    let runtime = try await TestRuntime()
    _ = try await runtime.publish(steps, id: "other")
    _ = try await runtime.publish(child("call"))
    try await runtime.start()
    return runtime
  }

  @Test func `the child of a run that cannot be read is not stopped`() async throws {
    let before = try await calling(ask("p"))
    _ = try await before.task(childID)
    let said = Said()
    let after = try await open(before, said) { database in
      try database.execute(
        sql: "UPDATE steps SET body = ? WHERE run_id = 'run'",
        arguments: [String(repeating: "[", count: 500)]
      )
    }
    #expect(said.sentences.count == 1)
    let task = try await after.task(childID)
    _ = try await after.engine.answer(
      TaskReference(run: after.reference(childID, "other"), task: task.id),
      approved: true,
      fields: [:],
      by: "alex"
    )
    try await after.run(childID, is: .completed)
    await after.engine.shutDown()
  }

  @Test func `a child that cannot be settled fails the step that waits for it`() async throws {
    let childID = childID
    let before = try await calling(call("a", #""idempotent":true"#))
    await before.gate.until { $0.inFlight == ["a"] }
    let said = Said()
    let after = try await open(before, said) { database in
      try Self.takeNextNumber(of: childID, database)
    }
    let run = try await after.run(is: .failed)
    #expect(run.failure?.code == "UPSTREAM_ERROR")
    #expect(
      run.failure?.message
        == "the run \(childID) was left as it is and cannot be carried on"
    )
    await after.engine.shutDown()
  }

  @Test func `a child that is not there any more fails the step that waits for it`() async throws {
    let runtime = try await calling(ask("p"))
    _ = try await runtime.task(childID)
    let state = try #require(try await runtime.store.state(of: childID))
    let parent = try #require(ParentRun(of: state.run))
    let call = ChildCall(
      run: RunID("gone"),
      workflow: WorkflowID("other"),
      input: [:],
      parent: parent,
      waits: true,
      outputFrom: nil,
      attempt: 1
    )
    guard case .failure(let failure)? = await runtime.engine.outcome(of: call) else {
      Issue.record("it is waited for")
      return
    }
    #expect(failure.code == "UPSTREAM_ERROR")
    #expect(failure.message == "the run gone is not there any more")
    await runtime.engine.shutDown()
  }

  @Test func `old runs that a live one called stay until that has ended`() async throws {
    let runtime = try await TestRuntime()
    _ = try await runtime.publish(call("a"), id: "other")
    _ = try await runtime.publish(
      [child("call"), ask("p", after: ["call"])].joined(separator: ",")
    )
    try await runtime.start()
    await runtime.gate.end("a")
    let task = try await runtime.task()
    try await runtime.run(childID, is: .completed)
    runtime.time.advance(.seconds(3600))
    let limit = runtime.time.now + .seconds(-60)
    #expect(try await runtime.store.removeRuns(endedBefore: limit) == 0)
    #expect(try await runtime.store.run(childID) != nil)
    try await runtime.answer(task, true)
    try await runtime.run(is: .completed)
    #expect(try await runtime.store.removeRuns(endedBefore: limit) == 1)
    #expect(try await runtime.store.run(childID) == nil)
    await runtime.engine.shutDown()
  }
}
