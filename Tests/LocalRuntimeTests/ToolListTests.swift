import JSON
import Synchronization
import TestHouse
import Testing
import Transport

@testable import LocalRuntime

/// What is believed of the tools of MCP servers, and for how long.
@Suite(.timeLimit(.minutes(5))) struct ToolListTests {
  /// A server over HTTP that keeps no sessions, so that nobody can tell when it was begun anew.
  private static func server(
    _ answer: @escaping @Sendable (_ method: String, _ id: String) -> String
  ) throws -> RawServer {
    try RawServer { received in
      let message = (try? JSONValue(parsing: received.body)) ?? .null
      guard let id = message["id"] else { return [.answer("202 Accepted")] }
      let method = message["method"]?.string ?? ""
      let text =
        method == "initialize"
        ? #""result":{"protocolVersion":"2025-06-18","capabilities":{}}"#
        : answer(method, JSONWriter.text(id))
      return [
        .answer(
          headers: ["Content-Type: application/json"],
          body: Array(#"{"jsonrpc":"2.0","id":\#(JSONWriter.text(id)),\#(text)}"#.utf8)
        )
      ]
    }
  }

  private static func connection(
    _ server: RawServer,
    toolsLifetime: Duration = MCPHTTPConnection.toolsLifetime
  ) -> MCPHTTPConnection {
    MCPHTTPConnection(
      name: "web",
      endpoint: MCPServerConfig.Endpoint(url: server.url("/mcp")),
      outward: Outward(environment: [:]),
      toolsLifetime: toolsLifetime
    )
  }

  private static func failure(_ peer: some MCPPeer, _ tool: String) async -> MCPFailure? {
    do throws(MCPFailure) {
      _ = try await peer.call(tool, arguments: [:], timeout: .seconds(600))
      return nil
    } catch {
      return error
    }
  }

  @Test
  func `a list is believed for its time, and nothing that was asked for before a change is kept`() {
    let now = ContinuousClock.now
    var list = MCPToolList(lifetime: MCPHTTPConnection.toolsLifetime)
    #expect(list.names(at: now) == nil)
    list.keep(["a"], of: list.generation, at: now)
    #expect(list.names(at: now + .seconds(59)) == ["a"])
    #expect(list.names(at: now + .seconds(60)) == nil)
    let generation = list.generation
    list.forget()
    list.keep(["a"], of: generation, at: now)
    #expect(list.names(at: now) == nil)
    var endless = MCPToolList()
    endless.keep(["a"], of: endless.generation, at: now)
    #expect(endless.names(at: now + .seconds(1_000_000)) == ["a"])
  }

  @Test func `a server over HTTP is asked for its tools again when its list is old`() async throws {
    let lists = Mutex(0)
    let server = try Self.server { _, _ in
      let number = lists.withLock { count in
        count += 1
        return count
      }
      return #""result":{"tools":[{"name":"t\#(number)"}]}"#
    }
    defer { server.stop() }
    let patient = Self.connection(server)
    #expect(try await patient.tools() == ["t1"])
    #expect(try await patient.tools() == ["t1"])
    let hasty = Self.connection(server, toolsLifetime: .zero)
    #expect(try await hasty.tools() == ["t2"])
    #expect(try await hasty.tools() == ["t3"])
  }

  @Test func `what a tool says of its failure is told, also when no list names it`() async throws {
    let server = try Self.server { method, _ in
      method == "tools/list"
        ? #""result":{"tools":[{"name":"other"}]}"#
        : #""result":{"isError":true,"content":[{"type":"text","text":"card declined"}]}"#
    }
    defer { server.stop() }
    let web = Self.connection(server)
    #expect(try await web.tools() == ["other"])
    #expect(await Self.failure(web, "pay") == MCPFailure(.toolError, "card declined"))
    let script = """
      for m in messages():
        if m["method"] == "tools/list": reply(m["id"], {"tools": [{"name": "other"}]})
        else: reply(m["id"], {"isError": True, "content": [{"type": "text", "text": "card declined"}]})
      """
    try await PythonServer.connected(script) { local async throws in
      #expect(try await local.tools() == ["other"])
      #expect(await local.failure("pay") == MCPFailure(.toolError, "card declined"))
    }
  }

  @Test func `a tool that is refused and not listed is said to be none, with the server's words`()
    async throws
  {
    let server = try Self.server { method, _ in
      method == "tools/list"
        ? #""result":{"tools":[{"name":"other"}]}"#
        : #""error":{"code":-32602,"message":"gone since May"}"#
    }
    defer { server.stop() }
    let connection = Self.connection(server)
    let refused = MCPFailure(
      .refused,
      "the tool “pay” of the MCP server “web” refused: gone since May (code -32602)"
    )
    // As long as no list is known, nothing is said about one.
    #expect(await Self.failure(connection, "pay") == refused)
    #expect(try await connection.tools() == ["other"])
    #expect(
      await Self.failure(connection, "pay")
        == MCPFailure(
          .unknownTool,
          "the MCP server “web” has no tool “pay”; it refused: gone since May (code -32602)"
        )
    )
    let hasty = Self.connection(server, toolsLifetime: .zero)
    _ = try await hasty.tools()
    #expect(await Self.failure(hasty, "pay") == refused)
  }

  @Test func `a list that was on its way when the tools changed is asked for again`() async throws {
    let script = """
      count = 0
      for m in messages():
        count += 1
        if count == 1: send({"jsonrpc": "2.0", "method": "notifications/tools/list_changed"})
        reply(m["id"], {"tools": [{"name": "t%d" % count}]})
      """
    try await PythonServer.connected(script) { server async throws in
      #expect(try await server.tools(timeout: .seconds(120)) == ["t1"])
      #expect(try await server.tools(timeout: .seconds(120)) == ["t2"])
      #expect(try await server.tools(timeout: .seconds(120)) == ["t2"])
    }
  }

  // MARK: Which server has a tool

  private static func config(_ name: String, _ server: RawServer) -> MCPServerConfig {
    var config = MCPServerConfig(name: name, command: [], directory: nil, environment: [:])
    config.endpoint = .init(url: server.url("/mcp"))
    return config
  }

  @Test func `a call that names no server is not made while a server keeps its tools to itself`()
    async throws
  {
    let calls = Mutex(0)
    let server = try Self.server { method, _ in
      if method == "tools/list" { return #""result":{"tools":[{"name":"pay"}]}"# }
      calls.withLock { $0 += 1 }
      return #""result":{"content":[],"structuredContent":{"paid":true}}"#
    }
    defer { server.stop() }
    let gone = try Self.server { _, _ in "" }
    gone.stop()
    let step = attempt(.mcpCall, ["tool_name": "pay"], id: "c")
    let both = MCPExecutor(
      servers: MCPServers(configs: [Self.config("live", server), Self.config("gone", gone)])
    )
    #expect(
      await both.failure(step)
        == StepFailure(
          code: "MCP_TOOL_FAILED",
          message: "which MCP server has the tool “pay” cannot be told, since “gone” did not list "
            + "its tools; name the server in “instance_id”",
          isTransient: true
        )
    )
    #expect(calls.withLock { $0 } == 0)
    let named = attempt(.mcpCall, ["tool_name": "pay", "instance_id": "live"], id: "c")
    #expect(try await both.result(named) == ["paid": true])
    let alone = MCPExecutor(servers: MCPServers(configs: [Self.config("live", server)]))
    #expect(try await alone.result(step) == ["paid": true])
    let twice = MCPExecutor(
      servers: MCPServers(configs: [Self.config("a", server), Self.config("b", server)])
    )
    #expect(
      await twice.failure(step)
        == StepFailure(
          code: "MCP_TOOL_FAILED",
          message: "the MCP servers “a”, “b” have a tool “pay”; name the server in “instance_id”"
        )
    )
    // A server that a step names and nobody configured is not looked for by its tool.
    let elsewhere = attempt(.mcpCall, ["tool_name": "pay", "server_url": "https://x"], id: "c")
    #expect(
      await alone.failure(elsewhere).message == "runtime.toml names no MCP server “https://x”"
    )
    #expect(calls.withLock { $0 } == 2)
  }

  @Test(arguments: [
    (
      "pay", "mcp_server_uncertain", GraphIssue.Severity.warning,
      "step “s” names no MCP server; “live” has a tool “pay”, but whether another has it too cannot "
        + "be told; “gone” did not list its tools"
    ),
    (
      "send", "mcp_server_missing", .error,
      "step “s” names no MCP server, and no configured one that answers has a tool “send”; “gone” "
        + "did not list its tools"
    ),
  ])
  func `a graph is told which server kept its tools to itself`(
    tool: String,
    code: String,
    severity: GraphIssue.Severity,
    message: String
  ) throws {
    let report = GraphValidation.check(
      ["steps": [["id": "s", "type": "mcp_call", "tool_name": .string(tool)]]],
      knownServers: KnownServers(names: ["live", "gone"], tools: ["live": ["pay"]])
    )
    #expect(report.issues.map(\.code) == [code])
    #expect(report.issues.map(\.severity) == [severity])
    #expect(report.issues.map(\.message) == [message])
  }
}
