import CommandCenter
import JSON
import Runs
import TestHouse
import Testing

/// A run, help and the first screen, as recorded beside this suite.
@Suite struct RunScreenTests {
  /// A desk that looks at a run, as far as it was read.
  static func at(
    _ run: Run,
    _ detail: RunDetail?,
    columns: Int = 80,
    rows: Int = 24
  ) -> Desk {
    var desk = DialogScreenTests.on(run, in: Sample.desk(columns: columns, rows: rows))
    desk.press("<enter>")
    if let detail { desk.send(.run(Sample.read(detail))) }
    return desk
  }

  @Test func `a failed run opens at its failure, with the cause beneath`() {
    let desk = RunScreenTests.at(Sample.triage, Sample.triageDetail)
    expectScreen(desk.frame, "run-events")
  }

  @Test func `an unfolded event shows its data`() {
    var desk = RunScreenTests.at(Sample.triage, Sample.triageDetail)
    desk.press("g j j j <enter>")
    expectScreen(desk.frame, "run-unfolded")
  }

  @Test func `steps show the cause first and its consequences next`() {
    var desk = RunScreenTests.at(Sample.triage, Sample.triageDetail)
    desk.press("2")
    expectScreen(desk.frame, "run-steps")
    desk.press("j j")
    expectScreen(desk.frame, "run-steps-blocked")
  }

  @Test func `a run that waits opens on its task`() {
    expectScreen(RunScreenTests.at(Sample.refund, Sample.refundDetail).frame, "run-task")
  }

  @Test func `steps of a run that waits`() {
    var desk = RunScreenTests.at(Sample.refund, Sample.refundDetail)
    desk.press("2")
    expectScreen(desk.frame, "run-steps-waiting")
  }

  @Test func `a running run follows its newest event`() {
    expectScreen(RunScreenTests.at(Sample.invoice, Sample.invoiceDetail).frame, "run-following")
  }

  @Test func `a run that is being read says so`() {
    expectScreen(RunScreenTests.at(Sample.triage, nil).frame, "run-reading")
  }

  @Test func `a run that cannot be read says why`() throws {
    var desk = RunScreenTests.at(Sample.triage, nil)
    let reference = try #require(Sample.triage.reference)
    let fault = Fault(.forbidden, "your token may not read runs of acme/payments (403)")
    desk.send(.run(.detail(reference, .failure(fault))))
    expectScreen(desk.frame, "run-unread")
  }

  @Test func `a run that waits and cannot be read keeps its tab, and says all of why`() throws {
    var desk = RunScreenTests.at(Sample.refund, nil)
    let reference = try #require(Sample.refund.reference)
    let fault = Fault(.unreachable, "127.0.0.1:37483: connection refused; is the server running?")
    desk.send(.run(.detail(reference, .failure(fault))))
    desk.wait(.seconds(28))
    desk.send(.inbox(.failed(fault, nextTry: desk.now + .seconds(21), missed: 3)))
    expectScreen(desk.frame, "run-offline")
    #expect(desk.text.contains("28s old   OFFLINE"))
    #expect(desk.text.contains("[4 Task]"))
    #expect(desk.text.contains("Retry in 21 s (r: now)."))
  }

  @Test(arguments: [(40, 12), (120, 40)])
  func `events are right at other sizes`(columns: Int, rows: Int) {
    let desk = RunScreenTests.at(Sample.triage, Sample.triageDetail, columns: columns, rows: rows)
    expectScreen(desk.frame, "run-events")
  }

  @Test func `help lists the keys, and says why some are dimmed`() {
    var desk = DialogScreenTests.on(Sample.triage)
    desk.press("?")
    expectScreen(desk.frame, "help")
    desk.type("pau")
    expectScreen(desk.frame, "help-searched")
    desk.type("xyz")
    expectScreen(desk.frame, "help-nothing")
  }

  @Test func `help of a run`() {
    var desk = RunScreenTests.at(Sample.invoice, Sample.invoiceDetail)
    desk.press("?")
    expectScreen(desk.frame, "help-run")
  }

  @Test func `the first start offers three ways`() {
    var model = Sample.blank()
    model.layers = [.firstStart(FirstStart(configPath: "~/.config/command-center/config.toml"))]
    var desk = Desk(model)
    expectScreen(desk.frame, "first-start")
    desk.press("2")
    expectScreen(desk.frame, "first-start-connect")
  }
}
