internal import Runs
internal import RuntimeAPI

/// Reads a run, its events, its tasks and its graph.
struct DetailJob: Job {
  private enum Purpose: Sendable { case run, events, tasks, graph }

  /// With more events than these, adding one holds a key up.
  private static let largeCount = 1000

  private let wanted: RunReference
  private let place: String
  private let known: RunDetail?
  private let knowledge: Knowledge
  private var lookup: RunLookup
  private var events: EventWalk
  private var tasks: Walk<HumanTask>
  private var graphLookup: GraphLookup?
  private var graph: Graph?
  /// Whether the tasks are picked from those of all runs.
  private var asksAllTasks: Bool
  /// Whether the run's own list of tasks was not found.
  private var hasNoTasks = false
  private var tasksFailed = false
  private var fault: Fault?
  private var open = OpenAsks<Purpose>()
  private var learntHere = Knowledge()
  private(set) var result: Result<RunDetail, Fault>?

  init(_ wanted: RunReference, known: RunDetail?, knowledge: Knowledge, place: String) {
    self.wanted = wanted
    self.place = place
    self.known = known
    self.knowledge = knowledge
    lookup = RunLookup(wanted, knowledge: knowledge, place: place)
    events = EventWalk(wanted, known: known, place: place)
    let offersTasks = knowledge.offers(.runTasks)
    tasks = Walk(offersTasks ? .pendingTasks(of: wanted) : .pendingTasks(in: wanted), place: place)
    asksAllTasks = !offersTasks
  }

  var learnt: Knowledge {
    var learnt = learntHere
    learnt.merge(lookup.learnt)
    return learnt
  }

  var isLarge: Bool { (known?.events.count ?? 0) > DetailJob.largeCount }

  mutating func begin() -> [Ask] {
    let asks = [open.ask(lookup.next, for: .run), open.ask(events.next, for: .events)]
    // Polls find out should there be such a list again.
    if asksAllTasks, !knowledge.offers(.tasks) {
      failTasks(Fault(noTaskListAt: place, status: 404))
      return asks
    }
    return asks + [open.ask(tasks.next.call, for: .tasks)]
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
      let lookup = GraphLookup(id, knowledge: knowledge, place: place)
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
    if answer.isMissing, !asksAllTasks {
      if answer.isNoWay { learntHere.miss(.runTasks) }
      hasNoTasks = true
      asksAllTasks = true
      tasks = Walk(.pendingTasks(in: wanted), place: place)
      return [open.ask(tasks.next.call, for: .tasks)]
    }
    if answer.isMissing {
      learntHere.miss(.tasks)
      failTasks(Fault(noTaskListAt: place, status: answer.status ?? 404))
      return []
    }
    do throws(Fault) {
      if try tasks.receive(answer) { return [open.ask(tasks.next.call, for: .tasks)] }
    } catch {
      failTasks(error)
    }
    return []
  }

  private mutating func failTasks(_ error: Fault) {
    tasksFailed = true
    fault = fault ?? error
  }

  /// A graph that cannot be read now costs the names of the steps, not the run.
  private mutating func receiveGraph(_ answer: Answer) -> [Ask] {
    guard var lookup = graphLookup else { return [] }
    defer { graphLookup = lookup }
    guard let hasMore = try? lookup.receive(answer) else { return [] }
    if hasMore { return [open.ask(lookup.next, for: .graph)] }
    lookup.note(in: &learntHere)
    graph = lookup.graph
    return []
  }

  private mutating func fail(_ fault: Fault) {
    open.abandon()
    result = .failure(fault)
  }

  private mutating func finish(_ now: Timestamp) {
    guard var run = lookup.run else { return }
    if hasNoTasks {
      learntHere.doubt(.runTasks, for: run.id)
    } else if !tasksFailed, !asksAllTasks {
      learntHere.prove(.runTasks)
    }
    run.workflowName = run.workflowName ?? known?.run.workflowName
    var pending = tasksFailed ? known?.tasks ?? [] : tasks.items
    for index in pending.indices {
      pending[index].workflowName = pending[index].workflowName ?? run.workflowName
      // A task that does not name its step has its own id there; the event that made it may tell.
      if pending[index].step.text == pending[index].id.text,
        let step = events.step(ofTask: pending[index].id)
      {
        pending[index].step = step
      }
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
