internal import Cells
internal import Runs
internal import Triage

/// Where the parts of the page lie on which a bulk is sent.
struct SendingLayout {
  /// Lines above the list.
  let top: Int
  /// Lines of the list.
  let height: Int

  /// The layout of a model.
  init(_ model: Model) {
    top = model.size.rows >= 16 ? 3 : 2
    height = max(1, model.size.rows - top - 1 - NoticeLine.lines(model).count)
  }
}

/// Draws a bulk while it is sent, and what came of it.
enum SendingView {
  static func draw(_ page: SendingPage, _ model: Model, into frame: inout Frame) {
    TopLine.draw(model, into: &frame)
    guard let bulk = model.bulk else { return }
    drawProgress(bulk, model, into: &frame)
    let layout = SendingLayout(model)
    for offset in 0..<layout.height {
      let place = page.scroll + offset
      guard bulk.items.indices.contains(place) else { break }
      let row = layout.top + offset
      draw(bulk.items[place], model, row: row, into: &frame)
      guard place == page.cursor else { continue }
      let area = Rect(column: 0, row: row, columns: model.size.columns, rows: 1)
      frame.markRow(area, name: nameColumn..<nameColumn + 16, model)
    }
    NoticeLine.draw(model, into: &frame)
    Hints.draw(Hints.sending(bulk, model), model, into: &frame)
  }

  private static let nameColumn = 14

  private static func drawProgress(_ bulk: Bulk, _ model: Model, into frame: inout Frame) {
    let columns = model.size.columns
    var line: [Segment]
    if bulk.isDone {
      line = [Segment(bulk.sentence, bulk.done == bulk.items.count ? .success : .warning)]
    } else {
      let ended = bulk.ended
      let width = columns < 60 ? 8 : 24
      let filled = ended * width / max(1, bulk.items.count)
      line = [
        Segment("\(ended) of \(bulk.items.count) settled   ", .title),
        Segment(String(repeating: model.glyphs.barFull, count: filled), .running),
        Segment(String(repeating: model.glyphs.barEmpty, count: width - filled), .faint),
      ]
      let stops =
        model.key(.close, in: .sending).map { "  \($0) stops after those in flight" } ?? ""
      let words = bulk.isStopped ? "  stopping after those in flight" : stops
      if columns >= 60 { line.append(Segment(words, .secondary)) }
    }
    frame.put(line, column: 1, row: 1, end: columns - 1)
  }

  private static func draw(_ item: Bulk.Item, _ model: Model, row: Int, into frame: inout Frame) {
    let columns = model.size.columns
    let isNarrow = columns < 60
    let (sign, word, look) = state(of: item, model)
    frame.put(sign, column: 1, row: row, look: look)
    frame.put(Text.padded(word, to: 10), column: 3, row: row, look: look)
    let width = isNarrow ? max(4, columns - nameColumn - 11) : columns < 100 ? 16 : 24
    let name = Text.padded(Text.truncated(item.decision.title, to: width), to: width)
    let idAt = frame.put(name, column: nameColumn, row: row, look: .text) + (isNarrow ? 1 : 2)
    let id = Text.padded(item.target.id.short, to: 8)
    let behind = frame.put([Segment(id, .faint)], column: idAt, row: row, end: columns - 1)
    guard !isNarrow else { return }
    let words = Text.sanitised(String(remark(on: item).prefix(NoticeLine.limit)))
    let tone: Look = item.failureWord == nil ? .secondary : .warning
    frame.put([Segment(words, tone)], column: behind + 2, row: row, end: columns - 1)
  }

  private static func state(
    of item: Bulk.Item,
    _ model: Model
  ) -> (sign: String, word: String, look: Look) {
    let glyphs = model.glyphs
    switch item.state {
    case .waiting: return (String(glyphs.queued), "waiting", .queued)
    case .underWay(let stage): return (String(glyphs.ellipsis), stage.briefly, .accent)
    case .withdrawn: return ("-", "taken back", .secondary)
    case .settled(.done, _, _):
      return (String(glyphs.done), OutcomeWords.briefly(item.decision.verb), .success)
    case .settled(.changed, _, _): return ("!", "not done", .warning)
    case .settled(.refused, _, _): return ("!", "refused", .warning)
    case .settled(.notSent, _, _): return ("!", "not sent", .warning)
    case .settled(.unknown, _, _): return ("?", "unknown", .warning)
    }
  }

  /// What there is to say of an item.
  private static func remark(on item: Bulk.Item) -> String {
    switch item.state {
    case .waiting: return item.decision.verb.word
    case .underWay(let stage):
      return stage == .sending
        ? "\(item.decision.verb.word), answer pending" : item.decision.verb.word
    case .withdrawn(let why): return why
    case .settled(let outcome, let recorded, let moment):
      let words = OutcomeWords.remark(outcome, at: moment)
      return recorded ? words : "\(words) (not recorded)"
    }
  }
}

extension Stage {
  /// The stage in a column's width.
  fileprivate var briefly: String { self == .readingAgain ? "reading" : words }
}

extension OutcomeWords {
  /// What was done, in a column's width.
  static func briefly(_ verb: Verb) -> String {
    switch verb {
    case .approve: "approved"
    case .reject: "rejected"
    case .pause: "paused"
    case .resume: "resumed"
    case .stop(.graceful): "stopping"
    case .stop(.immediate): "stopped"
    case .start: "started"
    }
  }

  /// What became of a decision, behind the word for it.
  static func remark(_ outcome: Outcome, at moment: Timestamp) -> String {
    switch outcome {
    case .done(let confirmation):
      guard confirmation.readBack else { return "accepted; the server does not show it yet" }
      return "confirmed by the server\(confirmation.status.map { ", \($0.word)" } ?? "")"
    case .changed(let change):
      guard case .answered(_, let answered?, _) = change else { return change.sentence }
      return "\(change.sentence), \(Age.short(moment - answered)) ago"
    case .refused(let refusal): return refusal.sentence
    case .notSent(let fault), .unknown(let fault): return fault.sentence
    }
  }
}
