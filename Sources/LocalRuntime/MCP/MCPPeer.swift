import JSON

/// A conversation with one MCP server, whatever carries it.
protocol MCPPeer: Sendable {
  /// Calls a tool and reads its result.
  ///
  /// When the calling task is cancelled or the time is over, the
  /// server is told so and this throws at once.
  func call(
    _ tool: String,
    arguments: JSONObject,
    timeout: Duration?
  ) async throws(MCPFailure) -> JSONValue

  /// The names of the server's tools.
  func tools(timeout: Duration?) async throws(MCPFailure) -> [String]

  /// Ends the conversation and every call.
  func shutdown() async
}

extension MCPConnection: MCPPeer {}
