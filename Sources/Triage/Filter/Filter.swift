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
  }

  /// One condition.
  struct Term: Sendable, Equatable {
    var isNegated: Bool
    var test: FilterTest
  }

  private let terms: [Term]

  /// Lets everything pass.
  package static let none = Filter(terms: [])

  private init(terms: [Term]) { self.terms = terms }

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

  /// What passes both.
  package func and(_ other: Filter) -> Filter { Filter(terms: terms + other.terms) }

  /// Reads a filter.
  /// - Throws: ``Mistake`` for the first thing that means nothing, and where it stands.
  package init(_ text: String) throws(Mistake) {
    var terms: [Term] = []
    for token in FilterToken.all(of: text) {
      let test = try FilterTest(token)
      terms.append(Term(isNegated: token.isNegated, test: test))
    }
    self.terms = terms
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
