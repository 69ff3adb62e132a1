import Cells
import CommandCenter
import JSON
import Runs
import TestHouse
import Testing
import Triage

/// The questions, as recorded beside this suite.
@Suite struct DialogScreenTests {
  /// A desk with the approval's question open, what follows known.
  static func approving(
    columns: Int = 80,
    rows: Int = 24,
    glyphs: Glyphs = .utf8,
    key: String = "a"
  ) -> Desk {
    var desk = Sample.desk(columns: columns, rows: rows, glyphs: glyphs)
    desk.press("j \(key)")
    desk.send(.run(Sample.read(Sample.refundDetail)))
    return desk
  }

  /// A desk with the cursor on a run of a name.
  static func on(_ run: Run, in desk: Desk = Sample.desk()) -> Desk {
    var desk = desk
    while desk.model.inbox.selection?.id.run != run.id,
      desk.model.inbox.listing.index != desk.model.inbox.listing.rows.count - 1
    {
      desk.press("j")
    }
    return desk
  }

  /// A desk at which a decision was made and something was different.
  static func changed(
    _ change: Change,
    keys: String = "a y",
    on run: Run = Sample.refund
  ) throws
    -> Desk
  {
    var desk = on(run)
    desk.press(keys)
    let decision = try #require(desk.decisions.first)
    desk.send(.decision(.outcome(decision, .changed(change), recorded: true)))
    return desk
  }

  @Test func `approving says what is decided and what follows`() {
    expectScreen(DialogScreenTests.approving().frame, "approve")
  }

  @Test func `rejecting says what is decided and what follows`() {
    expectScreen(DialogScreenTests.approving(key: "x").frame, "reject")
  }

  @Test(arguments: [(40, 12), (120, 40), (200, 50)])
  func `the question is right at other sizes`(columns: Int, rows: Int) {
    expectScreen(DialogScreenTests.approving(columns: columns, rows: rows).frame, "approve")
  }

  @Test func `the question in ASCII`() {
    expectScreen(DialogScreenTests.approving(glyphs: .ascii).frame, "approve-ascii")
  }

  @Test func `a payload too big for the question says that there is more`() {
    var payload: JSONObject = [
      "title": "Move 400 customers to the new plan",
      "description": .string(
        String(repeating: "Each of them was told by letter and has agreed in writing. ", count: 9)
      ),
    ]
    for number in 1...400 {
      payload["customer_\(number)"] = .string("customer-\(number)@example.com")
    }
    let task = Sample.task(
      of: Sample.refund,
      step: "review-refund",
      type: "approval",
      age: .seconds(240),
      payload
    )
    var desk = Sample.desk(Sample.reading(tasks: [task]))
    desk.press("a")
    expectScreen(desk.frame, "approve-big")
  }

  @Test func `stopping a running run names what is in flight`() {
    var desk = DialogScreenTests.on(Sample.invoice)
    desk.press("s")
    desk.send(.run(Sample.read(Sample.invoiceDetail)))
    expectScreen(desk.frame, "stop-running")
  }

  @Test func `a draining run can only be stopped at once`() {
    var desk = DialogScreenTests.on(Sample.digest)
    desk.press("s")
    expectScreen(desk.frame, "stop-draining")
  }

  @Test func `stopping a run that waits closes its approval`() {
    var desk = DialogScreenTests.on(Sample.refund)
    desk.press("s")
    desk.send(.run(Sample.read(Sample.refundDetail)))
    expectScreen(desk.frame, "stop-waiting")
  }

  @Test func `a run that was paused meanwhile is asked about again`() throws {
    var paused = Sample.invoice
    paused.status = .paused
    paused.statusBy = "maria"
    paused.statusAt = Sample.ago(.seconds(4))
    let desk = try DialogScreenTests.changed(
      .status(saw: .running, now: paused),
      keys: "s i",
      on: Sample.invoice
    )
    expectScreen(desk.frame, "changed-status")
  }

  @Test(arguments: [(80, 24), (40, 12)])
  func `an approval whose run was paused meanwhile is asked again`(columns: Int, rows: Int) throws {
    var desk = DialogScreenTests.on(
      Sample.refund,
      in: Sample.desk(columns: columns, rows: rows)
    )
    desk.press("a c")
    desk.type("the photo shows it")
    desk.press("<enter> y")
    let decision = try #require(desk.decisions.first)
    var running = Sample.refund
    running.status = .running
    running.statusBy = "maria"
    running.statusAt = Sample.ago(.seconds(4))
    let change = Change.status(saw: .paused, now: running)
    desk.send(.decision(.outcome(decision, .changed(change), recorded: true)))
    desk.send(.run(Sample.read(Sample.refundDetail)))
    #expect(desk.text.contains("Comment  the photo shows it"))
    #expect(desk.text.contains("Refund $420 to alex@example.com"))
    if rows == 24 { expectScreen(desk.frame, "changed-phase") }
  }

  @Test func `a run that ended meanwhile leaves nothing to stop`() throws {
    var ended = Sample.invoice
    ended.status = .completed
    ended.statusAt = Sample.ago(.seconds(2))
    let desk = try DialogScreenTests.changed(
      .status(saw: .running, now: ended),
      keys: "s i",
      on: Sample.invoice
    )
    expectScreen(desk.frame, "changed-ended")
  }

  @Test func `a task that asks something else is asked again`() throws {
    var task = Sample.approval
    task.payload["amount"] = 4200
    task.payload["title"] = "Refund $4,200 to alex@example.com"
    expectScreen(try DialogScreenTests.changed(.payload(task)).frame, "changed-payload")
  }

  @Test func `a task that somebody answered leaves nothing to decide`() throws {
    let change = Change.answered(by: "alex", at: Sample.ago(.seconds(20)), approved: true)
    expectScreen(try DialogScreenTests.changed(change).frame, "changed-answered")
  }

  @Test func `a task that is gone leaves nothing to decide`() throws {
    expectScreen(try DialogScreenTests.changed(.gone).frame, "changed-gone")
  }

  // MARK: Guards

  @Test(arguments: [(80, 24), (40, 12)])
  func `what can be taken back is counted down`(columns: Int, rows: Int) {
    var desk = Sample.desk(columns: columns, rows: rows)
    desk.model.profile = GuardTests.facts
    desk.press("j a y")
    expectScreen(desk.frame, "held-one")
    GuardTests.pass(1, &desk)
    desk = DialogScreenTests.on(Sample.invoice, in: desk)
    desk.press("s g")
    expectScreen(desk.frame, "held-two")
  }

  @Test(arguments: [(80, 24), (40, 12)])
  func `the name of a protected profile is asked for`(columns: Int, rows: Int) {
    var desk = Sample.desk(columns: columns, rows: rows)
    desk.model.profile = GuardTests.facts
    desk = DialogScreenTests.on(Sample.invoice, in: desk)
    desk.press("s i")
    desk.type("prd")
    desk.press("<enter>")
    expectScreen(desk.frame, "name")
  }

  @Test(arguments: [(80, 24), (40, 12)])
  func `leaving asks what becomes of what is held`(columns: Int, rows: Int) {
    var desk = Sample.desk(columns: columns, rows: rows)
    desk.model.profile = GuardTests.facts
    desk.press("j a y")
    desk = DialogScreenTests.on(Sample.invoice, in: desk)
    desk.press("s g q")
    expectScreen(desk.frame, "leaving")
  }

  @Test func `the line for a comment`() {
    var desk = DialogScreenTests.approving()
    desk.press("c")
    desk.type("the photo shows it")
    expectScreen(desk.frame, "comment")
    desk.press("<enter>")
    expectScreen(desk.frame, "approve-comment")
  }

  @Test(arguments: [(80, 24), (40, 12)])
  func `a question says what stands in the way`(columns: Int, rows: Int) {
    var desk = Sample.desk(columns: columns, rows: rows)
    desk.press("j a")
    desk.send(.run(Sample.read(Sample.refundDetail)))
    let fault = Fault(.local, "the journal /s/journal/1.jsonl cannot be written: disk full")
    desk.send(.decision(.journal(fault)))
    let lost = Fault(.unreachable, "api.example.com: connection refused")
    desk.send(.inbox(.failed(lost, nextTry: desk.now + .seconds(30), missed: 3)))
    expectScreen(desk.frame, "approve-cautions")
  }
}
