internal import Runs
internal import RuntimeAPI

/// Reads a run, its events, its tasks and its graph.
struct DetailJob: Job {
  private enum Purpose: Sendable { case run, events, tasks, graph }

  private let wanted: RunReference
  private let place: String
  private let known: RunDetail?
  private let knowledge: Knowledge
  private var lookup: RunLookup
  private var events: EventWalk
  private var tasks: Walk<HumanTask>
  private var graphLookup: GraphLookup?
  private var graph: Graph?
  private var tasksFailed = false
  private var fault: Fault?
  private var open = OpenAsks<Purpose>()
  private(set) var learnt = Knowledge()
  private(set) var result: Result<RunDetail, Fault>?

  init(_ wanted: RunReference, known: RunDetail?, knowledge: Knowledge, place: String) {
    self.wanted = wanted
    self.place = place
    self.known = known
    self.knowledge = knowledge
    lookup = RunLookup(wanted, readsRun: knowledge.readsRun, place: place)
    events = EventWalk(wanted, known: known, place: place)
    tasks = Walk(.pendingTasks(of: wanted), place: place)
  }

  mutating func begin() -> [Ask] {
    [
      open.ask(lookup.next, for: .run), open.ask(events.next, for: .events),
      open.ask(tasks.next.call, for: .tasks),
    ]
  }

  mutating func receive(_ answer: Answer, for number: Int) -> [Ask] {
    guard let purpose = open.close(number), result == nil else { return [] }
    let asks: [Ask]
    switch purpose {
    case .run: asks = receiveRun(answer)
    case .events: asks = receiveEvents(answer)
    case .tasks: asks = receiveTasks(answer)
    case .graph: asks = receiveGraph(answer)
    }
    if open.isEmpty, result == nil { finish(answer.receivedAt) }
    return asks
  }

  private mutating func receiveRun(_ answer: Answer) -> [Ask] {
    do throws(Fault) {
      if try lookup.receive(answer) { return [open.ask(lookup.next, for: .run)] }
    } catch {
      fail(error)
      return []
    }
    learnt.readsRun = lookup.readsRun
    guard let run = lookup.run else {
      fail(Fault(.notFound, "\(place) does not have the run \(wanted.run) any more"))
      return []
    }
    events.newest = run.lastEvent
    return wantGraph(of: run)
  }

  private mutating func wantGraph(of run: Run) -> [Ask] {
    let id = Knowledge.GraphID(wanted.workflow, run.version)
    if let known, known.run.version == run.version, let graph = known.graph {
      self.graph = graph
    } else if let graph = knowledge.graphs[id] {
      self.graph = graph
    } else if !knowledge.graphless.contains(id) {
      let lookup = GraphLookup(id, place: place)
      graphLookup = lookup
      return [open.ask(lookup.next, for: .graph)]
    }
    return []
  }

  private mutating func receiveEvents(_ answer: Answer) -> [Ask] {
    do throws(Fault) {
      if try events.receive(answer) { return [open.ask(events.next, for: .events)] }
    } catch {
      fault = fault ?? error
    }
    return []
  }

  private mutating func receiveTasks(_ answer: Answer) -> [Ask] {
    do throws(Fault) {
      if try tasks.receive(answer) { return [open.ask(tasks.next.call, for: .tasks)] }
    } catch {
      tasksFailed = true
      fault = fault ?? error
    }
    return []
  }

  /// A graph that cannot be read now costs the names of the steps, not the run.
  private mutating func receiveGraph(_ answer: Answer) -> [Ask] {
    guard var lookup = graphLookup else { return [] }
    defer { graphLookup = lookup }
    guard let hasMore = try? lookup.receive(answer) else { return [] }
    if hasMore { return [open.ask(lookup.next, for: .graph)] }
    lookup.note(in: &learnt)
    graph = lookup.graph
    return []
  }

  private mutating func fail(_ fault: Fault) {
    open.abandon()
    result = .failure(fault)
  }

  private mutating func finish(_ now: Timestamp) {
    guard var run = lookup.run else { return }
    run.workflowName = run.workflowName ?? known?.run.workflowName
    var pending = tasksFailed ? known?.tasks ?? [] : tasks.items
    for index in pending.indices {
      pending[index].workflowName = pending[index].workflowName ?? run.workflowName
    }
    let detail = RunDetail(
      run: run,
      events: events.events,
      tasks: pending,
      graph: graph,
      unreadable: events.unreadable + tasks.unreadable,
      at: now,
      isCut: events.isCut,
      fault: fault
    )
    result = .success(detail)
  }
}
