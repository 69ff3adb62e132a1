import ArgumentParser
import Runs
import Shell

/// Resume paused runs.
struct ResumeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume",
    abstract: "Resume paused runs.",
    discussion: ActionOptions.discussion
  )

  @Argument(
    help: "The ids of the runs, or the beginnings of them; - for standard input.",
    completion: .custom(Completion.paused)
  )
  var ids: [String]

  @OptionGroup var how: ActionOptions

  func run() throws { try how.run(.resume, ids) }
}
