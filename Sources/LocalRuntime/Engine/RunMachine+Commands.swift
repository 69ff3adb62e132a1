import JSON
import Runs

/// A command to a run that exists.
enum RunCommand: Sendable, Equatable {
  case pause
  case resume
  case stop(StopMode)
}

extension RunMachine {
  /// Carries a command out.
  /// - Throws: ``Rejection`` with the present status when that does not allow it.
  mutating func command(_ command: RunCommand, by name: String) throws(Rejection) {
    switch (command, state.run.status) {
    case (.pause, .running): setStatus(.paused, by: name)
    case (.resume, .paused):
      setStatus(.running, by: name)
      plan()
    case (.stop(.immediate), .running), (.stop(.immediate), .paused),
      (.stop(.immediate), .draining):
      stopInFlight(by: name) { _ in true }
      endStopped(by: name)
    case (.stop(.graceful), .running), (.stop(.graceful), .paused):
      // Only what executes drains: a person who has not answered, and a retry not yet begun, are
      // not in flight.
      stopInFlight(by: name) { $0.outcome != .running }
      setStatus(.draining, by: name)
      plan()
    case (.pause, _): throw .conflict(state.run, "paused")
    case (.resume, _): throw .conflict(state.run, "resumed")
    case (.stop, _): throw .conflict(state.run, "stopped")
    }
  }

  private mutating func stopInFlight(by name: String, _ isMeant: (StepState) -> Bool) {
    for id in state.graph.topologicalOrder {
      guard let known = state.steps[id], known.isInFlight, isMeant(known) else { continue }
      interrupt(
        id,
        .stopped,
        [
          "cancelled": true, "reason": "run_stopped", "code": "RUN_STOPPED", "by": .string(name),
        ]
      )
    }
  }

  /// Ends the run as stopped.
  ///
  /// Steps that never began are settled without an event of their own:
  /// nothing happened to them.
  mutating func endStopped(by name: String) {
    for id in state.graph.topologicalOrder where state.steps[id]?.outcome == .pending {
      update(id) { $0.outcome = .skipped(.other("Stopped")) }
    }
    setFailure(Failure(code: "RUN_STOPPED", message: "stopped by \(name)"))
    setStatus(.stopped, by: name)
  }
}

extension RunMachine {
  /// Settles what was in flight when the runtime ended, whether it was told to or killed.
  ///
  /// Attempts in flight are lost: whether the tool did its work cannot be known. A step that says
  /// `"idempotent": true`, or allows retries, is begun again; any other fails with `UPSTREAM_ERROR`,
  /// and with it the run. Tasks go on waiting, with the deadlines they had. Steps that had not begun
  /// go on. A paused run with nothing interrupted stays paused. A draining run is stopped: what it
  /// waited for is no longer in flight.
  mutating func reopen() {
    let order = state.graph.topologicalOrder
    let interrupted = order.filter { state.steps[$0]?.outcome == .running }
    if state.run.status == .draining {
      for id in interrupted {
        interrupt(
          id,
          .stopped,
          [
            "cancelled": true, "reason": "run_stopped", "code": "RUN_STOPPED",
            "error": .string(Self.interruption.message),
          ]
        )
      }
      plan()
      return
    }
    for id in interrupted where !state.run.status.isTerminal {
      if mayRepeat(id) { repeatInterrupted(id) } else { failStep(id, Self.interruption) }
    }
    if !state.run.status.isTerminal { tick() }
  }

  private func mayRepeat(_ id: String) -> Bool {
    guard let step = state.graph.step(id) else { return false }
    return step.raw["idempotent"]?.bool == true || step.retryCount > 0
  }
}
