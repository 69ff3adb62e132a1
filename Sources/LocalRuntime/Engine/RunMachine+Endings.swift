import JSON
import Runs

/// How steps and runs end otherwise than well.
extension RunMachine {
  /// The code of what an operator stopped.
  static let stopped = "RUN_STOPPED"

  /// The data of a step that a stop ended.
  ///
  /// Such a step is no cancelled one: that word is for what another step's failure ended.
  static func stop(by name: String, _ what: String? = nil) -> JSONObject {
    [
      "code": .string(stopped), "failure_code": .string(stopped), "reason": "run_stopped",
      "error": .string(what ?? "in flight when \(name) stopped the run"), "by": .string(name),
    ]
  }

  /// Fails a step: with it the run, or for a step of a loop its round.
  mutating func failStep(_ place: StepPlace, _ failure: StepFailure, cause: StepPlace? = nil) {
    if place.id.isEmpty, let round = place.round {
      failRound(round, failure, by: place)
      return
    }
    if place.round == nil, state.rounds[place.id] != nil {
      let reason = Self.failed((cause ?? place).eventID)
      endRounds(of: place.id, .cancelled, reason)
    }
    closeTasks(of: place)
    update(place) { [now] in
      $0.outcome = .failed
      $0.failure = StepFailure(code: failure.code, message: failure.message)
      $0.endedAt = now
      $0.notBefore = nil
      $0.deadline = nil
    }
    var data: JSONObject = [
      "code": .string(failure.code), "failure_code": .string(failure.code),
      "error": .string(failure.message),
    ]
    data["caused_by_step_id"] = (cause?.eventID).map { .string($0) }
    data["duration_ms"] = duration(of: place)
    emit("step_failed", step: place, data: data)
    if let round = place.round {
      failRound(round, failure, by: place)
    } else {
      failRun(place.id, failure)
    }
  }

  /// Fails the run at once: what is in flight is cancelled, what never began is skipped as blocked.
  private mutating func failRun(_ step: String, _ failure: StepFailure) {
    setFailure(Failure(code: failure.code, step: StepID(step), message: failure.message))
    for other in state.graph.topologicalOrder {
      guard let known = state.steps[other] else { continue }
      if known.isInFlight {
        interrupt(StepPlace(other), .cancelled, Self.failed(step))
      } else if known.outcome == .pending {
        skip(StepPlace(other), .blocked, cause: step)
      }
    }
    setStatus(.failed, by: Self.itself)
  }

  private static func failed(_ cause: String) -> JSONObject {
    ["cancelled": true, "reason": "run_failed", "caused_by_step_id": .string(cause)]
  }

  /// Ends a step in flight: its attempt, its rounds, and the tasks that wait for it.
  mutating func interrupt(_ place: StepPlace, _ outcome: StepOutcome, _ data: JSONObject) {
    if place.round == nil, state.rounds[place.id] != nil { endRounds(of: place.id, outcome, data) }
    if state[place]?.outcome == .running {
      cancelAttempt(at: place, by: data["by"]?.string ?? Self.itself)
    }
    closeTasks(of: place)
    update(place) { [now] in
      $0.outcome = outcome
      $0.endedAt = now
      $0.notBefore = nil
      $0.deadline = nil
    }
    var data = data
    data["duration_ms"] = duration(of: place)
    emit(outcome == .stopped ? "step_failed" : "step_cancelled", step: place, data: data)
  }

  /// Ends what is in flight in the rounds of a loop that ends, and forgets them.
  private mutating func endRounds(of loop: String, _ outcome: StepOutcome, _ data: JSONObject) {
    for place in state.inFlight(in: loop) {
      if place.id.isEmpty {
        cancelAttempt(at: place)
      } else {
        interrupt(place, outcome, data)
      }
    }
    for index in state.rounds[loop, default: [:]].keys.sorted() {
      let place = StepPlace(StepPlace.Round(loop: loop, index: index))
      guard state[place]?.outcome == .running else { continue }
      update(place) { [now] in
        $0.outcome = outcome
        $0.endedAt = now
      }
    }
    state.closeRounds(of: loop)
  }

  private mutating func closeTasks(of place: StepPlace) {
    guard place.round == nil else { return }
    for task in state.tasks.values where task.isPending && task.step.text == place.id {
      close(task.id.text, as: "closed")
    }
  }

  /// Ends the run as stopped; what never began is skipped as blocked.
  mutating func endStopped(by name: String) {
    for id in state.graph.topologicalOrder where state.steps[id]?.outcome == .pending {
      skip(StepPlace(id), .blocked)
    }
    setFailure(Failure(code: Self.stopped, message: "stopped by \(name)"))
    setStatus(.stopped, by: name)
  }

  /// Ends the run well; what stayed out of its scope is skipped.
  mutating func endCompleted() {
    for id in state.graph.topologicalOrder where state.steps[id]?.outcome == .pending {
      skip(StepPlace(id), .outOfScope)
    }
    setStatus(.completed, by: Self.itself)
  }
}
