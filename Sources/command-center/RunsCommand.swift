import ArgumentParser
import Shell

/// The feed of runs.
struct RunsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs",
    abstract: "List runs, the newest first: all that the server lists, or some of them."
  )

  @Option(help: "Only runs that fit, in the filter language of the inbox.")
  var filter = ""

  @Option(
    help: ArgumentHelp("Only runs of these statuses, between commas.", valueName: "status")
  )
  var status: Statuses?

  @Option(
    help: ArgumentHelp("Only runs of this workflow: its name or id.", valueName: "workflow"),
    completion: .custom(Completion.workflows)
  )
  var workflow: String?

  @Option(help: ArgumentHelp("The newest so many.", valueName: "count"))
  var limit: Int?

  @Flag(help: "List them again at every change, until it is interrupted.")
  var watch = false

  @OptionGroup var output: OutputOptions
  @OptionGroup var options: GlobalOptions

  func validate() throws {
    if let limit, limit < 1 { throw ValidationError("--limit wants a number from 1 on") }
  }

  func run() throws {
    let wanted = RunsWanted(
      filter: filter,
      statuses: status?.statuses ?? [],
      workflow: workflow,
      limit: limit,
      watches: watch
    )
    try VerbRunner(options: options, output: output.output).run(.runs(wanted))
  }
}
