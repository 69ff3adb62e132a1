package import Runs
package import RuntimeAPI

/// How one kind of server is spoken to: which calls answer a question, how an answer is read.
package protocol Backend: Sendable {
  /// What the server can do.
  var capabilities: Capabilities { get }

  /// Reads the inbox; what is `known` need not be decoded again.
  func refresh(known: KnownInbox) -> any Job<Refreshed>

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

  /// Reads a list.
  func list(_ wanted: WantedList) -> any Job<Listed>

  /// Reads how what a decision is about stands now.
  func standing(_ decision: Decision, knowledge: Knowledge) -> any Job<Standing>

  /// The one call that carries a decision out.
  func command(_ decision: Decision) -> Call

  /// What the answer to that call says.
  func verdict(_ answer: Answer, on decision: Decision) -> Verdict
}

/// What is learnt about a server while it is asked; two of them merge without loss.
package struct Knowledge: Sendable, Equatable {
  /// Names the graph of a version.
  package struct GraphID: Hashable, Sendable {
    package var workflow: WorkflowID
    /// Nil where a run does not say which version it executes.
    package var version: Int?

    /// A version of a workflow.
    package init(_ workflow: WorkflowID, _ version: Int?) {
      self.workflow = workflow
      self.version = version
    }
  }

  /// How many graphs are kept.
  package static let graphBound = 64

  /// Whether the server answers for a single run.
  package var readsRun = true
  /// Graphs of published versions.
  package private(set) var graphs: [GraphID: Graph] = [:]
  private var order: [GraphID] = []
  /// Versions whose graph the server does not tell.
  package private(set) var graphless: Set<GraphID> = []

  /// Nothing learnt yet.
  package init() {}

  /// Keeps a graph; the oldest makes room.
  package mutating func keep(_ graph: Graph, of id: GraphID) {
    if graphs.updateValue(graph, forKey: id) == nil { order.append(id) }
    if order.count > Knowledge.graphBound { graphs[order.removeFirst()] = nil }
  }

  /// Remembers that there is no graph to be had.
  package mutating func missGraph(of id: GraphID) { graphless.insert(id) }

  /// Takes in what a job learnt.
  package mutating func merge(_ other: Knowledge) {
    readsRun = readsRun && other.readsRun
    graphless.formUnion(other.graphless)
    for id in other.order where graphs[id] == nil {
      if let graph = other.graphs[id] { keep(graph, of: id) }
    }
  }
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
