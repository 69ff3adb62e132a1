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

  /// Opens the front and stays until it is left.
  /// - Throws: The end of the program.
  static func run(_ options: GlobalOptions, on subject: Subject) throws {
    let ending: EventLoop.Ending
    do {
      ending = try Opening(setup: Setup(options), options: options).open(subject)
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
      return try open(chosen.profile, readOnly: chosen.readOnly)
    case .demo(let data):
      return try open(child: "demo", ["demo"] + (data.map { ["--data", $0] } ?? []))
    case .local:
      try Folder.make("\(setup.paths.data)/runtime")
      return try open(child: "local", localArguments)
    }
  }

  /// The first screen of somebody without a profile, and what is chosen there.
  private func welcome() throws -> EventLoop.Ending {
    // The first screen sends nothing anywhere: the address is there for the type's sake.
    let nowhere = Profile(name: "none", url: "http://127.0.0.1:1")
    let connection = try setup.connection(to: setup.server(of: nowhere), profile: nowhere)
    let path = setup.config.file
    let shown =
      path.hasPrefix("\(setup.paths.home)/") ? "~\(path.dropFirst(setup.paths.home.count))" : path
    let ending = try front(readOnly: nil).welcome(
      client: connection.client,
      pool: connection.pool,
      configPath: shown
    )
    connection.pool.abandon()
    switch ending {
    case .left(.demo): return try open(.demo(data: nil))
    case .left(.local): return try open(.local)
    case .left(.done), .signalled: return ending
    }
  }

  private func open(_ profile: Profile, readOnly: String?) throws -> EventLoop.Ending {
    let server = try setup.server(of: profile)
    let connection = try setup.connection(to: server, profile: profile)
    let facts = ProfileFacts(
      name: profile.name,
      tenant: profile.tenant,
      project: profile.project,
      place: server.place
    )
    // Whoever leaves does not wait for a name that is being resolved.
    defer { connection.pool.abandon() }
    return try front(readOnly: readOnly).open(
      client: connection.client,
      pool: connection.pool,
      facts: facts,
      capabilities: connection.client.backend.capabilities
    )
  }

  /// The front on a runtime that lives no longer than it.
  private func open(child name: String, _ arguments: [String]) throws -> EventLoop.Ending {
    let child = try RuntimeChild(
      program: setup.installation.runtime(environment: setup.environment),
      arguments: arguments,
      environment: childEnvironment
    )
    defer { child.stop() }
    var profile = Profile(name: name, url: child.url)
    profile.token = .file(child.tokenFile)
    let ending = try open(profile, readOnly: options.readOnly ? "started with --read-only" : nil)
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

  private func front(readOnly: String?) -> Front {
    let wanted = options.theme ?? setup.chosen?.theme ?? setup.config.theme ?? "midnight"
    let folders = setup.installation.themeFolders(
      environment: setup.environment,
      paths: setup.paths
    )
    let (theme, mistake) = ThemeFile.load(wanted, folders: folders)
    return Front(
      terminal: setup.terminal,
      config: Config(
        theme: theme.name,
        asciiGlyphs: setup.config.asciiGlyphs,
        readOnly: readOnly
      ),
      theme: theme,
      remark: mistake?.sentence
    )
  }
}
