import Cells
import CommandCenter
import JSON
import Runs
import TestHouse
import Testing
import Triage

/// The guards of a protected profile: the undo window and the typed name.
@Suite struct GuardTests {
  static let facts = ProfileFacts(
    name: "prod",
    tenant: "acme",
    project: "payments",
    place: "api.example.com",
    isProtected: true,
    undoWindow: .seconds(3)
  )

  /// The same with another undo window, in seconds.
  static func facts(undo seconds: Int) -> ProfileFacts {
    var facts = facts
    facts.undoWindow = .seconds(seconds)
    return facts
  }

  /// A desk at a protected profile, with the cursor on a run.
  static func on(_ run: Run, facts: ProfileFacts = facts) -> Desk {
    var desk = Sample.desk()
    desk.model.profile = facts
    return DialogScreenTests.on(run, in: desk)
  }

  /// Lets seconds pass, with the ticks that the model asks for.
  static func pass(_ seconds: Int, _ desk: inout Desk) {
    for _ in 0..<seconds {
      desk.wait(.seconds(1))
      desk.send(.tick)
    }
  }

  // MARK: The undo window

  @Test(arguments: ["a y", "x y", "s g"])
  func `what was decided waits for its window, then is sent once`(keys: String) throws {
    var desk = GuardTests.on(Sample.refund)
    desk.press(keys)
    #expect(desk.decisions.isEmpty)
    #expect(desk.model.held.count == 1)
    #expect(desk.text.contains("7c9e6679 in 3 s   u: take back"))
    #expect(desk.text.contains(": not sent yet"))
    GuardTests.pass(1, &desk)
    #expect(desk.text.contains("7c9e6679 in 2 s   u: take back"))
    GuardTests.pass(1, &desk)
    #expect(desk.text.contains("7c9e6679 in 1 s   u: take back"))
    #expect(desk.decisions.isEmpty)
    GuardTests.pass(1, &desk)
    #expect(desk.decisions.count == 1)
    #expect(desk.model.held.isEmpty)
    #expect(desk.model.flights.count == 1)
    #expect(!desk.text.contains("u: take back"))
    GuardTests.pass(3, &desk)
    #expect(desk.decisions.count == 1)
  }

  @Test func `what waits in its window is to be on record, and a bulk is as it was planned`() throws
  {
    var desk = GuardTests.on(Sample.refund)
    let effects = desk.press("a y")
    let decision = try #require(desk.model.held.first?.decisions.first)
    #expect(effects.contains(.hold(decision)))
    #expect(desk.model.commit([decision], isBulk: true).isEmpty)
  }

  @Test func `what is under way cannot be taken back, and that is said`() throws {
    var desk = GuardTests.on(Sample.invoice)
    desk.press("p")
    let decision = try #require(desk.decisions.first)
    #expect(desk.send(.decision(.underWay(decision))).isEmpty)
    #expect(
      desk.model.notice?.text
        == "pause invoice-agent 1f0ab2c4 is under way: its outcome is told next"
    )
  }

  @Test func `the countdown asks to be woken when it says something else`() throws {
    var desk = GuardTests.on(Sample.refund)
    desk.wait(.milliseconds(100))
    desk.press("a y")
    let until = try #require(desk.model.held.first?.until)
    #expect(until == desk.now + .seconds(3))
    #expect(desk.model.nextWake == desk.now + .seconds(1))
    desk.wait(.milliseconds(1500))
    desk.send(.tick)
    #expect(desk.model.nextWake == until + .seconds(-1))
    desk.wait(.milliseconds(500))
    desk.send(.tick)
    #expect(desk.model.nextWake == until)
  }

  @Test(arguments: [Sample.invoice, Sample.payroll])
  func `pause and resume have no window`(run: Run) {
    var desk = GuardTests.on(run)
    desk.press("p")
    #expect(desk.decisions.count == 1)
    #expect(desk.model.held.isEmpty)
  }

  @Test func `u takes back the newest of several, and each counts for itself`() throws {
    var desk = GuardTests.on(Sample.refund)
    desk.press("a y")
    GuardTests.pass(1, &desk)
    desk = DialogScreenTests.on(Sample.invoice, in: desk)
    desk.press("s g")
    #expect(desk.text.contains("stopping gracefully 1f0ab2c4 in 3 s, and 1 before it"))
    let newest = try #require(desk.model.held.last?.decisions.first)
    #expect(desk.press("u") == [.withdraw(newest, why: "taken back")])
    #expect(desk.model.notice?.text.contains("taken back: stop gracefully") == true)
    #expect(desk.text.contains("approving 7c9e6679 in 2 s   u: take back"))
    GuardTests.pass(2, &desk)
    #expect(desk.decisions.map(\.verb) == [.approve])
    desk.press("u")
    #expect(desk.model.notice?.text.contains("is sent already") == true)
    #expect(desk.decisions.count == 1)
  }

  @Test func `a bulk is one thing in the window`() throws {
    var desk = GuardTests.on(Sample.refund)
    let decisions = try (1...3).map { number in
      Decision(
        id: DecisionID("d\(number)"),
        verb: .pause,
        subject: .run(try #require(Sample.refund.reference)),
        title: "refund-approvals",
        madeAt: desk.now
      )
    }
    #expect(desk.model.commit(decisions, isBulk: true).isEmpty)
    #expect(desk.text.contains("sending 3 decisions in 3 s   u: take back"))
    #expect(desk.press("u") == decisions.map { .withdraw($0, why: "taken back") })
    #expect(desk.model.held.isEmpty)
  }

  @Test func `what was taken back and cannot be recorded is said to be so`() {
    var desk = GuardTests.on(Sample.refund)
    desk.press("a y u")
    desk.send(.decision(.journal(Fault(.local, "the journal j cannot be written: disk full"))))
    #expect(
      desk.model.notice?.text
        == "taken back, nothing was sent; that is not recorded: the journal j cannot be written: "
        + "disk full"
    )
    desk = GuardTests.on(Sample.refund)
    desk.press("a y u")
    desk.send(.decision(.journal(nil)))
    #expect(desk.model.notice?.text.hasPrefix("taken back: approve") == true)
  }

  @Test func `the countdown stands above what the command line offers`() {
    var desk = GuardTests.on(Sample.refund)
    desk.press("a y :")
    #expect(desk.text.contains("approving 7c9e6679 in 3 s   Esc, then u: take back"))
  }

  @Test(arguments: ["a", "x", "s", "p"])
  func `a run with something in the window takes no other verb`(key: String) {
    var desk = GuardTests.on(Sample.refund)
    desk.press("a y")
    #expect(desk.press(key).isEmpty)
    #expect(desk.model.top == .inbox)
    #expect(
      desk.model.notice?.text == "7c9e6679: approve is not sent yet; u takes it back"
    )
  }

  @Test func `the way to take back is named for where one is`() {
    var desk = GuardTests.on(Sample.refund)
    desk.press("a y / ")
    #expect(desk.text.contains("in 3 s   Esc, then u: take back"))
    desk.press("<esc>")
    desk = DialogScreenTests.on(Sample.invoice, in: desk)
    desk.press("s")
    #expect(desk.text.contains("in 3 s   Esc, then u: take back"))
    desk.press("<esc>")
    #expect(desk.text.contains("in 3 s   u: take back"))
    desk.press("u")
    #expect(desk.model.held.isEmpty)
  }

  @Test func `no row moves while the window counts`() {
    var desk = GuardTests.on(Sample.refund, facts: GuardTests.facts(undo: 12))
    desk.press("a y")
    for _ in 0..<11 {
      let before = desk.frame.lines()
      GuardTests.pass(1, &desk)
      let after = desk.frame.lines()
      // The truth line at the top has a clock of its own.
      let changed = before.indices.filter { $0 > 0 && before[$0] != after[$0] }
      #expect(changed == [22])
    }
  }

  // MARK: The clock

  @Test(arguments: [Duration.seconds(3600), .seconds(-3600), .seconds(30), .milliseconds(2100)])
  func `after a leap of the time the window begins anew`(leap: Duration) throws {
    var desk = GuardTests.on(Sample.refund)
    desk.press("a y")
    GuardTests.pass(2, &desk)
    desk.wait(leap)
    desk.send(.tick)
    #expect(desk.decisions.isEmpty)
    #expect(desk.text.contains("in 3 s"))
    #expect(desk.model.nextWake == desk.now + .seconds(1))
    GuardTests.pass(3, &desk)
    #expect(desk.decisions.count == 1)
  }

  @Test func `a clock that steps back a little delays, and never sends early`() {
    var desk = GuardTests.on(Sample.refund)
    desk.press("a y")
    GuardTests.pass(2, &desk)
    desk.wait(.milliseconds(-1500))
    desk.send(.tick)
    #expect(desk.decisions.isEmpty)
    GuardTests.pass(3, &desk)
    #expect(desk.decisions.count == 1)
  }

  @Test func `a program that comes back sends nothing before its window is over again`() {
    var desk = GuardTests.on(Sample.refund)
    desk.press("a y")
    GuardTests.pass(2, &desk)
    #expect(desk.press("<ctrl-z>") == [.suspend])
    desk.wait(.seconds(1))
    desk.send(.resumed)
    #expect(desk.decisions.isEmpty)
    #expect(desk.text.contains("in 3 s"))
  }

  // MARK: The opposite

  /// A desk at which a run was paused, as the server confirmed.
  private static func paused() throws -> Desk {
    var desk = GuardTests.on(Sample.invoice)
    desk.press("p")
    let decision = try #require(desk.decisions.first)
    var run = Sample.invoice
    run.status = .paused
    run.statusAt = desk.now
    let confirmation = Confirmation(status: .paused, readBack: true, now: run)
    desk.send(.decision(.outcome(decision, .done(confirmation), recorded: true)))
    desk.effects = []
    return desk
  }

  @Test func `u after a pause sends one resume, bound to how the run stands`() throws {
    var desk = try GuardTests.paused()
    desk.press("u")
    let decision = try #require(desk.decisions.first)
    #expect(decision.verb == .resume)
    #expect(decision.seen?.status == .paused)
    let confirmation = Confirmation(status: .running, readBack: true, now: Sample.invoice)
    desk.send(.decision(.outcome(decision, .done(confirmation), recorded: true)))
    desk.press("u")
    #expect(desk.decisions.count == 1)
    #expect(desk.model.notice?.text == "nothing is left to take back")
  }

  @Test(arguments: [RunStatus.stopped, .running, .draining])
  func `u sends nothing once something else happened to the run`(status: RunStatus) throws {
    var desk = try GuardTests.paused()
    desk.wait(.seconds(1))
    var run = Sample.invoice
    run.status = status
    run.statusAt = desk.now
    desk.send(.inbox(.reading(Sample.reading(runs: [run], at: desk.now), changed: true)))
    desk.press("u")
    #expect(desk.decisions.isEmpty)
    #expect(desk.model.notice?.text.contains("nothing to take back") == true)
  }

  @Test func `u sends nothing for a pause that is long ago, or before another decision`() throws {
    var desk = try GuardTests.paused()
    desk.wait(.seconds(301))
    desk.press("u")
    #expect(desk.decisions.isEmpty)
    desk = try GuardTests.paused()
    desk.press("g")
    desk = DialogScreenTests.on(Sample.refund, in: desk)
    desk.press("a y u")
    #expect(desk.model.notice?.text.contains("taken back: approve") == true)
    desk.press("u")
    #expect(desk.decisions.isEmpty)
  }

  // MARK: Leaving

  @Test(arguments: ["q", "<ctrl-c>"])
  func `leaving with something held asks, and the question stops the clock`(key: String) {
    var desk = GuardTests.on(Sample.refund)
    desk.press("a y")
    #expect(desk.press(key) == [.dropInput])
    #expect(desk.model.top == .leaving)
    #expect(desk.press("q <ctrl-c> y <enter> a u").isEmpty)
    GuardTests.pass(10, &desk)
    #expect(desk.decisions.isEmpty)
    #expect(desk.model.nextWake.map { $0 > desk.now } ?? true)
    #expect(desk.text.contains("approving 7c9e6679 waits for your answer"))
    desk.press("<esc>")
    #expect(desk.model.top == .inbox)
    #expect(desk.text.contains("in 3 s"))
    GuardTests.pass(3, &desk)
    #expect(desk.decisions.count == 1)
  }

  @Test func `leaving can withdraw`() throws {
    var desk = GuardTests.on(Sample.refund)
    desk.press("a y")
    let decision = try #require(desk.model.held.first?.decisions.first)
    desk.press("q")
    #expect(
      desk.press("w") == [.withdraw(decision, why: "withdrawn on leaving"), .quit(.done)]
    )
  }

  @Test func `leaving can send at once, and goes when it is done`() throws {
    var desk = GuardTests.on(Sample.refund)
    desk.press("a y q s")
    let decision = try #require(desk.decisions.first)
    #expect(!desk.effects.contains(.quit(.done)))
    #expect(desk.model.notice?.text.contains("then leaving") == true)
    desk.send(
      .decision(
        .outcome(decision, .done(Confirmation(status: .running, readBack: true)), recorded: true)
      )
    )
    #expect(desk.effects.last == .quit(.done))
  }

  @Test func `leaving waits when what was sent is not done`() throws {
    var desk = GuardTests.on(Sample.refund)
    desk.press("a y q s")
    let decision = try #require(desk.decisions.first)
    desk.send(
      .decision(.outcome(decision, .refused(Refusal(.forbidden, "no (403)")), recorded: true))
    )
    #expect(!desk.effects.contains(.quit(.done)))
    #expect(desk.text.contains("no (403)"))
    #expect(desk.press("q") == [.quit(.done)])
  }

  @Test func `a program that is told to end withdraws all of it`() throws {
    var desk = GuardTests.on(Sample.refund)
    desk.press("a y")
    desk = DialogScreenTests.on(Sample.invoice, in: desk)
    desk.press("s g")
    let decisions = desk.model.held.flatMap(\.decisions)
    desk.wait(.seconds(60))
    let effects = desk.send(.ending)
    #expect(
      effects == decisions.map { .withdraw($0, why: "the program was ended before it was sent") }
    )
  }

  // MARK: Read-only

  @Test func `read-only that was switched on here is switched off here`() {
    var desk = GuardTests.on(Sample.refund, facts: GuardTests.facts(undo: 0))
    #expect(desk.model.toggleReadOnly().isEmpty)
    #expect(desk.text.contains("PROTECTED  READ-ONLY"))
    desk.press("a")
    #expect(desk.model.top == .inbox)
    #expect(
      desk.model.notice?.text == "read-only: switched on here, and off again with :read-only"
    )
    #expect(desk.model.toggleReadOnly().isEmpty)
    #expect(!desk.text.contains("READ-ONLY"))
    desk.press("a y")
    #expect(desk.decisions.count == 1)
  }

  @Test func `read-only that was said elsewhere cannot be switched off here`() {
    var desk = Sample.desk(config: Config(readOnly: "started with --read-only"))
    #expect(desk.model.toggleReadOnly().isEmpty)
    #expect(
      desk.model.notice?.text
        == "read-only: started with --read-only; that cannot be switched off here"
    )
    #expect(desk.model.permissions.readOnly == "started with --read-only")
  }

  @Test func `switching read-only on withdraws what is held`() throws {
    var desk = GuardTests.on(Sample.refund)
    desk.press("a y")
    let decision = try #require(desk.model.held.first?.decisions.first)
    #expect(
      desk.model.toggleReadOnly() == [.withdraw(decision, why: "read-only was switched on")]
    )
    #expect(desk.model.held.isEmpty)
    #expect(desk.text.contains("1 decision is withdrawn"))
    #expect(desk.model.commit([decision]).isEmpty)
    #expect(desk.model.held.isEmpty)
  }

  // MARK: The journal, old data, the comment

  @Test func `a question asks whether it can be recorded, and says when it cannot`() throws {
    var desk = DialogScreenTests.on(Sample.refund)
    #expect(desk.press("a").contains(.probeJournal))
    desk.press("<esc> a y")
    #expect(desk.decisions.map(\.allowsUnrecorded) == [false])
    desk = DialogScreenTests.on(Sample.invoice)
    desk.press("s")
    desk.send(.decision(.journal(Fault(.local, "the journal j cannot be written: disk full"))))
    #expect(desk.text.contains("It will not be recorded: the journal j cannot be written"))
    desk.press("i")
    #expect(desk.decisions.map(\.allowsUnrecorded) == [true])
  }

  @Test func `a pause is sent though it cannot be recorded`() {
    var desk = DialogScreenTests.on(Sample.invoice)
    desk.press("p")
    #expect(desk.decisions.map(\.allowsUnrecorded) == [true])
  }

  @Test(arguments: [
    ("a y", "To insist: :approve! 7c9e6679"), ("s g", "To insist: :stop! 7c9e6679"),
  ])
  func `a reading that failed names the way to insist`(keys: String, words: String) throws {
    var desk = DialogScreenTests.on(Sample.refund)
    desk.press(keys)
    let decision = try #require(desk.decisions.first)
    let fault = Fault(.unreachable, "no connection.")
    desk.send(.decision(.outcome(decision, .notSent(fault), recorded: true)))
    #expect(desk.model.notice?.text.hasSuffix(words) == true)
    desk = DialogScreenTests.on(Sample.refund)
    desk.press(keys)
    let other = try #require(desk.decisions.first)
    desk.send(.decision(.stage(other.id, .sending)))
    desk.send(.decision(.outcome(other, .notSent(fault), recorded: true)))
    #expect(desk.model.notice?.text.contains("insist") == false)
  }

  @Test func `a comment goes with the answer, and is asked about again with it`() throws {
    var desk = DialogScreenTests.on(Sample.refund)
    #expect(desk.press("a c").last == .dropInput)
    desk.type("y n q looks fine")
    #expect(desk.press("<enter>").last == .dropInput)
    #expect(desk.text.contains("Comment  y n q looks fine"))
    #expect(desk.decisions.isEmpty)
    desk.press("y")
    let decision = try #require(desk.decisions.first)
    #expect(decision.fields == ["comment": "y n q looks fine"])
    var task = Sample.approval
    task.payload["amount"] = 4200
    desk.send(.decision(.outcome(decision, .changed(.payload(task)), recorded: true)))
    #expect(desk.text.contains("Comment  y n q looks fine"))
    desk.press("c <ctrl-u> <enter> y")
    #expect(desk.decisions.last?.fields == [:])
  }

  @Test func `a comment that is left alone changes nothing`() {
    var desk = DialogScreenTests.on(Sample.refund)
    desk.press("a c")
    desk.type("no")
    #expect(desk.press("<esc>") == [.dropInput])
    desk.press("y")
    #expect(desk.decisions.map(\.fields) == [[:]])
  }

  // MARK: The name

  @Test func `an immediate stop asks for the name of a protected profile`() {
    var desk = GuardTests.on(Sample.invoice)
    desk.press("s")
    #expect(desk.press("i").contains(.dropInput))
    #expect(desk.text.contains("Type its name"))
    desk.press("<enter>")
    #expect(desk.text.contains("nothing was typed"))
    desk.type("staging")
    desk.press("<enter>")
    #expect(desk.text.contains("staging is not the name of this profile; nothing was sent"))
    #expect(desk.model.held.isEmpty)
    desk.press("<ctrl-u>")
    desk.type("prod")
    #expect(!desk.text.contains("is not the name"))
    desk.press("<enter>")
    #expect(desk.model.top == .inbox)
    #expect(desk.model.held.map(\.decisions.count) == [1])
    GuardTests.pass(3, &desk)
    #expect(desk.decisions.map(\.verb) == [.stop(.immediate)])
  }

  @Test func `Esc goes back from the name to the question`() {
    var desk = GuardTests.on(Sample.invoice)
    desk.press("s i")
    desk.type("prod")
    desk.press("<esc>")
    guard case .stopping = desk.model.top else {
      Issue.record("the question is not there")
      return
    }
    desk.press("<esc>")
    #expect(desk.model.top == .inbox)
    #expect(desk.model.held.isEmpty)
    #expect(desk.decisions.isEmpty)
  }

  @Test func `a pasted name counts as typed, and sends nothing by itself`() {
    var desk = GuardTests.on(Sample.invoice)
    desk.press("s i")
    desk.send(.paste("prod\n"))
    #expect(desk.model.held.isEmpty)
    #expect(desk.text.contains("Type its name"))
    desk.press("<enter>")
    #expect(desk.model.held.count == 1)
  }

  @Test func `a graceful stop asks for no name, nor does a profile that is not protected`() {
    var desk = GuardTests.on(Sample.invoice)
    desk.press("s g")
    #expect(desk.model.held.count == 1)
    desk = DialogScreenTests.on(Sample.invoice)
    desk.press("s i")
    #expect(desk.decisions.count == 1)
  }

  @Test func `the editor is not opened while something can still be taken back`() {
    var desk = RunScreenTests.at(Sample.refund, Sample.formDetail)
    desk.model.profile = GuardTests.facts
    desk.press("a y")
    #expect(desk.model.held.count == 1)
    for key in ["E", "alt-e"] {
      desk.model.notice = nil
      #expect(desk.press(key).isEmpty)
      #expect(
        desk.model.notice?.text.contains("not sent yet: take it back (u) or wait, then") == true
      )
    }
    desk.press("+")
    desk.model.notice = nil
    #expect(desk.press("alt-e").isEmpty)
    #expect(desk.model.notice?.text.contains("take it back (Esc, then u) or wait") == true)
  }

  // MARK: Bulk

  @Test func `what changes while the name is typed is not left out without a word`() throws {
    var desk = ReviewTests.reviewing(3)
    desk.model.profile = GuardTests.facts
    desk.press("y")
    var reading = try #require(desk.model.inbox.reading)
    reading.tasks?[1].payload["amount"] = 2000
    desk.send(.inbox(.reading(reading, changed: true)))
    desk.type("prod")
    desk.press("<enter>")
    #expect(desk.review?.sent.count == 2)
    #expect(desk.model.held.isEmpty)
    #expect(desk.model.notice?.text == "1 changed meanwhile, nothing was sent: look again")
    desk.press("y")
    desk.type("prod")
    desk.press("<enter>")
    #expect(desk.model.held.first?.decisions.count == 2)
  }

  /// A desk at which three approvals were reviewed and the profile's name was typed.
  private static func bulk() -> Desk {
    var desk = ReviewTests.reviewing(3)
    desk.model.profile = facts
    desk.press("y")
    desk.type("prod")
    desk.press("<enter>")
    return desk
  }

  @Test func `a bulk asks for the name, waits in the window and is sent then`() {
    var desk = ReviewTests.reviewing(3)
    desk.model.profile = GuardTests.facts
    desk.press("y")
    #expect(desk.text.contains("Type its name"))
    desk.type("prd")
    desk.press("<enter>")
    #expect(desk.text.contains("prd is not the name of this profile"))
    desk.press("<esc>")
    #expect(desk.model.bulk == nil)
    desk = GuardTests.bulk()
    #expect(desk.text.contains("sending 3 decisions in 3 s   u: take back"))
    #expect(desk.decisions.isEmpty)
    GuardTests.pass(3, &desk)
    #expect(desk.decisions.count == 3)
  }

  @Test(arguments: ["u", "<esc>"])
  func `a bulk in the window is taken back as a whole`(key: String) throws {
    var desk = GuardTests.bulk()
    let decisions = try #require(desk.model.held.first?.decisions)
    let effects = desk.press(key)
    #expect(effects.count == 3)
    for case .withdraw(let decision, _) in effects { desk.send(.decision(.withdrawn(decision))) }
    #expect(desk.model.held.isEmpty)
    GuardTests.pass(4, &desk)
    #expect(desk.decisions.isEmpty)
    #expect(desk.model.bulk?.isDone == true)
    #expect(desk.text.contains("0 of 3 done, 3 taken back"))
    #expect(decisions.count == 3)
  }

  @Test func `leaving goes once the last of a bulk is done`() {
    var desk = GuardTests.bulk()
    desk.press("<ctrl-c> s")
    let decisions = desk.decisions
    #expect(decisions.count == 3)
    for decision in decisions {
      #expect(!desk.effects.contains(.quit(.done)))
      desk.settle(decision, BulkTests.done)
    }
    #expect(desk.effects.contains(.quit(.done)))
  }

  @Test func `read-only ends a bulk that is being sent`() {
    var desk = GuardTests.bulk()
    GuardTests.pass(3, &desk)
    desk.send(.decision(.stage(desk.decisions[0].id, .sending)))
    #expect(desk.model.toggleReadOnly().count == 2)
    #expect(desk.model.bulk?.isStopped == true)
    desk.press("r")
    #expect(desk.decisions.count == 3)
  }

  @Test func `the review page says when nothing will be recorded`() {
    var desk = ReviewTests.reviewing(3)
    desk.send(.decision(.journal(Fault(.local, "the journal j cannot be written: disk full"))))
    #expect(desk.text.contains("It will not be recorded: the journal j cannot be written"))
    desk.press("y")
    #expect(desk.decisions.map(\.allowsUnrecorded) == [true, true, true])
  }
}

@Suite struct SmallWindowTests {
  @Test func `what is not drawn is not decided`() {
    var desk = Sample.desk()
    desk.press("a")
    desk.send(.resized(Size(columns: 30, rows: 6)))
    let before = desk.model.layers
    for key in ["y", "g", "i", "a", "s", "p", "enter"] {
      #expect(desk.press(key).isEmpty, "\(key)")
    }
    #expect(desk.model.layers == before && desk.model.flights.isEmpty)
    #expect(desk.send(.resized(Size(columns: 80, rows: 24))).contains(.dropInput))
    #expect(!desk.press("y").isEmpty)
  }

  @Test func `what is typed behind a slash on a run does nothing to it`() {
    var desk = Sample.desk()
    desk.press("enter")
    desk.press("/")
    desk.type("missing")
    #expect(desk.model.flights.isEmpty)
    if case .command = desk.model.top {} else { Issue.record("the line is not open") }
  }
}
