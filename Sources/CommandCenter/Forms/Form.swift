package import Cells
package import JSON

/// Fields that are filled in, one below the other.
package struct Form: Sendable, Equatable {
  /// A value that is not what it came as.
  package struct Change: Sendable, Equatable {
    package var name: String
    package var from: JSONValue?
    package var to: JSONValue?

    /// A change.
    package init(_ name: String, from: JSONValue?, to: JSONValue?) {
      self.name = name
      self.from = from
      self.to = to
    }
  }

  /// How many edits can be undone.
  private static let undoLimit = 100

  package var fields: [FormField]
  /// The field under the cursor.
  package private(set) var cursor = 0
  /// The line in which the field under the cursor is edited; nil while none is.
  package private(set) var line: LineEditor?
  /// What is wrong with what stands in the line, or what did not fit into it.
  package private(set) var mistake: String?
  private var undone: [(name: String, value: JSONValue?)] = []

  /// A form; the cursor stands on the first field that may be changed.
  package init(_ fields: [FormField]) {
    self.fields = fields
    cursor = fields.firstIndex { $0.readOnly == nil } ?? 0
  }

  /// The field under the cursor.
  package var current: FormField? { fields.indices.contains(cursor) ? fields[cursor] : nil }

  /// The field of a name.
  package subscript(name: String) -> FormField? { fields.first { $0.name == name } }

  /// Whether a line is open.
  package var isEditing: Bool { line != nil }

  /// What is different now, in the order of the fields.
  package var changes: [Change] {
    fields.filter { $0.value != $0.original }
      .map { Change($0.name, from: $0.original, to: $0.value) }
  }

  /// The changed values, as they are sent.
  package var changed: JSONObject {
    JSONObject(changes.map { JSONObject.Member($0.name, $0.to ?? .null) })
  }

  /// The first field with which something is wrong.
  package var flaw: (index: Int, sentence: String)? {
    for (index, field) in fields.enumerated() {
      if let mistake = field.mistake { return (index, mistake) }
    }
    return nil
  }

  // MARK: Moving

  /// Goes to another field, round at the ends.
  package mutating func move(by step: Int) {
    guard !fields.isEmpty else { return }
    cursor = ((cursor + step) % fields.count + fields.count) % fields.count
  }

  /// Goes to a field; a line that is open is closed without what was typed in it.
  package mutating func go(to index: Int) {
    guard fields.indices.contains(index) else { return }
    close()
    cursor = index
  }

  /// Goes to the field of a name, where there is one.
  package mutating func go(to name: String) {
    if let index = fields.firstIndex(where: { $0.name == name }) { go(to: index) }
  }

  // MARK: Editing

  /// Opens the line of the field under the cursor; yes and no are turned and not typed.
  package mutating func open() {
    guard let field = current, field.readOnly == nil, !field.isLong,
      field.kind != .yesNo || field.typed != nil
    else { return }
    line = LineEditor(field.text, holding: .value)
    mistake = field.mistake
  }

  /// Opens the line of the field under the cursor, unless it is open.
  package mutating func open(unlessOpen: Bool) {
    if line == nil { open() }
  }

  /// Closes the line without what was typed in it.
  package mutating func close() {
    line = nil
    mistake = nil
  }

  /// Lays a key on the open line, and looks at what stands there then.
  package mutating func edit(_ key: Key, _ keymap: Keymap) {
    if line?.edit(key, keymap) == true { check() }
  }

  /// Puts pasted text into the open line.
  package mutating func paste(_ text: String) {
    guard line != nil else { return }
    if line?.insert(text) == true {
      check()
    } else if !text.isEmpty {
      mistake = "this is more than a line holds (16 KiB): the editor takes more"
    }
  }

  private mutating func check() {
    guard let text = line?.text, let field = current else { return }
    mistake = nil
    do throws(FieldKind.Mistake) {
      _ = try field.value(of: text)
    } catch {
      mistake = error.sentence
    }
  }

  /// Takes what stands in the line.
  /// - Parameter isStrict: Whether what does not fit keeps the line open, with its sentence; else it
  ///   stays in the field with it.
  /// - Returns: Whether the line is closed.
  @discardableResult
  package mutating func finish(isStrict: Bool) -> Bool {
    guard let text = line?.text, let field = current else { return true }
    if isStrict {
      check()
      guard mistake == nil else { return false }
    }
    close()
    if text != field.text || field.typed != nil { take(text, in: cursor) }
    return true
  }

  /// Turns yes into no, and no into yes.
  package mutating func toggle() {
    guard let field = current, field.kind == .yesNo, field.readOnly == nil else { return }
    let truth = (field.value ?? field.preset)?.bool ?? false
    set(.bool(!truth), in: cursor)
  }

  /// Takes a text for a field.
  package mutating func take(_ text: String, in index: Int) {
    guard fields.indices.contains(index) else { return }
    let before = fields[index].value
    fields[index].take(text)
    if fields[index].value != before { remember(fields[index].name, before) }
  }

  /// Gives a field a value.
  package mutating func set(_ value: JSONValue?, in index: Int) {
    guard fields.indices.contains(index) else { return }
    let before = fields[index].value
    fields[index].typed = nil
    fields[index].mistake = nil
    guard value != before else { return }
    fields[index].value = value
    remember(fields[index].name, before)
  }

  private mutating func remember(_ name: String, _ value: JSONValue?) {
    undone.append((name, value))
    if undone.count > Form.undoLimit { undone.removeFirst() }
  }

  /// Whether there is an edit to take back.
  package var canUndo: Bool { !undone.isEmpty || fields.contains(where: \.isChanged) }

  /// Takes the last edit back and goes to its field; without one, gives a changed field its first
  /// value.
  /// - Returns: The name of the field; nil when there was nothing to take back.
  package mutating func undo() -> String? {
    close()
    if let last = undone.popLast(), let index = fields.firstIndex(where: { $0.name == last.name }) {
      fields[index].value = last.value
      fields[index].typed = nil
      fields[index].mistake = nil
      cursor = index
      return last.name
    }
    guard let index = fields.indices.last(where: { fields[$0].isChanged }) else { return nil }
    fields[index].value = fields[index].original
    fields[index].typed = nil
    fields[index].mistake = nil
    cursor = index
    return fields[index].name
  }

  /// Puts other fields beneath the cursor, which stays on the field of a name.
  mutating func replace(_ fields: [FormField], keeping name: String?) {
    self.fields = fields
    cursor = fields.firstIndex { $0.name == name } ?? fields.firstIndex { $0.readOnly == nil } ?? 0
    if current?.name != name { close() }
  }

  /// Equal when they look and act the same.
  package static func == (left: Form, right: Form) -> Bool {
    left.fields == right.fields && left.cursor == right.cursor && left.line == right.line
      && left.mistake == right.mistake
      && left.undone.elementsEqual(right.undone) { $0.name == $1.name && $0.value == $1.value }
  }
}

extension Form {
  // MARK: From elsewhere

  /// Gives a field the value of a draft; what does not fit its kind stays with a sentence.
  mutating func fill(_ index: Int, with value: JSONValue) {
    guard fields.indices.contains(index), fields[index].readOnly == nil else { return }
    let field = fields[index]
    if value.isNull || field.kind.accepts(value) {
      fields[index].value = value
    } else {
      fields[index].take(FieldKind(of: value).text(of: value))
    }
  }

  /// Adds a field that the form does not have.
  mutating func add(_ name: String, _ value: JSONValue) {
    var field = FormField(name, FieldKind(of: value))
    field.value = value
    fields.append(field)
  }

  /// Keeps a text for a field that could not be taken.
  mutating func hold(_ text: String, in index: Int, because sentence: String) {
    guard fields.indices.contains(index) else { return }
    fields[index].typed = text
    fields[index].mistake = sentence
  }

  /// The form with other fields beneath the same edits: values that were changed stay changed, the
  /// cursor and an open line stay where they are.
  func rebuilt(with fields: [FormField]) -> Form {
    var form = self
    var fields = fields
    for old in self.fields where old.isChanged {
      if let index = fields.firstIndex(where: { $0.name == old.name }) {
        fields[index].value = old.value
        fields[index].typed = old.typed
        fields[index].mistake = old.mistake
        if let value = old.value, old.typed == nil, !fields[index].kind.accepts(value) {
          fields[index].take(old.kind.text(of: value))
        }
      } else {
        var field = old
        field.original = nil
        field.remark = "the task does not ask it any more"
        fields.append(field)
      }
    }
    form.replace(fields, keeping: current?.name)
    return form
  }
}
