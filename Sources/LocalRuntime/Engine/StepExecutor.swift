import JSON
import Runs

/// What an executor is asked to do: one attempt of one step, its templates resolved.
struct StepCall: Sendable, Equatable {
  var run: RunID
  var step: GraphStep
  /// From 1.
  var attempt: Int
  /// The value of ``GraphStep/parametersField`` with its templates replaced.
  var parameters: JSONObject
  /// What the step's templates can read, and its script.
  var scope = TemplateScope()
  /// The identity of the attempt's place within the run: the step's id, or for a step in a loop's
  /// body an internal one with the iteration.
  var place = ""
}

/// Executes steps of one type.
///
/// The engine keys executors by the type's word: a new type is a new executor. Cancelling the task
/// ends the work itself, not only the waiting for it.
protocol StepExecutor: Sendable {
  /// Executes one attempt within the step's `timeout_s`.
  /// - Parameters:
  ///   - call: The attempt.
  ///   - note: Takes what happens on the way, for the run's events.
  /// - Returns: What the step made.
  /// - Throws: ``StepFailure``; what it throws after a cancellation is not looked at.
  func execute(
    _ call: StepCall,
    note: @escaping @Sendable (StepNote) -> Void
  ) async throws(StepFailure) -> JSONValue
}

/// Something that happened while a step executed.
struct StepNote: Sendable, Equatable {
  /// The event's type, such as `tool_called`.
  var type: String
  var data: JSONObject
}

/// Why an attempt failed.
struct StepFailure: Error, Sendable, Equatable {
  /// The product's code, such as `MCP_TOOL_FAILED`.
  var code: String
  /// One sentence.
  var message: String
  /// Whether another attempt may go better: the server was gone, or too slow.
  var isTransient = false
  /// How long to wait before another attempt, when the other side says it.
  var retryAfter: Duration?
}
