import ArgumentParser
import Shell

/// Approve what a run waits for.
struct ApproveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "approve",
    abstract: "Approve what a run waits for."
  )

  @Argument(help: "The id of the task or of its run, or the beginning of it.")
  var id: String

  @OptionGroup var runOptions: RunOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var options: GlobalOptions

  func run() throws {
    try VerbRunner(options: options, output: output.output, workflow: runOptions.workflow)
      .run(.approve(id))
  }
}
