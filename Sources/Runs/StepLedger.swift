internal import JSON

/// Tells from a graph and the events of a run what became of each step.
package enum StepLedger {
  /// The steps of a run in the order of the graph (then of first mention), as the events up to now
  /// leave them.
  ///
  /// On a run that has ended nothing reads running, waiting or pending.
  /// - Parameters:
  ///   - graph: The steps; nil where the server does not tell, then events name them.
  ///   - events: The run's events, in order.
  ///   - run: The run as last read.
  ///   - waiting: The steps with a pending task.
  /// - Returns: Each step once.
  package static func steps(
    graph: Graph?,
    events: [RunEvent],
    run: Run,
    waiting: Set<StepID>
  ) -> [Step] {
    var ledger = Ledger(graph: graph)
    for event in events { ledger.apply(event) }
    for id in waiting where !run.status.isTerminal { ledger.update(id) { $0.outcome = .waiting } }
    if run.status.isTerminal { ledger.close(run) }
    return ledger.steps
  }

  /// The steps with the cause first, then its consequences, then the rest; each group in its order.
  package static func causeFirst(_ steps: [Step]) -> [Step] {
    let rank = { (step: Step) -> Int in
      switch step.outcome {
      case .failed: 0
      case .cancelled, .stopped, .skipped(.blocked): 1
      default: 2
      }
    }
    return (0...2).flatMap { wanted in steps.filter { rank($0) == wanted } }
  }
}

/// The steps while events are laid on them.
private struct Ledger {
  var steps: [Step] = []
  private var places: [StepID: Int] = [:]

  init(graph: Graph?) {
    for step in graph?.steps ?? [] {
      places[step.id] = steps.count
      steps.append(
        Step(id: step.id, name: step.name, type: step.type, dependsOn: step.dependsOn)
      )
    }
  }

  mutating func update(_ id: StepID, _ change: (inout Step) -> Void) {
    if places[id] == nil {
      places[id] = steps.count
      steps.append(Step(id: id))
    }
    if let place = places[id] { change(&steps[place]) }
  }

  mutating func apply(_ event: RunEvent) {
    guard let id = event.step else { return }
    switch event.type {
    case "step_started":
      update(id) {
        $0.outcome = .running
        $0.startedAt = $0.startedAt ?? event.at
        $0.tries += 1
      }
    case "step_completed":
      update(id) {
        $0.endedAt = event.at
        if event.isSkip {
          $0.outcome = .skipped(SkipReason(event.data["reason"]?.string))
          $0.causedBy = event.cause
        } else {
          $0.outcome = .success
          $0.result = event.data["result"]
        }
      }
    case "step_failed":
      update(id) {
        $0.endedAt = event.at
        let failure = Failure(code: event.failureCode, step: id, message: event.errorText)
        $0.outcome = failure.code == "RUN_STOPPED" ? .stopped : .failed
        $0.failure = failure
      }
    case "step_cancelled":
      update(id) {
        $0.endedAt = event.at
        $0.outcome =
          event.data["reason"]?.string == "run_failed" || event.failureCode != "RUN_STOPPED"
          ? .cancelled : .stopped
        $0.causedBy = event.cause
      }
    case "task_created", "human_task_created": update(id) { $0.outcome = .waiting }
    case "task_completed", "human_task_completed": update(id) { $0.outcome = .running }
    case "credits_charged":
      guard let amount = (event.data["credits"] ?? event.data["amount"]).flatMap(Credits.init)
      else { return }
      update(id) { $0.credits = $0.credits.map { $0 + amount } ?? amount }
    default: break
    }
  }

  /// A run that has ended leaves no step in the air: what was in flight ended with it, what had not
  /// begun never will.
  mutating func close(_ run: Run) {
    for index in steps.indices where !steps[index].outcome.isSettled {
      let begun = steps[index].outcome != .pending
      switch run.status {
      case .stopped: steps[index].outcome = begun ? .stopped : .skipped(.other("Stopped"))
      case .failed: steps[index].outcome = begun ? .cancelled : .skipped(.blocked)
      default: steps[index].outcome = begun ? .success : .skipped(.condition)
      }
      if case .failed = run.status, steps[index].causedBy == nil {
        steps[index].causedBy = run.failure?.step
      }
    }
  }
}
