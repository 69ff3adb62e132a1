internal import Cells
internal import Runs

/// Draws the choice of what is to be started.
enum WorkflowChoiceView {
  static func draw(_ choice: WorkflowChoice, _ model: Model, into frame: inout Frame) {
    let size = model.size
    frame.fill(Rect(column: 0, row: 0, columns: size.columns, rows: 1), look: .chrome)
    let title = choice.isList ? "Workflows" : "Start a run"
    let head = [Segment("\(model.glyphs.back) ", .chrome), Segment(title, .title)]
    frame.put(head, column: 1, row: 0, end: size.columns - 1)
    let candidates = choice.candidates(model)
    if let all = model.workflows {
      let text =
        choice.line.text.isEmpty
        ? "\(all.count) workflows" : "\(candidates.count) of \(all.count)"
      frame.putRight(text, end: size.columns - 1, row: 0, look: .chrome)
    }
    let isLow = size.rows < 16
    let promptRow = isLow ? 1 : 2
    let room = size.columns - 14
    let window = choice.line.window(room)
    frame.put("workflow", column: 3, row: promptRow, look: .title)
    frame.put(Text.padded(window.text, to: room), column: 13, row: promptRow, look: .field)
    frame.cursor = Position(column: 13 + window.cursor, row: promptRow)
    let first = promptRow + (isLow ? 1 : 2)
    let rows = max(1, size.rows - first - 1 - NoticeLine.lines(model).count)
    if candidates.isEmpty {
      draw(emptyWords(choice, model), row: first, model, into: &frame)
    } else {
      draw(candidates, choice.place(in: candidates), first, rows, model, into: &frame)
    }
    NoticeLine.draw(model, into: &frame)
    Hints.draw(
      Hints.fit(
        [(.down, "next"), (.confirm, choice.isList ? "start a run" : "choose"), (.close, "back")],
        .choice,
        model
      ),
      model,
      into: &frame
    )
  }

  private static func emptyWords(_ choice: WorkflowChoice, _ model: Model) -> (String, Look) {
    guard let all = model.workflows else {
      if let fault = model.workflowsFault {
        return ("The workflows could not be read: \(fault.sentence)", .warning)
      }
      return ("Reading the workflows …", .secondary)
    }
    return all.isEmpty
      ? ("This server has no workflow yet.", .secondary)
      : ("No workflow is called so.", .secondary)
  }

  private static func draw(
    _ words: (text: String, look: Look),
    row: Int,
    _ model: Model,
    into frame: inout Frame
  ) {
    let lines = Text.wrapped(
      Text.sanitised(words.text),
      to: max(1, model.size.columns - 4),
      maximumLines: 4
    )
    for (offset, line) in lines.enumerated() {
      frame.put(line, column: 3, row: row + offset, look: words.look)
    }
  }

  private static func draw(
    _ candidates: [Workflow],
    _ place: Int,
    _ first: Int,
    _ rows: Int,
    _ model: Model,
    into frame: inout Frame
  ) {
    let columns = model.size.columns
    let scroll = max(0, min(place - rows / 2, candidates.count - rows))
    let shown = candidates.dropFirst(scroll).prefix(rows)
    let widest = shown.map { Text.width($0.name) }.max() ?? 0
    let width = min(max(8, widest), columns >= 60 ? 32 : columns - 10)
    for (offset, workflow) in shown.enumerated() {
      let row = first + offset
      let version = workflow.version.map { "v\($0)" } ?? workflow.status ?? ""
      let isDraft = workflow.version == nil && workflow.status == "draft"
      let segments = [
        Segment(Text.padded(workflow.name, to: width), Look(.text, dimmed: isDraft)),
        Segment("  \(Text.padded(version, to: 6))", .secondary),
        Segment(columns >= 60 ? "  \(workflow.summary ?? "")" : "", .faint),
      ]
      frame.put(segments, column: 1, row: row, end: columns - 1)
      guard scroll + offset == place else { continue }
      let area = Rect(column: 0, row: row, columns: columns, rows: 1)
      frame.markRow(area, name: 1..<1 + width, model)
    }
  }
}
