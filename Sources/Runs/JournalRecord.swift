/// One decision as the journal has it, put together from its lines.
package struct JournalRecord: Sendable, Equatable {
  /// What became of it.
  package enum Fate: Sendable, Equatable {
    /// In the undo window, and not sent yet.
    case held
    /// To be sent with others, and not sent yet.
    case planned(BatchID)
    /// Sent, or about to be, and nothing after that: only reading tells.
    case open
    /// What became of it. `later` when another program read it back after the one that sent it
    /// ended; then there is no latency, which else counts from the decision.
    case settled(OutcomeWord, detail: String?, at: Timestamp, latency: Duration?, later: Bool)
    /// Taken back before it was sent.
    case withdrawn(why: String, at: Timestamp)
  }

  /// What was decided; of a task's payload only the digest is known.
  package var decision: Decision
  package var place: JournalPlace
  package var fate: Fate
  /// When the line before sending was written last; nil when there is none.
  package var sentAt: Timestamp?
  /// When it was decided first, where it was decided again since, as in a bulk that was cut short and
  /// taken up by a later program; nil else.
  package var firstAt: Timestamp?
  /// The name of the journal file that has the decision itself, within its folder.
  package var file: String
  /// Whether the program that writes that file lives, and may write more about this.
  package var isLive: Bool

  /// A record.
  package init(
    decision: Decision,
    place: JournalPlace,
    fate: Fate,
    sentAt: Timestamp? = nil,
    firstAt: Timestamp? = nil,
    file: String,
    isLive: Bool = false
  ) {
    self.decision = decision
    self.place = place
    self.fate = fate
    self.sentAt = sentAt
    self.firstAt = firstAt
    self.file = file
    self.isLive = isLive
  }

  /// What the decision is called.
  package var id: DecisionID { decision.id }

  /// The moment that it stands at in a list: when it was decided, for the last time.
  package var at: Timestamp { decision.madeAt }

  /// Whether it is for another program to read back what became of it, since the one that sent it
  /// ended without knowing.
  package var isOpen: Bool {
    guard !isLive else { return false }
    return switch fate {
    case .open, .settled(.unknown, _, _, _, later: false): true
    case .held, .planned, .settled, .withdrawn: false
    }
  }

  /// Why a decision is not sent any more whose program ended inside the undo window.
  package static let endedInWindow = "not sent: the program ended inside the undo window"

  /// Whether a program ended inside the undo window of it.
  package var isLeftHeld: Bool { fate == .held && !isLive }

  /// Whether it was planned by a program that ended before it sent it.
  package var isLeftPlan: Bool {
    if case .planned = fate { !isLive } else { false }
  }
}
