import Cells
import CommandCenter
import JSON
import Runs
import TestHouse
import Testing
import Triage

/// Marks, the review page and the page that shows a bulk being sent, as recorded beside this suite.
@Suite struct BulkScreenTests {
  @Test(arguments: [(80, 24), (40, 12)])
  func `marked rows carry a sign`(columns: Int, rows: Int) {
    var desk = Sample.desk(columns: columns, rows: rows)
    desk.press("<space> j j <space> k k")
    expectScreen(desk.frame, "marked")
  }

  @Test func `marked rows in ASCII`() {
    var desk = Sample.desk(glyphs: .ascii)
    desk.press("<space> j j <space> k k")
    expectScreen(desk.frame, "marked-ascii")
  }

  @Test func `marked rows over a slow line`() {
    var desk = Sample.desk(config: Config(lowBandwidth: true))
    desk.press("<space> j j <space> k k")
    expectScreen(desk.frame, "marked-low-bandwidth")
  }

  @Test func `the review of few`() {
    var desk = Sample.desk()
    desk.press("<space> <space> a j x")
    expectScreen(desk.frame, "review")
  }

  @Test(arguments: [(80, 24), (40, 12), (120, 40)])
  func `the review of many, mixed`(columns: Int, rows: Int) throws {
    var desk = ReviewTests.reviewing(100, columns: columns, rows: rows)
    desk.press("j x j <space> j")
    var reading = Sample.approvals(100)
    reading.tasks?[1].payload["title"] = "Refund $2,000 to customer-2"
    reading.tasks?.remove(at: 4)
    desk.send(.inbox(.reading(reading, changed: true)))
    expectScreen(desk.frame, "review-many")
  }

  @Test func `the review with what was left out, in ASCII`() {
    var desk = Sample.desk(glyphs: .ascii)
    desk.press("g <space> G V a")
    expectScreen(desk.frame, "review-left-out-ascii")
  }

  @Test func `the review with an item unfolded`() {
    var desk = DialogScreenTests.on(Sample.refund)
    desk.press("* a <enter>")
    desk.send(.run(Sample.read(Sample.refundDetail)))
    expectScreen(desk.frame, "review-unfolded")
  }

  @Test func `the question how many are stopped`() {
    var desk = Sample.desk()
    desk.press("g <space> G V s")
    expectScreen(desk.frame, "review-stop")
  }

  /// A desk with a bulk half way, of which every kind of end has come.
  private static func halfWay(columns: Int = 80, rows: Int = 24, glyphs: Glyphs = .utf8) -> Desk {
    var desk = Sample.desk(Sample.approvals(9), columns: columns, rows: rows, glyphs: glyphs)
    desk.press("* a y")
    let decisions = desk.decisions
    desk.settle(decisions[0], BulkTests.done)
    let answered = Change.answered(by: "alex", at: Sample.ago(.seconds(20)), approved: true)
    desk.settle(decisions[1], .changed(answered))
    desk.settle(decisions[2], BulkTests.lost)
    desk.settle(decisions[3], .refused(Refusal(.forbidden, "the token has no role for this")))
    desk.settle(decisions[4], .notSent(Fault(.unreachable, "no connection to api.example.com")))
    desk.send(.decision(.stage(decisions[5].id, .confirming)))
    desk.send(.decision(.stage(decisions[6].id, .sending)))
    desk.send(.decision(.stage(decisions[7].id, .readingAgain)))
    return desk
  }

  @Test(arguments: [(80, 24), (40, 12)])
  func `a bulk half way`(columns: Int, rows: Int) {
    expectScreen(BulkScreenTests.halfWay(columns: columns, rows: rows).frame, "sending")
  }

  @Test func `a bulk half way, in ASCII`() {
    expectScreen(BulkScreenTests.halfWay(glyphs: .ascii).frame, "sending-ascii")
  }

  @Test func `a bulk that was ended`() {
    var desk = BulkTests.sending(4)
    let decisions = desk.decisions
    desk.send(.decision(.stage(decisions[0].id, .sending)))
    desk.press("<esc>")
    for decision in decisions.dropFirst() { desk.send(.decision(.withdrawn(decision))) }
    desk.settle(decisions[0], BulkTests.done)
    expectScreen(desk.frame, "sending-ended")
  }
}
