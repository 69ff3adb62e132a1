import JSON
import Runs
import Testing

@testable import LocalRuntime

/// Tokens without `mcp:execute` have no tool called, not even through what others publish later.
@Suite struct ToolScopeTests {
  private static let script = #"{"steps":[{"id":"a","type":"lua_script","script":"return {}"}]}"#
  private static let tool = "{\"steps\":[\(call("a"))]}"

  private func token(_ server: TestServer) async throws -> String {
    let made = try await server.post(
      "/v1/pats",
      #"{"display_name":"ci","scopes":["workflow:read","workflow:run"]}"#
    )
    return try #require(made.json["token"]?.string)
  }

  /// Makes a workflow of a graph; answers its id.
  private func make(_ server: TestServer, _ graph: String, _ token: String) async throws -> String {
    let made = try await server.send(
      "POST",
      "/v1/workflows",
      #"{"name":"w","graph":\#(graph)}"#,
      token: token
    )
    return try #require(made.json["id"]?.string)
  }

  private func publish(_ server: TestServer, _ id: String, _ token: String) async throws -> Int {
    try await server.send("POST", "/v1/workflows/\(id)/versions", "{}", token: token).status
  }

  @Test(arguments: [false, true])
  func `a called workflow that calls tools by the time it starts is not started`(
    _ restarts: Bool
  ) async throws {
    var server = try await TestServer()
    let token = try await token(server)
    let child = try await make(server, Self.script, token)
    #expect(try await publish(server, child, token) == 201)
    let calling = call("c", after: ["p"], #""type":"workflow_call","workflow_id":"\#(child)""#)
    let parent = try await make(server, "{\"steps\":[\(ask("p")),\(calling)]}", token)
    #expect(try await publish(server, parent, token) == 201)
    let started = try await server.send(
      "POST",
      "/v1/workflows/\(parent)/command",
      #"{"command":"start","params":{"run_id":"run"}}"#,
      token: token
    )
    #expect(started.status == 200)
    // Somebody who may publishes a child that calls a tool.
    let edited = try await server.send(
      "PATCH",
      "/v1/workflows/\(child)",
      "{\"graph\":\(Self.tool)}"
    )
    #expect(edited.status == 200)
    #expect(try await publish(server, child, TestServer.token) == 201)
    if restarts {
      await server.listener.stop()
      server = try await TestServer(over: try await server.runtime.restarted())
    }
    let task = try await server.runtime.task()
    let answered = try await server.post(
      "/v1/workflows/\(parent)/runs/run/tasks/\(task.id.text)/complete",
      #"{"approved":true}"#
    )
    #expect(answered.status == 200)
    let run = try await server.runtime.run(is: .failed)
    #expect(run.failure?.step == StepID("c"))
    #expect(run.failure?.message?.contains("mcp:execute") == true)
    #expect(await server.runtime.gate.record.begun == [])
    #expect(!(try await server.get("/v1/runs")).text.contains("may_call_tools"))
    await server.listener.stop()
  }

  @Test
  func `a graph that calls tools, itself or through another, needs the scope to be published`()
    async throws
  {
    let server = try await TestServer()
    let token = try await token(server)
    let direct = try await make(server, Self.tool, token)
    #expect(try await publish(server, direct, token) == 403)
    #expect(try await publish(server, direct, TestServer.token) == 201)
    let calling = call("c", #""type":"workflow_call","workflow_id":"\#(direct)""#)
    let through = try await make(server, "{\"steps\":[\(calling)]}", token)
    #expect(try await publish(server, through, token) == 403)
    let loop = """
      {"steps":[{"id":"f","type":"for_each","for_each_items":[1],
        "for_each_body_steps":[\(call("t"))]}]}
      """
    let looping = try await make(server, loop, token)
    #expect(try await publish(server, looping, token) == 403)
    let plain = try await make(server, Self.script, token)
    #expect(try await publish(server, plain, token) == 201)
    await server.listener.stop()
  }

  @Test func `the version that runs is looked at, not only the one that was there before`()
    async throws
  {
    let runtime = try await TestRuntime()
    _ = try await runtime.publish(call("a"))
    var request = StartRequest(workflow: "flow", runID: "run")
    request.mayCallTools = false
    let refusal = await #expect(throws: Rejection.self) {
      _ = try await runtime.engine.start(request, by: "ci")
    }
    #expect(refusal?.status == 403)
    #expect(try await runtime.store.run("run") == nil)
  }
}
