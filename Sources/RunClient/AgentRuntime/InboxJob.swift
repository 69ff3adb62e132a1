internal import Runs
internal import RuntimeAPI

/// Reads the inbox: the feed, then the tasks, then the names of workflows that runs do not carry.
///
/// The tasks are read after the feed, so that a run never waits for a task that was answered before.
struct InboxJob: Job {
  private enum Purpose: Sendable { case runs, tasks, names }

  /// How many polls go by before names that the server did not give are asked for again.
  private static let namesPause = 20

  private var runs: Walk<Run>
  private var tasks: Walk<HumanTask>
  private var names: Walk<Workflow>
  private var open = OpenAsks<Purpose>()
  private var known: KnownInbox
  private var taskFault: Fault?
  private var namesChanged = false
  private var skew: Duration?
  private(set) var result: Result<Refreshed, Fault>?
  var learnt: Knowledge { Knowledge() }

  init(place: String, known: KnownInbox) {
    self.known = known
    runs = Walk(.runs(), place: place, known: known.runs)
    tasks = Walk(.pendingTasks, place: place, known: known.tasks)
    names = Walk(.workflows, place: place)
  }

  mutating func begin() -> [Ask] { [ask(runs.next, for: .runs)] }

  mutating func receive(_ answer: Answer, for number: Int) -> [Ask] {
    guard let purpose = open.close(number) else { return [] }
    skew = answer.clockSkew ?? skew
    switch purpose {
    case .runs: return receiveRuns(answer)
    case .tasks: return receiveTasks(answer)
    case .names: return receiveNames(answer)
    }
  }

  private mutating func ask(_ next: (call: Call, etag: String?), for purpose: Purpose) -> Ask {
    open.ask(next.call, etag: next.etag, for: purpose)
  }

  private mutating func receiveRuns(_ answer: Answer) -> [Ask] {
    do throws(Fault) {
      if try runs.receive(answer) { return [ask(runs.next, for: .runs)] }
      return [ask(tasks.next, for: .tasks)]
    } catch {
      result = .failure(error)
      return []
    }
  }

  private mutating func receiveTasks(_ answer: Answer) -> [Ask] {
    do throws(Fault) {
      if try tasks.receive(answer) { return [ask(tasks.next, for: .tasks)] }
    } catch {
      taskFault = error
    }
    if asksForNames() { return [ask(names.next, for: .names)] }
    finish(answer.receivedAt)
    return []
  }

  private mutating func receiveNames(_ answer: Answer) -> [Ask] {
    do throws(Fault) {
      if try names.receive(answer) { return [ask(names.next, for: .names)] }
      for workflow in names.items where known.names[workflow.id] != workflow.name {
        known.names[workflow.id] = workflow.name
        namesChanged = true
      }
    } catch {
      // Ids stand in for the names; the inbox does not wait for a list of workflows.
    }
    known.nameless = unnamed
    known.namesPause = InboxJob.namesPause
    finish(answer.receivedAt)
    return []
  }

  private mutating func asksForNames() -> Bool {
    let missing = unnamed
    known.namesPause = max(0, known.namesPause - 1)
    return !missing.isEmpty && (known.namesPause == 0 || !missing.isSubset(of: known.nameless))
  }

  /// The workflows of runs that carry no name, and whose name is not known.
  private var unnamed: Set<WorkflowID> {
    var missing: Set<WorkflowID> = []
    for run in runs.items where run.workflowName == nil {
      if let id = run.workflow, known.names[id] == nil { missing.insert(id) }
    }
    return missing
  }

  private mutating func finish(_ now: Timestamp) {
    let before = known.reading
    known.runs = runs.known
    if taskFault == nil { known.tasks = tasks.known }
    let isSame =
      before != nil && !runs.changed && !tasks.changed && !namesChanged
      && before?.taskFault == taskFault && before?.isCut == runs.isCut
    var reading = isSame ? before ?? assembled(now) : assembled(now)
    reading.at = now
    reading.clockSkew = skew
    let changed = before.map { !reading.isAlike($0) } ?? true
    known.reading = reading
    result = .success(Refreshed(reading: reading, changed: changed && !isSame, known: known))
  }

  private func assembled(_ now: Timestamp) -> Reading {
    var owners: [RunID: Int] = [:]
    var runs = runs.items
    for index in runs.indices {
      if runs[index].workflowName == nil {
        runs[index].workflowName = runs[index].workflow.flatMap { known.names[$0] }
      }
      owners[runs[index].id] = index
    }
    var tasks = taskFault == nil ? tasks.items : nil
    for index in tasks?.indices ?? 0..<0 {
      guard let task = tasks?[index], let owner = owners[task.run].map({ runs[$0] }) else {
        continue
      }
      tasks?[index].workflow = task.workflow ?? owner.workflow
      tasks?[index].workflowName = task.workflowName ?? owner.workflowName
    }
    return Reading(
      runs: runs,
      tasks: tasks,
      at: now,
      unreadable: self.runs.unreadable + (taskFault == nil ? self.tasks.unreadable : 0),
      isCut: self.runs.isCut,
      taskFault: taskFault,
      clockSkew: skew
    )
  }
}

extension Reading {
  /// Whether another reading shows the same, whenever it was made.
  fileprivate func isAlike(_ other: Reading) -> Bool {
    var other = other
    other.at = at
    other.clockSkew = clockSkew
    return self == other
  }
}
