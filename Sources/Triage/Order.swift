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

  /// Whether one row stands before another of the same section.
  func places(_ left: Row, before right: Row) -> Bool {
    switch self {
    case .workflow where left.title != right.title: left.title < right.title
    default: byAge(left, right)
    }
  }

  private func byAge(_ left: Row, _ right: Row) -> Bool {
    switch (left.since, right.since) {
    case (let one?, let other?) where one != other:
      return left.section == .failed ? one > other : one < other
    case (nil, .some): return false
    case (.some, nil): return true
    default:
      // Ties are broken by identity: a poll must not make rows dance.
      if left.id.run != right.id.run { return left.id.run < right.id.run }
      return (left.id.task?.text ?? "") < (right.id.task?.text ?? "")
    }
  }
}
