/// Cuts a stream of bytes into lines, none longer than a limit.
struct LineSplitter: Sendable {
  /// What a stream is cut into.
  enum Piece: Sendable, Equatable {
    /// A line without its end.
    case line([UInt8])
    /// The beginning of a line that is longer than the limit, as soon as that is known; the rest of
    /// it is dropped. Empty when the rest has no end either.
    case tooLong([UInt8])
  }

  /// How much of a line that is too long is kept.
  private static let beginning = 1024
  /// A line that goes on for so many limits more has no end.
  private static let patience = 16

  private let limit: Int
  private var partial: [UInt8] = []
  /// How much of a line was dropped; nil while lines are read.
  private var dropped: Int?

  init(limit: Int) {
    self.limit = limit
  }

  /// Takes bytes and gives the lines that they end.
  mutating func pieces(of bytes: [UInt8]) -> [Piece] {
    var pieces: [Piece] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      let end = rest.firstIndex(of: UInt8(ascii: "\n"))
      let part = rest[..<(end ?? rest.endIndex)]
      if let dropped {
        self.dropped = end == nil ? dropped + part.count : nil
        if dropped <= limit * Self.patience, dropped + part.count > limit * Self.patience {
          pieces.append(.tooLong([]))
        }
      } else if partial.count + part.count > limit {
        pieces.append(
          .tooLong(Array((partial.prefix(Self.beginning) + part).prefix(Self.beginning)))
        )
        partial = []
        dropped = end == nil ? part.count : nil
      } else {
        partial += part
        if end != nil, let line = takeLine() { pieces.append(.line(line)) }
      }
      guard let end else { break }
      rest = rest[(end + 1)...]
    }
    return pieces
  }

  /// Takes bytes and gives the lines that they end; nil once a line is longer than the limit.
  mutating func feed(_ bytes: [UInt8]) -> [[UInt8]]? {
    var lines: [[UInt8]] = []
    for piece in pieces(of: bytes) {
      guard case .line(let line) = piece else { return nil }
      lines.append(line)
    }
    return lines
  }

  private mutating func takeLine() -> [UInt8]? {
    defer { partial = [] }
    if partial.last == UInt8(ascii: "\r") { partial.removeLast() }
    return partial.isEmpty ? nil : partial
  }
}
