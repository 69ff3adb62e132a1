import JSON

/// Executes `mcp_call` steps: one call of a tool of a configured MCP server.
struct MCPExecutor: StepExecutor {
  let servers: MCPServers

  func execute(
    _ call: StepCall,
    note: @escaping @Sendable (StepNote) -> Void
  ) async throws(StepFailure) -> JSONValue {
    let tool = call.step.toolName ?? ""
    let server = try await server(of: call.step, havingTool: tool)
    let names: JSONObject = ["server": .string(server), "tool": .string(tool)]
    let arguments: JSONObject = ["arguments": .object(call.parameters)]
    let called = StepNote(type: "tool_called", data: names.merging(arguments))
    do throws(MCPFailure) {
      let result = try await servers.call(
        server: server,
        tool: tool,
        arguments: call.parameters,
        timeout: call.step.timeoutDuration,
        departed: { note(called) }
      )
      note(StepNote(type: "tool_result", data: names.merging(["result": result])))
      return result
    } catch {
      throw Self.failure(error)
    }
  }

  /// The server that a step names, or else the only one that has its tool; a name that is not
  /// configured goes nowhere else.
  private func server(
    of step: GraphStep,
    havingTool tool: String
  ) async throws(StepFailure) -> String {
    if let named = servers.server(of: step) ?? step.server ?? step.serverAddress {
      return named
    }
    do throws(MCPFailure) {
      return try await servers.server(havingTool: tool)
    } catch {
      throw Self.failure(error)
    }
  }

  /// Whether it may pass is said apart from the code: whatever keeps a tool from answering, the step
  /// that failed is one that calls a tool.
  private static func failure(_ failure: MCPFailure) -> StepFailure {
    StepFailure(
      code: failure.kind == .timedOut ? "RUN_STALLED_OR_TIMED_OUT" : "MCP_TOOL_FAILED",
      message: failure.message,
      isTransient: failure.isTransient
    )
  }
}
