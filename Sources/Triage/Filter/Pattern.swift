/// A pattern to look for in text, without regard to case: `.`, `[a-z]`, `\d \w \s`, `* + ? {2,4}`,
/// `( )`, `|`, and `^ $` for the ends of a column.
///
/// Time is linear in the text, whatever the pattern: all ways to go on are followed at once, so that
/// neither a hostile message nor a careless pattern holds up a key.
struct Pattern: Sendable, Equatable {
  /// What is wrong with a pattern.
  struct Mistake: Error, Equatable {
    var sentence: String
    /// The characters that are wrong; nil when it is the whole.
    var range: Range<Int>?
  }

  /// The most places that a pattern has once its repetitions are written out.
  static let limit = 256

  private let text: String
  /// The places that each byte may stand at.
  fileprivate let accepting: [PatternPlaces]
  /// The places that may follow each place.
  fileprivate let following: [PatternPlaces]
  /// The places that a match begins with.
  fileprivate let first: PatternPlaces
  /// The places that a match ends with.
  fileprivate let last: PatternPlaces
  /// Whether nothing at all is a match.
  let isAlwaysFound: Bool
  /// A text without which there is no match.
  let required: SearchWord

  /// Reads a pattern.
  /// - Throws: ``Mistake`` for what it does not know, or one that is too large.
  init(_ text: String) throws(Mistake) {
    self.text = text
    var parser = PatternParser(text)
    let node = try parser.pattern()
    var places = PatternBuilder()
    let ends = try places.build(node)
    accepting = places.accepting
    following = places.following
    first = ends.first
    last = ends.last
    isAlwaysFound = ends.isNullable
    required = SearchWord(String(decoding: node.longestRequired, as: UTF8.self))
  }

  /// Equal when written alike.
  static func == (left: Pattern, right: Pattern) -> Bool { left.text == right.text }

  /// Goes through a text byte by byte.
  struct Matcher {
    private let pattern: Pattern
    private var places = PatternPlaces()

    init(_ pattern: Pattern) { self.pattern = pattern }

    /// Takes the next byte; true when a match ends with it.
    mutating func take(_ byte: UInt8) -> Bool {
      var next = pattern.first
      for place in places { next.form(union: pattern.following[place]) }
      next.form(intersection: pattern.accepting[Int(byte)])
      places = next
      return next.overlaps(pattern.last)
    }
  }
}

/// A set of places in a pattern.
struct PatternPlaces: Sendable, Equatable, Sequence {
  private var bits = SIMD4<UInt64>()

  mutating func insert(_ place: Int) { bits[place / 64] |= 1 << UInt64(place % 64) }
  mutating func form(union other: PatternPlaces) { bits |= other.bits }
  mutating func form(intersection other: PatternPlaces) { bits &= other.bits }
  func overlaps(_ other: PatternPlaces) -> Bool { bits & other.bits != SIMD4<UInt64>() }

  struct Iterator: IteratorProtocol {
    fileprivate var bits: SIMD4<UInt64>
    private var lane = 0

    fileprivate init(bits: SIMD4<UInt64>) { self.bits = bits }

    mutating func next() -> Int? {
      while lane < 4 {
        let word = bits[lane]
        if word != 0 {
          bits[lane] = word & (word - 1)
          return lane * 64 + word.trailingZeroBitCount
        }
        lane += 1
      }
      return nil
    }
  }

  func makeIterator() -> Iterator { Iterator(bits: bits) }
}

/// A part of a pattern.
indirect enum PatternNode: Sendable, Equatable {
  case nothing
  /// One byte, of these.
  case byte(PatternBytes)
  case sequence([PatternNode])
  case either([PatternNode])
  /// So many times at least, and at most; nil is without end.
  case repeated(PatternNode, Int, Int?)

  /// The longest run of single bytes that every match has in it.
  var longestRequired: [UInt8] {
    let parts: [PatternNode] = if case .sequence(let parts) = self { parts } else { [self] }
    var longest: [UInt8] = []
    var run: [UInt8] = []
    for part in parts {
      if case .byte(let bytes) = part, let only = bytes.only {
        run.append(only)
        if run.count > longest.count { longest = run }
      } else {
        run = []
        if case .sequence = part, part.longestRequired.count > longest.count {
          longest = part.longestRequired
        }
      }
    }
    return longest
  }
}

/// A set of bytes.
struct PatternBytes: Sendable, Equatable {
  private var bits = SIMD4<UInt64>()

  init(_ ranges: ClosedRange<UInt8>...) { for range in ranges { insert(range) } }

  mutating func insert(_ range: ClosedRange<UInt8>) {
    for byte in range { bits[Int(byte) / 64] |= 1 << UInt64(byte % 64) }
  }
  mutating func formUnion(_ other: PatternBytes) { bits |= other.bits }

  func contains(_ byte: UInt8) -> Bool { bits[Int(byte) / 64] >> UInt64(byte % 64) & 1 == 1 }

  /// The only byte of the set, when there is one.
  var only: UInt8? {
    let all = (UInt8.min...UInt8.max).filter(contains)
    return all.count == 1 ? all.first : nil
  }

  /// The letters of ASCII that are not in the set, but for what parts columns and what fills them up.
  var others: PatternBytes {
    var others = PatternBytes()
    for byte in UInt8(1)...0x7F where byte != 0x0A && !contains(byte) { others.insert(byte...byte) }
    return others
  }
}

/// Numbers the places of a pattern, and tells which may follow which.
struct PatternBuilder {
  private(set) var accepting = [PatternPlaces](repeating: PatternPlaces(), count: 256)
  private(set) var following: [PatternPlaces] = []

  /// Where a part of a pattern begins and ends.
  struct Ends {
    var first = PatternPlaces()
    var last = PatternPlaces()
    /// Whether it may be nothing at all.
    var isNullable = true
  }

  mutating func build(_ node: PatternNode) throws(Pattern.Mistake) -> Ends {
    switch node {
    case .nothing: return Ends()
    case .byte(let bytes): return try place(bytes)
    case .sequence(let parts):
      var whole = Ends()
      for part in parts { join(&whole, try build(part)) }
      return whole
    case .either(let parts):
      var whole = Ends()
      whole.isNullable = false
      for part in parts {
        let ends = try build(part)
        whole.first.form(union: ends.first)
        whole.last.form(union: ends.last)
        whole.isNullable = whole.isNullable || ends.isNullable
      }
      return whole
    case .repeated(let part, let least, let most): return try repeated(part, least, most)
    }
  }

  private mutating func place(_ bytes: PatternBytes) throws(Pattern.Mistake) -> Ends {
    let place = following.count
    guard place < Pattern.limit else {
      throw Pattern.Mistake(sentence: "wants a shorter pattern: this one is written out too long")
    }
    following.append(PatternPlaces())
    for byte in UInt8.min...UInt8.max where bytes.contains(byte) {
      accepting[Int(byte)].insert(place)
    }
    var ends = Ends()
    ends.first.insert(place)
    ends.last.insert(place)
    ends.isNullable = false
    return ends
  }

  private mutating func repeated(
    _ part: PatternNode,
    _ least: Int,
    _ most: Int?
  ) throws(Pattern.Mistake) -> Ends {
    if most == 0 { return Ends() }
    let before = following.count
    let one = try build(part)
    // A part without places is nothing however often it stands there, and the bound counts places.
    guard following.count > before else { return Ends() }
    var whole = Ends()
    for copy in 0..<(most ?? (least + 1)) {
      var next = try copy == 0 ? one : build(part)
      if copy >= least {
        if most == nil {
          for place in next.last { following[place].form(union: next.first) }
        }
        next.isNullable = true
      }
      join(&whole, next)
    }
    return whole
  }

  /// Puts a part behind another.
  private mutating func join(_ whole: inout Ends, _ part: Ends) {
    for place in whole.last { following[place].form(union: part.first) }
    if whole.isNullable { whole.first.form(union: part.first) }
    if part.isNullable {
      whole.last.form(union: part.last)
    } else {
      whole.last = part.last
    }
    whole.isNullable = whole.isNullable && part.isNullable
  }
}
