internal import Cells

/// Draws the first screen.
enum FirstStartView {
  static func draw(_ screen: FirstStart, _ model: Model, into frame: inout Frame) {
    if let form = screen.form {
      draw(form, screen, model, into: &frame)
      return
    }
    var lines = choices(screen, model)
    if model.size.rows < 16 { lines.removeAll { $0.isEmpty } }
    for (offset, line) in lines.enumerated() where offset + 2 < model.size.rows {
      frame.put(line, column: 3, row: 1 + offset, end: model.size.columns - 1)
    }
    NoticeLine.draw(model, into: &frame)
    let keys = [Command.tryDemo, .connect, .local].compactMap { model.key($0, in: .firstStart) }
    Hints.draw(
      [Segment(keys.joined(separator: " "), .key), Segment(" choose  ", .chrome)]
        + Hints.fit([(.back, "quit")], .firstStart, model),
      model,
      into: &frame
    )
  }

  private static func choices(_ screen: FirstStart, _ model: Model) -> [[Segment]] {
    let choice = { (command: Command, name: String, words: String) in
      [
        Segment(model.key(command, in: .firstStart) ?? " ", .key),
        Segment("  \(Text.padded(name, to: 10))", .title),
        Segment("  \(words)"),
      ]
    }
    return [
      [Segment("Command Center has no profile yet.", .title)], [],
      choice(.tryDemo, "try it", "a local runtime with example workflows, gone when you leave"),
      choice(.connect, "connect", "to AgentRuntime: address, tenant, project, token"),
      choice(.local, "local", "an empty local runtime, its data kept on this machine"), [],
      [Segment("Settings stand in \(screen.configPath).", .secondary)],
      [Segment("Nothing is sent anywhere before you choose.", .secondary)],
    ]
  }

  private static func draw(
    _ form: ConnectForm,
    _ screen: FirstStart,
    _ model: Model,
    into frame: inout Frame
  ) {
    let size = model.size
    let isLow = size.rows < 16
    frame.put("Connect to AgentRuntime", column: 3, row: isLow ? 0 : 1, look: .title)
    var row = isLow ? 1 : 3
    for field in ConnectForm.Field.allCases {
      draw(field, form, model, row: row, into: &frame)
      row += 1
    }
    if !isLow { row += 1 }
    let path = screen.configPath
    let sentence =
      form.mistake
      ?? (form.isSending
        ? "Writing the profile …"
        : "\(model.key(.confirm, in: .form) ?? "Enter") on the last line writes "
          + "the profile to \(path) and connects. Nothing is sent anywhere before that.")
    let lines = Text.wrapped(
      Text.sanitised(sentence),
      to: max(1, size.columns - 4),
      maximumLines: max(1, size.rows - row - 1)
    )
    for (offset, line) in lines.enumerated() {
      frame.put(
        line,
        column: 3,
        row: row + offset,
        look: form.mistake == nil ? .secondary : .failure
      )
    }
    let isLast = form.field == ConnectForm.Field.allCases.last
    Hints.draw(
      Hints.fit(
        [
          (.confirm, isLast ? "write and connect" : "next"), (.nextField, "next field"),
          (.close, "back"),
        ],
        .form,
        model
      ),
      model,
      into: &frame
    )
  }

  private static func draw(
    _ field: ConnectForm.Field,
    _ form: ConnectForm,
    _ model: Model,
    row: Int,
    into frame: inout Frame
  ) {
    let columns = model.size.columns
    let isHere = field == form.field
    if isHere { frame.put(String(model.glyphs.marker), column: 0, row: row, look: .accent) }
    frame.put(field.label, column: 3, row: row, look: isHere ? .title : .secondary)
    let room = columns >= 76 ? 34 : max(8, columns - 14)
    let window = form.shown(field).window(room)
    frame.put(Text.padded(window.text, to: room), column: 12, row: row, look: .field)
    if isHere {
      frame.cursor = Position(column: min(12 + window.cursor, columns - 1), row: row)
    }
    guard columns >= 76 else { return }
    frame.put([Segment(field.remark, .faint)], column: 12 + room + 2, row: row, end: columns - 1)
  }
}
