internal import Cells
internal import JSON
internal import Runs
internal import Triage

/// The lines of the task's tab.
struct TaskFormRows {
  let rows: [FormRow]

  /// The lines of the task's tab that are on the screen.
  static func height(_ model: Model, _ screen: RunScreen) -> Int {
    max(1, RunLayout(model, screen).height - 1)
  }

  /// The lines; nil while no task waits, or it is not read yet.
  init?(_ model: Model, _ screen: RunScreen) {
    guard let form = screen.form, let detail = model.details[screen.reference] else { return nil }
    // A task that waits no more need not be listed any more, but its open line is still drawn.
    let task = detail.tasks.first { $0.id == form.reference.task } ?? form.task
    let columns = model.size.columns
    let width = columns - 2 * FormRows.indent
    var rows = TaskFormRows.head(task, model, width)
    if let sentence = form.overSentence(model.zone) ?? form.newsSentence {
      rows += TaskFormRows.wrapped(sentence, .warning, width) + [FormRow([])]
    }
    rows +=
      FormRows(
        form: form.form,
        columns: columns,
        editorKey: model.key(.editor, in: .run)
      ).rows
    rows.append(FormRow([]))
    if let mistake = form.mistake { rows += TaskFormRows.held(mistake, form, model, width) }
    if form.isEdited, !form.isOver { rows += TaskFormRows.answer(form, model, width) }
    if let graph = detail.graph {
      let sentence = TaskFormRows.behind(Consequence(of: task.step, in: graph))
      if let sentence { rows += TaskFormRows.wrapped(sentence, .text, width) }
    }
    if rows.last == FormRow([]) { rows.removeLast() }
    self.rows = rows
  }

  private static func wrapped(
    _ text: String,
    _ look: Look,
    _ columns: Int,
    lines: Int = 3
  ) -> [FormRow] {
    Text.wrapped(Text.sanitised(text), to: max(1, columns), maximumLines: lines)
      .map { FormRow([Segment($0, look)]) }
  }

  // MARK: What is asked

  /// Title and description, with the kind of task, its age and its deadline at the right.
  private static func head(_ task: HumanTask, _ model: Model, _ columns: Int) -> [FormRow] {
    let at = model.inbox.inbox.at
    let kind = task.type.map { Text.truncated($0, to: 20) }
    let age = task.createdAt.map { "\(model.age(at - $0)) old" }
    let tail = [kind, age].compactMap { $0 }.joined(separator: " · ")
    let isWide = columns >= 54
    let room = isWide && !tail.isEmpty ? columns - Text.width(tail) - 2 : columns
    var rows = Text.wrapped(task.title, to: max(8, room), maximumLines: 3)
      .map { FormRow([Segment($0, Look(.text, bold: true))]) }
    if rows.isEmpty { rows = [FormRow([])] }
    if !tail.isEmpty {
      if isWide {
        rows[0].tail = Segment(tail, .secondary)
      } else {
        rows.append(FormRow([Segment(tail, .secondary)]))
      }
    }
    if let description = task.description {
      rows += Text.wrapped(description, to: columns, maximumLines: 40)
        .map { FormRow([Segment($0)]) }
    }
    if let deadline = deadline(task, model) {
      let last = rows.count - 1
      if last > 0, rows[last].segments.width + 2 + Text.width(deadline.text) <= columns {
        rows[last].tail = deadline
      } else {
        rows.append(FormRow([deadline]))
      }
    }
    return rows + [FormRow([])]
  }

  /// Until when it may be answered, where the server says.
  static func deadline(_ task: HumanTask, _ model: Model) -> Segment? {
    guard let expires = task.expiresAt else { return nil }
    let left = expires - model.inbox.inbox.at
    if left < .zero {
      return Segment("deadline passed \(model.age(.zero - left)) ago", .failure)
    }
    return Segment("deadline in \(model.age(left))", left < .seconds(300) ? .warning : .secondary)
  }

  // MARK: What will be sent

  private static func answer(_ form: TaskForm, _ model: Model, _ columns: Int) -> [FormRow] {
    let title = "WHAT WILL BE SENT"
    let rule = String(
      repeating: String(model.glyphs.rule),
      count: max(0, columns - Text.width(title))
    )
    var rows = [FormRow([Segment(title, .section), Segment("  \(rule)", .faint)])]
    let changes = form.form.changes
    let names = ["approved"] + changes.map { String($0.name.prefix(60)) }
    let width = min(20, names.map { Text.width($0) }.max() ?? 0)
    rows.append(FormRow([Segment("\(Text.padded("approved", to: width))  true")]))
    for change in changes {
      let name = Text.padded(String(change.name.prefix(60)), to: width)
      let lines = Text.wrapped(
        TaskFormRows.words(change, model.glyphs),
        to: max(8, columns - width - 2),
        maximumLines: 6
      )
      for (index, line) in lines.enumerated() {
        let lead = index == 0 ? name : String(repeating: " ", count: width)
        rows.append(FormRow([Segment("\(lead)  "), Segment(line, .accent)]))
      }
    }
    return rows + [FormRow([])]
  }

  /// A change as it is read before it is sent: `420 → 380.00`.
  static func words(_ change: Form.Change, _ glyphs: Glyphs) -> String {
    let to = value(change.to)
    guard let from = change.from else { return to }
    return "\(value(from)) → \(to)"
  }

  /// A value as it is sent, in a line.
  static func value(_ value: JSONValue?) -> String {
    switch value {
    case nil: "left out"
    case .string(""): "empty"
    case .string(let text): Text.sanitised(String(text.prefix(400)))
    case .some(let value): Brief.text(value)
    }
  }

  private static func held(
    _ mistake: String,
    _ form: TaskForm,
    _ model: Model,
    _ columns: Int
  ) -> [FormRow] {
    var sentence = "Not taken from the editor: \(mistake)."
    if form.written != nil, let all = model.key(.editorAll, in: .run),
      let undo = model.key(.undo, in: .run)
    {
      sentence += " \(all) goes on with what was written, \(undo) drops it."
    }
    return wrapped(sentence, .failure, columns) + [FormRow([])]
  }

  /// What comes behind the task, in a sentence; nil where nothing is known.
  static func behind(_ consequence: Consequence) -> String? {
    let parts = [
      part(consequence.onYes, "only if approved"), part(consequence.onNo, "only if rejected"),
      part(consequence.ungated, "perhaps even if rejected"),
      part(consequence.either, "either way"),
    ].compactMap { $0 }
    return parts.isEmpty ? nil : "Behind it: \(parts.joined(separator: "; "))."
  }

  private static func part(_ steps: [Graph.Step], _ condition: String) -> String? {
    guard !steps.isEmpty else { return nil }
    let names = steps.map(\.title).joined(separator: ", ")
    let count = steps.count == 1 ? "" : steps.count == 2 ? "both " : "all "
    return "\(names) (\(count)\(condition))"
  }
}
