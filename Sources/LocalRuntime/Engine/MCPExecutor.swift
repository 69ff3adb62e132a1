import JSON

/// Executes `mcp_call` steps: one call of a tool of a configured MCP server.
struct MCPExecutor: StepExecutor {
  let servers: MCPServers

  func execute(
    _ call: StepCall,
    note: @Sendable (StepNote) -> Void
  ) async throws(StepFailure) -> JSONValue {
    let tool = call.step.toolName ?? ""
    let server: String
    if let named = servers.server(of: call.step) ?? call.step.server {
      server = named
    } else if let only = await servers.server(forTool: tool) {
      server = only
    } else {
      throw StepFailure(
        code: "MCP_TOOL_FAILED",
        message: "no MCP server, or more than one, has the tool “\(tool)”; name it as instance_id"
      )
    }
    let names: JSONObject = ["server": .string(server), "tool": .string(tool)]
    let arguments: JSONObject = ["arguments": .object(call.parameters)]
    note(StepNote(type: "tool_called", data: names.merging(arguments)))
    do throws(MCPFailure) {
      let result = try await servers.call(
        server: server,
        tool: tool,
        arguments: call.parameters,
        timeout: call.step.timeoutDuration
      )
      note(StepNote(type: "tool_result", data: names.merging(["result": result])))
      return result
    } catch {
      throw Self.failure(error)
    }
  }

  private static func failure(_ failure: MCPFailure) -> StepFailure {
    switch failure.kind {
    case .timedOut:
      StepFailure(
        code: "RUN_STALLED_OR_TIMED_OUT",
        message: failure.message,
        isTransient: true
      )
    case .serverGone:
      StepFailure(code: "MCP_TOOL_FAILED", message: failure.message, isTransient: true)
    case .notStarted:
      StepFailure(code: "DEPENDENCY_UNAVAILABLE", message: failure.message, isTransient: true)
    case .toolError, .cancelled, .protocolBroken, .unknownServer, .unknownTool:
      StepFailure(code: "MCP_TOOL_FAILED", message: failure.message)
    }
  }
}
