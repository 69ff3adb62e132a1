extension Text {
  /// The text in lines of at most so many columns.
  ///
  /// Lines break at blanks, words longer than a line are broken, line breaks of the text stay. When
  /// there are more lines than `maximumLines`, the last one ends with an ellipsis.
  package static func wrapped(
    _ text: String,
    to columns: Int,
    maximumLines: Int? = nil
  ) -> [String] {
    let limit = maximumLines ?? Int.max
    guard columns > 0, limit > 0 else { return [] }
    var lines: [String] = []
    for paragraph in sanitisedLines(text) {
      append(paragraph, to: &lines, columns: columns, limit: limit)
      if lines.count > limit { break }
    }
    if lines.count > limit {
      lines.removeSubrange(limit...)
      let last = lines.removeLast()
      lines.append(
        width(last) < columns ? last + ellipsis : truncated(last + ellipsis, to: columns)
      )
    }
    return lines
  }

  /// Wraps one paragraph, and stops when there is a line over the limit.
  private static func append(
    _ paragraph: String,
    to lines: inout [String],
    columns: Int,
    limit: Int
  ) {
    var line = WrappedLine()
    var word = WrappedLine()
    var gap = WrappedLine()
    var isFirst = true

    func close(_ lines: inout [String]) {
      lines.append(line.text)
      line = WrappedLine()
      isFirst = false
    }
    func place(_ lines: inout [String]) {
      guard word.width > 0 else { return }
      if line.width + gap.width + word.width <= columns {
        // Blanks at the start of a continued line are where the break was.
        if line.width > 0 || isFirst { line.append(gap) }
        line.append(word)
      } else {
        if line.width > 0 { close(&lines) }
        line = word
      }
      gap = WrappedLine()
      word = WrappedLine()
    }

    for cluster in Clusters(paragraph) {
      if lines.count > limit { return }
      if cluster.scalar == " ", cluster.marks == 0 {
        place(&lines)
        gap.append(cluster)
        continue
      }
      if cluster.width > columns { continue }
      if word.width + cluster.width > columns {
        // A word longer than a line is broken where the line ends.
        place(&lines)
        close(&lines)
      }
      word.append(cluster)
    }
    place(&lines)
    lines.append(line.text)
  }
}

/// A piece of a line with its width.
private struct WrappedLine {
  var text = ""
  var width = 0

  mutating func append(_ cluster: Cluster) {
    cluster.write(to: &text)
    width += cluster.width
  }

  mutating func append(_ other: WrappedLine) {
    text += other.text
    width += other.width
  }
}
