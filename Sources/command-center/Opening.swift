import ArgumentParser
import Cells
import CommandCenter
import Glibc
import Loop
import RunClient
import Runs
import Settings
import Shell
import Terminal
import Transport
import Triage

/// Opens the front: on the chosen profile, or on a runtime of its own.
struct Opening {
  /// What the front is opened on.
  enum Subject {
    /// The chosen profile; without one the first screen.
    case profile
    /// A runtime with examples at work; its data is kept in a folder, or gone at the end.
    case demo(data: String?)
    /// An empty runtime whose data is kept on this machine.
    case local
  }

  private let setup: Setup
  private let options: GlobalOptions
  private let wiring: FrontWiring

  private init(_ options: GlobalOptions) throws(Mistake) {
    setup = try Setup(options)
    self.options = options
    wiring = FrontWiring(setup: setup, options: options)
  }

  /// Opens the front and stays until it is left.
  /// - Throws: The end of the program.
  static func run(_ options: GlobalOptions, on subject: Subject) throws {
    let ending: EventLoop.Ending
    do {
      ending = try Opening(options).open(subject)
    } catch let mistake as Mistake {
      throw Terse.end(mistake)
    } catch let fault as Fault {
      throw Terse.end(fault.sentence, Shell.ExitCode(fault))
    } catch let failure as TerminalFailure {
      throw Terse.end(failure.description, .failed)
    }
    if case .signalled(let number) = ending { throw ArgumentParser.ExitCode(128 + number) }
  }

  private func open(_ subject: Subject) throws -> EventLoop.Ending {
    switch subject {
    case .profile:
      guard let chosen = setup.chosen else { return try welcome() }
      return try open(
        wiring.open(chosen.profile, readOnly: chosen.readOnly, theme: chosen.theme)
      )
    case .demo(let data):
      return try open(
        child: "demo",
        ["demo"] + (data.map { ["--data", $0] } ?? []),
        data: data.map(setup.paths.absolute)
      )
    case .local:
      try Folder.make("\(setup.paths.data)/runtime")
      return try open(child: "local", localArguments, data: "\(setup.paths.data)/runtime")
    }
  }

  /// The first screen of somebody without a profile, and what is chosen there.
  private func welcome() throws -> EventLoop.Ending {
    // The first screen sends nothing anywhere: the address is there for the type's sake.
    let nowhere = Profile(name: "no profile", url: "http://127.0.0.1:1")
    let profile = try wiring.open(
      nowhere,
      readOnly: options.readOnly ? Opening.readOnly : nil,
      theme: options.theme,
      keepsSnapshot: false,
      keepsShelves: false
    )
    let ending = try open(
      profile,
      layers: [.firstStart(FirstStart(configPath: setup.shown(setup.config.file)))]
    )
    switch ending {
    case .left(.demo): return try open(.demo(data: nil))
    case .left(.local): return try open(.local)
    case .left(.done), .signalled: return ending
    }
  }

  private func open(
    _ profile: OpenProfile,
    layers: [Layer] = [.inbox]
  ) throws -> EventLoop.Ending {
    let front = Front(
      terminal: setup.terminal,
      config: Config(
        asciiGlyphs: setup.config.asciiGlyphs,
        mouse: setup.config.mouse ?? true,
        lowBandwidth: setup.config.lowBandwidth ?? false,
        stuckAfter: setup.config.stuckAfter.map { .seconds($0) } ?? Lookout.standardPatience,
        keymap: setup.config.keymap
      ),
      wiring: wiring,
      log: setup.log
    )
    return try front.open(profile, layers: layers)
  }

  private static let readOnly = "started with --read-only"

  /// The front on a runtime that lives no longer than it; its data may.
  private func open(
    child name: String,
    _ arguments: [String],
    data: String?
  ) throws -> EventLoop.Ending {
    let child = try RuntimeChild(
      program: setup.installation.runtime(environment: setup.environment),
      arguments: arguments,
      environment: childEnvironment
    )
    defer { child.stop() }
    var profile = Profile(name: name, url: child.url)
    profile.token = .file(child.tokenFile)
    let ending = try open(
      wiring.open(
        profile,
        readOnly: options.readOnly ? Opening.readOnly : nil,
        theme: options.theme ?? setup.chosen?.theme,
        keepsSnapshot: false,
        keepsShelves: data != nil,
        data: data
      )
    )
    // Who is told to go does not wait: the child ends by itself.
    if case .signalled = ending { child.release() }
    return ending
  }

  private var localArguments: [String] {
    let file = "\(setup.paths.config)/runtime.toml"
    let isThere = unsafe access(file, F_OK) == 0
    return ["serve", "--data", "\(setup.paths.data)/runtime", "--port", "0"]
      + (isThere ? ["--config", file] : [])
  }

  /// What a runtime of ours gets to know of our variables: no token is among them.
  private var childEnvironment: [String: String] {
    let names = [
      "PATH", "HOME", "TMPDIR", "TZ", "LANG", "LC_ALL", "LC_CTYPE", "XDG_DATA_HOME",
      "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME",
      Settings.Environment.Key.examples.rawValue,
    ]
    return names.reduce(into: [:]) { $0[$1] = setup.environment[$1] }
  }
}
