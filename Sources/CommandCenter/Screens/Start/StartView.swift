internal import Cells
internal import Runs

/// Draws the form before a start.
enum StartView {
  static func draw(_ screen: StartScreen, _ model: Model, into frame: inout Frame) {
    drawHeader(screen, model, into: &frame)
    let rows = screen.rows(model).dropFirst(screen.scroll).prefix(height(model))
    frame.put(rows, row: top(model), model)
    if screen.isSending { frame.cursor = nil }
    NoticeLine.draw(model, into: &frame)
    Hints.draw(hints(screen, model), model, into: &frame)
  }

  private static func top(_ model: Model) -> Int { model.size.rows >= 16 ? 2 : 1 }

  /// The lines of the form that are on the screen.
  private static func height(_ model: Model) -> Int {
    max(1, model.size.rows - top(model) - 1 - NoticeLine.lines(model).count)
  }

  /// The first line that has the field under the cursor on the screen.
  static func scroll(_ screen: StartScreen, _ model: Model) -> Int {
    let rows = screen.rows(model)
    let own = rows.indices.filter { rows[$0].field == screen.form.cursor }
    guard let first = own.first, let last = own.last else { return 0 }
    let height = height(model)
    return RunLayout.scroll(
      screen.scroll,
      showing: first...max(first, min(last, first + height - 1)),
      of: rows.count,
      in: height
    )
  }

  private static func drawHeader(
    _ screen: StartScreen,
    _ model: Model,
    into frame: inout Frame
  ) {
    let columns = model.size.columns
    frame.fill(Rect(column: 0, row: 0, columns: columns, rows: 1), look: .chrome)
    let tail = screen.publication(model)
    let isTailed = columns >= 60 && !tail.isEmpty
    let start = isTailed ? columns - 1 - Text.width(tail) : columns - 1
    if isTailed { frame.put(tail, column: start, row: 0, look: .chrome) }
    let version = screen.facts?.version.map { "  v\($0)" } ?? ""
    let room = max(8, start - 12 - Text.width(version))
    let segments = [
      Segment("\(model.glyphs.back) ", .chrome), Segment("Start ", .chrome),
      Segment(Text.truncated(screen.name, to: room), .title), Segment(version, .chrome),
    ]
    frame.put(segments, column: 1, row: 0, end: start - 1)
  }

  private static func hints(_ screen: StartScreen, _ model: Model) -> [Segment] {
    if screen.isSending {
      return [Segment("starting …  ", .chrome)]
        + Hints.fit([(.close, "back, it goes on")], .start, model)
    }
    return Hints.fit(
      [
        (.nextField, "next field"), (.confirm, "start"),
        (.editorAll, "whole input as JSON in $EDITOR"), (.close, "back"),
      ],
      .start,
      model
    )
  }
}
