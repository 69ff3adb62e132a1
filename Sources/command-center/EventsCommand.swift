import ArgumentParser
import Shell

/// The events of a run.
struct EventsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "events",
    abstract: "List the events of a run."
  )

  @Argument(
    help: ArgumentHelp("The run's id, or the beginning of it.", valueName: "run"),
    completion: .custom(Completion.runs)
  )
  var id: String

  @Option(help: ArgumentHelp("Only events behind this number.", valueName: "seq"))
  var after: Int?

  @Flag(name: .shortAndLong, help: "Go on with new events as they come, until the run has ended.")
  var follow = false

  @OptionGroup var runOptions: RunOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var options: GlobalOptions

  func run() throws {
    try VerbRunner(options: options, output: output.output, workflow: runOptions.workflow)
      .run(.events(id, after: after, follows: follow))
  }
}
