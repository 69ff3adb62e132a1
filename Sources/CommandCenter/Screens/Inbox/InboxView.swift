internal import Cells
internal import Runs
internal import Triage

/// Draws the inbox.
enum InboxView {
  static func draw(_ model: Model, into frame: inout Frame) {
    let layout = InboxLayout(model)
    TopLine.draw(model, into: &frame)
    if layout.hasTabs { TabLine.draw(model, remarks(model), into: &frame) }
    drawFault(model, layout, into: &frame)
    if layout.hasFilter { FilterView.drawLine(model, row: layout.top - 1, into: &frame) }
    if model.inbox.listing.rows.isEmpty {
      drawEmpty(model, layout, into: &frame)
    } else {
      drawList(model, layout, into: &frame)
      PreviewView.draw(model, layout, into: &frame)
    }
    NoticeLine.draw(model, into: &frame)
    let hints: [Segment] =
      if case .filter = model.top {
        Hints.fit(
          [(.keep, "keep filter"), (.close, "clear"), (.complete, "complete")],
          .filter,
          model
        )
      } else if model.inbox.listing.rows.isEmpty {
        Hints.emptyInbox(model)
      } else {
        Hints.inbox(model)
      }
    if case .filter(let prompt) = model.top {
      FilterView.drawCandidates(prompt, model, into: &frame)
    }
    Hints.draw(hints, model, into: &frame)
  }

  /// What is missing from the reading that the rows come from.
  private static func remarks(_ model: Model) -> [String] {
    guard let reading = model.inbox.reading else { return [] }
    var remarks: [String] = []
    let hidden = model.inbox.inbox.hiddenCount
    // Where there is a heading of failures, it says how many are hidden.
    if hidden > 0, model.inbox.inbox.rows[.failed] == nil { remarks.append("\(hidden) hidden") }
    if let fault = reading.taskFault { remarks.append("approvals not read: \(fault.sentence)") }
    if reading.unreadable > 0 {
      let items = reading.unreadable == 1 ? "1 item" : "\(reading.unreadable) items"
      remarks.append("\(items) could not be read")
    }
    if let doubt = model.tabDoubt { remarks.append(doubt) }
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
        if model.link.isStale || rows[place].isHidden { dim(row, layout.width, &frame) }
        if place == model.inbox.listing.index { mark(row, model, layout, &frame) }
      case .detail(let place):
        let words = RowWords(rows[place], model).rest(room: layout.width - 4)
        frame.put(words, column: 3, row: row, end: layout.width - 1)
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
    let hidden = section == .failed ? model.inbox.inbox.hiddenCount : 0
    let done = hidden > 0 ? ", \(hidden) hidden" : ""
    let end = frame.put("\(title) \(count)\(cut)\(done) ", column: 1, row: row, look: .section)
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

  /// What is to be said of the failures where none is listed.
  private static func failures(_ model: Model) -> String {
    let hidden = model.inbox.inbox.hiddenCount
    guard hidden > 0 else { return "no failures in the last 24 hours" }
    let key = model.key(.showHidden, in: .inbox).map { " (\($0) shows them)" } ?? ""
    return "no failures but \(hidden) hidden\(key)"
  }

  private static func warning(_ text: String, _ model: Model) -> [Segment] {
    Text.wrapped(Text.sanitised(text), to: max(1, model.size.columns - 4), maximumLines: 4)
      .map { Segment($0, .warning) }
  }

  private static func drawEmpty(_ model: Model, _ layout: InboxLayout, into frame: inout Frame) {
    var lines: [Segment] = []
    if model.link.lastGood == nil {
      let waiting = "Waiting for the first answer of \(model.profile.place) …"
      let isAsked = model.link.fault == nil && model.access.missing == nil
      lines = [Segment(isAsked ? waiting : "Nothing was read yet.", .title)]
    } else if !model.inbox.filter.isEmpty, model.openCount > 0 {
      let isRead = !model.layers.contains {
        if case .filter(let prompt) = $0 { prompt.mistake != nil } else { false }
      }
      let words =
        isRead ? "Nothing passes this filter." : "Nothing passes what of this filter can be read."
      lines = [Segment(words, .title)]
      if case .filter = model.top {
        // Said above the hints.
      } else if let doubt = model.filterDoubt {
        lines += [Segment("")] + warning(doubt.words, model)
      }
    } else if case .saved(let name) = model.tab, model.inbox.inbox.count > 0 {
      lines = [
        Segment("Nothing in \(name).", .title), Segment(""),
        Segment("\(model.inbox.inbox.count) in the inbox."),
      ]
      if let doubt = model.tabDoubt { lines += warning(doubt, model) }
    } else if model.inbox.reading?.tasks == nil {
      lines = [
        Segment("Whether anything waits for you is not known.", .title), Segment(""),
        Segment("No active runs, no failures in the last 24 hours."),
      ]
    } else {
      lines = [
        Segment("Nothing needs you.", .title), Segment(""),
        Segment("No approvals, no active runs, \(failures(model))."),
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
