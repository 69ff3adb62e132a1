internal import Cells
package import Runs
internal import Triage

extension Model {
  /// Opens the review page with what is to be decided about; what is not possible is listed there with
  /// its reason.
  ///
  /// Nothing is sent before the page was looked at and its key was pressed.
  package mutating func review(_ items: [(Target, Verb)]) -> [Effect] {
    guard !items.isEmpty else {
      say("there is nothing to review", .bad)
      return []
    }
    let busy = Dictionary(grouping: flights.values.map(\.decision), by: \.subject.run.run)
    var legal: [ReviewPage.Item] = []
    var leftOut: [ReviewPage.Item] = []
    var wholes: Set<RunID> = []
    for (target, verb) in items {
      if let reason = obstacle(to: verb, target, busy) {
        leftOut.append(ReviewPage.Item(target: target, verdict: nil, remark: .leftOut(reason)))
      } else if verb.isAboutRun, !wholes.insert(target.id).inserted {
        let reason = "another line here is about its run"
        leftOut.append(ReviewPage.Item(target: target, verdict: nil, remark: .leftOut(reason)))
      } else {
        legal.append(ReviewPage.Item(target: target, verdict: verb))
      }
    }
    guard !legal.isEmpty else {
      refuse(leftOut)
      return []
    }
    var page = ReviewPage(legal + leftOut)
    page.areMarked = items.allSatisfy { $0.0.row.map(inbox.marks.contains) ?? false }
    return open(page)
  }

  /// Shows a page; keys pressed before it is on the screen were not meant for it.
  mutating func open(_ page: ReviewPage) -> [Effect] {
    notice = nil
    layers.append(.review(page))
    return [.dropInput, .probeJournal]
  }

  /// Why a verb is not possible on something now; nil when it is.
  private func obstacle(
    to verb: Verb,
    _ target: Target,
    _ busy: [RunID: [Decision]]
  ) -> String? {
    let task = verb.isAboutRun ? nil : target.task?.id
    if let other = busy[target.id]?.first(where: { $0.concerns(target.id, task: task) }) {
      return "\(other.verb.word) is on its way"
    }
    if let verb = held(about: target.id, task: task)?.decisions.first?.verb {
      return "\(verb.word) is not sent yet"
    }
    return reasonAgainst(verb, target)
  }

  /// Why a verb cannot be sent with many others; nil when it can.
  ///
  /// Here neither edits nor comments are sent, and the draft would be gone with them.
  func reasonAgainst(_ verb: Verb, _ target: Target) -> String? {
    if let reason = target.legality(of: verb, permissions).reason { return reason }
    guard !verb.isAboutRun, verb != .start, draftedEdits(of: target) > 0 else { return nil }
    if draftedComment(of: target) != nil { return "it has a draft with a comment: open it" }
    return verb == .approve ? "it has a draft with edits: open it" : nil
  }

  /// Says why nothing of what was chosen is possible.
  private mutating func refuse(_ items: [ReviewPage.Item]) {
    var reason = ""
    if case .leftOut(let words) = items.first?.remark { reason = words }
    let isOne = items.allSatisfy { $0.remark == items.first?.remark }
    let lead = items.count == 1 ? "not possible" : "possible on none of the \(items.count)"
    say(isOne ? "\(lead): \(reason)" : "\(lead); the first: \(reason)", .bad)
  }

  /// Opens the review page with all marked rows, each with the verb of a key.
  mutating func reviewMarked(_ command: Command) -> [Effect] {
    let targets = markedRows.map(Target.init)
    let effects = review(targets.map { ($0, Model.verb(of: command, on: $0)) })
    if command == .stop, case .review(var page) = top {
      page.asksHow = true
      layers[layers.count - 1] = .review(page)
    }
    return effects
  }

  /// The verb that a key means on something.
  static func verb(of command: Command, on target: Target) -> Verb {
    switch command {
    case .approve: .approve
    case .reject: .reject
    case .pause: target.run?.status == .paused && target.task == nil ? .resume : .pause
    default: .stop(.immediate)
    }
  }

  /// A key on the review page.
  mutating func reviewCommand(_ command: Command, _ page: ReviewPage) -> [Effect] {
    var page = page
    if page.asksHow { return answerHow(command, page) }
    switch command {
    case .approve, .reject, .pause, .stop: judge(command, &page)
    case .drop:
      guard let item = page.selection else { break }
      if item.isDropped, let verb = item.verdict,
        let reason = page.conflict(with: verb, at: page.cursor)
      {
        say(reason, .bad)
        return []
      }
      page.items[page.cursor].isDropped.toggle()
      page.cursor = min(page.cursor + 1, page.items.count - 1)
    case .open: page.isUnfolded.toggle()
    case .send: return confirmReview(page)
    case .close, .back:
      layers.removeLast()
      notice = nil
      refreshListing()
      return watchSelection()
    default:
      let height = ReviewLayout(self).height
      page.cursor = Model.moved(page.cursor, command, of: page.items.count, height: height)
      if page.isUnfolded { inbox.restsAt = now + InboxModel.rest }
    }
    layers[layers.count - 1] = .review(page)
    settleReview()
    return command == .open ? watchReview() : []
  }

  /// Gives the item under the cursor another verdict, where that is possible.
  private mutating func judge(_ command: Command, _ page: inout ReviewPage) {
    guard let item = page.selection else { return }
    let target = item.target
    let verb: Verb =
      switch command {
      case .stop:
        target.legality(of: .stop(.graceful), permissions).isAllowed
          && item.verdict != .stop(.graceful) ? .stop(.graceful) : .stop(.immediate)
      default: Model.verb(of: command, on: target)
      }
    if let flight = flight(of: target.id, task: verb.isAboutRun ? nil : target.task?.id) {
      say("\(target.id.short): \(flight.decision.verb.word) is on its way", .bad)
    } else if let reason = reasonAgainst(verb, target) ?? page.conflict(with: verb, at: page.cursor)
    {
      say(reason, .bad)
    } else {
      page.items[page.cursor].verdict = verb
      page.items[page.cursor].remark = nil
      page.items[page.cursor].isDropped = false
      notice = nil
    }
  }

  /// How all are to be stopped: what drains already can only be stopped at once.
  private mutating func answerHow(_ command: Command, _ page: ReviewPage) -> [Effect] {
    var page = page
    let mode: StopMode
    switch command {
    case .gracefully: mode = .graceful
    case .immediately: mode = .immediate
    case .close:
      layers.removeLast()
      refreshListing()
      return watchSelection()
    default: return []
    }
    page.asksHow = false
    for place in page.items.indices where page.items[place].verdict != nil {
      let target = page.items[place].target
      if let reason = target.legality(of: .stop(mode), permissions).reason {
        page.items[place].verdict = nil
        page.items[place].remark = .leftOut(reason)
      } else {
        page.items[place].verdict = .stop(mode)
      }
    }
    layers[layers.count - 1] = .review(page)
    return [.dropInput]
  }

  /// Keeps the item under the cursor on the screen.
  mutating func settleReview() {
    guard case .review(var page) = top else { return }
    let layout = ReviewLayout(self)
    let lines = ReviewLines(page, self)
    page.scroll = RunLayout.scroll(
      page.scroll,
      showing: lines.span(height: layout.height),
      of: lines.count,
      in: layout.height
    )
    layers[layers.count - 1] = .review(page)
  }

  /// What follows from a verdict is read for the item that is unfolded.
  mutating func watchReview() -> [Effect] {
    guard case .review(let page) = top, page.isUnfolded,
      let reference = page.selection?.target.reference, details[reference] == nil
    else { return [] }
    return load(reference)
  }

  /// A newer reading, while the page lies there.
  mutating func compareReview(with reading: Reading) {
    for place in layers.indices {
      guard case .review(var page) = layers[place] else { continue }
      page.compare(with: reading)
      layers[place] = .review(page)
    }
  }
}
