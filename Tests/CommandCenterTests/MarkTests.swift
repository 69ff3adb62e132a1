import CommandCenter
import Runs
import TestHouse
import Testing
import Triage

/// What the keys do that mark rows.
@Suite struct MarkTests {
  private static func marked(_ desk: Desk) -> Set<RunID> {
    Set(desk.model.inbox.marks.ids.map(\.run))
  }

  @Test func `a row is marked and the cursor goes on`() {
    var desk = Sample.desk()
    let first = desk.model.inbox.listing.rows[0].id
    #expect(desk.press("<space>").isEmpty)
    #expect(desk.model.inbox.marks.ids == [first])
    #expect(desk.model.inbox.listing.index == 1)
    desk.press("k <space>")
    #expect(desk.model.inbox.marks.isEmpty)
  }

  @Test func `marks survive a refresh, a filter and another order`() {
    var desk = Sample.desk()
    desk.press("<space> <space>")
    let marks = desk.model.inbox.marks.ids
    desk.press("o")
    desk.send(.inbox(.reading(Sample.reading(runs: Sample.runs.reversed()), changed: true)))
    desk.press("/")
    desk.type("kb-refresh")
    desk.press("<enter>")
    #expect(desk.model.inbox.marks.ids == marks)
    #expect(desk.text.contains("2 marked, 2 not shown"))
  }

  @Test func `a marked row that left is dropped with a word`() {
    var desk = Sample.desk()
    desk.press("<space> <space>")
    desk.send(.inbox(.reading(Sample.reading(tasks: [Sample.approval]), changed: true)))
    #expect(MarkTests.marked(desk) == [Sample.refund.id])
    let text = desk.model.notice?.text ?? ""
    #expect(text.contains("crm-sync 550e8400 is"))
    #expect(text.hasSuffix("its mark is gone; 1 still marked"))
    desk.send(.inbox(.reading(Sample.reading(tasks: []), changed: true)))
    #expect(desk.model.inbox.marks.isEmpty)
  }

  @Test func `approvals that cannot be read keep their marks`() {
    var desk = Sample.desk()
    desk.press("<space> <space>")
    desk.send(.inbox(.reading(Sample.reading(tasks: nil), changed: true)))
    #expect(desk.model.inbox.marks.count == 2)
  }

  @Test func `a range goes from the last mark to the cursor, either way`() {
    var desk = Sample.desk()
    desk.press("g <space> j j V")
    #expect(desk.model.inbox.marks.count == 4)
    desk.press("<esc> G <space> k k V")
    #expect(desk.model.inbox.marks.count == 3)
  }

  @Test func `a range that has no beginning says how to set one`() {
    var desk = Sample.desk()
    desk.press("V")
    #expect(desk.model.inbox.marks.isEmpty)
    #expect(desk.model.notice?.text.contains("space first") == true)
  }

  @Test func `with a filter everything that it shows is marked`() {
    var desk = Sample.desk()
    desk.press("/")
    desk.type("order-triage")
    desk.press("<enter> V")
    #expect(MarkTests.marked(desk) == [Sample.triage.id, Sample.earlierTriage.id])
    #expect(desk.model.notice?.text == "marked the 2 that the filter shows")
  }

  @Test func `all with the same cause are marked, and unmarked by the same key`() {
    var desk = DialogScreenTests.on(Sample.triage)
    desk.press("*")
    #expect(MarkTests.marked(desk) == [Sample.triage.id, Sample.earlierTriage.id])
    desk.press("*")
    #expect(desk.model.inbox.marks.isEmpty)
  }

  @Test func `approvals are alike that one step of one workflow asks`() {
    var desk = Sample.desk(Sample.approvals(30))
    desk.press("*")
    #expect(desk.model.inbox.marks.count == 30)
    desk = DialogScreenTests.on(Sample.refund)
    desk.press("*")
    #expect(MarkTests.marked(desk) == [Sample.refund.id])
  }

  @Test func `a row without a cause says what has one`() {
    var desk = DialogScreenTests.on(Sample.invoice)
    desk.press("*")
    #expect(desk.model.inbox.marks.isEmpty)
    #expect(desk.model.notice?.text.contains("only failures share a cause") == true)
  }

  @Test func `Esc clears the filter, then the marks`() {
    var desk = Sample.desk()
    desk.press("<space> /")
    desk.type("refund")
    desk.press("<enter> <esc>")
    #expect(desk.model.inbox.filterText.isEmpty)
    #expect(desk.model.inbox.marks.count == 1)
    desk.press("<esc>")
    #expect(desk.model.inbox.marks.isEmpty)
    #expect(desk.press("<esc>").isEmpty)
    #expect(desk.model.layers == [.inbox])
  }

  @Test func `a ghost cannot be marked`() {
    var desk = Sample.desk()
    desk.send(.inbox(.reading(Sample.reading(tasks: [Sample.approval]), changed: true)))
    #expect(desk.model.inbox.selection?.departure != nil)
    desk.press("<space>")
    #expect(desk.model.inbox.marks.isEmpty)
    #expect(desk.model.notice?.tone == .bad)
  }

  @Test func `marks win over the cursor`() {
    var desk = Sample.desk()
    desk.press("<space> G a")
    #expect(desk.review?.items.map(\.target.id) == [Sample.crmSync.id])
    desk.press("<esc>")
    #expect(desk.model.inbox.marks.count == 1)
  }
}
