internal import Cells
internal import Runs
internal import Triage

/// Draws the keys of a screen: from the same table that the keys are looked up in.
enum HelpView {
  static func draw(_ screen: HelpScreen, _ model: Model, into frame: inout Frame) {
    let size = model.size
    frame.fill(Rect(size), look: .text)
    frame.put("Keys of this screen", column: 1, row: 0, look: .title)
    let search = "type to search: \(screen.query)"
    let column = max(22, min(28, size.columns - Text.width(search) - 2))
    let end = frame.put(
      Text.truncated(search, to: size.columns - column - 1),
      column: column,
      row: 0,
      look: .field
    )
    frame.cursor = Position(column: min(end, size.columns - 1), row: 0)
    let groups = screen.commands(model.config.keymap)
    let lines = lines(groups)
    let height = size.rows - 4
    let selectedLine = lines.firstIndex { $0.index == screen.selected } ?? 0
    let scroll = max(0, min(selectedLine - height / 2, lines.count - height))
    for (offset, line) in lines.dropFirst(scroll).prefix(height).enumerated() {
      let row = 2 + offset
      if let group = line.group {
        frame.put(group.rawValue, column: 1, row: row, look: .section)
        continue
      }
      guard let binding = line.binding else { continue }
      let reason = reason(against: binding.command, model)
      let labels = binding.keys.map(\.label).joined(separator: " ")
      let look = Look(.text, dimmed: reason != nil)
      var segments = [
        Segment(Text.padded(labels, to: 12) + " ", Look(.key, dimmed: reason != nil)),
        Segment(binding.command.description, look),
      ]
      if let reason { segments.append(Segment("   not now: \(reason)", .faint)) }
      frame.put(segments, column: 3, row: row, end: size.columns - 1)
      guard line.index == screen.selected else { continue }
      frame.put(String(model.glyphs.marker), column: 1, row: row, look: .accent)
      frame.restyle(Rect(column: 0, row: row, columns: size.columns, rows: 1)) {
        $0.selected = true
      }
    }
    if lines.isEmpty { frame.put("Nothing fits.", column: 3, row: 2, look: .secondary) }
    let arrows = "\(model.glyphs.up)\(model.glyphs.down)"
    let enter = model.glyphs == .ascii ? "Enter" : "↵"
    Hints.draw(
      [
        Segment(arrows, .key), Segment(" choose  ", .chrome), Segment(enter, .key),
        Segment(" do it  ", .chrome), Segment("Esc", .key), Segment(" close", .chrome),
      ],
      model,
      into: &frame
    )
  }

  private struct Line {
    var group: Command.Group?
    var binding: Keymap.Binding?
    /// Its place among the bindings; nil for headings and blanks.
    var index: Int?
  }

  private static func lines(
    _ groups: [(group: Command.Group, bindings: [Keymap.Binding])]
  ) -> [Line] {
    var lines: [Line] = []
    var index = 0
    for (group, bindings) in groups {
      if !lines.isEmpty { lines.append(Line()) }
      lines.append(Line(group: group))
      for binding in bindings {
        lines.append(Line(binding: binding, index: index))
        index += 1
      }
    }
    return lines
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
    return target.legality(of: verb, model.permissions).reason
  }
}
