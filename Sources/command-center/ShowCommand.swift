import ArgumentParser
import Shell

/// One run.
struct ShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show a run: its status, steps, and why it failed or waits."
  )

  @Argument(
    help: ArgumentHelp("The run's id, or the beginning of it.", valueName: "run"),
    completion: .custom(Completion.runs)
  )
  var id: String

  @OptionGroup var wait: WaitOptions
  @OptionGroup var runOptions: RunOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var options: GlobalOptions

  func run() throws {
    try VerbRunner(options: options, output: output.output, workflow: runOptions.workflow)
      .run(.show(id, wait: wait.patience))
  }
}
