/// Takes a chunked body apart, as its bytes come.
struct ChunkDecoder: Sendable {
  private enum State: Sendable, Equatable {
    case size
    case data(Int)
    /// The end of the line behind a chunk.
    case dataEnd
    case trailer
    case done
  }

  private static let longestLine = 1024
  private static let longestTrailer = 8 << 10
  private var state = State.size
  private var line: [UInt8] = []
  private var trailer = 0

  /// Whether the body has ended.
  var isDone: Bool { state == .done }

  /// Takes bytes, and hands over those of the body.
  /// - Returns: How many bytes were taken; all, unless the body has ended before.
  /// - Throws: ``RequestMistake`` when they are no chunks.
  mutating func take(
    _ bytes: ArraySlice<UInt8>,
    _ body: (ArraySlice<UInt8>) -> Void
  ) throws(RequestMistake) -> Int {
    var rest = bytes
    while state != .done, let first = rest.first {
      if case .data(let left) = state {
        let piece = rest.prefix(left)
        body(piece)
        rest = rest.dropFirst(piece.count)
        state = piece.count == left ? .dataEnd : .data(left - piece.count)
        continue
      }
      rest = rest.dropFirst()
      guard first == 0x0A else {
        line.append(first)
        guard line.count <= Self.longestLine else { throw Self.broken }
        continue
      }
      // A bare LF ends no line: what stands before it could be read as one line, or as two.
      guard line.popLast() == 0x0D, line.allSatisfy({ Self.isVisible($0) }) else {
        throw Self.broken
      }
      try endLine()
      line = []
    }
    return bytes.count - rest.count
  }

  private mutating func endLine() throws(RequestMistake) {
    switch state {
    case .size:
      let digits = line.prefix { $0 != 0x3B && $0 != 0x20 }
      guard digits.count <= 15, !digits.isEmpty,
        digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
        let size = Int(String(decoding: digits, as: UTF8.self), radix: 16)
      else { throw Self.broken }
      state = size == 0 ? .trailer : .data(size)
    case .dataEnd:
      guard line.isEmpty else { throw Self.broken }
      state = .size
    case .trailer:
      trailer += line.count
      guard trailer <= Self.longestTrailer else { throw Self.broken }
      if line.isEmpty { state = .done }
    case .data, .done: break
    }
  }

  private static func isVisible(_ byte: UInt8) -> Bool {
    byte >= 0x20 && byte != 0x7F || byte == 0x09
  }

  private static let broken = RequestMistake("the chunks of the body are broken")
}
