/// What the screen shall show: cells, the cursor, the title.
///
/// Text that is put here passes the sanitiser; no frame holds a control character.
package struct Frame: Equatable, Sendable {
  package let size: Size
  /// Where the cursor stands; nil hides it.
  package var cursor: Position?
  private var storage: [Cell]
  private var cleanTitle: String?

  /// Makes a frame of blanks.
  package init(size: Size) {
    self.size = size
    storage = Array(repeating: .blank, count: size.columns * size.rows)
  }

  /// The title of the terminal's window, sanitised; nil leaves it alone.
  package var title: String? {
    get { cleanTitle }
    set { cleanTitle = newValue.map(Text.sanitised) }
  }

  /// The cell at a place of the frame; a blank outside of it.
  package subscript(column column: Int, row row: Int) -> Cell {
    guard column >= 0, column < size.columns, row >= 0, row < size.rows else { return .blank }
    return storage[row * size.columns + column]
  }

  /// Writes sanitised text on one line, clipped to `limit` columns and to the frame.
  ///
  /// A wide character that does not fit whole becomes a blank.
  /// - Returns: the column after the last cell written.
  @discardableResult
  package mutating func put(
    _ text: String,
    column: Int,
    row: Int,
    look: Look,
    limit: Int? = nil
  ) -> Int {
    guard row >= 0, row < size.rows else { return column }
    let room = max(0, size.columns - column)
    let end = column + min(room, max(0, limit ?? room))
    if column >= 0, Text.isPlain(text) {
      return putPlain(text, column: column, row: row, look: look, end: end)
    }
    var at = column
    var clusters = Clusters(text)
    while at < end, let cluster = clusters.next() {
      if at >= 0, at + cluster.width <= end {
        set(cluster, column: at, row: row, look: look)
      } else if at + cluster.width > 0 {
        // Half of a wide character, at the left or the right border.
        let visible = max(at, 0)
        if visible < end { set(.blank, column: visible, row: row, look: look) }
      }
      at += cluster.width
    }
    return max(column, min(at, end))
  }

  /// Writes printable ASCII, which needs no look at what belongs together.
  private mutating func putPlain(
    _ text: String,
    column: Int,
    row: Int,
    look: Look,
    end: Int
  ) -> Int {
    let bytes = text.utf8.span
    let count = min(bytes.count, end - column)
    guard count > 0 else { return column }
    let first = row * size.columns + column
    // Wide characters that stand across the borders lose their other halves.
    set(.blank, column: column, row: row, look: look)
    set(.blank, column: column + count - 1, row: row, look: look)
    for offset in 0..<count {
      storage[first + offset] = Cell(
        scalar: Unicode.Scalar(bytes[offset]),
        width: 1,
        look: look
      )
    }
    return column + count
  }

  /// Writes sanitised text so that it ends before the column `end`, cut with an ellipsis when it is
  /// longer than `limit`.
  /// - Returns: the first column written.
  @discardableResult
  package mutating func putRight(
    _ text: String,
    end: Int,
    row: Int,
    look: Look,
    limit: Int? = nil
  ) -> Int {
    let shown = Text.truncated(text, to: max(0, min(limit ?? end, end)))
    let first = end - Text.width(shown)
    put(shown, column: first, row: row, look: look)
    return first
  }

  /// Fills a rectangle with one character of one column; wide ones become blanks.
  package mutating func fill(_ rect: Rect, with character: Character = " ", look: Look) {
    let cluster = Clusters.fill(character)
    let area = rect.intersection(Rect(size))
    for row in area.row..<area.maxRow {
      for column in area.column..<area.maxColumn {
        set(cluster, column: column, row: row, look: look)
      }
    }
  }

  /// Changes how the cells of a rectangle are meant, and leaves what stands there.
  package mutating func restyle(_ rect: Rect, _ change: (inout Look) -> Void) {
    let area = rect.intersection(Rect(size))
    for row in area.row..<area.maxRow {
      for column in area.column..<area.maxColumn {
        change(&storage[row * size.columns + column].look)
      }
    }
  }

  /// The glyphs of each row, trailing blanks kept.
  package func lines() -> [String] {
    (0..<size.rows).map { row in
      var line = ""
      for column in 0..<size.columns { storage[row * size.columns + column].write(to: &line) }
      return line
    }
  }

  /// The letters of the roles, one for each cell, as recorded screens keep them.
  ///
  /// Selected cells have an upper case letter; dimmed ones a dot below (U+0323), bold ones a dot
  /// above (U+0307), underlined ones a low line (U+0332).
  package func looks() -> [String] {
    (0..<size.rows).map { row in
      var line = ""
      for column in 0..<size.columns {
        let look = storage[row * size.columns + column].look
        let letter = String(look.role.letter)
        line += look.selected ? letter.uppercased() : letter
        if look.dimmed { line += "\u{323}" }
        if look.bold { line += "\u{307}" }
        if look.underlined { line += "\u{332}" }
      }
      return line
    }
  }

  /// Writes one cluster and mends the wide characters it tears.
  private mutating func set(_ cluster: Cluster, column: Int, row: Int, look: Look) {
    let index = row * size.columns + column
    if storage[index].width == 0, column > 0 { blank(index - 1) }
    let last = index + cluster.width - 1
    if storage[last].width == 2, column + cluster.width < size.columns { blank(last + 1) }
    storage[index] = Cell(
      scalar: cluster.scalar,
      marks: cluster.marks,
      width: cluster.width,
      look: look
    )
    if cluster.width == 2 { storage[last] = .rightHalf(look: look) }
  }

  private mutating func blank(_ index: Int) {
    storage[index] = Cell(scalar: " ", width: 1, look: storage[index].look)
  }

  /// Writes every cell, and the title, in ASCII: signs become their twins, what has none a question
  /// mark, combining marks are left out.
  ///
  /// An ellipsis behind a blank ends a phrase of ours: it becomes three dots where there is room.
  package mutating func spellInASCII() {
    for index in storage.indices {
      let cell = storage[index]
      if cell.scalar.isASCII, cell.width == 1, !cell.hasMarks { continue }
      if cell.scalar == "…", isPhraseEnd(index) {
        for place in index...index + 2 {
          storage[place] = Cell(scalar: ".", width: 1, look: cell.look)
        }
        continue
      }
      let twin = Glyphs.asciiTwin(of: cell.scalar)
      storage[index] = Cell(scalar: twin, width: 1, look: cell.look)
    }
    cleanTitle = cleanTitle.map { title in
      String(String.UnicodeScalarView(title.unicodeScalars.map(Glyphs.asciiTwin)))
    }
  }

  /// Whether a cell has a blank before it and two behind it on its line.
  private func isPhraseEnd(_ index: Int) -> Bool {
    let column = index % size.columns
    return column > 0 && column + 2 < size.columns && storage[index - 1].isBlank
      && storage[index + 1].isBlank && storage[index + 2].isBlank
  }
}

extension Frame {
  /// Calls `body` with each row that differs from the one in an older frame, and its cells.
  ///
  /// Without an older frame, or with one of another size, that is all rows. Right halves are among
  /// the cells; they have no width.
  package func forEachChangedRow(since old: Frame?, _ body: (Int, ArraySlice<Cell>) -> Void) {
    let old = old?.size == size ? old?.storage : nil
    for row in 0..<size.rows {
      let range = row * size.columns..<(row + 1) * size.columns
      if let old, !range.contains(where: { storage[$0] != old[$0] }) { continue }
      body(row, storage[range])
    }
  }
}
