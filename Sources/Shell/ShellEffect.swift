package import Cells
package import Runs

/// Something that a verb wants done.
package enum ShellEffect: Sendable, Equatable {
  /// Read feed and tasks once.
  case poll
  /// Read a run with its events.
  case load(RunReference)
  /// Read the list of workflows.
  case workflows
  /// Read the newest graph of a workflow.
  case graph(WorkflowID)
  /// Carry a decision out.
  case carryOut(Decision)
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
}

/// What a verb is told.
package enum ShellMessage: Sendable {
  case reading(Result<Reading, Fault>)
  case detail(Result<RunDetail, Fault>)
  case workflows(Result<[Workflow], Fault>)
  /// The wanted graph; nil where the server does not tell.
  case graph(Graph?)
  case stage(Stage)
  case outcome(Decision, Outcome, recorded: Bool)
}
