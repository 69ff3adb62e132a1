import JSON
import Runs
import Testing

@testable import LocalRuntime

/// What becomes of a start's input, and that a check looks at the same.
@Suite struct StartInputTests {
  private static let graph = """
    {"params":{"sku":"WIDGET-01","email":"buyer@example.com"},
     "steps":[\(ask("p", #""name":"{{input.sku}} {{input.email}}""#))]}
    """

  /// A published workflow of a graph; answers its path.
  private func publish(
    _ server: TestServer,
    _ graph: String,
    _ more: String = ""
  ) async throws -> String {
    let made = try await server.post("/v1/workflows", "{\"name\":\"w\",\"graph\":\(graph)\(more)}")
    let id = try #require(made.json["id"]?.string, "\(made.text)")
    let published = try await server.post("/v1/workflows/\(id)/versions", "{}")
    #expect(published.status == 201, "\(published.text)")
    return "/v1/workflows/\(id)"
  }

  private func start(
    _ server: TestServer,
    _ path: String,
    _ params: String
  ) async throws -> Peer.Reply {
    try await server.post("\(path)/command", "{\"command\":\"start\",\"params\":\(params)}")
  }

  private func input(_ server: TestServer, _ started: Peer.Reply) async throws -> JSONValue? {
    let id = try #require(started.json["run_id"]?.string, "\(started.text)")
    return try await server.runtime.store.run(id)?.input
  }

  /// What of the input a check misses.
  private func missing(
    _ server: TestServer,
    _ path: String,
    _ body: String
  ) async throws -> [String] {
    let report = try await server.post("\(path)/validate", body).json
    return (report["issues"]?.array ?? []).compactMap { $0["message"]?.string }
      .filter { $0.contains("is not in the input given") }
  }

  @Test func `the params of a graph lie beneath the input of each start`() async throws {
    let server = try await TestServer()
    let path = try await publish(server, Self.graph)
    let bare = try await start(server, path, "{}")
    #expect(
      try await input(server, bare) == ["sku": "WIDGET-01", "email": "buyer@example.com"]
    )
    let own = try await start(server, path, #"{"trigger_payload":{"sku":"X","n":1}}"#)
    #expect(
      try await input(server, own) == ["sku": "X", "email": "buyer@example.com", "n": 1]
    )
    #expect(
      try await missing(server, path, #"{"params":{"trigger_payload":{"sku":"X"}}}"#) == []
    )
    await server.listener.stop()
  }

  @Test func `a check tries the input that a start would have`() async throws {
    let server = try await TestServer()
    let graph = "{\"steps\":[\(call("a", #""tool_args":{"to":"{{input.email}}"}"#))]}"
    let path = try await publish(server, graph)
    // Nobody says what a start would be given.
    #expect(try await missing(server, path, "{}").isEmpty)
    let edited = try await server.send(
      "PATCH",
      path,
      #"{"run_setup_json":{"trigger_payload":{"other":1}}}"#
    )
    #expect(edited.json["run_setup"] == ["trigger_payload": ["other": 1]])
    #expect(try await missing(server, path, "{}").count == 1)
    let asking = #"{"params":{"use_run_setup_defaults":true}}"#
    #expect(try await missing(server, path, asking).count == 1)
    let setup = #"{"run_setup":{"trigger_payload":{"email":"alex@example.com"}}}"#
    #expect(try await server.send("PATCH", path, setup).status == 200)
    let both = #"{"trigger_payload":{},"use_run_setup_defaults":true}"#
    #expect(try await missing(server, path, "{\"params\":\(both)}").isEmpty)
    let started = try await start(server, path, both)
    #expect(try await input(server, started) == ["email": "alex@example.com"])
    // Without the wish a start has nothing of it, and so has the check.
    #expect(try await missing(server, path, #"{"params":{"trigger_payload":{}}}"#).count == 1)
    await server.listener.stop()
  }

  @Test(
    arguments: [
      "segment_id", "external_user_id", "team_id", "resume_from_run_id", "reuse_completed_steps",
    ]
  )
  func `what a start asks for and nobody has here is refused, not taken for input`(
    _ param: String
  ) async throws {
    let server = try await TestServer()
    let path = try await publish(server, Self.graph)
    let refused = try await start(server, path, "{\"\(param)\":\"x\",\"n\":1}")
    #expect(refused.status == 422)
    #expect(
      refused.json["error"]?.string?.hasPrefix("this runtime has no ") == true,
      "\(refused.text)"
    )
    #expect(refused.json["error"]?.string?.contains("“\(param)”") == true)
    let own = try await start(server, path, "{\"trigger_payload\":{\"\(param)\":\"x\"}}")
    #expect(try await input(server, own)?[param] == "x")
    let trigger = "{\"cron\":\"@daily\",\"config\":{\"\(param)\":\"x\"}}"
    #expect(try await server.post("\(path)/triggers", trigger).status == 422)
    let id = path.split(separator: "/").last ?? ""
    let webhook = "{\"workflow_id\":\"\(id)\",\"name\":\"w\",\"extras\":{\"\(param)\":\"x\"}}"
    #expect(try await server.post("/v1/inbound-webhooks", webhook).status == 422)
    await server.listener.stop()
  }

  @Test func `a task of a run that has ended says so`() async throws {
    let server = try await TestServer()
    let path = try await publish(server, Self.graph)
    let started = try await start(server, path, #"{"run_id":"run"}"#)
    #expect(started.status == 200)
    let task = try await server.runtime.task()
    let stop = #"{"command":"stop","params":{"run_id":"run"}}"#
    #expect(try await server.post("\(path)/command", stop).status == 200)
    try await server.runtime.run(is: .stopped)
    let refused = try await server.post(
      "\(path)/runs/run/tasks/\(task.id.text)/complete",
      #"{"approved":true}"#
    )
    #expect(refused.status == 409)
    #expect(refused.json["error"] == "the task is closed: its run has ended, stopped")
    await server.listener.stop()
  }
}
