import JSON

/// The MCP servers of the configuration.
actor MCPServers {
  /// The configured names, in order.
  nonisolated let serverNames: [String]

  /// The configured names by what graphs may write for them: `server_url`, or a name of elsewhere.
  nonisolated let aliases: [String: String]

  /// A server that did not list its tools is not asked again for so long.
  private static let silence = Duration.seconds(5)

  /// How long a server may take to list its tools when none was named.
  private let listingTime: Duration
  private let connections: [String: any MCPPeer]
  /// Servers that did not list their tools, and until when they are not asked again.
  private var silent: [String: ContinuousClock.Instant] = [:]

  /// Servers of which none is started or called yet; of two with one name the last counts.
  init(
    configs: [MCPServerConfig],
    outward: Outward = Outward(environment: [:]),
    listingTime: Duration = .seconds(10),
    runner: @escaping MCPRunner = MCPProcess.runner()
  ) {
    self.listingTime = listingTime
    var connections: [String: any MCPPeer] = [:]
    var aliases: [String: String] = [:]
    for config in configs {
      if let endpoint = config.endpoint {
        connections[config.name] = MCPHTTPConnection(
          name: config.name,
          endpoint: endpoint,
          outward: outward
        )
        aliases[endpoint.url] = config.name
      } else {
        connections[config.name] = MCPConnection(config: config, runner: runner)
      }
      for alias in config.aliases { aliases[alias] = config.name }
    }
    self.connections = connections
    self.aliases = aliases
    serverNames = connections.keys.sorted()
  }

  /// Calls a tool.
  ///
  /// When the calling task is cancelled or the time is over, the server is told so and this throws at
  /// once. `departed` is called at most once, as soon as the call may have reached the server.
  func call(
    server: String,
    tool: String,
    arguments: JSONObject,
    timeout: Duration?,
    departed: @escaping @Sendable () -> Void = {}
  ) async throws(MCPFailure) -> JSONValue {
    guard let connection = connections[server] else {
      let meant = Spelling.nearest(to: server, in: serverNames)
      let hint = meant.map { "; “\($0)” was meant?" } ?? ""
      throw MCPFailure(.unknownServer, "runtime.toml names no MCP server “\(server)”\(hint)")
    }
    return try await connection.call(
      tool,
      arguments: arguments,
      timeout: timeout,
      departed: departed
    )
  }

  /// The server that a step names, by its `instance_id` or its `server_url`; nil when it names none
  /// that is configured.
  nonisolated func server(of step: GraphStep) -> String? {
    KnownServers(names: serverNames, aliases: aliases).server(of: step)
  }

  /// The only server that has a tool.
  ///
  /// Asks each server. As long as one does not say which tools it has, nobody can tell: it may have the
  /// tool too, and the call would go to the wrong one.
  /// - Throws: ``MCPFailure`` when there is not exactly one; it may pass while a server does not answer.
  func server(havingTool tool: String) async throws(MCPFailure) -> String {
    let known = await known()
    let owners = known.servers(havingTool: tool)
    let advice = "name the server in “instance_id”"
    guard owners.count < 2 else {
      let names = GraphValidation.listed(owners)
      throw MCPFailure(
        .unknownServer,
        "the MCP servers \(names) have a tool “\(tool)”; \(advice)"
      )
    }
    let silent = known.silent
    guard silent.isEmpty else {
      let names = GraphValidation.listed(silent)
      throw MCPFailure(
        .notStarted,
        "which MCP server has the tool “\(tool)” cannot be told, since \(names) did not list "
          + "\(silent.count == 1 ? "its" : "their") tools; \(advice)"
      )
    }
    guard let owner = owners.first else {
      throw MCPFailure(.unknownServer, "no MCP server has a tool “\(tool)”; \(advice)")
    }
    return owner
  }

  /// The configured servers, with the tools of those that answer in time.
  func known() async -> KnownServers {
    let now = ContinuousClock.now
    silent = silent.filter { now < $0.value }
    let asked = connections.filter { silent[$0.key] == nil }
    let listingTime = listingTime
    let known = await withTaskGroup(of: (String, Set<String>?).self) { group in
      for (name, connection) in asked {
        group.addTask {
          let tools = try? await connection.tools(timeout: listingTime)
          return (name, tools.map { Set($0) })
        }
      }
      var known = KnownServers(names: serverNames, aliases: aliases)
      for await (name, tools) in group { known.tools[name] = tools }
      return known
    }
    for name in asked.keys where known.tools[name] == nil && !Task.isCancelled {
      silent[name] = .now + Self.silence
    }
    return known
  }

  /// Ends every server and every call.
  func shutdown() async {
    let connections = connections
    await withTaskGroup(of: Void.self) { group in
      for connection in connections.values { group.addTask { await connection.shutdown() } }
    }
  }
}
