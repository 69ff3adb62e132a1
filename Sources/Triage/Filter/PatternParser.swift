/// Reads a pattern as it is written.
struct PatternParser {
  /// The pattern in lower case, letter for letter.
  private let letters: [Character]
  /// The letters as they were written: behind a \ a large one means something else.
  private let written: [Character]
  private var at = 0
  private var depth = 0

  /// How deep groups may lie in each other.
  private static let deepest = 32
  /// The most that a repetition may count to.
  private static let mostTimes = 100

  init(_ text: String) {
    written = Array(text)
    letters = written.map { letter in
      let low = letter.lowercased()
      return low.count == 1 ? low.first ?? letter : letter
    }
  }

  private var next: Character? { at < letters.count ? letters[at] : nil }

  private func mistake(_ sentence: String, from start: Int) -> Pattern.Mistake {
    Pattern.Mistake(sentence: sentence, range: start..<max(start + 1, min(at, letters.count)))
  }

  /// The whole pattern.
  mutating func pattern() throws(Pattern.Mistake) -> PatternNode {
    guard !letters.isEmpty else {
      throw Pattern.Mistake(sentence: "wants a pattern such as 401|403, jira.*refused")
    }
    let node = try either()
    guard at == letters.count else { throw mistake("has a ) that nothing opens", from: at) }
    return node
  }

  private mutating func either() throws(Pattern.Mistake) -> PatternNode {
    var parts = [try sequence()]
    while next == "|" {
      at += 1
      parts.append(try sequence())
    }
    return parts.count == 1 ? parts[0] : .either(parts)
  }

  private mutating func sequence() throws(Pattern.Mistake) -> PatternNode {
    var parts: [PatternNode] = []
    while let letter = next, letter != "|", letter != ")" {
      let start = at
      let part = try single()
      parts.append(try times(part, from: start))
    }
    return parts.count == 1 ? parts[0] : parts.isEmpty ? .nothing : .sequence(parts)
  }

  /// What is behind a part: how often it stands there.
  private mutating func times(
    _ part: PatternNode,
    from start: Int
  ) throws(Pattern.Mistake) -> PatternNode {
    var node = part
    if let range = try count() {
      node = .repeated(node, range.least, range.most)
      // A second sign makes it lazy or greedy elsewhere; what is found is the same.
      if next == "?" || next == "+" { at += 1 }
      guard try count() == nil else { throw mistake("repeats what is repeated", from: start) }
    }
    return node
  }

  private mutating func count() throws(Pattern.Mistake) -> (least: Int, most: Int?)? {
    switch next {
    case "*":
      at += 1
      return (0, nil)
    case "+":
      at += 1
      return (1, nil)
    case "?":
      at += 1
      return (0, 1)
    case "{": return try braces()
    default: return nil
    }
  }

  /// `{3}`, `{2,}`, `{2,4}`.
  private mutating func braces() throws(Pattern.Mistake) -> (least: Int, most: Int?)? {
    let start = at
    at += 1
    let least = number()
    var most = least
    if next == "," {
      at += 1
      most = number()
      if most == nil, next == "}", let least {
        at += 1
        return (try bounded(least, from: start), nil)
      }
    }
    guard let least, let most, next == "}", least <= most else {
      throw mistake("wants {3}, {2,} or {2,4} for a count", from: start)
    }
    at += 1
    return (least, try bounded(most, from: start))
  }

  private func bounded(_ number: Int, from start: Int) throws(Pattern.Mistake) -> Int {
    guard number <= PatternParser.mostTimes else {
      throw mistake("counts to \(PatternParser.mostTimes) at most", from: start)
    }
    return number
  }

  private mutating func number() -> Int? {
    var digits = ""
    while let letter = next, ("0"..."9").contains(letter), digits.count < 6 {
      digits.append(letter)
      at += 1
    }
    return Int(digits)
  }

  private mutating func single() throws(Pattern.Mistake) -> PatternNode {
    let start = at
    guard let letter = next else { return .nothing }
    at += 1
    switch letter {
    case "(": return try group(from: start)
    case "[": return try oneOf(from: start)
    case ".": return PatternParser.any
    case "^", "$": return .byte(PatternBytes(0x0A...0x0A))
    case "*", "+", "?", "{": throw mistake("has nothing before \(letter) to repeat", from: start)
    case "\\": return try escape(from: start)
    default: return PatternParser.literal(letter)
    }
  }

  private mutating func group(from start: Int) throws(Pattern.Mistake) -> PatternNode {
    guard depth < PatternParser.deepest else { throw mistake("has too many ( in (", from: start) }
    if next == "?", at + 1 < letters.count, letters[at + 1] == ":" { at += 2 }
    depth += 1
    let node = try either()
    depth -= 1
    guard next == ")" else { throw mistake("has a ( that is not closed", from: start) }
    at += 1
    return node
  }

  // MARK: Classes

  private static let digits = PatternBytes(0x30...0x39)
  private static let wordLetters = PatternBytes(0x30...0x39, 0x61...0x7A, 0x5F...0x5F)
  private static let blanks = PatternBytes(0x20...0x20, 0x09...0x09, 0x0D...0x0D)

  /// A class by its letter; nil when there is none.
  private static func known(_ letter: Character) -> PatternBytes? {
    switch letter {
    case "d": digits
    case "w": wordLetters
    case "s": blanks
    default: nil
    }
  }

  private mutating func escape(from start: Int) throws(Pattern.Mistake) -> PatternNode {
    if let bytes = try escapedClass(from: start) { return .byte(bytes) }
    defer { at += 1 }
    return PatternParser.literal(letters[at])
  }

  /// The class behind a \; nil, with the letter still to come, when a sign stands there.
  private mutating func escapedClass(from start: Int) throws(Pattern.Mistake) -> PatternBytes? {
    guard at < written.count else { throw mistake("has nothing behind \\", from: start) }
    let letter = written[at]
    guard letter.isLetter || letter.isNumber else { return nil }
    at += 1
    guard let bytes = PatternParser.known(letter) else {
      throw mistake("knows \\d \\w \\s, and \\ before a sign", from: start)
    }
    return bytes
  }

  /// `[a-z_]`, `[^0-9]`.
  private mutating func oneOf(from start: Int) throws(Pattern.Mistake) -> PatternNode {
    let isNegated = next == "^"
    if isNegated { at += 1 }
    var bytes = PatternBytes()
    var others: [PatternNode] = []
    var isFirst = true
    while let letter = next, letter != "]" || isFirst {
      isFirst = false
      at += 1
      if letter == "\\" {
        if let known = try escapedClass(from: at - 1) {
          bytes.formUnion(known)
          continue
        }
        let escaped = letters[at]
        at += 1
        try add(escaped, to: &bytes, &others, from: start)
      } else {
        try add(letter, to: &bytes, &others, from: start)
      }
    }
    guard next == "]" else { throw mistake("has a [ that is not closed", from: start) }
    at += 1
    guard isNegated else { return .either([.byte(bytes)] + others) }
    guard others.isEmpty else {
      throw mistake("wants plain letters behind [^", from: start)
    }
    return .either([.byte(bytes.others), PatternParser.beyondASCII])
  }

  /// A letter of a class, with the range that it begins.
  private mutating func add(
    _ letter: Character,
    to bytes: inout PatternBytes,
    _ others: inout [PatternNode],
    from start: Int
  ) throws(Pattern.Mistake) {
    guard let low = letter.asciiValue else {
      others.append(PatternParser.literal(letter))
      return
    }
    guard next == "-", at + 1 < letters.count, letters[at + 1] != "]" else {
      bytes.insert(low...low)
      return
    }
    guard let high = letters[at + 1].asciiValue, low <= high else {
      throw mistake("has a range in [ ] that ends before it begins", from: start)
    }
    at += 2
    bytes.insert(low...high)
  }

  /// Any letter of a column.
  private static let any = PatternNode.either([.byte(PatternBytes().others), beyondASCII])

  /// A letter of more than one byte.
  private static let beyondASCII = PatternNode.sequence([
    .byte(PatternBytes(0xC2...0xF4)),
    .repeated(.byte(PatternBytes(0x80...0xBF)), 1, 3),
  ])

  private static func literal(_ letter: Character) -> PatternNode {
    let bytes = Array(String(letter).utf8).map { PatternNode.byte(PatternBytes($0...$0)) }
    return bytes.count == 1 ? bytes[0] : .sequence(bytes)
  }
}
