package import JSON
package import Runs

/// What the client has to tell.
package enum ClientEvent: Sendable {
  /// A poll has begun.
  case pollStarted
  /// The server has not answered a call of the poll under way since then; it may yet.
  case pollSilent(since: Timestamp)
  /// A poll succeeded; unchanged, nothing is new but the time.
  case reading(Reading, changed: Bool)
  /// A poll failed; the last good reading stands.
  ///
  /// `missed` counts the failures in a row, this one included.
  case pollFailed(Fault, nextTry: Timestamp, missed: Int)
  /// What a wanted look at a run brought.
  case detail(RunReference, Result<RunDetail, Fault>)
  /// What a wanted graph is; nil where the server does not tell.
  case graph(WorkflowID, version: Int?, Graph?)
  /// What a wanted context holds.
  case context(RunReference, Result<JSONValue, Fault>)
  /// How long the steps of a workflow took in the runs of it that completed last.
  case history(WorkflowID, Result<StepHistory, Fault>)
  /// How far a decision has come.
  case stage(DecisionID, Stage)
  /// What became of a decision, and whether the journal has all of it.
  case outcome(Decision, Outcome, recorded: Bool)
  /// A decision was taken back before anything of it began.
  case withdrawn(Decision)
  /// A decision that was to be taken back is being sent or read back: what became of it is told next.
  case underWay(Decision)
  /// Whether the journal can be written, or why not.
  case journal(Fault?)
  /// What the journals of programs that ended too early held, and what became of it.
  case unfinished(Unfinished)
  /// What there is to know before a run of a workflow is started.
  case facts(WorkflowID, Result<StartFacts, Fault>)
  /// What a wanted list holds.
  case listing(WantedList, Result<Listed, Fault>)
  /// An exchange with the server is over: the call and what came of it, for a log.
  case exchanged(String)
}

/// A list that is wanted once.
package enum WantedList: Sendable, Hashable {
  /// The feed, or the runs of one workflow; of these statuses, or of any.
  case runs(workflow: WorkflowID? = nil, statuses: [RunStatus] = [])
  /// The tasks that wait.
  case tasks
  /// The workflows.
  case workflows
}

/// What a list holds.
package struct Listed: Sendable, Equatable {
  /// The items, by what was wanted.
  package enum Items: Sendable, Equatable {
    case runs([Run])
    case tasks([HumanTask])
    case workflows([Workflow])
  }

  package var items: Items
  /// The workflows; none in another list.
  package var workflows: [Workflow] {
    if case .workflows(let workflows) = items { workflows } else { [] }
  }
  /// Items that could not be read and are missing here.
  package var unreadable: Int
  /// Whether the server has more than the bound of one list.
  package var isCut: Bool
  /// When the last byte of it arrived.
  package var at: Timestamp

  /// A list.
  package init(_ items: Items, unreadable: Int = 0, isCut: Bool = false, at: Timestamp) {
    self.items = items
    self.unreadable = unreadable
    self.isCut = isCut
    self.at = at
  }
}
