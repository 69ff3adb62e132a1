import JSON

/// A workflow graph whose steps have unique ids, known dependencies and no cycle.
///
/// Made by ``GraphValidation``; what a published version holds is read again the same way.
struct WorkflowGraph: Sendable, Equatable {
  /// The steps in the order the author wrote them.
  let steps: [GraphStep]
  /// The steps' ids, each behind those it depends on; ties in the author's order.
  let topologicalOrder: [String]
  /// The whole graph as it came.
  let raw: JSONObject

  private let indices: [String: Int]
  private let dependentIDs: [String: [String]]
  private let waits: Gates

  /// A graph of steps that were checked.
  init(steps: [GraphStep], topologicalOrder: [String], raw: JSONObject) {
    self.steps = steps
    self.topologicalOrder = topologicalOrder
    self.raw = raw
    var indices: [String: Int] = [:]
    var dependents: [String: [String]] = [:]
    for (index, step) in steps.enumerated() {
      indices[step.id] = index
      for id in step.dependsOn { dependents[id, default: []].append(step.id) }
    }
    self.indices = indices
    dependentIDs = dependents
    waits = Gates(steps)
  }

  /// Reads a graph that was published.
  /// - Throws: the first ``GraphIssue`` that forbids to run it.
  init(_ value: JSONValue) throws(GraphIssue) {
    self = try GraphValidation.read(published: value)
  }

  /// The step of an id, or nil.
  func step(_ id: String) -> GraphStep? {
    indices[id].map { steps[$0] }
  }

  /// Ids of the steps that depend on a step directly, in the author's order.
  func dependents(of id: String) -> [String] {
    dependentIDs[id] ?? []
  }

  /// What a step waits for, seen through steps that are switched off.
  func gates(of id: String) -> [GraphStep] { waits.places(before: id).map { steps[$0] } }

  /// Ids of all steps that come after a step, directly or not.
  func downstream(of id: String) -> Set<String> {
    reach(from: id) { dependents(of: $0) }
  }

  /// Ids of all steps that come before a step, directly or not.
  func upstream(of id: String) -> Set<String> {
    reach(from: id) { step($0)?.dependsOn ?? [] }
  }

  /// Ids of the workflows that its steps call, those in loops included.
  var calledWorkflows: [String] {
    (steps + steps.flatMap { $0.loop?.body ?? [] })
      .filter { $0.type == .workflowCall }.compactMap(\.calledWorkflow)
  }

  /// What the graph says about its input, as it came: an object schema or a list of fields.
  var inputSchema: JSONValue? { raw["input_schema"] }

  private func reach(from id: String, _ next: (String) -> [String]) -> Set<String> {
    var reached: Set<String> = []
    var open = next(id)
    while let id = open.popLast() {
      if reached.insert(id).inserted { open += next(id) }
    }
    return reached
  }
}
