internal import Cells

/// Draws the command line at the bottom, and above it the ways to go on.
enum CommandLineView {
  /// How many ways are shown at most.
  private static let limit = 6

  static func draw(_ line: CommandLine, _ model: Model, into frame: inout Frame) {
    let size = model.size
    let candidates = line.candidates(model)
    let room = max(0, min(limit, size.rows - 4))
    let chosen = line.choice ?? 0
    let first = max(0, min(chosen - room + 1, candidates.count - room))
    let shown = candidates.dropFirst(first).prefix(room)
    let lines = line.mistake.map { mistakeLines($0, size) } ?? []
    let height = lines.isEmpty ? shown.count : lines.count
    let top = size.rows - 1 - height
    frame.fill(Rect(column: 0, row: top, columns: size.columns, rows: height), look: .dialog)
    if lines.isEmpty {
      let width = shown.map { Text.width($0.line) }.max() ?? 0
      for (offset, candidate) in shown.enumerated() {
        let isChosen = line.choice == first + offset
        let segments = [
          Segment(":\(Text.padded(candidate.line, to: width))", isChosen ? .key : .dialog),
          Segment("   \(candidate.description)", .secondary),
        ]
        frame.put(segments, column: 3, row: top + offset, end: size.columns - 1)
      }
    } else {
      for (offset, text) in lines.enumerated() {
        frame.put(text, column: 1, row: top + offset, look: .failure)
      }
    }
    drawLine(line, model, into: &frame)
  }

  private static func mistakeLines(_ sentence: String, _ size: Size) -> [String] {
    Text.wrapped(Text.sanitised(sentence), to: max(1, size.columns - 2), maximumLines: 3)
  }

  private static func drawLine(_ line: CommandLine, _ model: Model, into frame: inout Frame) {
    let size = model.size
    let row = size.rows - 1
    frame.fill(Rect(column: 0, row: row, columns: size.columns, rows: 1), look: .chrome)
    let hints = Hints.fit(
      [(.complete, "complete"), (.confirm, "do it"), (.close, "close")],
      .command,
      model
    )
    let room = size.columns >= 60 ? size.columns - hints.width - 5 : size.columns - 3
    // What is being typed stays in view: the front of a long line gives way.
    var visible = Text.sanitised(line.text)
    while Text.width(visible) > room - 1 { visible.removeFirst() }
    frame.put(":", column: 1, row: row, look: .key)
    let end = frame.put(visible, column: 2, row: row, look: .field)
    frame.cursor = Position(column: min(end, size.columns - 1), row: row)
    guard size.columns >= 60 else { return }
    frame.put(
      hints,
      column: size.columns - hints.width - 1,
      row: row,
      end: size.columns - 1
    )
  }
}
