import Cells
import CommandCenter
import Runs
import TestHouse
import Testing

/// Over a slow line nothing is drawn for looks.
@Suite struct LowBandwidthTests {
  private static func desk(columns: Int = 120, rows: Int = 40) -> Desk {
    Sample.desk(columns: columns, rows: rows, config: Config(lowBandwidth: true))
  }

  private func changedRows(_ old: Frame, _ new: Frame) -> [Int] {
    var rows: [Int] = []
    new.forEachChangedRow(since: old) { row, _ in rows.append(row) }
    // What can be done with a row of another kind stands on the last line.
    return rows.filter { $0 < new.size.rows - 1 }
  }

  @Test func `the row under the cursor has a mark and a bold name, and no bar`() {
    var desk = LowBandwidthTests.desk()
    desk.press("j")
    desk.wait(.seconds(1))
    desk.send(.tick)
    expectScreen(desk.frame, "low-bandwidth")
    for row in 0..<40 {
      for column in 0..<120 { #expect(!desk.frame[column: column, row: row].look.selected) }
    }
  }

  @Test func `a move changes two rows, and the preview when the cursor rests`() {
    var desk = LowBandwidthTests.desk()
    let first = desk.frame
    desk.press("j")
    let second = desk.frame
    #expect(changedRows(first, second) == [3, 4])
    for row in [3, 4] {
      for column in 20..<120 {
        #expect(first[column: column, row: row] == second[column: column, row: row])
      }
    }
    desk.wait(.milliseconds(900))
    desk.press("j")
    #expect(changedRows(second, desk.frame) == [4, 6])
    desk.wait(.milliseconds(900))
    desk.send(.tick)
    #expect(changedRows(second, desk.frame) == [4, 6])
    desk.wait(.milliseconds(100))
    desk.send(.tick)
    #expect(changedRows(second, desk.frame).count > 6)
    #expect(
      desk.text.contains("nightly-digest  9b1d0c22") || desk.text.contains("nightly-digest  v")
    )
  }

  @Test func `a poll without news changes nothing within a minute`() {
    for keys in ["", "<enter>", "a", "] ] <enter> 2"] {
      var desk = LowBandwidthTests.desk()
      desk.send(.run(Sample.read(Sample.invoiceDetail)))
      desk.send(.run(Sample.read(Sample.refundDetail)))
      desk.press("j")
      desk.press(keys)
      desk.wait(.seconds(1))
      desk.send(.tick)
      // From one full minute on, as ages count them.
      let reading = Sample.reading()
      desk.send(.inbox(.reading(reading, changed: true)))
      let before = desk.frame
      for seconds in [3, 6, 9] {
        var later = desk
        let again = Sample.reading(at: Sample.now + .seconds(seconds))
        later.now = Sample.now + .seconds(seconds + 2)
        later.send(.inbox(.reading(again, changed: false)))
        let rows = changedRows(before, later.frame)
        #expect(rows.count <= 1, "\(keys): rows \(rows) after \(seconds) s")
      }
    }
  }

  @Test func `the window's title is left alone`() {
    #expect(LowBandwidthTests.desk().frame.title == nil)
    #expect(Sample.desk().frame.title != nil)
  }

  @Test func `ages under a minute are no longer told apart`() {
    #expect(Age.coarse(.seconds(59)) == "<1m")
    #expect(Age.coarse(.seconds(-5)) == "<1m")
    #expect(Age.coarse(.seconds(60)) == "1m")
    #expect(Age.coarse(.seconds(7200)) == "2h")
  }

  @Test func `on a run, its steps and in help the mark does without a bar`() {
    var desk = RunScreenTests.at(Sample.triage, Sample.triageDetail)
    desk.model.config.lowBandwidth = true
    for keys in ["1", "2", "?"] {
      desk.press(keys)
      let frame = desk.frame
      let marked = frame.lines().firstIndex { $0.contains("▌") }
      let row = marked ?? -1
      let looks = (0..<80).map { frame[column: $0, row: row].look }
      #expect(looks.contains { $0.bold }, "\(keys)")
      #expect(!looks.contains { $0.selected }, "\(keys)")
    }
  }
}
