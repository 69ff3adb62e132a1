import ArgumentParser
import CommandCenter
import Glibc
import Loop
import RunClient
import Runs
import Settings
import Shell
import Terminal

/// Does a verb of the command line and ends with its code.
struct VerbRunner {
  var options: GlobalOptions
  var output: OutputForm
  var workflow: String?
  var confirmed: String?

  /// Does a verb that asks the server of the chosen profile.
  /// - Throws: The end of the program.
  func run(_ verb: ShellVerb) throws { try run { _ in verb } }

  /// Does a verb that asks the server of the chosen profile, made from what the journal calls it.
  /// - Throws: The end of the program.
  func run(_ verb: (JournalPlace) -> ShellVerb) throws {
    let setup: Setup
    let server: Server
    let chosen: Chosen
    let connection: Connection
    do throws(Mistake) {
      setup = try Setup(options)
      guard let found = setup.chosen else { throw setup.nothing }
      chosen = found
      server = try setup.server(of: chosen.profile)
      setup.log?.conceal(server.token)
      connection = try setup.connection(to: server, profile: chosen.profile)
    } catch {
      throw Terse.end(error)
    }
    try run(
      verb(Setup.place(of: chosen.profile, server)),
      over: connection,
      log: setup.log,
      readOnly: chosen.readOnly,
      protected: chosen.profile.isProtected ? chosen.profile.name : nil
    )
  }

  /// Does a verb over a connection, or one that needs none.
  /// - Throws: The end of the program.
  func run(
    _ verb: ShellVerb,
    over connection: Connection?,
    log: Log? = nil,
    readOnly: String? = nil,
    protected: String? = nil
  ) throws {
    var random = SystemRandomNumberGenerator()
    let context = ShellContext(
      form: output,
      width: VerbRunner.width,
      zone: SystemClock.zone(at: SystemClock.now()),
      workflow: workflow.map { WorkflowID($0) },
      readOnly: readOnly,
      protected: protected,
      confirmed: confirmed,
      decisions: DecisionSource(high: random.next(), low: random.next())
    )
    let signals: Signals
    do {
      signals = try Signals([.interrupt, .terminate, .hangUp])
    } catch {
      throw Terse.end("signals cannot be waited for: \(error)", .failed)
    }
    let loop = ShellLoop(
      ShellTask(verb, context),
      connection: connection,
      signals: signals,
      showsProgress: isatty(STDERR_FILENO) == 1,
      log: log,
      painter: Painter(environment: Setup.terminal(.process)),
      // Without a home there is no journal either; the report of what is wrong needs none.
      journals: (try? Paths(environment: .process)).map(Setup.journals)
    )
    let code = loop.run()
    if code != 0 { throw ArgumentParser.ExitCode(code) }
  }

  /// The columns of the terminal that standard output is; nil when it is none.
  static var width: Int? {
    guard isatty(STDOUT_FILENO) == 1 else { return nil }
    var size = winsize()
    guard unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
      return 80
    }
    return Int(size.ws_col)
  }
}
