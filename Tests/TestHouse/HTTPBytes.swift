import Glibc

/// HTTP/1.1 as bytes, as far as peers of tests need it.
enum HTTPBytes {
  /// Sends all of it; false when the other side is gone.
  static func send(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes { bytes in
        unsafe Glibc.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }

  /// Where the empty line after the headers begins.
  static func endOfHead(_ bytes: [UInt8]) -> Int? {
    guard bytes.count >= 4 else { return nil }
    return (0...(bytes.count - 4)).first { start in
      bytes[start] == 13 && bytes[start + 1] == 10 && bytes[start + 2] == 13
        && bytes[start + 3] == 10
    }
  }

  static func lines(_ head: String) -> [String] {
    head.split(separator: "\r\n", omittingEmptySubsequences: false).map(String.init)
  }

  static func contentLength(_ head: String) -> Int {
    for line in lines(head) where line.lowercased().hasPrefix("content-length:") {
      return Int(line.drop { $0 != ":" }.dropFirst().drop { $0 == " " }) ?? 0
    }
    return 0
  }
}

/// Reads requests off a connection.
struct RequestReader {
  let descriptor: Int32
  private var unread: [UInt8] = []

  init(descriptor: Int32) {
    self.descriptor = descriptor
  }

  /// The next request, nil when the client has left before one was complete.
  mutating func nextRequest() -> (head: String, body: [UInt8])? {
    var end = HTTPBytes.endOfHead(unread)
    while end == nil {
      guard readMore() else { return nil }
      end = HTTPBytes.endOfHead(unread)
    }
    guard let end else { return nil }
    let head = String(decoding: unread[..<end], as: UTF8.self)
    let length = HTTPBytes.contentLength(head)
    while unread.count < end + 4 + length {
      guard readMore() else { return nil }
    }
    let body = Array(unread[(end + 4)..<(end + 4 + length)])
    unread.removeFirst(end + 4 + length)
    return (head, body)
  }

  private mutating func readMore() -> Bool {
    var piece = [UInt8](repeating: 0, count: 65_536)
    let count = unsafe recv(descriptor, &piece, piece.count, 0)
    if count < 0, errno == EINTR { return true }
    guard count > 0 else { return false }
    unread += piece[..<count]
    return true
  }
}
