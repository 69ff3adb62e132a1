package import Runs

/// Names a row: what it is about and where it stands.
///
/// A run that leaves a section becomes another row.
package struct RowID: Hashable, Sendable {
  package var section: Section
  package var run: RunID
  /// The task, for rows of Awaiting approval.
  package var task: TaskID?

  /// A row's name.
  package init(section: Section, run: RunID, task: TaskID? = nil) {
    self.section = section
    self.run = run
    self.task = task
  }
}

/// One line of the inbox.
package struct Row: Sendable, Equatable {
  package var id: RowID
  /// The run; nil when only its task is known, because the feed did not hold it.
  package var run: Run?
  /// The task that waits, in Awaiting approval.
  package var task: HumanTask?
  /// How many runs of the last day failed with this row's cause, when this row is not the first of
  /// them, and since when.
  package var sameCause: SameCause?
  /// A paused run of which the task list could not be read: perhaps it waits for a person.
  package var pauseIsUnexplained = false
  /// Whether the operator is done with it until something new happens to it.
  package var isHidden = false
  /// Why a run that goes on deserves a look.
  package var attention: Attention?
  /// Where it went, when the row is only kept because the cursor stands on it.
  package var departure: Departure?

  /// A row.
  package init(id: RowID, run: Run?, task: HumanTask? = nil) {
    self.id = id
    self.run = run
    self.task = task
  }

  /// The section the row stands in.
  package var section: Section { id.section }

  /// The workflow's name for people.
  package var title: String {
    run?.workflowName ?? task?.workflowName ?? run?.workflow?.text ?? task?.workflow?.text
      ?? "(workflow unknown)"
  }

  /// Where the run is found.
  package var reference: RunReference? { run?.reference ?? task?.reference?.run }

  /// The moment that the row's age counts from.
  package var since: Timestamp? {
    switch section {
    case .awaiting: task?.createdAt ?? run?.statusAt
    case .draining: run?.statusAt ?? run?.updatedAt ?? run?.began
    case .running: run?.status == .paused ? run?.statusAt ?? run?.began : run?.began
    case .failed: run.flatMap(Inbox.ended)
    }
  }
}

/// Runs that failed for one reason.
package struct SameCause: Sendable, Equatable {
  /// How many.
  package var count: Int
  /// When the first of them failed.
  package var since: Timestamp?

  /// A group of failures.
  package init(count: Int, since: Timestamp?) {
    self.count = count
    self.since = since
  }
}

/// Where a row went that is no longer where the operator saw it.
package enum Departure: Sendable, Equatable {
  /// Its run stands in another section now.
  case moved(to: Section)
  /// Its run is over and needs nobody.
  case ended(RunStatus)
  /// Its task was answered; the run goes on.
  case answered
  /// It is where it was, and does not pass the filter any more.
  case filtered
  /// The server does not list it any more.
  case gone

  /// Where it went, in a few words.
  package var words: String {
    switch self {
    case .moved(let section): "now under \(section.name)"
    case .ended(let status): status.word
    case .answered: "answered"
    case .filtered: "no longer in this filter"
    case .gone: "no longer listed"
    }
  }
}
