import Cells
import CommandCenter
import JSON
import Runs
import TestHouse
import Testing
import Triage

/// What the mouse does: it selects and scrolls, and decides nothing.
@Suite struct PointerTests {
  // MARK: The inbox

  @Test func `a click selects the row under it`() throws {
    var desk = Sample.desk()
    let lines = desk.frame.lines()
    for (line, text) in lines.enumerated() {
      guard case .row(let place) = desk.model.spot(at: Position(column: 40, row: line)) else {
        continue
      }
      let row = desk.model.inbox.listing.rows[place]
      #expect(text.contains(row.id.run.short))
      desk.point(.press, column: 40, row: line)
      #expect(desk.model.inbox.selection?.id == row.id)
      #expect(InboxUpdateTests.markedLine(desk) == line)
    }
    #expect(desk.model.inbox.selection?.id.run == Sample.stopped.id)
  }

  @Test func `a click on anything else of the inbox does nothing`() {
    var desk = Sample.desk(columns: 120, rows: 40)
    desk.press("j j")
    let before = desk.model
    // Identity, tabs, a heading, the preview, below the rows, the hints; the other buttons' releases.
    for (column, row) in [(4, 0), (4, 1), (10, 2), (100, 4), (20, 30), (10, 39), (0, 400)] {
      #expect(desk.point(.press, column: column, row: row).isEmpty)
      #expect(desk.model.spot(at: Position(column: column, row: row)) == nil)
    }
    desk.point(.release, column: 10, row: 3)
    #expect(desk.model == before)
  }

  @Test func `a row that was clicked rests, and then its preview is read`() {
    var desk = Sample.desk(columns: 120, rows: 40)
    desk.point(.press, column: 10, row: 4)
    #expect(desk.model.inbox.selection?.id.run == Sample.refund.id)
    desk.wait(.milliseconds(150))
    #expect(desk.send(.tick) == Sample.refund.reference.map { [.load($0)] })
  }

  @Test func `where details unfold a click still meets its row`() {
    var desk = Sample.desk(columns: 40, rows: 20)
    let lines = desk.frame.lines()
    for (line, text) in lines.enumerated() {
      guard case .row(let place) = desk.model.spot(at: Position(column: 5, row: line)) else {
        continue
      }
      #expect(text.contains(desk.model.inbox.listing.rows[place].title.prefix(8)))
    }
    let detail = (InboxUpdateTests.markedLine(desk) ?? 0) + 1
    #expect(desk.model.spot(at: Position(column: 5, row: detail)) == nil)
    desk.point(.press, column: 5, row: detail + 1)
    #expect(desk.model.inbox.listing.index == 1)
  }

  @Test func `the wheel scrolls by three, and the cursor keeps its row while that is seen`() {
    let crowd = InboxUpdateTests.crowd(100...200)
    var desk = Sample.desk(Sample.reading(runs: crowd, tasks: []))
    for _ in 0..<10 { desk.press("j") }
    let selected = desk.model.inbox.selection?.id
    let line = InboxUpdateTests.markedLine(desk) ?? 0
    desk.point(.wheelDown, column: 3, row: 3)
    #expect(desk.model.inbox.scroll == 3)
    #expect(desk.model.inbox.selection?.id == selected)
    #expect(InboxUpdateTests.markedLine(desk) == line - 3)
    for _ in 0..<6 { desk.point(.wheelDown, column: 3, row: 3) }
    #expect(desk.model.inbox.scroll == 21)
    #expect(desk.model.inbox.selection?.id != selected)
    #expect(InboxUpdateTests.markedLine(desk) == 2)
    for _ in 0..<60 { desk.point(.wheelDown, column: 3, row: 3) }
    #expect(desk.text.contains("run-1200"))
    for _ in 0..<60 { desk.point(.wheelUp, column: 3, row: 3) }
    #expect(desk.model.inbox.scroll == 0)
    #expect(InboxUpdateTests.markedLine(desk) != nil)
  }

  @Test func `where all rows are seen the wheel does nothing`() {
    var desk = Sample.desk()
    let before = desk.model
    desk.point(.wheelDown, column: 3, row: 3)
    desk.point(.wheelUp, column: 3, row: 3)
    #expect(desk.model == before)
  }

  @Test func `the order is held while the wheel turns`() {
    var desk = Sample.desk(Sample.reading(runs: InboxUpdateTests.crowd(100...200), tasks: []))
    desk.point(.wheelDown, column: 3, row: 3)
    let more = Sample.reading(runs: InboxUpdateTests.crowd(90...200), tasks: [], at: desk.now)
    desk.send(.inbox(.reading(more, changed: true)))
    #expect(desk.model.inbox.listing.held == 10)
    #expect(desk.model.inbox.scroll == 3)
  }

  @Test func `a click while a filter is typed selects among what is left`() {
    var desk = Sample.desk()
    desk.press("/")
    desk.type("status:failed")
    desk.point(.press, column: 5, row: 5)
    #expect(desk.model.inbox.selection?.id.run == Sample.earlierTriage.id)
    #expect(desk.text.contains("/ status:failed"))
  }

  // MARK: Questions

  @Test(arguments: ["j a", "j x", "] ] s"])
  func `a question is deaf to the mouse`(keys: String) {
    var desk = Sample.desk()
    desk.press(keys)
    let before = desk.model
    for row in stride(from: 0, to: 24, by: 2) {
      for column in stride(from: 1, to: 80, by: 13) {
        for action in [Pointer.Action.press, .release, .wheelUp, .wheelDown] {
          #expect(desk.point(action, column: column, row: row).isEmpty)
        }
      }
    }
    #expect(desk.model == before)
  }

  @Test func `no click on the first screen chooses anything`() {
    var first = Sample.blank()
    first.layers = [.firstStart(FirstStart(configPath: "~/c"))]
    var desk = Desk(first)
    for row in 0..<24 { #expect(desk.point(.press, column: 4, row: row).isEmpty) }
    #expect(desk.model.layers == first.layers)
  }

  @Test func `on a window that is too small nothing is met`() {
    var desk = Sample.desk()
    desk.send(.resized(Size(columns: 30, rows: 6)))
    for row in 0..<6 { #expect(desk.model.spot(at: Position(column: 3, row: row)) == nil) }
  }

  // MARK: A run

  private func screen(_ desk: Desk) -> RunScreen? {
    if case .run(let screen) = desk.model.top { screen } else { nil }
  }

  @Test func `a click selects an event, and what is told beneath it belongs to it`() {
    var desk = RunScreenTests.at(Sample.triage, Sample.triageDetail)
    desk.point(.press, column: 30, row: 4)
    #expect(screen(desk)?.event == 2)
    #expect(screen(desk)?.follows == false)
    // The cause, below the failure.
    desk.point(.press, column: 30, row: 11)
    #expect(screen(desk)?.event == 8)
    #expect(InboxUpdateTests.markedLine(desk) == 10)
    desk.point(.press, column: 30, row: 20)
    #expect(screen(desk)?.event == 8)
    desk.point(.press, column: 30, row: 15)
    #expect(screen(desk)?.follows == true)
  }

  private func long() -> Desk {
    var detail = Sample.triageDetail
    detail.events = (0..<100).map { number in
      RunEvent(type: "note", step: nil, at: Sample.now, data: ["number": .int(number)])
    }
    return RunScreenTests.at(Sample.triage, detail)
  }

  @Test func `the wheel scrolls events, ends following, and begins it anew at the end`() {
    var desk = long()
    desk.press("G")
    #expect(screen(desk)?.follows == true)
    let end = screen(desk)?.scroll ?? 0
    desk.point(.wheelUp, column: 3, row: 3)
    #expect(screen(desk)?.scroll == end - 3)
    #expect(screen(desk)?.follows == false)
    #expect(InboxUpdateTests.markedLine(desk) == 21)
    // News do not move what is being read.
    desk.send(.inbox(.reading(Sample.reading(), changed: true)))
    #expect(screen(desk)?.scroll == end - 3)
    desk.point(.wheelDown, column: 3, row: 3)
    #expect(screen(desk)?.scroll == end)
    #expect(screen(desk)?.follows == true)
    #expect(screen(desk)?.event == 99)
  }

  @Test func `the wheel goes through what is unfolded`() {
    var detail = Sample.triageDetail
    let items = (0..<80).map { JSONValue.string("item \($0)") }
    detail.events = (0..<3).map { number in
      RunEvent(
        type: "note",
        step: nil,
        at: Sample.now,
        data: ["list": .array(items), "n": .int(number)]
      )
    }
    var desk = RunScreenTests.at(Sample.triage, detail)
    desk.press("g <enter>")
    for turn in 1...5 {
      desk.point(.wheelDown, column: 3, row: 3)
      #expect(screen(desk)?.scroll == turn * 3)
      #expect(screen(desk)?.event == 0)
    }
    #expect(desk.text.contains("item 20"))
    // A key takes the view back to the event.
    desk.press("k")
    #expect(screen(desk)?.scroll == 0)
  }

  @Test func `clicks and the wheel move among steps`() throws {
    var desk = RunScreenTests.at(Sample.triage, Sample.triageDetail)
    desk.press("2")
    desk.point(.press, column: 5, row: 4)
    #expect(screen(desk)?.step == StepID("notify"))
    #expect(InboxUpdateTests.markedLine(desk) == 4)
    // Below the list the chosen step is told, which is no row.
    let before = desk.model
    desk.point(.press, column: 5, row: 8)
    #expect(desk.model == before)
    desk.send(.resized(Size(columns: 80, rows: 12)))
    let first = screen(desk)?.scroll
    desk.point(.wheelUp, column: 5, row: 4)
    desk.point(.wheelUp, column: 5, row: 4)
    #expect(screen(desk)?.scroll == 0)
    #expect(first != 0)
    #expect(InboxUpdateTests.markedLine(desk) != nil)
  }

  @Test func `the wheel scrolls a task`() {
    var desk = RunScreenTests.at(Sample.refund, Sample.refundDetail, columns: 80, rows: 10)
    desk.point(.wheelDown, column: 5, row: 4)
    #expect((screen(desk)?.scroll ?? 0) > 0)
    desk.point(.wheelUp, column: 5, row: 4)
    #expect(screen(desk)?.scroll == 0)
    #expect(desk.point(.press, column: 5, row: 4).isEmpty)
  }

  // MARK: Help

  @Test(arguments: [(80, 24), (60, 14)])
  func `a click chooses a line of help and does not do it`(columns: Int, rows: Int) {
    var desk = Sample.desk(columns: columns, rows: rows)
    desk.press("?")
    let lines = desk.frame.lines()
    let layers = desk.model.layers.count
    var met = 0
    for row in 0..<rows {
      for (column, marker) in columns < 76 ? [(5, 1)] : [(5, 1), (45, 39)] {
        guard case .help = desk.model.spot(at: Position(column: column, row: row)) else { continue }
        met += 1
        var other = desk
        #expect(other.point(.press, column: column, row: row).isEmpty)
        #expect(other.model.layers.count == layers)
        let text = lines[row].dropFirst(marker + 1).prefix(20)
        #expect(other.text.contains("▌\(text)"))
      }
    }
    #expect(met >= rows - 8)
  }

  @Test func `the wheel moves through help`() {
    var desk = Sample.desk(columns: 60, rows: 12)
    desk.press("?")
    for _ in 0..<60 { desk.point(.wheelDown, column: 3, row: 3) }
    #expect(desk.text.contains("▌ t "))
    for _ in 0..<60 { desk.point(.wheelUp, column: 3, row: 3) }
    #expect(desk.text.contains("▌ j ↓"))
    desk.type("nothing is called so")
    desk.point(.wheelDown, column: 3, row: 3)
    #expect(desk.text.contains("Nothing fits."))
  }
}
