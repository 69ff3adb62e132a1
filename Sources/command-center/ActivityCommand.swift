import ArgumentParser
import Settings
import Shell

/// What was decided on this machine.
struct ActivityCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "activity",
    abstract: "List what was decided on this machine, from its journal, with what became of it.",
    discussion: """
      It asks no server. With -o jsonl it is the export: all that the journal has of each decision. \
      With --profile it is only what was decided there.
      """
  )

  @Option(
    help: ArgumentHelp(
      "Only what was decided since then: 8h, 2d, 2026-01-31, 2026-01-31T12:00:00Z.",
      valueName: "span"
    )
  )
  var since: Since?

  @Option(help: "Only this verb.", completion: .list(ActivityWanted.verbs))
  var verb: String?

  @Flag(help: "Only decisions of which it is not known what became of them.")
  var open = false

  @OptionGroup var output: OutputOptions
  @OptionGroup var options: GlobalOptions

  func validate() throws {
    if let verb, !ActivityWanted.verbs.contains(verb) {
      let verbs = ActivityWanted.verbs.joined(separator: ", ")
      throw ValidationError("--verb \(verb) is none; there are \(verbs)")
    }
  }

  func run() throws {
    let wanted = ActivityWanted(
      since: since,
      verb: verb,
      onlyOpen: open,
      profile: options.profile
    )
    try VerbRunner(options: options, output: output.output).run(.activity(wanted), over: nil)
  }
}

extension Since: ExpressibleByArgument {
  /// A span or a moment, as it is typed.
  public init?(argument: String) { self.init(argument) }
}
