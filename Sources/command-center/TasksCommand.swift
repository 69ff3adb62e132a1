import ArgumentParser
import Shell

/// The tasks that wait for a person.
struct TasksCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tasks",
    abstract: "List the tasks that wait for a person, with what is decided on."
  )

  @Argument(
    help: ArgumentHelp("Only those of this run: its id, or the beginning of it.", valueName: "run"),
    completion: .custom(Completion.runs)
  )
  var id: String?

  @Flag(help: "List them again at every change, until it is interrupted.")
  var watch = false

  @OptionGroup var output: OutputOptions
  @OptionGroup var options: GlobalOptions

  func run() throws {
    try VerbRunner(options: options, output: output.output).run(.tasks(run: id, watches: watch))
  }
}
