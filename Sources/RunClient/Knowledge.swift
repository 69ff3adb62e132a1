package import Runs

/// What is learnt about a server while it is asked, for as long as the client lives; two of them
/// merge without loss.
package struct Knowledge: Sendable, Equatable {
  /// A way of reading that a server need not offer.
  package enum Way: String, Hashable, Sendable, CaseIterable {
    /// One run by its id; not documented by the product.
    case run
    /// One run by its summary.
    case summary
    /// One task by its id; not documented by the product.
    case task
    /// The tasks of one run that wait.
    case runTasks
    /// The tasks of all runs that wait.
    case tasks
    /// The workflows.
    case workflows
    /// The published versions of a workflow.
    case versions
    /// The runs that have changed since a moment (`updated_since`); not documented by the product.
    case changes
  }

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
  /// Of how many runs that are there a way must have said that they are not, before it is the way
  /// that is missing.
  package static let doubtBound = 3

  /// The ways by which something was read.
  package private(set) var proven: Set<Way> = []
  private var missing: Set<Way> = []
  /// The runs that a way did not find, though they are there.
  private var doubts: [Way: Set<RunID>] = [:]
  /// Graphs of published versions.
  package private(set) var graphs: [GraphID: Graph] = [:]
  private var order: [GraphID] = []
  /// Versions whose graph the server does not tell.
  package private(set) var graphless: Set<GraphID> = []

  /// Nothing learnt yet.
  package init() {}

  // MARK: Ways

  /// Whether it makes sense to ask by a way: it has worked, or nothing speaks against it.
  package func offers(_ way: Way) -> Bool { proven.contains(way) || !missing.contains(way) }

  /// Remembers that a way has led to something.
  package mutating func prove(_ way: Way) { proven.insert(way) }

  /// Remembers that there is no such way, whatever is looked for.
  package mutating func miss(_ way: Way) { missing.insert(way) }

  /// Remembers that a way did not find a run that is there.
  package mutating func doubt(_ way: Way, for run: RunID) {
    doubts[way, default: []].insert(run)
    settle(way)
  }

  private mutating func settle(_ way: Way) {
    guard let runs = doubts[way], runs.count >= Knowledge.doubtBound else { return }
    missing.insert(way)
    doubts[way] = nil
  }

  // MARK: Graphs

  /// Keeps a graph; the oldest makes room.
  package mutating func keep(_ graph: Graph, of id: GraphID) {
    if graphs.updateValue(graph, forKey: id) == nil { order.append(id) }
    if order.count > Knowledge.graphBound { graphs[order.removeFirst()] = nil }
  }

  /// Remembers that there is no graph to be had.
  package mutating func missGraph(of id: GraphID) { graphless.insert(id) }

  /// Takes in what a job learnt.
  package mutating func merge(_ other: Knowledge) {
    proven.formUnion(other.proven)
    missing.formUnion(other.missing)
    for (way, runs) in other.doubts where !missing.contains(way) {
      doubts[way, default: []].formUnion(runs)
      settle(way)
    }
    graphless.formUnion(other.graphless)
    for id in other.order where graphs[id] == nil {
      if let graph = other.graphs[id] { keep(graph, of: id) }
    }
  }
}
