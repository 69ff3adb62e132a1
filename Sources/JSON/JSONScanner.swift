/// Reads JSON from bytes, one value at a time, without building what the caller does not want.
///
/// Each function takes the bytes and a place in them, and leaves the place behind what it read. The
/// span is handed on rather than kept: a type that held it would have to be non-escapable. What the
/// program does all day is to read lists of runs; this is what makes that cheap.
package enum JSONScanner {
  /// How deep lists and objects may nest: bounds the stack for input that nobody vouches for.
  package static let maximumDepth = 128

  /// Moves past blanks, line ends and tabs.
  @inline(__always)
  package static func skipBlank(_ bytes: Span<UInt8>, _ at: inout Int) {
    while at < bytes.count {
      switch bytes[at] {
      case 0x20, 0x0A, 0x0D, 0x09: at += 1
      default: return
      }
    }
  }

  /// The first byte of the next value.
  /// - Throws: ``JSONMistake`` when the text ends here.
  @inline(__always)
  package static func peek(_ bytes: Span<UInt8>, _ at: inout Int) throws(JSONMistake) -> UInt8 {
    skipBlank(bytes, &at)
    guard at < bytes.count else { throw JSONMistake(.truncated, at: at, wanted: "a value") }
    return bytes[at]
  }

  /// Reads any value.
  /// - Throws: ``JSONMistake`` when the text is not JSON.
  package static func value(
    _ bytes: Span<UInt8>,
    _ at: inout Int,
    depth: Int = 0
  ) throws(JSONMistake) -> JSONValue {
    switch try peek(bytes, &at) {
    case UInt8(ascii: "\""): return .string(try string(bytes, &at))
    case UInt8(ascii: "{"):
      var object = JSONObject()
      var places: [String: Int] = [:]
      try members(bytes, &at, depth: depth) {
        (key, bytes, at) throws(JSONMistake) in
        let key = key.text(in: bytes)
        let value = try value(bytes, &at, depth: depth + 1)
        // Places only once an object is large: small ones, which is nearly all, are searched.
        if object.count < 16 {
          object[key] = value
          return
        }
        if places.isEmpty { places = object.places }
        if let place = places[key] {
          object.set(value, at: place)
        } else {
          places[key] = object.count
          object.append(key, value)
        }
      }
      return .object(object)
    case UInt8(ascii: "["):
      var items: [JSONValue] = []
      try elements(bytes, &at, depth: depth) {
        (bytes, at) throws(JSONMistake) in
        items.append(try value(bytes, &at, depth: depth + 1))
      }
      return .array(items)
    case UInt8(ascii: "t"):
      try literal("true", bytes, &at)
      return .bool(true)
    case UInt8(ascii: "f"):
      try literal("false", bytes, &at)
      return .bool(false)
    case UInt8(ascii: "n"):
      try literal("null", bytes, &at)
      return .null
    default: return .number(try number(bytes, &at))
    }
  }

  /// Reads an object, handing each key to `member`, which must read exactly its value.
  /// - Throws: ``JSONMistake`` when there is no object here, or what `member` throws.
  package static func members(
    _ bytes: Span<UInt8>,
    _ at: inout Int,
    depth: Int = 0,
    _ member: (JSONKey, Span<UInt8>, inout Int) throws(JSONMistake) -> Void
  ) throws(JSONMistake) {
    guard depth < maximumDepth else { throw JSONMistake(.tooDeep, at: at, wanted: "less") }
    try expect(UInt8(ascii: "{"), "an object", bytes, &at)
    if try peek(bytes, &at) == UInt8(ascii: "}") {
      at += 1
      return
    }
    while true {
      guard try peek(bytes, &at) == UInt8(ascii: "\"") else {
        throw JSONMistake(.malformed, at: at, wanted: "a key in quotes")
      }
      let key = try JSONKey(bytes, &at)
      guard try peek(bytes, &at) == UInt8(ascii: ":") else {
        throw JSONMistake(.malformed, at: at, wanted: "a colon")
      }
      at += 1
      try member(key, bytes, &at)
      switch try peek(bytes, &at) {
      case UInt8(ascii: ","): at += 1
      case UInt8(ascii: "}"):
        at += 1
        return
      default: throw JSONMistake(.malformed, at: at, wanted: "a comma or }")
      }
    }
  }

  /// Reads a list, calling `element` at each of its values, which it must read exactly.
  /// - Throws: ``JSONMistake`` when there is no list here, or what `element` throws.
  package static func elements(
    _ bytes: Span<UInt8>,
    _ at: inout Int,
    depth: Int = 0,
    _ element: (Span<UInt8>, inout Int) throws(JSONMistake) -> Void
  ) throws(JSONMistake) {
    guard depth < maximumDepth else { throw JSONMistake(.tooDeep, at: at, wanted: "less") }
    try expect(UInt8(ascii: "["), "a list", bytes, &at)
    if try peek(bytes, &at) == UInt8(ascii: "]") {
      at += 1
      return
    }
    while true {
      try element(bytes, &at)
      switch try peek(bytes, &at) {
      case UInt8(ascii: ","): at += 1
      case UInt8(ascii: "]"):
        at += 1
        return
      default: throw JSONMistake(.malformed, at: at, wanted: "a comma or ]")
      }
    }
  }

  /// Moves past any value, checking it on the way.
  /// - Throws: ``JSONMistake`` when the text is not JSON.
  package static func skip(
    _ bytes: Span<UInt8>,
    _ at: inout Int,
    depth: Int = 0
  ) throws(JSONMistake) {
    switch try peek(bytes, &at) {
    case UInt8(ascii: "\""):
      if try plainString(bytes, &at) == nil { _ = try escapedString(bytes, &at) }
    case UInt8(ascii: "{"):
      try members(bytes, &at, depth: depth) {
        (_, bytes, at) throws(JSONMistake) in try skip(bytes, &at, depth: depth + 1)
      }
    case UInt8(ascii: "["):
      try elements(bytes, &at, depth: depth) {
        (bytes, at) throws(JSONMistake) in try skip(bytes, &at, depth: depth + 1)
      }
    case UInt8(ascii: "t"): try literal("true", bytes, &at)
    case UInt8(ascii: "f"): try literal("false", bytes, &at)
    case UInt8(ascii: "n"): try literal("null", bytes, &at)
    default: _ = try numberRange(bytes, &at)
    }
  }

  private static func expect(
    _ byte: UInt8,
    _ wanted: String,
    _ bytes: Span<UInt8>,
    _ at: inout Int
  ) throws(JSONMistake) {
    guard try peek(bytes, &at) == byte else {
      throw JSONMistake(.unexpected, at: at, wanted: wanted)
    }
    at += 1
  }

  private static func literal(
    _ word: String,
    _ bytes: Span<UInt8>,
    _ at: inout Int
  ) throws(JSONMistake) {
    for letter in word.utf8 {
      guard at < bytes.count else { throw JSONMistake(.truncated, at: at, wanted: "a value") }
      guard bytes[at] == letter else {
        throw JSONMistake(.malformed, at: at, wanted: "a value")
      }
      at += 1
    }
  }

  /// Reads a number, keeping its text.
  /// - Throws: ``JSONMistake`` when there is no number here.
  package static func number(
    _ bytes: Span<UInt8>,
    _ at: inout Int
  ) throws(JSONMistake) -> JSONNumber {
    JSONNumber(unchecked: text(bytes, try numberRange(bytes, &at)))
  }

  /// Moves past a number; returns where it stands.
  private static func numberRange(
    _ bytes: Span<UInt8>,
    _ at: inout Int
  ) throws(JSONMistake) -> Range<Int> {
    skipBlank(bytes, &at)
    let start = at
    if at < bytes.count, bytes[at] == UInt8(ascii: "-") { at += 1 }
    let whole = digits(bytes, &at)
    guard whole > 0 else { throw missing(bytes, at, "a value") }
    if whole > 1, bytes[at - whole] == UInt8(ascii: "0") {
      throw JSONMistake(.malformed, at: at - whole, wanted: "a number without leading zeros")
    }
    if at < bytes.count, bytes[at] == UInt8(ascii: ".") {
      at += 1
      guard digits(bytes, &at) > 0 else { throw missing(bytes, at, "digits") }
    }
    if at < bytes.count, bytes[at] | 0x20 == UInt8(ascii: "e") {
      at += 1
      if at < bytes.count, bytes[at] == UInt8(ascii: "+") || bytes[at] == UInt8(ascii: "-") {
        at += 1
      }
      guard digits(bytes, &at) > 0 else { throw missing(bytes, at, "digits") }
    }
    return start..<at
  }

  /// Reads a whole number of few digits without making a text of it; nil, with the place left alone,
  /// when something else stands here.
  package static func smallInt(_ bytes: Span<UInt8>, _ at: inout Int) -> Int? {
    skipBlank(bytes, &at)
    var end = at
    let isNegative = end < bytes.count && bytes[end] == UInt8(ascii: "-")
    if isNegative { end += 1 }
    let start = end
    var value = 0
    while end < bytes.count, end - start < 18, bytes[end] &- 0x30 < 10 {
      value = value &* 10 &+ Int(bytes[end] &- 0x30)
      end += 1
    }
    guard end > start, end < bytes.count, end == start + 1 || bytes[start] != 0x30 else {
      return nil
    }
    // A fraction, an exponent, more digits: a number, but not one of these.
    switch bytes[end] {
    case UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"), 0x30...0x39: return nil
    default: break
    }
    at = end
    return isNegative ? -value : value
  }

  private static func missing(_ bytes: Span<UInt8>, _ at: Int, _ wanted: String) -> JSONMistake {
    JSONMistake(at < bytes.count ? .malformed : .truncated, at: at, wanted: wanted)
  }

  private static func digits(_ bytes: Span<UInt8>, _ at: inout Int) -> Int {
    let start = at
    while at < bytes.count, bytes[at] &- 0x30 < 10 { at += 1 }
    return at - start
  }

  /// A copy of bytes that are known to be ASCII or are repaired where they are not UTF-8.
  package static func text(_ bytes: Span<UInt8>, _ range: Range<Int>) -> String {
    let piece = bytes.extracting(range)
    if let valid = try? UTF8Span(validating: piece) { return String(copying: valid) }
    var copy: [UInt8] = []
    copy.reserveCapacity(range.count)
    for index in piece.indices { copy.append(piece[index]) }
    // Bytes that are no UTF-8 become U+FFFD: a bad name must not cost the list it stands in.
    return String(decoding: copy, as: UTF8.self)
  }
}
