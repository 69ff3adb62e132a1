package import JSON
package import Runs
package import RuntimeAPI

/// How one kind of server is spoken to: which calls answer a question, how an answer is read.
package protocol Backend: Sendable {
  /// What the server can do.
  var capabilities: Capabilities { get }

  /// Reads the inbox; what is `known` need not be decoded again, and unless it is to be read whole,
  /// what has not changed need not be sent again.
  func refresh(known: KnownInbox, knowledge: Knowledge, isWhole: Bool) -> any Job<Refreshed>

  /// Reads a run with its events, tasks and graph; of what is `known` only the news is fetched.
  func detail(
    _ run: RunReference,
    known: RunDetail?,
    knowledge: Knowledge
  ) -> any Job<RunDetail>

  /// Reads the graph of a version, or the newest.
  func graph(
    _ workflow: WorkflowID,
    version: Int?,
    knowledge: Knowledge
  ) -> any Job<Graph?>

  /// Reads a run's context: its input, the results of its steps, its variables.
  func context(_ run: RunReference) -> any Job<JSONValue>

  /// Reads what there is to know before a run is started, with the input of a run, or of the newest.
  func start(
    _ workflow: WorkflowID,
    input run: RunReference?,
    knowledge: Knowledge
  ) -> any Job<StartFacts>

  /// Reads how long the steps of a workflow took in a few of its last runs, and whether the graph
  /// of a version of it, or of the newest, lets runs go on without end.
  func history(
    _ workflow: WorkflowID,
    version: Int?,
    knowledge: Knowledge
  ) -> any Job<StepHistory>

  /// Reads a list.
  func list(_ wanted: WantedList) -> any Job<Listed>

  /// Reads how what a decision is about stands now.
  func standing(_ decision: Decision, knowledge: Knowledge) -> any Job<Standing>

  /// The one call that carries a decision out.
  func command(_ decision: Decision) -> Call

  /// What the answer to that call says.
  func verdict(_ answer: Answer, on decision: Decision) -> Verdict
}

/// How what a decision is about stands.
package struct Standing: Sendable, Equatable {
  /// What is known of the task of a decision.
  package enum TaskState: Sendable, Equatable {
    /// The decision is about no task.
    case notWanted
    /// It waits.
    case pending(HumanTask)
    /// It was answered; the task says by whom, where the server does.
    case answered(HumanTask)
    /// It does not wait, and more is not known.
    case absent
  }

  /// The run; nil when the server does not have it.
  package var run: Run?
  package var task: TaskState
  /// When it was read.
  package var at: Timestamp

  /// A standing.
  package init(run: Run?, task: TaskState = .notWanted, at: Timestamp) {
    self.run = run
    self.task = task
    self.at = at
  }
}

/// What the answer to a command says.
package enum Verdict: Sendable, Equatable {
  /// Yes; what it led to is to be read.
  case accepted(run: RunID?)
  /// No: things are not as they should be for this.
  case conflict(Refusal, ErrorEnvelope)
  /// No: it is not there.
  case missing(Refusal)
  /// No.
  case refused(Refusal)
  /// The server failed while it was at it: done or not, reading tells.
  case broken(Refusal)
  /// No answer of the server itself came: done or not, only seeing it done tells.
  case lost(Fault)
  /// Nothing has left this machine.
  case notSent(Fault)
}
