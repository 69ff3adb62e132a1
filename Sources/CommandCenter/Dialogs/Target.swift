package import Runs
internal import Triage

/// What a decision will be about, as it stands on the screen when a dialog opens.
///
/// A dialog keeps this, never a row number, and never what is under the cursor later.
package struct Target: Sendable, Equatable {
  package var title: String
  package var id: RunID
  package var reference: RunReference?
  package var run: Run?
  package var task: HumanTask?
  /// Whether what is decided is sent although it cannot be read again first.
  package var insists = false
  /// The row that showed it, for its mark; nil where none did.
  var row: RowID?
  /// The moment its age counts from.
  package var since: Timestamp?
  /// Where its row went, when it is only a ghost.
  var departure: Departure?

  /// What a row is about.
  init(_ row: Row) {
    title = row.title
    id = row.id.run
    self.row = row.id
    reference = row.reference
    run = row.run
    task = row.task
    since = row.since
    departure = row.departure
  }

  /// A run that is looked at, with the task of it that waits: the named one or none, else the first.
  init(_ detail: RunDetail, title: String, task wanted: TaskID? = nil) {
    self.title = title
    id = detail.run.id
    reference = detail.run.reference
    run = detail.run
    task = detail.tasks.first { $0.isPending && (wanted == nil || $0.id == wanted) }
    since = task?.createdAt ?? detail.run.began
  }

  /// A run alone, by its workflow's name.
  init(_ run: Run, title: String) {
    self.title = title
    id = run.id
    reference = run.reference
    self.run = run
    since = run.began
  }

  /// A run as it was just read, in the place of what was seen.
  func replaced(by run: Run) -> Target {
    var target = self
    target.run = run
    target.task = nil
    target.since = run.statusAt ?? run.began
    return target
  }

  /// What was seen, for the decision's record and for reading again.
  var seen: Seen {
    Seen(
      status: run?.status,
      payload: task?.payload,
      lastEvent: run?.lastEvent
    )
  }

  /// The row that stands for it.
  func legality(of verb: Verb, _ permissions: Permissions) -> Legality {
    if let departure {
      return .refused("this row is \(departure.words); move off it to see where things stand")
    }
    return permissions.legality(of: verb, run: run, task: task, reference: reference)
  }
}

extension RunID {
  /// The first eight characters: how a run is named on the screen.
  package var short: String { String(text.prefix(8)) }
}
