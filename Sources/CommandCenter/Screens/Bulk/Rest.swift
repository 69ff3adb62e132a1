internal import Cells
internal import Runs
internal import Triage

extension Model {
  /// How what was left unsent is had; nil when nothing was.
  var restOffer: String? {
    guard !leftPlans.isEmpty else { return nil }
    let what = leftPlans.count == 1 ? "1 decision" : "\(leftPlans.count) decisions"
    return "\(what) of a bulk that was cut short never sent; \(bulkKey) reviews what is left"
  }

  /// Opens the review of what a program that ended too early had planned and not sent: bound to what
  /// the server shows now, and what is not as it was seen then wants a new verdict.
  mutating func reviewRest() -> [Effect] {
    guard let reading = inbox.reading, !link.isFromDisk, let first = leftPlans.first else {
      say("the inbox was not read yet: what was left unsent is compared with it first", .bad)
      return []
    }
    let rows = Dictionary(
      grouping: Section.allCases.flatMap { inbox.inbox.rows[$0] ?? [] },
      by: \.id.run
    )
    let runs = Dictionary(
      reading.runs.lazy.map { ($0.id, $0) },
      uniquingKeysWith: { first, _ in first }
    )
    let items = leftPlans.map { record in
      let run = record.decision.subject.run.run
      return rest(record.decision, rows[run] ?? [], runs[run], tasksAreKnown: reading.tasks != nil)
    }
    // What is decided stands above what there is nothing to decide about any more.
    var page = ReviewPage(items.filter(\.isSent) + items.filter { !$0.isSent })
    if case .planned(let batch) = first.fate { page.rest = batch }
    page.rest = page.rest ?? BatchID(decisions.next())
    return open(page)
  }

  /// A planned decision beside what there is now.
  private func rest(
    _ decision: Decision,
    _ rows: [Row],
    _ run: Run?,
    tasksAreKnown: Bool
  ) -> ReviewPage.Item {
    var item: ReviewPage.Item
    switch decision.subject {
    case .task(let task):
      guard let row = rows.first(where: { $0.task?.id == task.task }), let asked = row.task else {
        item = ReviewPage.Item(target: Target(decision, run), verdict: nil)
        let ended = run.flatMap { $0.status.isTerminal ? "its run is \($0.status.word)" : nil }
        item.remark =
          tasksAreKnown
          ? .gone(ended ?? "it was answered meanwhile")
          : .leftOut("the approvals could not be read")
        break
      }
      item = ReviewPage.Item(target: Target(row), verdict: decision.verb)
      if decision.seen?.isSame(asked.payload) == false {
        item.change("it asks something else than when it was decided")
      }
    case .run, .start:
      item = ReviewPage.Item(
        target: rows.first.map(Target.init) ?? Target(decision, run),
        verdict: decision.verb
      )
    }
    if item.verdict != nil, decision.fieldsDigest != nil {
      item.change("what was to be sent with it is too long to be on record")
    }
    if let saw = decision.seen?.status, let now = item.target.run?.status, item.verdict != nil,
      saw.phase != now.phase
    {
      item.change("it is \(now.word), and was \(saw.word) when it was decided")
    }
    if item.verdict != nil,
      let reason = reasonAgainst(decision.verb, item.target)
    {
      item.verdict = nil
      item.remark = .leftOut(reason)
    }
    item.planned = decision
    return item
  }

  /// Forgets the plans that were sent or taken back; what wants a new verdict is offered again.
  mutating func settleRest(_ page: ReviewPage) {
    guard page.rest != nil else { return }
    let open = page.items.filter { !$0.isSent && $0.endedWhy == nil }
    let names = Set(open.compactMap(\.planned?.id))
    leftPlans.removeAll { !names.contains($0.id) }
  }
}

extension ReviewPage.Item {
  /// Takes the verdict away, because what it was given on is not the same any more.
  fileprivate mutating func change(_ words: String) {
    verdict = nil
    hasChanged = true
    remark = .changed(words)
  }
}

extension Target {
  /// What a decision of another session was about, of which the inbox shows nothing any more.
  fileprivate init(_ decision: Decision, _ run: Run?) {
    title = decision.title
    id = decision.subject.run.run
    reference = decision.subject.run
    self.run = run
    since = decision.madeAt
  }
}
