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
  @Option(help: "The profile of the config to use.")
  var profile: String?

  @Flag(help: "Change nothing: every verb that would is refused.")
  var readOnly = false

  @Option(help: "The theme.")
  var theme: String?

  @Option(
    name: .customLong("log"),
    help: ArgumentHelp("Write down what happens, for a bug report; no secret.", valueName: "file")
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
    help: "How to write: table, json (one value) or jsonl (one value a line)."
  )
  var output: OutputForm = .table
}

/// Options of every verb that is about one run.
struct RunOptions: ParsableArguments {
  @Option(help: "The workflow's id, for a run that the server does not list any more.")
  var workflow: String?
}
