internal import Cells
internal import Runs

/// Draws what was decided on this machine.
enum ActivityView {
  static func draw(_ model: Model, into frame: inout Frame) {
    let layout = ActivityLayout(model)
    let activity = model.activity
    let columns = model.size.columns
    TopLine.draw(model, into: &frame)
    if layout.hasTabs { TabLine.draw(model, into: &frame) }
    for (offset, line) in layout.remarks.enumerated() {
      frame.put(
        line,
        column: 1,
        row: layout.top - 1 - layout.remarks.count + offset,
        look: .warning
      )
    }
    drawHead(model, row: layout.top - 1, into: &frame)
    if activity.items.isEmpty { drawEmpty(model, layout, into: &frame) }
    for offset in 0..<layout.height {
      let line = activity.scroll + offset
      guard activity.lines.indices.contains(line) else { break }
      let row = layout.top + offset
      switch activity.lines[line] {
      case .day(let day):
        let end = frame.put("\(day) ", column: 1, row: row, look: .section)
        let rule = Rect(column: end, row: row, columns: max(0, columns - end), rows: 1)
        frame.fill(rule, with: model.glyphs.rule, look: .faint)
      case .item(let place):
        draw(activity.items[place], model, row, into: &frame)
        guard place == activity.index else { continue }
        let name = columns < 60 ? 7..<15 : 11..<20
        frame.markRow(Rect(column: 0, row: row, columns: columns, rows: 1), name: name, model)
      }
    }
    NoticeLine.draw(model, into: &frame)
    Hints.draw(hints(model), model, into: &frame)
  }

  private static func drawHead(_ model: Model, row: Int, into frame: inout Frame) {
    let activity = model.activity
    let columns = model.size.columns
    guard activity.isTyping || !activity.filterText.isEmpty else {
      let zone = "local time (\(model.zone.name))"
      let right = columns < 60 ? model.zone.name : "\(day(model)), \(zone)"
      let left = columns < 60 ? "Decided here" : "Your decisions and commands, this machine"
      frame.put(left, column: 1, row: row, look: .title)
      frame.putRight(right, end: columns - 1, row: row, look: .secondary)
      return
    }
    let right = "\(activity.items.count) of \(activity.total) shown"
    frame.put("/", column: 1, row: row, look: .key)
    let room = max(8, columns - Text.width(right) - 6)
    let line = activity.isTyping ? activity.line : LineEditor(activity.filterText)
    let window = line.window(room)
    frame.put(window.text, column: 3, row: row, look: .field)
    frame.putRight(right, end: columns - 1, row: row, look: .secondary)
    if activity.isTyping { frame.cursor = Position(column: 3 + window.cursor, row: row) }
  }

  /// The day of what stands on the first line.
  private static func day(_ model: Model) -> String {
    let activity = model.activity
    guard activity.lines.indices.contains(activity.scroll) else { return "today" }
    switch activity.lines[activity.scroll] {
    case .day(let day): return day
    case .item(let place):
      let day = model.zone.day(activity.items[place].at)
      return day == model.zone.day(model.now) ? "today" : day
    }
  }

  private static func drawEmpty(
    _ model: Model,
    _ layout: ActivityLayout,
    into frame: inout Frame
  ) {
    let lines =
      if !model.activity.isRead {
        ["Reading the journals …"]
      } else if model.activity.total > 0 {
        ["Nothing here has these words."]
      } else {
        [
          "Nothing was decided on this machine yet.", "",
          "Every approval, rejection, start, pause, resume and stop is kept here,",
          "with what became of it.",
        ]
      }
    let room = max(1, model.size.columns - 4)
    let wrapped = lines.flatMap { $0.isEmpty ? [""] : Text.wrapped($0, to: room, maximumLines: 3) }
    for (offset, line) in wrapped.enumerated() where offset + 1 < layout.height {
      let look: Look = offset == 0 ? .title : .text
      frame.put(line, column: 3, row: layout.top + 1 + offset, look: look)
    }
  }

  private static func draw(
    _ item: ActivityModel.Item,
    _ model: Model,
    _ row: Int,
    into frame: inout Frame
  ) {
    let isNarrow = model.size.columns < 60
    let clock = model.zone.clock(item.at)
    frame.put(isNarrow ? String(clock.prefix(5)) : clock, column: 1, row: row, look: .faint)
    let column = isNarrow ? 7 : 11
    let end = model.size.columns - 1
    switch item {
    case .said(let said):
      let at = frame.put(
        Text.padded("said", to: isNarrow ? 8 : 9),
        column: column,
        row: row,
        look: .secondary
      )
      frame.put([Segment(Text.sanitised(said.text), .warning)], column: at + 1, row: row, end: end)
    case .decision(let record):
      draw(record, model, column, row, end, into: &frame)
    }
  }

  private static func draw(
    _ record: JournalRecord,
    _ model: Model,
    _ column: Int,
    _ row: Int,
    _ end: Int,
    into frame: inout Frame
  ) {
    let isNarrow = model.size.columns < 60
    let words = ActivityWords(record, model.glyphs)
    let verb = Text.padded(words.verb, to: isNarrow ? 8 : 9)
    var column = frame.put(verb, column: column, row: row, look: .text) + 1
    let width = isNarrow ? 10 : model.size.columns < 100 ? 16 : 24
    let name = Text.padded(Text.truncated(record.decision.title, to: width), to: width)
    column = frame.put([Segment(name)], column: column, row: row, end: end) + 1
    var outcome = [Segment("\(words.sign) \(words.outcome)", words.look)]
    if !isNarrow {
      let id = Text.padded(record.decision.subject.run.run.short, to: 8)
      column = frame.put([Segment(id, .faint)], column: column, row: row, end: end) + 2
      if record.place.profile != model.profile.name {
        outcome.insert(Segment("\(record.place.profile)  ", .secondary), at: 0)
      }
    }
    let took = isNarrow ? "" : words.took
    let start = end - Text.width(took)
    frame.put(outcome, column: column, row: row, end: took.isEmpty ? end : start - 1)
    frame.put(took, column: start, row: row, look: .secondary)
  }

  private static func hints(_ model: Model) -> [Segment] {
    if model.activity.isTyping {
      return Hints.fit([(.keep, "keep filter"), (.close, "clear")], .filter, model)
    }
    var hints: [(Command, String)] = []
    if case .decision = model.activity.selection { hints.append((.open, "details")) }
    if !model.activity.filterText.isEmpty { hints.append((.close, "clear filter")) }
    if model.activity.total > 0 { hints.append((.filter, "filter")) }
    if case .decision = model.activity.selection { hints.append((.copy, "copy run id")) }
    hints += [
      (.commandLine, "export, handover"), (.refresh, "read again"), (.back, "inbox"),
      (.help, "help"),
    ]
    return Hints.fit(hints, .activity, model)
  }
}

/// Where the list of decisions lies on the screen.
struct ActivityLayout: Equatable {
  /// Lines above the list.
  var top: Int
  /// Lines of the list.
  var height: Int
  var hasTabs: Bool
  /// What could not be read, in lines above the head.
  var remarks: [String]

  /// The layout of a model.
  init(_ model: Model) {
    hasTabs = model.size.rows >= 16
    remarks = model.activity.remarks.flatMap { remark in
      Text.wrapped(Text.sanitised(remark), to: max(1, model.size.columns - 2), maximumLines: 2)
    }
    remarks = Array(remarks.prefix(model.size.rows >= 16 ? 4 : 1))
    top = (hasTabs ? 3 : 2) + remarks.count
    height = max(0, model.size.rows - top - 1 - NoticeLine.lines(model).count)
  }
}
