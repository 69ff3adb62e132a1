internal import Cells
internal import CommandCenter
internal import Runs

/// What programs that ended too early had decided, as the shell tells it.
enum UnfinishedOutput {
  /// The lines for standard error, none when nothing was found open.
  static func lines(
    _ unfinished: Unfinished,
    _ context: ShellContext,
    at now: Timestamp
  ) -> [String] {
    guard !unfinished.settled.isEmpty || !unfinished.unsent.isEmpty else { return [] }
    let unsent = UnfinishedWords.unsent(unfinished.unsent, zone: context.zone, at: now)
    let sentences = unfinished.settled.map {
      "found open, since the program ended: "
        + UnfinishedWords.sentence($0, zone: context.zone, at: now)
    }
    return ((unsent.map { [$0] } ?? []) + sentences + unfinished.remarks).map { Text.sanitised($0) }
  }
}
