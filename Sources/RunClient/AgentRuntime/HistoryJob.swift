internal import JSON
internal import Runs
internal import RuntimeAPI
internal import Transport

/// Reads the events of a few runs of a workflow that completed last, one call after the other.
///
/// Nobody waits for it, so it stops at the first sign that the server has had enough: what was read
/// until then is the answer.
struct HistoryJob: Job {
  /// How many runs are read at most, how many events of each, and how many bytes in all.
  static let runBound = 8
  static let eventLimit = 500
  static let byteBound = 2 << 20

  private enum Purpose: Sendable { case graph, runs, events }

  private let workflow: WorkflowID
  private let place: String
  private var graphLookup: GraphLookup?
  private let graphID: Knowledge.GraphID
  private var runs: [RunReference] = []
  private var bytes = 0
  private var history: StepHistory
  private var open = OpenAsks<Purpose>()
  private(set) var learnt = Knowledge()
  private(set) var result: Result<StepHistory, Fault>?

  init(_ workflow: WorkflowID, version: Int?, knowledge: Knowledge, place: String) {
    self.workflow = workflow
    self.place = place
    graphID = Knowledge.GraphID(workflow, version)
    history = StepHistory(isEpisodic: knowledge.graphs[graphID]?.isEpisodic ?? false)
    if knowledge.graphs[graphID] == nil, !knowledge.graphless.contains(graphID) {
      graphLookup = GraphLookup(graphID, knowledge: knowledge, place: place)
    }
  }

  mutating func begin() -> [Ask] {
    let runs = Endpoint.runs(of: workflow, limit: HistoryJob.runBound, statuses: [.completed])
    return [open.ask(runs, for: .runs)]
  }

  mutating func receive(_ answer: Answer, for number: Int) -> [Ask] {
    guard let purpose = open.close(number), result == nil else { return [] }
    bytes += (try? answer.result.get())?.body.count ?? 0
    do throws(Fault) {
      switch purpose {
      case .runs:
        try receiveRuns(answer)
      case .events: try receiveEvents(answer)
      case .graph: try receiveGraph(answer)
      }
    } catch {
      // Some runs tell more than none.
      result = history.runs > 0 ? .success(history) : .failure(error)
      return []
    }
    return next(answer)
  }

  private mutating func next(_ answer: Answer) -> [Ask] {
    guard answer.rest == nil, bytes < HistoryJob.byteBound else {
      result = .success(history)
      return []
    }
    if let graphLookup { return [open.ask(graphLookup.next, for: .graph)] }
    guard !runs.isEmpty else {
      result = .success(history)
      return []
    }
    return [
      open.ask(Endpoint.events(runs.removeFirst(), limit: HistoryJob.eventLimit), for: .events)
    ]
  }

  private mutating func receiveRuns(_ answer: Answer) throws(Fault) {
    let page = try answer.response(place: place).decoded(place: place) {
      (body) throws(JSONMistake) in try RunWire.page(body)
    }
    // A server that knows no filter answers runs of any status.
    runs = page.items.filter { $0.status == .completed }.prefix(HistoryJob.runBound)
      .map { RunReference(workflow: workflow, run: $0.id) }
  }

  private mutating func receiveEvents(_ answer: Answer) throws(Fault) {
    // A run that is not there any more is no reason to know nothing.
    guard !answer.isMissing else { return }
    let page = try answer.response(place: place).decoded(place: place) {
      (body) throws(JSONMistake) in try EventWire.page(body)
    }
    history.add(page.items)
  }

  /// A graph that cannot be read costs the word about the episode, not the history.
  private mutating func receiveGraph(_ answer: Answer) throws(Fault) {
    guard var lookup = graphLookup else { return }
    guard let hasMore = try? lookup.receive(answer) else {
      graphLookup = nil
      return
    }
    graphLookup = hasMore ? lookup : nil
    guard !hasMore else { return }
    lookup.note(in: &learnt)
    history.isEpisodic = lookup.graph?.isEpisodic ?? false
  }
}
