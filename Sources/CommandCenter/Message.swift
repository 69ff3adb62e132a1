package import Cells
package import Runs
package import Triage

/// Something that happened, as the loop tells it to the application.
package enum Message: Sendable, Equatable {
  /// A key was pressed.
  case key(Key)
  /// Text was pasted; only prompts take it.
  case paste(String)
  /// The mouse did something.
  case pointer(Pointer)
  /// What became of a text that was to be copied.
  case copy(String, CopyOutcome)
  /// The terminal has another size.
  case resized(Size)
  /// The moment came that ``Model/nextWake`` asked for.
  case tick
  /// The program was in the background and is back.
  case resumed
  /// The program is told to end, or its terminal is gone: there is nobody to ask.
  case ending
  case inbox(InboxMessage)
  case run(RunMessage)
  case workflow(WorkflowMessage)
  case decision(DecisionMessage)
  /// What became of a text in the operator's editor.
  case editor(EditorWish.Subject, EditorOutcome)
  case profile(ProfileMessage)
  case access(AccessMessage)
  case theme(ThemeMessage)
  case filter(FilterMessage)
  case activity(ActivityMessage)
  case report(ReportMessage)
  /// Something could not be kept on this machine.
  case unkept(ShelfSubject, Fault)
}

/// What the poller says.
package enum InboxMessage: Sendable, Equatable {
  /// What an earlier session read last, kept on this machine.
  case snapshot(Reading)
  /// A poll succeeded; `changed` is false when nothing is new but the time.
  ///
  /// A long one comes folded already, off the path of the keys.
  case reading(Reading, changed: Bool, folded: Inbox? = nil)
  /// The server has not answered the poll under way since then; it may yet.
  case silent(since: Timestamp)
  /// A poll failed; so many have since the last good one, and the next comes then.
  case failed(Fault, nextTry: Timestamp, missed: Int)
}

/// What came in about one run or its workflow.
package enum RunMessage: Sendable, Equatable {
  case detail(RunReference, Result<RunDetail, Fault>)
  /// The graph of a workflow's version; nil where the server does not tell.
  case graph(WorkflowID, version: Int?, Graph?)
  /// How long the steps of a workflow took in its last runs.
  case history(WorkflowID, Result<StepHistory, Fault>)
}

/// What came in about workflows.
package enum WorkflowMessage: Sendable, Equatable {
  /// All of them.
  case listed(Result<[Workflow], Fault>)
  /// What there is to know before a run of one is started.
  case facts(WorkflowID, Result<StartFacts, Fault>)
}

/// What becomes of a decision.
package enum DecisionMessage: Sendable, Equatable {
  case stage(DecisionID, Stage)
  /// What became of it; after an unknown outcome another one may come, once reading has told.
  case outcome(Decision, Outcome, recorded: Bool)
  /// It was taken back before anything of it began.
  case withdrawn(Decision)
  /// It was to be taken back, and is being sent or read back already.
  case underWay(Decision)
  /// Whether decisions can be recorded, or why not.
  case journal(Fault?)
  /// What programs that ended too early had decided, and what became of it.
  case unfinished(Unfinished)
}
