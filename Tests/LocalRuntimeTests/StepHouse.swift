import JSON
import Runs
import Synchronization
import Testing

@testable import LocalRuntime

/// One attempt of one step, made by hand.
func attempt(
  _ type: StepType,
  _ raw: JSONObject = [:],
  id: String = "calc",
  timeout: Double? = nil,
  parameters: JSONObject = [:],
  scope: TemplateScope = TemplateScope()
) -> StepCall {
  let step = GraphStep(
    id: id,
    type: type,
    name: id,
    dependsOn: [],
    condition: nil,
    skipWhen: nil,
    enabled: true,
    timeout: timeout,
    retryCount: 0,
    noAutoStart: false,
    terminal: false,
    inputAllowlist: [],
    loop: nil,
    raw: raw
  )
  var call = StepCall(run: RunID("run"), step: step, attempt: 1, parameters: parameters)
  call.scope = scope
  return call
}

/// What a step noted on its way.
final class Notes: Sendable {
  private let notes = Mutex<[StepNote]>([])

  var all: [StepNote] { notes.withLock { $0 } }

  var take: @Sendable (StepNote) -> Void {
    { note in self.notes.withLock { $0.append(note) } }
  }
}

extension StepExecutor {
  /// Executes, for whoever does not look at the notes.
  func result(_ call: StepCall) async throws(StepFailure) -> JSONValue {
    try await execute(call) { _ in }
  }

  /// The failure of an attempt.
  func failure(_ call: StepCall) async -> StepFailure {
    do throws(StepFailure) {
      let value = try await execute(call) { _ in }
      Issue.record("it should have failed, not made \(JSONWriter.text(value))")
      return StepFailure(code: "", message: "")
    } catch {
      return error
    }
  }
}
