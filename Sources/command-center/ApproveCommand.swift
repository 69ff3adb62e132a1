import ArgumentParser
import Runs

/// Approve what runs wait for.
struct ApproveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "approve",
    abstract: "Approve what runs wait for.",
    discussion: ActionOptions.discussion
  )

  @OptionGroup var answer: AnswerOptions

  func run() throws { try answer.run(.approve) }
}
