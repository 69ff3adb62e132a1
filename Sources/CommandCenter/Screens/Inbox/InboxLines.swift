internal import Cells
internal import Triage

/// The lines of the list, in order: headings, rows, and what unfolds beneath a row.
enum InboxLine: Equatable {
  case heading(Section, count: Int)
  case row(Row, index: Int)
  /// The detail of the row above, where there is no room for it beside.
  case detail(Row)

  /// The lines of what is listed.
  /// - Parameters:
  ///   - listing: The rows and the cursor.
  ///   - counts: How many stand in each section, shown or not.
  ///   - unfolds: Whether the selected row's detail stands on a line of its own.
  /// - Returns: The lines, headings among them.
  static func lines(
    _ listing: Listing,
    counts: (Section) -> Int,
    unfolds: Bool
  ) -> [InboxLine] {
    var lines: [InboxLine] = []
    var section: Section?
    for (index, row) in listing.rows.enumerated() {
      if row.section != section {
        section = row.section
        lines.append(.heading(row.section, count: counts(row.section)))
      }
      lines.append(.row(row, index: index))
      if unfolds, index == listing.index { lines.append(.detail(row)) }
    }
    return lines
  }

  /// The place of the selected row among lines, and of the last line that belongs to it.
  static func span(of listing: Listing, in lines: [InboxLine]) -> ClosedRange<Int>? {
    guard let selected = listing.index else { return nil }
    let first = lines.firstIndex { line in
      if case .row(_, let index) = line { index == selected } else { false }
    }
    guard let first else { return nil }
    if first + 1 < lines.count, case .detail = lines[first + 1] { return first...first + 1 }
    return first...first
  }
}

/// Where the list lies on the screen, by its size.
struct InboxLayout: Equatable {
  /// Lines above the list.
  var top: Int
  /// Lines of the list.
  var height: Int
  /// Columns of the list.
  var width: Int
  /// Whether rows are too short for a detail beside them.
  var isNarrow: Bool
  /// The columns right of the list where what is needed to decide is shown; nil without.
  var preview: (column: Int, columns: Int)?
  /// Whether there is a line of tabs.
  var hasTabs: Bool

  static func == (left: InboxLayout, right: InboxLayout) -> Bool {
    left.top == right.top && left.height == right.height && left.width == right.width
      && left.isNarrow == right.isNarrow && left.preview?.column == right.preview?.column
  }

  /// The layout of a model.
  init(_ model: Model) {
    let columns = model.size.columns
    hasTabs = model.size.rows >= 16
    isNarrow = columns < 60
    top = hasTabs ? 2 : 1
    if model.link.isStale, model.link.fault != nil { top += 1 }
    if !model.inbox.filterText.isEmpty || model.layers.contains(where: \.isFilter) { top += 1 }
    let bottom = model.notice == nil ? 1 : 2
    height = max(0, model.size.rows - top - bottom)
    width = columns
    if columns >= 120 {
      // A share of the width, so that a wide screen gives room to both: 69 of 120, 115 of 200.
      let left = columns * 23 / 40
      width = left
      preview = (left, columns - left)
    }
  }
}

extension Layer {
  /// Whether this is the filter's prompt.
  var isFilter: Bool { if case .filter = self { true } else { false } }
}
