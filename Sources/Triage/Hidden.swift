package import Runs

/// The failures that the operator is done with, until something new happens to them.
///
/// One comes back when its run changes, and when another run fails with its cause after it was
/// hidden. It is forgotten once its day is over.
package struct Hidden: Sendable, Equatable {
  /// What is known of a failure when it is hidden.
  package struct Entry: Sendable, Equatable {
    /// How its run stood.
    package var state: String
    /// When it ended.
    package var ended: Timestamp
    /// Its cause, by its short name; nil where none was told.
    package var cause: String?
    /// When the newest failure of that cause ended.
    package var newest: Timestamp?

    /// What is known of a failure.
    package init(state: String, ended: Timestamp, cause: String?, newest: Timestamp?) {
      self.state = state
      self.ended = ended
      self.cause = cause
      self.newest = newest
    }
  }

  /// The failures by their runs.
  package private(set) var entries: [RunID: Entry] = [:]

  /// Nothing hidden.
  package init(_ entries: [RunID: Entry] = [:]) { self.entries = entries }

  /// Whether nothing is hidden.
  package var isEmpty: Bool { entries.isEmpty }

  /// Whether a run is hidden.
  package func contains(_ run: RunID) -> Bool { entries[run] != nil }

  /// Hides a failure, or shows it again with nil.
  package subscript(run: RunID) -> Entry? {
    get { entries[run] }
    set { entries[run] = newValue }
  }

  /// What is known of a failure that is to be hidden.
  /// - Parameters:
  ///   - row: The failure.
  ///   - inbox: Where it stands.
  /// - Returns: Nil for a row that is no failure.
  package static func entry(of row: Row, in inbox: Inbox) -> Entry? {
    guard row.section == .failed, let run = row.run else { return nil }
    return Entry(
      state: state(of: run),
      ended: Inbox.ended(run) ?? inbox.at,
      cause: Cause(run)?.key,
      newest: inbox.newest(sharing: row)
    )
  }

  private static func state(of run: Run) -> String {
    let ended = Inbox.ended(run).map { String($0.milliseconds) } ?? "-"
    return "\(run.status.word) \(ended) \(run.lastEvent.map(String.init) ?? "-")"
  }

  /// Forgets what woke up, and what is over.
  mutating func forget(
    _ failures: [Row],
    _ causes: [Cause?],
    among runs: [Run],
    at moment: Timestamp
  ) {
    guard !entries.isEmpty else { return }
    for run in runs {
      if let entry = entries[run.id], entry.state != Hidden.state(of: run) { entries[run.id] = nil }
    }
    var newest: [String: Timestamp] = [:]
    for cause in Set(entries.values.compactMap(\.cause)) { newest[cause] = Timestamp.longAgo }
    // The short name of each cause is made once, however many share it.
    var names: [Cause: String] = [:]
    for place in failures.indices {
      guard let cause = causes[place], let ended = failures[place].run.flatMap(Inbox.ended) else {
        continue
      }
      let name = names[cause] ?? cause.key
      names[cause] = name
      if let known = newest[name], ended > known { newest[name] = ended }
    }
    entries = entries.filter { _, entry in
      guard moment - entry.ended <= Inbox.failureWindow else { return false }
      guard let cause = entry.cause, let latest = newest[cause] else { return true }
      return latest <= entry.newest ?? latest
    }
  }

  /// How many of some rows are hidden.
  func count(among rows: [Row]) -> Int {
    isEmpty ? 0 : rows.count { contains($0.id.run) }
  }
}

extension Timestamp {
  fileprivate static let longAgo = Timestamp(milliseconds: .min)
}
