internal import Cells
internal import Runs
internal import Triage

/// Draws the keys of a screen, from the same table that the keys are looked up in, and the verbs of
/// the command line.
enum HelpView {
  static func draw(_ screen: HelpScreen, _ model: Model, into frame: inout Frame) {
    let size = model.size
    frame.fill(Rect(size), look: .text)
    drawSearch(screen, size, into: &frame)
    let groups = screen.groups(model.config.keymap)
    if groups.isEmpty { frame.put("Nothing fits.", column: 3, row: 2, look: .secondary) }
    for column in columns(groups, size) {
      draw(column, screen, model, into: &frame)
    }
    drawReason(screen, model, into: &frame)
    let arrows = [Command.up, .down].compactMap { model.key($0, in: .help) }
    Hints.draw(
      [
        Segment(arrows.joined(separator: arrows.allSatisfy { $0.count == 1 } ? "" : " "), .key),
        Segment(" choose  ", .chrome),
      ]
        + Hints.fit(
          [
            (.open, "do it"), (.nextTab, screen.page == .keys ? "command line" : "keys"),
            (.close, "close"),
          ],
          .help,
          model
        ),
      model,
      into: &frame
    )
  }

  private static func drawSearch(_ screen: HelpScreen, _ size: Size, into frame: inout Frame) {
    let title = screen.page == .keys ? "Keys of this screen" : "The command line"
    frame.put(title, column: 1, row: 0, look: .title)
    let label = size.columns < 60 ? "" : "type to search: "
    let start = 24 + Text.width(label)
    let window = screen.line.window(max(1, size.columns - start - 1))
    frame.put(label + window.text, column: 24, row: 0, look: .field)
    frame.cursor = Position(column: min(start + window.cursor, size.columns - 1), row: 0)
  }

  /// A line of help: a heading, a key, or a blank.
  struct Line {
    var title: String?
    var entry: HelpScreen.Entry?
    /// Its place among the entries; nil for headings and blanks.
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

  /// Moving and leaving on the left, what acts on the right, where both fit; else one column.
  static func columns(
    _ groups: [HelpScreen.Group],
    _ size: Size
  ) -> [Column] {
    var index = 0
    var sides: [[Line]] = [[], []]
    for group in groups {
      let side = size.columns >= 76 && !group.isLeft ? 1 : 0
      if !sides[side].isEmpty { sides[side].append(Line()) }
      sides[side].append(Line(title: group.title))
      for entry in group.entries {
        sides[side].append(Line(entry: entry, index: index))
        index += 1
      }
    }
    if sides[0].isEmpty { sides.swapAt(0, 1) }
    let body = Rect(column: 0, row: 2, columns: size.columns, rows: max(0, size.rows - 4))
    // Rather without gaps between groups than with keys that are not seen.
    sides = sides.map { lines in
      lines.count <= body.rows ? lines : lines.filter { $0.title != nil || $0.entry != nil }
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
    let scroll = column.scroll(screen)
    let lines = column.lines.dropFirst(scroll).prefix(area.rows)
    defer {
      if scroll + area.rows < column.lines.count {
        frame.put(Text.ellipsis, column: area.maxColumn - 1, row: area.maxRow - 1, look: .faint)
      }
    }
    for (offset, line) in lines.enumerated() {
      let row = area.row + offset
      if let title = line.title {
        frame.put(title, column: area.column + 1, row: row, look: .section)
      }
      guard let entry = line.entry else { continue }
      let isDimmed = reason(against: entry, model) != nil
      let label = entry.label(ascii: model.glyphs == .ascii)
      let segments = [
        Segment(
          Text.padded(label, to: max(9, Text.width(label))) + " ",
          Look(.key, dimmed: isDimmed)
        ),
        Segment(entry.description, Look(.text, dimmed: isDimmed)),
      ]
      frame.put(segments, column: area.column + 3, row: row, end: area.maxColumn - 1)
      guard line.index == screen.selected else { continue }
      let bar = Rect(column: area.column + 1, row: row, columns: area.columns - 2, rows: 1)
      frame.markRow(bar, name: area.column + 3..<area.column + 13, model)
    }
  }

  /// Why the chosen line, or else the first dimmed one, is not possible now.
  private static func drawReason(_ screen: HelpScreen, _ model: Model, into frame: inout Frame) {
    let entries = screen.groups(model.config.keymap).flatMap(\.entries)
    let chosen = screen.choice(model.config.keymap).map { [$0] } ?? []
    let dimmed = (chosen + entries).first { reason(against: $0, model) != nil }
    var sentence: String?
    if case .key(let binding) = dimmed, let reason = reason(against: .key(binding), model) {
      let name = model.key(binding.command, in: screen.scope) ?? binding.command.rawValue
      sentence = "\(name) is dimmed because: \(reason)"
    }
    let row = model.size.rows - 2
    var end = model.size.columns - 1
    // How the config calls the chosen key, or what stands behind the chosen verb.
    if let choice = chosen.first {
      let name =
        switch choice {
        case .key(let binding): "[keys.\(screen.scope.rawValue)] \(binding.command.rawValue)"
        case .verb(let verb): ":\(verb.shown)"
        }
      if Text.width(sentence ?? "") + Text.width(name) + 4 <= model.size.columns {
        end -= Text.width(name)
        frame.put(name, column: end, row: row, look: .faint)
        end -= 2
      }
    }
    frame.put([Segment(sentence ?? "", .secondary)], column: 1, row: row, end: end)
  }

  /// Why a verb cannot be used on what is selected.
  private static func reason(against entry: HelpScreen.Entry, _ model: Model) -> String? {
    guard case .key(let binding) = entry else { return nil }
    let command = binding.command
    let target: Target? =
      switch model.screenLayer {
      case .run(let screen):
        model.target(of: screen, answering: command == .approve || command == .reject)
      case .review(let page): page.selection?.target
      default: model.inbox.selection.map(Target.init)
      }
    if command == .done {
      return model.screenLayer == .inbox ? model.obstacle(toHiding: model.inbox.selection) : nil
    }
    // While rows are marked, verbs are for them.
    if case .inbox = model.screenLayer, !model.inbox.marks.isEmpty { return nil }
    let verb: Verb
    switch command {
    case .approve: verb = .approve
    case .reject: verb = .reject
    case .pause: verb = target?.run?.status == .paused && target?.task == nil ? .resume : .pause
    case .stop: verb = .stop(.immediate)
    default: return nil
    }
    guard let target else { return "nothing is selected" }
    if let flight = model.flight(of: target.id, task: verb.isAboutRun ? nil : target.task?.id) {
      return "\(flight.decision.verb.word) is on its way"
    }
    return target.legality(of: verb, model.permissions).reason
  }
}
