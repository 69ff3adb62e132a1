package import Runs

/// What needs a person, folded from one reading: who stands in which section, in which order.
package struct Inbox: Sendable, Equatable {
  /// The rows of each section, in order.
  package var rows: [Section: [Row]]
  /// When the reading was made; ages count to here.
  package var at: Timestamp
  /// How the rows of each section are ordered.
  package let order: Order
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
    order = .age
    runs = []
  }

  /// Folds a reading.
  ///
  /// Tasks decide over the feed: they are read after it. A run with a pending task stands under
  /// Awaiting approval alone, whatever its status says.
  package init(_ reading: Reading, order: Order) {
    at = reading.serverTime
    self.order = order
    rows = [:]
    runs = reading.runs
    let tasks = (reading.tasks ?? []).filter(\.isPending)
    let awaited = Set(tasks.map(\.run))
    place(tasks, awaited)
    place(awaited, tasksAreKnown: reading.tasks != nil)
    for (section, unordered) in rows { rows[section] = order.sorted(unordered) }
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
    var parts = Section.allCases.map { _ in [Row]() }
    for run in runs {
      let id = run.id
      guard awaited.isEmpty || !awaited.contains(id) else { continue }
      guard let section = Inbox.section(of: run, at: at) else {
        if run.status == .completed { notice(completed: run) }
        continue
      }
      guard placed.insert(id).inserted else { continue }
      var row = Row(id: RowID(section: section, run: id), run: run)
      row.pauseIsUnexplained = !tasksAreKnown && run.status == .paused
      parts[section.rawValue].append(row)
    }
    for section in Section.allCases where !parts[section.rawValue].isEmpty {
      rows[section] = parts[section.rawValue]
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
    guard var failures = rows.removeValue(forKey: .failed) else { return }
    defer { rows[.failed] = failures }
    /// The groups, and which one each failure belongs to.
    var groups: [(first: Int, same: SameCause)] = []
    var numbers: [Cause: Int] = [:]
    var members: [(failure: Int, group: Int)] = []
    for index in failures.indices {
      guard let run = failures[index].run, let cause = Cause(run) else { continue }
      let ended = Inbox.ended(run)
      let number = numbers[cause] ?? groups.count
      if number == groups.count {
        numbers[cause] = number
        groups.append((index, SameCause(count: 0, since: ended)))
      }
      groups[number].same.count += 1
      if let ended { groups[number].same.since = min(groups[number].same.since ?? ended, ended) }
      members.append((index, number))
    }
    for (failure, group) in members where groups[group].first != failure {
      failures[failure].sameCause = groups[group].same
    }
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
    Section.allCases.flatMap { section -> [Row] in
      let rows = rows[section] ?? []
      guard !filter.isEmpty else { return Array(rows.prefix(Inbox.sectionLimit)) }
      var shown: [Row] = []
      // By index: rows that are not wanted need not be copied to find that out.
      for index in rows.indices where filter.accepts(rows[index]) {
        shown.append(rows[index])
        if shown.count == Inbox.sectionLimit { break }
      }
      return shown
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
