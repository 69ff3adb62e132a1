import ArgumentParser
import Cells
import Glibc
import Loop
import RunClient
import Runs
import Settings
import Shell
import Terminal
import Transport

/// Looks over what the program needs.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Check terminal, locale, settings, server, token and clock; prints no secret."
  )

  @OptionGroup var output: OutputOptions
  @OptionGroup var options: GlobalOptions

  func run() throws {
    let runner = VerbRunner(options: options, output: output.output)
    var checks = [
      Check("version", .good, "command-center \(Version.text), \(CurlVersion.text)"),
      DoctorCommand.runtime,
    ]
    checks += DoctorCommand.terminal
    let setup: Setup
    do throws(Mistake) {
      setup = try Setup(options)
    } catch {
      checks.append(Check("settings", .bad, error.sentence, code: .usage))
      return try runner.run(.doctor(checks, asks: false), over: nil)
    }
    checks += DoctorCommand.settings(setup)
    let connection = DoctorCommand.connection(setup, &checks)
    try runner.run(.doctor(checks, asks: connection != nil), over: connection)
  }

  private static var runtime: Check {
    let program = Setup.installation.runtime(environment: .process)
    return unsafe access(program, X_OK) == 0
      ? Check("runtime", .good, program)
      : Check("runtime", .note, "\(program) is not there: demo and serve need it")
  }

  private static var terminal: [Check] {
    let terminal = Setup.terminal(.process)
    let locale = terminal.locale.uppercased()
    let isUTF8 = locale.contains("UTF-8") || locale.contains("UTF8")
    let colours =
      terminal.refusesColor
      ? "no colours (NO_COLOR)" : terminal.promisesDirectColor ? "direct colours" : "TERM's colours"
    let size = VerbRunner.width.map { "\($0) columns" } ?? "standard output is no terminal"
    let isAddressed = !["", "dumb"].contains(terminal.term)
    return [
      Check(
        "locale",
        isUTF8 ? .good : .note,
        isUTF8 ? terminal.locale : "\(terminal.locale) has no UTF-8: signs are ASCII"
      ),
      Check(
        "terminal",
        isAddressed ? .good : .note,
        isAddressed
          ? "\(terminal.term), \(size), \(colours)"
          : "TERM is \"\(terminal.term)\": the front needs a terminal that can be addressed"
      ),
    ]
  }

  private static func settings(_ setup: Setup) -> [Check] {
    let isThere = unsafe access(setup.config.file, F_OK) == 0
    var checks = [
      Check("config", .good, isThere ? setup.config.file : "\(setup.config.file) (not there)"),
      Check("journal", .good, "\(setup.paths.state)/journal"),
    ]
    let wanted = setup.chosen?.theme ?? setup.config.theme ?? "midnight"
    let folders = setup.installation.themeFolders(
      environment: setup.environment,
      paths: setup.paths
    )
    let (theme, mistake) = ThemeFile.load(wanted, folders: folders)
    checks.append(
      mistake.map { Check("theme", .bad, $0.sentence, code: .usage) }
        ?? Check("theme", .good, theme.name)
    )
    return checks
  }

  /// The way to the server of the chosen profile; what is wrong with it is added to the checks.
  private static func connection(
    _ setup: Setup,
    _ checks: inout [Check]
  ) -> Connection? {
    guard let chosen = setup.chosen else {
      checks.append(Check("profile", .bad, setup.nothing.sentence, code: .usage))
      return nil
    }
    let profile = chosen.profile
    let readOnly = chosen.readOnly == nil ? "" : ", read-only"
    checks.append(Check("profile", .good, profile.name + readOnly))
    do throws(Mistake) {
      let server = try setup.server(of: profile)
      let isSecure = server.url.lowercased().hasPrefix("https:")
      checks.append(Check("url", .good, "\(server.url) (\(isSecure ? "TLS" : "plain http"))"))
      checks.append(
        server.token == nil
          ? Check("token", .note, "none is set") : Check("token", .good, "read, not shown")
      )
      return try setup.connection(to: server, profile: profile)
    } catch {
      checks.append(Check("server", .bad, error.sentence, code: .usage))
      return nil
    }
  }
}
