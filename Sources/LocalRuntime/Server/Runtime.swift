import JSON
import Runs

/// The whole runtime: store, engine, MCP servers and the listener, put together and taken apart.
package actor Runtime {
  /// What it is started with.
  package struct Options: Sendable {
    /// The folder of the data, which is made when it is not there.
    package var folder: String
    /// What `runtime.toml` says.
    package var config: RuntimeConfig
    /// The port; 0 lets the system choose, nil leaves it to the configuration.
    package var port: UInt16?
    /// The file of the tokens; nil for `token` in the folder.
    package var tokenFile: String?
    /// Whose a token is that stands in the file without a name.
    package var owner: String
    /// The runtime's own environment, of which MCP servers see what the configuration lets them.
    package var environment: [String: String]

    /// Options of a folder.
    package init(
      folder: String,
      config: RuntimeConfig = RuntimeConfig(),
      port: UInt16? = nil,
      tokenFile: String? = nil,
      owner: String = "operator",
      environment: [String: String] = [:]
    ) {
      self.folder = folder
      self.config = config
      self.port = port
      self.tokenFile = tokenFile
      self.owner = owner
      self.environment = environment
    }
  }

  /// Where it answers: `http://127.0.0.1:41231`.
  package nonisolated let url: String
  /// The file of the tokens.
  package nonisolated let tokenFile: String
  /// The file with the header that curl needs.
  package nonisolated let curlHeaderFile: String
  nonisolated let engine: Engine
  nonisolated let store: Store
  private let listener: Listener
  private let servers: MCPServers

  /// Starts: opens the store, settles what was in flight, listens.
  /// - Throws: ``RuntimeMistake`` with the first thing that stands in the way.
  package init(
    _ options: Options,
    clock: RuntimeClock,
    random: () -> UInt64,
    report: @escaping @Sendable (String) -> Void
  ) async throws(RuntimeMistake) {
    guard options.config.budget == nil else {
      throw RuntimeMistake(
        "runtime.toml: “budget” is not enforced by this version; take it out"
      )
    }
    let store = try Self.store(options.folder)
    let file = options.tokenFile ?? "\(options.folder)/token"
    let tokens = try Self.tokens(file, options, random)
    curlHeaderFile = "\(options.folder)/curl-header"
    try PrivateFile.write(
      "Authorization: Bearer \(tokens.first?.token ?? "")\n",
      to: curlHeaderFile
    )
    let servers = MCPServers(
      configs: options.config.mcpServers(environment: options.environment)
    )
    var limits = Engine.Limits()
    limits.rules.stepPrice = options.config.prices.step
    limits.rules.toolPrice = options.config.prices.toolCall
    let engine = Engine(
      store: store,
      clock: clock,
      executors: ["mcp_call": MCPExecutor(servers: servers)],
      limits: limits,
      report: report
    )
    var address = options.config.listen
    address.port = options.port ?? address.port
    do throws(StoreMistake) {
      let hashes = tokens.map { ($0.name, Tokens.hash($0.token)) }
      try await store.setTokens(Dictionary(hashes) { first, _ in first })
      let router = Router(
        engine: engine,
        tokens: Tokens(hashes: try await store.tokens()),
        knownServers: { await servers.known() }
      )
      try await engine.open()
      do throws(RuntimeMistake) {
        listener = try await Listener(router: router, address: address)
      } catch {
        await engine.shutDown()
        await servers.shutdown()
        throw StoreMistake(.unwritable, error.sentence)
      }
    } catch {
      throw RuntimeMistake(error.sentence)
    }
    self.store = store
    self.engine = engine
    self.servers = servers
    tokenFile = file
    url = "http://\(listener.address.text)"
  }

  private static func store(_ folder: String) throws(RuntimeMistake) -> Store {
    do throws(StoreMistake) {
      return try Store(folder: folder)
    } catch {
      throw RuntimeMistake(error.sentence)
    }
  }

  private static func tokens(
    _ file: String,
    _ options: Options,
    _ random: () -> UInt64
  ) throws(RuntimeMistake) -> [(name: String, token: String)] {
    if let text = try PrivateFile.read(file) {
      return try TokenFile.read(text, file: file, owner: options.owner)
    }
    let token = TokenFile.make(random: random)
    try PrivateFile.write("\(token)\n", to: file)
    return [(options.owner, token)]
  }

  /// Ends: no new requests, attempts in flight cancelled, MCP servers ended, everything on the disk.
  package func shutDown() async {
    await listener.stop()
    await engine.shutDown()
    await servers.shutdown()
    store.close()
  }
}
