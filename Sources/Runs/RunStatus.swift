/// How a run stands, in the product's words; a word that we do not know is kept as it came.
package enum RunStatus: Hashable, Sendable {
  case pending
  case queued
  case starting
  case running
  case paused
  case draining
  case completed
  case failed
  case stopped
  case other(String)

  /// The status of a word, synonyms included (`cancelled` is stopped, `success` is completed).
  package init(_ word: String) {
    self =
      switch word.lowercased() {
      case "pending": .pending
      case "queued": .queued
      case "starting": .starting
      case "running": .running
      case "paused": .paused
      case "draining": .draining
      case "completed", "succeeded", "success": .completed
      case "failed": .failed
      case "stopped", "cancelled", "canceled": .stopped
      default: .other(word)
      }
  }

  /// The product's word.
  package var word: String {
    switch self {
    case .pending: "pending"
    case .queued: "queued"
    case .starting: "starting"
    case .running: "running"
    case .paused: "paused"
    case .draining: "draining"
    case .completed: "completed"
    case .failed: "failed"
    case .stopped: "stopped"
    case .other(let word): word
    }
  }

  /// What a run of this status allows; decisions are bound to it rather than to the word.
  package var phase: RunPhase {
    switch self {
    case .pending, .queued, .starting: .waiting
    case .running, .other: .running
    case .paused: .paused
    case .draining: .draining
    case .completed, .failed, .stopped: .ended
    }
  }

  /// Whether the run is over; nothing brings it back.
  package var isTerminal: Bool { phase == .ended }
}

/// The classes of status that a decision is bound to: between two words of one class nothing that
/// an operator decides on has changed.
package enum RunPhase: String, Sendable, Hashable {
  /// Not started yet.
  case waiting
  case running
  case paused
  case draining
  case ended
}
