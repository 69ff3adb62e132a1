package import Runs

/// What needs a person, folded from one reading: who stands in which section, in which order.
package struct Inbox: Sendable, Equatable {
  /// The rows of each section, in order.
  package var rows: [Section: [Row]]
  /// When the reading was made; ages count to here.
  package var at: Timestamp
  /// The failures of the last day are those that ended this long ago at most.
  package static let failureWindow = Duration.seconds(24 * 3600)
  /// A section shows this many rows at most.
  package static let sectionLimit = 2000
  /// The newest run that completed, for the empty inbox.
  package var lastCompleted: Run?
  /// All runs of the reading, for rows that went away.
  private var runs: [Run]

  /// An inbox of which nothing is known yet.
  package init(at: Timestamp) {
    rows = [:]
    self.at = at
    runs = []
  }

  /// Folds a reading.
  ///
  /// Tasks decide over the feed: they are read after it. A run with a pending task stands under
  /// Awaiting approval alone, whatever its status says.
  package init(_ reading: Reading, order: Order) {
    at = reading.serverTime
    rows = [:]
    runs = reading.runs
    let tasks = (reading.tasks ?? []).filter(\.isPending)
    let awaited = Set(tasks.map(\.run))
    place(tasks, awaited)
    place(awaited, tasksAreKnown: reading.tasks != nil)
    for section in Section.allCases {
      if let unordered = rows[section] { rows[section] = order.sorted(unordered) }
    }
    markSameCauses()
  }

  /// Places the tasks that wait, each once.
  private mutating func place(_ tasks: [HumanTask], _ awaited: Set<RunID>) {
    guard !tasks.isEmpty else { return }
    let theirs = Dictionary(
      runs.lazy.filter { awaited.contains($0.id) }.map { ($0.id, $0) },
      uniquingKeysWith: { first, _ in first }
    )
    var placed: Set<RowID> = []
    for task in tasks {
      let id = RowID(section: .awaiting, run: task.run, task: task.id)
      guard placed.insert(id).inserted else { continue }
      rows[.awaiting, default: []].append(Row(id: id, run: theirs[task.run], task: task))
    }
  }

  /// Places the runs of which no task waits, each once.
  private mutating func place(_ awaited: Set<RunID>, tasksAreKnown: Bool) {
    var placed: Set<RunID> = []
    placed.reserveCapacity(runs.count)
    for run in runs where !awaited.contains(run.id) {
      guard let section = Inbox.section(of: run, at: at) else {
        if run.status == .completed { notice(completed: run) }
        continue
      }
      guard placed.insert(run.id).inserted else { continue }
      var row = Row(id: RowID(section: section, run: run.id), run: run)
      row.pauseIsUnexplained = !tasksAreKnown && run.status == .paused
      rows[section, default: []].append(row)
    }
  }

  /// The same reading at a later moment: ages count to it, and nothing else has changed.
  /// - Returns: false when a failure is out of its day meanwhile, so that it must be folded anew.
  package mutating func age(to moment: Timestamp) -> Bool {
    at = moment
    return rows[.failed]?.allSatisfy { row in
      row.run.flatMap { Inbox.ended($0) }.map { moment - $0 <= Inbox.failureWindow } ?? true
    } ?? true
  }

  /// The section of a run without a pending task; nil when it needs nobody.
  package static func section(of run: Run, at moment: Timestamp) -> Section? {
    switch run.status {
    case .draining: .draining
    case .pending, .queued, .starting, .running, .paused, .other: .running
    case .completed: nil
    case .failed, .stopped:
      // Without any time the run is shown: better one row too many than a failure unseen.
      ended(run).map { moment - $0 <= failureWindow } ?? true ? .failed : nil
    }
  }

  /// When a run ended, as far as the server says.
  package static func ended(_ run: Run) -> Timestamp? {
    run.endedAt ?? run.statusAt ?? run.updatedAt ?? run.began
  }

  private mutating func notice(completed run: Run) {
    guard let moment = Inbox.ended(run) else { return }
    if lastCompleted.flatMap(Inbox.ended).map({ $0 < moment }) ?? true { lastCompleted = run }
  }

  /// Tells every failure but the newest of its cause how many share it.
  private mutating func markSameCauses() {
    guard var failures = rows[.failed] else { return }
    let causes = failures.map { $0.run.flatMap { Cause($0) } }
    var groups: [Cause: SameCause] = [:]
    for (cause, row) in zip(causes, failures) {
      guard let cause, let run = row.run else { continue }
      let known = groups[cause]
      let moments = [known?.since, Inbox.ended(run)].compactMap { $0 }
      groups[cause] = SameCause(count: (known?.count ?? 0) + 1, since: moments.min())
    }
    var met: Set<Cause> = []
    for (index, cause) in causes.enumerated() {
      guard let cause, let group = groups[cause], group.count > 1 else { continue }
      if met.insert(cause).inserted { continue }
      failures[index].sameCause = group
    }
    rows[.failed] = failures
  }

  /// How many stand in a section.
  package func count(_ section: Section) -> Int { rows[section]?.count ?? 0 }

  /// How many rows there are in all.
  package var count: Int { Section.allCases.reduce(0) { $0 + count($1) } }

  /// Whether something is pending or active, so that the next look should be soon.
  package var isLively: Bool {
    count(.awaiting) + count(.draining) + count(.running) > 0
  }

  /// The rows that a filter lets through, in the order of the screen, each section within its limit.
  package func shown(_ filter: Filter) -> [Row] {
    Section.allCases.flatMap { section in
      let rows = rows[section] ?? []
      guard !filter.isEmpty else { return Array(rows.prefix(Inbox.sectionLimit)) }
      return Array(rows.lazy.filter(filter.accepts).prefix(Inbox.sectionLimit))
    }
  }

  /// Where a row of an earlier reading is now, when it is not where it was.
  package func departure(of row: Row) -> Departure {
    let elsewhere = Section.allCases.first { section in
      rows[section]?.contains { $0.id.run == row.id.run } == true
    }
    if let elsewhere, elsewhere != row.section { return .moved(to: elsewhere) }
    if elsewhere != nil { return .answered }
    guard let run = runs.first(where: { $0.id == row.id.run }) else {
      return row.task == nil ? .gone : .answered
    }
    return .ended(run.status)
  }
}
