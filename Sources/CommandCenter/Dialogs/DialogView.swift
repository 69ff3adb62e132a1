internal import Cells
internal import JSON
internal import Runs
internal import Triage

/// Draws questions.
///
/// The frame is drawn last and lies where the text of runs cannot reach.
enum DialogView {
  static func draw(_ dialog: DecisionDialog, _ model: Model, into frame: inout Frame) {
    let columns = contentWidth(model)
    let isYes = dialog.verb == .approve
    var lines: [[Segment]] = []
    if let change = dialog.change {
      lines += changed(change, dialog.target, model, columns) + [[]]
    } else {
      let wait = dialog.target.since.map { "waiting \(model.age(model.inbox.inbox.at - $0))" }
      lines += [head(isYes ? "Approve" : "Reject", dialog.target, wait ?? "", columns), []]
    }
    if dialog.isOpen {
      let caution = cautions(dialog.target, model, columns)
      let comment = comment(dialog, columns)
      lines += caution
      // On a low screen the last lines may be cut: what is sent goes before.
      let isCrowded = model.size.rows < 16
      if isCrowded { lines += comment }
      if let task = dialog.target.task {
        let following = consequences(dialog.target, model, columns)
        // Where there is little room, what is decided goes before what follows.
        let rows = max(4, model.size.rows - 9 - following.count - caution.count - comment.count)
        lines += body(task, columns: columns, rows: rows - dialog.fields.count) + [[]]
        // What is sent is never cut without a word; what follows gives way to it.
        let free = model.size.rows - 4 - count(lines) - count(comment)
        let sent = sent(dialog, model, columns, rows: max(1, free))
        if !sent.isEmpty { lines += sent + [[]] }
        let rest = following.prefix(max(0, free - sent.count))
        if !rest.isEmpty { lines += rest + [[]] }
      }
      if !isCrowded { lines += comment }
      let words = columns < 48 ? "comment" : "with a comment"
      let edit: [(Command, String)] = columns < 48 || !isYes ? [] : [(.edit, "edit first")]
      lines.append(
        keys(
          [(.confirm, isYes ? "approve" : "reject"), (.comment, words)] + edit + [(.close, "no")],
          .decision,
          model
        )
      )
    } else {
      lines.append(keys([(.close, "close")], .decision, model))
    }
    box(lines, model, columns, into: &frame)
    let wordings = [("comment", "edit first", "leave it waiting"), ("comment", "edit", "no")]
      .map { comment, edit, leave in
        [(Command.confirm, isYes ? "approve" : "reject"), (.comment, comment)]
          + (isYes ? [(.edit, edit)] : []) + [(.close, leave)]
      }
    Hints.draw(
      dialog.isOpen
        ? Hints.first(of: wordings, .decision, model)
        : Hints.fit([(.close, "close")], .decision, model),
      model,
      into: &frame
    )
  }

  static func draw(_ prompt: TokenPrompt, _ model: Model, into frame: inout Frame) {
    let columns = contentWidth(model)
    let count = prompt.token.text.count
    let (field, cursor) = field(prompt.masked, columns)
    let typed = count == 1 ? "1 character" : "\(count) characters"
    let place =
      switch model.access.origin {
      case .file(let path): "It is kept in \(path), mode 0600."
      case .variable(let name): "It counts until you leave: the profile reads \(name)."
      case .command(let name): "It counts until you leave: the profile asks \(name)."
      case .none: "It counts until you leave: the profile names no place for one."
      }
    var lines: [[Segment]] = [
      [
        Segment("Token", Look(.title, bold: true)), Segment("  \(model.profile.name)"),
        Segment("  \(model.profile.place)", .faint),
      ], [],
      [field],
      [Segment(count == 0 ? "Paste it here; nothing of it is shown." : typed, .secondary)], [],
    ]
    let words = prompt.mistake.map { ($0, Look.failure) } ?? (place, .text)
    lines += Text.wrapped(Text.sanitised(words.0), to: columns, maximumLines: 3)
      .map { [Segment($0, words.1)] }
    lines += [[], keys([(.confirm, "use it"), (.close, "leave it")], .token, model)]
    box(lines, model, columns, into: &frame, cursor: (field, cursor))
    Hints.draw(
      Hints.fit([(.confirm, "use it"), (.close, "leave it")], .token, model),
      model,
      into: &frame
    )
  }

  // MARK: The parts

  static func contentWidth(_ model: Model) -> Int { min(58, model.size.columns - 4) }

  /// What is done to which run: a long name gives way to the id, and the tail to both.
  static func head(
    _ verb: String,
    _ target: Target,
    _ tail: String,
    _ columns: Int
  ) -> [Segment] {
    let id = target.id.short
    let room = columns - Text.width(verb) - Text.width(id) - 4
    let title = Text.truncated(target.title, to: max(1, room))
    let hasTail = Text.width(title) + 3 + Text.width(tail) <= room
    return [
      Segment(verb, Look(.title, bold: true)), Segment("  \(title)", .text),
      Segment("  \(id)", .faint), Segment(hasTail ? "   \(tail)" : "", .secondary),
    ]
  }

  /// What is asked; what there is no room for is said to be missing.
  private static func body(_ task: HumanTask, columns: Int, rows: Int) -> [[Segment]] {
    let head = TaskLines.head(task, columns: columns).dropLast()
      .map { [$0] }
    let pairs = task.fields.prefix(fieldLimit).map { field in
      "\(Text.sanitised(String(field.key.prefix(40)))) \(Brief.field(field.value, limit: 200))"
    }
    let fields = Text.wrapped(
      pairs.joined(separator: "   "),
      to: columns,
      maximumLines: fieldLines + 1
    ).map { [Segment($0, .secondary)] }
    guard
      head.count + fields.count > rows || fields.count > fieldLines
        || task.fields.count > fieldLimit
    else { return head + fields }
    // A long description must not hide the figures that are decided on.
    let room = max(1, rows - 1)
    let forFields = min(fields.count, fieldLines, max((room + 1) / 2, room - head.count))
    let note =
      columns < 48 ? "… more: close, then open" : "… there is more: close, then open shows it all"
    return head.prefix(room - forFields) + fields.prefix(forFields) + [[Segment(note, .warning)]]
  }

  /// The fields that a question shows at most, and the lines they take.
  private static let fieldLimit = 50
  private static let fieldLines = 8

  private static func consequences(
    _ target: Target,
    _ model: Model,
    _ columns: Int
  ) -> [[Segment]] {
    guard let task = target.task, let graph = target.reference.flatMap({ model.details[$0]?.graph })
    else { return [] }
    return TaskLines.consequences(Consequence(of: task.step, in: graph), columns: columns)
      .map { [$0] }
  }

  /// Keys of a dialog and what they do there; a command without a key is left out.
  static func keys(
    _ pairs: [(Command, String)],
    _ scope: Keymap.Scope,
    _ model: Model
  ) -> [Segment] {
    let parts = pairs.compactMap { command, words in
      model.key(command, in: scope).map { [Segment($0, .key), Segment("  \(words)")] }
    }
    // Rather close together than cut.
    let gap = [4, 3, 2].first { gap in
      parts.reduce(gap * (parts.count - 1)) { $0 + $1.width } <= contentWidth(model)
    }
    return Array(parts.joined(separator: [Segment(String(repeating: " ", count: gap ?? 2))]))
  }

  /// Draws the lines in a frame in the middle of the screen; what lies beneath is dimmed.
  static func box(
    _ lines: [[Segment]],
    _ model: Model,
    _ columns: Int,
    into frame: inout Frame,
    cursor: (line: Segment, column: Int)? = nil
  ) {
    var lines = lines
    let room = model.size.rows - 2
    if lines.count + 2 > room { lines.removeAll { $0.isEmpty } }
    // The keys stand at the bottom of the screen too.
    if lines.count + 2 > room { lines.removeLast() }
    lines = Array(lines.prefix(max(0, room - 2)))
    let body = Rect(column: 0, row: 1, columns: model.size.columns, rows: room)
    frame.restyle(body) {
      $0.dimmed = true
      $0.selected = false
    }
    let area = Rect(Size(columns: model.size.columns, rows: model.size.rows - 1))
      .centred(Size(columns: columns + 4, rows: lines.count + 2))
    frame.fill(area, look: .dialog)
    for (offset, line) in lines.enumerated() {
      let inside = line.map { Segment($0.text, onDialog($0.look)) }
      frame.put(
        inside,
        column: area.column + 2,
        row: area.row + 1 + offset,
        end: area.maxColumn - 2
      )
      if let cursor, line == [cursor.line] {
        frame.cursor = Position(
          column: area.column + 2 + cursor.column,
          row: area.row + 1 + offset
        )
      }
    }
    border(area, model.glyphs, into: &frame)
  }

  private static func onDialog(_ look: Look) -> Look {
    look.role == .text ? Look(.dialog, dimmed: look.dimmed, bold: look.bold) : look
  }

  private static func border(_ area: Rect, _ glyphs: Glyphs, into frame: inout Frame) {
    let right = area.maxColumn - 1
    let bottom = area.maxRow - 1
    for row in [area.row, bottom] {
      let edge = Rect(column: area.column, row: row, columns: area.columns, rows: 1)
      frame.fill(edge, with: glyphs.rule, look: .dialog)
    }
    for row in area.row..<area.maxRow {
      frame.put(String(glyphs.vertical), column: area.column, row: row, look: .dialog)
      frame.put(String(glyphs.vertical), column: right, row: row, look: .dialog)
    }
    frame.put(String(glyphs.topLeft), column: area.column, row: area.row, look: .dialog)
    frame.put(String(glyphs.topRight), column: right, row: area.row, look: .dialog)
    frame.put(String(glyphs.bottomLeft), column: area.column, row: bottom, look: .dialog)
    frame.put(String(glyphs.bottomRight), column: right, row: bottom, look: .dialog)
  }
}
