import JSON
import Runs

/// What a run needs of the engine for the runs that its steps call.
protocol ChildRuns: Sendable {
  /// Starts a run, unless it was started before.
  /// - Returns: Why it cannot be; nil once it is there.
  func start(_ call: ChildCall) async -> StepFailure?

  /// What the calling step gets, once there is something to get.
  /// - Returns: Nil when the task was cancelled, or the runtime ends.
  func outcome(of call: ChildCall) async -> Result<JSONValue, StepFailure>?

  /// Stops a run, if it still goes on.
  func stop(_ call: ChildCall, _ mode: StopMode, by name: String) async
}

extension Engine: ChildRuns {
  func start(_ call: ChildCall) async -> StepFailure? {
    var request = StartRequest(workflow: call.workflow.text, runID: call.run.text)
    request.input = call.input
    request.trigger = "workflow_call"
    request.parent = call.parent
    request.mayCallTools = call.mayCallTools
    do throws(Rejection) {
      _ = try await start(request, by: RunMachine.itself)
      return nil
    } catch {
      let code =
        switch error.code {
        case "INSUFFICIENT_CREDITS", "DEPENDENCY_UNAVAILABLE": error.code
        default: "UPSTREAM_ERROR"
        }
      return StepFailure(
        code: code,
        message: "the workflow \(call.workflow.text) cannot be called: \(error.message)",
        isTransient: error.status == 503
      )
    }
  }

  func outcome(of call: ChildCall) async -> Result<JSONValue, StepFailure>? {
    guard call.waits else {
      return .success(["child_run_id": .string(call.run.text), "status": "running"])
    }
    await untilEnded(call.run.text)
    guard !Task.isCancelled, !isShuttingDown else { return nil }
    do throws(StoreMistake) {
      let state = try await store.state(of: call.run.text)
      // Whatever it is, nobody looks after it any more: it would be waited for without an end.
      return state?.outcome(for: call) ?? .failure(Self.lost(call, state))
    } catch {
      return .failure(
        StepFailure(code: "DEPENDENCY_UNAVAILABLE", message: error.sentence, isTransient: true)
      )
    }
  }

  private static func lost(_ call: ChildCall, _ state: RunState?) -> StepFailure {
    let what = state == nil ? "is not there any more" : "was left as it is and cannot be carried on"
    return StepFailure(code: "UPSTREAM_ERROR", message: "the run \(call.run.text) \(what)")
  }

  func stop(_ call: ChildCall, _ mode: StopMode, by name: String) async {
    // It may have ended meanwhile, which is as good; or the runtime ends, and the next one sees that
    // nobody waits for it.
    _ = try? await command(.stop(mode), run: call.reference, by: name)
  }

  func stop(_ run: RunReference, _ mode: StopMode, by name: String) async {
    _ = try? await command(.stop(mode), run: run, by: name)
  }
}
