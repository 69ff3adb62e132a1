import Cells
import CommandCenter
import Runs
import TestHouse
import Testing
import Triage

/// What the inbox does with readings, keys and time.
@Suite struct InboxUpdateTests {
  /// Many running runs, oldest first, named by their numbers.
  static func crowd(_ numbers: ClosedRange<Int>) -> [Run] {
    numbers.map {
      Sample.run("run-\(1000 + $0)", "crowd-\($0)", .running, began: .seconds(10_000 - $0))
    }
  }

  /// The line on the screen with the marker.
  static func markedLine(_ desk: Desk) -> Int? {
    desk.frame.lines().firstIndex { $0.hasPrefix("▌") }
  }

  @Test func `a reading that comes folded is taken as it is, unless the order changed meanwhile`() {
    var desk = Sample.desk(Sample.reading(runs: [], tasks: []))
    let reading = Sample.reading(runs: InboxUpdateTests.crowd(100...102), tasks: [])
    // Told apart from what the reading itself would be folded to.
    let folded = Inbox(Sample.reading(runs: [Sample.triage], tasks: []), order: .age)
    desk.send(.inbox(.reading(reading, changed: true, folded: folded)))
    #expect(desk.model.inbox.listing.rows.map(\.id.run) == [Sample.triage.id])
    desk.type("o")
    desk.send(.inbox(.reading(reading, changed: true, folded: folded)))
    #expect(desk.model.inbox.inbox.order == .workflow)
    #expect(Set(desk.model.inbox.listing.rows.map(\.id.run)).isSuperset(of: reading.runs.map(\.id)))
  }

  @Test func `the selection and its line stay through a refresh`() {
    var desk = Sample.desk(Sample.reading(runs: InboxUpdateTests.crowd(100...200), tasks: []))
    for _ in 0..<40 { desk.press("j") }
    desk.wait(.seconds(10))
    let selected = desk.model.inbox.selection?.id
    let line = InboxUpdateTests.markedLine(desk)
    let more = Sample.reading(runs: InboxUpdateTests.crowd(80...200), tasks: [], at: desk.now)
    desk.send(.inbox(.reading(more, changed: true)))
    #expect(desk.model.inbox.listing.index == 60)
    #expect(desk.model.inbox.selection?.id == selected)
    #expect(InboxUpdateTests.markedLine(desk) == line)
    let fewer = Sample.reading(runs: InboxUpdateTests.crowd(130...200), tasks: [], at: desk.now)
    desk.send(.inbox(.reading(fewer, changed: true)))
    #expect(desk.model.inbox.selection?.id == selected)
    #expect(desk.model.inbox.listing.index == 10)
  }

  @Test func `the selected row stays on the screen when a sentence takes lines from the list`() {
    var desk = Sample.desk(Sample.reading(runs: InboxUpdateTests.crowd(1...60), tasks: []))
    while InboxUpdateTests.markedLine(desk) != 22 { desk.press("j") }
    desk.press("a")
    #expect(desk.model.notice != nil)
    #expect(InboxUpdateTests.markedLine(desk) != nil)
    let fault = Fault(.timedOut, "connection timed out after 10 s")
    desk.press("G")
    desk.send(.inbox(.failed(fault, nextTry: desk.now + .seconds(8), missed: 3)))
    #expect(InboxUpdateTests.markedLine(desk) != nil)
  }

  @Test func `the pace follows what there is`() {
    var desk = Desk(Sample.blank())
    #expect(
      desk.send(.inbox(.reading(Sample.reading(runs: [], tasks: []), changed: true)))
        == [.pace(.calm)]
    )
    #expect(
      desk.send(.inbox(.reading(Sample.reading(runs: [Sample.triage], tasks: []), changed: true)))
        .isEmpty
    )
    #expect(desk.send(.inbox(.reading(Sample.reading(), changed: true))) == [.pace(.lively)])
    #expect(desk.send(.inbox(.reading(Sample.reading(), changed: false))).isEmpty)
  }

  @Test func `the preview reads the selected run once`() throws {
    var desk = Sample.desk(columns: 120, rows: 40)
    let first = try #require(Sample.crmSync.reference)
    let second = try #require(Sample.refund.reference)
    // A held key passes rows that nobody wants to know about: only where it rests is read.
    #expect(desk.press("j").isEmpty)
    desk.wait(.milliseconds(100))
    #expect(desk.send(.tick).isEmpty)
    let wake = try #require(desk.model.nextWake)
    #expect(wake - desk.now <= .milliseconds(50))
    desk.wait(.milliseconds(50))
    #expect(desk.send(.tick) == [.load(second)])
    // It is being read: asking again would not make it faster.
    #expect(desk.send(.inbox(.reading(Sample.reading(), changed: true))).isEmpty)
    desk.send(.run(Sample.read(Sample.refundDetail)))
    #expect(desk.send(.inbox(.reading(Sample.reading(), changed: true))).isEmpty)
    desk.send(
      .run(.detail(first, .success(RunDetail(run: Sample.crmSync, at: Sample.now))))
    )
    #expect(desk.press("k j").isEmpty)
  }

  @Test func `a row that cannot be read is asked for again only when there is news`() throws {
    var desk = Sample.desk(columns: 120, rows: 40)
    let reference = try #require(Sample.crmSync.reference)
    let fault = Fault(.notFound, "not here")
    desk.send(.run(.detail(reference, .failure(fault))))
    #expect(desk.send(.inbox(.reading(Sample.reading(), changed: false))).isEmpty)
    #expect(desk.send(.inbox(.reading(Sample.reading(), changed: true))) == [.load(reference)])
  }

  @Test func `a task whose run is not in the feed is read once for the preview`() throws {
    var desk = Sample.desk(
      Sample.reading(runs: [], tasks: [Sample.approval]),
      columns: 120,
      rows: 40
    )
    desk.send(.run(Sample.read(Sample.refundDetail)))
    let again = Sample.reading(runs: [], tasks: [Sample.approval], at: desk.now)
    #expect(desk.send(.inbox(.reading(again, changed: true))).isEmpty)
  }

  @Test func `without room for a preview nothing is read`() {
    var desk = Sample.desk()
    #expect(desk.press("j j k ] [ G g").isEmpty)
  }

  @Test func `what is new waits until the hand rests`() {
    var desk = Sample.desk()
    desk.press("j")
    let reading = Sample.reading(runs: InboxUpdateTests.crowd(1...2) + Sample.runs, at: desk.now)
    desk.send(.inbox(.reading(reading, changed: true)))
    #expect(desk.model.inbox.listing.held == 2)
    let wake = desk.model.nextWake
    #expect(wake == desk.now + .seconds(2))
    desk.wait(.seconds(2))
    desk.send(.tick)
    #expect(desk.model.inbox.listing.held == 0)
    #expect(desk.model.inbox.inbox.count == desk.model.inbox.listing.rows.count)
  }

  @Test func `a section more is jumped to, and back`() {
    var desk = Sample.desk()
    desk.press("] ]")
    #expect(desk.model.inbox.selection?.section == .running)
    desk.press("j [")
    #expect(desk.model.inbox.selection?.id.run == Sample.enrich.id)
    desk.press("[")
    #expect(desk.model.inbox.selection?.section == .draining)
    desk.press("G")
    #expect(desk.model.inbox.selection?.id.run == Sample.stopped.id)
    desk.press("g")
    #expect(desk.model.inbox.selection?.id.run == Sample.crmSync.id)
  }

  @Test func `another order keeps the selection and asks nobody`() {
    var desk = Sample.desk()
    desk.press("] ]")
    let selected = desk.model.inbox.selection?.id
    #expect(desk.press("o").isEmpty)
    #expect(desk.model.inbox.selection?.id == selected)
    let running = desk.model.inbox.listing.rows.filter { $0.section == .running }.map(\.title)
    #expect(running == running.sorted())
  }

  @Test func `refresh asks for a poll`() {
    var desk = Sample.desk()
    #expect(desk.press("r") == [.refresh])
  }

  // MARK: The filter

  @Test func `a filter is typed, corrected, kept and cleared`() {
    var desk = Sample.desk()
    desk.press("/")
    desk.type("triagx")
    #expect(desk.model.inbox.listing.rows.isEmpty)
    desk.press("<backspace>")
    #expect(desk.model.inbox.listing.rows.map(\.title) == ["order-triage", "order-triage"])
    desk.press("<ctrl-w>")
    desk.type("section:draining")
    #expect(desk.model.inbox.listing.rows.map(\.title) == ["nightly-digest"])
    desk.press("<enter>")
    #expect(desk.model.top == .inbox)
    #expect(desk.model.inbox.listing.rows.count == 1)
    desk.press("<esc>")
    #expect(desk.model.inbox.listing.rows.count == 12)
  }

  @Test func `in the filter letters are letters`() {
    var desk = Sample.desk()
    desk.press("/")
    #expect(desk.type("aqsxpyGr?").isEmpty)
    #expect(desk.model.inbox.filterText == "aqsxpyGr?")
    desk.press("<esc>")
    #expect(desk.model.inbox.filterText.isEmpty)
  }

  @Test func `a mistake leaves the list as it was`() {
    var desk = Sample.desk()
    desk.press("/")
    desk.type("section:failed")
    let before = desk.model.inbox.listing.rows
    desk.send(.paste(" colour:red"))
    #expect(desk.model.inbox.listing.rows == before)
    guard case .filter(let prompt) = desk.model.top else {
      Issue.record("the prompt is gone")
      return
    }
    #expect(prompt.mistake?.range == 15..<22)
  }

  @Test func `a paste goes into a prompt as one line, and nowhere else`() {
    var desk = Sample.desk()
    #expect(desk.send(.paste("j a y")).isEmpty)
    #expect(desk.model.layers == [.inbox])
    desk.press("j a")
    #expect(desk.send(.paste("y")).isEmpty)
    desk.press("<esc> s")
    #expect(desk.send(.paste("g")).isEmpty)
    #expect(desk.decisions.isEmpty)
    desk.press("<esc> /")
    desk.send(.paste("order\ntriage\u{1B}[2J"))
    #expect(desk.model.inbox.filterText.hasPrefix("order triage"))
    #expect(!desk.model.inbox.filterText.unicodeScalars.contains("\u{1B}"))
    desk.send(.paste(String(repeating: "x", count: 100_000)))
    #expect(desk.model.inbox.filterText.count == 400)
  }

  // MARK: Time

  @Test func `nothing is woken while all is well, until data is late`() throws {
    var desk = Sample.desk()
    let wake = try #require(desk.model.nextWake)
    // Three seconds between polls and three of patience.
    #expect(wake == Sample.now + .milliseconds(6001))
    desk.now = wake
    desk.send(.tick)
    #expect(desk.text.contains("data 6s old"))
    // From then on once a second, when the age changes.
    #expect(desk.model.nextWake == Sample.now + .milliseconds(7000))
    desk.send(.inbox(.reading(Sample.reading(at: desk.now), changed: false)))
    #expect(desk.text.contains("live"))
  }

  @Test func `a poll without an answer is said so, counted, and good again by a late one`() {
    var desk = Sample.desk()
    let begun = desk.now
    desk.wait(.seconds(9))
    desk.send(.inbox(.silent(since: begun)))
    #expect(desk.frame.lines()[0].contains("data 9s old · NO ANSWER"))
    #expect(desk.text.contains("does not answer; it may be busy. No answer for 9 s."))
    #expect(desk.model.nextWake == desk.now + .seconds(1))
    desk.wait(.seconds(3))
    desk.send(.tick)
    #expect(desk.text.contains("No answer for 12 s."))
    desk.send(.inbox(.reading(Sample.reading(at: desk.now), changed: false)))
    #expect(desk.frame.lines()[0].contains(" live"))
    #expect(!desk.text.contains("No answer"))
  }

  @Test func `a failure that was told is not told otherwise because the next try hangs`() {
    var desk = Sample.desk()
    let fault = Fault(.timedOut, "api: no answer within 15 s")
    desk.send(.inbox(.failed(fault, nextTry: desk.now, missed: 3)))
    desk.wait(.seconds(9))
    desk.send(.inbox(.silent(since: desk.now + .seconds(-9))))
    #expect(desk.text.contains("OFFLINE") && desk.text.contains("no answer within 15 s."))
    #expect(!desk.text.contains("NO ANSWER"))
  }

  @Test func `the countdown is woken every second`() {
    var desk = Sample.desk()
    let fault = Fault(.timedOut, "timed out")
    desk.send(.inbox(.failed(fault, nextTry: desk.now + .seconds(8), missed: 3)))
    #expect(desk.text.contains("Retry in 8 s"))
    #expect(desk.model.nextWake == desk.now + .seconds(1))
    desk.wait(.seconds(3))
    desk.send(.tick)
    #expect(desk.text.contains("Retry in 5 s"))
  }

  @Test func `one missed poll is no alarm, three are`() {
    var desk = Sample.desk()
    let fault = Fault(.unreachable, "no connection")
    for missed in 1...3 {
      desk.wait(.seconds(1))
      desk.send(.inbox(.failed(fault, nextTry: desk.now + .seconds(1), missed: missed)))
      #expect(desk.text.contains("OFFLINE") == (missed == 3))
      #expect(!desk.text.contains("live"))
    }
    desk.send(.inbox(.reading(Sample.reading(at: desk.now), changed: true)))
    #expect(desk.text.contains("live"))
    #expect(!desk.text.contains("OFFLINE"))
  }

  @Test func `one poll that hung for as long as three are apart is an alarm`() {
    var desk = Sample.desk()
    let fault = Fault(.timedOut, "no answer within 15 s")
    desk.wait(.seconds(12))
    desk.send(.inbox(.failed(fault, nextTry: desk.now + .seconds(3), missed: 1)))
    #expect(!desk.text.contains("OFFLINE"))
    desk.wait(.seconds(1))
    desk.send(.inbox(.failed(fault, nextTry: desk.now + .seconds(3), missed: 1)))
    #expect(desk.text.contains("data 13s old · OFFLINE"))
    #expect(desk.text.contains("no answer within 15 s. Retry in 3 s"))
    desk.send(.inbox(.reading(Sample.reading(at: desk.now), changed: true)))
    #expect(desk.text.contains("live"))
  }

  @Test(arguments: [
    (Fault.Kind.untrusted, "NOT TRUSTED"), (.tooLarge, "TOO LARGE"), (.notTheAPI, "NOT THE API"),
    (.rejected, "REFUSED"), (.forbidden, "FORBIDDEN"),
  ])
  func `what trying again does not mend is said at once`(kind: Fault.Kind, word: String) {
    var desk = Sample.desk()
    desk.send(.inbox(.failed(Fault(kind, "no"), nextTry: desk.now + .seconds(3), missed: 1)))
    #expect(desk.text.contains("old · \(word)"))
  }

  @Test func `a reading with gaps does not say that nothing is pending`() {
    var reading = Sample.reading(runs: [Sample.completed], tasks: [])
    reading.unreadable = 1
    let desk = Sample.desk(reading)
    #expect(!desk.text.contains("nothing pending"))
    #expect(desk.text.contains("1 item could not be read"))
  }

  @Test(arguments: [(3600, "1h ahead of ours"), (-3600, "1h behind ours"), (4, nil)])
  func `ages follow the clock that the times are from`(seconds: Int, words: String?) {
    let skew = Duration.seconds(seconds)
    let runs = Sample.runs.map { run in
      var run = run
      let times: [WritableKeyPath<Run, Timestamp?>] = [
        \.createdAt, \.startedAt, \.updatedAt, \.endedAt, \.statusAt,
      ]
      for time in times where words != nil {
        run[keyPath: time] = run[keyPath: time].map { $0 + skew }
      }
      return run
    }
    var reading = Sample.reading(runs: runs, tasks: [])
    reading.clockSkew = skew
    let right = Sample.desk(Sample.reading(tasks: []))
    let desk = Sample.desk(reading)
    // All but the remark, and the time of day that a cause was first seen at, which the server told.
    let rows = { (desk: Desk) in
      desk.frame.lines().dropFirst(2).filter { !$0.contains("same cause") }
    }
    #expect(rows(desk) == rows(right))
    #expect(desk.text.contains("the server's clock is \(words ?? "")") == (words != nil))
  }

  @Test func `good news goes by itself`() {
    var desk = Sample.desk()
    desk.press("o")
    #expect(desk.model.notice != nil)
    #expect(desk.model.nextWake == desk.now + .seconds(4))
    desk.wait(.seconds(4))
    desk.send(.tick)
    #expect(desk.model.notice == nil)
  }

  @Test func `a task list that could not be read is not called empty`() {
    var reading = Sample.reading(runs: [], tasks: nil)
    reading.taskFault = Fault(.server, "api.example.com: the task list failed (500).")
    let desk = Sample.desk(reading)
    #expect(!desk.text.contains("nothing pending"))
    #expect(!desk.text.contains("Nothing needs you"))
    #expect(desk.text.contains("the task list failed (500)"))
  }
}
