/// Words of a command line, as `sh` reads and writes them.
package enum ShellWord {
  /// The word in quotes where it needs some.
  package static func quoted(_ word: String) -> String {
    let isPlain = word.unicodeScalars.allSatisfy { scalar in
      scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
        || "_-./:=@%+,".unicodeScalars.contains(scalar)
    }
    // Before anything else `~` and `=` mean nothing; an empty word needs its quotes to be one.
    if isPlain, !word.isEmpty { return word }
    return "'" + word.replacing("'", with: "'\\''") + "'"
  }

  /// What is wrong with a line, in one sentence.
  package struct Mistake: Error, Sendable, Equatable {
    package var sentence: String
  }

  /// Parts a line into words as a shell would, but for what a shell replaces: quotes and backslashes
  /// hold blanks together, `$`, `*` and the rest mean themselves.
  /// - Throws: ``Mistake`` for a quote without its end.
  package static func split(_ line: String) throws(Mistake) -> [String] {
    var words: [String] = []
    var word: String?
    var quote: Character?
    var isEscaped = false
    for character in line {
      if isEscaped {
        // Within double quotes a backslash stands before these only.
        let isMeant = quote == nil || ["\"", "\\", "$", "`"].contains(character)
        word = (word ?? "") + (isMeant ? "" : "\\") + String(character)
        isEscaped = false
        continue
      }
      switch (character, quote) {
      case ("\\", nil), ("\\", "\""): isEscaped = true
      case (_, .some(let open)) where character == open: quote = nil
      case ("'", nil), ("\"", nil):
        quote = character
        word = word ?? ""
      case (_, nil) where character.isWhitespace:
        if let finished = word { words.append(finished) }
        word = nil
      default: word = (word ?? "") + String(character)
      }
    }
    guard quote == nil, !isEscaped else {
      throw Mistake(sentence: "has a \(quote.map { "quote \($0)" } ?? "backslash") without its end")
    }
    if let finished = word { words.append(finished) }
    return words
  }
}
