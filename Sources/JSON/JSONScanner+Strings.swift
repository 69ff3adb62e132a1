extension JSONScanner {
  /// Reads a string.
  ///
  /// Escapes are undone; lone surrogates and bytes that are not UTF-8 become U+FFFD.
  /// - Throws: ``JSONMistake`` when there is no string here, or it holds raw control characters.
  package static func string(
    _ bytes: Span<UInt8>,
    _ at: inout Int
  ) throws(JSONMistake) -> String {
    if let range = try plainString(bytes, &at) { return text(bytes, range) }
    return try escapedString(bytes, &at)
  }

  /// Moves past a string in which nothing is escaped and returns where its text stands; nil, with the
  /// place left at the string, when something is.
  /// - Throws: ``JSONMistake`` when there is no string here, or it holds raw control characters.
  package static func plainString(
    _ bytes: Span<UInt8>,
    _ at: inout Int
  ) throws(JSONMistake) -> Range<Int>? {
    guard try peek(bytes, &at) == UInt8(ascii: "\"") else {
      throw JSONMistake(.unexpected, at: at, wanted: "a text")
    }
    let start = at + 1
    var end = start
    while end < bytes.count {
      let byte = bytes[end]
      if byte == UInt8(ascii: "\"") {
        at = end + 1
        return start..<end
      }
      if byte == UInt8(ascii: "\\") { return nil }
      guard byte >= 0x20 else {
        at = end
        throw JSONMistake(.malformed, at: at, wanted: "no raw control character in a text")
      }
      end += 1
    }
    at = end
    throw JSONMistake(.truncated, at: at, wanted: "the end of a text")
  }

  /// Reads a string in which something is escaped.
  static func escapedString(
    _ bytes: Span<UInt8>,
    _ at: inout Int
  ) throws(JSONMistake) -> String {
    at += 1
    var copy: [UInt8] = []
    while at < bytes.count {
      let byte = bytes[at]
      at += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: copy, as: UTF8.self)
      case UInt8(ascii: "\\"): try escape(bytes, &at, into: &copy)
      case 0..<0x20:
        throw JSONMistake(.malformed, at: at - 1, wanted: "no raw control character in a text")
      default: copy.append(byte)
      }
    }
    throw JSONMistake(.truncated, at: at, wanted: "the end of a text")
  }

  private static func escape(
    _ bytes: Span<UInt8>,
    _ at: inout Int,
    into copy: inout [UInt8]
  ) throws(JSONMistake) {
    guard at < bytes.count else { throw JSONMistake(.truncated, at: at, wanted: "an escape") }
    let letter = bytes[at]
    at += 1
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): copy.append(letter)
    case UInt8(ascii: "n"): copy.append(0x0A)
    case UInt8(ascii: "t"): copy.append(0x09)
    case UInt8(ascii: "r"): copy.append(0x0D)
    case UInt8(ascii: "b"): copy.append(0x08)
    case UInt8(ascii: "f"): copy.append(0x0C)
    case UInt8(ascii: "u"):
      let scalar = try unicodeEscape(bytes, &at)
      copy.append(contentsOf: Array(String(Character(scalar)).utf8))
    default: throw JSONMistake(.malformed, at: at - 1, wanted: "an escape that JSON knows")
    }
  }

  /// The scalar of `\uXXXX`, or of a pair of them.
  private static func unicodeEscape(
    _ bytes: Span<UInt8>,
    _ at: inout Int
  ) throws(JSONMistake) -> Unicode.Scalar {
    let replacement: Unicode.Scalar = "\u{FFFD}"
    let first = try hexadecimal(bytes, &at)
    guard (0xD800...0xDFFF).contains(first) else { return Unicode.Scalar(first) ?? replacement }
    // A high half takes the low half behind it; anything else stays a mark of its own.
    guard first < 0xDC00, at + 1 < bytes.count, bytes[at] == UInt8(ascii: "\\"),
      bytes[at + 1] == UInt8(ascii: "u")
    else { return replacement }
    var ahead = at + 2
    let second = try hexadecimal(bytes, &ahead)
    guard (0xDC00...0xDFFF).contains(second) else { return replacement }
    at = ahead
    return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)) ?? replacement
  }

  private static func hexadecimal(
    _ bytes: Span<UInt8>,
    _ at: inout Int
  ) throws(JSONMistake) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard at < bytes.count else { throw JSONMistake(.truncated, at: at, wanted: "four digits") }
      let byte = bytes[at]
      switch byte {
      case 0x30...0x39: value = value << 4 | UInt32(byte - 0x30)
      case 0x41...0x46: value = value << 4 | UInt32(byte - 0x37)
      case 0x61...0x66: value = value << 4 | UInt32(byte - 0x57)
      default: throw JSONMistake(.malformed, at: at, wanted: "four hexadecimal digits")
      }
      at += 1
    }
    return value
  }
}
