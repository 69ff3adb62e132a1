/// The parts of the inbox, in the product's words and order.
package enum Section: Int, Sendable, Hashable, CaseIterable, Comparable {
  /// Tasks that wait for a person.
  case awaiting
  /// Runs that drain.
  case draining
  /// Runs that are going, will go, or are held.
  case running
  /// Runs that failed or were stopped in the last 24 hours.
  case failed

  /// The heading.
  package var title: String {
    switch self {
    case .awaiting: "AWAITING APPROVAL"
    case .draining: "STOPPING GRACEFULLY"
    case .running: "RUNNING NOW"
    case .failed: "FAILED RECENTLY"
    }
  }

  /// The heading where there is little room.
  package var shortTitle: String {
    switch self {
    case .awaiting: "AWAITING APPROVAL"
    case .draining: "STOPPING"
    case .running: "RUNNING"
    case .failed: "FAILED"
    }
  }

  /// The section's name in the filter language and in the shell.
  package var word: String {
    switch self {
    case .awaiting: "awaiting"
    case .draining: "draining"
    case .running: "running"
    case .failed: "failed"
    }
  }

  /// The name within a sentence: "now under Running now".
  package var name: String {
    switch self {
    case .awaiting: "Awaiting approval"
    case .draining: "Stopping gracefully"
    case .running: "Running now"
    case .failed: "Failed recently"
    }
  }

  /// In the order of the screen.
  package static func < (left: Section, right: Section) -> Bool { left.rawValue < right.rawValue }
}
