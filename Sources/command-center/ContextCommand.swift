import ArgumentParser
import Shell

/// What a run knows.
struct ContextCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "context",
    abstract: "Show a run's context: its input, the results of its steps, its variables."
  )

  @Argument(
    help: ArgumentHelp("The run's id, or the beginning of it.", valueName: "run"),
    completion: .custom(Completion.runs)
  )
  var id: String

  @Option(
    help: ArgumentHelp(
      "Only what lies there: names and numbers between dots, as steps.fetch.result.items.0",
      valueName: "path"
    )
  )
  var path: String?

  @OptionGroup var runOptions: RunOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var options: GlobalOptions

  func run() throws {
    try VerbRunner(options: options, output: output.output, workflow: runOptions.workflow)
      .run(.context(id, path: path))
  }
}
