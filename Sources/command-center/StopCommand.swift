import ArgumentParser
import Runs
import Shell

/// Stop a run.
struct StopCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stop",
    abstract: "Stop a run: gracefully, or now."
  )

  /// How to stop; one of the two must be said.
  enum Mode: String, EnumerableFlag {
    case graceful
    case now

    static func help(for value: Mode) -> ArgumentHelp? {
      switch value {
      case .graceful: "What is in flight finishes; nothing new starts."
      case .now: "What is in flight is cancelled."
      }
    }
  }

  @Argument(help: ArgumentHelp("The run's id, or the beginning of it.", valueName: "run"))
  var id: String

  @Flag var mode: Mode

  @Option(help: "The name of a protected profile, to stop a run of it now.")
  var confirm: String?

  @OptionGroup var runOptions: RunOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var options: GlobalOptions

  func run() throws {
    let runner = VerbRunner(
      options: options,
      output: output.output,
      workflow: runOptions.workflow,
      confirmed: confirm
    )
    try runner.run(.stop(id, mode == .graceful ? .graceful : .immediate))
  }
}
