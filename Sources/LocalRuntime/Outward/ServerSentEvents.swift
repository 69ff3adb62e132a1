/// Reads a stream of server-sent events: what a server says piece by piece, over HTTP.
struct ServerSentEvents: Sendable {
  private let limit: Int
  private var line: [UInt8] = []
  private var data: [UInt8]?
  private var endedWithReturn = false

  /// A reader of events none of which is longer than so many bytes.
  init(limit: Int) {
    self.limit = limit
  }

  /// Takes bytes and gives the data of the events that they end; nil once an event is too long.
  ///
  /// Names, identities and comments are passed over: nothing here depends on them.
  mutating func feed(_ bytes: [UInt8]) -> [[UInt8]]? {
    var events: [[UInt8]] = []
    for byte in bytes {
      // A line ends with CR, LF or both.
      if byte == UInt8(ascii: "\n"), endedWithReturn {
        endedWithReturn = false
        continue
      }
      endedWithReturn = byte == UInt8(ascii: "\r")
      guard endedWithReturn || byte == UInt8(ascii: "\n") else {
        line.append(byte)
        guard line.count + (data?.count ?? 0) <= limit else { return nil }
        continue
      }
      if let event = takeLine() { events.append(event) }
    }
    return events
  }

  /// The data of an event that was begun and has no empty line behind it; nil when there is none.
  mutating func finish() -> [UInt8]? {
    if !line.isEmpty { _ = takeLine() }
    return takeEvent()
  }

  private mutating func takeLine() -> [UInt8]? {
    defer { line = [] }
    guard !line.isEmpty else { return takeEvent() }
    let field = line.prefix { $0 != UInt8(ascii: ":") }
    guard field.elementsEqual("data".utf8) else { return nil }
    var value = line.dropFirst(field.count + 1)
    if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
    if data == nil {
      data = Array(value)
    } else {
      data?.append(UInt8(ascii: "\n"))
      data?.append(contentsOf: value)
    }
    return nil
  }

  private mutating func takeEvent() -> [UInt8]? {
    defer { data = nil }
    return data
  }
}
