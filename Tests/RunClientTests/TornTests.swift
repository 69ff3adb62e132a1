import RunClient
import Runs
import RuntimeAPI
import Testing
import Transport

/// A list that moves while it is read page by page: what still waits must not be taken for gone.
@Suite struct TornTests {
  /// A server on paper that pages its lists by places, as many servers do behind their cursors.
  private struct Lists {
    static let limit = 100

    var tasks: [Int]
    var runs = Array(0..<3)
    /// Done once, right after a page that begins at this place was given.
    var after: (path: String, place: Int, change: (inout Lists) -> Void)?
    /// How often the tasks were asked for, and from which time on they fail.
    var tasksAsked = 0
    var failsFrom: Int?

    mutating func answer(_ call: Call) -> Result<Response, Transport.Failure> {
      let parameter = { (name: String) in
        call.query.first { $0.name == name }.flatMap { Int($0.value) }
      }
      let place = parameter("cursor") ?? parameter("offset") ?? 0
      let answer: Result<Response, Transport.Failure>
      switch call.path {
      case "/v1/tasks/pending":
        tasksAsked += 1
        if let failsFrom, tasksAsked >= failsFrom { return Fed.status(500) }
        answer = page(tasks, place, "tasks") {
          #"{"id":"t\#($0)","run_id":"r0","workflow_id":"w","task_payload":{}}"#
        }
      case "/v1/runs":
        answer = page(runs, place, "runs") {
          #"{"id":"r\#($0)","workflow_id":"w","workflow_name":"W","status":"running"}"#
        }
      default: return Fed.missing
      }
      if let after, after.path == call.path, after.place == place {
        self.after = nil
        after.change(&self)
      }
      return answer
    }

    private func page(
      _ numbers: [Int],
      _ place: Int,
      _ name: String,
      _ item: (Int) -> String
    ) -> Result<Response, Transport.Failure> {
      let items = numbers.dropFirst(place).prefix(Lists.limit).map(item).joined(separator: ",")
      let end = place + Lists.limit
      let next = end < numbers.count ? "\"\(end)\"" : "null"
      return Fed.json(#"{"\#(name)":[\#(items)],"next_cursor":\#(next)}"#)
    }
  }

  /// Polls once; gives what is known then, the tasks, and how often they were asked for.
  private func poll(
    _ known: KnownInbox,
    _ lists: inout Lists
  ) throws -> (refreshed: Refreshed, tasks: [Int], asked: Int) {
    let before = lists.tasksAsked
    let refreshed = try feed(backend.refresh(known: known)) { lists.answer($0) }.result.get()
    let tasks = (refreshed.reading.tasks ?? []).compactMap { Int($0.id.text.dropFirst()) }
    return (refreshed, tasks, lists.tasksAsked - before)
  }

  /// A server whose tasks were read once.
  private func begun(_ count: Int) throws -> (Lists, KnownInbox) {
    var lists = Lists(tasks: Array(0..<count))
    let first = try poll(KnownInbox(), &lists)
    #expect(first.tasks == Array(0..<count))
    return (lists, first.refreshed.known)
  }

  @Test func `a task that slips between two pages is looked for at once, and stays`() throws {
    var (lists, known) = try begun(150)
    lists.after = ("/v1/tasks/pending", 0, { $0.tasks.remove(at: 5) })
    let torn = try poll(known, &lists)
    #expect(torn.asked == 4)
    #expect(torn.tasks == Array(0..<150), "one reading without it is not enough for 5 either")
    let next = try poll(torn.refreshed.known, &lists)
    #expect(next.tasks == Array(0..<150).filter { $0 != 5 })
    #expect(next.asked == 2, "it is the second reading without 5")
    #expect(next.refreshed.changed)
    let last = try poll(next.refreshed.known, &lists)
    #expect(last.asked == 2 && !last.refreshed.changed)
  }

  @Test func `what two readings in a row do not have has left, in one poll`() throws {
    var (lists, known) = try begun(250)
    lists.tasks.removeAll { [5, 100, 249].contains($0) }
    let next = try poll(known, &lists)
    #expect(next.tasks == lists.tasks)
    #expect(next.asked == 6)
    #expect(try poll(next.refreshed.known, &lists).asked == 3)
  }

  @Test func `a list of one page is believed`() throws {
    var (lists, known) = try begun(80)
    lists.tasks.remove(at: 5)
    let next = try poll(known, &lists)
    #expect(next.tasks == lists.tasks)
    #expect(next.asked == 1)
  }

  @Test func `a list that shrinks to one page is believed`() throws {
    var (lists, known) = try begun(101)
    lists.tasks.removeAll { $0 < 50 }
    let next = try poll(known, &lists)
    #expect(next.tasks == lists.tasks)
    #expect(next.asked == 1)
  }

  @Test func `what has come is listed at once`() throws {
    var (lists, known) = try begun(150)
    lists.tasks.append(150)
    let next = try poll(known, &lists)
    #expect(next.tasks == lists.tasks)
    #expect(next.asked == 2)
  }

  @Test func `a list that tears at every reading ends, and loses nothing that waits`() throws {
    var (lists, known) = try begun(350)
    for answered in 0..<40 {
      lists.after = ("/v1/tasks/pending", 100, { $0.tasks.removeAll { $0 == answered } })
      let next = try poll(known, &lists)
      #expect(next.asked <= 8)
      #expect(Set(lists.tasks).isSubset(of: next.tasks))
      #expect(next.tasks.count <= lists.tasks.count + 1)
      #expect(next.tasks == next.tasks.sorted(), "each stands where it stood")
      known = next.refreshed.known
    }
  }

  @Test func `where looking again fails, what is missing is doubted until the next poll`() throws {
    var (lists, known) = try begun(150)
    lists.after = ("/v1/tasks/pending", 0, { $0.tasks.remove(at: 5) })
    lists.failsFrom = lists.tasksAsked + 3
    let torn = try poll(known, &lists)
    #expect(torn.refreshed.reading.taskFault == nil)
    #expect(torn.tasks == Array(0..<150))
    lists.failsFrom = nil
    let next = try poll(torn.refreshed.known, &lists)
    #expect(Set(lists.tasks).isSubset(of: next.tasks))
    let last = try poll(next.refreshed.known, &lists)
    #expect(last.tasks == lists.tasks)
  }

  @Test func `a run that moves to the front between two pages is not gone`() throws {
    var lists = Lists(tasks: [])
    lists.runs = Array(0..<150)
    let first = try poll(KnownInbox(), &lists)
    lists.after = (
      "/v1/runs", 0,
      { lists in
        lists.runs.removeAll { $0 == 120 }
        lists.runs.insert(120, at: 0)
      }
    )
    let next = try poll(first.refreshed.known, &lists)
    #expect(Set(next.refreshed.reading.runs.map(\.id.text)) == Set((0..<150).map { "r\($0)" }))
  }

  @Test func `a feed that is cut is not read twice because new runs push out the old ones`() throws
  {
    var lists = Lists(tasks: [])
    lists.runs = Array(0..<2100)
    var asked = 0
    let read = { (known: KnownInbox, lists: inout Lists) in
      try feed(backend.refresh(known: known)) { call in
        if call.path == "/v1/runs" { asked += 1 }
        return lists.answer(call)
      }.result.get()
    }
    let first = try read(KnownInbox(), &lists)
    #expect(first.reading.isCut && asked == 20)
    lists.runs.insert(contentsOf: 3000..<3005, at: 0)
    let second = try read(first.known, &lists)
    #expect(asked == 40)
    #expect(second.reading.runs.map(\.id.text) == lists.runs.prefix(2000).map { "r\($0)" })
  }

  @Test func `a decision finds its task though the list moved between two pages`() throws {
    var lists = Lists(tasks: Array(0..<150))
    lists.after = ("/v1/tasks/pending", 0, { $0.tasks.remove(at: 5) })
    var decision = decide(.approve, saw: .running)
    decision.subject = .task(
      TaskReference(
        run: RunReference(workflow: WorkflowID("w"), run: RunID("r0")),
        task: TaskID("t100")
      )
    )
    var knowledge = Knowledge()
    for way in [Knowledge.Way.task, .runTasks, .run, .summary] { knowledge.miss(way) }
    let standing = try feed(backend.standing(decision, knowledge: knowledge)) { lists.answer($0) }
      .result.get()
    guard case .pending = standing.task else {
      Issue.record("it waits: \(standing.task)")
      return
    }
  }
}
