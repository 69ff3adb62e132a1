internal import Cells
internal import Runs
internal import Triage

/// Draws the keys of a screen, from the same table that the keys are looked up in.
enum HelpView {
  static func draw(_ screen: HelpScreen, _ model: Model, into frame: inout Frame) {
    let size = model.size
    frame.fill(Rect(size), look: .text)
    drawSearch(screen, size, into: &frame)
    let groups = screen.commands(model.config.keymap)
    if groups.isEmpty { frame.put("Nothing fits.", column: 3, row: 2, look: .secondary) }
    for column in columns(groups, size) {
      draw(column, screen, model, into: &frame)
    }
    drawReason(screen, model, into: &frame)
    let arrows = [Command.up, .down].compactMap { model.key($0, in: .help) }
    Hints.draw(
      [
        Segment(arrows.joined(separator: model.glyphs == .ascii ? " " : ""), .key),
        Segment(" choose  ", .chrome),
      ] + Hints.fit([(.open, "do it"), (.close, "close")], .help, model),
      model,
      into: &frame
    )
  }

  private static func drawSearch(_ screen: HelpScreen, _ size: Size, into frame: inout Frame) {
    frame.put("Keys of this screen", column: 1, row: 0, look: .title)
    let search = Text.truncated("type to search: \(screen.query)", to: size.columns - 25)
    let end = frame.put(search, column: 24, row: 0, look: .field)
    frame.cursor = Position(column: min(end, size.columns - 1), row: 0)
  }

  /// A line of help: a heading, a key, or a blank.
  struct Line {
    var group: Command.Group?
    var binding: Keymap.Binding?
    /// Its place among the bindings; nil for headings and blanks.
    var index: Int?
  }

  /// Lines that stand beneath each other, and where.
  struct Column {
    var lines: [Line]
    var area: Rect

    /// The first line that is on the screen: the chosen one is.
    func scroll(_ screen: HelpScreen) -> Int {
      let selected = lines.firstIndex { $0.index == screen.selected } ?? 0
      return max(0, min(selected - area.rows / 2, lines.count - area.rows))
    }
  }

  /// Moving on the left and all else on the right, where both fit; else one column.
  static func columns(
    _ groups: [(group: Command.Group, bindings: [Keymap.Binding])],
    _ size: Size
  ) -> [Column] {
    var index = 0
    var sides: [[Line]] = [[], []]
    for (group, bindings) in groups {
      let side = size.columns >= 76 && group != .move ? 1 : 0
      if !sides[side].isEmpty { sides[side].append(Line()) }
      sides[side].append(Line(group: group))
      for binding in bindings {
        sides[side].append(Line(binding: binding, index: index))
        index += 1
      }
    }
    if sides[0].isEmpty { sides.swapAt(0, 1) }
    let body = Rect(column: 0, row: 2, columns: size.columns, rows: max(0, size.rows - 4))
    // Rather without gaps between groups than with keys that are not seen.
    sides = sides.map { lines in
      lines.count <= body.rows ? lines : lines.filter { $0.group != nil || $0.binding != nil }
    }
    let (left, right) = body.split(columns: sides[1].isEmpty ? size.columns : size.columns / 2 - 2)
    return [Column(lines: sides[0], area: left), Column(lines: sides[1], area: right)]
  }

  private static func draw(
    _ column: Column,
    _ screen: HelpScreen,
    _ model: Model,
    into frame: inout Frame
  ) {
    let area = column.area
    let lines = column.lines.dropFirst(column.scroll(screen)).prefix(area.rows)
    for (offset, line) in lines.enumerated() {
      let row = area.row + offset
      if let group = line.group {
        frame.put(group.rawValue, column: area.column + 1, row: row, look: .section)
      }
      guard let binding = line.binding else { continue }
      let isDimmed = reason(against: binding.command, model) != nil
      let isASCII = model.glyphs == .ascii
      let labels = binding.keys.map { isASCII ? $0.asciiLabel : $0.label }.joined(separator: " ")
      let segments = [
        Segment(Text.padded(labels, to: 9) + " ", Look(.key, dimmed: isDimmed)),
        Segment(binding.command.description, Look(.text, dimmed: isDimmed)),
      ]
      frame.put(segments, column: area.column + 3, row: row, end: area.maxColumn - 1)
      guard line.index == screen.selected else { continue }
      let bar = Rect(column: area.column + 1, row: row, columns: area.columns - 2, rows: 1)
      frame.markRow(bar, name: area.column + 3..<area.column + 13, model)
    }
  }

  /// Why the chosen line, or else the first dimmed one, is not possible now.
  private static func drawReason(_ screen: HelpScreen, _ model: Model, into frame: inout Frame) {
    let commands = screen.commands(model.config.keymap).flatMap(\.bindings).map(\.command)
    let chosen = screen.choice(model.config.keymap).map { [$0] } ?? []
    guard let dimmed = (chosen + commands).first(where: { reason(against: $0, model) != nil }),
      let reason = reason(against: dimmed, model),
      let label = model.config.keymap.label(of: dimmed, in: screen.scope)
    else { return }
    let sentence = "\(label) is dimmed because: \(reason)"
    frame.put(
      [Segment(sentence, .secondary)],
      column: 1,
      row: model.size.rows - 2,
      end: model.size.columns - 1
    )
  }

  /// Why a verb cannot be used on what is selected.
  private static func reason(against command: Command, _ model: Model) -> String? {
    let target: Target? =
      switch model.screenLayer {
      case .run(let screen): model.details[screen.reference].map { Target($0, title: "") }
      default: model.inbox.selection.map(Target.init)
      }
    let verb: Verb
    switch command {
    case .approve: verb = .approve
    case .reject: verb = .reject
    case .pause: verb = target?.run?.status == .paused && target?.task == nil ? .resume : .pause
    case .stop: verb = .stop(.immediate)
    default: return nil
    }
    guard let target else { return "nothing is selected" }
    if let flight = model.flight(of: target.id) {
      return "\(flight.decision.verb.word) is on its way"
    }
    return target.legality(of: verb, model.permissions).reason
  }
}
