import ArgumentParser
import Shell

/// Resume a paused run.
struct ResumeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume",
    abstract: "Resume a paused run."
  )

  @Argument(help: ArgumentHelp("The run's id, or the beginning of it.", valueName: "run"))
  var id: String

  @OptionGroup var runOptions: RunOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var options: GlobalOptions

  func run() throws {
    try VerbRunner(options: options, output: output.output, workflow: runOptions.workflow)
      .run(.resume(id))
  }
}
