extension Text {
  /// The text in lines of at most so many columns.
  ///
  /// Lines break at blanks, words longer than a line are broken, line breaks of the text stay. When
  /// there are more lines than `maximumLines`, the last one ends with an ellipsis; no more of the text
  /// is read than that takes.
  package static func wrapped(
    _ text: String,
    to columns: Int,
    maximumLines: Int? = nil
  ) -> [String] {
    let limit = maximumLines ?? Int.max
    guard columns > 0, limit > 0 else { return [] }
    var wrapping = Wrapping(columns: columns)
    for cluster in Clusters(text, keepsLines: true) {
      wrapping.take(cluster)
      if wrapping.lines.count > limit { break }
    }
    wrapping.finish()
    var lines = wrapping.lines
    if lines.count > limit {
      lines.removeSubrange(limit...)
      let last = lines.removeLast()
      lines.append(
        width(last) < columns ? last + ellipsis : truncated(last + ellipsis, to: columns)
      )
    }
    return lines
  }
}

/// Text on its way into lines: the line that grows, the word that may go onto it, the blanks between.
private struct Wrapping {
  let columns: Int
  private(set) var lines: [String] = []
  private var line = Piece()
  private var word = Piece()
  private var gap = Piece()
  /// Nothing of the paragraph stands on a line above; its blanks are kept at the start.
  private var isFirst = true
  /// The paragraph has begun.
  private var isOpen = false
  /// The column in the paragraph before it is wrapped, for tabs.
  private var column = 0

  struct Piece {
    var text = ""
    var width = 0

    mutating func append(_ cluster: Cluster) {
      cluster.write(to: &text)
      width += cluster.width
    }

    mutating func append(_ other: Piece) {
      text += other.text
      width += other.width
    }
  }

  init(columns: Int) { self.columns = columns }

  mutating func take(_ cluster: Cluster) {
    isOpen = true
    column += cluster.width
    switch cluster.scalar {
    case "\n":
      endParagraph()
    case "\t":
      place()
      let blanks = 8 - column % 8
      column += blanks
      for _ in 0..<blanks { gap.append(.blank) }
    case " " where cluster.marks == 0:
      place()
      gap.append(cluster)
    default:
      guard cluster.width <= columns else { return }
      if word.width + cluster.width > columns {
        // A word longer than a line is broken where the line ends.
        place()
        close()
      }
      word.append(cluster)
    }
  }

  /// The text ended; a line break at its end began no further line.
  mutating func finish() {
    if isOpen { endParagraph() }
  }

  private mutating func endParagraph() {
    place()
    lines.append(line.text)
    line = Piece()
    gap = Piece()
    isFirst = true
    isOpen = false
    column = 0
  }

  /// Puts the word on the line, or on the next one where it does not fit.
  private mutating func place() {
    guard word.width > 0 else { return }
    if line.width + gap.width + word.width <= columns {
      // Blanks at the start of a continued line are where the break was.
      if line.width > 0 || isFirst { line.append(gap) }
      line.append(word)
    } else {
      if line.width > 0 { close() }
      line = word
      isFirst = false
    }
    gap = Piece()
    word = Piece()
  }

  private mutating func close() {
    lines.append(line.text)
    line = Piece()
    isFirst = false
  }
}
