import JSON
import Testing

@testable import LocalRuntime

/// MCP servers written for one test, most of them misbehaving.
enum PythonServer {
  private static let preamble = """
    import json, os, sys, signal, subprocess
    def send(m):
      sys.stdout.write(json.dumps(m) + "\\n")
      sys.stdout.flush()
    def reply(i, r): send({"jsonrpc": "2.0", "id": i, "result": r})
    def fields(i, f): reply(i, {"content": [], "structuredContent": f})
    def read():
      line = sys.stdin.readline()
      return json.loads(line) if line else None
    def greet(m, version="2025-06-18"):
      reply(m["id"], {"protocolVersion": version, "capabilities": {"tools": {}},
        "serverInfo": {"name": "test", "version": "1"}})
    def messages():
      while True:
        m = read()
        if m is None: return
        if m.get("method") == "initialize": greet(m)
        elif m.get("method") != "notifications/initialized": yield m
    def calls():
      for m in messages():
        if m.get("method") == "tools/call":
          yield m["id"], m["params"]["name"], m["params"]["arguments"]

    """

  /// A server of this script, in which `calls()`, `messages()`, `fields(id, {…})` and more stand.
  static func config(
    _ script: String,
    name: String = "test",
    environment: [String: String] = [:]
  ) -> MCPServerConfig {
    MCPServerConfig(
      name: name,
      command: ["python3", "-u", "-c", preamble + script],
      directory: nil,
      environment: environment
    )
  }

  /// Hands over a connection to a server of this script, and ends the server afterwards.
  static func connected<Result>(
    _ script: String,
    environment: [String: String] = [:],
    grace: Duration = .seconds(2),
    _ body: (MCPConnection) async throws -> Result
  ) async throws -> Result {
    let connection = MCPConnection(
      config: config(script, environment: environment),
      runner: MCPProcess.runner(grace: grace)
    )
    do {
      let result = try await body(connection)
      await connection.shutdown()
      return result
    } catch {
      await connection.shutdown()
      throw error
    }
  }
}

extension MCPConnection {
  /// Calls a tool without a time of its own.
  func call(_ tool: String, _ arguments: JSONObject = [:]) async throws(MCPFailure) -> JSONValue {
    try await call(tool, arguments: arguments, timeout: nil)
  }

  /// The failure of a call.
  func failure(
    _ tool: String,
    _ arguments: JSONObject = [:],
    timeout: Duration? = nil
  ) async -> MCPFailure {
    do throws(MCPFailure) {
      let value = try await call(tool, arguments: arguments, timeout: timeout)
      Issue.record("\(tool) should have failed, not answered \(JSONWriter.text(value))")
      return MCPFailure(.protocolBroken, "it did not fail")
    } catch {
      return error
    }
  }
}
