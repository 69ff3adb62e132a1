import ArgumentParser
import Cells
import Glibc
import JSON
import RunClient
import Settings
import Shell
import Terminal
import Transport

/// Looks over what the program needs.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Check terminal, locale, settings, network, server, token and clock.",
    discussion: """
      Everything is only read, each question has a bound of seconds, and no secret is printed: the \
      report may be sent to anybody. The exit code is that of the first line that is bad.
      """
  )

  @OptionGroup var output: OutputOptions
  @OptionGroup var options: GlobalOptions

  func run() throws {
    let environment = Settings.Environment.process
    var checks = [
      DoctorCommand.version,
      DoctorCommand.runtime,
    ]
    checks += DoctorCommand.terminal(environment)
    var secrets: [String] = []
    do {
      let setup = try Setup(options)
      checks += DoctorCommand.settings(setup)
      checks += try server(setup, &secrets)
    } catch let mistake as Mistake {
      checks.append(Check("settings", .bad, mistake.sentence, code: .usage))
    }
    let shown = checks.map { $0.hiding(secrets) }
    try VerbRunner(options: options, output: output.output).run(.doctor(shown), over: nil)
  }

  /// What stands between this machine and the server, and what the server says.
  private func server(_ setup: Setup, _ secrets: inout [String]) throws -> [Check] {
    guard let chosen = setup.chosen else {
      return [Check("profile", .bad, setup.nothing.sentence, code: .usage)]
    }
    var examiner = ServerExaminer(setup: setup, chosen: chosen)
    defer { secrets = examiner.secrets }
    return try examiner.checks()
  }

  // MARK: This machine

  static var version: Check {
    // libcurl and what encrypts for it; the rest is for programs.
    let library = CurlVersion.text
    let short = library.split(separator: " ").prefix(2).joined(separator: ", ")
    return Check(
      "version",
      .good,
      "command-center \(Version.text), \(short)",
      facts: ["version": .string(Version.text), "libcurl": .string(library)]
    )
  }

  static var runtime: Check {
    let program = Setup.installation.runtime(environment: .process)
    let isThere = unsafe access(program, X_OK) == 0
    return Check(
      "runtime",
      isThere ? .good : .note,
      isThere ? program : "\(program) is not there: demo and serve need it",
      facts: ["program": .string(program), "is_there": .bool(isThere)]
    )
  }

  private static func terminal(_ environment: Settings.Environment) -> [Check] {
    let terminal = Setup.terminal(environment)
    return DoctorCommand.terminal(
      terminal,
      TerminalDescription(terminal),
      size: isatty(STDOUT_FILENO) == 1 ? TerminalWindowSize.of(STDOUT_FILENO) : nil
    ) + [Diagnosis.widths(widths(terminal))]
  }

  /// What is known of a terminal without asking it.
  static func terminal(
    _ terminal: TerminalEnvironment,
    _ description: TerminalDescription?,
    size: Size?
  ) -> [Check] {
    Diagnosis.terminal(
      Diagnosis.TerminalFacts(
        term: terminal.term,
        description: description.map { ($0.name, $0.depth, $0.isAddressed) },
        size: size,
        locale: terminal.locale,
        isUTF8: terminal.promisesUTF8,
        refusesColor: terminal.refusesColor
      )
    )
  }

  private static func widths(_ terminal: TerminalEnvironment) -> Diagnosis.Widths {
    switch WidthProbe().measure(terminal) {
    case .silent: .silent
    case .notAsked(let reason): .notAsked(reason)
    case .measured(let measures):
      .measured(
        measures.map {
          Diagnosis.Measure(
            name: $0.sample.name,
            text: $0.sample.text,
            expected: $0.sample.expected,
            columns: $0.columns
          )
        }
      )
    }
  }

  // MARK: Settings

  static func settings(_ setup: Setup) -> [Check] {
    let file = setup.config.file
    let isThere = unsafe access(file, F_OK) == 0
    let profiles = setup.config.profiles.keys.sorted()
    let named =
      profiles.isEmpty ? "" : "; profiles \(profiles.joined(separator: ", "))"
    return [
      Check(
        "config",
        .good,
        (isThere ? file : "\(file) (not there)") + named,
        facts: [
          "file": .string(file), "is_there": .bool(isThere),
          "profiles": .array(profiles.map { .string($0) }),
        ]
      ),
      folder("state", setup.paths.state, loss: "decisions will not be recorded", .bad),
      folder("cache", setup.paths.cache, loss: "what was seen last will not be kept", .note),
      theme(setup),
    ]
  }

  /// A folder that is written to when there is something to keep.
  /// - Parameters:
  ///   - subject: What the check is called.
  ///   - path: Where it is, or will be.
  ///   - loss: What cannot be kept without it.
  ///   - verdict: How much that matters.
  /// - Returns: Whether it can be written; nothing is made by looking.
  private static func folder(
    _ subject: String,
    _ path: String,
    loss: String,
    _ verdict: Check.Verdict
  ) -> Check {
    let facts: JSONObject = ["folder": .string(path)]
    // The nearest that is there.
    var there = path
    while unsafe access(there, F_OK) != 0, let slash = there.lastIndex(of: "/"), there != "/" {
      there = slash == there.startIndex ? "/" : String(there[..<slash])
    }
    var status = stat()
    let isFolder = unsafe stat(there, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    guard isFolder else {
      return Check(subject, verdict, "\(there) is no folder: \(loss); move it away", facts: facts)
    }
    guard unsafe access(there, W_OK | X_OK) == 0 else {
      return Check(
        subject,
        verdict,
        "\(there) cannot be written: \(loss); change its owner or mode",
        facts: facts
      )
    }
    return Check(
      subject,
      .good,
      path + (there == path ? "" : " (made when it is needed)"),
      facts: facts
    )
  }

  private static func theme(_ setup: Setup) -> Check {
    let found = ThemeFile.found(setup.wantedTheme, folders: setup.themeFolders)
    let facts: JSONObject = [
      "name": .string(found.name), "file": found.file.map { .string($0) } ?? .null,
    ]
    switch found.theme {
    case .success: return Check("theme", .good, found.name, facts: facts)
    case .failure(let mistake):
      return Check("theme", .bad, mistake.sentence, code: .usage, facts: facts)
    }
  }
}
