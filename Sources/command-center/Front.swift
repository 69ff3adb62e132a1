internal import Cells
internal import CommandCenter
internal import Glibc
internal import Loop
internal import RunClient
internal import Runs
internal import Terminal
internal import Transport

/// The full-screen program: takes the terminal, runs the loop, gives the terminal back.
struct Front {
  /// The program's variables that say what the terminal can do.
  var terminal: TerminalEnvironment
  var config: Config
  var theme: Theme
  /// Something to say once the screen is there: a theme that could not be read.
  var remark: String?

  /// Opens the inbox of a server.
  /// - Returns: Why it ended.
  /// - Throws: `TerminalFailure` when there is no terminal to draw on.
  func open(
    client: Client,
    pool: TransferPool,
    facts: ProfileFacts,
    capabilities: Capabilities
  ) throws -> EventLoop.Ending {
    try run(client: client, pool: pool, facts: facts, capabilities: capabilities, layers: [.inbox])
  }

  /// Opens the first screen of somebody without a profile; nothing is sent anywhere.
  /// - Returns: What was chosen.
  /// - Throws: `TerminalFailure` when there is no terminal to draw on.
  func welcome(client: Client, pool: TransferPool, configPath: String) throws -> EventLoop.Ending {
    try run(
      client: client,
      pool: pool,
      facts: ProfileFacts(name: "no profile", place: ""),
      capabilities: .agentRuntime,
      layers: [.firstStart(FirstStart(configPath: configPath))]
    )
  }

  private func run(
    client: Client,
    pool: TransferPool,
    facts: ProfileFacts,
    capabilities: Capabilities,
    layers: [Layer]
  ) throws -> EventLoop.Ending {
    let session = try Session(
      Session.Options(environment: terminal, asciiGlyphs: config.asciiGlyphs ?? false)
    )
    let signals = try Signals()
    let now = SystemClock.now()
    var random = SystemRandomNumberGenerator()
    var model = Model(
      size: session.size,
      profile: facts,
      config: config,
      zone: SystemClock.zone(at: now),
      glyphs: session.unicode ? .utf8 : .ascii,
      capabilities: capabilities,
      decisions: DecisionSource(high: random.next(), low: random.next()),
      now: now,
      layers: layers
    )
    if let remark { model.notice = Notice(text: remark, tone: .bad) }
    let loop = EventLoop(
      session: session,
      signals: signals,
      client: client,
      pool: pool,
      model: model,
      theme: theme
    )
    return loop.run(polling: layers == [.inbox])
  }
}
