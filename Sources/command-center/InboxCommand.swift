import ArgumentParser
import Shell

/// What needs a person.
struct InboxCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inbox",
    abstract: "List what needs you: approvals, runs that drain, run, or failed in the last day."
  )

  @Option(help: "Only rows with these words; also status: section: workflow:")
  var filter = ""

  @OptionGroup var output: OutputOptions
  @OptionGroup var options: GlobalOptions

  func run() throws {
    try VerbRunner(options: options, output: output.output).run(.inbox(filter: filter))
  }
}
