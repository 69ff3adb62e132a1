internal import JSON
internal import Runs
internal import Triage

extension Model {
  /// How many decisions are kept in mind for rows that leave.
  private static let doneLimit = 200

  /// Keeps in mind what was done, for the row that may leave because of it.
  mutating func keepDone(_ decision: Decision, _ outcome: Outcome) {
    guard case .done = outcome, decision.verb != .start else { return }
    if done.count >= Model.doneLimit { done = [:] }
    done[decision.subject.run.run] = decision
  }

  /// What became of a row that is no longer where it was: what was decided here goes before where the
  /// run stands now.
  func departed(_ row: Row, _ departure: Departure) -> String {
    guard let decision = done[row.id.run], decision.task == row.task?.id else {
      return departure.words
    }
    let did = OutcomeWords.did(decision.verb)
    switch departure {
    case .answered: return "\(did) here; the run goes on"
    case .ended(let status): return "\(did) here; the run is \(status.word)"
    case .moved, .filtered, .gone: return "\(did) here; \(departure.words)"
    }
  }

  /// Whether it is known that a run that was stopped had been let finish what was in flight: its events
  /// say that it drained, and that no step was ended in flight.
  func wasDrained(_ row: Row) -> Bool {
    guard let detail = row.reference.flatMap({ details[$0] }), detail.run.status == .stopped,
      !detail.steps.contains(where: { $0.outcome == .stopped })
    else { return false }
    let change = detail.events.last { $0.type == "state_changed" }
    return change?.data["from"]?.string == RunStatus.draining.word
  }
}

extension Decision {
  /// The task that it answers.
  var task: TaskID? { if case .task(let task) = subject { task.task } else { nil } }
}
