/// What HTTP says about bytes below 128.
enum ASCII {
  /// Tells whether two texts are the same but for the case of the letters A to Z.
  static func equalIgnoringCase(_ one: String, _ other: String) -> Bool {
    one.utf8.count == other.utf8.count
      && zip(one.utf8, other.utf8).allSatisfy { lowercase($0) == lowercase($1) }
  }

  /// Tells whether `text` is what HTTP calls a token: a method or the name of a header.
  static func isToken(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy(isTokenByte)
  }

  /// Tells whether `text` has a byte that a header line may not carry.
  ///
  /// A tab is allowed; every other control byte is not: line ends would start a header of the
  /// value's choosing, and a zero would end the text early.
  static func hasControlByte(_ text: String) -> Bool {
    text.utf8.contains { ($0 < 0x20 && $0 != 0x09) || $0 == 0x7F }
  }

  /// The text with everything that could act on a terminal taken out.
  static func printable(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { (0x20..<0x7F).contains($0.value) ? $0 : "?" }
      )
    )
  }

  private static func lowercase(_ byte: UInt8) -> UInt8 {
    (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
  }

  private static func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
  }
}
