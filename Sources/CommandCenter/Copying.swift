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
  /// Copies the id of the run that is selected, or looked at, or the key of a decision; as one clean
  /// line, since it will be pasted into a shell.
  func copyID() -> [Effect] {
    let text: String? =
      switch screenLayer {
      case .run(let screen): screen.reference.run.text
      case .activity: activity.selection?.copied
      case .record(let screen): screen.record.id.text
      default: inbox.selection?.id.run.text
      }
    guard let text, !text.isEmpty else { return [] }
    return [.copy(Text.sanitised(text))]
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
