import JSON
import Runs

extension RunState {
  /// The next moment at which something is due by itself: a retry, or a deadline.
  var nextWake: Timestamp? {
    guard !run.status.isTerminal else { return nil }
    var moments = tasks.values.filter(\.isPending).compactMap(\.expiresAt)
    if run.status == .draining, let drainsUntil { moments.append(drainsUntil) }
    for (id, step) in steps { moments += dues(of: step, isSuspended: isSuspended(id)) }
    for round in rounds.values.lazy.flatMap(\.values) where round.own.outcome == .running {
      moments += dues(of: round.own, isSuspended: run.status == .paused)
      for step in round.steps.values { moments += dues(of: step, isSuspended: false) }
    }
    return moments.min()
  }

  private func dues(of state: StepState, isSuspended: Bool) -> [Timestamp] {
    var moments: [Timestamp] = []
    if !isSuspended, state.outcome == .running, let deadline = state.deadline {
      moments.append(deadline)
    }
    if run.status == .running, let moment = state.notBefore { moments.append(moment) }
    return moments
  }

  /// Whether the time of a step stands still: a paused run begins nothing in its loops.
  func isSuspended(_ step: String) -> Bool { run.status == .paused && rounds[step] != nil }
}

/// Time-outs.
extension RunMachine {
  /// Time has passed: deadlines and retries that are due take place.
  mutating func tick() {
    endDrain()
    expireTasks()
    endAttempts()
    if state.run.status != .paused { endRoundsAndLoops() }
    guard !state.run.status.isTerminal else { return }
    // Due now, whether there is room for them or not: nothing wakes for them again.
    for place in state.inFlight where state[place]?.notBefore.map({ $0 <= now }) ?? false {
      update(place) { $0.notBefore = nil }
    }
    plan()
  }

  private func isOver(_ moment: Timestamp?) -> Bool { moment.map { $0 <= now } ?? false }

  private mutating func endDrain() {
    guard state.run.status == .draining, isOver(state.drainsUntil) else { return }
    let slow = state.inFlight.filter { state[$0]?.outcome == .running }
    guard let first = slow.first(where: { $0.round == nil }) else { return }
    let name = state.step(at: first)?.name ?? first.id
    failStep(
      first,
      StepFailure(
        code: "DRAIN_TIMEOUT",
        message: "step “\(name)” did not end within \(rules.maximumDrain.inWords) of the graceful "
          + "stop by \(state.run.statusBy ?? Self.itself)"
      ),
      cancelling: true
    )
  }

  private mutating func expireTasks() {
    let due = state.tasks.values.filter { $0.isPending && isOver($0.expiresAt) }
    for task in due.sorted(by: { $0.id < $1.id }) where !state.run.status.isTerminal {
      close(task.id.text, as: "expired")
      failStep(
        StepPlace(task.step.text),
        StepFailure(
          code: "HUMAN_TASK_FAILED",
          message: "nobody answered the task within its time"
        )
      )
    }
  }

  /// Ends attempts whose executors did not end them in time.
  private mutating func endAttempts() {
    for place in state.inFlight where !state.run.status.isTerminal {
      guard let known = state[place], known.outcome == .running, isOver(known.deadline),
        let step = state.step(at: place), step.loop == nil
      else { continue }
      cancelAttempt(at: place)
      fail(
        place,
        attempt: known.attempts,
        StepFailure(
          code: "RUN_STALLED_OR_TIMED_OUT",
          message: "the step did not end within \(step.timeoutDuration?.inWords ?? "its time")",
          isTransient: true
        )
      )
    }
  }

  private mutating func endRoundsAndLoops() {
    for id in state.rounds.keys.sorted() where !state.run.status.isTerminal {
      for index in state.rounds[id, default: [:]].keys.sorted() {
        let round = StepPlace.Round(loop: id, index: index)
        guard let own = state[StepPlace(round)], own.outcome == .running, isOver(own.deadline)
        else { continue }
        endInTime(round, own)
      }
      guard let known = state.steps[id], known.outcome == .running, isOver(known.deadline),
        let step = state.graph.step(id)
      else { continue }
      failStep(
        StepPlace(id),
        StepFailure(
          code: "RUN_STALLED_OR_TIMED_OUT",
          message: "the loop did not end within \(step.timeoutDuration?.inWords ?? "its time")"
        )
      )
    }
  }

  /// Fails a round that took too long, and in it the step that it was waiting for.
  private mutating func endInTime(_ round: StepPlace.Round, _ own: StepState) {
    let time =
      switch state.graph.step(round.loop)?.loop?.kind {
      case .forEach(let each)?: each.itemTimeout
      case .whileLoop(let repeats)?: repeats.iterationTimeout
      case nil: Duration?.none
      }
    let failure = StepFailure(
      code: "RUN_STALLED_OR_TIMED_OUT",
      message: "it did not end within \(time?.inWords ?? "its time")"
    )
    let slow = state.inFlight(in: round.loop).first { $0.round == round }
    failStep(slow ?? StepPlace(round), failure, cancelling: true)
  }

  /// Fails a step whose attempt is still in flight.
  private mutating func failStep(_ place: StepPlace, _ failure: StepFailure, cancelling: Bool) {
    if cancelling, state[place]?.outcome == .running, state.step(at: place)?.loop == nil {
      cancelAttempt(at: place)
    }
    failStep(place, failure)
  }

  /// Moves the deadlines of loops by the time for which the run stood still.
  mutating func extendDeadlines(by pause: Duration) {
    for id in state.rounds.keys.sorted() {
      for index in state.rounds[id, default: [:]].keys.sorted() {
        let place = StepPlace(StepPlace.Round(loop: id, index: index))
        guard let own = state[place], own.outcome == .running, let deadline = own.deadline else {
          continue
        }
        update(place) { $0.deadline = deadline + pause }
      }
      guard let deadline = state.steps[id]?.deadline else { continue }
      update(StepPlace(id)) { $0.deadline = deadline + pause }
    }
  }
}

extension Duration {
  /// The duration for sentences: `30 s`, `1.5 s`, `15 min`.
  var inWords: String {
    let milliseconds = inMilliseconds
    if milliseconds >= 120_000, milliseconds.isMultiple(of: 60_000) {
      return "\(milliseconds / 60_000) min"
    }
    if milliseconds.isMultiple(of: 1000) { return "\(milliseconds / 1000) s" }
    return "\(Double(milliseconds) / 1000) s"
  }
}
