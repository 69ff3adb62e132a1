import JSON
import Runs

/// A command to a run that exists.
enum RunCommand: Sendable, Equatable {
  case pause
  case resume
  /// Resumes, and gives single steps input; in episode mode it lets them begin.
  case resumeGiving(JSONObject)
  case stop(StopMode)
}

extension RunMachine {
  /// Carries a command out.
  /// - Throws: ``Rejection`` with the present status when that does not allow it.
  mutating func command(_ command: RunCommand, by name: String) throws(Rejection) {
    switch (command, state.run.status) {
    case (.pause, .running): setStatus(.paused, by: name)
    case (.resume, .paused): resume(by: name)
    case (.resumeGiving(let given), .paused):
      try state.graph.check(triggerSteps: given)
      state.triggerSteps = state.triggerSteps.merging(given)
      change.hasNewTriggerSteps = !given.isEmpty
      resume(by: name)
    case (.stop(.immediate), .running), (.stop(.immediate), .paused),
      (.stop(.immediate), .draining):
      // Each takes with it what is in flight within it.
      for place in state.inFlight where place.round == nil {
        interrupt(place, .stopped, Self.stop(by: name))
      }
      endStopped(by: name)
    case (.stop(.graceful), .running), (.stop(.graceful), .paused): drain(by: name)
    case (.pause, _): throw .conflict(state.run, "paused")
    case (.resume, _), (.resumeGiving, _): throw .conflict(state.run, "resumed")
    case (.stop, _): throw .conflict(state.run, "stopped")
    }
  }

  private mutating func resume(by name: String) {
    if let since = state.run.statusAt { extendDeadlines(by: max(.zero, now - since)) }
    setStatus(.running, by: name)
    // What stood still may have been due before it did.
    tick()
  }

  /// Lets what executes end and begins nothing more.
  private mutating func drain(by name: String) {
    // Only what executes drains: a person who has not answered, and a retry not yet begun, are not in
    // flight.
    for place in state.inFlight where state[place]?.outcome != .running {
      interrupt(place, .stopped, Self.stop(by: name))
    }
    if state.run.status == .paused, let since = state.run.statusAt {
      extendDeadlines(by: max(.zero, now - since))
    }
    setStatus(.draining, by: name)
    state.drainsUntil = now + rules.maximumDrain
    drainChildren(by: name)
    change.actions.append(.callOff)
    tick()
  }

  /// An attempt that waited for room was called off before it was made.
  mutating func callOff(_ place: StepPlace, attempt: Int) {
    guard isCurrent(place, attempt) else { return }
    if place.id.isEmpty {
      // A test that is not made leaves its round without an outcome; the loop is idle then, and ends.
      update(place) { $0.attempts = 0 }
    } else {
      interrupt(place, .stopped, Self.stop(by: state.run.statusBy ?? Self.itself))
    }
    plan()
  }
}
