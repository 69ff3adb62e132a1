internal import Cells
internal import JSON
internal import Runs
internal import Triage

extension Model {
  /// A key that decides something: opens the verb's guard, or says why not.
  mutating func decide(_ command: Command, target: Target?) -> [Effect] {
    guard let target else {
      say("nothing is selected", .bad)
      return []
    }
    let isPaused = target.run?.status == .paused
    let verb: Verb =
      switch command {
      case .approve: .approve
      case .reject: .reject
      case .pause: isPaused && target.task == nil ? .resume : .pause
      default: .stop(.immediate)
      }
    if let flight = flight(of: target.id) {
      say(
        "\(target.id.short): \(flight.decision.verb.word) is on its way (\(flight.stage.words))",
        .bad
      )
      return []
    }
    if let reason = target.legality(of: verb, permissions).reason {
      say(permissions.readOnly == nil ? reason : "read-only: \(reason)", .bad)
      return []
    }
    switch verb {
    case .approve, .reject:
      return ask(.decision(DecisionDialog(verb: verb, target: target)), about: target)
    case .stop: return ask(.stopping(StopDialog(target: target)), about: target)
    default: return send(verb, target)
    }
  }

  /// Opens a question.
  ///
  /// Keys pressed before it is on the screen do not answer it; what follows from an answer is read
  /// meanwhile.
  private mutating func ask(_ dialog: Layer, about target: Target) -> [Effect] {
    layers.append(dialog)
    notice = nil
    guard let reference = target.reference else { return [.dropInput] }
    return [.dropInput] + load(reference)
  }

  /// A key in the question before an answer.
  mutating func decisionKey(_ command: Command, _ dialog: DecisionDialog) -> [Effect] {
    switch command {
    case .confirm:
      guard dialog.isOpen else { return [] }
      layers.removeLast()
      return send(dialog.verb, dialog.target)
    case .close:
      layers.removeLast()
      refreshListing()
      return []
    default: return []
    }
  }

  /// A key in the question before a stop.
  mutating func stopKey(_ command: Command, _ dialog: StopDialog) -> [Effect] {
    let mode: StopMode
    switch command {
    case .gracefully: mode = .graceful
    case .immediately: mode = .immediate
    case .close:
      layers.removeLast()
      refreshListing()
      return []
    default: return []
    }
    guard dialog.isOpen else { return [] }
    if let reason = dialog.target.legality(of: .stop(mode), permissions).reason {
      say(reason, .bad)
      return []
    }
    layers.removeLast()
    return send(.stop(mode), dialog.target)
  }

  /// Makes the decision: bound to what was on the screen, with a name of its own.
  private mutating func send(_ verb: Verb, _ target: Target) -> [Effect] {
    guard let reference = target.reference else { return [] }
    let isAnswer = verb == .approve || verb == .reject
    let subject: Subject =
      if isAnswer, let task = target.task {
        .task(TaskReference(run: reference, task: task.id))
      } else {
        .run(reference)
      }
    let decision = Decision(
      id: DecisionID(decisions.next()),
      verb: verb,
      subject: subject,
      title: target.title,
      seen: isAnswer
        ? target.seen : Seen(status: target.seen.status, lastEvent: target.seen.lastEvent),
      madeAt: now
    )
    return commit([decision])
  }

  /// Lets decisions go out.
  mutating func commit(_ decisions: [Decision]) -> [Effect] {
    for decision in decisions {
      flights[decision.id] = Flight(decision: decision, stage: .readingAgain)
      say("\(decision.verb.word) \(decision.title) \(decision.subject.run.run.short) …", .plain)
      notice?.until = nil
    }
    refreshListing()
    return decisions.map(Effect.carryOut)
  }

  /// What becomes of decisions.
  mutating func handle(_ message: DecisionMessage) -> [Effect] {
    switch message {
    case .stage(let id, let stage):
      flights[id]?.stage = stage
      return []
    case .outcome(let decision, let outcome, let recorded):
      flights[decision.id] = nil
      asksToLeave = false
      let effects = tell(outcome, of: decision) + settleStart(decision, outcome)
      if !recorded {
        let remark = "not recorded: the journal cannot be written"
        if let told = notice {
          notice?.text = "\(told.text) (\(remark))"
        } else {
          say("\(decision.verb.word) \(decision.title) is \(remark)", .bad)
        }
      }
      return effects + [.refresh]
    case .journal(let fault):
      journalFault = fault
      return []
    case .unfinished(let unfinished):
      leftPlans = unfinished.planned
      return []
    }
  }

  /// Says what became of a decision; asks again when what was decided on has changed.
  private mutating func tell(_ outcome: Outcome, of decision: Decision) -> [Effect] {
    let name = "\(decision.title) \(decision.subject.run.run.short)"
    switch outcome {
    case .done(let confirmation):
      say(OutcomeWords.done(decision, confirmation, name: name), .good)
    case .refused(let refusal):
      say("\(decision.verb.word) \(name) refused: \(refusal.sentence)", .bad)
    case .notSent(let fault):
      say("\(decision.verb.word) \(name) was not sent: \(fault.sentence)", .bad)
    case .unknown(let fault):
      say("\(decision.verb.word) \(name): outcome unknown. \(fault.sentence)", .bad)
    case .changed(let change): return askAgain(change, decision)
    }
    if notice?.tone == .bad { notice?.until = nil }
    return []
  }

  /// What was decided on is different now: says what, and asks again where there is something left
  /// to decide.
  ///
  /// Never over another question: then one sentence must do.
  private mutating func askAgain(_ change: Change, _ decision: Decision) -> [Effect] {
    let name = "\(decision.title) \(decision.subject.run.run.short)"
    guard !layers.contains(where: \.isDialog), var target = target(of: decision) else {
      say("\(decision.verb.word) \(name) was not sent: \(change.sentence)", .bad)
      notice?.until = nil
      return []
    }
    notice = nil
    switch change {
    case .payload(let task): target.task = task
    case .status(_, let run): target = target.replaced(by: run)
    case .answered, .events, .gone: break
    }
    switch decision.verb {
    case .approve, .reject:
      layers.append(
        .decision(DecisionDialog(verb: decision.verb, target: target, change: change))
      )
    case .stop:
      layers.append(
        .stopping(StopDialog(target: target, change: change, saw: decision.seen?.status))
      )
    default:
      say("\(decision.verb.word) \(name) was not sent: \(change.sentence)", .bad)
      notice?.until = nil
      return []
    }
    return [.dropInput]
  }

  /// What a decision was about, as it is known now.
  private func target(of decision: Decision) -> Target? {
    let id = decision.subject.run.run
    let row = inbox.listing.rows.first { row in
      guard row.id.run == id else { return false }
      if case .task(let task) = decision.subject { return row.task?.id == task.task }
      return true
    }
    if let row {
      var target = Target(row)
      target.departure = nil
      return target
    }
    return details[decision.subject.run].map { Target($0, title: decision.title) }
  }
}

/// Sentences about outcomes.
enum OutcomeWords {
  static func done(_ decision: Decision, _ confirmation: Confirmation, name: String) -> String {
    let did =
      switch decision.verb {
      case .approve: "approved"
      case .reject: "rejected"
      case .pause: "paused"
      case .resume: "resumed"
      case .stop(.graceful): "stopping gracefully"
      case .stop(.immediate): "stopped"
      case .start: "started"
      }
    guard confirmation.readBack else {
      return "\(did) \(name): the server accepted it, but does not show it yet"
    }
    let status = confirmation.status.map { "; the run is \($0.word)" } ?? ""
    return "\(did) \(name), confirmed by the server\(status)"
  }
}
