import Cells
import Testing

@Suite struct TextTests {
  @Test(
    arguments: [
      ("", 0), ("abc", 3), ("é", 1), ("e\u{301}", 1), ("漢字", 4), ("ｱ", 1), ("Ａ", 2), ("한글", 4),
      ("👍", 2), ("👍🏽", 2), ("👨‍👩‍👧", 6), ("❤\u{FE0F}", 1), ("🇩🇪", 2), ("1\u{FE0F}\u{20E3}", 1),
      ("─◆●…", 4), ("ไทย", 3), ("नि", 2), ("ع\u{64E}ر", 2), ("\u{1FAE8}", 1), ("a\tb", 3),
      ("\u{0}", 1),
      ("\u{200B}\u{200B}", 1),
    ] as [(String, Int)]
  )
  func `text is as wide as it is drawn`(text: String, width: Int) {
    #expect(Text.width(text) == width)
    var frame = Frame(size: Size(columns: 20, rows: 1))
    #expect(frame.put(text, column: 3, row: 0, look: .text) == 3 + width)
  }

  @Test(
    arguments: [
      ("a", 1), ("\u{301}", 0), ("漢", 2), ("\u{FE0F}", 0), ("\u{1F600}", 2), ("\u{1FAE8}", 1),
      ("\u{AD}", 1), ("\u{1F1E6}", 1), ("\u{1160}", 1), ("\u{1161}", 0), ("\u{10FFFF}", 1),
    ] as [(Unicode.Scalar, Int)]
  )
  func `single scalars have the widths of the table`(scalar: Unicode.Scalar, width: Int) {
    #expect(Width.of(scalar) == width)
  }

  @Test(
    arguments: [
      ("plain text, untouched", "plain text, untouched"),
      ("漢字 é e\u{301} ✓", "漢字 é e\u{301} ✓"),
      ("\u{1B}]52;c;YQ==\u{7}", "\u{FFFD}]52;c;YQ==\u{FFFD}"),
      ("\u{1B}[2J\u{1B}[31mred", "\u{FFFD}[2J\u{FFFD}[31mred"),
      ("\u{9B}2J", "\u{FFFD}2J"),
      ("a\u{7F}b\u{8}c", "a\u{FFFD}b\u{FFFD}c"),
      ("a\u{0}\u{1}\u{2}b", "a\u{FFFD}b"),
      ("one\ntwo\r\nthree\rfour", "one↵two↵three↵four"),
      ("one\u{2028}two\u{85}three", "one↵two↵three"),
      ("a\tb", "a⇥b"),
      ("invoice\u{202E}fdp.exe", "invoice\u{FFFD}fdp.exe"),
      ("\u{2066}a\u{2069}", "\u{FFFD}a\u{FFFD}"),
      ("pay\u{200B}pal", "pay\u{FFFD}pal"),
      ("pay\u{200D}pal", "pay\u{FFFD}pal"),
      ("\u{FEFF}start", "\u{FFFD}start"),
      ("soft\u{AD}hyphen", "soft\u{FFFD}hyphen"),
      ("tag\u{E0041}\u{E0042}s", "tag\u{FFFD}s"),
      ("fill\u{3164}er", "fill\u{FFFD}er"),
      ("z\u{300}\u{301}\u{302}\u{303}\u{304}\u{305}algo", "z\u{300}\u{301}\u{302}\u{FFFD}algo"),
      ("\u{301}lonely", "\u{FFFD}lonely"),
      ("👨‍👩‍👧", "👨👩👧"),
      ("👍🏽!", "👍!"),
      ("🏽", "\u{FFFD}"),
      ("❤\u{FE0F} 1\u{FE0F}\u{20E3}", "❤ 1\u{20E3}"),
      ("a\u{FE00}\u{FE01}\u{FE02}b", "a\u{FFFD}b"),
      ("می\u{200C}خواهم", "میخواهم"),
      ("می\u{200C}", "می\u{FFFD}"),
      ("🇩🇪", "DE"),
      ("\u{1FAE8}\u{1FAE9}", "\u{FFFD}"),
      ("\u{FFFF}", "\u{FFFD}"),
      ("bad\u{FFFD}\u{FFFD}utf8", "bad\u{FFFD}utf8"),
    ] as [(String, String)]
  )
  func `what is taken out of foreign text leaves a visible mark`(text: String, clean: String) {
    #expect(scalars(Text.sanitised(text)) == scalars(clean))
    #expect(scalars(Text.sanitised(clean)) == scalars(clean))
  }

  @Test(
    arguments: [
      ("", []), ("\n", [""]), ("a", ["a"]), ("a\n", ["a"]), ("a\n\nb", ["a", "", "b"]),
      ("a\r\nb\rc", ["a", "b", "c"]), ("\tx\n12345678\ty", ["        x", "12345678        y"]),
      ("1\u{1B}[m\n2", ["1\u{FFFD}[m", "2"]),
    ] as [(String, [String])]
  )
  func `lines stay lines and tabs become blanks`(text: String, lines: [String]) {
    #expect(Text.sanitisedLines(text) == lines)
  }

  @Test(
    arguments: [
      ("order-triage", 12, "order-triage"), ("order-triage", 11, "order-tria…"), ("abc", 1, "…"),
      ("a", 1, "a"), ("abc", 0, ""), ("abc", -4, ""), ("漢字漢", 6, "漢字漢"), ("漢字漢", 5, "漢字…"),
      ("漢字漢", 4, "漢…"), ("漢字", 1, "…"), ("e\u{301}e\u{301}e\u{301}", 2, "e\u{301}…"),
      ("a\nb\nc", 4, "a↵b…"),
    ] as [(String, Int, String)]
  )
  func `a cut shows and splits nothing`(text: String, columns: Int, cut: String) {
    #expect(Text.truncated(text, to: columns) == cut)
  }

  @Test func `padded text has exactly its columns`() {
    #expect(Text.padded("ab", to: 4) == "ab  ")
    #expect(Text.padded("漢字", to: 3) == "漢…")
    #expect(Text.padded("漢字漢", to: 4) == "漢… ")
    #expect(Text.padded("abc", to: 0) == "")
  }

  @Test(
    arguments: [
      ("one two three", 7, nil, ["one two", "three"]),
      ("one two three", 13, nil, ["one two three"]),
      ("one  two", 20, nil, ["one  two"]),
      ("  indented text", 10, nil, ["  indented", "text"]),
      ("abcdefghij", 4, nil, ["abcd", "efgh", "ij"]),
      ("ab cdefghij", 4, nil, ["ab", "cdef", "ghij"]),
      ("漢字漢字", 5, nil, ["漢字", "漢字"]),
      ("a\n\nb", 5, nil, ["a", "", "b"]),
      ("one two three", 5, 2, ["one", "two…"]),
      ("one two three", 5, 3, ["one", "two", "three"]),
      ("abcdefgh", 4, 1, ["abc…"]),
      ("a\nb", 4, 1, ["a…"]),
      ("漢", 1, nil, [""]), ("a\tb", 20, nil, ["a       b"]), ("a\nb\n", 4, nil, ["a", "b"]),
      ("one \n two", 9, nil, ["one", " two"]), ("   ", 9, nil, [""]),
      ("", 5, nil, []), ("abc", 0, nil, []), ("abc", 5, 0, []),
    ] as [(String, Int, Int?, [String])]
  )
  func `text wraps at blanks`(text: String, columns: Int, maximum: Int?, lines: [String]) {
    #expect(Text.wrapped(text, to: columns, maximumLines: maximum) == lines)
  }

  @Test(arguments: 0..<50)
  func `any text stays within its columns and holds nothing that acts`(seed: UInt64) {
    var noise = Noise(seed: seed)
    for _ in 0..<40 {
      let text = noise.text()
      let clean = Text.sanitised(text)
      #expect(scalars(Text.sanitised(clean)) == scalars(clean))
      #expect(Text.width(clean) == Text.width(text))
      #expect(!clean.unicodeScalars.contains(where: isActing))
      let columns = Int.random(in: 1...30, using: &noise)
      #expect(Text.width(Text.truncated(text, to: columns)) <= columns)
      #expect(Text.width(Text.padded(text, to: columns)) == columns)
      for line in Text.wrapped(text, to: columns, maximumLines: 5) {
        #expect(Text.width(line) <= columns)
        #expect(!line.unicodeScalars.contains(where: isActing))
      }
      var frame = Frame(size: Size(columns: columns, rows: 1))
      let column = Int.random(in: -3..<columns, using: &noise)
      frame.put(text, column: column, row: 0, look: .text)
      #expect(Text.width(frame.lines()[0]) == columns)
    }
  }

  /// What a terminal would obey, or what would change the order or the place of other text.
  private func isActing(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: true
    default: scalar.properties.isVariationSelector
    }
  }
}

func scalars(_ text: String) -> [Unicode.Scalar] { Array(text.unicodeScalars) }

/// Reproducible noise.
struct Noise: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state
  }

  /// Text of letters, blanks and everything that makes trouble.
  mutating func text() -> String {
    var text = ""
    for _ in 0..<Int.random(in: 0...60, using: &self) {
      let value: UInt32
      switch Int.random(in: 0...6, using: &self) {
      case 0: value = UInt32.random(in: 0...0x10_FFFF, using: &self)
      case 1: value = UInt32.random(in: 0...0xA0, using: &self)
      case 2: value = UInt32.random(in: 0x300...0x320, using: &self)
      case 3: value = UInt32.random(in: 0x4E00...0x4E80, using: &self)
      case 4: value = UInt32.random(in: 0x1F3F0...0x1F450, using: &self)
      case 5:
        value =
          [0x200B, 0x200D, 0x200D, 0xFE0F, 0x202E, 0x20, 0xA, 0x1F1E6, 0x1161, 0x5D0]
          .randomElement(using: &self) ?? 0x20
      default: value = UInt32.random(in: 0x61...0x7A, using: &self)
      }
      if let scalar = Unicode.Scalar(value) { text.unicodeScalars.append(scalar) }
    }
    return text
  }
}
