import JSON
import Runs

extension RunMachine {
  /// Why an attempt ended that was in flight when the runtime ended.
  static let interruption = StepFailure(
    code: "UPSTREAM_ERROR",
    message: "the runtime stopped while this step was in flight"
  )

  /// Settles what was in flight when the runtime ended, whether it was told to or killed.
  ///
  /// Attempts in flight are lost: whether the tool did its work cannot be known. A step that says
  /// `"idempotent": true`, or allows retries, is begun again, and so is a script, which touches
  /// nothing; any other fails with `UPSTREAM_ERROR`, and with it the run, or its round of a loop.
  /// Runs that were called are waited for again. Tasks go on waiting, with the deadlines they had.
  /// Steps that had not begun go on. A paused run with nothing interrupted stays paused. A draining
  /// run is stopped, once the runs that it called are: what it waited for besides is no longer in
  /// flight.
  mutating func reopen() {
    guard !state.run.status.isTerminal else { return }
    let interrupted = state.inFlight.filter {
      state[$0]?.outcome == .running && state.step(at: $0)?.loop == nil
    }
    let isDraining = state.run.status == .draining
    if isDraining { state.drainsUntil = now + rules.maximumDrain }
    for place in interrupted {
      // One that failed may have taken its round, its loop or the run with it.
      guard !state.run.status.isTerminal, state[place]?.outcome == .running else { continue }
      if state.step(at: place)?.type == .workflowCall {
        if let call = childCall(at: place) { change.actions.append(.call(call)) }
      } else if isDraining {
        endLost(place)
      } else if place.id.isEmpty, let round = place.round {
        test(round)
      } else if mayRepeat(place) {
        retry(place, at: now, Self.interruption)
      } else {
        failStep(place, Self.interruption)
      }
    }
    guard !state.run.status.isTerminal else { return }
    if isDraining { drainChildren(by: state.run.statusBy ?? Self.itself) }
    tick()
  }

  /// Ends an attempt of a draining run that is lost.
  private mutating func endLost(_ place: StepPlace) {
    // A test that is lost leaves its round without an outcome; the loop is idle then, and stopped.
    guard !place.id.isEmpty else {
      update(place) { $0.attempts = 0 }
      return
    }
    interrupt(
      place,
      .stopped,
      Self.stop(by: state.run.statusBy ?? Self.itself, Self.interruption.message)
    )
  }

  private func mayRepeat(_ place: StepPlace) -> Bool {
    guard let step = state.step(at: place) else { return false }
    return step.isIdempotent || step.retryCount > 0 || step.type == .luaScript
  }
}
