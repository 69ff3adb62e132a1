internal import Cells

/// A word of the command line, and where it stands.
struct LineWord: Equatable {
  /// What it says, without its quotes.
  var text: String
  /// As it was typed: filters and JSON read quotes by themselves.
  var raw: String
  /// Where it stands, in characters of the line.
  var range: Range<Int>

  /// Parts a line at its blanks; quotes hold blanks together, and the last one of a line that `isOpen`,
  /// still typed, needs no end.
  /// - Throws: ``LineMistake`` for a quote without its end.
  static func words(of line: String, isOpen: Bool = false) throws(LineMistake) -> [LineWord] {
    var words: [LineWord] = []
    var word: LineWord?
    var quote: Character?
    var quoteStart = 0
    for (offset, character) in line.enumerated() {
      if quote == nil, character == " " {
        if let finished = word { words.append(finished) }
        word = nil
        continue
      }
      var open = word ?? LineWord(text: "", raw: "", range: offset..<offset)
      open.raw.append(character)
      open.range = open.range.lowerBound..<offset + 1
      if quote == character {
        quote = nil
      } else if quote == nil, character == "\"" || character == "'" {
        quote = character
        quoteStart = offset
      } else {
        open.text.append(character)
      }
      word = open
    }
    guard quote == nil || isOpen else {
      throw LineMistake(range: quoteStart..<line.count, "this quote has no end")
    }
    if let word { words.append(word) }
    return words
  }

  /// Whether it is a flag: `--graceful`.
  var isFlag: Bool { raw.hasPrefix("--") }

  /// Whether it is a term of the filter language rather than an id.
  var isFilter: Bool { !isFlag && (raw.contains(":") || raw.hasPrefix("-") || raw.hasPrefix("~")) }
}

/// Why a line cannot be done, and which part of it is at fault.
struct LineMistake: Error, Equatable {
  /// The part, in characters of the line; empty when nothing in it is wrong, but something missing.
  var range: Range<Int>
  var sentence: String

  /// What is wrong with a part of a line.
  init(range: Range<Int>, _ sentence: String) {
    self.range = range
    self.sentence = sentence
  }

  /// What is wrong with a word.
  init(_ word: LineWord, _ sentence: String) {
    self.init(range: word.range, sentence)
  }

  /// What is missing at the end of a line.
  init(missing sentence: String) {
    self.init(range: 0..<0, sentence)
  }
}
