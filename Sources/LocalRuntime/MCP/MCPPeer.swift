import JSON

/// A conversation with one MCP server, whatever carries it.
protocol MCPPeer: Actor {
  /// What graphs call the server.
  nonisolated var name: String { get }

  /// What is known of the server's tools.
  var toolList: MCPToolList { get set }

  /// Makes one request of the protocol.
  ///
  /// When the calling task is cancelled or the time is over, the server is told so and this throws at
  /// once.
  /// - Parameters:
  ///   - method: What is asked for.
  ///   - params: With what.
  ///   - label: What the request is called in sentences.
  ///   - timeout: How long it may take; nil for the time of a call that has none of its own.
  ///   - departed: Called at most once, as soon as the request may have reached the server.
  /// - Returns: The result.
  /// - Throws: Why there is none.
  func request(
    _ method: String,
    _ params: JSONObject,
    _ label: String,
    _ timeout: Duration?,
    departed: @escaping @Sendable () -> Void
  ) async throws(MCPFailure) -> JSONValue

  /// Ends the conversation and every call.
  func shutdown() async
}

extension MCPPeer {
  /// Calls a tool and reads its result.
  ///
  /// When the calling task is cancelled or the time is over, the server is told so and this throws at
  /// once. `departed` is called at most once, as soon as the call may have reached the server.
  func call(
    _ tool: String,
    arguments: JSONObject,
    timeout: Duration?,
    departed: @escaping @Sendable () -> Void = {}
  ) async throws(MCPFailure) -> JSONValue {
    let label = "the tool “\(tool)” of the MCP server “\(name)”"
    let params: JSONObject = ["name": .string(tool), "arguments": .object(arguments)]
    do throws(MCPFailure) {
      let answer = try await request("tools/call", params, label, timeout, departed: departed)
      return try MCPToolResult.value(of: answer, from: label)
    } catch {
      // What the tool itself says is true, whatever the list says.
      guard error.kind == .refused, !error.isTransient,
        let known = toolList.names(at: .now), !known.contains(tool)
      else { throw error }
      let words = error.message.hasPrefix(label) ? error.message.dropFirst(label.count) : ""
      let more = words.isEmpty ? "" : "; it\(words)"
      throw MCPFailure(.unknownTool, "the MCP server “\(name)” has no tool “\(tool)”\(more)")
    }
  }

  /// The names of the server's tools, asked for once as long as they cannot have changed.
  func tools(timeout: Duration? = .seconds(30)) async throws(MCPFailure) -> [String] {
    if let names = toolList.names(at: .now) { return names }
    let label = "the list of tools of the MCP server “\(name)”"
    let deadline = timeout.map { ContinuousClock.now + $0 }
    let generation = toolList.generation
    var names: [String] = []
    var params: JSONObject = [:]
    // More pages than this are not asked for.
    for page in 0..<100 {
      let time = page == 0 ? timeout : deadline.map { max(.milliseconds(1), $0 - .now) }
      let answer = try await request("tools/list", params, label, time) {}
      guard let tools = answer["tools"]?.array else {
        throw MCPFailure(.protocolBroken, "\(label) is no list")
      }
      names += tools.compactMap { $0["name"]?.string }
      guard let cursor = answer["nextCursor"]?.string, !cursor.isEmpty else { break }
      params["cursor"] = .string(cursor)
    }
    toolList.keep(names, of: generation, at: .now)
    return names
  }
}
