package import Runs

/// What is remembered of going runs from reading to reading, so that their silence can be told.
///
/// Most servers say when a run changed last; then nothing needs to be remembered until it has been
/// silent for long. With others only our own readings tell that something moved.
struct Watch: Sendable, Equatable {
  /// What of a run tells that something has happened in it.
  ///
  /// Fields that we do not know are left out: one that counts seconds would hide every silence.
  private struct Print: Sendable, Equatable {
    var status: RunStatus
    var currentSteps: [StepID]
    var steps: StepCounts?
    var lastEvent: Int?
    var updatedAt: Timestamp?
    var pendingTasks: Int?
    var credits: Credits?

    init(_ run: Run) {
      status = run.status
      currentSteps = run.currentSteps
      steps = run.steps
      lastEvent = run.lastEvent
      updatedAt = run.updatedAt
      pendingTasks = run.pendingTasks
      credits = run.credits
    }
  }

  private struct Sighting: Sendable, Equatable {
    var run: Run
    /// Since when it looks as it does, by the server's clock.
    var since: Timestamp
    /// Whether it was not seen before.
    var isFirst: Bool
  }

  private var sightings: [RunID: Sighting] = [:]
  /// Whether the server tells its clock, so that times of runs mean something beside it.
  var clockIsKnown = false
  /// Whether it is known which runs wait for a person.
  var tasksAreKnown = false
  /// When the next finding is due, should nothing happen.
  var due: Timestamp?
  /// The workflows whose past would tell whether a silent run of theirs is stuck, each with the
  /// version that runs.
  var wanted: [(workflow: WorkflowID, version: Int?)] = []
  /// They are read one after the other; more come with the next reading.
  static let wantedBound = 8

  static func == (left: Watch, right: Watch) -> Bool {
    left.sightings == right.sightings && left.due == right.due
      && left.clockIsKnown == right.clockIsKnown && left.tasksAreKnown == right.tasksAreKnown
      && left.wanted.map(\.workflow) == right.wanted.map(\.workflow)
  }

  /// When something was last heard of a run that is seen now.
  mutating func news(
    of run: Run,
    at moment: Timestamp,
    after before: Watch?,
    _ lookout: Lookout
  ) -> News {
    let note = lookout.note(on: run.id)
    let told = clockIsKnown ? [run.updatedAt, note?.lastEvent].compactMap { $0 }.max() : nil
    if let told, run.updatedAt != nil, moment - told < lookout.patience {
      return News(since: told, isAtLeast: false)
    }
    let sighting = sighting(of: run, at: moment, after: before)
    sightings[run.id] = sighting
    // What was seen to change while we looked is news, whatever the times of the run say.
    let seen = sighting.isFirst ? nil : sighting.since
    if let told, run.updatedAt != nil {
      return News(since: max(told, seen ?? told), isAtLeast: false)
    }
    if let told, let note, note.at >= sighting.since { return News(since: told, isAtLeast: false) }
    if let seen { return News(since: max(seen, told ?? seen), isAtLeast: false) }
    let begun = clockIsKnown ? [run.statusAt, run.startedAt].compactMap { $0 }.max() : nil
    // It cannot have been silent before it began.
    let since = max(sighting.since, begun ?? sighting.since)
    return News(since: since, isAtLeast: true)
  }

  private func sighting(of run: Run, at moment: Timestamp, after before: Watch?) -> Sighting {
    guard var known = before?.sightings[run.id] ?? sightings[run.id] else {
      return Sighting(run: run, since: moment, isFirst: true)
    }
    if known.run != run, Print(known.run) != Print(run) {
      known.since = moment
      known.isFirst = false
    }
    known.run = run
    return known
  }
}

extension Inbox {
  /// Looks for runs that look stuck, with what is known by now.
  package mutating func learn(_ lookout: Lookout) {
    attend(lookout)
    tally()
    if arrangement.isSearched { prepareSearch() }
  }

  /// Looks for runs that look stuck, before anything is counted or searched.
  mutating func attend(_ lookout: Lookout, after before: Inbox? = nil) {
    self.lookout = lookout
    watch.due = nil
    watch.wanted = []
    for section in [Section.running, .draining] {
      guard var list = rows.removeValue(forKey: section) else { continue }
      for index in list.indices {
        let attention = attention(for: list[index].run, lookout, before)
        if attention != list[index].attention { list[index].attention = attention }
      }
      rows[section] = list
      texts[section] = nil
    }
  }

  private mutating func attention(
    for run: Run?,
    _ lookout: Lookout,
    _ before: Inbox?
  ) -> Attention? {
    guard let run else { return nil }
    switch run.status {
    case .pending, .queued, .starting, .draining: break
    // As long as nobody knows whether it waits for a person, it is not called stuck.
    case .running where watch.tasksAreKnown && run.pendingTasks ?? 0 == 0: break
    default: return nil
    }
    let news = watch.news(of: run, at: at, after: before?.watch, lookout)
    switch lookout.judge(run, news, at: at, clockIsKnown: watch.clockIsKnown) {
    case .calm(let until):
      if let until { watch.due = min(watch.due ?? until, until) }
      return nil
    case .wantsHistory:
      if let workflow = run.workflow, watch.wanted.count < Watch.wantedBound,
        !watch.wanted.contains(where: { $0.workflow == workflow })
      {
        watch.wanted.append((workflow, run.version))
      }
      return nil
    case .odd(let attention): return attention
    }
  }

  /// The workflow whose past is wanted first, with the version that runs.
  package var wantedHistory: (workflow: WorkflowID, version: Int?)? { watch.wanted.first }

  /// Whether the findings come from all that a lookout knows.
  package func isAbreast(of lookout: Lookout) -> Bool { self.lookout?.revision == lookout.revision }

  /// What is odd about a run.
  package func attention(of run: RunID) -> Attention? {
    for section in [Section.running, .draining] {
      if let row = rows[section]?.first(where: { $0.id.run == run }) { return row.attention }
    }
    return nil
  }
}
