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
    /// What is unknown comes last.
    var since: Int64
    /// How the run's id begins, as a number: settles nearly every tie without a look at the row.
    var head: UInt64
    var place: Int
  }

  /// The rows of one section, in order.
  func sorted(_ rows: [Row]) -> [Row] {
    let sign: Int64 = rows.first?.section == .failed ? -1 : 1
    var ranks = rows.indices.map { place in
      Rank(
        title: self == .workflow ? rows[place].title : "",
        since: rows[place].since.map { $0.milliseconds * sign } ?? Int64.max,
        head: Order.head(of: rows[place].id.run.text),
        place: place
      )
    }
    ranks.sort { left, right in
      if left.title != right.title { return left.title < right.title }
      if left.since != right.since { return left.since < right.since }
      // Ties are broken by identity: a poll must not make rows dance.
      if left.head != right.head { return left.head < right.head }
      let (one, other) = (rows[left.place].id, rows[right.place].id)
      if one.run != other.run { return one.run < other.run }
      return (one.task?.text ?? "") < (other.task?.text ?? "")
    }
    return ranks.map { rows[$0.place] }
  }

  private static func head(of text: String) -> UInt64 {
    let bytes = text.utf8.span
    var head: UInt64 = 0
    for index in 0..<8 { head = head << 8 | (index < bytes.count ? UInt64(bytes[index]) : 0) }
    return head
  }
}
