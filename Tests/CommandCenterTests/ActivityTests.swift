import Cells
import CommandCenter
import JSON
import Runs
import TestHouse
import Testing

/// What was decided on this machine, as a screen.
@Suite struct ActivityTests {
  static let place = JournalPlace(
    profile: "prod",
    url: "https://api.example.com",
    tenant: "acme",
    project: "payments"
  )

  /// A decision of the journal.
  static func record(
    _ number: Int,
    _ time: String,
    _ verb: Verb,
    _ run: Run,
    _ fate: JournalRecord.Fate,
    profile: String = "prod",
    isLive: Bool = false,
    _ change: (inout Decision) -> Void = { _ in }
  ) -> JournalRecord {
    let reference = RunReference(workflow: run.workflow ?? WorkflowID("w"), run: run.id)
    let isAnswer = verb == .approve || verb == .reject
    var decision = Decision(
      id: DecisionID("0a1b2c3d-0000-4000-8000-00000000000\(number)"),
      verb: verb,
      subject: isAnswer
        ? .task(TaskReference(run: reference, task: TaskID("review-refund"))) : .run(reference),
      title: run.title,
      seen: Seen(status: run.status, digest: isAnswer ? "93fe01aa77c0de11" : nil, lastEvent: 9),
      madeAt: Sample.clock(time)
    )
    change(&decision)
    var place = place
    place.profile = profile
    return JournalRecord(
      decision: decision,
      place: place,
      fate: fate,
      sentAt: Sample.clock(time) + .milliseconds(40),
      file: "2026-11-23T12-00-00-4711.jsonl",
      isLive: isLive
    )
  }

  static func settled(
    _ word: OutcomeWord,
    _ detail: String?,
    _ time: String,
    _ latency: Int?,
    later: Bool = false
  ) -> JournalRecord.Fate {
    .settled(
      word,
      detail: detail,
      at: Sample.clock(time),
      latency: latency.map { .milliseconds($0) },
      later: later
    )
  }

  /// Decisions of two days, oldest first as the journals give them.
  static let records = [
    JournalRecord(
      decision: Decision(
        id: DecisionID("yesterday"),
        verb: .start,
        subject: .start(RunReference(workflow: WorkflowID("wf-kb"), run: RunID("99aa0000-1"))),
        title: "kb-refresh",
        fields: ["full": true],
        madeAt: Sample.clock("13:40:00") + .seconds(-86_400)
      ),
      place: place,
      fate: .settled(
        .done,
        detail: "running",
        at: Sample.clock("13:40:01") + .seconds(-86_400),
        latency: .milliseconds(1320),
        later: false
      ),
      file: "2026-11-22T12-00-00-1200.jsonl"
    ),
    record(
      1,
      "13:40:00",
      .pause,
      Sample.payroll,
      settled(.done, "paused", "13:41:10", nil, later: true)
    ),
    record(
      2,
      "13:58:10",
      .reject,
      Sample.crmSync,
      settled(.changed, "already approved by alex", "13:58:10", 95)
    ),
    record(
      3,
      "14:02:00",
      .stop(.graceful),
      Sample.digest,
      settled(.done, "draining", "14:02:00", 204)
    ),
    record(
      4,
      "14:10:00",
      .resume,
      Sample.payroll,
      settled(.refused, "this run is running; only paused runs resume", "14:10:00", 31),
      profile: "staging"
    ),
    record(
      5,
      "14:19:58",
      .stop(.immediate),
      Sample.invoice,
      .withdrawn(why: "taken back in the undo window", at: Sample.clock("14:20:00"))
    ),
    record(
      6,
      "14:20:03",
      .stop(.immediate),
      Sample.invoice,
      settled(
        .unknown,
        "api.example.com: timed out after 10 s; the run is running",
        "14:20:14",
        11_000
      )
    ),
    record(7, "14:20:30", .approve, Sample.refund, settled(.done, "running", "14:20:30", 212)) {
      $0.fields = ["comment": "photo shows it\u{1b}[2J", "amount": 380]
    },
    record(8, "14:20:50", .approve, Sample.crmSync, .open, isLive: true),
  ]

  /// A desk at the list of decisions.
  static func desk(
    _ records: [JournalRecord] = records,
    remarks: [String] = [],
    columns: Int = 80,
    rows: Int = 24
  ) -> Desk {
    var desk = Sample.desk(columns: columns, rows: rows)
    _ = desk.press("2")
    desk.send(.activity(.read(records, remarks: remarks)))
    desk.effects = []
    return desk
  }

  @Test(arguments: [(80, 24), (40, 12), (120, 40)])
  func `what was decided, the newest first, with what became of it`(columns: Int, rows: Int) {
    expectScreen(Self.desk(columns: columns, rows: rows).frame, "activity")
  }

  @Test func `nothing decided yet says what will stand here`() {
    var desk = Sample.desk()
    #expect(desk.press("2") == [.readActivity])
    #expect(desk.text.contains("Reading the journals …"))
    desk.send(.activity(.read([], remarks: [])))
    expectScreen(desk.frame, "activity-empty")
  }

  @Test func `the page about a decision has all that the journal has`() {
    var desk = Self.desk()
    desk.press("j enter")
    expectScreen(desk.frame, "activity-record")
    #expect(desk.press("y") == [.copy("0a1b2c3d-0000-4000-8000-000000000007")])
    desk.press("enter")
    #expect(desk.text.contains("Reading the run …"))
    desk.press("esc")
    #expect(desk.text.contains("93fe01aa77c0de11"))
    desk.press("esc")
    #expect(desk.text.contains("Your decisions and commands"))
  }

  @Test func `another profile's run is not opened here`() {
    var desk = Self.desk()
    desk.press("/")
    desk.type("staging")
    desk.press("enter enter")
    #expect(desk.text.contains("resume  payroll-sync"))
    desk.press("enter")
    #expect(desk.text.contains("this run belongs to staging: open that profile first"))
  }

  @Test func `words narrow the list, and Esc gives all of it back`() {
    var desk = Self.desk()
    desk.press("/")
    desk.type("invoice stop")
    #expect(desk.text.contains("2 of 9 shown"))
    // Digits, q and d are letters here.
    desk.type("1qd")
    #expect(desk.text.contains("Nothing here has these words."))
    desk.press("backspace backspace backspace enter")
    #expect(desk.text.contains("2 of 9 shown"))
    desk.press("esc")
    #expect(!desk.text.contains("shown"))
    desk.press("esc")
    #expect(desk.text.contains("AWAITING APPROVAL"))
  }

  @Test func `the cursor stays on its decision when newer ones come`() {
    var desk = Self.desk()
    desk.press("j j")
    #expect(desk.press("y") == [.copy(Sample.invoice.id.text)])
    let newer = Self.record(9, "14:20:59", .pause, Sample.refresh, .open, isLive: true)
    desk.send(.activity(.read(Self.records + [newer], remarks: [])))
    #expect(desk.press("y") == [.copy(Sample.invoice.id.text)])
    // On the newest it stays on the newest: that is what one looks at.
    desk.press("g")
    let newest = Self.record(0, "14:21:00", .pause, Sample.report, .open, isLive: true)
    desk.send(.activity(.read(Self.records + [newer, newest], remarks: [])))
    #expect(desk.press("y") == [.copy(Sample.report.id.text)])
  }

  @Test func `thousands are scrolled to their end and back`() {
    let many = (0..<5000).map { number in
      Self.record(1, "14:00:00", .pause, Sample.payroll, .open) {
        $0.id = DecisionID("d\(number)")
        $0.madeAt = Sample.clock("14:00:00") + .seconds(-60 * (5000 - number))
      }
    }
    var desk = Self.desk(many)
    desk.press("G")
    #expect(desk.text.contains("2026-11-20"))
    desk.press("enter")
    #expect(desk.text.contains("d0"))
    desk.press("esc g")
    #expect(desk.text.contains("13:59:00"))
  }

  @Test func `a decision that ends is read again while the list is open, and not else`() {
    var desk = Self.desk()
    let decision = Self.records[7].decision
    let outcome = Outcome.done(Confirmation(status: .running, readBack: true))
    let told = desk.send(.decision(.outcome(decision, outcome, recorded: true)))
    #expect(told.contains(.readActivity))
    // Another one meanwhile is read after it.
    let again = desk.send(.decision(.outcome(decision, outcome, recorded: true)))
    #expect(!again.contains(.readActivity))
    #expect(desk.send(.activity(.read(Self.records, remarks: []))) == [.readActivity])
    desk.press("1")
    #expect(desk.text.contains("AWAITING APPROVAL"))
    let elsewhere = desk.send(.decision(.outcome(decision, outcome, recorded: true)))
    #expect(!elsewhere.contains(.readActivity))
  }

  @Test func `what the notice said and lost is kept among the decisions`() {
    var desk = Sample.desk()
    let fault = Fault(.timedOut, "api.example.com: timed out after 10 s")
    desk.send(
      .decision(.outcome(Self.records[7].decision, .notSent(fault), recorded: true))
    )
    desk.press("2")
    desk.send(.activity(.read(Self.records, remarks: [])))
    #expect(desk.text.contains("14:21:00  said      approve refund-approvals"))
    desk.press("/")
    desk.type("said")
    #expect(desk.text.contains("1 of 10 shown"))
  }

  @Test func `what cannot be read of the journals is said above the list`() {
    let desk = Self.desk(remarks: ["2 lines of the journals cannot be read and are left out"])
    #expect(desk.text.contains("2 lines of the journals cannot be read and are left out"))
  }

  @Test func `a file that is written is named, and so is why not`() {
    var desk = Self.desk()
    let path = "/home/op/exports/activity-1.jsonl"
    desk.send(.activity(.exported(.activity, .success(path), remarks: [])))
    #expect(desk.text.contains("activity written to \(path)"))
    let fault = Fault(.local, "/home/op/exports cannot be written: the disk is full")
    desk.send(
      .activity(.exported(.handover(since: Sample.now), .failure(fault), remarks: []))
    )
    #expect(desk.text.contains("handover not written: /home/op/exports cannot be written"))
  }

  @Test func `what a written file lacks is said behind its path`() {
    var desk = Self.desk(columns: 120)
    let remark = "2 lines of the journals cannot be read and are left out"
    desk.send(.activity(.exported(.activity, .success("/x/a.jsonl"), remarks: [remark])))
    #expect(desk.text.contains("activity written to /x/a.jsonl; \(remark)"))
  }

  @Test func `a click chooses a decision, the wheel moves`() {
    var desk = Self.desk()
    desk.point(.press, column: 20, row: 6)
    #expect(desk.press("y") == [.copy(Sample.invoice.id.text)])
    desk.point(.wheelDown, column: 20, row: 6)
    #expect(desk.press("y") == [.copy(Sample.crmSync.id.text)])
  }

  @Test func `text of runs and comments cannot reach the terminal raw`() {
    var desk = Self.desk()
    desk.press("j enter")
    #expect(!desk.text.unicodeScalars.contains { $0.value == 0x1B })
    #expect(desk.text.contains("comment: photo shows it"))
  }
}
