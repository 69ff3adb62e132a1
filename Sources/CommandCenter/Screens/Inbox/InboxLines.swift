internal import Cells
internal import Triage

/// A line of the list.
enum InboxLine: Equatable {
  case heading(Section)
  /// The row at a place of the listing.
  case row(Int)
  /// The detail of the row above, where there is no room for it beside.
  case detail(Int)
}

/// The lines of the list, found by arithmetic: a heading before each section's rows, and a detail
/// beneath the selected row where details unfold.
///
/// No line is made that is not looked at.
struct InboxLines {
  private let parts: [Listing.Part]
  private let selected: Int?
  private let unfolds: Bool

  /// The lines of what is listed.
  init(_ listing: Listing, unfolds: Bool) {
    parts = listing.parts
    selected = listing.index
    self.unfolds = unfolds && listing.index != nil
  }

  /// How many lines there are.
  var count: Int { parts.count + (parts.last?.places.upperBound ?? 0) + (unfolds ? 1 : 0) }

  /// The line of a row's place.
  func line(of place: Int) -> Int {
    let headings = parts.prefix { $0.places.lowerBound <= place }.count
    let unfolded = unfolds && place > (selected ?? .max) ? 1 : 0
    return place + headings + unfolded
  }

  /// The lines that belong to the selected row.
  var selectedLines: ClosedRange<Int>? {
    selected.map { line(of: $0)...line(of: $0) + (unfolds ? 1 : 0) }
  }

  /// What stands on a line.
  subscript(line: Int) -> InboxLine? {
    guard line >= 0, line < count else { return nil }
    for part in parts {
      let heading = self.line(of: part.places.lowerBound) - 1
      if line == heading { return .heading(part.section) }
      let last = self.line(of: part.places.upperBound - 1)
      let isUnfolded = unfolds && selected == part.places.upperBound - 1
      guard line <= last + (isUnfolded ? 1 : 0) else { continue }
      var place = part.places.lowerBound + line - heading - 1
      if unfolds, let selected, part.places.contains(selected), place > selected {
        place -= 1
        if place == selected { return .detail(selected) }
      }
      return .row(place)
    }
    return nil
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
  /// Whether there is a line of the filter.
  var hasFilter: Bool

  static func == (left: InboxLayout, right: InboxLayout) -> Bool {
    left.top == right.top && left.height == right.height && left.width == right.width
      && left.isNarrow == right.isNarrow && left.preview?.column == right.preview?.column
  }

  /// The rows of a terminal from which on there is a line of tabs.
  static let tabRows = 16

  /// The layout of a model.
  init(_ model: Model) {
    let columns = model.size.columns
    hasTabs = model.size.rows >= InboxLayout.tabRows
    isNarrow = columns < 60
    top = hasTabs ? 2 : 1
    top += TopLine.faultLines(model).count
    hasFilter = !model.inbox.filterText.isEmpty || model.layers.contains(where: \.isFilter)
    if hasFilter { top += 1 }
    height = max(0, model.size.rows - top - 1 - NoticeLine.lines(model).count)
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
