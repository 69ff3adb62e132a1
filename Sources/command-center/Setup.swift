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
  let environment: Settings.Environment
  let paths: Paths
  let config: ConfigFile
  /// The profile; nil when nothing is set up yet.
  let chosen: Chosen?
  let installation: Installation

  /// Reads what is set up.
  /// - Throws: ``Mistake`` with one sentence.
  init(_ options: GlobalOptions) throws(Mistake) {
    environment = .process
    paths = try Paths(environment: environment)
    config = try ConfigFile.load(paths: paths)
    chosen = try ProfileChoice.resolve(
      flags: options.flags,
      environment: environment,
      config: config
    )
    installation = Setup.installation
  }

  /// What the variables say about the terminal.
  var terminal: TerminalEnvironment { Setup.terminal(environment) }

  /// What variables say about the terminal.
  static func terminal(_ environment: Settings.Environment) -> TerminalEnvironment {
    let names = [
      "TERM", "LC_ALL", "LC_CTYPE", "LANG", "COLORTERM", "NO_COLOR", "TMUX", "SWIFT_BACKTRACE",
    ]
    return TerminalEnvironment(names.reduce(into: [:]) { $0[$1] = environment[$1] })
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

  /// The server of a profile, with its token.
  /// - Throws: ``Mistake`` for a token that cannot be read, or an address that is none.
  func server(of profile: Profile) throws(Mistake) -> Server {
    let token = try profile.token?.read(environment: environment, paths: paths)
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
  /// - Throws: ``Mistake`` for a network setting that cannot be used.
  func connection(
    to server: Server,
    profile: Profile
  ) throws(Mistake) -> ShellLoop.Connection {
    let pool = try pool(for: profile)
    let client = Client(
      server: server,
      backend: AgentRuntimeBackend(place: server.place),
      pool: pool,
      journal: Journal(
        directory: "\(paths.state)/journal",
        startedAt: SystemClock.now(),
        process: getpid()
      ),
      random: { Double.random(in: 0..<1) }
    )
    return ShellLoop.Connection(client: client, pool: pool)
  }

  private func pool(for profile: Profile) throws(Mistake) -> TransferPool {
    let network = Network(profile, environment: environment, paths: paths)
    let settings = TransportSettings(
      userAgent: "command-center/\(Version.text)",
      proxy: network.proxy,
      noProxy: network.noProxy,
      caFile: network.authorities,
      clientCertificate: network.clientCertificate,
      clientKey: network.clientKey
    )
    do throws(Transport.Failure) {
      return try TransferPool(settings: settings)
    } catch {
      throw Mistake("profile \(profile.name)", error.sentence)
    }
  }
}
