import CommandCenter
import JSON
import Runs
import TestHouse
import Testing
import Triage

/// The page on which decisions about many things are looked at before they are sent.
@Suite struct ReviewTests {
  /// A desk with the approvals of a reading marked, and their review open.
  static func reviewing(_ count: Int, key: String = "a", columns: Int = 80, rows: Int = 24) -> Desk
  {
    var desk = Sample.desk(Sample.approvals(count), columns: columns, rows: rows)
    desk.press("* \(key)")
    return desk
  }

  /// A desk with everything in it marked, and the review of a key open.
  static func all(_ key: String) -> Desk {
    var desk = Sample.desk()
    desk.press("g <space> G V \(key)")
    return desk
  }

  private static func changed(_ desk: Desk, _ change: (inout Reading) -> Void) -> Message {
    var reading = desk.model.inbox.reading ?? Sample.reading()
    change(&reading)
    return .inbox(.reading(reading, changed: true))
  }

  @Test(arguments: ["a", "x"])
  func `every item has the verdict of the key, and keys pressed before are dropped`(
    key: String
  ) throws {
    var desk = Sample.desk(Sample.approvals(3))
    desk.press("*")
    #expect(desk.press(key) == [.dropInput, .probeJournal])
    let page = try #require(desk.review)
    #expect(
      page.items.map(\.verdict) == Array(repeating: key == "a" ? .approve : .reject, count: 3)
    )
    #expect(desk.text.contains("acting on 3 marked"))
    #expect(desk.decisions.isEmpty)
  }

  @Test func `what the verb is not possible on is listed with its reason`() throws {
    let desk = ReviewTests.all("a")
    let page = try #require(desk.review)
    #expect(page.sent.map(\.target.id) == [Sample.crmSync.id, Sample.refund.id])
    let rest = page.items.filter { $0.verdict == nil }
    #expect(rest.count == page.items.count - 2)
    #expect(rest.allSatisfy { $0.remark == .leftOut("nothing here waits for an approval") })
    #expect(desk.text.contains("2 approve. Sent one by one, at most 4 at a time. 10 left out."))
  }

  @Test func `pausing resumes what is paused`() throws {
    let page = try #require(ReviewTests.all("p").review)
    let verdict = { (run: Run) in page.items.first { $0.target.id == run.id }?.verdict }
    #expect(verdict(Sample.payroll) == .resume)
    #expect(verdict(Sample.invoice) == .pause)
    #expect(verdict(Sample.digest) == nil)
    #expect(verdict(Sample.triage) == nil)
  }

  /// A desk with two tasks of one run and one of another, all marked.
  private static func twoOfOne() -> Desk {
    var reading = Sample.approvals(2)
    let run = reading.runs[0]
    let second = Sample.task(
      of: run,
      step: "second-look",
      type: "approval",
      age: .seconds(60),
      ["title": "Look twice"]
    )
    reading.tasks?.append(second)
    var desk = Sample.desk(reading)
    desk.press("g <space> G V")
    return desk
  }

  @Test func `a run that is marked twice is stopped once`() throws {
    var desk = ReviewTests.twoOfOne()
    #expect(desk.model.inbox.marks.count == 3)
    desk.press("s g")
    let page = try #require(desk.review)
    #expect(page.sent.map(\.verdict) == [.stop(.graceful), .stop(.graceful)])
    #expect(page.items[2].remark == .leftOut("another line here is about its run"))
    desk.press("y")
    #expect(Set(desk.decisions.map(\.subject.run.run)).count == 2)
    #expect(desk.decisions.count == 2)
    #expect(desk.model.inbox.marks.isEmpty)
  }

  @Test func `what decides about a run stands alone on the page`() throws {
    var desk = ReviewTests.twoOfOne()
    desk.press("a")
    let page = try #require(desk.review)
    #expect(page.sent.count == 3)
    let run = page.items[0].target.id
    let place = try #require(page.items.lastIndex { $0.target.id == run })
    #expect(place > 0)
    desk.press("s")
    #expect(desk.review?.items[0].verdict == .approve)
    #expect(desk.text.contains("another line here is about its run; take that out first"))
    desk.press("g G")
    while desk.review?.cursor != place { desk.press("k") }
    desk.press("<space> g s")
    #expect(desk.review?.items[0].verdict == .stop(.graceful))
    while desk.review?.cursor != place { desk.press("j") }
    desk.press("<space>")
    #expect(desk.review?.items[place].isDropped == true)
  }

  @Test func `where nothing is possible there is nothing to review`() {
    var desk = DialogScreenTests.on(Sample.triage)
    desk.press("* s")
    #expect(desk.model.layers == [.inbox])
    #expect(
      desk.model.notice?.text
        == "possible on none of the 2: this run has ended (failed)"
    )
  }

  @Test(arguments: [("g", StopMode.graceful), ("i", .immediate)])
  func `stopping many asks how, once`(key: String, mode: StopMode) throws {
    var desk = ReviewTests.all("s")
    desk.press("y s <enter> a x <space>")
    #expect(desk.review?.asksHow == true)
    #expect(desk.press(key) == [.dropInput])
    let page = try #require(desk.review)
    #expect(page.asksHow == false)
    let digest = try #require(page.items.first { $0.target.id == Sample.digest.id })
    #expect(digest.verdict == (mode == .graceful ? nil : .stop(.immediate)))
    let sent = page.sent.map(\.verdict)
    #expect(sent == Array(repeating: .stop(mode), count: mode == .graceful ? 7 : 8))
    #expect(desk.decisions.isEmpty)
  }

  @Test func `leaving the question how to stop leaves everything`() {
    var desk = ReviewTests.all("s")
    desk.press("<esc>")
    #expect(desk.model.layers == [.inbox])
    #expect(desk.model.inbox.marks.count == 12)
  }

  @Test func `each item can have another verdict`() throws {
    var desk = ReviewTests.reviewing(4)
    desk.press("j x j s j s s")
    let page = try #require(desk.review)
    #expect(
      page.items.map(\.verdict) == [.approve, .reject, .stop(.graceful), .stop(.immediate)]
    )
  }

  @Test func `a verdict that is not possible says why and changes nothing`() throws {
    var desk = ReviewTests.reviewing(2)
    desk.press("p")
    #expect(desk.review?.items[0].verdict == .approve)
    #expect(desk.model.notice?.tone == .bad)
  }

  @Test func `an item is dropped and taken back in`() throws {
    var desk = ReviewTests.reviewing(3)
    desk.press("<space>")
    #expect(desk.review?.sent.count == 2)
    #expect(desk.review?.cursor == 1)
    desk.press("k <space>")
    #expect(desk.review?.sent.count == 3)
  }

  @Test func `what is decided is shown beneath the item`() {
    var desk = ReviewTests.reviewing(3)
    #expect(!desk.text.contains("amount"))
    desk.press("<enter>")
    #expect(desk.text.contains("amount   1"))
    desk.press("j")
    #expect(desk.text.contains("amount   2"))
    #expect(!desk.text.contains("amount   1"))
  }

  @Test func `decisions are bound to what stood on the screen when the page opened`() throws {
    var desk = Sample.desk(Sample.approvals(2))
    desk.press("*")
    desk.send(ReviewTests.changed(desk) { $0.tasks?[0].payload["amount"] = 77 })
    desk.press("a y")
    let seen = try #require(desk.decisions.first?.seen)
    #expect(seen.payload?["amount"] == 77)
    #expect(seen.status == .paused)
    #expect(desk.decisions.map(\.seen?.payload?["amount"]) == [77, 2])
  }

  @Test func `what asks something else meanwhile wants a new verdict`() throws {
    var desk = ReviewTests.reviewing(3)
    desk.send(ReviewTests.changed(desk) { $0.tasks?[1].payload["amount"] = 2000 })
    let page = try #require(desk.review)
    #expect(page.items[1].remark == .changed("it asks something else now"))
    #expect(page.sent.count == 2)
    #expect(desk.text.contains("1 changed: decide again."))
    var other = desk
    other.press("y")
    #expect(
      other.decisions.map(\.subject.run.run) == [page.items[0], page.items[2]].map(\.target.id)
    )
    desk.press("j a y")
    #expect(desk.decisions.count == 3)
    #expect(desk.decisions[1].seen?.payload?["amount"] == 2000)
  }

  @Test func `what was answered meanwhile leaves nothing to decide`() throws {
    var desk = ReviewTests.reviewing(3)
    desk.send(ReviewTests.changed(desk) { $0.tasks?.remove(at: 0) })
    #expect(desk.review?.items[0].remark == .gone("it was answered meanwhile"))
    desk.press("a")
    #expect(desk.review?.items[0].verdict == nil)
    desk.press("y")
    #expect(desk.decisions.count == 2)
  }

  @Test func `a run that was paused meanwhile wants a new verdict`() throws {
    var desk = DialogScreenTests.on(Sample.invoice)
    desk.press("<space> s g")
    desk.send(
      ReviewTests.changed(desk) { reading in
        reading.runs = reading.runs.map { run in
          var run = run
          if run.id == Sample.invoice.id {
            run.status = .paused
            run.statusBy = "maria"
          }
          return run
        }
      }
    )
    #expect(
      desk.review?.items[0].remark == .changed("it is paused by maria now, you saw it running")
    )
    desk.press("y")
    #expect(desk.decisions.isEmpty)
    desk.press("s y")
    #expect(desk.decisions.map(\.seen?.status) == [.paused])
  }

  @Test func `approvals that cannot be read change nothing`() {
    var desk = ReviewTests.reviewing(3)
    desk.send(ReviewTests.changed(desk) { $0.tasks = nil })
    #expect(desk.review?.sent.count == 3)
  }

  @Test func `an approval whose draft has edits is left out, and cannot be given here`() throws {
    var desk = Sample.desk(Sample.approvals(3))
    let row = try #require(desk.model.inbox.listing.rows.first)
    let task = try #require(row.task?.reference)
    var shelves = Shelves()
    shelves.put(
      ShelfEntry(
        shelf: .drafts,
        key: "\(task.run.run.text)/\(task.task.text)",
        value: ["fields": ["amount": 7]]
      )
    )
    desk.model.put(shelves)
    desk.press("* a")
    let page = try #require(desk.review)
    #expect(page.sent.count == 2)
    #expect(page.items.last?.target.id == row.id.run)
    #expect(page.items.last?.remark == .leftOut("it has a draft with edits: open it"))
    desk.press("G a")
    #expect(desk.review?.sent.count == 2)
    #expect(desk.model.notice?.text == "it has a draft with edits: open it")
    // A rejection sends no edits anyway.
    desk.press("x")
    #expect(desk.review?.sent.count == 3)
  }

  @Test func `a run with a decision on its way is left out`() throws {
    var desk = Sample.desk(Sample.approvals(3))
    desk.press("a y * a")
    let page = try #require(desk.review)
    #expect(page.sent.count == 2)
    #expect(page.items.last?.remark == .leftOut("approve is on its way"))
  }

  @Test func `sending plans all of it on record before the first`() throws {
    var desk = ReviewTests.reviewing(3)
    desk.press("j x")
    let effects = desk.press("y")
    let decisions = desk.decisions
    #expect(decisions.map(\.verb) == [.approve, .reject, .approve])
    #expect(Set(decisions.map(\.id)).count == 3)
    let batch = try #require(decisions[0].batch)
    #expect(decisions.allSatisfy { $0.batch == batch })
    let plan = try #require(effects.firstIndex(of: .plan(batch, decisions)))
    let first = try #require(effects.firstIndex(of: .carryOut(decisions[0])))
    #expect(plan < first)
    #expect(desk.isSending)
    #expect(desk.model.inbox.marks.isEmpty)
  }

  @Test func `what was not sent stays marked`() {
    var desk = ReviewTests.all("a")
    desk.press("y")
    #expect(desk.decisions.count == 2)
    #expect(desk.model.inbox.marks.count == 10)
  }

  @Test func `with nothing to send nothing is sent`() {
    var desk = ReviewTests.reviewing(2)
    desk.press("<space> <space> y")
    #expect(desk.decisions.isEmpty)
    #expect(desk.review != nil)
    #expect(desk.model.notice?.text == "nothing is left to send")
  }

  @Test func `leaving the page keeps the marks`() {
    var desk = ReviewTests.reviewing(3)
    desk.press("<esc>")
    #expect(desk.model.layers == [.inbox])
    #expect(desk.model.inbox.marks.count == 3)
    #expect(desk.decisions.isEmpty)
  }

  @Test func `read-only opens no review`() {
    var desk = Sample.desk(
      Sample.approvals(3),
      config: Config(readOnly: "started with --read-only")
    )
    desk.press("* a")
    #expect(desk.review == nil)
    #expect(desk.model.notice?.text.contains("started with --read-only") == true)
  }
}
