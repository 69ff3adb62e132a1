import ArgumentParser
import Loop
import RunClient
import Runs
import Settings
import Shell

extension OutputForm: ExpressibleByArgument {}

extension Log.Level: ExpressibleByArgument {
  /// A level by its word.
  public init?(argument: String) { self.init(word: argument) }

  /// The words that help lists.
  public static var allValueStrings: [String] { allCases.map(\.word) }
}

/// Options of the front and of every verb.
struct GlobalOptions: ParsableArguments {
  @Option(help: "The profile of the config to use.", completion: .custom(Completion.profiles))
  var profile: String?

  @Flag(help: "Change nothing: every verb that would is refused.")
  var readOnly = false

  @Option(help: "The theme.", completion: .custom(Completion.themes))
  var theme: String?

  @Option(
    name: .customLong("log"),
    help: ArgumentHelp("Write down what happens, for a bug report; no secret.", valueName: "file"),
    completion: .file()
  )
  var logFile: String?

  // Help would write a default of its own as a number.
  @Option(help: "What is written down: debug (each exchange too; the default), info or error.")
  var logLevel: Log.Level?

  /// The log that was asked for.
  /// - Throws: ``Mistake`` when it cannot be opened.
  func log() throws(Mistake) -> Log? {
    guard let logFile else { return nil }
    do throws(Fault) {
      return try Log(path: logFile, least: logLevel ?? .debug)
    } catch {
      throw Mistake("--log", error.sentence)
    }
  }

  /// The flags as the choice of a profile takes them.
  var flags: ProfileFlags {
    ProfileFlags(profile: profile, isReadOnly: readOnly, theme: theme)
  }
}

/// Options of every verb that answers.
struct OutputOptions: ParsableArguments {
  @Option(
    name: [.customShort("o"), .long],
    help: ArgumentHelp(
      "How to write: table, json (one value), jsonl (one value a line) or tsv (fields between tabs).",
      valueName: "form"
    )
  )
  var output: OutputForm = .table
}

/// Options of every verb that is about one run.
struct RunOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The workflow's id, for a run that the server does not list any more.",
      valueName: "id"
    )
  )
  var workflow: String?
}

/// Options of verbs that can wait for the end of runs.
struct WaitOptions: ParsableArguments {
  @Flag(help: "Wait until the run has ended: 0 when it completed, 1 when it failed or was stopped.")
  var wait = false

  @Option(
    help: ArgumentHelp(
      "How long --wait waits at most, as 90s, 10m or 2h; then it leaves with 6.",
      valueName: "span"
    )
  )
  var timeout: Length?

  func validate() throws {
    if timeout != nil, !wait {
      throw ValidationError("--timeout says how long --wait waits; add --wait")
    }
  }

  /// The wait that was asked for.
  var patience: Patience? { wait ? Patience(timeout: timeout?.duration) : nil }
}

/// A length of time on the command line.
struct Length: ExpressibleByArgument {
  var duration: Duration

  init?(argument: String) {
    guard let duration = Span.read(argument) else { return nil }
    self.duration = duration
  }
}

/// Statuses of a run on the command line, between commas.
struct Statuses: ExpressibleByArgument {
  var statuses: [RunStatus]

  init?(argument: String) {
    var statuses: [RunStatus] = []
    for word in argument.split(separator: ",", omittingEmptySubsequences: false) {
      let status = RunStatus(word.trimmingPrefix(" ").lowercased())
      if case .other = status { return nil }
      statuses.append(status)
    }
    self.statuses = statuses
  }

  static let words = [
    "pending", "queued", "starting", "running", "paused", "draining", "completed", "failed",
    "stopped",
  ]

  static let allValueStrings = words

  static var defaultCompletionKind: CompletionKind { .list(words) }
}
