import ArgumentParser
import Shell

/// The events of a run.
struct EventsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "events",
    abstract: "List the events of a run."
  )

  @Argument(help: ArgumentHelp("The run's id, or the beginning of it.", valueName: "run"))
  var id: String

  @Option(help: "Only events behind this number.")
  var after: Int?

  @OptionGroup var runOptions: RunOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var options: GlobalOptions

  func run() throws {
    try VerbRunner(options: options, output: output.output, workflow: runOptions.workflow)
      .run(.events(id, after: after))
  }
}
