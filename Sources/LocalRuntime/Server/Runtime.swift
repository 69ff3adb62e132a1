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
    /// The path of a Unix socket to listen on instead of the network; nil for none.
    package var socket: String?
    /// Takes what the runtime says while it works.
    package var log = RuntimeLog.silent
    /// The file of the tokens; nil for `token` in the folder.
    package var tokenFile: String?
    /// Whose a token is that stands in the file without a name.
    package var owner: String
    /// The runtime's own environment, of which MCP servers see what the configuration lets them.
    package var environment: [String: String]
    /// This program, which runs scripts as processes of itself; nil when it cannot be found.
    package var program = Program.path

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
  /// Where it listens.
  package nonisolated let place: ListenPlace
  /// The file of the tokens.
  package nonisolated let tokenFile: String
  /// The file with the header that curl needs.
  package nonisolated let curlHeaderFile: String
  nonisolated let engine: Engine
  nonisolated let store: Store
  private let listener: Listener
  private let retention: Task<Void, Never>?
  private let servers: MCPServers
  private let scheduler: Scheduler
  private let outward: Outward

  /// Starts: opens the store, settles what was in flight, listens.
  /// - Throws: ``RuntimeMistake`` with the first thing that stands in the way.
  package init(
    _ options: Options,
    clock: RuntimeClock,
    random: () -> UInt64,
    report: @escaping @Sendable (String) -> Void
  ) async throws(RuntimeMistake) {
    let store = try Self.store(options.folder)
    let file = options.tokenFile ?? "\(options.folder)/token"
    let tokens = try Self.tokens(file, options, random)
    curlHeaderFile = "\(options.folder)/curl-header"
    try PrivateFile.write(
      "Authorization: Bearer \(tokens.first?.token ?? "")\n",
      to: curlHeaderFile
    )
    let outward = Outward(environment: options.environment)
    let servers = MCPServers(
      configs: options.config.mcpServers(environment: options.environment),
      outward: outward
    )
    var limits = Engine.Limits()
    limits.rules.prices = options.config.prices
    limits.rules.servers = KnownServers(names: servers.serverNames, aliases: servers.aliases)
    limits.budget = options.config.budget
    limits.rules.maximumDrain = options.config.runs.drainTimeout
    limits.rules.maximumInFlight = options.config.runs.parallelSteps
    limits.rules.maximumDepth = options.config.runs.callDepth
    let engine = Engine(
      store: store,
      clock: clock,
      executors: Self.executors(options, servers, outward, clock),
      limits: limits,
      report: report
    )
    store.feed.observe { options.log.runChanges($0) }
    let scheduler = Scheduler(engine: engine, report: report)
    var address = options.config.listen
    address.port = options.port ?? address.port
    let router: Router
    do throws(StoreMistake) {
      let hashes = tokens.map { ($0.name, Tokens.hash($0.token)) }
      try await store.setTokens(Dictionary(hashes) { first, _ in first })
      router = Router(
        engine: engine,
        tokens: Tokens(hashes: try await store.tokens()),
        settings: Router.Settings(options.config),
        triggersChanged: { scheduler.look() },
        knownServers: { await servers.known() }
      )
      try await router.openTokens()
      try await engine.open()
      do throws(RuntimeMistake) {
        listener = try await Listener(
          router: router,
          place: options.socket.map { .socket($0) } ?? .address(address),
          log: options.log
        )
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
    self.outward = outward
    self.scheduler = scheduler
    tokenFile = file
    place = listener.place
    url = listener.place.url
    retention = options.config.retention.map { time in
      let retention = Retention(store: store, clock: clock, time: time, report: report)
      return Task { await retention.run() }
    }
    await scheduler.open { trigger throws(Rejection) in
      try await router.automation(of: trigger)
    }
  }

  /// What executes the steps of each type; the engine itself does loops, calls and tasks.
  private static func executors(
    _ options: Options,
    _ servers: MCPServers,
    _ outward: Outward,
    _ clock: RuntimeClock
  ) -> [String: any StepExecutor] {
    [
      StepType.mcpCall.word: MCPExecutor(servers: servers),
      StepType.luaScript.word: LuaExecutor(
        runner: LuaRunner(program: options.program ?? "/proc/self/exe")
      ),
      StepType.llmCall.word: LLMExecutor(
        providers: options.config.llmProviders(environment: options.environment),
        outward: outward,
        clock: clock
      ),
    ]
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
    if let text = try PrivateFile.read(file, isSecret: true) {
      return try TokenFile.read(text, file: file, owner: options.owner)
    }
    let token = TokenFile.make(random: random)
    try PrivateFile.write("\(token)\n", to: file)
    return [(options.owner, token)]
  }

  /// Waits until it is to end.
  /// - Parameter endings: Yields when whoever runs it wants that.
  /// - Returns: Why it must end though nobody wants it; nil when somebody does.
  package nonisolated func run(until endings: AsyncStream<Void>) async -> RuntimeMistake? {
    await withTaskGroup(of: RuntimeMistake?.self) { group in
      group.addTask {
        for await _ in endings { break }
        return nil
      }
      group.addTask { [listener] in await listener.failures.first { _ in true } }
      let first = await group.next() ?? nil
      group.cancelAll()
      return first
    }
  }

  /// Ends: no new requests, attempts in flight cancelled, MCP servers ended, everything on the disk.
  package func shutDown() async {
    await listener.stop()
    retention?.cancel()
    await retention?.value
    await scheduler.shutDown()
    await engine.shutDown()
    await servers.shutdown()
    outward.end()
    store.close()
  }
}
