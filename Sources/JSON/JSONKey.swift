/// A key of an object where it stands in the bytes.
///
/// A reader that knows its keys compares ``word``; a text is made of a key only for those who ask
/// for one.
package struct JSONKey: Sendable {
  /// The key's bytes packed into a number, so that comparing keys is comparing numbers; nil for one
  /// of more than ``JSONWord/limit`` bytes, which needs a text.
  package let word: JSONWord?
  private let range: Range<Int>
  /// The key, where escapes in it had to be undone.
  private let undone: String?

  /// Reads a key.
  /// - Throws: ``JSONMistake`` when there is no string here, or it holds raw control characters.
  init(_ bytes: Span<UInt8>, _ at: inout Int) throws(JSONMistake) {
    guard let range = try JSONScanner.plainString(bytes, &at) else {
      let text = try JSONScanner.escapedString(bytes, &at)
      word = JSONWord(text)
      range = at..<at
      undone = text
      return
    }
    word = JSONWord(bytes, range)
    self.range = range
    undone = nil
  }

  /// The key as a text, from the bytes that it was read from.
  package func text(in bytes: Span<UInt8>) -> String {
    undone ?? JSONScanner.text(bytes, range)
  }
}

/// A short text as a number.
package struct JSONWord: Hashable, Sendable {
  /// How many bytes a word has at most.
  package static let limit = 16

  /// Eight bytes each, the first byte lowest, what is not used zero.
  package let head: UInt64
  package let tail: UInt64

  /// The word of a text; nil when it is too long, or holds a zero, which words have at their end.
  package init?(_ text: String) {
    let bytes = text.utf8.span
    for index in bytes.indices where bytes[index] == 0 { return nil }
    self.init(bytes, 0..<bytes.count)
  }

  /// The word of a piece of JSON, in which no zero can be.
  init?(_ bytes: Span<UInt8>, _ range: Range<Int>) {
    guard range.count <= JSONWord.limit else { return nil }
    var halves: (UInt64, UInt64) = (0, 0)
    var at = range.lowerBound
    var shift: UInt64 = 0
    while at < range.upperBound, shift < 64 {
      halves.0 |= UInt64(bytes[at]) &<< shift
      shift &+= 8
      at += 1
    }
    shift = 0
    while at < range.upperBound {
      halves.1 |= UInt64(bytes[at]) &<< shift
      shift &+= 8
      at += 1
    }
    (head, tail) = halves
  }
}
