/// The size of a screen or of a part of it, in cells; never negative.
package struct Size: Hashable, Sendable {
  package var columns: Int
  package var rows: Int

  /// Makes a size; negative lengths become zero.
  package init(columns: Int, rows: Int) {
    self.columns = max(0, columns)
    self.rows = max(0, rows)
  }
}

/// One cell's place, counted from zero at the top left.
package struct Position: Hashable, Sendable {
  package var column: Int
  package var row: Int

  package init(column: Int, row: Int) {
    self.column = column
    self.row = row
  }
}

/// A rectangle of cells; its lengths are never negative.
package struct Rect: Hashable, Sendable {
  package var column: Int
  package var row: Int
  package var columns: Int
  package var rows: Int

  /// Makes a rectangle; negative lengths become zero.
  package init(column: Int, row: Int, columns: Int, rows: Int) {
    self.column = column
    self.row = row
    self.columns = max(0, columns)
    self.rows = max(0, rows)
  }

  /// The rectangle of the given size at the top left.
  package init(_ size: Size) {
    self.init(column: 0, row: 0, columns: size.columns, rows: size.rows)
  }

  package var size: Size { Size(columns: columns, rows: rows) }

  /// The column right of the last one.
  package var maxColumn: Int { column + columns }

  /// The row below the last one.
  package var maxRow: Int { row + rows }

  package var isEmpty: Bool { columns == 0 || rows == 0 }

  /// The rectangle without so many columns left and right and rows above and below.
  package func inset(columns dx: Int, rows dy: Int) -> Rect {
    Rect(
      column: column + min(dx, columns),
      row: row + min(dy, rows),
      columns: columns - 2 * dx,
      rows: rows - 2 * dy
    )
  }

  /// The upper part of so many rows, and what is left below it.
  package func split(rows count: Int) -> (top: Rect, rest: Rect) {
    let taken = min(max(0, count), rows)
    return (
      Rect(column: column, row: row, columns: columns, rows: taken),
      Rect(column: column, row: row + taken, columns: columns, rows: rows - taken)
    )
  }

  /// The left part of so many columns, and what is left beside it.
  package func split(columns count: Int) -> (left: Rect, rest: Rect) {
    let taken = min(max(0, count), columns)
    return (
      Rect(column: column, row: row, columns: taken, rows: rows),
      Rect(column: column + taken, row: row, columns: columns - taken, rows: rows)
    )
  }

  /// A rectangle of the given size in the middle of this one, never larger than it.
  package func centred(_ size: Size) -> Rect {
    let width = min(size.columns, columns)
    let height = min(size.rows, rows)
    return Rect(
      column: column + (columns - width) / 2,
      row: row + (rows - height) / 2,
      columns: width,
      rows: height
    )
  }

  /// What both rectangles cover.
  package func intersection(_ other: Rect) -> Rect {
    let left = max(column, other.column)
    let top = max(row, other.row)
    return Rect(
      column: left,
      row: top,
      columns: min(maxColumn, other.maxColumn) - left,
      rows: min(maxRow, other.maxRow) - top
    )
  }

  /// Whether a place lies within the rectangle.
  package func contains(_ position: Position) -> Bool {
    position.column >= column && position.column < maxColumn
      && position.row >= row && position.row < maxRow
  }
}
