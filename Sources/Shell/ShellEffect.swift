package import Cells
package import JSON
package import Runs

/// Something that a verb wants done.
package enum ShellEffect: Sendable, Equatable {
  /// Read feed and tasks once.
  case poll
  /// Read feed and tasks from time to time.
  case keepPolling(Pace)
  /// Read the runs of a workflow, or of all; of these statuses, or of any.
  case runs(WorkflowID?, [RunStatus])
  /// Read a run with its events; of what is known only the news.
  case load(RunReference, known: RunDetail? = nil)
  /// Read a run's context.
  case context(RunReference)
  /// Read the list of workflows.
  case workflows
  /// Read the newest graph of a workflow.
  case graph(WorkflowID)
  /// Read what the journals of this machine have.
  case records
  /// Carry a decision out.
  case carryOut(Decision)
  /// Say when it is this time; the last one wished for counts.
  case wait(until: Timestamp)
  /// Write to standard output; lines end with a break.
  case out(String)
  /// Write a frame to standard output, in the theme's colours where that is a terminal that has some.
  case paint(Frame, Theme)
  /// Tell how far it is, on standard error when that is a terminal.
  case progress(String)
  /// Say on standard error what is wrong.
  case complain(String)
  /// End with this code; nothing follows.
  case finish(ExitCode)
  /// End as the signal says that came; nothing follows.
  case leave
}

/// What a verb is told.
package enum ShellMessage: Sendable {
  case reading(Result<Reading, Fault>)
  case detail(RunReference, Result<RunDetail, Fault>)
  case context(Result<JSONValue, Fault>)
  case workflows(Result<[Workflow], Fault>)
  /// The wanted graph; nil where the server does not tell.
  case graph(Graph?)
  /// What the journals of this machine have, the newest last, and what could not be read of them.
  ///
  /// `isUnread` where there is something, and none of it could be read.
  case records([JournalRecord], remarks: [String], isUnread: Bool = false)
  case stage(Stage)
  case outcome(Decision, Outcome, recorded: Bool)
  /// The time has come that was waited for.
  case woke
  /// Somebody wants it to end.
  case interrupted
}
