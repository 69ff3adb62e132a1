internal import Cells
internal import Runs
internal import Triage

/// Draws a report.
enum ReportView {
  static func draw(_ screen: ReportScreen, _ model: Model, into frame: inout Frame) {
    let columns = model.size.columns
    frame.fill(Rect(column: 0, row: 0, columns: columns, rows: 1), look: .chrome)
    let height = height(model)
    let below = screen.drawn.count - screen.scroll - height
    let more = below > 0 ? "\(below) more below" : screen.scroll > 0 ? "end" : ""
    let head = [Segment("\(model.glyphs.back) ", .chrome)] + title(screen, model)
    frame.put(head, column: 1, row: 0, end: columns - 2 - Text.width(more))
    frame.putRight(more, end: columns - 1, row: 0, look: .chrome)
    for (offset, line) in screen.drawn.dropFirst(screen.scroll).prefix(height).enumerated() {
      frame.put(line, column: 1, row: top(model) + offset, end: columns - 1)
    }
    NoticeLine.draw(model, into: &frame)
    let hints: [(Command, String)] = [
      (.down, "down"), (.pageDown, "page down"), (.refresh, "read again"), (.help, "help"),
      (.close, "back"),
    ]
    Hints.draw(Hints.fit(hints, .report, model), model, into: &frame)
  }

  private static func title(_ screen: ReportScreen, _ model: Model) -> [Segment] {
    switch screen.subject {
    case .doctor: return [Segment("Doctor", .title), Segment("  \(model.profile.name)", .chrome)]
    case .context(let reference, let path):
      let row = model.listedRows.first { $0.reference == reference }
      let name = row?.title ?? model.details[reference]?.run.title ?? ""
      let place = path.map { "  \($0)" } ?? ""
      return [
        Segment("Context", .title), Segment("  \(reference.run.short)  \(name)\(place)", .chrome),
      ]
    }
  }

  /// The first line of what is said.
  private static func top(_ model: Model) -> Int { model.size.rows >= 16 ? 2 : 1 }

  /// Lines that there is room for.
  static func height(_ model: Model) -> Int {
    max(1, model.size.rows - top(model) - 1 - NoticeLine.lines(model).count)
  }

  /// What is said, as it fits: in columns where there is room, else what it is about above it.
  static func lines(_ screen: ReportScreen, columns: Int) -> [[Segment]] {
    let room = max(1, columns - 2)
    switch screen.result {
    case nil:
      let words: String =
        switch screen.subject {
        case .doctor: "Looking at terminal, settings, network, server, token and clock …"
        case .context: "Reading the context …"
        }
      return Text.wrapped(words, to: room).map { [Segment($0, .secondary)] }
    case .failure(let fault):
      return Text.wrapped("Not read: \(fault.sentence)", to: room, maximumLines: 8)
        .map { [Segment($0, .warning)] }
    case .success(let lines):
      if lines.isEmpty { return [[Segment("It is empty.", .secondary)]] }
      let widest = lines.map { Text.width(Text.sanitised($0.label)) }.max() ?? 0
      let label = min(widest, columns >= 60 ? min(44, columns / 2) : 0)
      return lines.flatMap { self.lines($0, label: label, room: room) }
    }
  }

  private static func lines(_ line: ReportLine, label: Int, room: Int) -> [[Segment]] {
    let sign = line.verdict.map { Text.padded($0.rawValue, to: 6) } ?? ""
    let name = Text.sanitised(line.label)
    let look = look(line.verdict)
    let indent = Text.width(sign) + (label > 0 ? label + 2 : 2)
    let text = Text.wrapped(line.text, to: max(8, room - indent))
    let isBeside = label > 0 && Text.width(name) <= label
    let head = [
      Segment(sign, look), Segment(isBeside ? Text.padded(name, to: label) : name, .secondary),
    ]
    var lines: [[Segment]] = isBeside ? [] : [head]
    for (index, words) in (text.isEmpty ? [""] : text).enumerated() {
      let front =
        isBeside && index == 0
        ? head + [Segment("  ")] : [Segment(String(repeating: " ", count: indent))]
      lines.append(front + [Segment(words, line.verdict == .bad ? .warning : .text)])
    }
    return lines
  }

  private static func look(_ verdict: ReportLine.Verdict?) -> Look {
    switch verdict {
    case .good: .success
    case .note: .warning
    case .bad: .failure
    case nil: .secondary
    }
  }
}
