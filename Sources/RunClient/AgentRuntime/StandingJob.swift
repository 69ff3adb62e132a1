internal import JSON
internal import Runs
internal import RuntimeAPI

/// Reads how the run of a decision stands, and its task where it is about one.
struct StandingJob: Job {
  private enum Purpose: Sendable { case run, runTasks, task, allTasks }

  private let place: String
  private let task: TaskReference?
  private var lookup: RunLookup
  private var runTasks: Walk<HumanTask>
  private var allTasks: Walk<HumanTask>
  private var open = OpenAsks<Purpose>()
  private var isRunRead = false
  private var listIsMissing = false
  private var state: Standing.TaskState?
  private(set) var result: Result<Standing, Fault>?

  init(_ decision: Decision, knowledge: Knowledge, place: String) {
    self.place = place
    let run = decision.subject.run
    task = if case .task(let task) = decision.subject { task } else { nil }
    lookup = RunLookup(run, readsRun: knowledge.readsRun, place: place)
    runTasks = Walk(.pendingTasks(of: run), place: place)
    allTasks = Walk(.pendingTasks, place: place)
    if task == nil { state = .notWanted }
  }

  var learnt: Knowledge {
    var knowledge = Knowledge()
    knowledge.readsRun = lookup.readsRun
    return knowledge
  }

  mutating func begin() -> [Ask] {
    let run = open.ask(lookup.next, for: .run)
    return task == nil ? [run] : [run, open.ask(runTasks.next.call, for: .runTasks)]
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
      listIsMissing = true
    } else if try runTasks.receive(answer) {
      return [open.ask(runTasks.next.call, for: .runTasks)]
    }
    guard let task else { return [] }
    if let found = runTasks.items.first(where: { $0.id == task.task }) {
      state = .pending(found)
      return []
    }
    return [open.ask(Endpoint.task(task), for: .task)]
  }

  private mutating func receiveTask(_ answer: Answer) throws(Fault) -> [Ask] {
    guard let task else { return [] }
    if let status = answer.status, (400..<500).contains(status), ![401, 403].contains(status) {
      if listIsMissing { return [open.ask(allTasks.next.call, for: .allTasks)] }
      state = .absent
      return []
    }
    let response = try answer.response(place: place)
    let found = try response.decoded(place: place) {
      (body) throws(JSONMistake) in try TaskWire.one(body, of: task.run)
    }
    state = found.isPending ? .pending(found) : .answered(found)
    return []
  }

  private mutating func receiveAllTasks(_ answer: Answer) throws(Fault) -> [Ask] {
    if try allTasks.receive(answer) { return [open.ask(allTasks.next.call, for: .allTasks)] }
    let found = allTasks.items.first { $0.id == task?.task && $0.run == task?.run.run }
    state = found.map { .pending($0) } ?? .absent
    return []
  }
}
