internal import JSON
internal import Runs

/// Reads lists in every shape that servers send: bare, or under one of several keys, with or without
/// a word on the next page.
enum ListReader {
  /// Reads one page.
  ///
  /// An item that `read` cannot make sense of costs that item and is counted.
  /// - Throws: ``JSONMistake`` when the text is not JSON, or holds no list under a known key.
  static func page<Item: Sendable & Equatable>(
    _ body: [UInt8],
    under name: String,
    read: (Span<UInt8>, inout Int) throws(JSONMistake) -> Item
  ) throws(JSONMistake) -> Page<Item> {
    let bytes = body.span
    var at = 0
    var page = Page<Item>(items: [])
    var found = false
    if try JSONScanner.peek(bytes, &at) == UInt8(ascii: "[") {
      try items(bytes, &at, depth: 0, into: &page, read: read)
      found = true
    } else {
      try JSONScanner.members(bytes, &at) {
        (key, bytes, at) throws(JSONMistake) in
        let isList = try JSONScanner.peek(bytes, &at) == UInt8(ascii: "[")
        switch key.text(in: bytes) {
        case name where isList, "data" where isList, "items" where isList:
          try items(bytes, &at, depth: 1, into: &page, read: read)
          found = true
        // Some servers write an empty list as null.
        case name:
          found = try JSONScanner.value(bytes, &at, depth: 1).isNull || found
        case "next_cursor": page.nextCursor = try FieldReader.identity(bytes, &at)
        case "total": page.total = try FieldReader.int(bytes, &at)
        default: try JSONScanner.skip(bytes, &at, depth: 1)
        }
      }
    }
    JSONScanner.skipBlank(bytes, &at)
    guard at == bytes.count else {
      throw JSONMistake(.malformed, at: at, wanted: "the end of the text")
    }
    guard found else { throw JSONMistake(.unexpected, at: 0, wanted: "a list of \(name)") }
    return page
  }

  private static func items<Item: Sendable & Equatable>(
    _ bytes: Span<UInt8>,
    _ at: inout Int,
    depth: Int,
    into page: inout Page<Item>,
    read: (Span<UInt8>, inout Int) throws(JSONMistake) -> Item
  ) throws(JSONMistake) {
    try JSONScanner.elements(bytes, &at, depth: depth) {
      (bytes, at) throws(JSONMistake) in
      let start = at
      do throws(JSONMistake) {
        page.items.append(try read(bytes, &at))
      } catch {
        // Broken JSON has no next item to go on with; a wrong item has.
        guard error.kind == .unexpected else { throw error }
        at = start
        try JSONScanner.skip(bytes, &at, depth: depth + 1)
        page.unreadable += 1
      }
    }
  }

  /// Reads one object with `read`, whether it stands bare or under `name` or `data`.
  /// - Throws: ``JSONMistake`` when the text is not JSON or not such an object.
  static func one<Item>(
    _ body: [UInt8],
    under name: String,
    read: (Span<UInt8>, inout Int) throws(JSONMistake) -> Item
  ) throws(JSONMistake) -> Item {
    let bytes = body.span
    var at = 0
    var wrapped: Int?
    try JSONScanner.members(bytes, &at) {
      (key, bytes, at) throws(JSONMistake) in
      let key = key.text(in: bytes)
      if key == name || key == "data",
        try JSONScanner.peek(bytes, &at) == UInt8(ascii: "{")
      {
        wrapped = at
      }
      try JSONScanner.skip(bytes, &at, depth: 1)
    }
    JSONScanner.skipBlank(bytes, &at)
    guard at == bytes.count else {
      throw JSONMistake(.malformed, at: at, wanted: "the end of the text")
    }
    var start = wrapped ?? 0
    return try read(bytes, &start)
  }
}
