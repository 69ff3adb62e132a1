internal import Cells

/// Rows in columns, as wide as what is in them, or as a terminal allows.
struct Table {
  /// A column.
  struct Column {
    var title: String
    /// Whether numbers stand at the right.
    var isRight = false
    /// Whether this column gives way when the line is too long.
    var gives = false
    /// How wide it is at least: rows that come later shall stand below these.
    var least = 0
  }

  var columns: [Column]
  var rows: [[String]] = []

  /// The columns that give way keep this much.
  private static let least = 8

  /// The lines, the titles first.
  ///
  /// Foreign text is made safe here. Nothing is cut where there is no width.
  func lines(width: Int?) -> [String] {
    let cells = ([columns.map(\.title)] + rows).map { $0.map(Text.sanitised) }
    let widths = widths(of: cells, within: width)
    return cells.map { row in
      var line = ""
      for (index, text) in row.enumerated() {
        let shown = Text.truncated(text, to: widths[index])
        let blanks = String(repeating: " ", count: max(0, widths[index] - Text.width(shown)))
        line +=
          (index == 0 ? "" : "  ") + (columns[index].isRight ? blanks + shown : shown + blanks)
      }
      while line.hasSuffix(" ") { line.removeLast() }
      return width.map { Text.truncated(line, to: $0) } ?? line
    }
  }

  private func widths(of cells: [[String]], within width: Int?) -> [Int] {
    var widths = columns.indices.map { column in
      max(columns[column].least, cells.map { Text.width($0[column]) }.max() ?? 0)
    }
    guard let width else { return widths }
    var excess = widths.reduce(0, +) + 2 * (columns.count - 1) - width
    while excess > 0 {
      // The widest gives first, so that short columns stay whole.
      let giving = columns.indices.filter { columns[$0].gives && widths[$0] > Table.least }
      guard let widest = giving.max(by: { widths[$0] < widths[$1] }) else { break }
      widths[widest] -= 1
      excess -= 1
    }
    return widths
  }
}
