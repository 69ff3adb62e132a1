internal import Cells

/// A piece of a line with its look.
struct Segment: Equatable {
  var text: String
  var look: Look

  init(_ text: String, _ look: Look = .text) {
    self.text = text
    self.look = look
  }
}

extension Frame {
  /// Writes pieces one behind the other, no further than `end`; what does not fit is cut with an
  /// ellipsis.
  /// - Returns: The column behind the last piece.
  @discardableResult
  mutating func put(_ segments: [Segment], column: Int, row: Int, end: Int) -> Int {
    var at = column
    for segment in segments {
      let room = end - at
      guard room > 0 else { return at }
      at = put(Text.truncated(segment.text, to: room), column: at, row: row, look: segment.look)
    }
    return at
  }
}

extension [Segment] {
  /// The columns that the pieces take.
  var width: Int { reduce(0) { $0 + Text.width($1.text) } }
}
