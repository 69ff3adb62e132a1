import ArgumentParser
import Shell

/// The workflows.
struct WorkflowsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "workflows",
    abstract: "List the workflows with their published versions."
  )

  @OptionGroup var output: OutputOptions
  @OptionGroup var options: GlobalOptions

  func run() throws {
    try VerbRunner(options: options, output: output.output).run(.workflows)
  }
}
