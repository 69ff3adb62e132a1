import ArgumentParser
import Shell

/// Start a run.
struct StartCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "start",
    abstract: "Start a run of a workflow.",
    discussion: """
      The input is key=value words, or one JSON object in quotes:

        command-center start order-triage order=42 channel=mail
        command-center start order-triage '{"order": 42, "channel": "mail"}'

      A value is read as the workflow's input_schema says; without one, as JSON where it is a \
      number, true, false, null, a list or an object, else as text.
      """
  )

  @Argument(help: "The workflow's name or id, or the beginning of it.")
  var workflow: String

  @Argument(help: "The input: key=value words, or one JSON object.")
  var input: [String] = []

  @OptionGroup var output: OutputOptions
  @OptionGroup var options: GlobalOptions

  func run() throws {
    try VerbRunner(options: options, output: output.output).run(.start(workflow, input: input))
  }
}
