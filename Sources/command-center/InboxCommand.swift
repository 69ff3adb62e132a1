import ArgumentParser
import Shell

/// What needs a person.
struct InboxCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inbox",
    abstract: "List what needs you: approvals, runs that drain, run, or failed in the last day."
  )

  @Option(
    help: "Only rows with these words; also status: workflow: step: code: age:>10m credits:>5 …"
  )
  var filter = ""

  @Flag(help: "List them again at every change, until it is interrupted.")
  var watch = false

  @OptionGroup var output: OutputOptions
  @OptionGroup var options: GlobalOptions

  func run() throws {
    try VerbRunner(options: options, output: output.output)
      .run(.inbox(filter: filter, watches: watch))
  }
}
