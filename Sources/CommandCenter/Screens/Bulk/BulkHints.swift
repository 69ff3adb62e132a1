internal import Cells
internal import Runs
internal import Triage

extension Hints {
  /// A hint, and how gladly it gives way where there is little room.
  private struct Hint {
    var segments: [Segment]
    var yields: Int

    init(_ keys: String, _ words: String, yields: Int) {
      segments = [Segment(keys, .key), Segment(" \(words)", .chrome)]
      self.yields = yields
    }
  }

  /// How many lines the hints of the screen take: where all keys of a review would not stand on one,
  /// two.
  static func rows(_ model: Model) -> Int {
    guard case .review(let page) = model.top, !page.asksHow else { return 1 }
    return model.size.columns < 60 ? 2 : 1
  }

  /// The hints of the review page, for what is under the cursor, from the top.
  static func review(_ page: ReviewPage, _ model: Model) -> [[Segment]] {
    if page.asksHow {
      let wordings = [
        ("gracefully", "immediately", "leave them"), ("gracefully", "immediately", "leave"),
        ("drain", "at once", "leave"),
      ].map { drain, stop, leave in
        [(Command.gracefully, drain), (.immediately, stop), (.close, leave)]
      }
      return [first(of: wordings, .stopping, model)]
    }
    let isLow = rows(model) > 1
    let key = { (command: Command) in label(command, .review, model) }
    var hints: [Hint] = []
    if let item = page.selection {
      let verbs = verbs(model) { item.target.legality(of: $0, model.permissions) }
      let keys = verbs.map { key($0.0) }.joined(separator: " ")
      if !keys.isEmpty {
        hints.append(Hint(keys, isLow ? "verdict" : "change verdict", yields: 2))
      }
      hints.append(Hint(key(.drop), item.isDropped ? "take back in" : "drop", yields: 3))
      hints.append(Hint(key(.open), page.isUnfolded ? "fold" : "unfold", yields: 4))
    }
    let above = hints
    if isLow { hints = [] }
    if page.items.contains(where: \.isSent) { hints.append(Hint(key(.send), "send", yields: 0)) }
    let back = isLow || !page.areMarked ? "back" : "back, keeps marks"
    hints.append(Hint(key(.close), back, yields: 1))
    guard isLow else { return [fit(hints, model)] }
    hints.append(Hint(key(.help), "help", yields: 5))
    return [fit(above, model), fit(hints, model)]
  }

  /// The hints of the page on which a bulk is sent.
  static func sending(_ bulk: Bulk, _ model: Model) -> [Segment] {
    let key = { (command: Command) in label(command, .sending, model) }
    var hints = [Hint(key(.open), "open", yields: 3)]
    if !bulk.failed.isEmpty { hints.append(Hint(key(.retry), "retry failed ones", yields: 2)) }
    if bulk.isStoppable {
      hints.append(Hint(key(.close), "stop", yields: 0))
      hints.append(Hint(key(.back), "leave it going", yields: 1))
    } else {
      hints.append(Hint(key(.close), bulk.isDone ? "back" : "leave it going", yields: 0))
    }
    return fit(hints, model)
  }

  /// The hints of the inbox while rows are marked.
  static func marked(_ model: Model) -> [Segment] {
    let key = { (command: Command) in label(command, .inbox, model) }
    let sections = Set(model.inbox.marks.ids.map(\.section))
    var hints: [Hint] = []
    if sections.contains(.awaiting) {
      hints.append(Hint(key(.approve), "approve", yields: 0))
      hints.append(Hint(key(.reject), "reject", yields: 1))
    }
    if sections != [.failed] {
      if sections.contains(.running) {
        hints.append(Hint(key(.pause), "pause or resume", yields: 3))
      }
      hints.append(Hint(key(.stop), "stop", yields: 2))
    }
    if sections.contains(.failed) { hints.append(Hint(key(.done), "done", yields: 2)) }
    hints.append(Hint(key(.mark), "mark", yields: 5))
    hints.append(Hint(key(.markRange), "up to here", yields: 6))
    hints.append(Hint(key(.markAlike), "same cause", yields: 7))
    let close = model.inbox.filterText.isEmpty ? "unmark" : "clear filter"
    hints.append(Hint(key(.close), close, yields: 4))
    return fit(hints, model)
  }

  private static func label(_ command: Command, _ scope: Keymap.Scope, _ model: Model) -> String {
    model.config.keymap.label(of: command, in: scope, ascii: model.glyphs == .ascii) ?? ""
  }

  /// As many hints as there is room for; those that yield most gladly go first.
  private static func fit(_ hints: [Hint], _ model: Model) -> [Segment] {
    var hints = hints
    let gap = Segment("  ", .chrome)
    var line = Array(hints.map(\.segments).joined(separator: [gap]))
    while line.width > model.size.columns - 2, hints.count > 1,
      let most = hints.indices.max(by: { hints[$0].yields < hints[$1].yields })
    {
      hints.remove(at: most)
      line = Array(hints.map(\.segments).joined(separator: [gap]))
    }
    return line
  }
}
