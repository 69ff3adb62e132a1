internal import Cells
internal import Runs
internal import Triage

/// Draws, beside the list, what is needed to decide about the selected row without opening it.
enum PreviewView {
  static func draw(_ model: Model, _ layout: InboxLayout, into frame: inout Frame) {
    guard let preview = layout.preview else { return }
    let area = Rect(
      column: preview.column,
      row: layout.top,
      columns: preview.columns,
      rows: layout.height
    )
    for row in area.row..<area.maxRow {
      frame.put(String(model.glyphs.vertical), column: area.column, row: row, look: .faint)
    }
    guard let row = model.inbox.previewedRow else { return }
    let columns = area.columns - 3
    let lines = lines(row, model, columns: columns).prefix(area.rows)
    for (offset, line) in lines.enumerated() {
      frame.put(line, column: area.column + 2, row: area.row + offset, end: area.maxColumn - 1)
    }
    if model.link.isStale {
      frame.restyle(area) { $0.dimmed = true }
    }
  }

  private static func lines(_ row: Row, _ model: Model, columns: Int) -> [[Segment]] {
    let run = row.run
    let detail = row.reference.flatMap { model.details[$0] }
    let version = (detail?.run.version ?? run?.version).map { "  v\($0)" } ?? ""
    var lines: [[Segment]] = [
      [
        // One look for what stands behind the name and on the next line: less to send on a move.
        Segment(row.title, .title), Segment("\(version)  \(row.id.run.short)", .secondary),
      ]
    ]
    if let departure = row.departure {
      lines += Text.wrapped(model.departed(row, departure), to: columns, maximumLines: 2)
        .map { [Segment($0, .warning)] }
    }
    if let task = row.task {
      lines += self.task(task, row, detail, model, columns)
    } else if let run {
      lines += self.run(run, row, model, columns)
      lines += attention(run, row, detail, model, columns)
    }
    let steps = self.steps(detail, model)
    if !steps.isEmpty { lines += [[Segment("")]] + steps }
    if let run = detail?.run ?? run { lines += [[Segment("")], footer(run, model)] }
    if let fault = row.reference.flatMap({ model.details.faults[$0] }) {
      lines += Text.wrapped("Not read: \(fault.sentence)", to: columns, maximumLines: 3)
        .map { [Segment($0, .warning)] }
    }
    return lines
  }

  private static func task(
    _ task: HumanTask,
    _ row: Row,
    _ detail: RunDetail?,
    _ model: Model,
    _ columns: Int
  ) -> [[Segment]] {
    let at = model.inbox.inbox.at
    let body = TaskLines.head(task, columns: columns) + TaskLines.fields(task, columns: columns)
    var asked = body.prefix(16).map { [$0] }
    if body.count > 16 { asked.append([Segment("… \(body.count - 16) more lines: open", .faint)]) }
    // Of what has left the list only what it asked is still true.
    guard row.departure == nil else { return [[Segment("")]] + asked }
    var waits = "waits for you"
    if let since = row.since { waits += " since \(model.age(at - since))" }
    if let deadline = TaskFormRows.deadline(task, model) { waits += ", \(deadline.text)" }
    var lines = [[Segment(waits, .attention)], [Segment("")]] + asked
    let consequence = detail?.graph.map { Consequence(of: task.step, in: $0) }
    let following = TaskLines.consequences(consequence, columns: columns)
    if !following.isEmpty { lines.append([Segment("")]) }
    return lines + following.map { [$0] }
  }

  private static func run(
    _ run: Run,
    _ row: Row,
    _ model: Model,
    _ columns: Int
  ) -> [[Segment]] {
    var status = run.status.word
    if let by = run.statusBy { status += " by \(by)" }
    let moment = run.status.isTerminal ? Inbox.ended(run) : run.statusAt
    if let moment {
      let age = model.age(model.inbox.inbox.at - moment)
      status += run.status.isTerminal ? " \(age) ago" : " since \(age)"
    }
    if run.status == .stopped, model.wasDrained(row) { status += ", gracefully" }
    var lines = [[Segment(status, row.section == .failed ? .failure : .secondary)]]
    // How a run stood that has left the list, is not how it stands.
    if row.departure != nil { lines = [] }
    guard let failure = run.failure, run.status == .failed else { return lines }
    lines.append([Segment("")])
    if let code = failure.code { lines.append([Segment(code, .failure)]) }
    let message = [failure.step?.text, failure.message].compactMap { $0 }.joined(separator: ": ")
    lines += Text.wrapped(message, to: columns, maximumLines: 6).map { [Segment($0)] }
    if let advice = failure.advice {
      lines += Text.wrapped(advice, to: columns, maximumLines: 4).map { [Segment($0, .secondary)] }
    }
    if let same = row.sameCause {
      lines.append([Segment("\(same.count) runs failed with this cause", .secondary)])
    }
    return lines
  }

  /// Why a run looks stuck, and what to do about it.
  private static func attention(
    _ run: Run,
    _ row: Row,
    _ detail: RunDetail?,
    _ model: Model,
    _ columns: Int
  ) -> [[Segment]] {
    guard let attention = row.attention, !model.link.isFromDisk else { return [] }
    let words = AttentionWords(attention, at: model.inbox.inbox.at, graph: detail?.graph)
    var lines = [[Segment("")], [Segment(attention.word, .warning)]]
    lines += Text.wrapped(words.evidence, to: columns, maximumLines: 3).map { [Segment($0)] }
    let steps = words.checklist(run, detail?.graph) { model.key($0, in: .inbox) }
    guard !steps.isEmpty else { return lines }
    lines += [[Segment("")], [Segment("Look at, in this order", .secondary)]]
    for (index, step) in steps.enumerated() {
      for (part, text) in Text.wrapped(step, to: columns - 3, maximumLines: 2).enumerated() {
        lines.append([Segment(part == 0 ? "\(index + 1)  \(text)" : "   \(text)")])
      }
    }
    return lines
  }

  private static func steps(_ detail: RunDetail?, _ model: Model) -> [[Segment]] {
    guard let detail else { return [] }
    let steps = StepLedger.causeFirst(detail.steps)
    return steps.map { step in
      let (glyph, look) = StepSign.of(step.outcome, model.glyphs)
      return [
        Segment("\(glyph) ", look),
        Segment(Text.padded(Text.truncated(step.title, to: 18), to: 18)),
        Segment(
          " " + StepSign.remark(step, among: steps, detail, model),
          .secondary
        ),
      ]
    }
  }

  private static func footer(_ run: Run, _ model: Model) -> [Segment] {
    var parts: [String] = []
    if let credits = run.credits { parts.append("credits \(credits.text)") }
    if let trigger = run.trigger { parts.append("trigger \(trigger)") }
    if let began = run.began { parts.append("started \(model.zone.clock(began))") }
    return [Segment(parts.joined(separator: "  "), .secondary)]
  }
}
