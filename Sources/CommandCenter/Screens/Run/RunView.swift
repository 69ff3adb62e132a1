internal import Cells
internal import JSON
internal import Runs
internal import Triage

/// Draws a run.
enum RunView {
  static func draw(_ screen: RunScreen, _ model: Model, into frame: inout Frame) {
    let detail = model.details[screen.reference]
    drawHeader(screen, detail, model, into: &frame)
    drawTabs(screen, detail, model, into: &frame)
    for (offset, line) in model.attentionLines(screen).enumerated() {
      frame.put([line], column: 1, row: 2 + offset, end: model.size.columns - 1)
    }
    if let detail {
      switch screen.tab {
      case .events: drawEvents(screen, detail, model, into: &frame)
      case .steps: StepsView.draw(screen, detail, model, into: &frame)
      case .task: drawTask(screen, detail, model, into: &frame)
      }
    } else {
      let fault = model.details.faults[screen.reference]
      let text = fault.map { "Not read: \($0.sentence)" } ?? "Reading the run …"
      let lines = Text.wrapped(text, to: model.size.columns - 4, maximumLines: 4)
      for (offset, line) in lines.enumerated() {
        frame.put(line, column: 3, row: 3 + offset, look: fault == nil ? .secondary : .warning)
      }
    }
    drawStatus(screen, detail, model, into: &frame)
    NoticeLine.draw(model, into: &frame)
    Hints.draw(Hints.run(model, screen), model, into: &frame)
  }

  private static func drawHeader(
    _ screen: RunScreen,
    _ detail: RunDetail?,
    _ model: Model,
    into frame: inout Frame
  ) {
    let row = model.inbox.listing.rows.first { $0.reference == screen.reference }
    let run = detail?.run ?? row?.run
    let columns = model.size.columns
    frame.fill(Rect(column: 0, row: 0, columns: columns, rows: 1), look: .chrome)
    var right: [String] = []
    if let trigger = run?.trigger { right.append(trigger) }
    if let credits = run?.credits { right.append("\(credits.text) cr") }
    if let run { right.append(age(of: run, model)) }
    if model.link.isLate(at: model.now) {
      // Where there is no room for the age, the word stays.
      let age = model.link.age(at: model.now).map { "\(Age.exact($0)) old" } ?? "of unknown age"
      let data = model.link.lastGood == nil ? nil : model.link.word == nil ? "data \(age)" : age
      right = [data, model.link.word].compactMap { $0 }
    }
    let end = columns - 1
    var left: [Segment] = []
    if let version = run?.version, columns >= 60 {
      left.append(Segment("  v\(version)", .chrome))
    }
    left.append(Segment("  \(screen.reference.run.short) ", .chrome))
    if let run { left += status(of: run, detail, row != nil && row?.task != nil) }
    if model.permissions.readOnly != nil { left.append(Segment("  READ-ONLY", .warning)) }
    // What costs and what began it give way to how it stands, the name to its id.
    let title = row?.title ?? run?.title ?? screen.reference.workflow.text
    let wanted = 3 + min(Text.width(title), 16) + left.width
    while right.count > 1, wanted + 3 + Text.width(right.joined(separator: "   ")) > end {
      right.removeFirst()
    }
    let tail = right.joined(separator: "   ")
    let start = max(0, end - Text.width(tail))
    let rightLook: Look = model.link.isLate(at: model.now) ? .warning : .chrome
    frame.put(tail, column: start, row: 0, look: rightLook)
    let room = max(8, start - 2 - 3 - left.width)
    left.insert(Segment(Text.truncated(title, to: room), .title), at: 0)
    left.insert(Segment("\(model.glyphs.back) ", .chrome), at: 0)
    frame.put(left, column: 1, row: 0, end: start - 2)
  }

  private static func status(of run: Run, _ detail: RunDetail?, _ waits: Bool) -> [Segment] {
    let isWaiting = detail?.tasks.contains(where: \.isPending) ?? waits
    if isWaiting, !run.status.isTerminal {
      return [Segment("\(run.status.word), waits for you", .attention)]
    }
    let look: Look =
      switch run.status {
      case .failed: .failure
      case .stopped: .stopped
      case .completed: .success
      case .paused: .paused
      case .draining: .draining
      case .pending, .queued, .starting: .queued
      case .running, .other: .running
      }
    var segments = [Segment(run.status.word, look)]
    if let code = run.failure?.code { segments.append(Segment(" \(code)", look)) }
    return segments
  }

  private static func age(of run: Run, _ model: Model) -> String {
    guard let moment = run.endedAt ?? run.began else { return "" }
    return model.age(model.inbox.inbox.at - moment)
  }

  private static func drawTabs(
    _ screen: RunScreen,
    _ detail: RunDetail?,
    _ model: Model,
    into frame: inout Frame
  ) {
    var column = 1
    for tab in screen.tabs(detail) {
      let isActive = tab == screen.tab
      let label = [model.key(tab.command, in: .run), screen.title(of: tab, detail)].compactMap {
        $0
      }
      .joined(separator: " ")
      column = frame.put(
        isActive ? "[\(label)]" : label,
        column: column,
        row: 1,
        look: isActive ? .tabActive : .tab
      )
      column += 2
    }
    guard let run = detail?.run, let began = run.began else { return }
    let took = run.endedAt.map { "  \(Age.exact($0 - began))" } ?? ""
    let text = "\(model.zone.clock(began)) \(model.zone.name)\(took)"
    if column + Text.width(text) < model.size.columns - 1 {
      frame.putRight(text, end: model.size.columns - 1, row: 1, look: .secondary)
    }
  }

  private static func drawEvents(
    _ screen: RunScreen,
    _ detail: RunDetail,
    _ model: Model,
    into frame: inout Frame
  ) {
    let layout = RunLayout(model, screen)
    let columns = model.size.columns
    let lines = EventLine.lines(detail, unfolded: screen.unfolded, columns: columns)
    if lines.isEmpty {
      frame.put("No events yet.", column: 3, row: layout.top + 1, look: .secondary)
    }
    for (offset, line) in lines.dropFirst(screen.scroll).prefix(layout.height).enumerated() {
      let row = layout.top + offset
      switch line {
      case .event(let index):
        let event = detail.events[index]
        let words = EventWords(event, graph: detail.graph, started: start(of: event, in: detail))
        drawEvent(event, words, model, row, into: &frame)
        guard index == screen.event else { continue }
        let area = Rect(column: 0, row: row, columns: columns, rows: 1)
        frame.markRow(area, name: columns < 60 ? 1..<9 : 1..<13, model)
      case .cause(let text, let isFirst):
        let corner = isFirst ? model.glyphs.bottomLeft : " "
        frame.put(
          [Segment("\(corner) ", .faint), Segment(text, .warning)],
          column: EventLine.indent,
          row: row,
          end: columns - 1
        )
      case .data(let text):
        frame.put(
          [Segment(text, .secondary)],
          column: EventLine.indent,
          row: row,
          end: columns - 1
        )
      }
    }
  }

  /// When the step began that an event ends.
  private static func start(of event: RunEvent, in detail: RunDetail) -> Timestamp? {
    guard event.type == "step_completed", let step = event.step else { return nil }
    return detail.events.last { $0.step == step && $0.type == "step_started" }?.at
  }

  private static func drawEvent(
    _ event: RunEvent,
    _ words: EventWords,
    _ model: Model,
    _ row: Int,
    into frame: inout Frame
  ) {
    let end = model.size.columns - 1
    let isNarrow = model.size.columns < 60
    let clock = event.at.map { model.zone.clock($0, milliseconds: !isNarrow) } ?? ""
    frame.put(clock, column: 1, row: row, look: .faint)
    var column = isNarrow ? 10 : 14
    if let outcome = words.outcome {
      let (glyph, look) = StepSign.of(outcome, model.glyphs)
      frame.put(String(glyph), column: column, row: row, look: look)
    }
    // A sign that is a letter needs a gap.
    column += model.glyphs == .ascii ? 2 : 1
    let typeLook: Look = event.type == "step_failed" && !event.isStop ? .failure : .secondary
    let typeWidth = isNarrow ? 14 : 16
    frame.put([Segment(words.type, typeLook)], column: column, row: row, end: column + typeWidth)
    column += typeWidth + 1
    let width = isNarrow ? 0 : 14
    let subject =
      Text.width(words.subject) < width ? Text.padded(words.subject, to: width) : words.subject
    frame.put(
      [Segment(subject), Segment(words.text.isEmpty ? "" : " \(words.text)", .text)],
      column: column,
      row: row,
      end: end
    )
  }

  private static func drawTask(
    _ screen: RunScreen,
    _ detail: RunDetail,
    _ model: Model,
    into frame: inout Frame
  ) {
    let layout = RunLayout(model, screen)
    guard let rows = TaskFormRows(model, screen)?.rows else { return }
    let visible = rows.dropFirst(screen.scroll).prefix(TaskFormRows.height(model, screen))
    frame.put(visible, row: layout.top + 1, model)
  }

  private static func drawStatus(
    _ screen: RunScreen,
    _ detail: RunDetail?,
    _ model: Model,
    into frame: inout Frame
  ) {
    guard NoticeLine.lines(model).isEmpty else { return }
    let outage = TopLine.outageLines(model)
    for (offset, line) in outage.enumerated() {
      let row = model.size.rows - 1 - outage.count + offset
      frame.put(line, column: 1, row: row, look: .warning)
    }
    guard outage.isEmpty else { return }
    var parts: [String] = []
    if let detail {
      switch screen.tab {
      case .events:
        parts.append(screen.follows ? "follow on" : "follow off")
        parts.append("\(detail.events.count) events" + (detail.isCut ? ", more on the server" : ""))
      case .steps: parts.append("\(detail.steps.count) steps")
      case .task:
        if screen.form?.isEdited == true { parts.append("draft kept on this machine") }
      }
      if detail.unreadable > 0 { parts.append("\(detail.unreadable) unreadable") }
    }
    parts.append("local time (\(model.zone.name))")
    if let detail, let fault = model.details.faults[screen.reference] ?? detail.fault {
      parts.append(fault.sentence)
    }
    frame.put(
      [Segment(parts.joined(separator: " · "), model.link.isStale ? .warning : .faint)],
      column: 1,
      row: model.size.rows - 2,
      end: model.size.columns - 1
    )
  }
}
