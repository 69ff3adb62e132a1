internal import JSON
internal import Runs
internal import RuntimeAPI

/// Finds the graph of a version: among the published ones, else in the workflow itself.
struct GraphLookup: Sendable {
  private enum Way: Sendable { case versions, workflow }

  private let id: Knowledge.GraphID
  private let place: String
  private let knowledge: Knowledge
  private var way: Way
  /// Whether the versions of the workflow were not found.
  private var hasNoVersions = false
  private var foundVersions = false
  private var foundWorkflow = false

  /// The graph; nil at the end when the server does not tell it.
  private(set) var graph: Graph?

  init(_ id: Knowledge.GraphID, knowledge: Knowledge, place: String) {
    self.id = id
    self.place = place
    self.knowledge = knowledge
    way = id.version == nil || !knowledge.offers(.versions) ? .workflow : .versions
  }

  /// The next call.
  var next: Call {
    switch way {
    case .versions: Endpoint.versions(id.workflow)
    case .workflow: Endpoint.workflow(id.workflow)
    }
  }

  /// Takes the answer to the next call; true while there is another one.
  mutating func receive(_ answer: Answer) throws(Fault) -> Bool {
    switch way {
    case .versions:
      hasNoVersions = answer.isMissing
      if !answer.isMissing {
        let versions = try answer.response(place: place).decoded(place: place) {
          (body) throws(JSONMistake) in try WorkflowWire.versions(body)
        }
        graph = id.version.flatMap { versions[$0] }
        foundVersions = true
      }
      way = .workflow
      return graph == nil
    case .workflow:
      guard !answer.isMissing else { return false }
      let workflow = try answer.response(place: place).decoded(place: place) {
        (body) throws(JSONMistake) in try WorkflowWire.one(body)
      }
      foundWorkflow = true
      // The graph of another version would show steps that the run does not have.
      let isOther = id.version != nil && workflow.version != nil && id.version != workflow.version
      graph = isOther ? nil : workflow.graph
      return false
    }
  }

  /// What is to be remembered of it.
  func note(in learnt: inout Knowledge) {
    // The workflow is there: what is missing is the list of its versions.
    if hasNoVersions, foundWorkflow, !knowledge.proven.contains(.versions) {
      learnt.miss(.versions)
    }
    if foundVersions { learnt.prove(.versions) }
    guard let graph else { return learnt.missGraph(of: id) }
    // Without a version it is the newest, which changes.
    if id.version != nil { learnt.keep(graph, of: id) }
  }
}

/// Reads a graph.
struct GraphJob: Job {
  private var lookup: GraphLookup
  private var open = OpenAsks<Void>()
  private(set) var learnt = Knowledge()
  private(set) var result: Result<Graph?, Fault>?

  init(_ workflow: WorkflowID, version: Int?, knowledge: Knowledge, place: String) {
    let id = Knowledge.GraphID(workflow, version)
    lookup = GraphLookup(id, knowledge: knowledge, place: place)
    if let graph = knowledge.graphs[id] { result = .success(graph) }
  }

  mutating func begin() -> [Ask] { result == nil ? [open.ask(lookup.next, for: ())] : [] }

  mutating func receive(_ answer: Answer, for number: Int) -> [Ask] {
    guard open.close(number) != nil else { return [] }
    do throws(Fault) {
      if try lookup.receive(answer) { return begin() }
      lookup.note(in: &learnt)
      result = .success(lookup.graph)
    } catch {
      result = .failure(error)
    }
    return []
  }
}
