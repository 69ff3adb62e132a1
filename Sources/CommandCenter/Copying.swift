internal import Cells
internal import Runs
internal import Triage

/// What became of a text that was to be copied.
package enum CopyOutcome: Sendable, Equatable {
  /// The terminal was asked to take it; none says whether it did.
  case sent
  /// It is longer than terminals take.
  case tooLong
  /// The terminal has no way to take it.
  case noClipboard
}

extension Model {
  /// Copies the id of the run that is selected, or looked at; as one clean line, since it will be
  /// pasted into a shell.
  func copyID() -> [Effect] {
    let id: RunID? =
      if case .run(let screen) = screenLayer { screen.reference.run } else {
        inbox.selection?.id.run
      }
    guard let id, !id.text.isEmpty else { return [] }
    return [.copy(Text.sanitised(id.text))]
  }

  /// Says what became of it.
  mutating func tell(_ outcome: CopyOutcome, copying text: String) {
    let shown = Text.truncated(text, to: 40)
    switch outcome {
    case .sent: say("sent to the clipboard: \(shown)", .plain)
    case .tooLong: say("too long for the clipboard: \(shown)", .bad)
    case .noClipboard: say("this terminal takes no clipboard; id \(shown)", .bad)
    }
  }
}
