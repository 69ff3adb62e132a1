import ArgumentParser
import Runs
import Shell

/// Approve what runs wait for.
struct ApproveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "approve",
    abstract: "Approve what runs wait for.",
    discussion: ActionOptions.discussion
  )

  @Argument(
    help: "The ids of tasks or of their runs, or the beginnings of them; - for standard input.",
    completion: .custom(Completion.tasks)
  )
  var ids: [String]

  @Option(help: ArgumentHelp("A comment that goes with the answer.", valueName: "text"))
  var comment: String?

  @Option(
    help: ArgumentHelp(
      "A value for a field of the task, typed as the field is; may be repeated.",
      valueName: "key=value"
    )
  )
  var set: [String] = []

  @OptionGroup var how: ActionOptions

  func run() throws {
    try how.run(.approve, ids, comment: comment, edits: set)
  }
}
