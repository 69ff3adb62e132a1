internal import Runs
internal import RuntimeAPI

/// Reads the inbox: the feed, then the tasks, then the names of workflows that runs do not carry.
///
/// The tasks are read after the feed, so that a run never waits for a task that was answered before.
struct InboxJob: Job {
  private enum Purpose: Sendable { case runs, tasks, names }

  /// How many polls go by before what the server did not give is asked for again.
  private static let pause = 20
  /// With more runs than these, putting a reading together holds a key up.
  private static let largeCount = 500

  private let place: String
  private let knowledge: Knowledge
  private var feed: FeedWalk
  private var tasks: Walk<HumanTask>
  private var names: Walk<Workflow>
  private var open = OpenAsks<Purpose>()
  private var known: KnownInbox
  private var taskFault: Fault?
  private var namesChanged = false
  private var skew: Duration?
  private var learntHere = Knowledge()
  /// When the first part of it arrived: the reading is as old as that.
  private var firstAt: Timestamp?
  private(set) var result: Result<Refreshed, Fault>?

  init(place: String, known: KnownInbox, knowledge: Knowledge, isWhole: Bool) {
    self.place = place
    self.known = known
    self.knowledge = knowledge
    let offersChanges = !isWhole && knowledge.offers(.changes)
    feed = FeedWalk(place: place, known: known.feed, offersChanges: offersChanges)
    tasks = Walk(.pendingTasks, place: place, known: known.tasks, doubtsDepartures: true)
    names = Walk(.workflows, place: place)
  }

  var learnt: Knowledge {
    var learnt = learntHere
    learnt.merge(feed.learnt)
    return learnt
  }

  var isLarge: Bool { known.feed.items.count > InboxJob.largeCount }

  mutating func begin() -> [Ask] { [ask(feed.next, for: .runs)] }

  mutating func receive(_ answer: Answer, for number: Int) -> [Ask] {
    guard let purpose = open.close(number) else { return [] }
    skew = answer.clockSkew ?? skew
    firstAt = firstAt ?? answer.receivedAt
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
      if try feed.receive(answer) { return [ask(feed.next, for: .runs)] }
    } catch {
      result = .failure(error)
      return []
    }
    known.tasksPause = max(0, known.tasksPause - 1)
    if known.tasksPause == 0 { return [ask(tasks.next, for: .tasks)] }
    taskFault = known.reading?.taskFault ?? Fault(noTaskListAt: place, status: 404)
    return goOn(answer)
  }

  private mutating func receiveTasks(_ answer: Answer) -> [Ask] {
    if answer.isMissing {
      learntHere.miss(.tasks)
      known.tasksPause = InboxJob.pause
      taskFault = Fault(noTaskListAt: place, status: answer.status ?? 404)
      return goOn(answer)
    }
    do throws(Fault) {
      if try tasks.receive(answer) { return [ask(tasks.next, for: .tasks)] }
      learntHere.prove(.tasks)
    } catch {
      taskFault = error
    }
    return goOn(answer)
  }

  /// Asks for names that are missing, unless the server has just said that it wants to be left alone.
  private mutating func goOn(_ answer: Answer) -> [Ask] {
    if asksForNames(), answer.rest == nil { return [ask(names.next, for: .names)] }
    finish(answer.receivedAt)
    return []
  }

  private mutating func receiveNames(_ answer: Answer) -> [Ask] {
    if answer.isMissing { learntHere.miss(.workflows) }
    do throws(Fault) {
      if try names.receive(answer) { return [ask(names.next, for: .names)] }
      learntHere.prove(.workflows)
      for workflow in names.items where known.names[workflow.id] != workflow.name {
        known.names[workflow.id] = workflow.name
        namesChanged = true
      }
    } catch {
      // Ids stand in for the names; the inbox does not wait for a list of workflows.
    }
    known.nameless = unnamed
    known.namesPause = InboxJob.pause
    finish(answer.receivedAt)
    return []
  }

  private mutating func asksForNames() -> Bool {
    guard knowledge.offers(.workflows) else { return false }
    let missing = unnamed
    known.namesPause = max(0, known.namesPause - 1)
    return !missing.isEmpty && (known.namesPause == 0 || !missing.isSubset(of: known.nameless))
  }

  /// The workflows of runs that carry no name, and whose name is not known.
  private var unnamed: Set<WorkflowID> {
    var missing: Set<WorkflowID> = []
    for run in feed.known.items where run.workflowName == nil {
      if let id = run.workflow, known.names[id] == nil { missing.insert(id) }
    }
    return missing
  }

  private mutating func finish(_ lastAt: Timestamp) {
    let now = firstAt ?? lastAt
    let before = known.reading
    known.feed = feed.known
    if taskFault == nil { known.tasks = tasks.known }
    let isSame =
      before != nil && !feed.changed && !tasks.changed && !namesChanged
      && before?.taskFault == taskFault && before?.isCut == feed.known.isCut
    var reading = isSame ? before ?? assembled(now) : assembled(now)
    reading.at = now
    reading.clockSkew = skew
    let changed = before.map { !reading.isAlike($0) } ?? true
    known.reading = reading
    let refreshed = Refreshed(
      reading: reading,
      changed: changed && !isSame,
      isWhole: feed.isWhole,
      known: known
    )
    result = .success(refreshed)
  }

  private func assembled(_ now: Timestamp) -> Reading {
    var owners: [RunID: Int] = [:]
    var runs = feed.known.items
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
      unreadable: feed.known.unreadable + (taskFault == nil ? self.tasks.unreadable : 0),
      isCut: feed.known.isCut,
      taskFault: taskFault,
      clockSkew: skew
    )
  }
}

extension Fault {
  /// That a server does not tell which tasks wait.
  init(noTaskListAt place: String, status: Int) {
    self.init(
      .notFound,
      "\(place) has no list of the tasks that wait (\(status)); it is asked again now and then"
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
