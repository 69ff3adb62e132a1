import ArgumentParser
import Runs
import Shell

/// Pause runs.
struct PauseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pause",
    abstract: "Pause runs.",
    discussion: ActionOptions.discussion
  )

  @Argument(
    help: "The ids of the runs, or the beginnings of them; - for standard input.",
    completion: .custom(Completion.running)
  )
  var ids: [String]

  @OptionGroup var how: ActionOptions

  func run() throws { try how.run(.pause, ids) }
}
