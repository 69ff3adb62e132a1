import ArgumentParser
import Runs
import Settings
import Shell

/// What the next one on duty must know.
struct HandoverCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "handover",
    abstract: "Write a hand-over as Markdown: decisions, what waits, what failed, what runs.",
    discussion: """
      Decisions are those of this machine's journal on the profile's server; the rest is what the \
      server shows now. When it does not answer, the decisions are written nevertheless, and the exit \
      code says so.
      """
  )

  @Option(
    help: ArgumentHelp(
      "From when on: 8h, 2d, 2026-01-31, 2026-01-31T12:00:00Z.",
      valueName: "span"
    )
  )
  var since = Since.ago(.seconds(8 * 3600))

  @OptionGroup var options: GlobalOptions

  func run() throws {
    try VerbRunner(options: options, output: .table).run { place in
      .handover(since: since, place)
    }
  }
}
