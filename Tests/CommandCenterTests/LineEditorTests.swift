import Cells
import CommandCenter
import TestHouse
import Testing

/// A line while it is typed.
@Suite struct LineEditorTests {
  /// A line after some keys; `|` is the cursor.
  private func typed(_ text: String, _ keys: String) -> String {
    var line = LineEditor(text)
    for key in Keys(keys).all { _ = line.edit(key, .standard) }
    return shown(line)
  }

  private func shown(_ line: LineEditor) -> String {
    "\(line.text.prefix(line.cursor))|\(line.text.dropFirst(line.cursor))"
  }

  @Test(arguments: [
    ("stop 9b1d", "", "stop 9b1d|"),
    ("stop 9b1d", "left left x", "stop 9bx|1d"),
    ("stop 9b1d", "home x", "x|stop 9b1d"),
    ("stop 9b1d", "home end x", "stop 9b1dx|"),
    ("stop 9b1d", "home delete", "|top 9b1d"),
    ("stop 9b1d", "left backspace", "stop 9b|d"),
    ("stop 9b1d  now", "ctrl-left ctrl-left", "stop |9b1d  now"),
    ("stop 9b1d", "home alt-f", "stop| 9b1d"),
    ("stop 9b1d", "home ctrl-right ctrl-right right", "stop 9b1d|"),
    ("stop 9b1d  ", "ctrl-w", "stop |"),
    ("stop 9b1d", "left left ctrl-w", "stop |1d"),
    ("stop 9b1d", "left ctrl-u", "|d"),
    ("", "left right delete ctrl-w ctrl-u", "|"),
    ("e\u{301}a", "left left right", "e\u{301}|a"),
    ("日本", "left x", "日x|本"),
  ])
  func `keys move in the line and change it`(text: String, keys: String, wanted: String) {
    #expect(typed(text, keys) == wanted)
  }

  @Test func `what means nothing in a line is left to others`() {
    var line = LineEditor("x")
    for key in Keys("enter tab esc up down ctrl-d alt-x f5 pgup").all {
      let means = line.edit(key, .standard)
      #expect(!means, "\(key.name)")
    }
    line.replace(with: "")
    let erases = line.edit(Key(.backspace), .standard)
    #expect(!erases, "an empty line may be closed by it")
  }

  @Test func `a paste is one line, safe, and no longer than there is room`() {
    var line = LineEditor()
    _ = line.insert("stop\n9b1d\u{1b}[31m\u{202e}")
    #expect(!line.text.unicodeScalars.contains { $0.properties.generalCategory == .control })
    #expect(!line.text.unicodeScalars.contains("\u{202e}"))
    #expect(line.text.hasPrefix("stop 9b1d"))
    _ = line.insert(String(repeating: "x", count: 100_000))
    #expect(line.text.count == LineEditor.limit)
    let fits = line.insert("y")
    #expect(!fits)
    var marks = LineEditor("a")
    for _ in 0..<1000 { _ = marks.insert("\u{301}") }
    #expect(marks.text.unicodeScalars.count < 50)
  }

  @Test(arguments: [
    (0, "abcdefgh", 0, 0), (7, "abcdefgh", 0, 7), (8, "bcdefghi", 1, 7), (10, "defghij", 3, 7),
  ])
  func `the cursor stays in view`(cursor: Int, text: String, skipped: Int, column: Int) {
    var line = LineEditor("abcdefghij")
    line.moveCursor(to: cursor)
    let window = line.window(8)
    #expect(window.text == text)
    #expect(window.skipped == skipped)
    #expect(window.cursor == column)
  }

  @Test func `seeded keys never lose the cursor or the bounds`() {
    var random = Seeded(9)
    let keys = Keys("a b space 日 left right home end ctrl-w ctrl-u backspace delete alt-b alt-f")
      .all
    var line = LineEditor()
    for _ in 0..<5000 {
      let before = line.text
      guard let key = keys.randomElement(using: &random) else { continue }
      _ = line.edit(key, .standard)
      #expect(line.cursor >= 0 && line.cursor <= line.text.count)
      let room = Int.random(in: 1...30, using: &random)
      let window = line.window(room)
      #expect(window.cursor < max(2, room))
      #expect(Text.width(window.text) <= max(2, room), "\(before) \(key.name)")
    }
  }
}
