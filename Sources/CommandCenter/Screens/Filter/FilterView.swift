internal import Cells
internal import Triage

/// Draws the filter above the list, and while it is typed the ways to go on above the hints.
enum FilterView {
  /// The line of the filter: what narrows the list, and how many rows are left of how many.
  static func drawLine(_ model: Model, row: Int, into frame: inout Frame) {
    let prompt: FilterPrompt? = if case .filter(let prompt) = model.top { prompt } else { nil }
    let columns = model.size.columns
    let shown = model.inbox.listing.parts.reduce(0) { $0 + $1.present }
    let right = "\(shown) of \(model.openCount) shown"
    let line = prompt?.line ?? LineEditor(model.inbox.filterText)
    // The key that opens it stands before it; one that has none opens by its name.
    let sign = model.key(.filter, in: .inbox) ?? "filter"
    let start = 2 + Text.width(sign)
    let window = line.window(max(8, columns - Text.width(right) - start - 3))
    frame.put(sign, column: 1, row: row, look: .key)
    frame.put(window.text, column: start, row: row, look: .field)
    if let range = prompt?.mistake?.range {
      underline(range, .failure, window, start: start, row: row, &frame)
    } else if let range = model.filterDoubt?.range {
      underline(range, .warning, window, start: start, row: row, &frame)
    }
    frame.putRight(right, end: columns - 1, row: row, look: .secondary)
    if prompt != nil { frame.cursor = Position(column: start + window.cursor, row: row) }
  }

  private static func underline(
    _ range: Range<Int>,
    _ role: Role,
    _ window: LineEditor.Window,
    start: Int,
    row: Int,
    _ frame: inout Frame
  ) {
    let first = max(0, range.lowerBound - window.skipped)
    let count = max(0, range.upperBound - window.skipped - first)
    let before = Text.width(String(window.text.prefix(first)))
    let wrong = Text.width(String(window.text.dropFirst(first).prefix(count)))
    frame.restyle(Rect(column: start + before, row: row, columns: wrong, rows: 1)) {
      $0.underlined = true
      $0.role = role
    }
  }

  /// The ways to go on, above the hints.
  static func drawCandidates(_ prompt: FilterPrompt, _ model: Model, into frame: inout Frame) {
    guard prompt.showsCandidates else { return }
    let lines = NoticeLine.lines(model).count
    let columns = model.size.columns
    let shown = CandidateLines.lines(
      prompt.candidates.map { ShownCandidate(text: $0.text, description: $0.description) },
      chosen: prompt.choice,
      room: model.size.rows - InboxLayout(model).top - 3 - lines,
      columns: columns
    )
    let top = model.size.rows - 1 - lines - shown.count
    frame.fill(Rect(column: 0, row: top, columns: columns, rows: shown.count), look: .dialog)
    for (offset, segments) in shown.enumerated() {
      frame.put(segments, column: 1, row: top + offset, end: columns - 1)
    }
  }
}

/// Draws the prompt for a filter's name on the line of hints.
enum FilterNamingView {
  static func draw(_ naming: FilterNaming, _ model: Model, into frame: inout Frame) {
    let size = model.size
    let row = size.rows - 1
    let lines = Text.wrapped(
      naming.mistake ?? "The tab shows: \(Text.sanitised(naming.text))",
      to: max(1, size.columns - 2),
      maximumLines: 3
    )
    let top = row - lines.count
    frame.fill(
      Rect(column: 0, row: top, columns: size.columns, rows: lines.count),
      look: .dialog
    )
    for (offset, line) in lines.enumerated() {
      let look: Look = naming.mistake == nil ? .secondary : .failure
      frame.put(line, column: 1, row: top + offset, look: look)
    }
    frame.fill(Rect(column: 0, row: row, columns: size.columns, rows: 1), look: .chrome)
    let hints = Hints.fit([(.confirm, "save"), (.close, "leave it")], .naming, model)
    let label = "Name of the tab: "
    let start = 1 + Text.width(label)
    let end = size.columns - hints.width - 3
    let window = naming.line.window(max(8, end - start))
    frame.put(label, column: 1, row: row, look: .title)
    frame.put(window.text, column: start, row: row, look: .field)
    frame.put(hints, column: max(end, start + 8), row: row, end: size.columns - 1)
    frame.cursor = Position(column: start + window.cursor, row: row)
  }
}
