package import Runs

/// Which rows the operator wants to see, written in a line.
///
/// Words match any column; `status:failed,stopped` one column, `age:>10m` and `credits:1..5` compare,
/// `~` stands before a pattern, `-` before anything turns it round, quotes hold blanks together.
/// All terms must hold.
package struct Filter: Sendable, Equatable {
  /// Where a filter is wrong, and how.
  package struct Mistake: Error, Sendable, Equatable {
    /// The wrong part, as character offsets into the text.
    package var range: Range<Int>
    package var sentence: String
    /// The word that is not known, where a slip of a finger may have made it.
    package var slip: Slip?
  }

  /// A word where only some words mean something.
  package struct Slip: Sendable, Equatable {
    /// What is said of it before the word that was meant.
    package var fact: String
    package var word: String
    /// The words that mean something.
    package var known: [String]
  }

  /// A word that fits nothing we know of; only the runs tell whether it is wrong.
  struct Doubt: Sendable, Equatable {
    var word: String
    var range: Range<Int>
  }

  /// One condition.
  struct Term: Sendable, Equatable {
    var isNegated: Bool
    var test: FilterTest
  }

  private let terms: [Term]
  /// The words behind `status:` that are none of the product's.
  private let doubts: [Doubt]

  /// Lets everything pass.
  package static let none = Filter(terms: [])

  private init(terms: [Term]) {
    self.terms = terms
    doubts = []
  }

  /// Whether everything passes.
  package var isEmpty: Bool { terms.isEmpty }

  /// Whether what passes changes with time alone.
  package var dependsOnTime: Bool {
    terms.contains { if case .age = $0.test { true } else { false } }
  }

  /// Whether more of a row is looked at than where it stands.
  package var searches: Bool {
    terms.contains { if case .section = $0.test { false } else { true } }
  }

  /// What passes both; where they stand in their texts is not known any more.
  package func and(_ other: Filter) -> Filter { Filter(terms: terms + other.terms) }

  /// Reads a filter.
  /// - Throws: ``Mistake`` for the first thing that means nothing, and where it stands.
  package init(_ text: String) throws(Mistake) { try self.init(FilterToken.all(of: text)) }

  /// Reads the terms of a filter.
  /// - Throws: ``Mistake`` for the first that means nothing.
  init(_ tokens: [FilterToken]) throws(Mistake) {
    var terms: [Term] = []
    for token in tokens {
      let test = try FilterTest(token)
      terms.append(Term(isNegated: token.isNegated, test: test))
    }
    self.terms = terms
    doubts = tokens.flatMap(StatusWords.doubts)
  }

  /// What is wrong with the first word for a status that neither the product has nor any run.
  ///
  /// Servers may have words that we do not know: it is no mistake before the runs were looked at, and
  /// it is looked for as it is written all the same.
  /// - Parameter others: The words of runs that are none of the product's.
  /// - Returns: What to say of it; nil when there is no such word.
  package func doubt(among others: Set<String>) -> Mistake? {
    guard !doubts.isEmpty else { return nil }
    let others = others.map { $0.lowercased() }
    return doubts.first { doubt in !others.contains { $0.hasPrefix(doubt.word) } }
      .map { StatusWords.mistake($0, others) }
  }

  /// Whether a row is wanted at a moment.
  package func accepts(_ row: Row, at now: Timestamp) -> Bool {
    accepts([row], searches ? SearchTexts([row]) : SearchTexts([]), 0, at: now)
  }

  /// Whether the row at a place is wanted, whose texts stand at the same place.
  ///
  /// By place: a copy of each row would be felt.
  func accepts(_ rows: [Row], _ texts: SearchTexts, _ place: Int, at now: Timestamp) -> Bool {
    for term in terms {
      let holds =
        switch term.test {
        case .word(let word): texts.contains(word, at: place)
        case .pattern(let pattern): texts.matches(pattern, at: place)
        case .column(let key, let words):
          // What stands in no column of a row stands not in this one: most rows are not looked at.
          // A task's id stands in no column: only this key asks for it.
          words.contains {
            (key == .id || texts.contains($0, at: place)) && rows[place].shows($0.text, under: key)
          }
        case .section(let sections): sections.contains(rows[place].section)
        case .age(let ranges):
          texts.age(at: place, now).map { age in ranges.contains { $0.contains(age) } } ?? false
        case .credits(let ranges):
          texts.credits(at: place).map { amount in ranges.contains { $0.contains(amount) } }
            ?? false
        }
      if holds == term.isNegated { return false }
    }
    return true
  }
}
