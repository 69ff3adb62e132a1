import Cells
import CommandCenter
import JSON
import Runs
import TestHouse
import Testing
import Triage

/// A run of which several tasks wait: each can be seen, edited and answered, and none stands in for
/// another.
@Suite struct TaskChoiceTests {
  private static func task(_ letter: String, age: Int) -> HumanTask {
    Sample.task(
      of: Sample.refund,
      step: "refund-\(letter)",
      type: "approval",
      age: .seconds(age),
      ["title": .string("Refund \(letter.uppercased())"), "amount": 420]
    )
  }

  static let tasks = [task("a", age: 240), task("b", age: 200)]

  /// The run with some of its tasks waiting; the others were answered by alex.
  static func detail(waiting: [HumanTask] = tasks, at moment: Timestamp = Sample.now) -> RunDetail {
    var detail = RunDetail(
      run: Sample.refund,
      events: Sample.refundEvents,
      tasks: waiting,
      at: moment
    )
    for task in tasks where !waiting.contains(where: { $0.id == task.id }) {
      detail.events.append(
        RunEvent(
          type: "task_completed",
          step: task.step,
          at: Sample.ago(.seconds(20)),
          data: ["task_id": .string(task.id.text), "approved": true, "by": "alex"]
        )
      )
    }
    return detail
  }

  /// The inbox with the cursor on the second task.
  static func desk(columns: Int = 80, rows: Int = 24) -> Desk {
    var desk = Sample.desk(Sample.reading(tasks: tasks), columns: columns, rows: rows)
    while desk.model.inbox.selection?.task?.id != tasks[1].id,
      desk.model.inbox.listing.index != desk.model.inbox.listing.rows.count - 1
    {
      desk.press("j")
    }
    desk.effects = []
    return desk
  }

  /// The same, opened and read.
  static func opened(_ keys: String = "<enter>", columns: Int = 80, rows: Int = 24) -> Desk {
    var desk = desk(columns: columns, rows: rows)
    desk.press(keys)
    desk.send(.run(Sample.read(detail())))
    return desk
  }

  private func screen(_ desk: Desk) throws -> RunScreen {
    let screens = desk.model.layers.compactMap {
      if case .run(let screen) = $0 { screen } else { nil }
    }
    return try #require(screens.last)
  }

  private func shown(_ desk: Desk) throws -> String? {
    try screen(desk).form?.reference.task.text
  }

  // MARK: Which is shown

  @Test(arguments: ["<enter>", "e", "a e", "x e"])
  func `the task of the row is the one that is opened`(keys: String) throws {
    let desk = TaskChoiceTests.opened(keys)
    #expect(try shown(desk) == "refund-b")
    #expect(desk.text.contains("[4 Task 2 of 2]"))
    #expect(desk.text.contains("Refund B"))
    #expect(!desk.text.contains("Refund A"))
  }

  @Test(arguments: ["refund-a", "refund-b"])
  func `a task is opened by its own name from the command line`(name: String) throws {
    var desk = TaskChoiceTests.desk()
    desk.press(":")
    desk.type("task \(name)")
    desk.press("<enter>")
    desk.send(.run(Sample.read(TaskChoiceTests.detail())))
    #expect(try shown(desk) == name)
  }

  @Test func `what is answered is what is shown`() throws {
    var desk = TaskChoiceTests.opened()
    desk.press("a")
    #expect(desk.text.contains("Refund B"))
    desk.press("y")
    let decision = try #require(desk.decisions.first)
    #expect(decision.subject.run == Sample.refund.reference)
    guard case .task(let task) = decision.subject else {
      Issue.record("\(decision.subject)")
      return
    }
    #expect(task.task.text == "refund-b")
  }

  @Test(arguments: [":", ""])
  func `after e in the question, a and y answer the task that was asked about`(line: String) throws
  {
    var desk = TaskChoiceTests.opened("a e")
    if line == ":" {
      desk.press(":")
      desk.type("approve")
      desk.press("<enter> y")
    } else {
      desk.press("a y")
    }
    guard case .task(let task)? = desk.decisions.first?.subject else {
      Issue.record("\(desk.decisions)")
      return
    }
    #expect(task.task.text == "refund-b")
  }

  @Test func `keys go on to the next task and back, and each keeps its draft`() throws {
    var desk = TaskChoiceTests.opened()
    desk.press("<enter> <end> <ctrl-u>")
    desk.type("380")
    desk.press("<enter> ]")
    #expect(try shown(desk) == "refund-a")
    #expect(desk.text.contains("[4 Task 1 of 2]"))
    #expect(try screen(desk).form?.isEdited == false)
    desk.press("[")
    #expect(try shown(desk) == "refund-b")
    #expect(try screen(desk).form?.answer == ["amount": 380])
    desk.press("1 ]")
    #expect(try shown(desk) == "refund-b", "from another tab it is the one that was shown")
    #expect(try screen(desk).tab == .task)
  }

  @Test func `with one task there is no other`() throws {
    var desk = RunScreenTests.at(Sample.refund, Sample.formDetail)
    desk.press("]")
    #expect(desk.text.contains("no other task of this run waits"))
    #expect(desk.text.contains("[4 Task]"))
  }

  @Test func `a reading from before the task came shows no other in its place`() throws {
    var desk = TaskChoiceTests.desk()
    let early = TaskChoiceTests.detail(
      waiting: [TaskChoiceTests.tasks[0]],
      at: Sample.ago(.seconds(60))
    )
    desk.send(.run(Sample.read(early)))
    desk.press("<enter>")
    #expect(try shown(desk) == nil)
    #expect(try screen(desk).tab == .task)
    #expect(!desk.text.contains("Refund A"))
    desk.press("a y")
    #expect(desk.decisions.isEmpty)
    desk.send(.run(Sample.read(TaskChoiceTests.detail())))
    #expect(try shown(desk) == "refund-b")
  }

  // MARK: It does not wait any more

  @Test func `a task that is answered elsewhere says by whom, and no other takes its place`() throws
  {
    var desk = TaskChoiceTests.opened()
    desk.send(.run(Sample.read(TaskChoiceTests.detail(waiting: [TaskChoiceTests.tasks[0]]))))
    #expect(try shown(desk) == "refund-b")
    let clock = desk.model.zone.clock(Sample.ago(.seconds(20)))
    let notice = try #require(desk.model.notice?.text)
    #expect(
      notice
        == "this task does not wait any more, approved by alex at \(clock); ] shows one that does"
    )
    for key in ["a", "x", "<enter>", "c", "U", "E"] {
      desk.model.notice = nil
      #expect(desk.press(key) == [])
      #expect(desk.model.notice?.text == notice, "\(key)")
    }
    desk.press("y")
    #expect(desk.decisions.isEmpty)
    desk.press("]")
    #expect(try shown(desk) == "refund-a")
    #expect(desk.model.notice == nil)
    desk.press("a y")
    #expect(desk.decisions.count == 1)
  }

  @Test func `an answer that is ours is not told as somebody else's`() throws {
    var desk = TaskChoiceTests.opened()
    desk.press("a y")
    let decision = try #require(desk.decisions.first)
    desk.send(.run(Sample.read(TaskChoiceTests.detail(waiting: [TaskChoiceTests.tasks[0]]))))
    desk.send(
      .decision(
        .outcome(decision, .done(Confirmation(status: .paused, readBack: true)), recorded: true)
      )
    )
    #expect(desk.model.notice?.text.hasPrefix("approved refund-approvals") == true)
    #expect(try shown(desk) == "refund-b")
    desk.press("x y")
    #expect(desk.decisions.count == 1)
  }

  @Test func `the last task that is answered elsewhere leaves its tab, and says by whom`() throws {
    var desk = TaskChoiceTests.opened()
    desk.send(.run(Sample.read(TaskChoiceTests.detail(waiting: []))))
    #expect(try screen(desk).tab == .events)
    #expect(desk.model.notice?.text.contains("any more, approved by alex at ") == true)
    #expect(desk.model.notice?.text.contains("shows one that does") == false)
  }

  @Test func `a task that ended before it was opened shows the run, and says so`() throws {
    var desk = TaskChoiceTests.desk()
    desk.press("<enter>")
    desk.send(.run(Sample.read(TaskChoiceTests.detail(waiting: [TaskChoiceTests.tasks[0]]))))
    #expect(try screen(desk).tab == .events)
    #expect(desk.text.contains("this task does not wait any more, approved by alex"))
    desk.press("]")
    #expect(try shown(desk) == "refund-a")
  }

  @Test func `a task that is not looked at gives way silently`() throws {
    var desk = TaskChoiceTests.opened()
    desk.press("1")
    desk.send(.run(Sample.read(TaskChoiceTests.detail(waiting: [TaskChoiceTests.tasks[0]]))))
    #expect(desk.model.notice == nil)
    desk.press("4")
    #expect(try shown(desk) == "refund-a")
  }

  @Test func `what is written in the editor goes into the task that it was opened for`() throws {
    var desk = TaskChoiceTests.opened()
    let reference = try #require(Sample.refund.reference)
    let task = TaskReference(run: reference, task: TaskChoiceTests.tasks[1].id)
    #expect(
      desk.press("E") == [
        .edit(EditorWish(.field(task, "amount"), name: "amount", format: .json, text: "420"))
      ]
    )
    desk.send(.editor(.field(task, "amount"), .saved("7")))
    #expect(try screen(desk).form?.answer == ["amount": 7])
    #expect(!desk.text.contains("does not wait any more"))
  }

  @Test func `the run is stopped whichever of its tasks is shown`() throws {
    var desk = TaskChoiceTests.opened()
    desk.send(.run(Sample.read(TaskChoiceTests.detail(waiting: [TaskChoiceTests.tasks[0]]))))
    desk.press("s")
    #expect(desk.text.contains("Its approval is closed unanswered."))
    desk.press("i")
    #expect(desk.decisions.map(\.verb) == [.stop(.immediate)])
  }

  // MARK: Screens

  @Test(arguments: [(80, 24), (40, 12)])
  func `one of several tasks`(columns: Int, rows: Int) {
    var desk = TaskChoiceTests.opened(columns: columns, rows: rows)
    expectScreen(desk.frame, "tasks-two")
    desk.send(.run(Sample.read(TaskChoiceTests.detail(waiting: [TaskChoiceTests.tasks[0]]))))
    expectScreen(desk.frame, "tasks-over")
  }

  // MARK: Two rows of one run

  /// The same in a protected profile.
  private static func guarded() -> Desk {
    var desk = desk()
    desk.model.profile = GuardTests.facts
    return desk
  }

  @Test func `an answer that is held is told on the row of its own task`() throws {
    var desk = TaskChoiceTests.guarded()
    desk.press("a y")
    #expect(desk.model.held.count == 1)
    let rows = desk.frame.lines().filter {
      $0.contains("refund-approva") && $0.contains("7c9e6679")
    }
    #expect(rows.count { $0.contains("approve: not sent yet") } == 1)
    #expect(rows.count { $0.contains("Refund A") } == 1)
    GuardTests.pass(3, &desk)
    #expect(desk.decisions.count == 1)
    let flying = desk.frame.lines().filter { $0.contains("approve: ") && $0.contains("7c9e6679") }
    #expect(flying.count == 1)
    #expect(desk.text.contains("Refund A"))
  }

  @Test(arguments: ["a", "x"])
  func `while one task is held or on its way, the other is decided`(key: String) throws {
    for seconds in [0, 3] {
      var desk = TaskChoiceTests.guarded()
      desk.press("a y")
      GuardTests.pass(seconds, &desk)
      desk.press("k \(key)")
      #expect(desk.text.contains("Refund A"))
      desk.press("y")
      GuardTests.pass(3, &desk)
      #expect(desk.decisions.count == 2)
      #expect(Set(desk.decisions.map(\.subject)).count == 2)
    }
  }

  @Test func `what is done to the run waits for its answers, and they for it`() throws {
    var desk = TaskChoiceTests.guarded()
    desk.press("a y k s")
    #expect(desk.model.top == .inbox)
    #expect(desk.model.notice?.text.contains("approve is not sent yet") == true)
    desk = TaskChoiceTests.guarded()
    desk.press("s g")
    let rows = desk.frame.lines().filter { $0.contains("stop gracefully: not sent yet") }
    #expect(rows.count == 2)
    desk.press("k a")
    #expect(desk.model.top == .inbox)
    #expect(desk.model.notice?.text.contains("stop gracefully is not sent yet") == true)
  }
}
