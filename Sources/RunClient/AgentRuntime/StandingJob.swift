internal import JSON
internal import Runs
internal import RuntimeAPI

/// Reads how the run of a decision stands, and its task where it is about one.
struct StandingJob: Job {
  private enum Purpose: Sendable { case run, runTasks, task, allTasks }

  private let place: String
  private let task: TaskReference?
  private let knowledge: Knowledge
  private var lookup: RunLookup
  private var runTasks: Walk<HumanTask>
  private var allTasks: Walk<HumanTask>
  private var open = OpenAsks<Purpose>()
  private var isRunRead = false
  /// Whether neither list of tasks is to be had.
  private var listsAreMissing = false
  /// Whether a list of several pages was read once more, since the task was on none of them.
  private var hasLookedAgain = false
  private var learntHere = Knowledge()
  private var state: Standing.TaskState?
  private(set) var result: Result<Standing, Fault>?

  init(_ decision: Decision, knowledge: Knowledge, place: String) {
    self.place = place
    self.knowledge = knowledge
    let run = decision.subject.run
    task = if case .task(let task) = decision.subject { task } else { nil }
    lookup = RunLookup(run, knowledge: knowledge, place: place)
    runTasks = Walk(.pendingTasks(of: run), place: place)
    allTasks = Walk(.pendingTasks, place: place)
    if task == nil { state = .notWanted }
  }

  var learnt: Knowledge {
    var learnt = learntHere
    learnt.merge(lookup.learnt)
    return learnt
  }

  mutating func begin() -> [Ask] {
    let run = open.ask(lookup.next, for: .run)
    if task == nil { return [run] }
    return knowledge.offers(.runTasks)
      ? [run, open.ask(runTasks.next.call, for: .runTasks)]
      : [run, open.ask(allTasks.next.call, for: .allTasks)]
  }

  mutating func receive(_ answer: Answer, for number: Int) -> [Ask] {
    guard let purpose = open.close(number), result == nil else { return [] }
    do throws(Fault) {
      let asks =
        switch purpose {
        case .run: try receiveRun(answer)
        case .runTasks: try receiveRunTasks(answer)
        case .task: try receiveTask(answer)
        case .allTasks: try receiveAllTasks(answer)
        }
      if isRunRead, let state {
        result = .success(Standing(run: lookup.run, task: state, at: answer.receivedAt))
      }
      return asks
    } catch {
      result = .failure(error)
      return []
    }
  }

  private mutating func receiveRun(_ answer: Answer) throws(Fault) -> [Ask] {
    if try lookup.receive(answer) { return [open.ask(lookup.next, for: .run)] }
    isRunRead = true
    // Without the run there is no task either.
    if lookup.run == nil, task != nil { state = .absent }
    return []
  }

  private mutating func receiveRunTasks(_ answer: Answer) throws(Fault) -> [Ask] {
    if answer.isMissing {
      if answer.isNoWay { learntHere.miss(.runTasks) }
      return [open.ask(allTasks.next.call, for: .allTasks)]
    }
    if try runTasks.receive(answer) { return [open.ask(runTasks.next.call, for: .runTasks)] }
    learntHere.prove(.runTasks)
    return wantTask(among: runTasks.items.first { $0.id == task?.task })
  }

  private mutating func receiveAllTasks(_ answer: Answer) throws(Fault) -> [Ask] {
    if answer.isMissing {
      learntHere.miss(.tasks)
      listsAreMissing = true
      return wantTask(among: nil)
    }
    if try allTasks.receive(answer) { return [open.ask(allTasks.next.call, for: .allTasks)] }
    let found = allTasks.items.first { $0.id == task?.task && $0.run == task?.run.run }
    if found == nil, allTasks.isPaged, !hasLookedAgain, !knowledge.offers(.task) {
      // The list may have moved between two pages of it, and nothing else tells.
      hasLookedAgain = true
      allTasks = Walk(.pendingTasks, place: place)
      return [open.ask(allTasks.next.call, for: .allTasks)]
    }
    return wantTask(among: found)
  }

  /// Asks for the task itself, which may tell how it was answered, unless it waits.
  private mutating func wantTask(among found: HumanTask?) -> [Ask] {
    if let found {
      state = .pending(found)
    } else if let task, listsAreMissing || knowledge.offers(.task) {
      return [open.ask(Endpoint.task(task), for: .task)]
    } else {
      state = .absent
    }
    return []
  }

  private mutating func receiveTask(_ answer: Answer) throws(Fault) -> [Ask] {
    guard let task else { return [] }
    if answer.isNoWay { learntHere.miss(.task) }
    if let status = answer.status, (400..<500).contains(status) || status == 501,
      ![401, 403, 429].contains(status), !listsAreMissing
    {
      state = .absent
      return []
    }
    let response = try answer.response(place: place)
    let found = try response.decoded(place: place) {
      (body) throws(JSONMistake) in try TaskWire.one(body, of: task.run)
    }
    learntHere.prove(.task)
    state = found.isPending ? .pending(found) : .answered(found)
    return []
  }
}
