internal import Cells
internal import CommandCenter
internal import Glibc
internal import Loop
internal import RunClient
internal import Runs
internal import Terminal

/// The full-screen program: takes the terminal, runs the loop, gives the terminal back.
struct Front {
  /// The program's variables that say what the terminal can do.
  var terminal: TerminalEnvironment
  var config: Config
  var wiring: FrontWiring
  var log: Log?

  /// Opens the inbox of a profile, or another first screen; the first screen asks nobody.
  /// - Returns: Why it ended.
  /// - Throws: `TerminalFailure` when there is no terminal to draw on.
  func open(
    _ profile: OpenProfile,
    layers: [Layer] = [.inbox]
  ) throws -> EventLoop.Ending {
    let session = try Session(
      Session.Options(
        environment: terminal,
        mouse: config.mouse,
        asciiGlyphs: config.asciiGlyphs ?? false
      )
    )
    let signals = try Signals()
    let now = SystemClock.now()
    var random = SystemRandomNumberGenerator()
    var config = config
    config.theme = profile.theme.name
    config.readOnly = profile.opening.readOnly
    var model = Model(
      size: session.size,
      profile: profile.opening.facts,
      config: config,
      zone: SystemClock.zone(at: now),
      glyphs: session.unicode ? .utf8 : .ascii,
      capabilities: profile.opening.capabilities,
      decisions: DecisionSource(high: random.next(), low: random.next()),
      now: now,
      layers: layers
    )
    model.access = profile.opening.access
    model.offers = profile.opening.offers
    model.put(profile.opening.filters)
    model.put(profile.opening.shelves)
    if let remark = profile.opening.remark { model.notice = Notice(text: remark, tone: .bad) }
    let loop = EventLoop(
      session: session,
      signals: signals,
      profile: profile,
      wiring: wiring,
      model: model,
      log: log
    )
    return loop.run(polling: layers == [.inbox])
  }
}
