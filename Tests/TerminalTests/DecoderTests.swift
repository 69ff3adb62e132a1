import Cells
import Terminal
import Testing

/// Bytes as terminals send them, with what was pressed.
struct Sent: Sendable, CustomTestStringConvertible {
  var bytes: String
  var inputs: [Input]

  init(_ bytes: String, _ inputs: Input...) {
    self.bytes = bytes
    self.inputs = inputs
  }

  init(
    _ bytes: String,
    _ code: Key.Code,
    control: Bool = false,
    alt: Bool = false,
    shift: Bool = false
  ) {
    self.init(bytes, .key(Key(code, control: control, alt: alt, shift: shift)))
  }

  var testDescription: String { bytes.debugDescription }
}

private let esc = "\u{1B}"

@Suite struct DecoderTests {
  static let characters: [Sent] = [
    Sent("a", .character("a")),
    Sent("é", .character("é")),
    Sent("漢", .character("漢")),
    Sent("👍", .character("👍")),
    Sent(" ", .character(" ")),
    Sent("\r", .enter),
    Sent("\n", .character("j"), control: true),
    Sent("\t", .tab),
    Sent("\u{7F}", .backspace),
    Sent("\u{8}", .backspace),
    Sent("\u{0}", .character(" "), control: true),
    Sent("\u{4}", .character("d"), control: true),
    Sent("\u{1A}", .character("z"), control: true),
    Sent("\u{1C}", .character("\\"), control: true),
    Sent("\u{1F}", .character("_"), control: true),
    Sent("jk", .key(Key("j")), .key(Key("k"))),
  ]

  static let xterm: [Sent] = [
    Sent("\(esc)[A", .up), Sent("\(esc)[B", .down), Sent("\(esc)[C", .right),
    Sent("\(esc)[D", .left),
    Sent("\(esc)OA", .up), Sent("\(esc)OB", .down), Sent("\(esc)OC", .right),
    Sent("\(esc)OD", .left),
    Sent("\(esc)[H", .home), Sent("\(esc)[F", .end), Sent("\(esc)OH", .home),
    Sent("\(esc)OF", .end),
    Sent("\(esc)[2~", .insert), Sent("\(esc)[3~", .delete),
    Sent("\(esc)[5~", .pageUp), Sent("\(esc)[6~", .pageDown),
    Sent("\(esc)[Z", .backTab),
    Sent("\(esc)OP", .function(1)), Sent("\(esc)OQ", .function(2)), Sent("\(esc)OR", .function(3)),
    Sent("\(esc)OS", .function(4)), Sent("\(esc)[15~", .function(5)),
    Sent("\(esc)[17~", .function(6)), Sent("\(esc)[18~", .function(7)),
    Sent("\(esc)[19~", .function(8)), Sent("\(esc)[20~", .function(9)),
    Sent("\(esc)[21~", .function(10)), Sent("\(esc)[23~", .function(11)),
    Sent("\(esc)[24~", .function(12)),
    Sent("\(esc)[1;2A", .up, shift: true), Sent("\(esc)[1;3B", .down, alt: true),
    Sent("\(esc)[1;5C", .right, control: true),
    Sent("\(esc)[1;6D", .left, control: true, shift: true),
    Sent("\(esc)[5;5~", .pageUp, control: true), Sent("\(esc)[1;2P", .function(1), shift: true),
    Sent("\(esc)[3;3~", .delete, alt: true),
    Sent("\(esc)OM", .enter), Sent("\(esc)Oj", .character("*")), Sent("\(esc)Op", .character("0")),
    Sent("\(esc)O5P", .function(1), control: true), Sent("\(esc)O1;5A", .up, control: true),
    Sent("\(esc)[13;5u", .enter, control: true),
    Sent("\(esc)[97;5u", .character("a"), control: true),
    Sent("\(esc)[97;3u", .character("a"), alt: true), Sent("\(esc)[97;2u", .character("A")),
    Sent("\(esc)[27u", .escape), Sent("\(esc)[9;2u", .backTab), Sent("\(esc)[127u", .backspace),
    Sent("\(esc)[97;1:1u", .character("a")), Sent("\(esc)[97;1:3u"), Sent("\(esc)[57358u"),
    Sent("\(esc)[27;5;13~", .enter, control: true),
    Sent("\(esc)[27;6;65~", .character("a"), control: true),
    Sent("\(esc)[I", .focus(true)), Sent("\(esc)[O", .focus(false)),
  ]

  /// The linux console, rxvt, and tmux where they differ from xterm.
  static let others: [Sent] = [
    Sent("\(esc)[[A", .function(1)), Sent("\(esc)[[B", .function(2)),
    Sent("\(esc)[[C", .function(3)), Sent("\(esc)[[D", .function(4)),
    Sent("\(esc)[[E", .function(5)),
    Sent("\(esc)[1~", .home), Sent("\(esc)[4~", .end), Sent("\(esc)[7~", .home),
    Sent("\(esc)[8~", .end),
    Sent("\(esc)[25~", .function(13)), Sent("\(esc)[26~", .function(14)),
    Sent("\(esc)[28~", .function(15)), Sent("\(esc)[29~", .function(16)),
    Sent("\(esc)[31~", .function(17)), Sent("\(esc)[34~", .function(20)),
    Sent("\(esc)[11~", .function(1)), Sent("\(esc)[14~", .function(4)),
    Sent("\(esc)[a", .up, shift: true), Sent("\(esc)Oa", .up, control: true),
    Sent("\(esc)[5^", .pageUp, control: true),
    Sent("\(esc)\(esc)[A", .up, alt: true),
  ]

  static let pointers: [Sent] = [
    Sent("\(esc)[<0;1;1M", .pointer(Pointer(.press, at: Position(column: 0, row: 0)))),
    Sent("\(esc)[<0;300;24m", .pointer(Pointer(.release, at: Position(column: 299, row: 23)))),
    Sent("\(esc)[<64;5;6M", .pointer(Pointer(.wheelUp, at: Position(column: 4, row: 5)))),
    Sent("\(esc)[<65;5;6M", .pointer(Pointer(.wheelDown, at: Position(column: 4, row: 5)))),
    Sent("\(esc)[<80;5;6M", .pointer(Pointer(.wheelUp, at: Position(column: 4, row: 5)))),
    Sent("\(esc)[<2;5;6M"), Sent("\(esc)[<35;5;6M"), Sent("\(esc)[<0;5M"),
  ]

  static let pastes: [Sent] = [
    Sent("\(esc)[200~a\nb\(esc)[201~c", .paste("a\nb"), .key(Key("c"))),
    Sent("\(esc)[200~\(esc)[201~", .paste("")),
    Sent("\(esc)[200~x\(esc)[20\(esc)[201~", .paste("x\(esc)[20")),
    Sent("\(esc)[200~\(esc)\(esc)[201~", .paste("\(esc)")),
    Sent("\(esc)[200~q\r漢\(esc)[201~", .paste("q\r漢")),
  ]

  /// What nobody knows leaves no letter behind; the key after it is read.
  static let strangers: [Sent] = [
    Sent("\(esc)[?1;2cj", .key(Key(.character("j")))),
    Sent("\(esc)[>0;276;0cj", .key(Key(.character("j")))),
    Sent("\(esc)[12;40Rj", .key(Key(.character("j")))),
    Sent("\(esc)[99~j", .key(Key(.character("j")))),
    Sent("\(esc)[1;5wj", .key(Key(.character("j")))),
    Sent("\(esc)[?2026;2$yj", .key(Key(.character("j")))),
    Sent("\(esc)[M !!j", .key(Key(.character("j")))),
    Sent("\(esc)]11;rgb:1111/2222/3333\u{7}j", .key(Key(.character("j")))),
    Sent("\(esc)]52;c;YQ==\(esc)\\j", .key(Key(.character("j")))),
    Sent("\(esc)P1$r0m\(esc)\\j", .key(Key(.character("j")))),
    Sent("\(esc)_Gi=1;OK\(esc)\\j", .key(Key(.character("j")))),
    Sent("\(esc)[1;2;3;4;5;6;7;8;9;10;11;12;13;14;15;16;17;18;19Aj", .key(Key(.character("j")))),
    Sent(
      "\(esc)[" + String(repeating: "9", count: 500) + "Zj",
      .key(Key(.backTab)),
      .key(Key(.character("j")))
    ),
    Sent("\(esc)[1;\rj", .key(Key(.enter)), .key(Key(.character("j")))),
    Sent("\(esc)[1;\(esc)[Aj", .key(Key(.up)), .key(Key(.character("j")))),
    Sent("\(esc)]0;cut\(esc)[Aj", .key(Key(.up)), .key(Key(.character("j")))),
  ]

  static let all = characters + xterm + others + pointers + pastes + strangers

  @Test(arguments: all)
  func `bytes are the input they stand for`(sent: Sent) {
    var decoder = InputDecoder()
    #expect(decoder.feed(Array(sent.bytes.utf8)) == sent.inputs)
    #expect(!decoder.isPending)
    #expect(decoder.settle() == [])
  }

  @Test(arguments: all)
  func `bytes may be cut anywhere`(sent: Sent) {
    let bytes = Array(sent.bytes.utf8)
    for cut in bytes.indices.prefix(64) {
      var decoder = InputDecoder()
      let inputs = decoder.feed(bytes[..<cut]) + decoder.feed(bytes[cut...])
      #expect(inputs == sent.inputs, "cut before byte \(cut)")
    }
    var decoder = InputDecoder()
    #expect(bytes.flatMap { decoder.feed([$0]) } == sent.inputs, "byte by byte")
  }

  @Test func `a lone Esc waits until nothing follows`() {
    var decoder = InputDecoder()
    #expect(decoder.feed([0x1B]) == [])
    #expect(decoder.isPending)
    #expect(decoder.settle() == [.key(Key(.escape))])
    #expect(!decoder.isPending)
    #expect(decoder.settle() == [])
  }

  @Test func `two Escs are two keys`() {
    var decoder = InputDecoder()
    #expect(
      decoder.feed([0x1B, 0x1B]) + decoder.settle() == [.key(Key(.escape)), .key(Key(.escape))]
    )
  }

  @Test func `Esc and a letter in one read are Alt, in two reads two keys`() {
    var decoder = InputDecoder()
    #expect(decoder.feed(Array("\(esc)x".utf8)) == [.key(Key(.character("x"), alt: true))])
    #expect(
      decoder.feed([0x1B]) + decoder.feed(Array("x".utf8)) == [.key(Key(.escape)), .key(Key("x"))]
    )
    #expect(decoder.feed(Array("\(esc)é".utf8)) == [.key(Key(.character("é"), alt: true))])
    #expect(decoder.feed(Array("\(esc)\r".utf8)) == [.key(Key(.enter, alt: true))])
  }

  @Test(arguments: [("[", "["), ("O", "O"), ("P", "P"), ("]", "]")])
  func `Alt with the start of a sequence is a key when nothing follows`(
    typed: String,
    character: Character
  ) {
    var decoder = InputDecoder()
    #expect(decoder.feed(Array("\(esc)\(typed)".utf8)) == [])
    #expect(decoder.isPending)
    #expect(decoder.settle() == [.key(Key(.character(character), alt: true))])
  }

  @Test func `a sequence that is late is still swallowed whole`() {
    var decoder = InputDecoder()
    #expect(decoder.feed(Array("\(esc)[13;".utf8)) == [])
    #expect(decoder.settle() == [])
    #expect(decoder.feed(Array("5u".utf8)) == [.key(Key(.enter, control: true))])
  }

  @Test(
    arguments: [
      [0xFF], [0xC0, 0x80], [0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xC2, 0x9B],
      [0xE2, 0x82],
    ] as [[UInt8]]
  )
  func `bytes that are no character are ignored`(bytes: [UInt8]) {
    var decoder = InputDecoder()
    #expect(decoder.feed(bytes + Array("j".utf8)) == [.key(Key("j"))])
  }

  @Test func `a paste is kept up to its limit and ends where it ends`() throws {
    var decoder = InputDecoder()
    let text = String(repeating: "é", count: InputDecoder.pasteLimit)
    let inputs = decoder.feed(Array("\(esc)[200~\(text)\(esc)[201~j".utf8))
    #expect(inputs.count == 2)
    guard case .paste(let pasted) = try #require(inputs.first) else {
      Issue.record("no paste but \(inputs)")
      return
    }
    #expect(pasted.utf8.count <= InputDecoder.pasteLimit)
    #expect(pasted.utf8.count > InputDecoder.pasteLimit - 8)
    #expect(pasted.allSatisfy { $0 == "é" })
    #expect(inputs.last == .key(Key("j")))
  }

  @Test(arguments: 0..<40)
  func `noise does not break the decoder`(seed: UInt64) {
    var noise = Noise(seed: seed)
    var decoder = InputDecoder()
    for _ in 0..<200 {
      let bytes = (0..<Int.random(in: 1...40, using: &noise)).map { _ in
        Bool.random(using: &noise)
          ? UInt8.random(in: 0...255, using: &noise) : Self.seeds.randomElement(using: &noise) ?? 0
      }
      _ = decoder.feed(bytes)
      if Bool.random(using: &noise) { _ = decoder.settle() }
    }
    // Whatever has begun, it has an end: the key behind it is read.
    _ = decoder.feed(Array("\(esc)[201~\u{7}\(esc)\\".utf8))
    _ = decoder.feed(Array("\(esc)[201~xxxx".utf8))
    _ = decoder.settle()
    #expect(decoder.feed(Array("\r".utf8)) == [.key(Key(.enter))])
  }

  private static let seeds = Array("\u{1B}\u{1B}[[O]P;:<?0129~$MmuAR\\\u{7}".utf8)
}

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
}
