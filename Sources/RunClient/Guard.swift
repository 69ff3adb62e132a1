internal import JSON
internal import Runs

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
      if let seen, !seen.isSame(task.payload) { return .changed(.payload(task)) }
    }
    if let saw = seen?.status, saw.phase != run.status.phase {
      return .changed(.status(saw: saw, now: run))
    }
    if let outcome = unmet(decision.conditions, run) { return outcome }
    return refusal(decision.verb, run).map { .refused($0) }
  }

  /// What a condition found otherwise than it wants.
  private static func unmet(_ conditions: Conditions, _ run: Run) -> Outcome? {
    if let statuses = conditions.statuses, !statuses.contains(run.status) {
      return .changed(.status(saw: nil, now: run))
    }
    guard let wanted = conditions.lastEvent else { return nil }
    guard let newest = run.lastEvent else {
      let reason = "the server does not tell the run's newest event, so nothing can depend on it"
      return .refused(Refusal(.illegal, reason))
    }
    return newest == wanted ? nil : .changed(.events(wanted: wanted, newest: newest))
  }

  /// Why the backend cannot do this, whatever the run's state.
  static func refusal(_ verb: Verb, _ capabilities: Capabilities) -> Refusal? {
    verb.obstacle(capabilities: capabilities).map { Refusal(.illegal, $0) }
  }

  /// Why the run's present status does not allow this.
  static func refusal(_ verb: Verb, _ run: Run) -> Refusal? {
    let isAnswer = verb == .approve || verb == .reject
    if isAnswer, run.status.isTerminal {
      return Refusal(.illegal, "this run is \(run.status.word): nothing waits for an answer")
    }
    return verb.obstacle(status: run.status).map { Refusal(.illegal, $0) }
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
