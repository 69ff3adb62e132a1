package import Cells

/// A line of text while it is typed: what stands in it, and where the cursor is.
///
/// What goes in is bounded. Words are one line, sanitised, so that they may be drawn as they are; a
/// value stays as it is, line breaks and all, and only what is shown of it is made safe to draw.
package struct LineEditor: Sendable, Equatable {
  /// What is typed.
  package enum Content: Sendable, Equatable {
    case words
    case value
  }

  /// The longest line of words that is taken, in characters.
  package static let limit = 400
  /// The longest value that is taken, in bytes of UTF-8.
  package static let valueLimit = 16 << 10

  private let content: Content

  /// What stands before the cursor.
  private var before: String
  /// What stands behind the cursor.
  private var after = ""

  /// A line with the cursor at its end.
  package init(_ text: String = "", holding content: Content = .words) {
    self.content = content
    before = ""
    _ = insert(text)
  }

  /// The whole line.
  package var text: String { before + after }

  /// The characters before the cursor.
  package var cursor: Int { before.count }

  package var isEmpty: Bool { before.isEmpty && after.isEmpty }

  /// Whether the cursor stands behind the last character.
  package var isAtEnd: Bool { after.isEmpty }

  /// The text before the cursor, which is what completion goes by.
  package var head: String { before }

  /// Puts another text in the line's place, the cursor at its end.
  package mutating func replace(with text: String) {
    self = LineEditor(text, holding: content)
  }

  /// Puts another text in the place of what stands before the cursor.
  package mutating func complete(with head: String) {
    before = ""
    _ = insert(head)
  }

  /// Puts the cursor behind so many characters.
  package mutating func moveCursor(to offset: Int) {
    let whole = text
    before = String(whole.prefix(max(0, offset)))
    after = String(whole.dropFirst(max(0, offset)))
  }

  /// Puts typed or pasted text where the cursor is.
  ///
  /// Of words, line breaks become blanks, and what is beyond the limit is left out; a value is taken
  /// whole or not at all.
  /// - Returns: Whether anything was put in.
  package mutating func insert(_ more: String) -> Bool {
    if content == .value { return insert(value: more) }
    let room = LineEditor.limit - before.count - after.count
    guard room > 0, !more.isEmpty else { return false }
    // Sanitising costs with the length, and nobody means to paste a megabyte into a line.
    let line = more.prefix(room * 4).split(whereSeparator: \.isNewline).joined(separator: " ")
    guard !line.isEmpty else { return false }
    before = Text.sanitised(before + Text.sanitised(line).prefix(room))
    return true
  }

  /// Puts a piece of a value in; controls that are neither a line break nor a tab are left out.
  private mutating func insert(value more: String) -> Bool {
    guard more.utf8.count <= LineEditor.valueLimit else { return false }
    var clean = String.UnicodeScalarView()
    var last: Unicode.Scalar?
    for scalar in more.unicodeScalars {
      switch scalar {
      case "\r": clean.append("\n")
      case "\n" where last == "\r": break
      case "\n", "\t": clean.append(scalar)
      case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value): break
      default: clean.append(scalar)
      }
      last = scalar
    }
    let size = before.utf8.count + after.utf8.count + String(clean).utf8.count
    guard !clean.isEmpty, size <= LineEditor.valueLimit else { return false }
    before += String(clean)
    return true
  }

  /// Lays a key on the line.
  /// - Returns: Whether it means anything there: a letter that is typed, or a key of
  ///   ``Keymap/Scope/line``.
  package mutating func edit(_ key: Key, _ keymap: Keymap) -> Bool {
    if let command = keymap.command(for: key, in: .line) { return apply(command) }
    guard case .character(let character) = key.code, !key.control, !key.alt else { return false }
    return insert(String(character))
  }

  private mutating func apply(_ command: Command) -> Bool {
    switch command {
    case .left:
      if let character = before.popLast() { after.insert(character, at: after.startIndex) }
    case .right: if !after.isEmpty { before.append(after.removeFirst()) }
    case .wordLeft: moveCursor(to: before.count - LineEditor.wordAtEnd(of: before))
    case .wordRight: moveCursor(to: before.count + LineEditor.wordAtStart(of: after))
    case .lineStart: moveCursor(to: 0)
    case .lineEnd: replace(with: text)
    case .eraseLeft:
      guard !before.isEmpty else { return false }
      before.removeLast()
    case .eraseRight: if !after.isEmpty { after.removeFirst() }
    case .eraseWord: before.removeLast(LineEditor.wordAtEnd(of: before))
    case .eraseToStart: before = ""
    default: return false
    }
    return true
  }

  /// The characters of the last word of a text, with the blanks behind it.
  private static func wordAtEnd(of text: String) -> Int {
    wordAtStart(of: String(text.reversed()))
  }

  /// The characters of the first word of a text, with the blanks before it.
  private static func wordAtStart(of text: String) -> Int {
    let word = text.drop { $0 == " " }
    return text.count - word.drop { $0 != " " }.count
  }

  /// The part of a line that there is room for.
  package struct Window: Equatable {
    /// What is drawn.
    package var text: String
    /// The characters of the line that are left out before it.
    package var skipped: Int
    /// The column of the cursor, from the first that is drawn.
    package var cursor: Int
  }

  /// What is drawn in so many columns: the cursor stays in view, the front of a long line gives way.
  package func window(_ columns: Int) -> Window {
    var cursor = 0
    var shown: [Character] = []
    for character in before.reversed() {
      let width = Text.width(String(character))
      guard cursor + width < max(1, columns) else { break }
      cursor += width
      shown.append(character)
    }
    let skipped = before.count - shown.count
    shown.reverse()
    var end = cursor
    for character in after {
      end += Text.width(String(character))
      guard end <= columns else { break }
      shown.append(character)
    }
    let text = String(shown)
    return Window(
      text: content == .words ? text : Text.sanitised(text),
      skipped: skipped,
      cursor: cursor
    )
  }
}
