package import Runs
package import RuntimeAPI

/// AgentRuntime, hosted or embedded.
package struct AgentRuntimeBackend: Backend {
  /// How many runs a page is asked to have; the documented maximum.
  static let pageLimit = 100

  /// Host and port, for sentences.
  package let place: String

  /// The backend of a server.
  package init(place: String) {
    self.place = place
  }

  package var capabilities: Capabilities { .agentRuntime }

  package func refresh(known: KnownInbox) -> any Job<Refreshed> {
    InboxJob(place: place, known: known)
  }

  package func detail(
    _ run: RunReference,
    known: RunDetail?,
    knowledge: Knowledge
  ) -> any Job<RunDetail> {
    DetailJob(run, known: known, knowledge: knowledge, place: place)
  }

  package func graph(
    _ workflow: WorkflowID,
    version: Int?,
    knowledge: Knowledge
  ) -> any Job<Graph?> {
    GraphJob(workflow, version: version, knowledge: knowledge, place: place)
  }

  package func list(_ wanted: Listing) -> any Job<Listed> {
    switch wanted {
    case .runs(let workflow, let statuses):
      ListJob(.runs(of: workflow, statuses: statuses), place: place) { .runs($0) }
    case .tasks: ListJob(.pendingTasks, place: place) { .tasks($0) }
    case .workflows: ListJob(.workflows, place: place) { .workflows($0) }
    }
  }

  package func standing(_ decision: Decision, knowledge: Knowledge) -> any Job<Standing> {
    StandingJob(decision, knowledge: knowledge, place: place)
  }

  package func command(_ decision: Decision) -> Call { Endpoint.command(decision) }

  package func verdict(_ answer: Answer, on decision: Decision) -> Verdict {
    AnswerReader.verdict(answer, on: decision, place: place)
  }
}
