import ArgumentParser
import Runs
import Shell

/// Reject what runs wait for.
struct RejectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reject",
    abstract: "Reject what runs wait for.",
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
    try how.run(.reject, ids, comment: comment, edits: set)
  }
}
