internal import Cells
package import Triage

/// The filter while it is typed.
package struct FilterPrompt: Sendable, Equatable {
  var line: LineEditor
  /// What of the line can be read.
  package var reading: FilterReading
  /// What was typed, while a candidate stands in the line in its place.
  var stem: LineEditor?
  /// Which candidate stands in the line.
  var choice: Int?
  /// What stands in the columns that were completed, as it was when they were.
  var values: [FilterKey: [Inbox.Value]] = [:]

  /// A prompt with what the filter is now.
  package init(text: String) {
    line = LineEditor(text)
    reading = FilterReading(text)
  }

  /// What is wrong with the line.
  package var mistake: Filter.Mistake? { reading.mistake }

  /// What stands in the prompt.
  package var text: String { line.text }

  /// Lays a key on the line; false when it means nothing there.
  mutating func edit(_ key: Key, _ keymap: Keymap) -> Bool {
    guard line.edit(key, keymap) else { return false }
    (stem, choice) = (nil, nil)
    return true
  }

  /// Puts pasted text into the line; false when there is no room.
  mutating func insert(_ text: String) -> Bool {
    guard line.insert(text) else { return false }
    (stem, choice) = (nil, nil)
    return true
  }
}

extension FilterPrompt {
  /// A way to go on from what was typed.
  struct Candidate: Equatable {
    /// What goes into the line.
    var text: String
    /// What it is.
    var description: String
    /// The characters that it takes the place of.
    var replaces: Range<Int>
  }

  /// The part of the line that is being typed.
  private enum Part {
    /// A word, which may become a key.
    case word(String, Range<Int>)
    /// A text behind a key.
    case value(FilterKey, String, Range<Int>)
  }

  private var part: Part? {
    let typed = stem ?? line
    let cursor = typed.cursor
    let tokens = FilterToken.all(of: typed.text)
    guard let token = tokens.first(where: { $0.range.contains(cursor - 1) }) else {
      return .word("", cursor..<cursor)
    }
    guard let written = token.key else {
      guard !token.isPattern, let value = token.values.first, !value.isQuoted,
        value.range.upperBound == cursor
      else { return nil }
      return .word(value.text, value.range)
    }
    guard let key = FilterKey(rawValue: written.text), cursor >= written.range.upperBound else {
      return nil
    }
    guard let value = token.values.first(where: { $0.range.upperBound == cursor }) else {
      return .value(key, "", cursor..<cursor)
    }
    return .value(key, value.text, value.range)
  }

  /// The key whose column is completed, so that what stands in it can be found out.
  var completedKey: FilterKey? {
    if case .value(let key, _, _) = part { key } else { nil }
  }

  /// The ways to go on: keys for a word, and what stands in its column now for a key.
  var candidates: [Candidate] {
    switch part {
    case .word(let word, let range):
      let begun = word.lowercased()
      return FilterKey.allCases.filter { $0.rawValue.hasPrefix(begun) }.map {
        Candidate(text: "\($0.rawValue):", description: $0.description, replaces: range)
      }
    case .value(let key, let text, let range) where key.isAmount:
      let examples = key == .age ? [">10m", ">1h", "<1h", "2h..3d"] : [">1", "<0.5", "1..5"]
      return examples.filter { $0.hasPrefix(text) }.map {
        Candidate(text: $0, description: key.description, replaces: range)
      }
    case .value(let key, let text, let range):
      let begun = text.lowercased()
      let values = values[key] ?? []
      let fitting = values.filter { $0.text.lowercased().hasPrefix(begun) }
      return fitting.map { value in
        let rows = value.count == 1 ? "1 row" : "\(value.count) rows"
        return Candidate(
          text: FilterPrompt.written(value.text),
          description: rows,
          replaces: range
        )
      }
    case nil: return []
    }
  }

  /// A text as it is written behind a key: in quotes where blanks or commas would part it.
  private static func written(_ text: String) -> String {
    let plain = Text.sanitised(text)
    let isOneWord = !plain.contains { $0.isWhitespace || $0 == "," || $0 == "\"" }
    return isOneWord ? plain : "\"\(plain.prefix { $0 != "\"" })\""
  }

  /// Whether the ways to go on are shown: when they were asked for, or a key wants its value that
  /// does not stand there yet.
  var showsCandidates: Bool {
    if choice != nil { return true }
    guard case .value(_, let text, _) = part else { return false }
    let candidates = candidates
    return candidates.count != 1 || candidates[0].text != text
  }

  /// Puts the next candidate into the line, or the one before.
  mutating func choose(_ step: Int) {
    let candidates = candidates
    guard !candidates.isEmpty else { return }
    let typed = stem ?? line
    let next = choice.map { $0 + step } ?? (step > 0 ? 0 : candidates.count - 1)
    let place = (next + candidates.count) % candidates.count
    let candidate = candidates[place]
    let text = typed.text
    let head = text.prefix(candidate.replaces.lowerBound) + candidate.text
    line = LineEditor(String(head + text.dropFirst(candidate.replaces.upperBound)))
    line.moveCursor(to: head.count)
    // There is nothing else to choose: what comes next completes what stands there now.
    let isOnly = candidates.count == 1
    stem = isOnly ? nil : typed
    choice = isOnly ? nil : place
  }
}

/// The name of the filter that becomes a tab, while it is typed.
package struct FilterNaming: Sendable, Equatable {
  var line = LineEditor()
  /// The filter that is saved.
  let text: String
  /// Why it was not saved.
  var mistake: String?
}
