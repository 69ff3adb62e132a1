internal import JSON
internal import Runs

/// Reads fields leniently: a value of another type than the wanted one is absent, not a mistake.
///
/// It keeps the texts that one body repeats.
struct FieldReader {
  private var texts = SharedTexts()

  /// An identity: a text or a number.
  static func identity(
    _ bytes: Span<UInt8>,
    _ at: inout Int
  ) throws(JSONMistake) -> String? {
    switch try JSONScanner.peek(bytes, &at) {
    case UInt8(ascii: "\""):
      let text = try JSONScanner.string(bytes, &at)
      return text.isEmpty ? nil : text
    case UInt8(ascii: "-"), 0x30...0x39: return try JSONScanner.number(bytes, &at).text
    default:
      try JSONScanner.skip(bytes, &at)
      return nil
    }
  }

  /// A text.
  static func text(_ bytes: Span<UInt8>, _ at: inout Int) throws(JSONMistake) -> String? {
    if try JSONScanner.peek(bytes, &at) == UInt8(ascii: "\"") {
      return try JSONScanner.string(bytes, &at)
    }
    try JSONScanner.skip(bytes, &at)
    return nil
  }

  /// A whole number, bare or as text (`3`, `"3"`, `"v3"`).
  static func int(_ bytes: Span<UInt8>, _ at: inout Int) throws(JSONMistake) -> Int? {
    if let value = JSONScanner.smallInt(bytes, &at) { return value }
    return try identity(bytes, &at).flatMap { text in
      JSONNumber(text)?.int ?? Int(text.drop { $0 == "v" })
    }
  }

  /// A whole number, bare.
  static func number(_ bytes: Span<UInt8>, _ at: inout Int) throws(JSONMistake) -> Int? {
    if let value = JSONScanner.smallInt(bytes, &at) { return value }
    switch try JSONScanner.peek(bytes, &at) {
    case UInt8(ascii: "-"), 0x30...0x39: return try JSONScanner.number(bytes, &at).int
    default:
      try JSONScanner.skip(bytes, &at)
      return nil
    }
  }

  /// A moment as ISO 8601.
  static func moment(
    _ bytes: Span<UInt8>,
    _ at: inout Int
  ) throws(JSONMistake) -> Timestamp? {
    guard try JSONScanner.peek(bytes, &at) == UInt8(ascii: "\"") else {
      try JSONScanner.skip(bytes, &at)
      return nil
    }
    if let range = try JSONScanner.plainString(bytes, &at) {
      return Timestamp(iso8601: bytes.extracting(range))
    }
    return Timestamp(iso8601: try JSONScanner.string(bytes, &at))
  }

  /// A text that other items of the list repeat.
  mutating func sharedText(
    _ bytes: Span<UInt8>,
    _ at: inout Int
  ) throws(JSONMistake) -> String? {
    guard try JSONScanner.peek(bytes, &at) == UInt8(ascii: "\""),
      let range = try JSONScanner.plainString(bytes, &at)
    else { return try FieldReader.text(bytes, &at) }
    return texts.text(bytes, range)
  }

  /// An identity that other items of the list repeat.
  mutating func sharedIdentity(
    _ bytes: Span<UInt8>,
    _ at: inout Int
  ) throws(JSONMistake) -> String? {
    guard try JSONScanner.peek(bytes, &at) == UInt8(ascii: "\"") else {
      return try FieldReader.identity(bytes, &at)
    }
    return try sharedText(bytes, &at).flatMap { $0.isEmpty ? nil : $0 }
  }
}

/// Texts that occur again and again in one body: workflows, steps, failure codes.
///
/// Each is made once, as long as no other takes its place.
private struct SharedTexts {
  /// A text of so many bytes lies within its value; there is nothing to share.
  private static let inlineLimit = 15
  private var slots = Array(repeating: "", count: 256)

  mutating func text(_ bytes: Span<UInt8>, _ range: Range<Int>) -> String {
    guard range.count > SharedTexts.inlineLimit else { return JSONScanner.text(bytes, range) }
    var hash: UInt32 = 2_166_136_261
    for index in range { hash = (hash ^ UInt32(bytes[index])) &* 16_777_619 }
    let slot = Int((hash ^ hash >> 16) % 256)
    if SharedTexts.isSame(slots[slot], bytes, range) { return slots[slot] }
    slots[slot] = JSONScanner.text(bytes, range)
    return slots[slot]
  }

  private static func isSame(_ text: String, _ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
    let known = text.utf8.span
    guard known.count == range.count else { return false }
    for index in known.indices where known[index] != bytes[range.lowerBound + index] {
      return false
    }
    return true
  }
}
