import JSON
import Runs
import Testing
import Triage

/// What marks hold on to, and what rows have in common.
@Suite struct MarksTests {
  private static let now = Timestamp(milliseconds: 1_700_000_000_000)

  private static func run(_ id: String, _ status: RunStatus, _ failure: String? = nil) -> Run {
    var run = Run(id: RunID(id), workflow: WorkflowID("flow"), status: status)
    run.startedAt = now
    run.failure = failure.map { Failure(code: "BROKEN", step: StepID("s"), message: $0) }
    return run
  }

  private static func task(of run: String, step: String = "review") -> HumanTask {
    var task = HumanTask(id: TaskID("t-\(run)"), run: RunID(run), step: StepID(step))
    task.workflow = WorkflowID("flow")
    task.createdAt = now
    return task
  }

  /// Two runs that wait, two at work, and failures of two causes.
  private static func reading(
    second: RunStatus = .running,
    tasks: [HumanTask]? = [task(of: "w1"), task(of: "w2")]
  ) -> Reading {
    let runs = [
      run("w1", .paused), run("w2", .paused), run("r1", .running), run("r2", second),
      run("f1", .failed, "no order 7"), run("f2", .failed, "no order 8"),
      run("f3", .failed, "full"),
      run("s1", .stopped),
    ]
    return Reading(runs: runs, tasks: tasks, at: now)
  }

  private static func inbox(_ reading: Reading = reading()) -> Inbox { Inbox(reading, order: .age) }

  private static func ids(_ inbox: Inbox, _ section: Section) -> [RowID] {
    (inbox.rows[section] ?? []).map(\.id)
  }

  @Test func `a mark is set and taken away by the same key`() {
    let row = MarksTests.ids(MarksTests.inbox(), .running)[0]
    var marks = Marks()
    marks.toggle(row)
    #expect(marks.contains(row))
    #expect(marks.anchor == row)
    marks.toggle(row)
    #expect(marks.isEmpty)
    #expect(marks.anchor == nil)
  }

  @Test func `what left the inbox loses its mark, and only that`() {
    let inbox = MarksTests.inbox()
    let (waiting, running) = (MarksTests.ids(inbox, .awaiting), MarksTests.ids(inbox, .running))
    let left = RowID(section: .awaiting, run: RunID("w1"), task: TaskID("t-w1"))
    var marks = Marks()
    marks.add(waiting + running, anchor: left)
    let later = MarksTests.inbox(MarksTests.reading(tasks: [MarksTests.task(of: "w2")]))
    #expect(marks.drop(missingFrom: later, tasksAreKnown: true) == [left])
    #expect(marks.ids == Set(waiting + running).subtracting([left]))
    #expect(marks.anchor == nil)
  }

  @Test func `a run that moves to another section is another row`() {
    var marks = Marks()
    marks.add(MarksTests.ids(MarksTests.inbox(), .running))
    let later = MarksTests.inbox(MarksTests.reading(second: .draining))
    let gone = marks.drop(missingFrom: later, tasksAreKnown: true)
    #expect(gone == [RowID(section: .running, run: RunID("r2"))])
  }

  @Test func `approvals that could not be read keep their marks`() {
    var marks = Marks()
    marks.add(MarksTests.ids(MarksTests.inbox(), .awaiting))
    let later = MarksTests.inbox(MarksTests.reading(tasks: nil))
    #expect(marks.drop(missingFrom: later, tasksAreKnown: false).isEmpty)
    #expect(marks.count == 2)
  }

  @Test func `failures share their cause, approvals the step that asks`() throws {
    let tasks = [
      MarksTests.task(of: "w1"), MarksTests.task(of: "w2"),
      MarksTests.task(of: "r1", step: "other"),
    ]
    let inbox = MarksTests.inbox(MarksTests.reading(tasks: tasks))
    let failed = Dictionary(grouping: try #require(inbox.rows[.failed])) { Likeness($0) }
    #expect(failed[nil]?.map(\.id.run) == [RunID("s1")])
    #expect(failed.values.map(\.count).sorted() == [1, 1, 2])
    let waiting = Dictionary(grouping: try #require(inbox.rows[.awaiting])) { Likeness($0) }
    #expect(waiting.values.map(\.count).sorted() == [1, 2])
    #expect(inbox.rows[.running]?.map { Likeness($0) } == [nil])
  }
}
