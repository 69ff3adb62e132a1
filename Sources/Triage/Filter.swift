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
      case .word(let word): row.columns.contains { $0.lowercased().contains(word) }
      case .status(let word):
        row.run?.status.word.lowercased().hasPrefix(word) == true
          || (row.task != nil && "awaiting approval".hasPrefix(word))
      case .section(let section): row.section == section
      case .workflow(let word): row.title.lowercased().contains(word)
      }
    }
  }
}

extension Row {
  /// What a row shows, for plain words of a filter.
  fileprivate var columns: [String] {
    var columns = [title, id.run.text, section.name]
    if let run {
      columns += [run.status.word] + run.currentSteps.map(\.text)
      columns += [run.statusBy, run.trigger, run.failure?.code, run.failure?.message]
        .compactMap { $0 }
      if let step = run.failure?.step { columns.append(step.text) }
    }
    if let task {
      columns += [task.title, task.step.text] + [task.type].compactMap { $0 }
    }
    return columns
  }
}
