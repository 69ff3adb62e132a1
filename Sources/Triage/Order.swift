internal import Runs

/// How the rows of each section are ordered.
package enum Order: Sendable, Hashable, CaseIterable {
  /// What waits longest first; the newest failure first.
  case age
  /// By the workflow's name.
  case workflow

  /// The next order, around.
  package var next: Order { self == .age ? .workflow : .age }

  /// The order in a few words.
  package var words: String {
    switch self {
    case .age: "oldest first, newest failure first"
    case .workflow: "by workflow"
    }
  }

  /// What a row is ordered by, read once: comparing whole rows would copy them each time.
  private struct Rank {
    var title: String
    var since: Int64?
    var id: RowID
    var place: Int
  }

  /// The rows of one section, in order.
  func sorted(_ rows: [Row]) -> [Row] {
    let newestFirst = rows.first?.section == .failed
    var ranks = rows.enumerated().map { place, row in
      Rank(
        title: self == .workflow ? row.title : "",
        since: row.since?.milliseconds,
        id: row.id,
        place: place
      )
    }
    ranks.sort { left, right in
      if left.title != right.title { return left.title < right.title }
      switch (left.since, right.since) {
      case (let one?, let other?) where one != other:
        return newestFirst ? one > other : one < other
      case (nil, .some): return false
      case (.some, nil): return true
      default:
        // Ties are broken by identity: a poll must not make rows dance.
        if left.id.run != right.id.run { return left.id.run < right.id.run }
        return (left.id.task?.text ?? "") < (right.id.task?.text ?? "")
      }
    }
    return ranks.map { rows[$0.place] }
  }
}
