import ArgumentParser
import Settings
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
      number, true, false, null, a list or an object, else as text. With --input or --again the words \
      are laid over what comes from there.

      The workflow is named by its name or id, by the beginning of its id, or by words of its name \
      (start order tri); then --yes confirms it. Where several fit, they are listed and nothing is \
      started.
      """,
    aliases: ["run"]
  )

  @Argument(
    help: "The workflow, then the input: key=value words, or one JSON object.",
    completion: .custom(Completion.startWords)
  )
  var words: [String] = []

  @Option(
    help: ArgumentHelp(
      "Read the input from a file of JSON; - is standard input.",
      valueName: "file"
    ),
    completion: .file(extensions: ["json"])
  )
  var input: String?

  @Option(
    help: ArgumentHelp("Start the workflow of this run again, with its input.", valueName: "run"),
    completion: .custom(Completion.runs)
  )
  var again: String?

  @Flag(help: "Print what would be sent, and send nothing.")
  var dryRun = false

  @Flag(help: "Start the workflow that words of its name stand for, without asking back.")
  var yes = false

  @Flag(help: "Send it though the journal cannot be written.")
  var unrecorded = false

  @OptionGroup var wait: WaitOptions
  @OptionGroup var runOptions: RunOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var options: GlobalOptions

  /// The longest input that is read, in bytes.
  private static let bound = 8 << 20

  func run() throws {
    var text: String?
    if let input {
      do throws(Mistake) {
        let bytes = try StandardInput.bytes(of: input, bound: StartCommand.bound)
        text = String(decoding: bytes, as: UTF8.self)
      } catch {
        throw Terse.end(error)
      }
    }
    let start = Start(
      words,
      input: text,
      again: again,
      isRehearsal: dryRun,
      isConfirmed: yes,
      allowsUnrecorded: unrecorded,
      wait: wait.patience
    )
    try VerbRunner(options: options, output: output.output, workflow: runOptions.workflow)
      .run(.start(start))
  }
}
