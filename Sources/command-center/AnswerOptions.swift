import ArgumentParser
import Runs
import Shell

/// What an answer to tasks takes, whether it is yes or no.
struct AnswerOptions: ParsableArguments {
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

  /// Sends the answer.
  func run(_ verb: Verb) throws { try how.run(verb, ids, comment: comment, edits: set) }
}
