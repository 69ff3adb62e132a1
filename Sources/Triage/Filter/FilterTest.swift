internal import Runs

/// What one term of a filter asks of a row.
enum FilterTest: Sendable, Equatable {
  /// A text that occurs in some column.
  case word(SearchWord)
  /// A pattern that occurs in some column.
  case pattern(Pattern)
  case section([Section])
  /// A key's column; one of the texts, in lower case.
  case column(FilterKey, [SearchWord])
  /// Milliseconds since the moment that the row's age counts from.
  case age([ClosedRange<Int64>])
  /// Millionths of a credit.
  case credits([ClosedRange<Int64>])

  /// Reads a term.
  /// - Throws: ``Filter/Mistake`` for what it does not mean.
  init(_ token: FilterToken) throws(Filter.Mistake) {
    guard let written = token.key else {
      let value = token.values.first ?? FilterToken.Value(text: "", range: token.range)
      try FilterTest.checkQuote(token)
      if token.isPattern {
        self = .pattern(try FilterTest.pattern(value, token))
      } else {
        self = .word(SearchWord(value.text))
      }
      return
    }
    guard let key = FilterKey(rawValue: written.text) else {
      throw FilterTest.noKey(written.text, written.range)
    }
    let isMissing = token.values.isEmpty || token.values.contains { $0.text.isEmpty && !$0.isOpen }
    guard !isMissing else {
      throw Filter.Mistake(range: token.range, sentence: "\(key.rawValue): \(key.wants)")
    }
    try FilterTest.checkQuote(token)
    switch key {
    case .section: self = .section(try token.values.map(FilterTest.section))
    case .age: self = .age(try token.values.map(FilterTest.age))
    case .credits: self = .credits(try token.values.map(FilterTest.credits))
    case .status: self = .column(key, token.values.flatMap { StatusWords.searched($0.text) })
    default: self = .column(key, token.values.map { SearchWord($0.text) })
    }
  }

  private static func noKey(_ word: String, _ range: Range<Int>) -> Filter.Mistake {
    let known = FilterKey.allCases.map { "\($0.rawValue):" }
    let fact = "\(word): is no key"
    return Filter.Mistake(
      range: range,
      sentence: "\(fact); there are \(known.joined(separator: " ")); quotes take it as a word",
      slip: Filter.Slip(fact: fact, word: "\(word):", known: known)
    )
  }

  private static func checkQuote(_ token: FilterToken) throws(Filter.Mistake) {
    guard let open = token.values.first(where: \.isOpen) else { return }
    throw Filter.Mistake(range: open.range, sentence: "the quote is not closed: \" ends it")
  }

  private static func pattern(
    _ value: FilterToken.Value,
    _ token: FilterToken
  ) throws(Filter.Mistake) -> Pattern {
    do throws(Pattern.Mistake) {
      return try Pattern(value.text)
    } catch {
      let start = value.range.lowerBound + (value.isQuoted ? 1 : 0)
      let wrong = error.range.map { start + $0.lowerBound..<start + $0.upperBound }
      throw Filter.Mistake(range: wrong ?? token.range, sentence: "~ \(error.sentence)")
    }
  }

  private static func section(_ value: FilterToken.Value) throws(Filter.Mistake) -> Section {
    let word = value.text.lowercased()
    guard let section = Section.allCases.first(where: { $0.word.hasPrefix(word) }) else {
      var mistake = mistake(.section, value)
      mistake.slip = Filter.Slip(
        fact: "section: has no \(word)",
        word: word,
        known: Section.allCases.map(\.word)
      )
      throw mistake
    }
    return section
  }

  private static func age(_ value: FilterToken.Value) throws(Filter.Mistake) -> ClosedRange<Int64> {
    guard let range = FilterAmount.range(value.text, FilterAmount.duration) else {
      throw mistake(.age, value)
    }
    return range
  }

  private static func credits(
    _ value: FilterToken.Value
  ) throws(Filter.Mistake) -> ClosedRange<Int64> {
    guard let range = FilterAmount.range(value.text, FilterAmount.credits) else {
      throw mistake(.credits, value)
    }
    return range
  }

  private static func mistake(_ key: FilterKey, _ value: FilterToken.Value) -> Filter.Mistake {
    Filter.Mistake(range: value.range, sentence: "\(key.rawValue): \(key.wants)")
  }
}

extension Row {
  /// Whether a text, in lower case, stands in a key's column.
  func shows(_ word: String, under key: FilterKey) -> Bool {
    let occurs = { (text: String?) in text.map { Caseless.occurs(word, in: $0) } ?? false }
    switch key {
    case .status:
      if let status = run?.status.word, Caseless.begins(status, with: word) { return true }
      return task != nil && StatusWords.awaiting.hasPrefix(word)
    case .workflow: return occurs(title)
    case .step:
      return run?.currentSteps.contains { occurs($0.text) } == true
        || occurs(run?.failure?.step?.text) || occurs(task?.step.text)
    case .code: return occurs(run?.failure?.code)
    case .trigger: return occurs(run?.trigger)
    case .by: return occurs(run?.statusBy)
    case .id:
      return Caseless.begins(id.run.text, with: word)
        || (id.task.map { Caseless.begins($0.text, with: word) } ?? false)
    case .section, .age, .credits: return false
    }
  }
}

/// Looks for text without regard to case.
enum Caseless {
  /// Whether a word, in lower case already, occurs in a text.
  static func occurs(_ word: String, in text: String) -> Bool {
    search(word.utf8.span, in: text.utf8.span) ?? text.lowercased().contains(word)
  }

  /// Whether a text begins with a word in lower case.
  static func begins(_ text: String, with word: String) -> Bool {
    begins(text.utf8.span, with: word.utf8.span) ?? text.lowercased().hasPrefix(word)
  }

  /// Nil when there is more to case than ASCII knows.
  private static func begins(_ text: Span<UInt8>, with word: Span<UInt8>) -> Bool? {
    for index in word.indices {
      guard word[index] < 0x80 else { return nil }
      guard index < text.count, lower(text[index]) == word[index] else { return false }
    }
    return true
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

  /// The lower case of a letter of ASCII; other bytes as they are.
  @inline(__always)
  static func lower(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }
}
