internal import Cells
internal import Runs
internal import Triage

/// Draws one row of the inbox.
enum RowView {
  static func draw(
    _ row: Row,
    _ model: Model,
    _ layout: InboxLayout,
    row line: Int,
    into frame: inout Frame
  ) {
    let words = RowWords(row, model)
    frame.put(String(words.glyph), column: 1, row: line, look: words.glyphLook)
    let isMarked = model.inbox.marks.contains(row.id)
    if isMarked {
      // Over a slow line the cursor's sign stands right before the name.
      let column = model.config.lowBandwidth ? 0 : 2
      frame.put(String(model.glyphs.marked), column: column, row: line, look: .accent)
    }
    let age = row.since.map { words.age(model.inbox.inbox.at - $0, model) } ?? ""
    let end = layout.width - 1
    let ageStart = end - Text.width(age)
    frame.put(age, column: ageStart, row: line, look: .secondary)
    let nameWidth = RowView.nameWidth(layout)
    let name = Text.padded(Text.truncated(words.name, to: nameWidth), to: nameWidth)
    var column =
      frame.put(name, column: 3, row: line, look: Look(.text, bold: isMarked)) + 1
    if layout.isNarrow {
      // Where there is no room for both, how far a run has come tells more than its id.
      let count = words.count.map { Segment($0, .secondary) } ?? Segment(row.id.run.short, .faint)
      let isOdd = row.attention.map { $0.kind != .episode } ?? false
      let brief = isOdd ? Segment(row.attention?.word ?? "", .warning) : count
      frame.put([brief], column: column, row: line, end: ageStart - 1)
      return
    }
    column = frame.put(
      Text.padded(row.id.run.short, to: 8),
      column: column,
      row: line,
      look: .faint
    )
    let lead = layout.width >= 69 ? words.lead : words.shortLead
    let room = ageStart - 1 - (column + 2) - lead.width
    frame.put(lead + words.rest(room: room), column: column + 2, row: line, end: ageStart - 1)
  }
}

extension RowView {
  /// The columns of a row's name, from the third on.
  static func nameWidth(_ layout: InboxLayout) -> Int {
    layout.isNarrow ? 17 : layout.width < 100 ? 16 : 24
  }
}

/// What a row says, in words.
struct RowWords {
  var name: String
  var glyph: Character
  var glyphLook: Look
  /// The pieces in front of the detail, padded to their columns.
  var lead: [Segment] = []
  /// The same where there is no room for a bar.
  var shortLead: [Segment] = []
  var detail = Segment("", .text)
  /// What is odd about the run, behind the detail.
  private var oddity: Segment?
  /// How many steps are settled of how many.
  var count: String?
  private var isExact: Bool

  init(_ row: Row, _ model: Model) {
    name = row.title
    isExact = row.section == .draining || (row.section == .running && row.run?.status != .paused)
    (glyph, glyphLook) = RowWords.sign(row, model.glyphs)
    if let departure = row.departure {
      glyphLook = .faint
      let flight = model.flight(of: row.id.run, task: row.task?.id)
      detail =
        flight.map { Segment("\($0.decision.verb.word): \($0.stage.words) …", .accent) }
        ?? Segment(model.departed(row, departure), .secondary)
      return
    }
    switch row.section {
    case .awaiting: describe(task: row)
    case .draining: describe(draining: row)
    case .running: describe(running: row, model.glyphs)
    case .failed: describe(failed: row, model)
    }
    if row.isHidden { detail.text = "done; \(detail.text)" }
    if let attention = row.attention, !model.link.isFromDisk {
      let brief = AttentionWords(attention, at: model.inbox.inbox.at).brief
      oddity = Segment(brief, attention.kind == .episode ? .secondary : .warning)
    }
    if model.held(about: row.id.run, task: row.task?.id) != nil {
      oddity = nil
      detail = Segment(model.heldWords(about: row.id.run, task: row.task?.id), .accent)
    } else if let flight = model.flight(of: row.id.run, task: row.task?.id) {
      oddity = nil
      detail = Segment("\(flight.decision.verb.word): \(flight.stage.words) …", .accent)
    }
  }

  private static func sign(_ row: Row, _ glyphs: Glyphs) -> (Character, Look) {
    switch row.section {
    case .awaiting: (glyphs.awaiting, .attention)
    case .draining: (glyphs.draining, .draining)
    case .failed:
      row.run?.status == .stopped ? (glyphs.stopped, .stopped) : (glyphs.failed, .failure)
    case .running:
      switch row.run?.status.phase {
      case .waiting: (glyphs.queued, .queued)
      case .paused: (glyphs.paused, .paused)
      default: (glyphs.running, .running)
      }
    }
  }

  private mutating func describe(task row: Row) {
    let type = Text.truncated(row.task?.type ?? "task", to: 10)
    lead = [Segment(Text.padded(type, to: 8) + "  ", .secondary)]
    shortLead = []
    detail = Segment(row.task?.title ?? "", .text)
  }

  private mutating func describe(draining row: Row) {
    let steps = row.run?.currentSteps ?? []
    let count = max(steps.count, row.run?.steps?.running ?? 0)
    lead = [Segment("\(count) in flight  ", .draining)]
    shortLead = lead
    detail = Segment(steps.map(\.text).joined(separator: ", "), .text)
  }

  private mutating func describe(running row: Row, _ glyphs: Glyphs) {
    guard let run = row.run else { return }
    let steps = run.currentSteps.map(\.text).joined(separator: ", ")
    switch run.status {
    case .running: detail = Segment(steps, .text)
    case .paused:
      let by = run.statusBy.map { "paused by \($0)" } ?? "paused"
      detail = Segment(row.pauseIsUnexplained ? "paused, reason unknown" : by, .paused)
    default: detail = Segment(run.status.word, .secondary)
    }
    guard let counts = run.steps, counts.total > 0, run.status.phase != .waiting else { return }
    count = "\(counts.settled)/\(counts.total)"
    let filled = min(7, max(0, counts.settled * 7 / counts.total))
    let bar = String(repeating: glyphs.barFull, count: filled)
    let rest = String(repeating: glyphs.barEmpty, count: 7 - filled)
    let tally = Text.padded(count ?? "", to: 5) + " "
    lead = [Segment(bar, .running), Segment(rest + " ", .faint), Segment(tally, .secondary)]
    shortLead = [Segment(tally, .secondary)]
  }

  private mutating func describe(failed row: Row, _ model: Model) {
    guard let run = row.run else { return }
    if run.status == .stopped {
      lead = [Segment("stopped   ", .stopped)]
      let by = run.statusBy.map { "by \($0)" }
      let way = model.wasDrained(row) ? "gracefully" : nil
      detail = Segment([way, by].compactMap(\.self).joined(separator: ", "), .text)
    } else {
      let code = Text.truncated(run.failure?.code ?? "failed", to: 15)
      lead = [Segment(Text.padded(code, to: 15) + "  ", .failure)]
      let parts = [run.failure?.step?.text, run.failure?.message].compactMap { $0 }
      detail = Segment(parts.joined(separator: ": "), .text)
      if let same = row.sameCause {
        let since = same.since.map { " since \(model.zone.clock($0).prefix(5))" } ?? " runs"
        detail = Segment("same cause, \(same.count)\(since)", .secondary)
      }
    }
    shortLead = lead
  }

  /// The detail, and what is odd: the detail gives way first.
  func rest(room: Int) -> [Segment] {
    guard let oddity else { return [detail] }
    guard !detail.text.isEmpty else { return [oddity] }
    let short = max(0, room - Text.width(oddity.text) - 3)
    guard short >= 4 else { return [oddity] }
    let text = Text.truncated(detail.text, to: short)
    return [Segment(text, detail.look), Segment("   "), oddity]
  }

  /// The row's age in its section's exactness.
  func age(_ duration: Duration, _ model: Model) -> String {
    model.age(duration, exact: isExact)
  }
}
