import Cells
import CommandCenter
import JSON
import Runs
import TestHouse
import Testing
import Triage

/// A layer takes its keys, and says what is true of what it holds.
@Suite struct LayerKeyTests {
  @Test(arguments: ["s", "a", "x"])
  func `a key takes nothing back behind a question`(question: String) {
    var desk = GuardTests.on(Sample.invoice)
    desk.press("s g")
    #expect(desk.model.held.count == 1)
    desk.press("g")
    desk = DialogScreenTests.on(Sample.refund, in: desk)
    desk.press(question)
    let top = desk.model.top
    #expect(top.scope == (question == "s" ? .stopping : .decision))
    desk.effects = []
    desk.press("u")
    #expect(desk.model.held.count == 1, "the question takes the key")
    #expect(desk.model.top == top)
    #expect(desk.effects.isEmpty)
    #expect(desk.text.contains("Esc, then u: take back"), "\(desk.text)")
    desk.press("esc u")
    #expect(desk.model.held.isEmpty)
  }

  @Test func `Esc leaves the page of a bulk that has ended at once, message or not`() {
    var desk = BulkTests.sending(2)
    for decision in desk.decisions { desk.settle(decision, BulkTests.done) }
    desk.press("r")
    #expect(desk.model.notice != nil)
    desk.press("esc")
    #expect(desk.model.layers == [.inbox])
    #expect(desk.model.notice == nil)
  }

  @Test func `Esc leaves the review at once, message or not`() {
    var desk = Sample.desk(Sample.approvals(3))
    desk.press("* a p")
    #expect(desk.model.notice != nil, "an approval cannot be paused")
    desk.press("esc")
    #expect(desk.model.layers == [.inbox])
    #expect(desk.model.inbox.marks.count == 3)
  }

  @Test func `a review says that things are marked only when they are`() {
    var desk = Sample.desk()
    desk.press(":")
    desk.type("pause section:running")
    desk.press("enter")
    #expect(desk.text.contains("acting on "))
    #expect(!desk.text.contains("marked"), "\(desk.text)")
    #expect(!desk.text.contains("keeps marks"))
    desk = Sample.desk(Sample.approvals(3))
    desk.press("* a")
    #expect(desk.text.contains("acting on 3 marked"))
    #expect(desk.text.contains("back, keeps marks"))
  }

  @Test(arguments: [(80, 24), (40, 12)])
  func `what stands in the way of a bulk is said once`(columns: Int, rows: Int) {
    var desk = Sample.desk(Sample.approvals(3), columns: columns, rows: rows)
    desk.press("* a")
    let fault = Fault(.local, "the journal /s/journal/1.jsonl cannot be written: disk full")
    desk.send(.decision(.journal(fault)))
    #expect(desk.text.ranges(of: "It will not be recorded").count == 1, "\(desk.text)")
    #expect(desk.text.contains("y send"))
  }

  // MARK: What became of a row

  /// A desk whose refund was decided on and has left the list.
  private func decided(_ keys: String, columns: Int = 120, ended: RunStatus) throws -> Desk {
    var desk = DialogScreenTests.on(Sample.refund, in: Sample.desk(columns: columns, rows: 40))
    desk.send(.run(Sample.read(Sample.refundDetail)))
    desk.press(keys)
    let decision = try #require(desk.decisions.first)
    desk.wait(.seconds(3))
    var over = Sample.refund
    over.status = ended
    let runs = Sample.runs.map { $0.id == over.id ? over : $0 }
    let reading = Sample.reading(runs: runs, tasks: [Sample.edit], at: desk.now)
    desk.send(.inbox(.reading(reading, changed: true)))
    #expect(desk.text.contains("\(decision.verb.word): "), "it is on its way: \(desk.text)")
    let confirmation = Confirmation(status: ended, readBack: true, now: over)
    desk.send(.decision(.outcome(decision, .done(confirmation), recorded: true)))
    return desk
  }

  @Test func `a row that leaves because of a decision says what was decided`() throws {
    for (keys, word) in [("a y", "approved"), ("x y", "rejected")] {
      let desk = try decided(keys, ended: .completed)
      #expect(desk.text.contains("\(word) here; the run is completed"), "\(desk.text)")
      let notice = desk.model.notice?.text ?? ""
      #expect(notice.hasPrefix("\(word) refund-approvals 7c9e6679"), "\(notice)")
      #expect(notice.hasSuffix("the run is completed"))
      let small = try decided(keys, columns: 40, ended: .completed)
      #expect(small.text.contains("\(word) here; the run is completed"), "\(small.text)")
    }
    let goes = try decided("a y", ended: .running)
    #expect(goes.text.contains("approved here; now under Running now"), "\(goes.text)")
  }

  @Test func `the preview of a row that left says nothing of waiting any more`() throws {
    let desk = try decided("x y", ended: .completed)
    #expect(!desk.text.contains("waits for you"), "\(desk.text)")
    #expect(!desk.text.contains("If approved"))
    #expect(desk.text.contains("Refund $420"), "what it asked is still told")
  }

  // MARK: Rows

  @Test func `a row that drains too long keeps its steps, and its age once`() {
    let since = Sample.ago(.seconds(48))
    let words = AttentionWords(Attention(.draining, since: since), at: Sample.now)
    #expect(words.brief == "stuck?")
    let waiting = AttentionWords(Attention(.waiting, since: since), at: Sample.now)
    #expect(waiting.brief == "stuck? not started")
    let silent = AttentionWords(Attention(.silent, since: since), at: Sample.now)
    #expect(silent.brief == "stuck? no event 48s")
  }

  @Test func `a stopped run is told to have been drained where that is known`() throws {
    func desk(_ from: String, _ events: [RunEvent] = []) -> Desk {
      var desk = DialogScreenTests.on(Sample.stopped, in: Sample.desk())
      let change = Sample.event(
        "13:00:00.000",
        "state_changed",
        ["from": .string(from), "to": "stopped"]
      )
      desk.send(
        .run(Sample.read(RunDetail(run: Sample.stopped, events: events + [change], at: Sample.now)))
      )
      return desk
    }
    #expect(desk("draining").text.contains("gracefully, by maria"), "\(desk("draining").text)")
    #expect(!desk("running").text.contains("gracefully"))
    let cut = Sample.event(
      "12:59:00.000",
      "step_failed",
      step: "enrich",
      ["failure_code": "RUN_STOPPED"]
    )
    let begun = Sample.event("12:58:00.000", "step_started", step: "enrich")
    #expect(!desk("draining", [begun, cut]).text.contains("gracefully"), "a step was ended")
  }
}
