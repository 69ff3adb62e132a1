internal import Cells
package import JSON
package import Runs
internal import Triage

extension Model {
  /// A key that decides something: opens the verb's guard, or says why not.
  mutating func decide(_ command: Command, target: Target?, form: TaskForm? = nil) -> [Effect] {
    guard let target else {
      say("nothing is selected", .bad)
      return []
    }
    let isPaused = target.run?.status == .paused
    switch command {
    case .approve: return decide(.approve, target, form: form)
    case .reject: return decide(.reject, target, form: form)
    case .pause: return decide(isPaused && target.task == nil ? .resume : .pause, target)
    default: return decide(.stop(.immediate), target)
    }
  }

  /// Opens the guard of a verb, or says why it is not possible; of a stop, `mode` is the only way
  /// that is offered, and without one both are.
  mutating func decide(
    _ verb: Verb,
    _ target: Target,
    mode: StopMode? = nil,
    form: TaskForm? = nil
  ) -> [Effect] {
    let task = verb.isAboutRun ? nil : target.task?.id
    if let flight = flight(of: target.id, task: task) {
      say(
        "\(target.id.short): \(flight.decision.verb.word) is on its way (\(flight.stage.words))",
        .bad
      )
      return []
    }
    if let waiting = held(about: target.id, task: task), let decision = waiting.decisions.first {
      let what = waiting.isBulk ? "a bulk with it" : decision.verb.word
      let way = key(.takeBack, in: screenLayer.scope).map { "; \($0) takes it back" } ?? ""
      say("\(target.id.short): \(what) is not sent yet\(way)", .bad)
      return []
    }
    if let reason = target.legality(of: verb, permissions).reason {
      say(permissions.readOnly == nil ? reason : "read-only: \(reason)", .bad)
      return []
    }
    switch verb {
    case .approve, .reject:
      if verb == .approve, let form, form.reference.task == target.task?.id,
        let effects = mend(form)
      {
        return effects
      }
      return ask(.decision(question(verb, target, form)), about: target)
    case .stop: return ask(.stopping(StopDialog(target: target, wanted: mode)), about: target)
    default: return send(verb, target)
    }
  }

  /// The question before an answer, with what was filled in for it.
  private mutating func question(
    _ verb: Verb,
    _ target: Target,
    _ form: TaskForm?
  ) -> DecisionDialog {
    var dialog = DecisionDialog(verb: verb, target: target)
    guard let form, form.reference.task == target.task?.id else {
      dialog.comment = draftedComment(of: target)
      dialog.leftOut = draftedEdits(of: target) - (dialog.comment == nil ? 0 : 1)
      return dialog
    }
    dialog.take(verb == .approve ? form.answer : form.refusal)
    dialog.leftOut = form.form.changes.count - dialog.answer.count
    if !form.news.isEmpty, let task = target.task {
      dialog.change = .payload(task)
      changeForm { $0.acknowledge() }
    }
    return dialog
  }

  /// Opens a question.
  ///
  /// Keys pressed before it is on the screen do not answer it; what follows from an answer is read
  /// meanwhile.
  private mutating func ask(_ dialog: Layer, about target: Target) -> [Effect] {
    layers.append(dialog)
    notice = nil
    leavesWhenSettled = false
    let effects: [Effect] = [.dropInput, .probeJournal]
    guard let reference = target.reference else { return effects }
    return effects + load(reference)
  }

  /// A key in the question before an answer.
  mutating func decisionKey(_ command: Command, _ dialog: DecisionDialog) -> [Effect] {
    switch command {
    case .confirm:
      guard dialog.isOpen else { return [] }
      layers.removeLast()
      return send(dialog.verb, dialog.target, fields: dialog.answer)
    case .comment: return dialog.isOpen ? openComment(dialog) : []
    case .edit:
      guard dialog.isOpen, let reference = dialog.target.reference else { return [] }
      layers.removeLast()
      refreshListing()
      return openForm(of: reference, task: dialog.target.task?.id)
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
    guard dialog.isOpen, dialog.offers(mode) else { return [] }
    if let reason = dialog.target.legality(of: .stop(mode), permissions).reason {
      say(reason, .bad)
      return []
    }
    if mode == .immediate, profile.isProtected { return askName(for: .stop(dialog)) }
    layers.removeLast()
    return send(.stop(mode), dialog.target)
  }

  /// Makes a decision and commits it.
  package mutating func send(
    _ verb: Verb,
    _ target: Target,
    fields: JSONObject = [:]
  ) -> [Effect] {
    decision(verb, target, fields: fields).map { commit([$0]) } ?? []
  }

  /// Makes a decision: bound to what was on the screen, with a name of its own; nil where the server
  /// did not say what the run belongs to.
  ///
  /// It is sent unrecorded only where that was on the screen too; a pause or a resume has no question
  /// to say so, and its outcome does.
  package mutating func decision(
    _ verb: Verb,
    _ target: Target,
    fields: JSONObject = [:]
  ) -> Decision? {
    let id = DecisionID(decisions.next())
    let isAsked = verb != .pause && verb != .resume
    var decision = target.decision(verb, id: id, fields: fields, at: now)
    decision?.allowsUnrecorded = !isAsked || journalFault != nil
    return decision
  }

  /// What becomes of decisions.
  mutating func handle(_ message: DecisionMessage) -> [Effect] {
    switch message {
    case .stage(let id, let stage):
      flights[id]?.stage = stage
      bulk?.take(stage, of: id)
      return []
    case .withdrawn(let decision): return tellWithdrawn(decision)
    case .underWay(let decision):
      // The page of a bulk shows how far each has come.
      if case .sending = top { return [] }
      say("\(decision.verb.word) \(decision.name) is under way: its outcome is told next", .bad)
      return []
    case .outcome(let decision, let outcome, let recorded):
      let stage = flights.removeValue(forKey: decision.id)?.stage
      asksToLeave = false
      keepDone(decision, outcome)
      if let effects = tellBulk(outcome, of: decision.id, recorded: recorded) {
        return dropDraft(of: decision, outcome) + effects + leaveWhenSettled(outcome)
      }
      let effects =
        dropDraft(of: decision, outcome) + tell(outcome, of: decision, at: stage)
        + settleStart(decision, outcome)
      remember(decision, outcome)
      if !recorded {
        let remark = "not recorded: the journal cannot be written"
        if let told = notice {
          notice?.text = "\(told.text) (\(remark))"
        } else {
          say("\(decision.verb.word) \(decision.title) is \(remark)", .bad)
        }
      }
      return effects + [.refresh] + leaveWhenSettled(outcome)
    case .journal(let fault):
      journalFault = fault
      if awaitsRecord, let fault {
        say("taken back, nothing was sent; that is not recorded: \(fault.sentence)", .bad)
      }
      awaitsRecord = false
      return []
    case .unfinished(let unfinished):
      leftPlans = unfinished.planned
      let told = UnfinishedWords.notice(unfinished, offer: restOffer, zone: zone, at: now)
      if let told { notice = told }
      return unfinished.settled.isEmpty ? [] : [.refresh]
    }
  }

  /// Says what became of a decision; asks again when what was decided on has changed.
  private mutating func tell(
    _ outcome: Outcome,
    of decision: Decision,
    at stage: Stage?
  ) -> [Effect] {
    let name = decision.name
    switch outcome {
    case .done(let confirmation):
      say(OutcomeWords.done(decision, confirmation, name: name), .good)
    case .refused(let refusal):
      say("\(decision.verb.word) \(name) refused: \(refusal.sentence)", .bad)
    case .notSent(let fault):
      // What could not be read can be insisted on; what could not be sent or recorded cannot.
      let way =
        stage == .readingAgain && !decision.insists && decision.verb != .start
        ? " To insist: :\(decision.verb.lineWord)! \(decision.subject.run.run.short)" : ""
      say("\(decision.verb.word) \(name) was not sent: \(fault.sentence)\(way)", .bad)
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
  /// Never over another question, what is being typed or a review: what was meant for those would
  /// answer it. Then one sentence must do.
  private mutating func askAgain(_ change: Change, _ decision: Decision) -> [Effect] {
    let name = "\(decision.title) \(decision.subject.run.run.short)"
    let isFree =
      !layers.contains { $0.isDialog || $0.isBulk } && !top.scope.takesText
      && !(top == .activity && activity.isTyping)
    guard isFree, var target = target(of: decision) else {
      say("\(decision.verb.word) \(name) was not sent: \(change.sentence(at: now))", .bad)
      notice?.until = nil
      return []
    }
    notice = nil
    switch change {
    case .payload(let task): target.task = task
    // What waits for an answer still does: only how its run stands is new.
    case .status(_, let run) where !decision.verb.isAboutRun: target.run = run
    case .status(_, let run): target = target.replaced(by: run)
    case .answered, .events, .gone: break
    }
    switch decision.verb {
    case .approve, .reject:
      var dialog = DecisionDialog(verb: decision.verb, target: target, change: change)
      dialog.take(decision.fields)
      layers.append(.decision(dialog))
    case .stop:
      layers.append(
        .stopping(StopDialog(target: target, change: change, saw: decision.seen?.status))
      )
    default:
      say("\(decision.verb.word) \(name) was not sent: \(change.sentence(at: now))", .bad)
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
    return details[decision.subject.run].map {
      Target($0, title: decision.title, task: decision.task)
    }
  }
}

/// Sentences about outcomes.
enum OutcomeWords {
  /// What was done by a verb.
  static func did(_ verb: Verb) -> String {
    switch verb {
    case .approve: "approved"
    case .reject: "rejected"
    case .pause: "paused"
    case .resume: "resumed"
    case .stop(.graceful): "stopping gracefully"
    case .stop(.immediate): "stopped"
    case .start: "started"
    }
  }

  static func done(_ decision: Decision, _ confirmation: Confirmation, name: String) -> String {
    let did = did(decision.verb)
    if let by = confirmation.by {
      return "\(did) \(name): no answer came, but the server shows it, by \(by)"
    }
    guard confirmation.readBack else {
      return "\(did) \(name): the server accepted it, but does not show it yet"
    }
    let status = confirmation.status.map { "; the run is \($0.word)" } ?? ""
    return "\(did) \(name), confirmed by the server\(status)"
  }
}
