import JSON
import Runs

extension Router {
  /// More workflows than this are not followed from call to call.
  private static let maximumCalled = 200

  /// Checks the graph of the body, else the draft.
  func validate(_ id: String, _ body: JSONObject) async throws(Rejection) -> Answer {
    let workflow = try await found(id)
    let graph = body["graph"] ?? workflow.graph
    let report = GraphValidation.check(
      graph,
      in: try await surroundings(of: graph, id),
      request: ValidationRequest(body, setup: workflow.runSetup, graph: graph)
    )
    return Answer(200, report.json(at: engine.clock.now().iso8601))
  }

  /// What a graph of a workflow is checked against.
  func surroundings(
    of graph: JSONValue,
    _ id: String
  ) async throws(Rejection) -> GraphSurroundings {
    GraphSurroundings(
      servers: await knownServers(),
      workflows: try await knownWorkflows(graph, id)
    )
  }

  /// The workflows that a graph calls, and those they call in turn.
  private func knownWorkflows(
    _ graph: JSONValue,
    _ id: String
  ) async throws(Rejection) -> KnownWorkflows {
    var standings: [String: KnownWorkflows.Standing] = [:]
    var open = Self.calls(graph)
    while let called = open.popLast() {
      guard standings[called] == nil, standings.count < Self.maximumCalled else { continue }
      let standing = try await standing(of: called)
      if case .published(let calls) = standing { open += calls }
      standings[called] = standing
    }
    return KnownWorkflows(own: id, standings: standings)
  }

  private func standing(of id: String) async throws(Rejection) -> KnownWorkflows.Standing {
    try await reading { () throws(StoreMistake) in
      guard let workflow = try await store.workflow(id) else { return .missing }
      guard workflow.archivedAt == nil else { return .archived }
      guard let version = workflow.version,
        let graph = try await store.snapshot(of: id, version: version)
      else { return .draft }
      return .published(calls: graph.calledWorkflows)
    }
  }

  /// The ids of the workflows that a graph calls, whatever else is wrong with it.
  private static func calls(_ graph: JSONValue) -> [String] {
    let steps = (graph["steps"]?.array ?? []).prefix(GraphValidation.maximumSteps)
    let inner = steps.flatMap { step in
      GraphStep.bodyFields.flatMap { (step[$0]?.array ?? []).prefix(GraphValidation.maximumSteps) }
    }
    return (steps + inner).filter { $0["type"]?.string == StepType.workflowCall.word }
      .compactMap { $0["workflow_id"]?.string }
  }
}
