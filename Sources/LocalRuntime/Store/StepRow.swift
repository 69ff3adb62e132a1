import JSON
import Runs
import RuntimeAPI

/// A step's state as a row keeps it.
enum StepRow {
  static func json(_ state: StepState) -> JSONValue {
    let (word, reason) = words(state.outcome)
    var object: JSONObject = ["outcome": .string(word), "attempts": .int(state.attempts)]
    object["reason"] = reason.map { .string($0) }
    object["not_before"] = (state.notBefore?.iso8601).map { .string($0) }
    object["deadline"] = (state.deadline?.iso8601).map { .string($0) }
    object["code"] = (state.failure?.code).map { .string($0) }
    object["error"] = (state.failure?.message).map { .string($0) }
    object["started_at"] = (state.startedAt?.iso8601).map { .string($0) }
    object["ended_at"] = (state.endedAt?.iso8601).map { .string($0) }
    object["input"] = state.input
    object["result"] = state.result
    return .object(object)
  }

  static func read(_ value: JSONValue) -> StepState {
    var state = StepState()
    state.outcome = outcome(value["outcome"]?.string ?? "", value["reason"]?.string)
    state.attempts = value["attempts"]?.int ?? 0
    state.notBefore = moment(value["not_before"])
    state.deadline = moment(value["deadline"])
    state.failure = value["code"]?.string.map {
      StepFailure(code: $0, message: value["error"]?.string ?? "")
    }
    state.startedAt = moment(value["started_at"])
    state.endedAt = moment(value["ended_at"])
    state.input = value["input"]
    state.result = value["result"]
    return state
  }

  private static func moment(_ value: JSONValue?) -> Timestamp? {
    (value?.string).flatMap(Timestamp.init(iso8601:))
  }

  /// The word of an outcome.
  static func word(_ outcome: StepOutcome) -> String { words(outcome).0 }

  private static func words(_ outcome: StepOutcome) -> (String, String?) {
    switch outcome {
    case .pending: ("pending", nil)
    case .running: ("running", nil)
    case .waiting: ("waiting", nil)
    case .success: ("success", nil)
    case .failed: ("failed", nil)
    case .cancelled: ("cancelled", nil)
    case .stopped: ("stopped", nil)
    case .skipped(let reason): ("skipped", reason.word)
    }
  }

  private static func outcome(_ word: String, _ reason: String?) -> StepOutcome {
    switch word {
    case "running": .running
    case "waiting": .waiting
    case "success": .success
    case "failed": .failed
    case "cancelled": .cancelled
    case "stopped": .stopped
    case "skipped": .skipped(SkipReason(reason))
    default: .pending
    }
  }
}
