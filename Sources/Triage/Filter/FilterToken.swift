/// One term of a filter as it is written, before anybody knows what it means.
///
/// Ranges count characters of the whole text.
package struct FilterToken: Sendable, Equatable {
  /// A text behind a key, or the word itself.
  package struct Value: Sendable, Equatable {
    /// Without its quotes.
    package var text: String
    package var range: Range<Int>
    package var isQuoted = false
    /// Whether the quote before it has none behind it.
    package var isOpen = false
  }

  /// All of it, with the sign before it.
  package var range: Range<Int>
  package var isNegated = false
  /// Whether `~` stands before it.
  package var isPattern = false
  /// The letters before the colon, and where they and the colon stand.
  package var key: (text: String, range: Range<Int>)?
  /// What is looked for; several behind a key, parted by commas.
  package var values: [Value] = []

  /// Equal when both say the same at the same place.
  package static func == (left: FilterToken, right: FilterToken) -> Bool {
    left.range == right.range && left.isNegated == right.isNegated
      && left.isPattern == right.isPattern && left.key?.text == right.key?.text
      && left.values == right.values
  }
}

extension FilterToken {
  /// The terms of a text; blanks part them, but within quotes.
  ///
  /// A quote that is not closed reaches to the end.
  package static func all(of text: String) -> [FilterToken] {
    var reader = Reader(letters: Array(text))
    var tokens: [FilterToken] = []
    while let token = reader.token() { tokens.append(token) }
    return tokens
  }

  private struct Reader {
    let letters: [Character]
    var at = 0

    private var next: Character? { at < letters.count ? letters[at] : nil }
    private var isAtBlank: Bool { next?.isWhitespace ?? true }

    mutating func token() -> FilterToken? {
      while next?.isWhitespace == true { at += 1 }
      guard next != nil else { return nil }
      var token = FilterToken(range: at..<at)
      if next == "-", at + 1 < letters.count, !letters[at + 1].isWhitespace {
        token.isNegated = true
        at += 1
      }
      if next == "~" {
        token.isPattern = true
        at += 1
        token.values = [value(endsAtComma: false)]
      } else if let key = key() {
        token.key = key
        token.values = values()
      } else {
        token.values = [value(endsAtComma: false)]
      }
      token.range = token.range.lowerBound..<at
      return token
    }

    /// Letters and a colon.
    private mutating func key() -> (String, Range<Int>)? {
      var end = at
      while end < letters.count, letters[end].isLetter || letters[end] == "_" { end += 1 }
      guard end > at, end < letters.count, letters[end] == ":" else { return nil }
      defer { at = end + 1 }
      return (String(letters[at..<end]).lowercased(), at..<end + 1)
    }

    private mutating func values() -> [Value] {
      var values: [Value] = []
      while !isAtBlank {
        let value = value(endsAtComma: true)
        if !value.range.isEmpty { values.append(value) }
        if next == "," { at += 1 }
      }
      return values
    }

    private mutating func value(endsAtComma: Bool) -> Value {
      let start = at
      var text = ""
      if next == "\"" {
        at += 1
        while let letter = next, letter != "\"" {
          text.append(letter)
          at += 1
        }
        let isOpen = next == nil
        if !isOpen { at += 1 }
        return Value(text: text, range: start..<at, isQuoted: true, isOpen: isOpen)
      }
      while let letter = next, !letter.isWhitespace, !(endsAtComma && letter == ",") {
        text.append(letter)
        at += 1
      }
      return Value(text: text, range: start..<at)
    }
  }
}
