internal import Cells
internal import JSON
internal import Runs
internal import Triage

/// Draws the steps of a run as a list, the cause first, and what there is to know of the chosen one.
enum StepsView {
  static func draw(
    _ screen: RunScreen,
    _ detail: RunDetail,
    _ model: Model,
    into frame: inout Frame
  ) {
    let layout = RunLayout(model, screen)
    let steps = StepLedger.causeFirst(detail.steps)
    let columns = model.size.columns
    guard !steps.isEmpty else {
      frame.put("The server names no steps yet.", column: 3, row: layout.top + 1, look: .secondary)
      return
    }
    let rows = layout.stepRows(steps.count)
    let nameWidth = min(28, max(16, steps.map { Text.width($0.title) }.max() ?? 0))
    let selected = steps.first { $0.id == screen.step } ?? steps[0]
    for (offset, step) in steps.dropFirst(screen.scroll).prefix(rows).enumerated() {
      let row = layout.top + offset
      let (glyph, look) = StepSign.of(step.outcome, model.glyphs)
      let name = Text.padded(Text.truncated(step.title, to: nameWidth), to: nameWidth)
      let badge = Text.padded(step.outcome.badge, to: columns < 60 ? 0 : 18)
      frame.put(
        [
          Segment("\(glyph) ", look), Segment("\(name) "), Segment("\(badge) ", look),
          Segment(
            StepSign.remark(step, among: steps, detail, model),
            .secondary
          ),
        ],
        column: 1,
        row: row,
        end: columns - 1
      )
      guard step.id == selected.id else { continue }
      let line = Rect(column: 0, row: row, columns: columns, rows: 1)
      frame.markRow(line, name: 3..<3 + nameWidth, model)
    }
    let area = Rect(
      column: 0,
      row: layout.top + rows + 1,
      columns: columns,
      rows: max(0, layout.top + layout.height - layout.top - rows - 1)
    )
    drawDetail(selected, detail, model, area, into: &frame)
  }

  private static func drawDetail(
    _ step: Step,
    _ detail: RunDetail,
    _ model: Model,
    _ area: Rect,
    into frame: inout Frame
  ) {
    guard area.rows >= 2 else { return }
    let end = frame.put("\(step.title)  ", column: 1, row: area.row, look: .section)
    frame.fill(
      Rect(column: end, row: area.row, columns: max(0, area.columns - end), rows: 1),
      with: model.glyphs.rule,
      look: .faint
    )
    let lines = facts(step, detail, columns: area.columns - 13)
    for (offset, line) in lines.prefix(area.rows - 1).enumerated() {
      let row = area.row + 1 + offset
      frame.putRight(line.label, end: 9, row: row, look: .secondary)
      frame.put([Segment(line.text, line.look)], column: 11, row: row, end: area.columns - 1)
    }
  }

  private struct Fact {
    var label: String
    var text: String
    var look: Look
  }

  private static func facts(_ step: Step, _ detail: RunDetail, columns: Int) -> [Fact] {
    var facts: [Fact] = []
    let add = { (label: String, text: String, look: Look, facts: inout [Fact]) in
      for (index, part) in Text.wrapped(text, to: max(8, columns), maximumLines: 3).enumerated() {
        facts.append(Fact(label: index == 0 ? label : "", text: part, look: look))
      }
    }
    let source = detail.graph?[step.id]?.source
    var type = step.type ?? "unknown type"
    if let tool = source?["tool_name"]?.string { type += "  \(tool)" }
    if step.tries > 1 { type += "   tries \(step.tries)" }
    if let credits = step.credits { type += "   credits \(credits.text)" }
    add("type", type, .text, &facts)
    if let failure = step.failure {
      add("error", failure.message ?? failure.code ?? "no message", .failure, &facts)
      let means = Failure(code: failure.code ?? detail.run.failure?.code).advice
      if let means { add("means", means, .text, &facts) }
    }
    if let cause = step.causedBy {
      let title = detail.graph?.title(of: cause) ?? cause.text
      // A task that ended well holds its branch up by its answer.
      let isAnswered = detail.steps.contains { $0.id == cause && $0.outcome == .success }
      add("because", "\(title) \(isAnswered ? "was rejected" : "failed")", .text, &facts)
    }
    if !step.dependsOn.isEmpty {
      let names = step.dependsOn.map { detail.graph?.title(of: $0) ?? $0.text }
      add("after", names.joined(separator: ", "), .secondary, &facts)
    }
    if let condition = detail.graph?[step.id]?.condition {
      add("only if", condition, .secondary, &facts)
    }
    if let result = step.result { add("result", Brief.text(result), .secondary, &facts) }
    return facts
  }
}
