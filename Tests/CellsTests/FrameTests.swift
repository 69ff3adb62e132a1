import Cells
import Testing

@Suite struct FrameTests {
  private func frame(_ columns: Int = 10, _ rows: Int = 2) -> Frame {
    Frame(size: Size(columns: columns, rows: rows))
  }

  @Test func `text is written where it is put`() {
    var frame = frame()
    #expect(frame.put("order", column: 2, row: 1, look: .running) == 7)
    #expect(frame.lines() == ["          ", "  order   "])
    #expect(frame.looks() == ["tttttttttt", "ttrrrrrttt"])
    #expect(frame[column: 2, row: 1].text == "o")
    #expect(frame[column: 2, row: 1].look == .running)
  }

  @Test func `text is clipped to its limit and to the frame`() {
    var frame = frame()
    #expect(frame.put("abcdef", column: 0, row: 0, look: .text, limit: 3) == 3)
    #expect(frame.put("abcdef", column: 7, row: 1, look: .text) == 10)
    #expect(frame.put("abc", column: 20, row: 1, look: .text) == 20)
    #expect(frame.put("abc", column: 0, row: 7, look: .text) == 0)
    #expect(frame.put("abc", column: 4, row: 0, look: .text, limit: -1) == 4)
    #expect(frame.put("xyz", column: -2, row: 0, look: .text) == 1)
    #expect(frame.put("abc", column: 8, row: 0, look: .text, limit: .max) == 10)
    #expect(frame.lines() == ["zbc     ab", "       abc"])
  }

  @Test func `a wide character that does not fit whole is a blank`() {
    var frame = frame(4, 1)
    #expect(frame.put("漢字", column: 1, row: 0, look: .text) == 4)
    #expect(frame.lines() == [" 漢 "])
    frame.put("字", column: -1, row: 0, look: .text)
    #expect(frame.lines() == [" 漢 "])
    #expect(frame[column: 1, row: 0].width == 2)
    #expect(frame[column: 2, row: 0].width == 0)
    #expect(frame[column: 2, row: 0].text == "")
  }

  @Test func `overwriting half of a wide character leaves no half`() {
    var frame = frame(6, 1)
    frame.put("漢字x", column: 0, row: 0, look: .text)
    frame.put("a", column: 1, row: 0, look: .text)
    #expect(frame.lines() == [" a字x "])
    frame.put("b", column: 2, row: 0, look: .text)
    #expect(frame.lines() == [" ab x "])
    frame.put("漢", column: 0, row: 0, look: .text)
    frame.put("字", column: 1, row: 0, look: .text)
    #expect(frame.lines() == [" 字 x "])
    frame.put("漢", column: 4, row: 0, look: .text)
    frame.put("字", column: 3, row: 0, look: .text)
    #expect(frame.lines() == [" 字字 "])
  }

  @Test func `plain text over wide characters leaves no half`() {
    var frame = frame(8, 1)
    frame.put("漢字漢字", column: 0, row: 0, look: .text)
    frame.put("abcd", column: 1, row: 0, look: .text)
    #expect(frame.lines() == [" abcd 字"])
    frame.put("x", column: 7, row: 0, look: .text)
    #expect(frame.lines() == [" abcd  x"])
  }

  @Test func `right-aligned text ends before its column`() {
    var frame = frame()
    #expect(frame.putRight("4m", end: 9, row: 0, look: .text) == 7)
    #expect(frame.putRight("refund-approvals", end: 10, row: 1, look: .text, limit: 6) == 4)
    #expect(frame.lines() == ["       4m ", "    refun…"])
  }

  @Test func `rectangles are filled and restyled within the frame`() {
    var frame = frame(4, 3)
    frame.fill(Rect(column: 1, row: 1, columns: 9, rows: 9), with: "─", look: .section)
    frame.restyle(Rect(column: -1, row: 2, columns: 3, rows: 1)) { $0.selected = true }
    #expect(frame.lines() == ["    ", " ───", " ───"])
    #expect(frame.looks() == ["tttt", "tsss", "TSss"])
    frame.fill(Rect(column: 0, row: 0, columns: 1, rows: 1), with: "漢", look: .text)
    #expect(frame.lines()[0] == "    ")
    frame.fill(Rect(column: 5, row: 5, columns: 2, rows: 2), with: "x", look: .text)
    #expect(!frame.lines().joined().contains("x"))
  }

  @Test func `looks show what is marked`() {
    var frame = frame(4, 1)
    frame.put("d", column: 0, row: 0, look: Look(.text, dimmed: true))
    frame.put("b", column: 1, row: 0, look: Look(.text, bold: true))
    frame.put("u", column: 2, row: 0, look: Look(.text, underlined: true))
    frame.put("s", column: 3, row: 0, look: Look(.text, selected: true))
    #expect(frame.looks() == ["t\u{323}t\u{307}t\u{332}T"])
  }

  @Test func `frames are equal when they show the same`() {
    var one = frame()
    var two = frame()
    one.put("order", column: 0, row: 0, look: .text)
    #expect(one != two)
    two.put("order", column: 0, row: 0, look: .text)
    #expect(one == two)
    two.put("order", column: 0, row: 0, look: .failure)
    #expect(one != two)
    two = one
    two.cursor = Position(column: 1, row: 1)
    #expect(one != two)
  }

  @Test func `the title is clean`() {
    var frame = frame()
    frame.title = "2 pending\u{1B}]0;x\u{7}"
    #expect(frame.title == "2 pending\u{FFFD}]0;x\u{FFFD}")
  }

  @Test func `the changes between frames are the rows that differ`() {
    func changes(_ old: Frame?, _ new: Frame) -> [String] {
      var found: [String] = []
      new.forEachChangedRow(since: old) { row, cells in
        found.append("\(row) " + cells.filter { $0.width > 0 }.map(\.text).joined())
      }
      return found
    }
    var old = frame(4, 2)
    old.put("漢ab", column: 0, row: 0, look: .text)
    #expect(changes(old, old) == [])
    #expect(changes(nil, old) == ["0 漢ab", "1     "])
    #expect(changes(frame(3, 2), old) == ["0 漢ab", "1     "])
    var new = old
    new.put("x", column: 1, row: 0, look: .text)
    #expect(changes(old, new) == ["0  xab"])
    new = old
    new.restyle(Rect(column: 1, row: 1, columns: 1, rows: 1)) { $0.selected = true }
    #expect(changes(old, new) == ["1     "])
  }

  @Test func `a cell keeps up to three marks`() {
    var frame = frame(3, 1)
    frame.put("a\u{300}\u{301}\u{302}b", column: 0, row: 0, look: .text)
    let cell = frame[column: 0, row: 0]
    #expect(cell.scalar == "a")
    #expect(cell.marks == ["\u{300}", "\u{301}", "\u{302}"])
    #expect(scalars(cell.text) == ["a", "\u{300}", "\u{301}", "\u{302}"])
    #expect(cell.width == 1)
  }

  @Test func `looks keep what they are given`() {
    for role in Role.allCases {
      var look = Look(role, selected: true, bold: true)
      #expect(look.role == role)
      #expect(look.selected && look.bold && !look.dimmed && !look.underlined)
      look.role = .field
      look.selected = false
      #expect(look == Look(.field, bold: true))
    }
    #expect(Set(Role.allCases.map(\.letter)).count == Role.allCases.count)
  }

  @Test func `spelled in ASCII a frame keeps its columns`() {
    var frame = Frame(size: Size(columns: 16, rows: 3))
    frame.title = "Inbox · prod"
    frame.put("◆ 漢e\u{301}→─│ x…y", column: 0, row: 0, look: .text)
    frame.put("approve …", column: 0, row: 1, look: .key)
    frame.put("no room here … z", column: 0, row: 2, look: .text)
    frame.spellInASCII()
    #expect(frame.lines() == ["! ? e>-| x~y    ", "approve ...     ", "no room here ~ z"])
    #expect(frame[column: 10, row: 1].look == .key)
    #expect(frame.title == "Inbox - prod")
    #expect(frame.lines().allSatisfy { $0.utf8.count == 16 })
  }
}
