/// Why a client's bytes are no WebSocket messages that are taken here.
struct WebSocketMistake: Error, Sendable, Equatable {
  /// The code that the connection is closed with.
  var code: UInt16
  var reason: String
}

/// Takes apart what a client sends; does no IO.
///
/// A message's length is held against the limit before a byte of it is kept.
struct WebSocketDecoder: Sendable {
  /// What a client said.
  enum Message: Sendable, Equatable {
    case text(String)
    case binary([UInt8])
    case ping([UInt8])
    case pong
    /// The code, when there was one.
    case close(UInt16?)
  }

  private struct Header {
    var isFinal: Bool
    var operation: WebSocketFrame.Operation
    var length: Int
    var mask: ArraySlice<UInt8>
    /// Where the payload begins.
    var end: Int
  }

  private let limit: Int
  private var bytes: [UInt8] = []
  /// The message of which not all fragments came yet.
  private var fragments: (operation: WebSocketFrame.Operation, payload: [UInt8])?

  /// A decoder that refuses longer messages.
  init(limit: Int) { self.limit = limit }

  /// Takes bytes; the messages that are whole with them come from ``next()``.
  mutating func take(_ more: some Sequence<UInt8>) { bytes += more }

  /// The next whole message, or nil.
  /// - Throws: ``WebSocketMistake``; nothing that follows can be read then.
  mutating func next() throws(WebSocketMistake) -> Message? {
    while let header = try header() {
      guard bytes.count - header.end >= header.length else { return nil }
      var payload = Array(bytes[header.end..<(header.end + header.length)])
      bytes.removeFirst(header.end + header.length)
      for index in payload.indices {
        payload[index] ^= header.mask[header.mask.startIndex + index % 4]
      }
      if let message = try message(header, payload) { return message }
    }
    return nil
  }

  private func header() throws(WebSocketMistake) -> Header? {
    guard bytes.count >= 2 else { return nil }
    guard bytes[0] & 0x70 == 0 else { throw Self.broken("a reserved bit is set") }
    guard let operation = WebSocketFrame.Operation(rawValue: bytes[0] & 0x0F) else {
      throw Self.broken("the operation \(bytes[0] & 0x0F) is not known")
    }
    guard bytes[1] & 0x80 != 0 else { throw Self.broken("a client's frames are masked") }
    let isFinal = bytes[0] & 0x80 != 0
    let short = Int(bytes[1] & 0x7F)
    let extra = short == 126 ? 2 : short == 127 ? 8 : 0
    if operation.isControl, !isFinal || short > 125 {
      throw Self.broken("a control frame is whole and at most 125 bytes long")
    }
    guard bytes.count >= 2 + extra + 4 else { return nil }
    var length = UInt64(short)
    if extra > 0 {
      length = bytes[2..<(2 + extra)].reduce(0) { $0 << 8 | UInt64($1) }
      guard length > (extra == 2 ? 125 : 0xFFFF) else {
        throw Self.broken("a length is not written in its shortest form")
      }
    }
    let kept = operation.isControl ? 0 : fragments?.payload.count ?? 0
    guard length <= UInt64(limit - kept) else {
      throw WebSocketMistake(
        code: WebSocketClose.tooLarge,
        reason: "at most \(limit) bytes are taken; nothing needs to be sent"
      )
    }
    let maskStart = 2 + extra
    return Header(
      isFinal: isFinal,
      operation: operation,
      length: Int(length),
      mask: bytes[maskStart..<(maskStart + 4)],
      end: maskStart + 4
    )
  }

  private mutating func message(
    _ header: Header,
    _ payload: [UInt8]
  ) throws(WebSocketMistake) -> Message? {
    switch header.operation {
    case .ping: return .ping(payload)
    case .pong: return .pong
    case .close: return try Self.close(payload)
    case .text, .binary:
      guard fragments == nil else { throw Self.broken("a message begins within another one") }
      guard header.isFinal else {
        fragments = (header.operation, payload)
        return nil
      }
      return try Self.whole(header.operation, payload)
    case .continuation:
      guard var known = fragments else { throw Self.broken("there is nothing to continue") }
      known.payload += payload
      fragments = header.isFinal ? nil : known
      return header.isFinal ? try Self.whole(known.operation, known.payload) : nil
    }
  }

  private static func whole(
    _ operation: WebSocketFrame.Operation,
    _ payload: [UInt8]
  ) throws(WebSocketMistake) -> Message {
    guard operation == .text else { return .binary(payload) }
    guard let text = String(validating: payload, as: UTF8.self) else {
      throw WebSocketMistake(code: WebSocketClose.invalidText, reason: "a text is not UTF-8")
    }
    return .text(text)
  }

  private static func close(_ payload: [UInt8]) throws(WebSocketMistake) -> Message {
    guard !payload.isEmpty else { return .close(nil) }
    guard payload.count >= 2 else { throw broken("a close code is two bytes long") }
    let code = UInt16(payload[0]) << 8 | UInt16(payload[1])
    guard WebSocketClose.isSendable(code) else { throw broken("\(code) is no code to send") }
    guard String(validating: payload.dropFirst(2), as: UTF8.self) != nil else {
      throw WebSocketMistake(code: WebSocketClose.invalidText, reason: "a reason is not UTF-8")
    }
    return .close(code)
  }

  private static func broken(_ reason: String) -> WebSocketMistake {
    WebSocketMistake(code: WebSocketClose.protocolError, reason: reason)
  }
}
