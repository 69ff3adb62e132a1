/// What was found in the journal of programs that ended too early, and what became of it.
package struct Unfinished: Sendable, Equatable {
  /// A command that was open, and what reading it back said.
  package struct Settled: Sendable, Equatable {
    /// The decision as the journal had it.
    package var record: JournalRecord
    /// What became of it; a fault leaves it open for the next start.
    package var outcome: Result<Outcome, Fault>

    /// A command that was read back, or could not be.
    package init(record: JournalRecord, outcome: Result<Outcome, Fault>) {
      self.record = record
      self.outcome = outcome
    }
  }

  /// Commands that were open, in the order in which they were decided.
  package var settled: [Settled]
  /// Decisions that were planned with others and never sent.
  package var planned: [JournalRecord]
  /// Decisions whose undo window was not over: they were never sent, and are not any more.
  package var unsent: [JournalRecord]
  /// What could not be read of the journals, a sentence each.
  package var remarks: [String]

  /// What was found.
  package init(
    settled: [Settled] = [],
    planned: [JournalRecord] = [],
    unsent: [JournalRecord] = [],
    remarks: [String] = []
  ) {
    self.settled = settled
    self.planned = planned
    self.unsent = unsent
    self.remarks = remarks
  }

  /// Whether there is nothing to tell.
  package var isEmpty: Bool {
    settled.isEmpty && planned.isEmpty && unsent.isEmpty && remarks.isEmpty
  }
}
