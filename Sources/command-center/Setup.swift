import ArgumentParser
import Glibc
import Loop
import RunClient
import Runs
import Settings
import Shell
import Terminal
import Transport

/// What the environment, the config and the command line come to.
struct Setup {
  /// The variables; those that hold tokens are unset, and known here alone.
  let environment: Settings.Environment
  /// The variables that children get: all but those that hold tokens.
  let childVariables: [String: String]
  let paths: Paths
  private(set) var config: ConfigFile
  /// The profile; nil when nothing is set up yet.
  let chosen: Chosen?
  let installation: Installation
  /// Where what happens is written down; nil writes nothing.
  let log: Log?

  /// Reads what is set up.
  /// - Throws: ``Mistake`` with one sentence.
  init(_ options: GlobalOptions) throws(Mistake) {
    let process = Settings.Environment.process
    paths = try Paths(environment: process)
    config = try ConfigFile.load(paths: paths)
    let names = config.profiles.values.compactMap(\.tokenVariable)
    let secrets = [Settings.Environment.Key.token.rawValue] + names
    let variables = Settings.Environment.names
    environment = process.concealing(secrets)
    childVariables = variables.reduce(into: [:]) { children, name in
      if !secrets.contains(name) { children[name] = process[name] }
    }
    chosen = try ProfileChoice.resolve(
      flags: options.flags,
      environment: environment,
      config: config
    )
    installation = Setup.installation
    log = try options.log()
  }

  /// Reads the config again: somebody may have written into it meanwhile.
  /// - Throws: ``Mistake`` with one sentence; what was read before stands.
  mutating func reload() throws(Mistake) {
    config = try ConfigFile.load(paths: paths)
  }

  /// Where themes are looked for.
  var themeFolders: [String] {
    installation.themeFolders(environment: environment, paths: paths)
  }

  /// What the variables say about the terminal.
  var terminal: TerminalEnvironment { Setup.terminal(environment) }

  /// What variables say about the terminal.
  static func terminal(_ environment: Settings.Environment) -> TerminalEnvironment {
    let names = [
      "TERM", "LC_ALL", "LC_CTYPE", "LANG", "COLORTERM", "NO_COLOR", "TMUX", "STY",
      "SWIFT_BACKTRACE",
    ]
    return TerminalEnvironment(names.reduce(into: [:]) { $0[$1] = environment[$1] })
  }

  /// A path as its owner would type it.
  func shown(_ path: String) -> String {
    path.hasPrefix("\(paths.home)/") ? "~\(path.dropFirst(paths.home.count))" : path
  }

  /// That nothing is set up yet, and how that is changed.
  var nothing: Mistake {
    Mistake(
      nil,
      "no server is set up: set COMMAND_CENTER_URL and COMMAND_CENTER_TOKEN, write a profile to "
        + "\(config.file), or try command-center demo"
    )
  }

  /// Where this program is installed.
  static var installation: Installation {
    var path = [UInt8](repeating: 0, count: 4096)
    let count = unsafe path.withUnsafeMutableBytes { bytes in
      unsafe bytes.withMemoryRebound(to: CChar.self) { buffer in
        unsafe buffer.baseAddress.map { unsafe readlink("/proc/self/exe", $0, buffer.count) } ?? -1
      }
    }
    return Installation(executable: String(decoding: path.prefix(max(0, count)), as: UTF8.self))
  }

  /// The server of a profile, with its token; a program that prints it is run, and waited for.
  /// - Throws: ``Mistake`` for a token that cannot be had, or an address that is none.
  func server(of profile: Profile) throws(Mistake) -> Server {
    try Setup.server(of: profile, token: try token(of: profile))
  }

  /// The token of a profile; nil when it names none.
  /// - Throws: ``Mistake`` for a token that cannot be had.
  func token(of profile: Profile) throws(Mistake) -> String? {
    try Setup.token(profile, environment, paths, childVariables)
  }

  /// The token of a profile, from what is needed to fetch it.
  /// - Throws: ``Mistake`` for a token that cannot be had.
  static func token(
    _ profile: Profile,
    _ environment: Settings.Environment,
    _ paths: Paths,
    _ variables: [String: String]
  ) throws(Mistake) -> String? {
    try profile.token?.read(environment: environment, paths: paths) {
      words throws(Mistake) in
      do throws(Fault) {
        return try TokenCommand.run(words, environment: variables)
      } catch {
        throw Mistake("profile \(profile.name)", error.sentence)
      }
    }
  }

  /// The server of a profile.
  /// - Throws: ``Mistake`` for an address that is none.
  static func server(of profile: Profile, token: String?) throws(Mistake) -> Server {
    do throws(Fault) {
      return try Server(
        url: profile.url,
        token: token,
        tenant: profile.tenant,
        project: profile.project,
        allowsPlainHTTP: profile.allowsPlainHTTP
      )
    } catch {
      throw Mistake("profile \(profile.name)", error.sentence)
    }
  }

  /// A client and what carries its calls.
  /// - Parameters:
  ///   - server: Whom it asks.
  ///   - profile: The profile that names the server.
  ///   - url: What the journal calls the server, where its address is another one at every start.
  /// - Returns: Both.
  /// - Throws: ``Mistake`` for a network setting that cannot be used.
  func connection(
    to server: Server,
    profile: Profile,
    lasting url: String? = nil
  ) throws(Mistake) -> Connection {
    let pool = try pool(for: profile)
    let client = Client(
      server: server,
      backend: AgentRuntimeBackend(place: server.place),
      pool: pool,
      journal: Journal(
        directory: "\(paths.state)/journal",
        place: Setup.place(of: profile, server, lasting: url),
        startedAt: SystemClock.now(),
        process: getpid()
      ),
      tellsExchanges: log != nil,
      random: { Double.random(in: 0..<1) }
    )
    return Connection(client: client, pool: pool)
  }

  /// How the journal names the server of a profile.
  static func place(
    of profile: Profile,
    _ server: Server,
    lasting url: String? = nil
  ) -> JournalPlace {
    JournalPlace(
      profile: profile.name,
      url: url ?? server.url,
      tenant: server.tenant,
      project: server.project
    )
  }

  /// The journals of this machine.
  static func journals(_ paths: Paths) -> JournalFolder {
    JournalFolder(directory: "\(paths.state)/journal")
  }

  /// Where decisions on a server are on record, and where files about them go.
  func records(of profile: Profile, server: Server, lasting url: String? = nil) -> RecordKeeping {
    RecordKeeping(
      journals: Setup.journals(paths),
      place: Setup.place(of: profile, server, lasting: url),
      exports: ExportFile(directory: "\(paths.state)/exports")
    )
  }

  /// How connections for a profile are made.
  func transport(for profile: Profile) -> TransportSettings {
    let network = Network(profile, environment: environment, paths: paths)
    return TransportSettings(
      userAgent: "command-center/\(Version.text)",
      proxy: network.proxy,
      noProxy: network.noProxy,
      caFile: network.authorities,
      clientCertificate: network.clientCertificate,
      clientKey: network.clientKey
    )
  }

  private func pool(for profile: Profile) throws(Mistake) -> TransferPool {
    do throws(Transport.Failure) {
      return try TransferPool(settings: transport(for: profile))
    } catch {
      throw Mistake("profile \(profile.name)", error.sentence)
    }
  }
}
