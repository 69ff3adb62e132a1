package import Runs

/// The rows that the operator has marked, to act on all of them at once.
///
/// A mark holds an identity: it survives refreshes, filters and other orders, and says nothing of
/// what the row showed when it was marked.
package struct Marks: Sendable, Equatable {
  /// What is marked.
  package private(set) var ids: Set<RowID> = []
  /// The row that was marked last; a range begins there.
  package private(set) var anchor: RowID?

  /// No marks.
  package init() {}

  /// Whether nothing is marked.
  package var isEmpty: Bool { ids.isEmpty }
  /// How many rows are marked.
  package var count: Int { ids.count }

  /// Whether a row is marked.
  package func contains(_ id: RowID) -> Bool { ids.contains(id) }

  /// Marks a row, or takes its mark away.
  package mutating func toggle(_ id: RowID) {
    if ids.remove(id) == nil {
      ids.insert(id)
      anchor = id
    } else if anchor == id {
      anchor = nil
    }
  }

  /// Marks rows besides those that are marked; a range goes on from the last of them.
  package mutating func add(_ rows: some Sequence<RowID>, anchor: RowID? = nil) {
    ids.formUnion(rows)
    self.anchor = anchor ?? self.anchor
  }

  /// Takes the marks of rows away.
  package mutating func remove(_ rows: some Sequence<RowID>) {
    ids.subtract(rows)
    if let anchor, !ids.contains(anchor) { self.anchor = nil }
  }

  /// Takes the marks of rows away that are not in the inbox any more.
  /// - Parameters:
  ///   - inbox: The newest reading.
  ///   - tasksAreKnown: Whether the approvals could be read; if not, theirs stay.
  /// - Returns: What lost its mark.
  package mutating func drop(missingFrom inbox: Inbox, tasksAreKnown: Bool) -> Set<RowID> {
    guard !ids.isEmpty else { return [] }
    var missing = ids
    for section in Section.allCases where !missing.isEmpty {
      for row in inbox.rows[section] ?? [] { missing.remove(row.id) }
    }
    if !tasksAreKnown { missing = missing.filter { $0.section != .awaiting } }
    remove(missing)
    return missing
  }
}

/// What rows have in common that one decision may fit: failures their cause, approvals the step of
/// the workflow that asks.
package enum Likeness: Hashable, Sendable {
  case cause(Cause)
  case question(WorkflowID, StepID)

  /// What a row shares with others; nil where there is no such thing.
  package init?(_ row: Row) {
    if let task = row.task {
      guard let workflow = row.reference?.workflow else { return nil }
      self = .question(workflow, task.step)
    } else if let cause = row.run.flatMap({ Cause($0) }) {
      self = .cause(cause)
    } else {
      return nil
    }
  }
}
