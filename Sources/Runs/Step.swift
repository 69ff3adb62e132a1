package import JSON

/// What became of a step, in the product's words.
package enum StepOutcome: Hashable, Sendable {
  /// Not reached yet.
  case pending
  case running
  /// Waits for a person.
  case waiting
  case success
  /// The cause of the run's failure.
  case failed
  /// In flight when another step failed the run.
  case cancelled
  /// In flight when an operator stopped the run: not the same as cancelled.
  case stopped
  /// Never started, for a reason.
  case skipped(SkipReason)

  /// The badge, as the product shows it.
  package var badge: String {
    switch self {
    case .pending: "Pending"
    case .running: "Running"
    case .waiting: "Waiting"
    case .success: "Success"
    case .failed: "Failed"
    case .cancelled: "Cancelled"
    case .stopped: "Stopped"
    case .skipped(.blocked): "Skipped (Blocked)"
    case .skipped(.outOfScope): "Skipped (Out of scope)"
    case .skipped(.disabled): "Skipped (Disabled)"
    case .skipped(.condition): "Skipped"
    case .skipped(.other(let word)): "Skipped (\(word))"
    }
  }

  /// Whether the step will not change any more.
  package var isSettled: Bool {
    switch self {
    case .pending, .running, .waiting: false
    default: true
    }
  }
}

/// Why a step was skipped.
package enum SkipReason: Hashable, Sendable {
  case blocked
  case outOfScope
  case disabled
  /// Its own condition said no.
  case condition
  case other(String)

  /// The reason of a word; an absent one is a condition that said no.
  package init(_ word: String?) {
    self =
      switch word {
      case "blocked": .blocked
      case "out_of_scope": .outOfScope
      case "step_disabled": .disabled
      case nil, "", "condition", "skip_when": .condition
      case .some(let word): .other(word)
      }
  }

  /// The API's word.
  package var word: String {
    switch self {
    case .blocked: "blocked"
    case .outOfScope: "out_of_scope"
    case .disabled: "step_disabled"
    case .condition: "condition"
    case .other(let word): word
    }
  }
}

/// A step of a run: what the graph says of it and what became of it.
package struct Step: Sendable, Equatable {
  package var id: StepID
  package var name: String?
  package var type: String?
  package var dependsOn: [StepID]
  package var outcome: StepOutcome
  package var startedAt: Timestamp?
  package var endedAt: Timestamp?
  /// Why it failed.
  package var failure: Failure?
  /// The step whose failure cancelled or blocked it.
  package var causedBy: StepID?
  /// What it made.
  package var result: JSONValue?
  /// How often it was tried.
  package var tries = 0
  package var credits: Credits?

  /// A step of which nothing has happened yet.
  package init(
    id: StepID,
    name: String? = nil,
    type: String? = nil,
    dependsOn: [StepID] = [],
    outcome: StepOutcome = .pending
  ) {
    self.id = id
    self.name = name
    self.type = type
    self.dependsOn = dependsOn
    self.outcome = outcome
  }

  /// The name, else the id.
  package var title: String { name ?? id.text }
}
