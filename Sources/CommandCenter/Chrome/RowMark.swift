internal import Cells

extension Frame {
  /// Marks the row under the cursor: a sign at its left end, and a bar over all of it.
  ///
  /// Over a slow line what it is called by, in the columns of `name`, stands in bold for the bar, and
  /// the sign right before it: whatever lies between them would be written again with every move.
  mutating func markRow(_ area: Rect, name: Range<Int>, _ model: Model) {
    let sign = String(model.glyphs.marker)
    guard model.config.lowBandwidth else {
      put(sign, column: area.column, row: area.row, look: .accent)
      restyle(area) { $0.selected = true }
      return
    }
    put(sign, column: name.lowerBound - 1, row: area.row, look: Look(.text, bold: true))
    let end = name.last { !self[column: $0, row: area.row].isBlank } ?? name.lowerBound
    let letters = Rect(
      column: name.lowerBound,
      row: area.row,
      columns: end + 1 - name.lowerBound,
      rows: 1
    )
    restyle(letters.intersection(area)) { $0.bold = true }
  }
}

extension Model {
  /// An age as it is shown: over a slow line it says something else once a minute at most.
  func age(_ duration: Duration, exact: Bool = false) -> String {
    if config.lowBandwidth { return Age.coarse(duration) }
    return exact ? Age.exact(duration) : Age.short(duration)
  }
}
