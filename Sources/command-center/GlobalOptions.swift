import ArgumentParser
import Settings
import Shell

extension OutputForm: ExpressibleByArgument {}

/// Options of the front and of every verb.
struct GlobalOptions: ParsableArguments {
  @Option(help: "The profile of the config to use.")
  var profile: String?

  @Flag(help: "Change nothing: every verb that would is refused.")
  var readOnly = false

  @Option(help: "The theme.")
  var theme: String?

  /// The flags as the choice of a profile takes them.
  var flags: ProfileFlags {
    ProfileFlags(profile: profile, isReadOnly: readOnly, theme: theme)
  }
}

/// Options of every verb that answers.
struct OutputOptions: ParsableArguments {
  @Option(
    name: [.customShort("o"), .long],
    help: "How to write: table, json (one value) or jsonl (one value a line)."
  )
  var output: OutputForm = .table
}

/// Options of every verb that is about one run.
struct RunOptions: ParsableArguments {
  @Option(help: "The workflow's id, for a run that the server does not list any more.")
  var workflow: String?
}
