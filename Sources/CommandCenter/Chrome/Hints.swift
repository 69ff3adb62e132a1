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
  static func draw(_ lines: [[Segment]], _ model: Model, into frame: inout Frame) {
    for (offset, line) in lines.reversed().enumerated() {
      let row = model.size.rows - 1 - offset
      frame.fill(Rect(column: 0, row: row, columns: model.size.columns, rows: 1), look: .chrome)
      frame.put(line, column: 1, row: row, end: model.size.columns - 1)
    }
  }

  static func draw(_ segments: [Segment], _ model: Model, into frame: inout Frame) {
    let row = model.size.rows - 1
    frame.fill(Rect(column: 0, row: row, columns: model.size.columns, rows: 1), look: .chrome)
    frame.put(segments, column: 1, row: row, end: model.size.columns - 1)
  }

  /// The first of several wordings that there is room for: no key of a question is left out for want of
  /// room while shorter words are known.
  static func first(
    of wordings: [[(Command, String)]],
    _ scope: Keymap.Scope,
    _ model: Model
  ) -> [Segment] {
    let gap = Segment("  ", .chrome)
    for wording in wordings {
      let line = Array(parts(wording, scope, model).joined(separator: [gap]))
      if line.width <= model.size.columns - 2 { return line }
    }
    return fit(wordings.last ?? [], scope, model)
  }

  private static func parts(
    _ hints: [(Command, String)],
    _ scope: Keymap.Scope,
    _ model: Model
  ) -> [[Segment]] {
    hints.compactMap { command, words in
      model.key(command, in: scope).map { [Segment($0, .key), Segment(" \(words)", .chrome)] }
    }
  }

  /// As many hints as there is room for; the last ones (help, quit) are kept.
  static func fit(_ hints: [(Command, String)], _ scope: Keymap.Scope, _ model: Model) -> [Segment]
  {
    let room = model.size.columns - 2
    var parts = parts(hints, scope, model)
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
    if !model.inbox.marks.isEmpty { return marked(model) }
    let row = model.inbox.selection
    var hints: [(Command, String)] = []
    if row?.reference != nil { hints.append((.open, "open")) }
    if let row {
      hints += verbs(model) { verb in
        model.isBusy(with: verb, run: row.id.run, task: row.task?.id)
          ? .refused("") : model.permissions.legality(of: verb, on: row)
      }
      if let reject = hints.firstIndex(where: { $0.0 == .reject }) {
        hints.insert((.edit, "edit first"), at: reject + 1)
      }
    }
    if model.canTakeBack { hints.append((.takeBack, "take back")) }
    if model.obstacle(toHiding: row) == nil {
      hints.append((.done, row?.isHidden == true ? "not done" : "done"))
    }
    if !model.inbox.filterText.isEmpty {
      hints += [(.close, "clear filter"), (.saveTab, "save as tab")]
    }
    if row != nil { hints.append((.mark, "mark")) }
    hints += [
      (.filter, "filter"), (.sort, "sort"), (.refresh, "refresh now"), (.commandLine, "command"),
      (.back, "quit"),
    ]
    if model.size.columns < 60 {
      hints.removeAll { [.mark, .filter, .sort, .refresh, .commandLine, .back].contains($0.0) }
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
    var hints: [(Command, String)] = [
      (.start, "start a run"), (.commandLine, "command"), (.refresh, "refresh now"),
      (.help, "help"), (.back, "quit"),
    ]
    if model.wantsToken { hints = tokenHints + [(.help, "help"), (.back, "quit")] }
    if !model.inbox.filterText.isEmpty {
      hints.insert(contentsOf: [(.close, "clear filter"), (.filter, "filter")], at: 0)
    } else if model.inbox.inbox.hiddenCount > 0 {
      hints.insert((.showHidden, "show the hidden"), at: 0)
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

  /// The verbs that are legal on the run that is looked at, and on its task that is shown.
  private static func verbs(_ screen: RunScreen, _ model: Model) -> [(Command, String)] {
    guard model.details[screen.reference] != nil else { return [] }
    return verbs(model) { verb in
      guard let target = model.target(of: screen, answering: !verb.isAboutRun),
        !model.isBusy(with: verb, run: target.id, task: target.task?.id)
      else { return .refused("") }
      return target.legality(of: verb, model.permissions)
    }
  }

  /// The hints of the run screen.
  static func run(_ model: Model, _ screen: RunScreen) -> [Segment] {
    if screen.isEditing {
      let field: [(Command, String)] = [
        (.confirm, "take it"), (.nextField, "next field"), (.close, "leave it"),
      ]
      return fit(field, .field, model)
    }
    var hints: [(Command, String)] = []
    if screen.tab == .task, let form = screen.form { return task(model, screen, form) }
    if let detail = model.details[screen.reference], screen.tab == .events, !detail.events.isEmpty {
      hints += [(.open, "unfold"), (.follow, screen.follows ? "follow off" : "follow")]
    }
    hints += verbs(screen, model)
    if model.canTakeBack { hints.append((.takeBack, "take back")) }
    if model.details[screen.reference]?.run.status.isTerminal == true {
      hints.append((.start, "start again"))
    }
    hints += [(.nextTab, "next tab"), (.refresh, "refresh now"), (.help, "help"), (.close, "back")]
    return fit(hints, .run, model)
  }

  /// The hints of a task's form.
  private static func task(_ model: Model, _ screen: RunScreen, _ form: TaskForm) -> [Segment] {
    var hints: [(Command, String)] = []
    if let field = form.form.current, field.readOnly == nil, !form.isOver {
      hints.append((.open, field.kind == .yesNo ? "turn" : "edit"))
    }
    let count = form.form.changes.count
    let with = count == 0 ? "" : count == 1 ? " with 1 change …" : " with \(count) changes …"
    hints += verbs(screen, model)
      .map { $0.0 == .approve ? ($0.0, $0.1 + with) : $0 }
      .filter { [.approve, .reject].contains($0.0) }
    if let detail = model.details[screen.reference],
      detail.tasks.contains(where: { $0.isPending && $0.id != form.reference.task })
    {
      hints.append((.nextTask, "next task"))
    }
    if form.isOver { return fit(hints + [(.help, "help"), (.close, "back")], .run, model) }
    if form.isEdited { hints.append((.undo, "undo")) }
    hints += [(.editor, "editor"), (.comment, "comment"), (.help, "help"), (.close, "back")]
    return fit(hints, .run, model)
  }
}
