internal import Cells
internal import JSON
internal import Runs
internal import Triage

extension Model {
  /// Asks for nothing more where the profile needs nothing more, and sends what was reviewed.
  mutating func confirmReview(_ page: ReviewPage) -> [Effect] {
    if let reason = permissions.readOnly {
      say("read-only: \(reason)", .bad)
      return []
    }
    if let bulk, !bulk.isDone {
      say("another bulk is still being sent: leave this page, and \(bulkKey) shows it", .bad)
      return []
    }
    guard page.items.contains(where: \.isSent) || page.rest != nil else {
      say("nothing is left to send", .bad)
      return []
    }
    return profile.isProtected ? askName(for: .bulk) : sendReview()
  }

  /// Sends what the review page on the screen holds, and shows how far each decision comes.
  package mutating func sendReview() -> [Effect] {
    guard let place = layers.lastIndex(where: { if case .review = $0 { true } else { false } }),
      case .review(let page) = layers[place]
    else { return [] }
    if let reason = permissions.readOnly {
      say("read-only: \(reason)", .bad)
      return []
    }
    let batch = page.rest ?? BatchID(decisions.next())
    var items: [Bulk.Item] = []
    var ended: [Effect] = []
    for item in page.items {
      if item.isSent, let decision = decision(on: item, batch) {
        items.append(Bulk.Item(decision: decision, target: item.target))
        if let planned = item.planned, planned.id != decision.id {
          ended.append(.withdraw(planned, why: "decided anew"))
        }
      } else if let planned = item.planned, let why = item.endedWhy {
        ended.append(.withdraw(planned, why: why))
      }
    }
    layers.removeSubrange(place...)
    settleRest(page)
    notice = nil
    guard !items.isEmpty else {
      say("nothing was sent; what was taken out is withdrawn, on record", .plain)
      return ended
    }
    bulk = Bulk(batch, items)
    inbox.marks.remove(settled(by: items, page))
    layers.append(.sending(SendingPage()))
    let decisions = items.map(\.decision)
    // What was planned and is the same is on the other program's record already.
    let kept = Set(page.items.compactMap(\.planned?.id))
    let fresh = decisions.filter { !kept.contains($0.id) }
    let plan: [Effect] = fresh.isEmpty ? [] : [.plan(batch, fresh)]
    return [.dropInput] + plan + ended + commit(decisions, isBulk: true)
  }

  /// The rows that stay marked no more: those that were decided about, and of a run that is decided as
  /// a whole all others.
  private func settled(by items: [Bulk.Item], _ page: ReviewPage) -> [RowID] {
    let runs = Set(items.filter { $0.decision.verb.isAboutRun }.map(\.target.id))
    let others = page.items.map(\.target).filter { runs.contains($0.id) }
    return (items.map(\.target) + others).compactMap(\.row)
  }

  /// The decision that an item stands for; one that was planned keeps its name while it is the same.
  private mutating func decision(on item: ReviewPage.Item, _ batch: BatchID) -> Decision? {
    guard let verb = item.verdict else { return nil }
    let isSame = item.planned?.verb == verb && !item.hasChanged
    let id = isSame ? item.planned?.id : nil
    var decision = item.target.decision(
      verb,
      id: id ?? DecisionID(decisions.next()),
      fields: isSame ? item.planned?.fields ?? [:] : [:],
      at: now
    )
    decision?.batch = batch
    decision?.allowsUnrecorded = journalFault != nil
    decision?.insists = item.target.insists
    // Of a run that is not shown nothing is seen now: it stays bound to what was seen then.
    if isSame, item.target.run == nil, item.target.task == nil {
      decision?.seen = item.planned?.seen
    }
    return decision
  }

  /// A key on the page on which a bulk is sent.
  mutating func sendingCommand(_ command: Command, _ page: SendingPage) -> [Effect] {
    guard let bulk else {
      layers.removeLast()
      return []
    }
    var page = page
    switch command {
    case .close where bulk.isStoppable: return stopBulk()
    case .close, .back:
      layers.removeLast()
      notice = nil
      refreshListing()
      if !bulk.isDone { say("the bulk goes on; \(bulkKey) shows it", .plain) }
      return watchSelection()
    case .retry: return retryBulk()
    case .open:
      guard bulk.items.indices.contains(page.cursor) else { return [] }
      return openRun(bulk.items[page.cursor].decision.subject.run)
    default:
      let height = SendingLayout(self).height
      page.cursor = Model.moved(page.cursor, command, of: bulk.items.count, height: height)
    }
    layers[layers.count - 1] = .sending(page)
    settleSending()
    return []
  }

  /// Takes back what has not begun; what is on its way is waited for.
  mutating func stopBulk(why: String = "taken back, the bulk was stopped") -> [Effect] {
    guard let bulk else { return [] }
    let waiting = bulk.waiting
    self.bulk?.stop()
    // What is still in the undo window does not go out of it either.
    held.removeAll { $0.decisions.contains { bulk.contains($0.id) } }
    return waiting.map { .withdraw($0.decision, why: why) }
  }

  /// Tries again what failed, as the same decisions: each is read back first, so that none is done
  /// twice.
  ///
  /// What was refused is certain not to be done, and gets a new name: under the old one a server
  /// repeats its answer.
  private mutating func retryBulk() -> [Effect] {
    if let reason = permissions.readOnly {
      say("read-only: \(reason)", .bad)
      return []
    }
    guard let failed = bulk?.failed, !failed.isEmpty else {
      say("nothing has failed that could be tried again", .plain)
      return []
    }
    var again: [Decision] = []
    var renewed: [Decision] = []
    for item in failed {
      var decision = item.decision
      if item.isRefused {
        decision.id = DecisionID(decisions.next())
        renewed.append(decision)
      }
      bulk?.retry(item.decision.id, as: decision)
      again.append(decision)
    }
    let plan = bulk.map { renewed.isEmpty ? [] : [Effect.plan($0.id, renewed)] } ?? []
    return plan + commit(again, isBulk: true)
  }

  /// Shows the bulk that is being sent, or was sent last, or what an earlier session left unsent.
  mutating func showBulk() -> [Effect] {
    if layers.contains(where: \.isBulk) { return [] }
    // What came of the last one is shown once before what was left over from before.
    if !leftPlans.isEmpty, bulk.map({ $0.isDone && $0.wasSeen }) ?? true { return reviewRest() }
    guard let shown = bulk else {
      say("no bulk was sent yet", .plain)
      return []
    }
    bulk?.wasSeen = shown.isDone
    layers.append(.sending(SendingPage()))
    settleSending()
    return [.dropInput]
  }

  /// Keeps the item under the cursor on the screen.
  mutating func settleSending() {
    guard case .sending(var page) = top, let bulk else { return }
    page.cursor = max(0, min(page.cursor, bulk.items.count - 1))
    page.scroll = RunLayout.scroll(
      page.scroll,
      showing: page.cursor...page.cursor,
      of: bulk.items.count,
      in: SendingLayout(self).height
    )
    layers[layers.count - 1] = .sending(page)
  }

  /// What became of a decision of the bulk; nil when it is none of it.
  mutating func tellBulk(_ outcome: Outcome, of id: DecisionID, recorded: Bool) -> [Effect]? {
    guard bulk?.contains(id) == true else { return nil }
    bulk?.take(outcome, of: id, recorded: recorded, at: now)
    return finishBulk()
  }

  /// A decision was taken back: the row stays marked, so that it can be decided again.
  mutating func tellWithdrawn(_ decision: Decision) -> [Effect] {
    flights[decision.id] = nil
    asksToLeave = false
    guard bulk?.contains(decision.id) == true else { return [] }
    bulk?.withdraw(decision.id, why: "not sent, still marked")
    if let row = bulk?.row(of: decision.id) { markAgain(row) }
    return finishBulk()
  }

  /// Marks a row, where it is still there.
  private mutating func markAgain(_ row: RowID) {
    if inbox.inbox.rows[row.section]?.contains(where: { $0.id == row }) == true {
      inbox.marks.add([row])
    }
  }

  /// Says what came of the bulk once all of it has come to an end, where its page is not seen.
  ///
  /// The inbox is read once, not after each of many.
  mutating func finishBulk() -> [Effect] {
    guard let bulk, bulk.isDone else { return [] }
    if case .sending = top {
      self.bulk?.wasSeen = true
      return [.refresh]
    }
    let tone: Notice.Tone = bulk.done == bulk.items.count ? .good : .bad
    say("the bulk has ended: \(bulk.sentence); \(bulkKey) shows each", tone)
    return [.refresh]
  }

  /// The key that shows the bulk.
  var bulkKey: String {
    config.keymap.label(of: .bulk, in: .inbox, ascii: glyphs == .ascii) ?? ":"
  }

  /// Where a cursor goes in a list by a key.
  static func moved(_ cursor: Int, _ command: Command, of count: Int, height: Int) -> Int {
    let page = max(1, height - 1)
    let step =
      switch command {
      case .up: -1
      case .down: 1
      case .pageUp: -page
      case .pageDown: page
      case .halfUp: -max(1, page / 2)
      case .halfDown: max(1, page / 2)
      case .top: -count
      case .bottom: count
      default: 0
      }
    return max(0, min(cursor + step, count - 1))
  }
}
