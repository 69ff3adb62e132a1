internal import Cells
internal import Runs
internal import Triage

/// Draws the inbox.
enum InboxView {
  static func draw(_ model: Model, into frame: inout Frame) {
    let layout = InboxLayout(model)
    TopLine.draw(model, into: &frame)
    if layout.hasTabs { TabLine.draw(model, remarks(model.inbox.reading), into: &frame) }
    drawFault(model, layout, into: &frame)
    drawFilter(model, layout, into: &frame)
    if model.inbox.listing.rows.isEmpty {
      drawEmpty(model, layout, into: &frame)
    } else {
      drawList(model, layout, into: &frame)
      PreviewView.draw(model, layout, into: &frame)
    }
    NoticeLine.draw(model, into: &frame)
    let hints: [Segment] =
      if case .filter = model.top {
        Hints.fit([(.keep, "keep filter"), (.close, "clear")], .filter, model)
      } else if model.inbox.listing.rows.isEmpty {
        Hints.emptyInbox(model)
      } else {
        Hints.inbox(model)
      }
    Hints.draw(hints, model, into: &frame)
  }

  /// What is missing from the reading that the rows come from.
  private static func remarks(_ reading: Reading?) -> [String] {
    guard let reading else { return [] }
    var remarks: [String] = []
    if let fault = reading.taskFault { remarks.append("approvals not read: \(fault.sentence)") }
    if reading.unreadable > 0 {
      let items = reading.unreadable == 1 ? "1 item" : "\(reading.unreadable) items"
      remarks.append("\(items) could not be read")
    }
    if reading.isCut { remarks.append("older runs are not listed") }
    if let off = reading.clockIsOff {
      let side = off > .zero ? "ahead of" : "behind"
      // The date of an answer is cut to the second, so that an hour is never quite one.
      let tens = (abs(off.inMilliseconds) + 5000) / 10_000
      let much = Age.short(.seconds(tens * 10))
      remarks.append("the server's clock is \(much) \(side) ours")
    }
    return remarks
  }

  private static func drawFault(_ model: Model, _ layout: InboxLayout, into frame: inout Frame) {
    for (offset, line) in TopLine.faultLines(model).enumerated() {
      frame.put(line, column: 1, row: (layout.hasTabs ? 2 : 1) + offset, look: .warning)
    }
  }

  private static func drawFilter(_ model: Model, _ layout: InboxLayout, into frame: inout Frame) {
    let prompt: FilterPrompt? = if case .filter(let prompt) = model.top { prompt } else { nil }
    guard prompt != nil || !model.inbox.filterText.isEmpty else { return }
    let row = layout.top - 1
    let columns = model.size.columns
    let text = prompt?.text ?? model.inbox.filterText
    let shown = model.inbox.listing.rows.count
    let right = "\(shown) of \(model.inbox.inbox.count) shown"
    let room = max(8, columns - Text.width(right) - 6)
    // What is being typed stays in view: the front of a long line gives way.
    var visible = Text.sanitised(text)
    var hidden = 0
    while Text.width(visible) > room - 1 {
      visible.removeFirst()
      hidden += 1
    }
    frame.put("/", column: 1, row: row, look: .key)
    let end = frame.put(visible, column: 3, row: row, look: .field)
    if let mistake = prompt?.mistake {
      let first = max(0, mistake.range.lowerBound - hidden)
      let count = max(0, mistake.range.upperBound - hidden - first)
      let before = Text.width(String(visible.prefix(first)))
      let wrong = Text.width(String(visible.dropFirst(first).prefix(count)))
      frame.restyle(Rect(column: 3 + before, row: row, columns: wrong, rows: 1)) {
        $0.underlined = true
        $0.role = .failure
      }
    }
    frame.putRight(right, end: columns - 1, row: row, look: .secondary)
    if prompt != nil { frame.cursor = Position(column: end, row: row) }
  }

  private static func drawList(_ model: Model, _ layout: InboxLayout, into frame: inout Frame) {
    let lines = model.inboxLines
    let rows = model.inbox.listing.rows
    for offset in 0..<layout.height {
      let row = layout.top + offset
      switch lines[model.inbox.scroll + offset] {
      case nil: return
      case .heading(let section):
        drawHeading(section, model.shownCount(section), model, layout, row, into: &frame)
      case .row(let place):
        RowView.draw(rows[place], model, layout, row: row, into: &frame)
        if model.link.isStale { dim(row, layout.width, &frame) }
        if place == model.inbox.listing.index { mark(row, model, layout, &frame) }
      case .detail(let place):
        let detail = RowWords(rows[place], model).detail
        frame.put(
          [Segment(detail.text, detail.look)],
          column: 3,
          row: row,
          end: layout.width - 1
        )
      }
    }
  }

  private static func dim(_ row: Int, _ width: Int, _ frame: inout Frame) {
    frame.restyle(Rect(column: 0, row: row, columns: width, rows: 1)) { $0.dimmed = true }
  }

  private static func mark(
    _ row: Int,
    _ model: Model,
    _ layout: InboxLayout,
    _ frame: inout Frame
  ) {
    let area = Rect(column: 0, row: row, columns: layout.width, rows: 1)
    frame.markRow(area, name: 3..<3 + RowView.nameWidth(layout), model)
  }

  private static func drawHeading(
    _ section: Section,
    _ count: Int,
    _ model: Model,
    _ layout: InboxLayout,
    _ row: Int,
    into frame: inout Frame
  ) {
    let title = layout.isNarrow ? section.shortTitle : section.title
    let cut = count > Inbox.sectionLimit ? ", \(Inbox.sectionLimit) shown" : ""
    let end = frame.put("\(title) \(count)\(cut) ", column: 1, row: row, look: .section)
    let tail = section == .failed && !layout.isNarrow ? " 24 h " : ""
    let rule = Rect(
      column: end,
      row: row,
      columns: max(0, layout.width - end - Text.width(tail)),
      rows: 1
    )
    frame.fill(rule, with: model.glyphs.rule, look: .faint)
    frame.put(tail, column: layout.width - Text.width(tail), row: row, look: .section)
  }

  private static func drawEmpty(_ model: Model, _ layout: InboxLayout, into frame: inout Frame) {
    var lines: [Segment] = []
    if model.link.lastGood == nil {
      let waiting = "Waiting for the first answer of \(model.profile.place) …"
      let isAsked = model.link.fault == nil && model.access.missing == nil
      lines = [Segment(isAsked ? waiting : "Nothing was read yet.", .title)]
    } else if case .filter(let prompt) = model.top, prompt.mistake != nil {
      lines = [Segment("Nothing is shown until the filter can be read.", .title)]
    } else if !model.inbox.filter.isEmpty, model.inbox.inbox.count > 0 {
      lines = [Segment("Nothing passes this filter.", .title)]
    } else if model.inbox.reading?.tasks == nil {
      lines = [
        Segment("Whether anything waits for you is not known.", .title), Segment(""),
        Segment("No active runs, no failures in the last 24 hours."),
      ]
    } else {
      lines = [
        Segment("Nothing needs you.", .title), Segment(""),
        Segment("No approvals, no active runs, no failures in the last 24 hours."),
      ]
      if let run = model.inbox.inbox.lastCompleted, let ended = Inbox.ended(run) {
        let age = Age.short(model.inbox.inbox.at - ended)
        lines.append(Segment("Last run: \(run.title) completed \(age) ago."))
      }
    }
    for (offset, line) in lines.enumerated() where offset + 1 < layout.height {
      frame.put([line], column: 3, row: layout.top + 1 + offset, end: model.size.columns - 1)
    }
  }
}

/// The one sentence above the hints.
enum NoticeLine {
  /// The characters of a sentence that are looked at; servers may send any number.
  static let limit = 1000

  /// The sentence in as many lines as it needs: bad news is no use without its end.
  static func lines(_ model: Model) -> [String] {
    guard let text = mistake(model) ?? model.notice?.text else { return [] }
    return Text.wrapped(
      Text.sanitised(String(text.prefix(limit))),
      to: max(1, model.size.columns - 2),
      maximumLines: model.size.rows >= 16 ? 3 : 2
    )
  }

  static func draw(_ model: Model, into frame: inout Frame) {
    let lines = lines(model)
    let look: Look =
      switch model.notice?.tone {
      case _ where mistake(model) != nil: .failure
      case .plain, nil: .secondary
      case .good: .success
      case .bad: .warning
      }
    let first = model.size.rows - 1 - lines.count
    let area = Rect(column: 0, row: first, columns: model.size.columns, rows: lines.count)
    frame.fill(area, look: .text)
    for (offset, line) in lines.enumerated() {
      frame.put(line, column: 1, row: first + offset, look: look)
    }
  }

  /// What is wrong with the filter that is being typed.
  private static func mistake(_ model: Model) -> String? {
    if case .filter(let prompt) = model.top { prompt.mistake?.sentence } else { nil }
  }
}
