internal import Cells
internal import JSON
internal import Runs
internal import Triage

/// Draws the review page.
enum ReviewView {
  static func draw(_ page: ReviewPage, _ model: Model, into frame: inout Frame) {
    let layout = ReviewLayout(model)
    let columns = model.size.columns
    TopLine.draw(model, into: &frame)
    let sums = ReviewSums(page)
    let lines = ReviewLines(page, model)
    let below = lines.count - page.scroll - layout.height
    let more = below > 0 ? "\(below) more below" : page.scroll > 0 ? "end" : ""
    let room = columns - Text.width(more) - 3
    let titles = titles(page, sums)
    let title = titles.first { Text.width($0) <= room } ?? titles.last ?? ""
    frame.put([Segment(title, .title)], column: 1, row: 1, end: columns - Text.width(more) - 2)
    frame.put(more, column: columns - 1 - Text.width(more), row: 1, look: .secondary)
    let words = wordWidth(page)
    for offset in 0..<layout.height {
      let row = layout.top + offset
      switch lines[page.scroll + offset] {
      case nil: break
      case .item(let place):
        let item = page.items[place]
        draw(item, model, words: words, asksHow: page.asksHow, row: row, into: &frame)
        if place == page.cursor { mark(row, words, model, into: &frame) }
      case .unfolded(let segment):
        frame.put([segment], column: ReviewLines.indent(model), row: row, end: columns - 1)
      }
    }
    let shown = min(layout.height, max(0, lines.count - page.scroll))
    let first = layout.top + shown + (layout.hasGaps ? 1 : 0)
    for (offset, line) in (layout.hasSums ? sums.lines(model) : []).enumerated() {
      frame.put([line], column: 3, row: first + offset, end: columns - 1)
    }
    NoticeLine.draw(model, into: &frame)
    Hints.draw(Hints.review(page, model), model, into: &frame)
  }

  /// What the page is called, in ever fewer words.
  private static func titles(_ page: ReviewPage, _ sums: ReviewSums) -> [String] {
    if page.asksHow {
      let count = sums.sent == 1 ? "1 run" : "\(sums.sent) runs"
      return ["Stop \(count): gracefully, or immediately?", "Stop \(count): how?"]
    }
    let things = sums.sent == 1 ? "1 decision" : "\(sums.sent) decisions"
    if page.rest != nil {
      return [
        "Review \(things), the rest of a bulk that was cut short",
        "Review \(things), the rest of a bulk", "Review \(things)",
      ]
    }
    return [
      "Review \(things) before \(sums.sent == 1 ? "it is" : "they are") sent", "Review \(things)",
    ]
  }

  /// The columns of the word for what is decided, as wide as the widest.
  private static func wordWidth(_ page: ReviewPage) -> Int {
    // By index: copies of thousands of items at every key would be felt.
    page.items.indices.reduce(7) { widest, place in
      let word = word(
        page.items[place].verdict,
        page.items[place].remark,
        isDropped: page.items[place].isDropped
      )
      return max(widest, Text.width(word))
    }
  }

  /// What is done with an item, in a word or two.
  private static func word(
    _ verdict: Verb?,
    _ remark: ReviewPage.Remark?,
    isDropped: Bool
  ) -> String {
    if isDropped { return "dropped" }
    if let verdict { return verdict.word }
    return switch remark {
    case .changed: "changed"
    case .gone: "gone"
    case .leftOut, nil: "left out"
    }
  }

  private static func draw(
    _ item: ReviewPage.Item,
    _ model: Model,
    words: Int,
    asksHow: Bool,
    row: Int,
    into frame: inout Frame
  ) {
    let columns = model.size.columns
    let isNarrow = columns < 60
    let dimmed = item.isDropped || (item.verdict == nil && !item.isOpen)
    let age = item.target.since.map { model.age(model.inbox.inbox.at - $0) } ?? ""
    let end = columns - 1
    let ageStart = end - Text.width(age)
    frame.put(age, column: ageStart, row: row, look: Look(.secondary, dimmed: dimmed))
    frame.put(sign(item, model), column: 1, row: row, look: Look(.key, dimmed: dimmed))
    let said = word(item.verdict, item.remark, isDropped: item.isDropped)
    let word = asksHow && item.isSent ? "stop" : said
    frame.put(word, column: 3, row: row, look: Look(role(item), dimmed: dimmed))
    let nameAt = 3 + words + (isNarrow ? 1 : 2)
    let idWidth = 8
    let nameWidth =
      isNarrow ? max(4, ageStart - 1 - idWidth - 1 - nameAt) : columns < 100 ? 16 : 24
    let name = Text.padded(Text.truncated(item.target.title, to: nameWidth), to: nameWidth)
    let idAt = frame.put(name, column: nameAt, row: row, look: Look(.text, dimmed: dimmed))
    let id = Text.padded(item.target.id.short, to: idWidth)
    let behind = frame.put(
      [Segment(id, Look(.faint, dimmed: dimmed))],
      column: idAt + (isNarrow ? 1 : 2),
      row: row,
      end: ageStart - 1
    )
    guard !isNarrow else { return }
    frame.put([detail(item, dimmed)], column: behind + 2, row: row, end: ageStart - 1)
  }

  /// The key of the verdict.
  private static func sign(_ item: ReviewPage.Item, _ model: Model) -> String {
    guard item.isSent, let verdict = item.verdict else { return item.isOpen ? "?" : "-" }
    let command: Command =
      switch verdict {
      case .approve: .approve
      case .reject: .reject
      case .pause, .resume: .pause
      case .stop, .start: .stop
      }
    return model.config.keymap.label(of: command, in: .review, ascii: model.glyphs == .ascii) ?? "-"
  }

  private static func role(_ item: ReviewPage.Item) -> Role {
    switch item.verdict {
    case _ where item.isDropped: .secondary
    case .approve, .resume: .success
    case .reject: .failure
    case .stop: .stopped
    case .pause: .paused
    case .start: .text
    case nil: item.isOpen ? .warning : .secondary
    }
  }

  private static func detail(_ item: ReviewPage.Item, _ dimmed: Bool) -> Segment {
    if let remark = item.remark {
      let look: Look = item.isOpen ? .warning : Look(.secondary, dimmed: dimmed)
      return Segment(remark.words, look)
    }
    if let task = item.target.task { return Segment(task.title, Look(.text, dimmed: dimmed)) }
    guard let run = item.target.run else { return Segment("") }
    let steps = run.currentSteps.map(\.text).joined(separator: ", ")
    let words = steps.isEmpty ? run.status.word : "\(run.status.word): \(steps)"
    return Segment(words, Look(.text, dimmed: dimmed))
  }

  private static func mark(_ row: Int, _ words: Int, _ model: Model, into frame: inout Frame) {
    let area = Rect(column: 0, row: row, columns: model.size.columns, rows: 1)
    let start = 3 + words + (model.size.columns < 60 ? 1 : 2)
    frame.markRow(area, name: start..<start + 16, model)
  }
}

extension ReviewPage.Item {
  /// Whether a verdict is wanted that is not given.
  var isOpen: Bool {
    if case .changed = remark, verdict == nil, !isDropped { true } else { false }
  }
}
