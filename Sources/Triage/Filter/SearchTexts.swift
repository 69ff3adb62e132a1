internal import Runs

/// What rows show, column after column, in lower case, with the amounts that are compared: made once,
/// looked through at every keystroke.
///
/// Eight bytes are looked at in one step. Each column begins behind a line break, and one ends the
/// last; no word has one in it, so none is found across two columns.
struct SearchTexts: Sendable {
  /// The texts of all rows, eight bytes a word, the first in the lowest place; what is left over at a
  /// row's end is zero.
  private var words: [UInt64] = []
  /// Where each row's text ends among the words.
  private var ends: [Int] = []
  /// When the age of each row begins, and what it cost, in the units of ``Timestamp`` and
  /// ``Credits``.
  private var amounts: [(since: Int64?, credits: Int64?)] = []

  /// How much of one column is looked through, in bytes: a message may be of any length.
  private static let columnBound = 4096

  /// The texts of rows, in their order.
  init(_ rows: [Row]) {
    ends.reserveCapacity(rows.count)
    amounts.reserveCapacity(rows.count)
    var text: [UInt8] = []
    for index in rows.indices {
      text.removeAll(keepingCapacity: true)
      SearchTexts.write(rows[index], into: &text)
      pack(text)
      amounts.append((rows[index].since?.milliseconds, rows[index].run?.credits?.microcredits))
    }
  }

  /// How old a row is, in milliseconds; nil where that is not known.
  func age(at place: Int, _ now: Timestamp) -> Int64? {
    amounts[place].since.map { max(0, (now - Timestamp(milliseconds: $0)).inMilliseconds) }
  }

  /// What a run has cost, in millionths of a credit; nil where that is not known.
  func credits(at place: Int) -> Int64? { amounts[place].credits }

  private mutating func pack(_ text: [UInt8]) {
    var at = 0
    while at < text.count {
      var word: UInt64 = 0
      for offset in 0..<min(8, text.count - at) {
        word |= UInt64(text[at + offset]) << UInt64(offset * 8)
      }
      words.append(word)
      at += 8
    }
    ends.append(words.count)
  }

  private static func write(_ row: Row, into text: inout [UInt8]) {
    text.append(0x0A)
    let add = { (column: String?, text: inout [UInt8]) in
      if let column { append(column, to: &text) }
    }
    append(row.title, to: &text)
    append(row.id.run.text, to: &text)
    append(row.section.name, to: &text)
    if let run = row.run {
      append(run.status.word, to: &text)
      for step in run.currentSteps { append(step.text, to: &text) }
      add(run.statusBy, &text)
      add(run.trigger, &text)
      add(row.attention?.word, &text)
      if let failure = run.failure {
        add(failure.code, &text)
        add(failure.message, &text)
        add(failure.step?.text, &text)
      }
    }
    if let task = row.task {
      append(task.title, to: &text)
      append(task.step.text, to: &text)
      add(task.type, &text)
    }
  }

  private static func append(_ column: String, to text: inout [UInt8]) {
    let start = text.count
    let bytes = column.utf8.span
    let count = min(bytes.count, columnBound)
    var isASCII = true
    for index in 0..<count {
      let byte = bytes[index]
      isASCII = isASCII && byte < 0x80
      // A line break would part the column in two.
      text.append(byte == 0x0A ? 0x20 : Caseless.lower(byte))
    }
    if !isASCII {
      text.removeLast(text.count - start)
      let whole = String(column.prefix(columnBound)).lowercased()
      text += whole.utf8.lazy.map { $0 == 0x0A ? 0x20 : $0 }
    }
    text.append(0x0A)
  }

  private func span(of place: Int) -> Range<Int> {
    (place == 0 ? 0 : ends[place - 1])..<ends[place]
  }

  /// Whether a word occurs in some column of a row.
  func contains(_ word: SearchWord, at place: Int) -> Bool {
    guard let anchor = word.anchor else { return true }
    let pattern = UInt64(anchor.byte) &* 0x0101_0101_0101_0101
    let span = span(of: place)
    for index in span {
      let unlike = words[index] ^ pattern
      // The high bit of every byte that is alike; now and then of one that is not, behind such a one.
      var alike = (unlike &- 0x0101_0101_0101_0101) & ~unlike & 0x8080_8080_8080_8080
      while alike != 0 {
        let byte = index * 8 + alike.trailingZeroBitCount / 8
        if occurs(word.bytes, at: byte - anchor.offset, within: span) { return true }
        alike &= alike - 1
      }
    }
    return false
  }

  private func occurs(_ bytes: [UInt8], at start: Int, within span: Range<Int>) -> Bool {
    guard start >= span.lowerBound * 8, start + bytes.count <= span.upperBound * 8 else {
      return false
    }
    for offset in bytes.indices where self[start + offset] != bytes[offset] { return false }
    return true
  }

  private subscript(byte: Int) -> UInt8 {
    UInt8(truncatingIfNeeded: words[byte / 8] >> UInt64(byte % 8 * 8))
  }

  /// Whether a pattern occurs in some column of a row.
  func matches(_ pattern: Pattern, at place: Int) -> Bool {
    if pattern.isAlwaysFound { return true }
    guard contains(pattern.required, at: place) else { return false }
    var matcher = Pattern.Matcher(pattern)
    for index in span(of: place) {
      var word = words[index]
      for _ in 0..<8 {
        if matcher.take(UInt8(truncatingIfNeeded: word)) { return true }
        word >>= 8
      }
    }
    return false
  }
}

/// A word to look for, in lower case, with the byte of it that is looked for first.
struct SearchWord: Sendable, Equatable {
  /// In lower case.
  let text: String
  let bytes: [UInt8]
  /// The byte that is the rarest in the texts of runs, and its place; nil for a word of nothing.
  let anchor: (byte: UInt8, offset: Int)?

  /// A word as it is typed.
  init(_ text: String) {
    self.text = text.lowercased()
    let bytes = Array(self.text.utf8)
    self.bytes = bytes
    anchor = bytes.indices.max { SearchWord.rarity(bytes[$0]) < SearchWord.rarity(bytes[$1]) }
      .map { (bytes[$0], $0) }
  }

  static func == (left: SearchWord, right: SearchWord) -> Bool { left.bytes == right.bytes }

  /// From the commonest to the rarest; digits and the first letters stand in every id.
  private static let common = Array("\n -_e0123456789abcdtionrslumpghwfvykxzjq".utf8)

  private static func rarity(_ byte: UInt8) -> Int {
    common.firstIndex(of: byte) ?? common.count
  }
}

extension SearchTexts: Equatable {
  /// Always: they say nothing that the rows do not.
  static func == (_: SearchTexts, _: SearchTexts) -> Bool { true }
}
