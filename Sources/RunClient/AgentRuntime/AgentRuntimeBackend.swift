package import JSON
package import Runs
package import RuntimeAPI

/// AgentRuntime, hosted or embedded.
package struct AgentRuntimeBackend: Backend {
  /// How many runs a page is asked to have; the documented maximum.
  static let pageLimit = 100

  /// Host and port, for sentences.
  package let place: String
  package let capabilities: Capabilities

  /// The backend of a server.
  package init(place: String, capabilities: Capabilities = .agentRuntime) {
    self.place = place
    self.capabilities = capabilities
  }

  /// Reads feed and tasks.
  package func refresh(
    known: KnownInbox,
    knowledge: Knowledge = Knowledge(),
    isWhole: Bool = true
  ) -> any Job<Refreshed> {
    InboxJob(place: place, known: known, knowledge: knowledge, isWhole: isWhole)
  }

  /// Reads one run with its events, tasks and graph.
  package func detail(
    _ run: RunReference,
    known: RunDetail?,
    knowledge: Knowledge
  ) -> any Job<RunDetail> {
    DetailJob(run, known: known, knowledge: knowledge, place: place)
  }

  /// Reads the graph of a version.
  package func graph(
    _ workflow: WorkflowID,
    version: Int?,
    knowledge: Knowledge
  ) -> any Job<Graph?> {
    GraphJob(workflow, version: version, knowledge: knowledge, place: place)
  }

  /// Reads a run's context.
  package func context(_ run: RunReference) -> any Job<JSONValue> {
    ContextJob(run, place: place)
  }

  /// Reads what there is to know before a run is started.
  package func start(
    _ workflow: WorkflowID,
    input run: RunReference?,
    knowledge: Knowledge
  ) -> any Job<StartFacts> {
    StartJob(workflow, input: run, knowledge: knowledge, place: place)
  }

  /// Reads the events of a few completed runs.
  package func history(
    _ workflow: WorkflowID,
    version: Int?,
    knowledge: Knowledge
  ) -> any Job<StepHistory> {
    HistoryJob(workflow, version: version, knowledge: knowledge, place: place)
  }

  /// Reads one list.
  package func list(_ wanted: WantedList) -> any Job<Listed> {
    switch wanted {
    case .runs(let workflow, let statuses):
      ListJob(.runs(of: workflow, statuses: statuses), place: place) { .runs($0) }
    case .tasks: ListJob(.pendingTasks, place: place) { .tasks($0) }
    case .workflows: ListJob(.workflows, place: place) { .workflows($0) }
    }
  }

  /// Reads what a decision is about, as it stands now.
  package func standing(_ decision: Decision, knowledge: Knowledge) -> any Job<Standing> {
    StandingJob(decision, knowledge: knowledge, place: place)
  }

  /// The call that carries a decision out.
  package func command(_ decision: Decision) -> Call {
    Endpoint.command(decision, namesRun: capabilities.takesRunID)
  }

  /// What the answer to a command means.
  package func verdict(_ answer: Answer, on decision: Decision) -> Verdict {
    AnswerReader.verdict(answer, on: decision, place: place)
  }
}
