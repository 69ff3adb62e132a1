import Testing

@testable import LocalRuntime

@Suite struct WebSocketTests {
  private static let mask: [UInt8] = [1, 2, 3, 4]

  /// A frame as a client writes it.
  static func frame(_ first: UInt8, _ payload: [UInt8], isMasked: Bool = true) -> [UInt8] {
    var bytes = [first]
    let flag: UInt8 = isMasked ? 0x80 : 0
    if payload.count < 126 {
      bytes.append(flag | UInt8(payload.count))
    } else {
      bytes += [flag | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
    }
    guard isMasked else { return bytes + payload }
    return bytes + mask + payload.enumerated().map { $1 ^ mask[$0 % 4] }
  }

  private func messages(_ bytes: [UInt8], pieces size: Int) throws -> [WebSocketDecoder.Message] {
    var decoder = WebSocketDecoder(limit: 300)
    var messages: [WebSocketDecoder.Message] = []
    for start in stride(from: 0, to: bytes.count, by: size) {
      decoder.take(bytes[start..<min(bytes.count, start + size)])
      while let message = try decoder.next() { messages.append(message) }
    }
    return messages
  }

  @Test func `messages are the same however their bytes arrive, fragments with a ping between too`()
    throws
  {
    let bytes =
      Self.frame(0x01, Array("Hel".utf8)) + Self.frame(0x89, [7])
      + Self.frame(0x80, Array("lo".utf8))
      + Self.frame(0x82, [UInt8](repeating: 9, count: 200)) + Self.frame(0x8A, [])
      + Self.frame(0x88, [0x03, 0xE8])
    let expected: [WebSocketDecoder.Message] = [
      .ping([7]), .text("Hello"), .binary([UInt8](repeating: 9, count: 200)), .pong, .close(1000),
    ]
    for size in 1...bytes.count { #expect(try messages(bytes, pieces: size) == expected) }
  }

  @Test(
    arguments: [
      (frame(0xC1, [65]), 1002), (frame(0x83, []), 1002),
      (frame(0x81, [65], isMasked: false), 1002),
      (frame(0x09, []), 1002), (frame(0x80, [65]), 1002),
      (frame(0x01, [65]) + frame(0x81, [65]), 1002),
      (frame(0x81, [0xFF, 0xFE]), 1007), (frame(0x88, [0x03]), 1002),
      (frame(0x88, [0x03, 0xED]), 1002),
      (frame(0x88, [0x03, 0xE8, 0xFF]), 1007),
      (frame(0x82, [UInt8](repeating: 0, count: 301)), 1009),
      ([0x82, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0], 1009),
      ([0x82, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0], 1009),
      ([0x82, 0xFE, 0, 5, 0, 0, 0, 0], 1002),
      (frame(0x89, [UInt8](repeating: 0, count: 126)), 1002),
      (
        frame(0x02, [UInt8](repeating: 0, count: 200))
          + frame(0x80, [UInt8](repeating: 0, count: 200)), 1009
      ),
    ] as [([UInt8], UInt16)]
  )
  func `what breaks the rules names the code that the connection is closed with`(
    _ bytes: [UInt8],
    _ code: UInt16
  ) {
    let mistake = #expect(throws: WebSocketMistake.self) {
      try messages(bytes, pieces: bytes.count)
    }
    #expect(mistake?.code == code)
  }

  @Test(arguments: 0..<300)
  func `random bytes never end the program`(_ seed: UInt64) {
    var dice = Dice(seed: seed)
    var decoder = WebSocketDecoder(limit: 300)
    for _ in 0..<40 {
      decoder.take((0..<dice.roll(30)).map { _ in UInt8(dice.roll(256)) })
      while case .some(.some) = try? decoder.next() {}
    }
  }

  @Test func `lengths are written in their shortest form, and the key is answered as the RFC says`()
  {
    for (count, head) in [
      (0, [0x81, 0]), (125, [0x81, 125]), (126, [0x81, 126, 0, 126]),
      (65_535, [0x81, 126, 255, 255]),
      (65_536, [0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]),
    ] as [(Int, [UInt8])] {
      let bytes = WebSocketFrame.bytes(.text, [UInt8](repeating: 65, count: count))
      #expect(Array(bytes.prefix(head.count)) == head)
      #expect(bytes.count == head.count + count)
    }
    // The key of RFC 6455, 1.3.
    #expect(WebSocketFrame.accept("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
  }
}
