import ArgumentParser
import Runs

/// Reject what runs wait for.
struct RejectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reject",
    abstract: "Reject what runs wait for.",
    discussion: ActionOptions.discussion
  )

  @OptionGroup var answer: AnswerOptions

  func run() throws { try answer.run(.reject) }
}
