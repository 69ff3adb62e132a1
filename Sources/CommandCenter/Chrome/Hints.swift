internal import Cells
internal import Runs
internal import Triage

extension Model {
  /// The key of a command as the screen shows it; nil when it has none.
  ///
  /// Whatever names a key asks here: operators bind them as they like.
  func key(_ command: Command, in scope: Keymap.Scope) -> String? {
    config.keymap.label(of: command, in: scope, ascii: glyphs == .ascii)
  }
}

/// The line of keys at the bottom; it changes with what is selected, and offers what can be done.
enum Hints {
  static func draw(_ segments: [Segment], _ model: Model, into frame: inout Frame) {
    let row = model.size.rows - 1
    frame.fill(Rect(column: 0, row: row, columns: model.size.columns, rows: 1), look: .chrome)
    frame.put(segments, column: 1, row: row, end: model.size.columns - 1)
  }

  /// As many hints as there is room for; the last ones (help, quit) are kept.
  static func fit(_ hints: [(Command, String)], _ scope: Keymap.Scope, _ model: Model) -> [Segment]
  {
    let room = model.size.columns - 2
    var parts = hints.compactMap { command, words in
      model.key(command, in: scope).map { [Segment($0, .key), Segment(" \(words)", .chrome)] }
    }
    let gap = Segment("  ", .chrome)
    var line = Array(parts.joined(separator: [gap]))
    while line.width > room, parts.count > 1 {
      parts.remove(at: max(0, parts.count - 2))
      line = Array(parts.joined(separator: [gap]))
    }
    return line
  }

  /// The hints of the inbox for what is under the cursor.
  static func inbox(_ model: Model) -> [Segment] {
    let row = model.inbox.selection
    var hints: [(Command, String)] = []
    if row?.reference != nil { hints.append((.open, "open")) }
    if let row, model.flight(of: row.id.run) == nil {
      hints += verbs(model) { model.permissions.legality(of: $0, on: row) }
    }
    if !model.inbox.filterText.isEmpty { hints.append((.close, "clear filter")) }
    hints += [
      (.filter, "filter"), (.sort, "sort"), (.refresh, "refresh now"), (.commandLine, "command"),
      (.back, "quit"),
    ]
    if model.size.columns < 60 {
      hints.removeAll { [.filter, .sort, .refresh, .commandLine, .back].contains($0.0) }
    }
    hints.append((.help, "help"))
    if model.wantsToken {
      return fit(tokenHints + [(.open, "open"), (.help, "help")], .inbox, model)
    }
    if model.link.isStale, model.link.lastGood != nil {
      let lead = Segment("last known state; verbs read first   ", .chrome)
      let short = hints.filter { [.open, .help].contains($0.0) }
      let line = fit([(.refresh, "retry now")] + short, .inbox, model)
      return model.size.columns < 60 ? line : [lead] + line
    }
    return fit(hints, .inbox, model)
  }

  /// What helps when the server does not take the token.
  private static let tokenHints: [(Command, String)] = [
    (.newToken, "new token"), (.refresh, "retry now"), (.commandLine, "command"),
  ]

  /// The hints of an inbox in which nothing is listed.
  static func emptyInbox(_ model: Model) -> [Segment] {
    var hints: [(Command, String)] = [(.refresh, "refresh now"), (.help, "help"), (.back, "quit")]
    if model.wantsToken { hints = tokenHints + [(.help, "help"), (.back, "quit")] }
    if !model.inbox.filterText.isEmpty {
      hints.insert(contentsOf: [(.close, "clear filter"), (.filter, "filter")], at: 0)
    }
    return fit(hints, .inbox, model)
  }

  /// The verbs that are legal on something, with the words that fit it.
  static func verbs(_ model: Model, _ legality: (Verb) -> Legality) -> [(Command, String)] {
    var hints: [(Command, String)] = []
    if legality(.approve).isAllowed { hints += [(.approve, "approve"), (.reject, "reject")] }
    if legality(.pause).isAllowed { hints.append((.pause, "pause")) }
    if legality(.resume).isAllowed { hints.append((.pause, "resume")) }
    if legality(.stop(.immediate)).isAllowed { hints.append((.stop, "stop")) }
    return hints
  }

  /// The hints of the run screen.
  static func run(_ model: Model, _ screen: RunScreen) -> [Segment] {
    var hints: [(Command, String)] = []
    if let detail = model.details[screen.reference], screen.tab == .events, !detail.events.isEmpty {
      hints += [(.open, "unfold"), (.follow, screen.follows ? "follow off" : "follow")]
    }
    if let detail = model.details[screen.reference], model.flight(of: detail.run.id) == nil {
      let target = Target(detail, title: "")
      hints += verbs(model) { target.legality(of: $0, model.permissions) }
    }
    hints += [(.nextTab, "next tab"), (.refresh, "refresh now"), (.help, "help"), (.close, "back")]
    return fit(hints, .run, model)
  }
}
