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
  /// Where every run of the reading stands, for rows that went away.
  private var statuses: [RunID: RunStatus]

  /// An inbox of which nothing is known yet.
  package init(at: Timestamp) {
    rows = [:]
    self.at = at
    statuses = [:]
  }

  /// Folds a reading.
  ///
  /// Tasks decide over the feed: they are read after it. A run with a pending task stands under
  /// Awaiting approval alone, whatever its status says.
  package init(_ reading: Reading, order: Order) {
    at = reading.at
    rows = [:]
    statuses = Dictionary(
      reading.runs.map { ($0.id, $0.status) },
      uniquingKeysWith: { first, _ in first }
    )
    let runs = Dictionary(
      reading.runs.map { ($0.id, $0) },
      uniquingKeysWith: { first, _ in first }
    )
    let tasks = (reading.tasks ?? []).filter(\.isPending)
    var placed: Set<RowID> = []
    for task in tasks {
      let id = RowID(section: .awaiting, run: task.run, task: task.id)
      guard placed.insert(id).inserted else { continue }
      rows[.awaiting, default: []].append(Row(id: id, run: runs[task.run], task: task))
    }
    let awaited = Set(tasks.map(\.run))
    for run in reading.runs where !awaited.contains(run.id) {
      guard let section = Inbox.section(of: run, at: reading.at) else {
        if run.status == .completed { notice(completed: run) }
        continue
      }
      let id = RowID(section: section, run: run.id)
      guard placed.insert(id).inserted else { continue }
      var row = Row(id: id, run: run)
      row.pauseIsUnexplained = reading.tasks == nil && run.status == .paused
      rows[section, default: []].append(row)
    }
    for section in Section.allCases {
      rows[section]?.sort { order.places($0, before: $1) }
    }
    markSameCauses()
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
    let groups = Dictionary(grouping: failures.compactMap(\.run)) { Cause($0) }
    var met: Set<Cause> = []
    for index in failures.indices {
      guard let run = failures[index].run, let cause = Cause(run), let group = groups[cause],
        group.count > 1
      else { continue }
      if met.insert(cause).inserted { continue }
      failures[index].sameCause = SameCause(
        count: group.count,
        since: group.compactMap(Inbox.ended).min()
      )
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
      let wanted = filter.isEmpty ? rows : rows.filter(filter.accepts)
      return Array(wanted.prefix(Inbox.sectionLimit))
    }
  }

  /// Where a row of an earlier reading is now, when it is not where it was.
  package func departure(of row: Row) -> Departure {
    let elsewhere = Section.allCases.first { section in
      rows[section]?.contains { $0.id.run == row.id.run } == true
    }
    if let elsewhere, elsewhere != row.section { return .moved(to: elsewhere) }
    if elsewhere != nil { return .answered }
    guard let status = statuses[row.id.run] else { return row.task == nil ? .gone : .answered }
    return .ended(status)
  }
}
