import JSON
import Runs

extension RunMachine {
  /// Begins every step that can begin, skips what its conditions exclude, and ends the run when
  /// nothing is left of it.
  ///
  /// A step is decided once all it depends on is settled. Steps that a condition skipped take with
  /// them what depends on nothing else; a join with at least one dependency that was not skipped so
  /// runs. A step that was switched off holds nothing up: what follows it runs as if it were not
  /// there.
  mutating func plan() {
    if state.run.status == .running {
      // Dependencies come first in this order, so that one pass sees each skip before its
      // consequences.
      for id in state.graph.topologicalOrder {
        guard state.run.status == .running else { break }
        if let step = state.graph.step(id), isReady(step) { decide(step) }
      }
    }
    settle()
  }

  private func isReady(_ step: GraphStep) -> Bool {
    guard let known = state.steps[step.id], known.outcome == .pending else { return false }
    if let moment = known.notBefore, moment > now { return false }
    return step.dependsOn.allSatisfy { state.steps[$0]?.outcome.isSettled ?? false }
  }

  private mutating func decide(_ step: GraphStep) {
    let known = state.steps[step.id] ?? StepState()
    // A step that was begun before is past its conditions, and its parameters stay what they were.
    if known.attempts > 0, let parameters = known.input?.object {
      if hasRoom(step) { launch(step, parameters) }
      return
    }
    do throws(TemplateMistake) {
      let scope = state.scope
      if let reason = try skipReason(step, scope) {
        skip(step.id, reason)
        return
      }
      guard hasRoom(step) else { return }
      let parameters = step.type == .humanTask ? step.taskPayload : step.toolArguments
      let resolved = try Template.resolve(
        parameters,
        scope: scope,
        step: step.id,
        place: step.parametersField
      )
      launch(step, resolved)
    } catch {
      failStep(step.id, StepFailure(code: failureCode(of: step.id), message: error.sentence))
    }
  }

  /// Tasks that wait for a person take no room.
  private func hasRoom(_ step: GraphStep) -> Bool {
    step.type == .humanTask
      || state.steps.values.count { $0.outcome == .running } < rules.maximumInFlight
  }

  private func skipReason(
    _ step: GraphStep,
    _ scope: TemplateScope
  ) throws(TemplateMistake) -> SkipReason? {
    if !step.enabled { return .disabled }
    if state.excluded.contains(step.id) { return .outOfScope }
    let without = step.dependsOn.filter { state.steps[$0]?.outcome == .skipped(.condition) }
    if !step.dependsOn.isEmpty, without.count == step.dependsOn.count { return .condition }
    if let condition = step.condition {
      let holds = try Template.holds(condition, scope: scope, step: step.id)
      if !holds { return .condition }
    }
    if let condition = step.skipWhen {
      let holds = try Template.holds(
        condition,
        scope: scope,
        step: step.id,
        place: "skip_when"
      )
      if holds { return .condition }
    }
    return nil
  }

  private mutating func skip(_ step: String, _ reason: SkipReason, cause: String? = nil) {
    update(step) { [now] in
      $0.outcome = .skipped(reason)
      $0.endedAt = now
    }
    var data: JSONObject = ["skipped": true, "reason": .string(reason.word)]
    data["caused_by_step_id"] = cause.map { .string($0) }
    emit("step_completed", step: step, data: data)
  }

  /// Ends the run when nothing of it is left to do.
  private mutating func settle() {
    switch state.run.status {
    case .draining:
      if !state.steps.values.contains(where: { $0.outcome == .running }) {
        endStopped(by: state.run.statusBy ?? Self.itself)
      }
    case .running, .paused:
      // A paused run whose last step has ended has nothing left to hold back.
      if state.steps.values.allSatisfy(\.outcome.isSettled) {
        setStatus(.completed, by: Self.itself)
      }
    default: break
    }
  }

  /// Fails a step and, at once, the run: what is in flight is cancelled, what never began is
  /// skipped as blocked.
  mutating func failStep(_ step: String, _ failure: StepFailure) {
    update(step) { [now] in
      $0.outcome = .failed
      $0.endedAt = now
    }
    charge(step)
    emit(
      "step_failed",
      step: step,
      data: [
        "code": .string(failure.code), "failure_code": .string(failure.code),
        "error": .string(failure.message),
      ]
    )
    setFailure(Failure(code: failure.code, step: StepID(step), message: failure.message))
    for other in state.graph.topologicalOrder {
      guard let known = state.steps[other] else { continue }
      if known.isInFlight {
        interrupt(
          other,
          .cancelled,
          ["cancelled": true, "reason": "run_failed", "caused_by_step_id": .string(step)]
        )
      } else if known.outcome == .pending {
        skip(other, .blocked, cause: step)
      }
    }
    setStatus(.failed, by: Self.itself)
  }

  /// Ends a step in flight: its attempt, and the tasks that wait for it.
  mutating func interrupt(_ step: String, _ outcome: StepOutcome, _ data: JSONObject) {
    if state.steps[step]?.outcome == .running { cancelAttempt(of: step) }
    for task in state.tasks.values where task.isPending && task.step.text == step {
      close(task.id.text, as: "closed")
    }
    update(step) { [now] in
      $0.outcome = outcome
      $0.endedAt = now
      $0.notBefore = nil
    }
    charge(step)
    emit("step_cancelled", step: step, data: data)
  }
}
