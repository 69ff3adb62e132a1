import JSON

/// The MCP servers of the configuration.
actor MCPServers {
  /// How long a server may take to list its tools when none was named.
  private static let listingTime = Duration.seconds(10)

  /// The configured names, in order.
  nonisolated let serverNames: [String]

  private let connections: [String: MCPConnection]

  /// Servers of which none is started yet; of two with one name the last counts.
  init(configs: [MCPServerConfig], runner: @escaping MCPRunner = MCPProcess.runner()) {
    connections = Dictionary(
      configs.map { ($0.name, MCPConnection(config: $0, runner: runner)) }
    ) { _, last in last }
    serverNames = connections.keys.sorted()
  }

  /// Calls a tool.
  ///
  /// When the calling task is cancelled or the time is over, the server is told so
  /// and this throws at once.
  func call(
    server: String,
    tool: String,
    arguments: JSONObject,
    timeout: Duration?
  ) async throws(MCPFailure) -> JSONValue {
    guard let connection = connections[server] else {
      let meant = Spelling.nearest(to: server, in: serverNames)
      let hint = meant.map { "; “\($0)” was meant?" } ?? ""
      throw MCPFailure(.unknownServer, "runtime.toml names no MCP server “\(server)”\(hint)")
    }
    return try await connection.call(tool, arguments: arguments, timeout: timeout)
  }

  /// The server that has a tool, when exactly one has it.
  ///
  /// Asks each server that can be started.
  func server(forTool tool: String) async -> String? {
    let owners = await known().servers(havingTool: tool)
    return owners.count == 1 ? owners[0] : nil
  }

  /// The configured servers, with the tools of those that answer in time.
  func known() async -> KnownServers {
    let connections = connections
    return await withTaskGroup(of: (String, Set<String>?).self) { group in
      for (name, connection) in connections {
        group.addTask {
          let tools = try? await connection.tools(timeout: Self.listingTime)
          return (name, tools.map { Set($0) })
        }
      }
      var known = KnownServers(names: serverNames)
      for await (name, tools) in group { known.tools[name] = tools }
      return known
    }
  }

  /// Ends every server and every call.
  func shutdown() async {
    let connections = connections
    await withTaskGroup(of: Void.self) { group in
      for connection in connections.values { group.addTask { await connection.shutdown() } }
    }
  }
}
