import Foundation
import GRDB
import JSON
import Runs
import Testing

@testable import LocalRuntime

@Suite struct UsageTests {
  /// Runs of the workflow, each one step that ends as said, a second after it was begun.
  private func work(_ server: TestServer, _ ends: [Bool], from first: Int = 0) async throws {
    for (index, isGood) in ends.enumerated() {
      let run = "run-\(first + index)"
      #expect(try await server.start(run).status == 200)
      await server.runtime.gate.until { $0.inFlight.contains("a") }
      server.runtime.time.advance(.seconds(1))
      let bad = StepFailure(code: "MCP_TOOL_FAILED", message: "no")
      await server.runtime.gate.end("a", isGood ? .success([:]) : .failure(bad))
      try await server.runtime.run(run, is: isGood ? .completed : .failed)
    }
  }

  private func server() async throws -> TestServer {
    let server = try await TestServer()
    _ = try await server.runtime.publish(call("a"))
    return server
  }

  private func ask(_ server: TestServer, _ what: String) async throws -> JSONValue {
    let reply = try await server.get("/v1/analytics/\(what)")
    #expect(reply.status == 200, "\(reply.text)")
    return reply.json
  }

  @Test func `a success rate is given from three ended runs on`() async throws {
    let server = try await server()
    try await work(server, [true, false])
    #expect(try await ask(server, "success-rate")["value"] == .null)
    try await work(server, [true], from: 2)
    let rate = try await ask(server, "success-rate?window=week")
    #expect(JSONWriter.text(rate["value"] ?? .null) == "0.6666")
    #expect(rate["completed"] == 2)
    #expect(rate["terminal"] == 3)
    await server.listener.stop()
  }

  @Test func `analytics, runs and billing tell the same of what happened`() async throws {
    let server = try await server()
    try await work(server, [true, false, true, true])
    #expect(try await server.start("live").status == 200)
    await server.runtime.gate.until { $0.inFlight.contains("a") }
    #expect(try await ask(server, "live-runs")["value"] == 1)
    #expect(try await ask(server, "live-runs")["by_status"] == ["running": 1])
    #expect(try await ask(server, "runs-count")["value"] == 5)
    #expect(try await ask(server, "runs-count")["ended"] == ["completed": 3, "failed": 1])
    let duration = try await ask(server, "execution-duration")
    #expect(duration["value"] == 4000)
    #expect(duration["average_ms"] == 1000)
    #expect(try await ask(server, "steps-executed")["value"] == 5)
    let consumed = try await ask(server, "credits-consumed?window=all")
    #expect(consumed["value"] == 25_000_000)
    #expect(consumed["credits"] == "25.00")
    #expect(consumed["by_action"] == ["workflow.step.execute": 25_000_000])
    let billed = try await server.get("/v1/billing/usage").json
    #expect(billed["spent_microcredits"] == consumed["value"])
    #expect(billed["unlimited"] == true)
    let summary = try await ask(server, "steps-summary")["steps"]?[0]
    #expect(summary?["type"] == "mcp_call")
    #expect(summary?["completed"] == 3)
    #expect(summary?["failed"] == 1)
    #expect(summary?["latency_ms"] == 1000)
    await server.listener.stop()
  }

  @Test func `a series has a bucket for every day, those without anything too`() async throws {
    let server = try await server()
    try await work(server, [true])
    server.runtime.time.advance(.seconds(2 * 86_400))
    try await work(server, [true, false], from: 1)
    // It is Thursday by now.
    let runs = try await ask(server, "runs-timeseries?window=week")
    #expect(runs["granularity"] == "day")
    let started = runs["buckets"]?.array?.compactMap { $0["started"]?.int } ?? []
    #expect(started.count == 4)
    #expect(Array(started.suffix(3)) == [1, 0, 2])
    #expect(runs["buckets"]?.array?.last?["failed"] == 1)
    let hours = try await ask(server, "usage-timeseries?window=week&granularity=hour")
    let spent = hours["buckets"]?.array?.compactMap { $0["microcredits"]?.int } ?? []
    #expect(spent.count == 3 * 24 + 23)
    #expect(spent.reduce(0, +) == 15_000_000)
    await server.listener.stop()
  }

  @Test(
    arguments: [
      ("runs-count?window=year", "“window” must be week, month or all, not “year”"),
      ("runs-count?from=yesterday", "“from” must be a time like 2026-01-31T12:00:00Z"),
      (
        "runs-count?from=2026-01-02&to=2026-01-01",
        "“from” must be earlier than “to”, not 2026-01-02T00:00:00.000Z"
      ),
      ("runs-count?window=week&from=2026-01-02", "give “window”, or “from” and “to”, not both"),
      ("runs-timeseries?granularity=minute", "“granularity” must be hour, day or week"),
      (
        "runs-timeseries?from=1990-01-01&granularity=hour",
        "buckets, and at most 1000 are answered; choose a shorter window"
      ),
    ]
  )
  func `a window that cannot be answered is refused in one sentence`(
    _ question: String,
    _ sentence: String
  ) async throws {
    let server = try await TestServer()
    let reply = try await server.get("/v1/analytics/\(question)")
    #expect(reply.status == 400)
    #expect(reply.json["error"]?.string?.contains(sentence) == true, "\(reply.text)")
    await server.listener.stop()
  }

  @Test func `what nobody knows is not found`() async throws {
    let server = try await TestServer()
    for path in ["/v1/analytics/summary", "/v1/analytics", "/v1/billing/plans"] {
      #expect(try await server.get(path).status == 404)
    }
    await server.listener.stop()
  }

  @Test func `prices are answered in microcredits`() async throws {
    let server = try await TestServer()
    let actions = try await server.get("/v1/billing/action-pricing").json["actions"]
    #expect(
      actions?[0]
        == ["action": "workflow.step.execute", "unit": "step", "microcredits": 5_000_000]
    )
    await server.listener.stop()
  }

  @Test func `weeks begin on Mondays, and hours before the epoch are whole too`() {
    // 2023-11-14 22:13:20 was a Tuesday.
    let hour = Usage.hour(of: Timestamp(milliseconds: 1_700_000_000_000))
    let monday = Granularity.week.start(of: hour)
    #expect(Timestamp(milliseconds: monday * 3_600_000).iso8601.hasPrefix("2023-11-13T00:00:00"))
    #expect(Usage.hour(of: Timestamp(milliseconds: -1)) == -1)
    #expect(Granularity.day.start(of: -1) == -24)
  }

  @Test func `a step that failed before it was begun was not executed`() async throws {
    let server = try await TestServer()
    _ = try await server.runtime.publish(
      call("a", #""tool_args":{"x":"{{input.missing}}"}"#)
    )
    #expect(try await server.start().status == 200)
    try await server.runtime.run(is: .failed)
    #expect(try await ask(server, "steps-executed")["value"] == 0)
    let buckets = try await ask(server, "usage-timeseries")["buckets"]?.array
    #expect(buckets?.last?["steps"] == 0)
    await server.listener.stop()
  }

  @Test(
    arguments: [
      // The hand clock's Tuesday, 14 November.
      ("window=week", "2023-11-13T00:00:00.000Z", "2023-11-14T22:13:20.000Z"),
      ("window=month", "2023-11-01T00:00:00.000Z", "2023-11-14T22:13:20.000Z"),
      ("from=2023-11-02&to=2023-11-02", "2023-11-02T00:00:00.000Z", "2023-11-03T00:00:00.000Z"),
      (
        "from=2023-11-02T10:20:00Z&to=2023-11-02T11:40:00Z", "2023-11-02T10:00:00.000Z",
        "2023-11-02T12:00:00.000Z"
      ),
    ]
  )
  func `a window is this week, this month, or whole days and hours`(
    _ query: String,
    _ start: String,
    _ end: String
  ) async throws {
    let server = try await TestServer()
    let window = try await ask(server, "runs-count?\(query)")["window"]
    #expect(window == ["from": .string(start), "to": .string(end)])
    await server.listener.stop()
  }

  @Test func `what a viewer may not read of billing is refused`() async throws {
    let server = try await TestServer()
    let made = try await server.post(
      "/v1/pats",
      #"{"display_name":"board","scopes":["workflow:read"],"role":"project_viewer"}"#
    )
    let token = try #require(made.json["token"]?.string)
    for path in ["/v1/billing/usage", "/v1/billing/action-pricing"] {
      #expect(try await server.send("GET", path, token: token).status == 403)
      #expect(try await server.get(path).status == 200)
    }
    #expect(try await server.send("GET", "/v1/runs", token: token).status == 200)
    await server.listener.stop()
  }

  @Test func `sums by the former names of actions are found under those of today`() async throws {
    let folder = try TestFolder()
    let queue = try DatabaseQueue(path: "\(folder.path)/runtime.sqlite")
    try Migrations.all.migrate(queue, upTo: InputMigration.name)
    try await queue.write { database in
      try database.execute(
        sql: """
          INSERT INTO usage (measure, hour, key, count, amount) VALUES
            ('credits', 1, 'step', 2, 10), ('credits', 1, 'tool_call', 1, 3),
            ('credits', 2, 'llm_tokens', 1, 4), ('steps_ended', 1, 'mcp_call|completed', 2, 7),
            ('steps_ended', 1, 'mcp_call|failed', 1, 7),
            ('steps_ended', 1, 'mcp_call|skipped', 5, 0)
          """
      )
    }
    try queue.close()
    let store = try Store(folder: folder.path)
    let sums = try await store.usage(.credits, in: 0...9)
    #expect(sums.map(\.key) == ["llm.tokens", "mcp.tool.call", "workflow.step.execute"])
    #expect(sums.map(\.amount) == [4, 3, 10])
    #expect(
      try await store.usage(.stepsBegun, in: 0...9)
        == [UsageSum(key: "mcp_call", count: 3, amount: 0)]
    )
  }

  @Test func `data of the first version is counted when it is opened`() async throws {
    let folder = try TestFolder()
    let queue = try DatabaseQueue(path: "\(folder.path)/runtime.sqlite")
    try Migrations.all.migrate(queue, upTo: "3 triggers and webhooks")
    try await queue.write { database in
      let graph = #"{"graph_snapshot":{"steps":[{"id":"a","type":"mcp_call"}]}}"#
      try database.execute(
        sql: """
          INSERT INTO workflows (id, created_at, body) VALUES ('w', 1, '{}');
          INSERT INTO versions (workflow_id, version, body) VALUES ('w', 1, '\(graph)');
          INSERT INTO runs
            (id, workflow_id, status, is_live, created_at, updated_at, excluded, body)
            VALUES ('r', 'w', 'completed', 0, 1, 1, '[]', '{"version":1}');
          """
      )
      let events = [
        #""event_type":"run_started","at":"2026-01-01T10:00:00Z","data":{"trigger":"api"}"#,
        #""event_type":"step_started","step_id":"a","at":"2026-01-01T10:00:01Z","data":{}"#,
        #""event_type":"credits_charged","at":"2026-01-01T10:00:03Z","data":{"action":"step","credits":"5.000001"}"#,
        #""event_type":"step_completed","step_id":"a","at":"2026-01-01T10:00:03Z","data":{}"#,
        #""event_type":"state_changed","at":"2026-01-01T11:00:00Z","data":{"to":"completed"}"#,
      ]
      for (index, event) in events.enumerated() {
        try database.execute(
          sql: "INSERT INTO events VALUES ('r', ?, ?)",
          arguments: [index + 1, "{\"seq\":\(index + 1),\(event)}"]
        )
      }
    }
    try queue.close()
    let store = try Store(folder: folder.path)
    #expect(try await store.spent().microcredits == 5_000_001)
    let hours = Int64.min...Int64.max
    #expect(
      try await store.usage(.stepsEnded, in: hours)
        == [UsageSum(key: "mcp_call|completed", count: 1, amount: 2000)]
    )
    #expect(
      try await store.usage(.stepsBegun, in: hours)
        == [UsageSum(key: "mcp_call", count: 1, amount: 0)]
    )
    #expect(try await store.usage(.credits, in: hours).map(\.key) == ["workflow.step.execute"])
    #expect(
      try await store.usage(.runsEnded, in: hours)
        == [UsageSum(key: "completed", count: 1, amount: 3_600_000)]
    )
  }
}

@Suite struct RetentionTests {
  @Test func `old runs that have ended go, with all that is theirs; sums and live runs stay`()
    async throws
  {
    let runtime = try await TestRuntime()
    _ = try await runtime.publish([call("a"), ask("b", after: ["a"])].joined(separator: ","))
    for run in ["old", "waiting"] {
      try await runtime.start(run: run)
      await runtime.gate.end("a")
    }
    try await runtime.answer(try await runtime.task("old"), true)
    try await runtime.run("old", is: .completed)
    try await runtime.run("waiting") { $0.pendingTasks == 1 }
    runtime.time.advance(.seconds(3600))
    try await runtime.start(run: "new")
    await runtime.gate.end("a")
    try await runtime.answer(try await runtime.task("new"), true)
    try await runtime.run("new", is: .completed)
    let spent = try await runtime.store.spent()
    let limit = runtime.time.now + .seconds(-60)
    #expect(try await runtime.store.removeRuns(endedBefore: limit) == 1)
    #expect(try await runtime.store.removeRuns(endedBefore: limit) == 0)
    #expect(try await runtime.store.run("old") == nil)
    #expect(try await runtime.events("old").isEmpty)
    #expect(try await runtime.store.steps(of: "old").isEmpty)
    #expect(try await runtime.store.run("new") != nil)
    #expect(try await runtime.store.run("waiting") != nil)
    #expect(try await runtime.store.spent() == spent)
  }

  @Test func `the setting takes hours, days and weeks`() throws {
    let text = { (time: String) in "[retention]\nruns = \"\(time)\"" }
    let read = { try RuntimeConfig.read(text: text($0), file: "f").retention }
    #expect(try read("12h") == .seconds(43_200))
    #expect(try read("30d") == .seconds(30 * 86_400))
    #expect(try read("8w") == .seconds(56 * 86_400))
    for wrong in ["30", "d", "-1d", "0d", "1y", "99999999w"] {
      let mistake = #expect(throws: ConfigMistake.self) { try read(wrong) }
      #expect(mistake?.sentence.contains("“retention.runs” is “\(wrong)”, not a time") == true)
    }
  }
}
