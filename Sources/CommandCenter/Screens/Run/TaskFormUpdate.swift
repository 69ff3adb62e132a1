internal import Cells
internal import JSON
internal import Runs
internal import Triage

extension Model {
  /// A key on the task: edits a field, moves among the fields, takes an edit back.
  /// - Returns: What is to be done; nil when the key is none of the form's.
  mutating func formCommand(_ command: Command, _ screen: RunScreen) -> [Effect]? {
    guard screen.tab == .task, var form = screen.form else { return nil }
    switch command {
    case .open, .comment, .undo, .editor, .editorAll:
      if let reason = permissions.readOnly {
        say("read-only: \(reason)", .bad)
        return []
      }
    default: break
    }
    if command == .editor || command == .editorAll, let reason = editorRefusal {
      say(reason, .bad)
      return []
    }
    switch command {
    case .open, .comment, .undo, .editor, .editorAll:
      if let reason = screen.overSentence(self) {
        say(reason, .bad)
        return []
      }
    default: break
    }
    form.isFree = false
    var effects: [Effect] = []
    switch command {
    case .open: openField(&form)
    case .comment:
      form.form.go(to: TaskForm.comment)
      form.form.open()
    case .undo: undo(&form)
    case .editor: effects = editField(&form)
    case .editorAll: effects = editAnswer(form)
    case .up, .down, .pageUp, .pageDown, .halfUp, .halfDown, .top, .bottom:
      move(command, &form, screen)
      return []
    default: return nil
    }
    return effects + put(form)
  }

  /// Lays a form on the run screen, and keeps what was changed in it.
  mutating func put(_ form: TaskForm) -> [Effect] {
    guard let place = runPlace, case .run(var screen) = layers[place] else { return [] }
    let before = screen.form
    screen.form = form
    layers[place] = .run(screen)
    settleRunScreen()
    if form.form.isEditing, form.form.line?.text != before?.form.line?.text { keepTypedSoon() }
    let isClosed = before?.form.isEditing == true && !form.form.isEditing
    guard
      isClosed || form.form.fields != before?.form.fields || form.written != before?.written
    else { return [] }
    return keepDraft(TaskForm.key(form.reference), form.draft)
  }

  /// Where the run screen lies.
  var runPlace: Int? {
    layers.lastIndex { if case .run = $0 { true } else { false } }
  }

  /// Changes the form on the run screen.
  mutating func changeForm(_ change: (inout TaskForm) -> Void) {
    guard let place = runPlace, case .run(var screen) = layers[place], var form = screen.form else {
      return
    }
    change(&form)
    screen.form = form
    layers[place] = .run(screen)
  }

  /// Goes to what keeps an answer from being sent; nil when nothing does.
  mutating func mend(_ form: TaskForm) -> [Effect]? {
    guard form.written == nil else {
      say("what was written in the editor is not taken yet: go on with it, or undo it", .bad)
      return []
    }
    guard let flaw = form.form.flaw else { return nil }
    changeForm {
      $0.form.go(to: flaw.index)
      $0.isFree = false
    }
    settleRunScreen()
    say(flaw.sentence, .bad)
    return []
  }

  /// Opens the form of the approval under the cursor: it is edited first.
  mutating func editFirst() -> [Effect] {
    guard inbox.marks.isEmpty else {
      say("rows are marked, and one form answers one task: take the marks away first", .bad)
      return []
    }
    if let reason = permissions.legality(of: .approve, on: inbox.selection).reason {
      say(permissions.readOnly == nil ? reason : "read-only: \(reason)", .bad)
      return []
    }
    let task = inbox.selection?.task?.id
    return inbox.selection?.reference.map { openForm(of: $0, task: task) } ?? []
  }

  /// Shows the form of a run's task, on the screen that is there or a new one.
  mutating func openForm(of reference: RunReference, task: TaskID?) -> [Effect] {
    var effects: [Effect] = []
    if case .run(let screen) = screenLayer, screen.reference == reference {
    } else {
      effects = openRun(reference, task: task)
    }
    guard let place = runPlace, case .run(var screen) = layers[place] else { return effects }
    screen.show(task)
    screen.tab = .task
    screen.scroll = 0
    layers[place] = .run(screen)
    settleRunScreen()
    return effects
  }

  private mutating func openField(_ form: inout TaskForm) {
    guard let field = form.form.current else { return }
    if field.readOnly != nil {
      say("\(field.label) names something: it is not part of the answer", .plain)
    } else if field.kind == .yesNo, field.typed == nil {
      form.form.toggle()
    } else if field.isLong {
      say("\(field.label) is too long for a line: \(editorWords) opens it", .plain)
    } else {
      form.form.open()
    }
  }

  var editorWords: String { key(.editor, in: .run) ?? "the editor" }

  private mutating func undo(_ form: inout TaskForm) {
    if form.written != nil {
      form.written = nil
      form.mistake = nil
      say("what was written in the editor is dropped", .plain)
    } else if let name = form.form.undo() {
      let label = Text.sanitised(String(name.prefix(60)))
      let value = form.form.current?.value.map { Brief.field($0, limit: 60) } ?? "empty"
      say("\(label) is \(value.isEmpty ? "empty" : value) again", .plain)
    } else {
      say("there is no edit to take back", .plain)
    }
  }

  /// A key in the open line of a field.
  mutating func fieldKey(_ key: Key, _ screen: RunScreen) -> [Effect] {
    guard var form = screen.form else { return [] }
    switch config.keymap.command(for: key, in: .field) {
    case .confirm: form.form.finish(isStrict: true)
    case .nextField, .previousField:
      let isNext = config.keymap.command(for: key, in: .field) == .nextField
      if form.form.finish(isStrict: true) {
        form.form.moveToEditable(by: isNext ? 1 : -1)
        form.form.open()
      }
    case .close: form.form.close()
    default: form.form.edit(key, config.keymap)
    }
    form.isFree = false
    return put(form)
  }

  /// Pasted text goes into the open line of a field.
  mutating func pasteIntoField(_ text: String, _ screen: RunScreen) {
    guard var form = screen.form, screen.isEditing else { return }
    form.form.paste(text)
    // An open line is kept in its time.
    _ = put(form)
  }

  // MARK: Moving

  private mutating func move(_ command: Command, _ form: inout TaskForm, _ screen: RunScreen) {
    var screen = screen
    let rows = TaskFormRows(self, screen)?.rows ?? []
    let height = TaskFormRows.height(self, screen)
    let visible = screen.scroll..<screen.scroll + height
    let line = { (index: Int) in rows.firstIndex { $0.field == index } ?? 0 }
    let last = form.form.fields.count - 1
    let here = form.form.cursor
    switch command {
    case .up where here > 0 && visible.lowerBound <= line(here): form.form.go(to: here - 1)
    case .down
    where here < last && line(here) < visible.upperBound
      && line(here + 1) < visible.upperBound + max(1, height / 2):
      form.form.go(to: here + 1)
    case .top:
      form.form.go(to: 0)
      form.isFree = true
      screen.scroll = 0
    case .bottom: form.form.go(to: last)
    default:
      let page = max(1, height - 1)
      let step: Int =
        switch command {
        case .up: -1
        case .down: 1
        case .pageUp: -page
        case .pageDown: page
        case .halfUp: -max(1, page / 2)
        default: max(1, page / 2)
        }
      form.isFree = true
      screen.scroll = max(0, min(screen.scroll + step, rows.count - height))
      let shown = rows.dropFirst(screen.scroll).prefix(height).compactMap(\.field)
      if !shown.contains(form.form.cursor), let near = step > 0 ? shown.first : shown.last {
        form.form.go(to: near)
      }
    }
    screen.form = form
    if let place = runPlace { layers[place] = .run(screen) }
    settleRunScreen()
  }
}

extension Form {
  /// Goes to the next field that may be changed, round at the ends.
  mutating func moveToEditable(by step: Int) {
    for _ in fields {
      move(by: step)
      if current?.readOnly == nil { return }
    }
  }
}
