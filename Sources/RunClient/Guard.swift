internal import JSON
internal import Runs

/// Whether a command may be sent at all.
enum Legality {
  /// Why the backend cannot do this, whatever the run's state.
  static func refusal(_ decision: Decision, capabilities: Capabilities) -> Refusal? {
    switch decision.verb {
    case .pause, .resume:
      capabilities.pausesRuns ? nil : Refusal(.illegal, "this server cannot pause runs")
    case .stop(let mode):
      capabilities.stopModes.contains(mode)
        ? nil : Refusal(.illegal, "this server cannot \(decision.verb.word) runs")
    case .approve, .reject, .start: nil
    }
  }

  /// Why the run's present status does not allow this.
  static func refusal(_ decision: Decision, run: Run) -> Refusal? {
    let now = "\(run.title), run \(run.id), is \(run.status.word)"
    switch (decision.verb, run.status.phase) {
    case (.approve, .ended), (.reject, .ended):
      return Refusal(.illegal, "\(now): nothing waits for an answer any more")
    case (.pause, .paused): return Refusal(.illegal, "\(now) already")
    case (.pause, .draining), (.pause, .ended):
      return Refusal(.illegal, "\(now): only a run that waits to start or runs can be paused")
    case (.resume, let phase) where phase != .paused:
      return Refusal(.illegal, "\(now): only a paused run can be resumed")
    case (.stop, .ended): return Refusal(.illegal, "\(now): there is nothing to stop")
    case (.stop(.graceful), .draining):
      return Refusal(.illegal, "\(now): it is stopping gracefully already; it can be stopped now")
    default: return nil
    }
  }
}

/// Compares what the operator saw with what there is just before sending.
enum Guard {
  /// Why the decision is not sent; nil when nothing speaks against it.
  static func objection(to decision: Decision, _ standing: Standing) -> Outcome? {
    guard let run = standing.run else { return .changed(.gone) }
    let seen = decision.seen
    switch standing.task {
    case .notWanted:
      if decision.verb == .approve || decision.verb == .reject {
        return .refused(Refusal(.illegal, "no task is named to \(decision.verb.word)"))
      }
    case .answered(let task): return .changed(.answered(by: task))
    case .absent:
      if run.status.isTerminal { return .changed(.status(saw: seen?.status, now: run)) }
      return .changed(.answered(by: nil, at: nil, approved: nil))
    case .pending(let task):
      if let payload = seen?.payload, payload != task.payload { return .changed(.payload(task)) }
    }
    if let seen, seen.status.phase != run.status.phase {
      return .changed(.status(saw: seen.status, now: run))
    }
    return Legality.refusal(decision, run: run).map { .refused($0) }
  }
}

extension Change {
  /// That a task was answered, with what the task says of it.
  static func answered(by task: HumanTask) -> Change {
    .answered(
      by: task.completedBy,
      at: task.completedAt,
      approved: task.result?["approved"]?.bool
    )
  }
}
