import JSON
import Runs
import RuntimeAPI

/// What is measured, an hour at a time.
enum Measure: String, Sendable, CaseIterable {
  /// Runs that were started; the key is the trigger.
  case runsStarted = "runs_started"
  /// Runs that ended; the key is the status, the amount how many milliseconds they took.
  case runsEnded = "runs_ended"
  /// Steps that were begun, as they are charged; the key is the type.
  case stepsBegun = "steps_begun"
  /// Steps that ended; the key is type and outcome, the amount how many milliseconds they took.
  case stepsEnded = "steps_ended"
  /// Charges; the key is the action, the amount microcredits.
  case credits
  /// Tokens that models read; the key is the model, the amount tokens.
  case tokensRead = "tokens_in"
  /// Tokens that models wrote; the key is the model, the amount tokens.
  case tokensWritten = "tokens_out"
}

/// How much was used; a sum that other sums are added to.
struct Usage: Sendable, Equatable {
  /// What is summed up together.
  struct Place: Sendable, Hashable {
    var measure: Measure
    /// Hours since the epoch.
    var hour: Int64
    var key: String
  }

  /// A sum.
  struct Sum: Sendable, Equatable {
    var count: Int64 = 0
    var amount: Int64 = 0
  }

  private(set) var sums: [Place: Sum] = [:]

  /// Adds one thing that happened.
  mutating func add(_ measure: Measure, at moment: Timestamp, key: String, amount: Int64) {
    let place = Place(measure: measure, hour: Self.hour(of: moment), key: key)
    var sum = sums[place] ?? Sum()
    sum.count += 1
    sum.amount = sum.amount.plus(amount)
    sums[place] = sum
  }

  /// The hour that a moment lies in.
  static func hour(of moment: Timestamp) -> Int64 {
    let milliseconds = moment.milliseconds
    let hour = milliseconds / 3_600_000
    return milliseconds % 3_600_000 < 0 ? hour - 1 : hour
  }
}

extension Int64 {
  /// The sum; what does not fit stays at the largest number there is.
  func plus(_ other: Int64) -> Int64 {
    let (sum, isTooLarge) = addingReportingOverflow(other)
    guard isTooLarge else { return sum }
    return other < 0 ? .min : .max
  }
}

extension Sequence<UsageSum> {
  /// The sum of one of their numbers.
  func total(_ number: (UsageSum) -> Int64) -> Int64 { reduce(0) { $0.plus(number($1)) } }
}

/// Reads from the events of one run what was used.
///
/// Sums and events are written in one transaction, and the sums are made from the events alone: they
/// cannot tell two stories.
struct UsageReading: Sendable {
  /// Types of steps by their ids, for ends whose beginning is not among the events that are read.
  var stepTypes: [String: String]
  /// When steps began, for the same.
  var stepStarts: [String: Timestamp] = [:]
  private(set) var usage = Usage()
  private var runStart: Timestamp?

  /// A reading.
  /// - Parameters:
  ///   - stepTypes: By id.
  ///   - stepStarts: By id.
  ///   - runStart: When the run began, unless its beginning is among the events.
  init(
    stepTypes: [String: String],
    stepStarts: [String: Timestamp] = [:],
    runStart: Timestamp? = nil
  ) {
    self.stepTypes = stepTypes
    self.stepStarts = stepStarts
    self.runStart = runStart
  }

  /// Reads an event as it is answered.
  mutating func read(_ value: JSONValue) {
    if let event = EventWire.read(value) { read(event) }
  }

  /// Reads an event.
  mutating func read(_ event: RunEvent) {
    guard let at = event.at else { return }
    let step = event.step?.text ?? ""
    switch event.type {
    case "run_started":
      runStart = at
      usage.add(.runsStarted, at: at, key: event.data["trigger"]?.string ?? "", amount: 0)
    case "state_changed":
      let status = RunStatus(event.data["to"]?.string ?? "")
      guard status.isTerminal else { return }
      let took = milliseconds(from: runStart, to: at)
      usage.add(.runsEnded, at: at, key: status.word, amount: took)
    case "step_started":
      stepStarts[step] = stepStarts[step] ?? at
      stepTypes[step] = event.data["type"]?.string ?? stepTypes[step]
      // Tried again, it is still the one step.
      guard event.data["attempt"]?.int ?? 1 == 1 else { return }
      usage.add(.stepsBegun, at: at, key: stepTypes[step] ?? "unknown", amount: 0)
    case "step_completed" where event.data["skipped"]?.bool == true:
      end(step, "skipped", at, event)
    case "step_completed":
      end(step, "completed", at, event)
      if stepTypes[step] == StepType.llmCall.word { tokens(event, at) }
    case "step_failed":
      // What a stop ended has not failed.
      let isStopped = event.data["reason"]?.string == "run_stopped"
      end(step, isStopped ? "cancelled" : "failed", at, event)
    case "step_cancelled": end(step, "cancelled", at, event)
    case "credits_charged":
      guard let amount = Self.amount(event) else { return }
      let action = event.data["action"]?.string ?? ""
      usage.add(.credits, at: at, key: action, amount: amount.microcredits)
    default: break
    }
  }

  /// A number of tokens that somebody else told: no less than none, and no more than can be meant.
  static func tokens(_ told: Int?) -> Int { min(max(0, told ?? 0), 1_000_000_000) }

  /// What a charge amounts to.
  static func amount(_ event: RunEvent) -> Credits? {
    if let whole = event.data["microcredits"]?.int { return Credits(microcredits: Int64(whole)) }
    return event.data["credits"].flatMap { Credits($0) }
  }

  private mutating func end(_ step: String, _ outcome: String, _ at: Timestamp, _ event: RunEvent) {
    let type = event.data["type"]?.string ?? stepTypes[step] ?? "unknown"
    let said = event.data["duration_ms"]?.int.map { Int64(max(0, $0)) }
    let took = said ?? milliseconds(from: stepStarts[step], to: at)
    usage.add(.stepsEnded, at: at, key: "\(type)|\(outcome)", amount: took)
    stepStarts[step] = nil
  }

  private mutating func tokens(_ event: RunEvent, _ at: Timestamp) {
    guard let result = event.data["result"]?.object, let read = result["tokens_in"]?.int,
      let written = result["tokens_out"]?.int
    else { return }
    let model = result["model"]?.string ?? ""
    usage.add(.tokensRead, at: at, key: model, amount: Int64(Self.tokens(read)))
    usage.add(.tokensWritten, at: at, key: model, amount: Int64(Self.tokens(written)))
  }

  private func milliseconds(from start: Timestamp?, to end: Timestamp) -> Int64 {
    max(0, start.map { end.milliseconds - $0.milliseconds } ?? 0)
  }
}
