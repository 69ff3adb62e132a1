package import Runs

/// What needs a person, folded from one reading: who stands in which section, in which order.
package struct Inbox: Sendable, Equatable {
  /// The rows of each section, in order.
  package internal(set) var rows: [Section: [Row]]
  /// When the reading was made; ages count to here.
  package var at: Timestamp
  /// How it is laid out.
  package private(set) var arrangement: Arrangement
  /// How the rows of each section are ordered.
  package var order: Order { arrangement.order }
  /// How many rows pass each filter of the arrangement that is counted, in its order.
  package private(set) var tallies: [Int] = []
  /// The failures of the last day are those that ended this long ago at most.
  package static let failureWindow = Duration.seconds(24 * 3600)
  /// A section shows this many rows at most.
  package static let sectionLimit = 2000
  /// The newest run that completed, for the empty inbox.
  package var lastCompleted: Run?
  /// All runs of the reading, for rows that went away.
  private var runs: [Run]
  /// The failures of the day in order, hidden ones among them, and their causes.
  private var failures: [Row] = []
  private var causes: [Cause?] = []
  /// The words for the status of runs that are none of the product's.
  package private(set) var otherStatuses: Set<String> = []
  /// What the rows of each section show, once somebody searched it.
  var texts: [Section: SearchTexts] = [:]
  /// What tells how long runs have been silent.
  var watch = Watch()
  /// The rule by which runs look stuck; nil says that of none.
  package internal(set) var lookout: Lookout?

  /// An inbox of which nothing is known yet.
  package init(at: Timestamp) {
    rows = [:]
    self.at = at
    arrangement = Arrangement()
    runs = []
  }

  /// Folds a reading.
  ///
  /// Tasks decide over the feed: they are read after it. A run with a pending task stands under
  /// Awaiting approval alone, whatever its status says.
  /// - Parameters:
  ///   - reading: What a poll brought.
  ///   - arrangement: How it is laid out.
  ///   - lookout: Tells which runs look stuck; nil says that of none.
  ///   - before: The inbox of the reading before, which knows for how long runs have been silent.
  package init(
    _ reading: Reading,
    _ arrangement: Arrangement,
    lookout: Lookout? = nil,
    after before: Inbox? = nil
  ) {
    at = reading.serverTime
    self.arrangement = arrangement
    rows = [:]
    runs = reading.runs
    let tasks = (reading.tasks ?? []).filter(\.isPending)
    let awaited = Set(tasks.map(\.run))
    place(tasks, awaited)
    place(awaited, tasksAreKnown: reading.tasks != nil)
    for (section, unordered) in rows { rows[section] = arrangement.order.sorted(unordered) }
    failures = rows[.failed] ?? []
    causes = failures.map { $0.run.flatMap { Cause($0) } }
    watch.clockIsKnown = reading.clockSkew != nil
    watch.tasksAreKnown = reading.tasks != nil
    if let lookout { attend(lookout, after: before) }
    settle()
    if arrangement.isSearched { prepareSearch() }
  }

  /// Folds a reading in an order.
  package init(
    _ reading: Reading,
    order: Order,
    lookout: Lookout? = nil,
    after before: Inbox? = nil
  ) {
    self.init(reading, Arrangement(order: order), lookout: lookout, after: before)
  }

  /// Lays the same rows out otherwise, as far as their order stays.
  package mutating func arrange(_ other: Arrangement) {
    let isAlike =
      other.hidden == arrangement.hidden && other.showsHidden == arrangement.showsHidden
    arrangement = other
    if isAlike {
      tally()
    } else {
      settle()
    }
    if arrangement.isSearched { prepareSearch() }
  }

  /// Leaves out of the failures what is hidden, and what woke up of it out of what is hidden.
  private mutating func settle() {
    arrangement.hidden.forget(failures, causes, among: runs, at: at)
    let hidden = arrangement.hidden
    var shown = failures
    var theirs = causes
    if !hidden.isEmpty {
      for place in shown.indices { shown[place].isHidden = hidden.contains(shown[place].id.run) }
      if !arrangement.showsHidden {
        let places = shown.indices.filter { !shown[$0].isHidden }
        theirs = places.map { theirs[$0] }
        shown = places.map { shown[$0] }
      }
    }
    Inbox.markSameCauses(&shown, theirs)
    rows[.failed] = shown.isEmpty ? nil : shown
    texts[.failed] = nil
    tally()
  }

  /// Counts what passes the filters that are counted.
  mutating func tally() {
    if arrangement.counted.contains(where: \.searches) { prepareSearch() }
    tallies = arrangement.counted.map { filter in
      Section.allCases.reduce(0) { sum, section in
        let rows = rows[section] ?? []
        return sum + places(section, filter).count { !rows[$0].isHidden }
      }
    }
  }

  /// Makes what is searched, once; without it every search makes it anew.
  package mutating func prepareSearch() {
    for (section, rows) in rows where texts[section] == nil {
      texts[section] = SearchTexts(rows)
    }
  }

  /// Makes the search of a long inbox ready, off the path of the keys.
  ///
  /// Made for the first letter of a filter it would be felt; a shorter one is made ready when the
  /// prompt opens.
  package mutating func prepareLongSearch() {
    if count > Inbox.preparedAtOnce { prepareSearch() }
  }

  /// How many rows are made ready for a search without being felt.
  package static let preparedAtOnce = 20_000

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
      if case .other(let word) = run.status { otherStatuses.insert(word) }
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
  /// - Returns: false when a failure is out of its day meanwhile, or a run silent for long enough, so
  ///   that it must be folded anew.
  package mutating func age(to moment: Timestamp) -> Bool {
    at = moment
    if arrangement.counted.contains(where: \.dependsOnTime) { tally() }
    if let due = watch.due, due <= moment { return false }
    return failures.allSatisfy { row in
      row.run.flatMap { Inbox.ended($0) }.map { moment - $0 <= Inbox.failureWindow } ?? true
    }
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
  private static func markSameCauses(_ failures: inout [Row], _ causes: [Cause?]) {
    /// The groups, and which one each failure belongs to.
    var groups: [(first: Int, same: SameCause)] = []
    var numbers: [Cause: Int] = [:]
    var members: [(failure: Int, group: Int)] = []
    for index in failures.indices {
      guard let run = failures[index].run, let cause = causes[index] else { continue }
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

  /// How many stand in a section; what is hidden does not count.
  package func count(_ section: Section) -> Int {
    let count = rows[section]?.count ?? 0
    return section == .failed && arrangement.showsHidden ? count - hiddenCount : count
  }

  /// How many failures are hidden.
  package var hiddenCount: Int { arrangement.hidden.count(among: failures) }

  /// What has to be known of a failure to hide it: the newest of its cause, which wakes nobody.
  package func newest(sharing row: Row) -> Timestamp? {
    guard let cause = row.run.flatMap({ Cause($0) }) else { return nil }
    return failures.indices.lazy.filter { causes[$0] == cause }
      .compactMap { failures[$0].run.flatMap(Inbox.ended) }.max()
  }

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
      return places(section, filter, limit: Inbox.sectionLimit).map { rows[$0] }
    }
  }

  /// Where the rows of a section stand that a filter lets through.
  private func places(_ section: Section, _ filter: Filter, limit: Int = .max) -> [Int] {
    let rows = rows[section] ?? []
    let texts = filter.searches ? texts[section] ?? SearchTexts(rows) : SearchTexts([])
    var places: [Int] = []
    // By index: rows that are not wanted need not be copied to find that out.
    for index in rows.indices where filter.accepts(rows, texts, index, at: at) {
      places.append(index)
      if places.count == limit { break }
    }
    return places
  }

  /// Where a row of an earlier reading is now, when it is not where it was.
  package func departure(of row: Row) -> Departure {
    let elsewhere = Section.allCases.first { section in
      rows[section]?.contains { $0.id.run == row.id.run } == true
    }
    if let elsewhere, elsewhere != row.section { return .moved(to: elsewhere) }
    if rows[row.section]?.contains(where: { $0.id == row.id }) == true { return .filtered }
    if elsewhere != nil { return .answered }
    guard let run = runs.first(where: { $0.id == row.id.run }) else {
      return row.task == nil ? .gone : .answered
    }
    return .ended(run.status)
  }
}
