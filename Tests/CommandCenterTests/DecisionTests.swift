import Cells
import CommandCenter
import JSON
import Runs
import TestHouse
import Testing
import Triage

/// What keys that decide something do, and what they never do.
@Suite struct DecisionTests {
  private static func on(_ run: Run, in desk: Desk = Sample.desk()) -> Desk {
    DialogScreenTests.on(run, in: desk)
  }

  private static func isDialog(_ layer: Layer) -> Bool {
    switch layer {
    case .decision, .stopping: true
    default: false
    }
  }

  @Test(arguments: ["a", "x"])
  func `a yes or a no opens a question and drops keys pressed before it`(key: String) throws {
    var desk = DecisionTests.on(Sample.refund)
    let effects = desk.press(key)
    let reference = try #require(Sample.refund.reference)
    #expect(effects == [.dropInput, .probeJournal, .load(reference)])
    #expect(DecisionTests.isDialog(desk.model.top))
    #expect(desk.decisions.isEmpty)
  }

  @Test(arguments: ["a", "x"])
  func `the opening key and every key but y send nothing`(opening: String) {
    var desk = DecisionTests.on(Sample.refund)
    desk.press(opening)
    let others = "\(opening) <enter> a x g i p s r j k G o / ? <tab> <space> <up> <down> f 1 2 4 Y"
    desk.press(others)
    #expect(DecisionTests.isDialog(desk.model.top))
    #expect(desk.decisions.isEmpty)
    desk.press("y")
    #expect(desk.decisions.count == 1)
    #expect(desk.model.top == .inbox)
  }

  @Test(arguments: ["<esc>", "n", "q"])
  func `leaving a question sends nothing`(key: String) {
    var desk = DecisionTests.on(Sample.refund)
    desk.press("a \(key) y")
    #expect(desk.decisions.isEmpty)
    #expect(desk.model.top == .inbox)
    desk.press("s \(key) g i")
    #expect(desk.decisions.isEmpty)
    #expect(desk.model.top == .inbox)
  }

  @Test(arguments: [("g", StopMode.graceful), ("i", .immediate)])
  func `a stop is sent by its mode`(key: String, mode: StopMode) throws {
    var desk = DecisionTests.on(Sample.invoice)
    #expect(desk.press("s").first == .dropInput)
    desk.press("s s <enter> y a x")
    #expect(desk.decisions.isEmpty)
    desk.press(key)
    let decision = try #require(desk.decisions.first)
    #expect(desk.decisions.count == 1)
    #expect(decision.verb == .stop(mode))
    #expect(decision.subject == .run(try #require(Sample.invoice.reference)))
    #expect(decision.seen == Seen(status: .running, lastEvent: 57))
  }

  @Test(arguments: [(Sample.invoice, Verb.pause), (Sample.payroll, Verb.resume)])
  func `pause and resume are sent at once`(run: Run, verb: Verb) throws {
    var desk = DecisionTests.on(run)
    desk.press("p")
    #expect(desk.decisions.map(\.verb) == [verb])
    #expect(desk.decisions.map(\.subject.run.run) == [run.id])
    #expect(desk.model.top == .inbox)
  }

  @Test(arguments: [
    (Sample.triage, "a", "nothing here waits"), (Sample.triage, "p", "this run has ended (failed)"),
    (Sample.triage, "s", "this run has ended (failed)"),
    (Sample.stopped, "s", "this run has ended (stopped)"),
    (Sample.invoice, "x", "nothing here waits"), (Sample.digest, "p", "stopping"),
  ])
  func `what is not possible says why`(run: Run, key: String, words: String) {
    var desk = DecisionTests.on(run)
    #expect(desk.press(key).isEmpty)
    #expect(desk.model.top == .inbox)
    #expect(desk.model.notice?.text.contains(words) == true)
    #expect(desk.model.notice?.tone == .bad)
  }

  @Test func `a draining run is not stopped gracefully again`() {
    var desk = DecisionTests.on(Sample.digest)
    desk.press("s g")
    #expect(desk.decisions.isEmpty)
    desk.press("i")
    #expect(desk.decisions.map(\.verb) == [.stop(.immediate)])
  }

  @Test func `with nothing selected nothing happens`() {
    var desk = Sample.desk(Sample.reading(runs: [], tasks: []))
    #expect(desk.press("a x p s <enter>").isEmpty)
    #expect(desk.model.layers == [.inbox])
  }

  @Test(arguments: ["a y", "x y", "s i", "p"])
  func `read-only refuses with its reason`(keys: String) {
    var desk = Sample.desk(config: Config(readOnly: "started with --read-only"))
    desk.press("j \(keys)")
    #expect(desk.decisions.isEmpty)
    #expect(desk.model.notice?.text.contains("started with --read-only") == true)
  }

  @Test func `a run with a decision on its way takes no second one`() throws {
    var desk = DecisionTests.on(Sample.refund)
    desk.press("a y")
    desk.press("a y x y s i p")
    #expect(desk.decisions.count == 1)
    #expect(desk.model.notice?.text.contains("is on its way") == true)
    let decision = try #require(desk.decisions.first)
    desk.send(.decision(.stage(decision.id, .sending)))
    #expect(desk.model.flights[decision.id]?.stage == .sending)
    #expect(desk.text.contains("approve: sending"))
    desk.send(
      .decision(.outcome(decision, .unknown(Fault(.timedOut, "no answer")), recorded: true))
    )
    #expect(desk.model.flights.isEmpty)
    desk.press("x y")
    #expect(desk.decisions.count == 2)
    #expect(desk.decisions[0].id != desk.decisions[1].id)
  }

  @Test func `a decision is bound to what was on the screen`() throws {
    var desk = DecisionTests.on(Sample.refund)
    desk.press("a")
    // All that was there is replaced: other runs, another task of the same run, another order.
    var other = Sample.approval
    other.id = TaskID("another")
    other.payload = ["title": "Wire $1,000,000"]
    var running = Sample.refund
    running.status = .running
    running.lastEvent = 99
    desk.wait(.seconds(3))
    desk.send(
      .inbox(
        .reading(
          Sample.reading(runs: [running, Sample.docQA], tasks: [other], at: desk.now),
          changed: true
        )
      )
    )
    desk.send(.inbox(.reading(Sample.reading(runs: [], tasks: [], at: desk.now), changed: true)))
    #expect(!desk.text.contains("1,000,000"))
    desk.press("y")
    let decision = try #require(desk.decisions.first)
    let reference = try #require(Sample.refund.reference)
    #expect(decision.verb == .approve)
    #expect(decision.subject == .task(TaskReference(run: reference, task: Sample.approval.id)))
    #expect(
      decision.seen
        == Seen(
          status: .paused,
          payload: Sample.approval.payload,
          lastEvent: Sample.refund.lastEvent
        )
    )
    #expect(decision.title == "refund-approvals")
    #expect(decision.madeAt == desk.now)
  }

  @Test func `the order is held while a question is open, and let go when it closes`() {
    var desk = DecisionTests.on(Sample.refund)
    desk.wait(.seconds(10))
    desk.press("a")
    let before = desk.model.inbox.listing.rows.map(\.id)
    let urgent = Sample.run("0000", "urgent", .paused)
    let task = Sample.task(
      of: urgent,
      step: "s",
      type: "approval",
      age: .seconds(9000),
      ["title": "First"]
    )
    let reading = Sample.reading(
      runs: Sample.runs + [urgent],
      tasks: Sample.tasks + [task],
      at: desk.now
    )
    desk.send(.inbox(.reading(reading, changed: true)))
    #expect(desk.model.inbox.listing.rows.map(\.id) == before)
    #expect(desk.model.inbox.listing.held == 1)
    desk.press("<esc>")
    #expect(desk.model.inbox.listing.held == 0)
    #expect(desk.model.inbox.listing.rows.first?.title == "urgent")
    #expect(desk.model.inbox.selection?.id.run == Sample.refund.id)
  }

  @Test func `decisions have names of their own, made from the source alone`() {
    var one = DecisionSource(high: 1, low: 2)
    var other = one
    let names = (0..<1000).map { _ in one.next() }
    #expect(Set(names).count == 1000)
    #expect(names.first == other.next())
    for name in names {
      let parts = name.split(separator: "-").map(\.count)
      #expect(parts == [8, 4, 4, 4, 12])
      let places = Array(name)
      #expect(places[14] == "4")
      #expect("89ab".contains(places[19]))
    }
  }

  // MARK: Outcomes

  /// What is said of an outcome of approving the refund.
  private static func said(_ outcome: Outcome, recorded: Bool = true) throws -> Desk {
    var desk = on(Sample.refund)
    desk.press("a y")
    let decision = try #require(desk.decisions.first)
    desk.effects = []
    desk.send(.decision(.outcome(decision, outcome, recorded: recorded)))
    return desk
  }

  @Test(arguments: [
    (Outcome.done(Confirmation(status: .running, readBack: true)), "confirmed", true),
    (.done(Confirmation(status: nil, readBack: false)), "does not show it yet", true),
    (.refused(Refusal(.forbidden, "your token may not (403)")), "may not (403)", false),
    (.notSent(Fault(.unreachable, "no connection")), "was not sent: no connection", false),
    (.unknown(Fault(.timedOut, "no answer in 10 s")), "outcome unknown", false),
  ])
  func `what became of a decision is said`(outcome: Outcome, words: String, isGood: Bool) throws {
    let desk = try DecisionTests.said(outcome)
    let notice = try #require(desk.model.notice)
    #expect(notice.text.contains(words))
    #expect(notice.text.contains("refund-approvals 7c9e6679"))
    #expect(notice.tone == (isGood ? .good : .bad))
    // Bad news stays until somebody closes it.
    #expect((notice.until == nil) == !isGood)
    #expect(desk.effects == [.refresh])
    #expect(desk.model.layers == [.inbox])
  }

  @Test func `a decision that is not on record is said to be none`() throws {
    let desk = try DecisionTests.said(
      .done(Confirmation(status: .running, readBack: true)),
      recorded: false
    )
    #expect(desk.model.notice?.text.contains("not recorded") == true)
  }

  @Test func `a changed decision that is not on record says both`() throws {
    let desk = try DecisionTests.said(.changed(.gone), recorded: false)
    #expect(desk.text.contains("no longer there"))
    #expect(desk.text.contains("not recorded"))
  }

  @Test func `a changed payload is asked about again, with the new one`() throws {
    var task = Sample.approval
    task.payload["amount"] = 4200
    var desk = try DecisionTests.said(.changed(.payload(task)))
    #expect(desk.effects.contains(.dropInput))
    desk.press("a <enter>")
    #expect(desk.decisions.isEmpty)
    desk.press("y")
    #expect(desk.decisions.map(\.seen?.payload) == [task.payload])
  }

  @Test(arguments: [
    Change.answered(by: "alex", at: Sample.ago(.seconds(20)), approved: true), .gone,
    .status(saw: .paused, now: DecisionTests.refund(.stopped)),
  ])
  func `where nothing is left to decide, y sends nothing`(change: Change) throws {
    var desk = try DecisionTests.said(.changed(change))
    desk.press("y y")
    #expect(desk.decisions.isEmpty)
    desk.press("<esc>")
    #expect(desk.model.top == .inbox)
  }

  /// The run that waits for an answer, in another status.
  private static func refund(_ status: RunStatus) -> Run {
    var run = Sample.refund
    run.status = status
    run.statusBy = "alex"
    run.statusAt = Sample.ago(.seconds(4))
    return run
  }

  @Test(arguments: ["a", "x"])
  func `an answer is asked again when its run is in another phase, with its comment`(
    key: String
  ) throws {
    var desk = DecisionTests.on(Sample.refund)
    desk.press("\(key) c")
    desk.type("looks fine")
    desk.press("<enter> y")
    let decision = try #require(desk.decisions.first)
    let change = Change.status(saw: .paused, now: DecisionTests.refund(.running))
    desk.send(.decision(.outcome(decision, .changed(change), recorded: true)))
    #expect(desk.effects.contains(.dropInput))
    #expect(desk.text.contains("it is now  running since 4s, by alex"))
    #expect(desk.text.contains("Nothing was sent."))
    #expect(desk.text.contains("Comment  looks fine"))
    #expect(desk.text.contains("Refund $420 to alex@example.com"))
    desk.effects = []
    desk.press("y")
    let again = try #require(desk.decisions.first)
    #expect(again.verb == decision.verb)
    #expect(again.subject == decision.subject)
    #expect(again.id != decision.id)
    #expect(again.seen?.status == .running)
    #expect(again.seen?.payload == Sample.approval.payload)
    #expect(again.fields == ["comment": "looks fine"])
  }

  @Test func `a run that is gone is not stopped by the question that says so`() throws {
    var desk = try DialogScreenTests.changed(.gone, keys: "s i", on: Sample.invoice)
    desk.effects = []
    desk.press("g i y")
    #expect(desk.decisions.isEmpty)
  }

  @Test func `a change never opens a question over another`() throws {
    var desk = DecisionTests.on(Sample.refund)
    desk.press("a y")
    let decision = try #require(desk.decisions.first)
    desk.press("[ s")
    let open = desk.model.layers
    desk.send(.decision(.outcome(decision, .changed(.gone), recorded: true)))
    #expect(desk.model.layers == open)
    #expect(desk.model.notice?.text.contains("was not sent") == true)
  }

  @Test(arguments: ["/", ":", "?", "+", "g <space> G V a"])
  func `nor does it open over what is being typed, or over a review`(keys: String) throws {
    var desk = DecisionTests.on(Sample.refund)
    desk.press("a y")
    let decision = try #require(desk.decisions.first)
    desk.press(keys)
    let open = desk.model.layers
    #expect(open.count == 2)
    var task = Sample.approval
    task.payload["amount"] = 4200
    desk.send(.decision(.outcome(decision, .changed(.payload(task)), recorded: true)))
    #expect(desk.model.layers == open)
    #expect(desk.model.notice?.text.contains("was not sent") == true)
  }

  @Test func `leaving with a decision on its way asks once`() {
    var desk = DecisionTests.on(Sample.refund)
    desk.press("a y")
    #expect(desk.press("q").isEmpty)
    #expect(desk.model.notice?.text.contains("is on its way") == true)
    #expect(desk.press("q") == [.quit(.done)])
  }

  @Test(arguments: ["q", "<ctrl-c>"])
  func `leaving with nothing on its way does not ask`(key: String) {
    var desk = Sample.desk()
    #expect(desk.press(key) == [.quit(.done)])
  }
}
