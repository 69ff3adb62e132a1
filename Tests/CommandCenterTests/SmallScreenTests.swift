import Cells
import CommandCenter
import JSON
import Runs
import TestHouse
import Testing
import Triage

/// Questions and the review at 40x12: the keys that decide are always to be seen.
@Suite struct SmallScreenTests {
  private static func desk(_ reading: Reading = Sample.reading()) -> Desk {
    Sample.desk(reading, columns: 40, rows: 12)
  }

  private static func stopping(_ run: Run, _ detail: RunDetail? = nil) -> Desk {
    var desk = DialogScreenTests.on(run, in: desk())
    desk.press("s")
    if let detail { desk.send(.run(Sample.read(detail))) }
    return desk
  }

  /// The line of keys at the bottom.
  private static func hints(_ desk: Desk) -> String { desk.frame.lines().last ?? "" }

  @Test func `the question how to stop names both ways and the way back`() {
    var desk = SmallScreenTests.stopping(Sample.invoice, Sample.invoiceDetail)
    expectScreen(desk.frame, "stop-running")
    #expect(SmallScreenTests.hints(desk).contains("g gracefully  i immediately  Esc leave"))
    desk = SmallScreenTests.stopping(Sample.refund, Sample.refundDetail)
    expectScreen(desk.frame, "stop-waiting")
    desk = SmallScreenTests.stopping(Sample.digest)
    expectScreen(desk.frame, "stop-draining")
    #expect(SmallScreenTests.hints(desk).contains("i immediately  Esc leave it draining"))
  }

  @Test func `what stands in the way of a stop leaves its ways on the screen`() {
    var desk = SmallScreenTests.stopping(Sample.refund, Sample.refundDetail)
    let fault = Fault(.local, "the journal /s/journal/1.jsonl cannot be written: disk full")
    desk.send(.decision(.journal(fault)))
    let lost = Fault(.unreachable, "api.example.com: connection refused")
    desk.send(.inbox(.failed(lost, nextTry: desk.now + .seconds(30), missed: 3)))
    expectScreen(desk.frame, "stop-cautions")
    for words in ["g  gracefully", "i  immediately", "Old data", "not be recorded"] {
      #expect(desk.text.contains(words), "\(words)")
    }
  }

  @Test func `what changed meanwhile is told, with what is left to decide`() throws {
    func changed(_ change: Change, keys: String = "a y", on run: Run = Sample.refund) throws -> Desk
    {
      var desk = DialogScreenTests.on(run, in: SmallScreenTests.desk())
      desk.press(keys)
      let decision = try #require(desk.decisions.first)
      desk.send(.decision(.outcome(decision, .changed(change), recorded: true)))
      return desk
    }
    var paused = Sample.invoice
    paused.status = .paused
    paused.statusBy = "maria"
    paused.statusAt = Sample.ago(.seconds(4))
    let status = Change.status(saw: .running, now: paused)
    expectScreen(try changed(status, keys: "s i", on: Sample.invoice).frame, "changed-status")
    var task = Sample.approval
    task.payload["amount"] = 4200
    expectScreen(try changed(.payload(task)).frame, "changed-payload")
    let answered = Change.answered(by: "alex", at: Sample.ago(.seconds(20)), approved: true)
    expectScreen(try changed(answered).frame, "changed-answered")
  }

  @Test func `the lines for a comment and a token`() {
    var desk = DialogScreenTests.approving(columns: 40, rows: 12)
    desk.press("c")
    desk.type("the photo shows it")
    expectScreen(desk.frame, "comment")
    desk = SmallScreenTests.desk()
    desk.press("t")
    desk.type("pat_")
    expectScreen(desk.frame, "token")
  }

  @Test func `the review shows the keys of a verdict beside those that send and leave`() {
    var desk = SmallScreenTests.desk(Sample.approvals(4))
    desk.press("* a")
    expectScreen(desk.frame, "review")
    for words in ["a x s verdict", "drop", "unfold", "y send", "Esc back"] {
      #expect(desk.text.contains(words), "\(words)")
    }
    desk.press("<enter>")
    expectScreen(desk.frame, "review-unfolded")
    #expect(desk.text.contains("Refund $1 to customer-1"))
  }

  @Test func `the question how many are stopped names both ways`() {
    var desk = SmallScreenTests.desk()
    desk.press("g <space> G V s")
    expectScreen(desk.frame, "review-stop")
    #expect(SmallScreenTests.hints(desk).contains("g gracefully  i immediately  Esc leave"))
  }

  @Test func `a start in the line names the key that starts it`() {
    var desk = SmallScreenTests.desk()
    var refund = Workflow(id: WorkflowID("wf-refund-approvals"), name: "refund-approvals")
    refund.version = 3
    desk.model.workflows = [refund]
    desk.press(":")
    desk.type("start refund-approvals order=42")
    desk.send(.workflow(.facts(refund.id, .success(StartFacts()))))
    desk.press("enter")
    expectScreen(desk.frame, "line-start")
    #expect(desk.text.contains("start it"))
  }

  @Test func `keys of other names never push a way to decide off the line`() throws {
    let keymap = try Keymap.standard.applying([
      Keymap.Wish(scope: "stop", command: "immediately", keys: ["f12"]),
      Keymap.Wish(scope: "stop", command: "gracefully", keys: ["pgdn"]),
    ])
    var desk = Sample.desk(columns: 40, rows: 12, config: Config(keymap: keymap))
    desk = DialogScreenTests.on(Sample.invoice, in: desk)
    desk.press("s")
    let hints = SmallScreenTests.hints(desk)
    #expect(hints.contains("F12"), "\(hints)")
    #expect(hints.lowercased().contains("pgdn"), "\(hints)")
    #expect(hints.contains("Esc"), "\(hints)")
  }
}
