internal import Cells
internal import Triage

/// What there is to say above the hints: what can still be taken back, and beneath it one sentence
/// about what happened.
enum NoticeLine {
  /// The characters of a sentence that are looked at; servers may send any number.
  static let limit = 1000

  /// The lines: bad news is no use without its end, a countdown is always one.
  static func lines(_ model: Model) -> [[Segment]] {
    let window = cautions(model) + (HeldLine.segments(model).map { [$0] } ?? [])
    guard let text = mistake(model) ?? doubt(model) ?? model.notice?.text else { return window }
    let look = look(model)
    return window + wrapped(text, model).map { [Segment($0, look)] }
  }

  /// What stands in the way of what is being reviewed, or of the start that is filled in.
  private static func cautions(_ model: Model) -> [[Segment]] {
    let isLow = model.size.rows < 16
    let sentences: [String]
    switch model.screenLayer {
    case .review(let page):
      let insists = page.items.contains { $0.isSent && $0.target.insists }
      sentences = model.cautions(insisting: insists, isBrief: isLow)
    case .start:
      sentences = model.cautions(insisting: false, readsFirst: false, isBrief: isLow)
    default: return []
    }
    return sentences.flatMap { wrapped($0, model).map { [Segment($0, .warning)] } }
  }

  private static func wrapped(_ text: String, _ model: Model) -> [String] {
    Text.wrapped(
      Text.sanitised(String(text.prefix(limit))),
      to: max(1, model.size.columns - 2),
      maximumLines: model.size.rows >= 16 ? 3 : 2
    )
  }

  static func draw(_ model: Model, into frame: inout Frame) {
    let lines = lines(model)
    let first = model.size.rows - Hints.rows(model) - lines.count
    let area = Rect(column: 0, row: first, columns: model.size.columns, rows: lines.count)
    frame.fill(area, look: .text)
    for (offset, line) in lines.enumerated() {
      frame.put(line, column: 1, row: first + offset, end: model.size.columns - 1)
    }
  }

  private static func look(_ model: Model) -> Look {
    switch model.notice?.tone {
    case _ where mistake(model) != nil: .failure
    case _ where doubt(model) != nil: .warning
    case .plain, nil: .secondary
    case .good: .success
    case .bad: .warning
    }
  }

  /// What is wrong with the filter that is being typed.
  private static func mistake(_ model: Model) -> String? {
    if case .filter(let prompt) = model.top { prompt.reading.words } else { nil }
  }

  /// What is odd about it.
  private static func doubt(_ model: Model) -> String? {
    if case .filter = model.top { model.filterDoubt?.words } else { nil }
  }
}

/// The line that counts down what can still be taken back.
///
/// It is one line whatever it counts, so that no row moves while it does.
enum HeldLine {
  /// What the line says; nil while nothing waits.
  static func segments(_ model: Model) -> [Segment]? {
    guard let newest = model.held.last else { return nil }
    guard !model.holdsStill else {
      return [Segment("\(newest.subject) waits for your answer", .accent)]
    }
    let way = way(model)
    let others = model.held.count - 1
    let more = others == 0 ? "" : others == 1 ? ", and 1 before it" : ", and \(others) before it"
    let room = max(8, model.size.columns - 2 - way.width)
    let words = newest.words(at: model.now) + more
    guard Text.width(words) > room else { return [Segment(words, .accent)] + way }
    // Where there is little room, how long it still can be taken back is not what is cut.
    let brief = "\(newest.seconds(at: model.now)) s  \(newest.subject)"
    return [Segment(Text.truncated(brief, to: room), .accent)] + way
  }

  /// How it is taken back from where the operator is: in a prompt the key is a letter.
  private static func way(_ model: Model) -> [Segment] {
    let take = Segment(": take back")
    if let key = model.key(.takeBack, in: model.top.scope) {
      return [Segment("   \(key)", .key), take]
    }
    guard let close = model.key(.close, in: model.top.scope),
      let key = model.key(.takeBack, in: model.screenLayer.scope)
    else { return [] }
    return [Segment("   \(close)", .key), Segment(", then "), Segment(key, .key), take]
  }
}
