import Cells
import CommandCenter
import JSON
import Runs
import TestHouse
import Testing
import Triage

/// The inbox in each of its states, as recorded beside this suite.
@Suite struct InboxScreenTests {
  /// A fault as the truth line tells it.
  static let timedOut = Fault(.timedOut, "api.example.com: connection timed out after 10 s.")

  @Test func `what needs me comes first`() {
    var desk = Sample.desk()
    desk.press("j")
    expectScreen(desk.frame, "inbox")
  }

  @Test func `each section shows its own keys at the bottom`() {
    var desk = Sample.desk()
    desk.press("]")
    expectScreen(desk.frame, "inbox-draining")
    desk.press("]")
    expectScreen(desk.frame, "inbox-running")
    desk.press("]")
    expectScreen(desk.frame, "inbox-failed")
  }

  @Test func `nothing pending says so`() {
    let desk = Sample.desk(Sample.reading(runs: [Sample.completed], tasks: []))
    expectScreen(desk.frame, "nothing-pending")
  }

  @Test func `before the first answer it says whom it asks`() {
    expectScreen(view(Sample.blank()), "connecting")
  }

  @Test func `without a first answer it says why`() {
    var desk = Desk(Sample.blank())
    desk.send(
      .inbox(.failed(InboxScreenTests.timedOut, nextTry: desk.now + .seconds(8), missed: 1))
    )
    expectScreen(desk.frame, "connecting-failed")
  }

  @Test func `three missed polls dim the rows, with the reason and the next try`() {
    var desk = Sample.desk()
    desk.wait(.seconds(134))
    desk.send(
      .inbox(.failed(InboxScreenTests.timedOut, nextTry: desk.now + .seconds(8), missed: 3))
    )
    expectScreen(desk.frame, "offline")
  }

  @Test(arguments: [40, 80])
  func `the seconds without an answer move no row, and are never cut`(columns: Int) {
    for name in ["a", "api", "api.example.com", "api.somewhat.longer.example.com"] {
      var desk = Sample.desk(columns: columns, rows: 24)
      desk.model.profile.place = name
      desk.wait(.seconds(9))
      desk.send(.inbox(.silent(since: desk.now + .seconds(-9))))
      let heading = { (desk: Desk) in desk.frame.lines().firstIndex { $0.contains("AWAITING") } }
      let before = heading(desk)
      #expect(desk.text.contains("No answer for 9 s."), "\(name)")
      desk.wait(.seconds(91))
      desk.send(.tick)
      #expect(desk.text.contains("No answer for 100 s."), "\(name)")
      #expect(heading(desk) == before, "\(name)")
    }
  }

  @Test(arguments: [40, 80])
  func `the countdown moves no row, and is never cut`(columns: Int) {
    for name in ["a", "api", "api.example.com", "api.somewhat.longer.example.com"] {
      var desk = Sample.desk(columns: columns, rows: 24)
      desk.wait(.seconds(28))
      let fault = Fault(.unreachable, "\(name): connection refused; is the server running?")
      desk.send(.inbox(.failed(fault, nextTry: desk.now + .seconds(120), missed: 3)))
      let counting = desk.text.split(separator: "\n", omittingEmptySubsequences: false)
      #expect(counting.contains { $0.contains("Retry in 120 s (r: now).") }, "\(name)")
      desk.wait(.seconds(120))
      desk.send(.tick)
      let trying = desk.text.split(separator: "\n", omittingEmptySubsequences: false)
      #expect(trying.contains { $0.contains("Trying now.") }, "\(name)")
      let heading = { (lines: [Substring]) in lines.firstIndex { $0.contains("AWAITING") } }
      #expect(heading(counting) == heading(trying), "\(name)")
    }
  }

  @Test func `a narrow screen says all of an outage`() {
    var desk = Sample.desk(columns: 40, rows: 12)
    desk.wait(.seconds(28))
    let fault = Fault(.unreachable, "127.0.0.1:37483: connection refused; is the server running?")
    desk.send(.inbox(.failed(fault, nextTry: desk.now + .seconds(8), missed: 3)))
    #expect(desk.text.contains("the server running?"))
    #expect(desk.text.contains("Retry in 8 s (r: now)."))
  }

  @Test func `a refused token is said at once`() {
    var desk = Sample.desk()
    desk.wait(.seconds(4))
    let fault = Fault(
      .unauthenticated,
      "api.example.com refused the token (401): it may have expired; check token_file of profile prod."
    )
    desk.send(.inbox(.failed(fault, nextTry: desk.now + .seconds(30), missed: 1)))
    expectScreen(desk.frame, "token-refused")
  }

  @Test func `late data shows its age`() {
    var desk = Sample.desk()
    desk.wait(.seconds(9))
    desk.send(.tick)
    expectScreen(desk.frame, "late")
  }

  @Test func `a filter narrows the list while it is typed`() {
    var desk = Sample.desk()
    desk.press("/")
    desk.type("status:failed")
    expectScreen(desk.frame, "filter-some")
    desk.press("<enter>")
    expectScreen(desk.frame, "filter-kept")
  }

  @Test func `a filter that nothing passes says so`() {
    var desk = Sample.desk()
    desk.press("/")
    desk.type("zebra")
    expectScreen(desk.frame, "filter-none")
  }

  @Test func `a mistake in a filter is underlined, with a sentence`() {
    var desk = Sample.desk()
    desk.press("/")
    desk.type("order stat:failed")
    expectScreen(desk.frame, "filter-mistake")
  }

  @Test func `a selected row that left says where it went`() {
    var desk = Sample.desk()
    desk.press("j")
    desk.wait(.seconds(3))
    var resumed = Sample.refund
    resumed.status = .running
    resumed.currentSteps = [StepID("issue-refund")]
    let runs = Sample.runs.map { $0.id == resumed.id ? resumed : $0 }
    desk.send(
      .inbox(
        .reading(Sample.reading(runs: runs, tasks: [Sample.edit], at: desk.now), changed: true)
      )
    )
    expectScreen(desk.frame, "ghost")
  }

  @Test func `while the operator moves, what is new is only counted`() {
    var desk = Sample.desk()
    desk.press("j")
    let new = ["aaaa0001", "aaaa0002", "aaaa0003"].map {
      Sample.run($0, "late-comer", .running, began: .seconds(1))
    }
    desk.send(
      .inbox(.reading(Sample.reading(runs: new + Sample.runs, at: desk.now), changed: true))
    )
    expectScreen(desk.frame, "held")
  }

  @Test func `good news and bad news stand above the keys`() throws {
    var desk = Sample.desk()
    desk.press("j a y")
    expectScreen(desk.frame, "in-flight")
    let decision = try #require(desk.decisions.first)
    let confirmation = Confirmation(status: .running, readBack: true)
    desk.send(.decision(.outcome(decision, .done(confirmation), recorded: true)))
    expectScreen(desk.frame, "notice-good")
    let refusal = Refusal(.forbidden, "your token may not decide tasks of acme/payments (403)")
    desk.send(.decision(.outcome(decision, .refused(refusal), recorded: true)))
    expectScreen(desk.frame, "notice-bad")
  }

  @Test func `read-only is said, and no deciding key is offered`() {
    var desk = Sample.desk(config: Config(readOnly: "started with --read-only"))
    desk.press("j")
    expectScreen(desk.frame, "read-only")
    desk.press("a")
    expectScreen(desk.frame, "read-only-refusal")
  }

  @Test func `what cannot be read of the tasks is not called a pause`() {
    let desk = Sample.desk(Sample.reading(tasks: nil))
    expectScreen(desk.frame, "tasks-unread")
  }

  @Test(arguments: [(40, 12), (120, 40), (200, 50)])
  func `the inbox is right at other sizes`(columns: Int, rows: Int) {
    var desk = Sample.desk(columns: columns, rows: rows)
    desk.press("j")
    desk.send(.run(Sample.read(Sample.refundDetail)))
    expectScreen(desk.frame, "inbox")
  }

  @Test func `a failure is previewed with its cause and its steps`() {
    var desk = Sample.desk(columns: 120, rows: 40)
    desk.press("] ] ]")
    desk.send(.run(Sample.read(Sample.triageDetail)))
    expectScreen(desk.frame, "preview-failure")
  }

  @Test func `all signs have ASCII twins`() {
    var desk = Sample.desk(glyphs: .ascii)
    desk.press("j")
    expectScreen(desk.frame, "inbox-ascii")
  }

  @Test func `too little room is said in one sentence`() {
    var desk = Sample.desk()
    desk.send(.resized(.init(columns: 30, rows: 6)))
    expectScreen(desk.frame, "too-small")
  }
}
