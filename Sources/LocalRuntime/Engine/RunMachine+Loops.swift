import JSON
import Runs

/// Loops: rounds of a body, one after the other or side by side.
///
/// A loop is a step in flight whose work is its rounds. Each round decides the steps of its body as
/// the run decides its own; when they are settled the round is, and when the rounds are the loop is.
extension RunMachine {
  /// What a loop is begun with, as `steps.<id>.input` of it reads: its own, and over it what the start
  /// gave it.
  func fields(
    of loop: Loop,
    _ step: GraphStep,
    _ scope: TemplateScope,
    given: JSONObject
  ) throws(TemplateMistake) -> JSONObject {
    switch loop.begun(with: given).kind {
    case .forEach(let each):
      return [
        LoopField.items: .array(
          try Self.items(each, step, scope, given: given[LoopField.items])
        ),
        LoopField.maximumParallel: .int(each.maximumParallel),
      ]
    case .whileLoop(let loop):
      var fields: JSONObject = [
        LoopField.mode: .string(loop.mode.rawValue),
        LoopField.maximumIterations: .int(loop.maximumIterations),
      ]
      fields[LoopField.condition] = loop.condition
      return fields
    }
  }

  /// Carries the loops in flight on as far as they go.
  /// - Returns: Whether one of them ended, so that what follows it may begin.
  mutating func advanceLoops() -> Bool {
    var hasEnded = false
    for id in state.rounds.keys.sorted() {
      guard !state.run.status.isTerminal, state.steps[id]?.outcome == .running,
        let step = state.graph.step(id), let loop = state.loop(id)
      else { continue }
      switch loop.kind {
      case .forEach(let each): hasEnded = advance(step, loop, each) || hasEnded
      case .whileLoop(let repeats): hasEnded = advance(step, loop, repeats) || hasEnded
      }
    }
    return hasEnded && !state.run.status.isTerminal
  }

  /// Whether a loop may begin a round now.
  ///
  /// What one change holds is decided and written in one go. When it holds much already, the run goes
  /// on in a change of its own.
  mutating func mayOpen() -> Bool {
    guard state.run.status == .running else { return false }
    guard change.events.count + change.steps.count > Self.muchAtOnce else { return true }
    if !change.actions.contains(.goOn) { change.actions.append(.goOn) }
    return false
  }

  /// More events and steps than this are much for one change.
  private static let muchAtOnce = 2000

  /// Begins the next round of a loop.
  mutating func open(_ round: StepPlace.Round, _ loop: Loop, timeout: Duration?) {
    state.rounds[round.loop]?[round.index] = RoundState(of: loop)
    update(StepPlace(round)) { [now] in
      $0.startedAt = now
      $0.deadline = timeout.map { now + $0 }
    }
  }

  /// Whether all steps of a round are settled, none of them by failing.
  mutating func advance(_ round: StepPlace.Round, _ loop: Loop) -> Bool {
    beginSteps(of: round, loop)
    guard state[StepPlace(round)]?.outcome == .running else { return false }
    return loop.bodyOrder.allSatisfy {
      state[StepPlace($0, in: round)]?.outcome.isSettled ?? true
    }
  }

  /// Ends a round of which a step failed: the rest of it ends, the loop's policy decides on the loop.
  mutating func failRound(_ round: StepPlace.Round, _ failure: StepFailure, by place: StepPlace) {
    guard let step = state.graph.step(round.loop), let loop = step.loop,
      state[StepPlace(round)]?.outcome == .running
    else { return }
    let reason = Self.endsLoop(failure, loop) ? "run_failed" : "iteration_failed"
    let data: JSONObject = [
      "cancelled": true, "reason": .string(reason), "caused_by_step_id": .string(place.eventID),
    ]
    for id in loop.bodyOrder {
      let other = StepPlace(id, in: round)
      guard let known = state[other] else { continue }
      if known.isInFlight {
        interrupt(other, .cancelled, data)
      } else if known.outcome == .pending {
        update(other) { $0.outcome = .skipped(.blocked) }
      }
    }
    let title = place.id.isEmpty ? "" : "step “\(state.step(at: place)?.name ?? place.id)”: "
    let told = StepFailure(code: failure.code, message: title + failure.message)
    update(StepPlace(round)) { [now] in
      $0.outcome = .failed
      $0.failure = told
      $0.endedAt = now
      $0.deadline = nil
    }
    decide(on: step, loop, round, told, cause: place)
  }

  /// What the failure of a round means for its loop.
  private mutating func decide(
    on step: GraphStep,
    _ loop: Loop,
    _ round: StepPlace.Round,
    _ failure: StepFailure,
    cause: StepPlace
  ) {
    guard case .forEach(let each) = loop.kind else {
      failLoop(step.id, "iteration \(round.index)", failure, cause)
      return
    }
    if Self.endsLoop(failure, loop) {
      failLoop(step.id, "item \(round.index)", failure, cause)
    } else if each.policy == .pause, state.run.status == .running {
      setStatus(
        .paused,
        by: Self.itself,
        because: [
          "reason": "item_failed", "step_id": .string(step.id), "index": .int(round.index),
          "error": .string(failure.message),
        ]
      )
    }
  }

  /// Whether the failure of one round is that of the loop.
  private static func endsLoop(_ failure: StepFailure, _ loop: Loop) -> Bool {
    guard case .forEach(let each) = loop.kind else { return true }
    // A policy is for what went wrong with an item; what cannot be paid is no item's fault.
    return each.policy == .failFast || failure.code == insufficient.code
  }

  private mutating func failLoop(
    _ loop: String,
    _ round: String,
    _ failure: StepFailure,
    _ cause: StepPlace
  ) {
    failStep(
      StepPlace(loop),
      StepFailure(code: failure.code, message: "\(round): \(failure.message)"),
      cause: cause.id.isEmpty ? nil : cause
    )
  }

  /// Fails the loop of a round once its rounds have made more than is kept: by the end it would be too
  /// late, since all of it lies in memory until then.
  mutating func boundLoop(_ round: StepPlace.Round) {
    guard let size = state.loopBytes[round.loop], size > rules.maximumLoopResult else { return }
    failStep(
      StepPlace(round.loop),
      StepFailure(
        code: failureCode(of: StepPlace(round.loop)),
        message: "by round \(round.index) the loop has made \(size) bytes; at most "
          + "\(rules.maximumLoopResult) are kept"
      )
    )
  }

  /// Ends a loop well with what its rounds made.
  mutating func complete(loop id: String, _ result: JSONObject) {
    if let excess = rules.excess(of: .object(result), upTo: rules.maximumLoopResult) {
      failStep(
        StepPlace(id),
        StepFailure(
          code: failureCode(of: StepPlace(id)),
          message: "the result \(excess)"
        )
      )
      return
    }
    complete(StepPlace(id), result: .object(result))
    state.closeRounds(of: id)
  }

  /// Stops loops of a draining run in which nothing is in flight any more: they would begin more.
  mutating func stopIdleLoops() {
    for id in state.rounds.keys.sorted() where state.inFlight(in: id).isEmpty {
      interrupt(StepPlace(id), .stopped, Self.stop(by: state.run.statusBy ?? Self.itself))
    }
  }
}
