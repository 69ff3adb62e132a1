import JSON
import Testing

@testable import LocalRuntime

/// Graphs, their checks and their versions over real HTTP.
@Suite struct GraphServerTests {
  private func make(_ server: TestServer, _ graph: String) async throws -> String {
    let reply = try await server.post("/v1/workflows", "{\"name\":\"w\",\"graph\":\(graph)}")
    return try #require(reply.json["id"]?.string)
  }

  private func publish(_ server: TestServer, _ id: String) async throws -> Peer.Reply {
    try await server.post("/v1/workflows/\(id)/versions", "{}")
  }

  private static func calling(_ id: String) -> String {
    #"{"steps":[{"id":"s","type":"workflow_call","workflow_id":"\#(id)"}]}"#
  }

  private static func asking(_ id: String) -> String {
    #"{"steps":[{"id":"\#(id)","type":"human_task","task_type":"approval"}]}"#
  }

  @Test func `a called workflow is looked up, and a circle of calls is found`() async throws {
    let server = try await TestServer()
    let leaf = try await make(server, Self.asking("a"))
    let caller = try await make(server, Self.calling(leaf))
    let early = try await publish(server, caller)
    #expect(early.status == 422)
    #expect(early.json["details"]?["issues"]?[0]?["code"] == "workflow_call_unpublished")
    #expect(try await publish(server, leaf).status == 201)
    #expect(try await publish(server, caller).status == 201)
    let edit = "{\"graph\":\(Self.calling(caller))}"
    #expect(try await server.send("PATCH", "/v1/workflows/\(leaf)", edit).status == 200)
    let circle = try await publish(server, leaf)
    #expect(circle.status == 422)
    #expect(circle.json["details"]?["issues"]?[0]?["code"] == "workflow_call_circle")
    let unknown = try await server.post(
      "/v1/workflows/\(leaf)/validate",
      "{\"graph\":\(Self.calling("nowhere"))}"
    )
    #expect(unknown.status == 200)
    #expect(unknown.json["valid"] == false)
    #expect(unknown.json["readiness"] == "blocked")
    #expect(unknown.json["blockers"]?[0]?["code"] == "workflow_call_unknown")
    #expect(unknown.json["validation_evidence"]?["graph_hash"]?.string?.count == 64)
  }

  @Test func `a start is held against the schema of the input`() async throws {
    let server = try await TestServer()
    let id = try await make(
      server,
      """
      {"input_schema":{"properties":{"order":{"type":"integer"},"channel":{"default":"mail"}},
        "required":["order"]},"steps":[{"id":"a","type":"human_task"}]}
      """
    )
    #expect(try await publish(server, id).status == 201)
    let path = "/v1/workflows/\(id)/command"
    let wrong = try await server.post(path, #"{"command":"start","params":{"order":"seven"}}"#)
    #expect(wrong.status == 422)
    #expect(wrong.json["details"]?["problems"]?[0]?["path"] == "input.order")
    let lacking = try await server.post(path, #"{"command":"start"}"#)
    #expect(lacking.status == 422)
    #expect(
      lacking.json["error"]
        == "the input is not what the workflow takes: input.order is missing"
    )
    let right = try await server.post(path, #"{"command":"start","params":{"order":7}}"#)
    #expect(right.status == 200)
    let run = try #require(right.json["run_id"]?.string)
    let context = try await server.get("/v1/workflows/\(id)/runs/\(run)/context")
    #expect(context.json["input"] == ["order": 7, "channel": "mail"])
  }

  @Test func `a run goes on by the version it began with`() async throws {
    let server = try await TestServer()
    let id = try await make(server, Self.asking("first"))
    #expect(try await publish(server, id).status == 201)
    let begun = try await server.post("/v1/workflows/\(id)/command", #"{"command":"start"}"#)
    let run = try #require(begun.json["run_id"]?.string)
    let edit = "{\"graph\":\(Self.asking("second"))}"
    #expect(try await server.send("PATCH", "/v1/workflows/\(id)", edit).status == 200)
    #expect(try await publish(server, id).status == 201)
    let tasks = try await server.get("/v1/workflows/\(id)/runs/\(run)/tasks/pending")
    #expect(tasks.json["tasks"]?[0]?["step_id"] == "first")
    let task = try #require(tasks.json["tasks"]?[0]?["id"]?.string)
    let answered = try await server.post(
      "/v1/workflows/\(id)/runs/\(run)/tasks/\(task)/complete",
      #"{"approved":true}"#
    )
    #expect(answered.status == 200)
    let ended = try await server.get("/v1/workflows/\(id)/runs/\(run)")
    #expect(ended.json["status"] == "completed")
    #expect(ended.json["version"] == 1)
    let next = try await server.post("/v1/workflows/\(id)/command", #"{"command":"start"}"#)
    let second = try #require(next.json["run_id"]?.string)
    let waiting = try await server.get("/v1/workflows/\(id)/runs/\(second)/tasks/pending")
    #expect(waiting.json["tasks"]?[0]?["step_id"] == "second")
  }

  @Test func `ten thousand steps are refused in one sentence`() async throws {
    let server = try await TestServer()
    let step = #"{"id":"a","type":"human_task"}"#
    let steps = Array(repeating: step, count: 10_000).joined(separator: ",")
    let id = try await make(server, "{\"steps\":[\(steps)]}")
    let reply = try await publish(server, id)
    #expect(reply.status == 422)
    #expect(
      reply.json["error"]?.string?
        .hasPrefix("the graph has 10000 steps; at most 1000 are allowed") == true
    )
  }
}
