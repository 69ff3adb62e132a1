internal import Runs

/// Which rows the operator wants to see: words that must occur in some column, and conditions on one.
package struct Filter: Sendable, Equatable {
  /// One condition; all of them must hold.
  enum Term: Sendable, Equatable {
    case word(String)
    case status(String)
    case section(Section)
    case workflow(String)
  }

  /// Where a filter is wrong, and how.
  package struct Mistake: Error, Sendable, Equatable {
    /// The wrong part, as character offsets into the text.
    package var range: Range<Int>
    package var sentence: String
  }

  let terms: [Term]

  /// Lets everything pass.
  package static let none = Filter(terms: [])

  private init(terms: [Term]) { self.terms = terms }

  /// Whether everything passes.
  package var isEmpty: Bool { terms.isEmpty }

  /// Reads a filter: blanks part its terms.
  /// - Throws: ``Mistake`` for a key that there is not, or a section that there is not.
  package init(_ text: String) throws(Mistake) {
    var terms: [Term] = []
    for (word, range) in Filter.words(of: text) {
      terms.append(try Filter.term(word, at: range))
    }
    self.terms = terms
  }

  private static func words(of text: String) -> [(String, Range<Int>)] {
    var words: [(String, Range<Int>)] = []
    var word = ""
    for (offset, character) in (text + " ").enumerated() {
      if !character.isWhitespace {
        word.append(character)
      } else if !word.isEmpty {
        words.append((word, offset - word.count..<offset))
        word = ""
      }
    }
    return words
  }

  private static func term(_ word: String, at range: Range<Int>) throws(Mistake) -> Term {
    guard let colon = word.firstIndex(of: ":"), colon != word.startIndex else {
      return .word(word.lowercased())
    }
    let key = word[..<colon].lowercased()
    let value = word[word.index(after: colon)...].lowercased()
    guard ["status", "section", "workflow"].contains(key) else {
      throw Mistake(
        range: range.lowerBound..<range.lowerBound + key.count,
        sentence: "\(key): is no key here; there are status: section: workflow:"
      )
    }
    guard !value.isEmpty else {
      throw Mistake(range: range, sentence: "\(key): wants a word behind it")
    }
    switch key {
    case "status": return .status(value)
    case "workflow": return .workflow(value)
    default:
      guard let section = Section.allCases.first(where: { $0.word.hasPrefix(value) }) else {
        let words = Section.allCases.map(\.word).joined(separator: ", ")
        throw Mistake(
          range: range.upperBound - value.count..<range.upperBound,
          sentence: "section: wants one of \(words)"
        )
      }
      return .section(section)
    }
  }

  /// Whether a row is wanted.
  package func accepts(_ row: Row) -> Bool {
    terms.allSatisfy { term in
      switch term {
      case .word(let word): row.mentions(word)
      case .status(let word):
        row.run?.status.word.lowercased().hasPrefix(word) == true
          || (row.task != nil && "awaiting approval".hasPrefix(word))
      case .section(let section): row.section == section
      case .workflow(let word): Caseless.occurs(word, in: row.title)
      }
    }
  }
}

extension Row {
  /// Whether a word occurs in what a row shows.
  fileprivate func mentions(_ word: String) -> Bool {
    let occurs = { (text: String?) in text.map { Caseless.occurs(word, in: $0) } ?? false }
    if Caseless.occurs(word, in: title) || Caseless.occurs(word, in: id.run.text)
      || Caseless.occurs(word, in: section.name)
    {
      return true
    }
    if let run {
      if Caseless.occurs(word, in: run.status.word) { return true }
      if run.currentSteps.contains(where: { Caseless.occurs(word, in: $0.text) }) { return true }
      if occurs(run.statusBy) || occurs(run.trigger) { return true }
      if let failure = run.failure {
        if occurs(failure.code) || occurs(failure.message) { return true }
        if occurs(failure.step?.text) { return true }
      }
    }
    guard let task else { return false }
    return Caseless.occurs(word, in: task.title) || Caseless.occurs(word, in: task.step.text)
      || (task.type.map { Caseless.occurs(word, in: $0) } ?? false)
  }
}

/// Looks for text without regard to case.
enum Caseless {
  /// Whether a word, in lower case already, occurs in a text.
  ///
  /// ASCII, which is nearly all there is, is compared byte by byte; making a lower-case copy of
  /// every column at every keystroke would be felt.
  static func occurs(_ word: String, in text: String) -> Bool {
    search(word.utf8.span, in: text.utf8.span) ?? text.lowercased().contains(word)
  }

  /// Nil when there is more to case than ASCII knows.
  private static func search(_ word: Span<UInt8>, in text: Span<UInt8>) -> Bool? {
    for index in word.indices where word[index] >= 0x80 { return nil }
    guard word.count <= text.count else { return false }
    guard word.count > 0 else { return true }
    let first = word[0]
    for start in 0...text.count - word.count where lower(text[start]) == first {
      var length = 1
      while length < word.count, lower(text[start + length]) == word[length] { length += 1 }
      if length == word.count { return true }
    }
    return false
  }

  @inline(__always)
  private static func lower(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }
}
