internal import JSON
internal import Runs

/// Reads fields leniently: a value of another type than the wanted one is absent, not a mistake.
enum FieldReader {
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
    try identity(bytes, &at).flatMap { text in
      JSONNumber(text)?.int ?? Int(text.drop { $0 == "v" })
    }
  }

  /// A moment as ISO 8601.
  static func moment(
    _ bytes: Span<UInt8>,
    _ at: inout Int
  ) throws(JSONMistake) -> Timestamp? {
    try text(bytes, &at).flatMap(Timestamp.init(iso8601:))
  }
}
