import ArgumentParser
import Runs
import Shell

/// Stop runs.
struct StopCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stop",
    abstract: "Stop runs: gracefully, or now.",
    usage: "command-center stop <ids> ... (--graceful | --now) [<options>]",
    discussion: """
      One of --graceful and --now has to be said:

        command-center stop 9b1d4f72 --graceful
        command-center runs --status running -o tsv | tail -n +2 | cut -f 1 |
          command-center stop - --now

      \(ActionOptions.discussion)
      """
  )

  /// How to stop; one of the two must be said.
  enum Mode: String, EnumerableFlag {
    case graceful
    case now

    static func help(for value: Mode) -> ArgumentHelp? {
      switch value {
      case .graceful: "What is in flight finishes; nothing new starts."
      case .now: "What is in flight is cancelled."
      }
    }
  }

  @Argument(
    help: "The ids of the runs, or the beginnings of them; - for standard input.",
    completion: .custom(Completion.living)
  )
  var ids: [String]

  @Flag var mode: Mode

  @OptionGroup var how: ActionOptions

  func run() throws {
    try how.run(.stop(mode == .graceful ? .graceful : .immediate), ids)
  }
}
