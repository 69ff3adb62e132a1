internal import Cells
internal import JSON

/// A line of a form on the screen.
struct FormRow: Equatable {
  var segments: [Segment]
  /// What stands at the right end.
  var tail: Segment?
  /// The field that it belongs to.
  var field: Int?
  /// Whether the field under the cursor begins here.
  var isMarked = false
  /// The column of the terminal's cursor.
  var cursor: Int?

  init(_ segments: [Segment], field: Int? = nil) {
    self.segments = segments
    self.field = field
  }
}

/// The lines of a form's fields.
struct FormRows {
  /// The column at which names begin.
  static let indent = 3
  /// The lines of a long value that are shown at most.
  private static let valueLines = 40
  /// The characters of a value that are looked at.
  private static let valueLimit = 4000

  let form: Form
  let columns: Int
  /// Whether values that are longer than their box are shown whole beneath it.
  var showsWhole = true
  /// What a value that changed is said to have been.
  var showsBefore = true
  /// The word for the key that opens the editor, where long values name it.
  var editorKey: String?

  private var nameWidth: Int {
    let widest = form.fields.map { Text.width($0.label) }.max() ?? 0
    return min(max(widest, 6), columns >= 60 ? 20 : 12)
  }

  private var valueColumn: Int { FormRows.indent + nameWidth + 2 }

  /// The columns of a value's box, its brackets included.
  private var boxWidth: Int {
    let room = columns - valueColumn - 1
    return columns >= 60 ? min(32, max(14, room - 30)) : max(6, room)
  }

  /// All lines.
  var rows: [FormRow] { form.fields.indices.flatMap { rows(of: $0) } }

  private func rows(of index: Int) -> [FormRow] {
    let field = form.fields[index]
    let isHere = index == form.cursor
    let isOpen = isHere && form.isEditing
    let text = isOpen ? "" : shown(field)
    let isWide = isOpen ? (form.line.map { Text.width($0.text) } ?? 0) > boxWidth - 3 : false
    let isLong = !isOpen && Text.width(text) > boxWidth - 2
    var name = Text.padded(Text.truncated(field.label, to: nameWidth), to: nameWidth)
    if field.kind == .pair {
      let isFirst = index == 0 || form.fields[index - 1].kind != .pair
      name = Text.padded(isFirst ? "input" : "", to: nameWidth)
    }
    var row = FormRow(
      [Segment(name, isHere ? .title : field.readOnly == nil ? .text : .secondary), Segment("  ")],
      field: index
    )
    row.isMarked = isHere
    if isOpen, let line = form.line {
      let room = (isWide ? columns - valueColumn - 1 : boxWidth) - 2
      let window = line.window(room)
      row.segments += box(Text.padded(window.text, to: room))
      row.cursor = valueColumn + 1 + window.cursor
      if !isWide { row.segments.append(contentsOf: remark(of: field)) }
    } else if isLong, showsWhole {
      row.segments += remark(of: field, isAlone: true)
    } else {
      row.segments += value(text, field)
      row.segments += remark(of: field)
    }
    var rows = [row]
    if isLong, showsWhole { rows += whole(text, field, index) }
    if let mistake = isOpen ? form.mistake : field.mistake {
      rows += beneath(mistake, .failure, index)
    }
    return rows
  }

  /// A value as it is shown while it is not edited.
  private func shown(_ field: FormField) -> String {
    if let typed = field.typed { return Text.sanitised(String(typed.prefix(FormRows.valueLimit))) }
    guard let value = field.value else { return "" }
    switch value {
    case .null: return field.readOnly == nil ? "" : "null"
    case .string(let text):
      return Text.sanitised(String(text.prefix(FormRows.valueLimit)))
    default: return Brief.text(value, limit: FormRows.valueLimit)
    }
  }

  private func value(_ text: String, _ field: FormField) -> [Segment] {
    if field.kind == .yesNo, field.typed == nil {
      let truth = (field.value ?? field.preset)?.bool ?? false
      let mark = Segment(truth ? "[x]" : "[ ]", field.readOnly == nil ? .field : .secondary)
      return [mark, Segment(String(repeating: " ", count: max(0, boxWidth - 3)))]
    }
    guard field.readOnly == nil else {
      return [Segment(Text.padded(text, to: boxWidth), .secondary)]
    }
    return box(Text.padded(text, to: boxWidth - 2))
  }

  private func box(_ text: String) -> [Segment] {
    [Segment("[", .faint), Segment(text, .field), Segment("]", .faint)]
  }

  /// What stands beside a value: its kind, what it was, what is known of it.
  private func remark(of field: FormField, isAlone: Bool = false) -> [Segment] {
    guard columns >= 60 || isAlone else { return [] }
    var parts: [String] = []
    if field.readOnly == nil {
      parts.append(kindWord(field))
      if isAlone, let editorKey { parts.append("\(editorKey) opens the editor") }
    } else if let why = field.readOnly {
      parts.append(why)
    }
    if showsBefore, field.value != field.original {
      if let original = field.original { parts.append("was \(before(original))") }
    }
    if field.isRequired { parts.append("required") }
    if !field.choices.isEmpty {
      parts.append(
        field.choices.prefix(20).map { Brief.field($0, limit: 20) }.joined(separator: ", ")
      )
    }
    if let preset = field.preset {
      let word = FieldKind.yesNo == field.kind ? field.kind.text(of: preset) : Brief.field(preset)
      parts.append("default \(word)")
    }
    if let remark = field.remark {
      parts.append(Text.sanitised(String(remark.prefix(FormRows.valueLimit))))
    }
    guard let first = parts.first else { return [] }
    let rest = parts.dropFirst().joined(separator: "  ")
    let lead = isAlone ? "" : "  "
    return [Segment(lead + (rest.isEmpty ? first : Text.padded(first, to: 8) + " " + rest), .faint)]
  }

  private func before(_ value: JSONValue) -> String {
    value == .bool(true) ? "yes" : value == .bool(false) ? "no" : Brief.field(value, limit: 60)
  }

  private func kindWord(_ field: FormField) -> String {
    guard field.kind == .any else { return field.kind.word }
    // What is typed over null says itself what it is.
    guard let value = field.value, !value.isNull else {
      return field.original == nil && field.value == nil ? "any" : "null"
    }
    return FieldKind(of: value).word
  }

  private func whole(_ text: String, _ field: FormField, _ index: Int) -> [FormRow] {
    let indent = columns >= 60 ? valueColumn : FormRows.indent + 2
    let lines = Text.wrapped(
      text,
      to: max(8, columns - indent - 1),
      maximumLines: FormRows.valueLines
    )
    let look: Look = field.readOnly == nil ? .text : .secondary
    return lines.map { line in
      FormRow(
        [Segment(String(repeating: " ", count: indent - FormRows.indent) + line, look)],
        field: index
      )
    }
  }

  private func beneath(_ sentence: String, _ look: Look, _ index: Int) -> [FormRow] {
    let indent = columns >= 60 ? valueColumn : FormRows.indent + 2
    return Text.wrapped(
      Text.sanitised(sentence),
      to: max(8, columns - indent - 1),
      maximumLines: 3
    ).map { line in
      FormRow(
        [Segment(String(repeating: " ", count: indent - FormRows.indent) + line, look)],
        field: index
      )
    }
  }
}

extension Frame {
  /// Draws lines of a form from a row of the screen on.
  mutating func put(_ rows: some Sequence<FormRow>, row first: Int, _ model: Model) {
    let columns = model.size.columns
    for (offset, line) in rows.enumerated() {
      let row = first + offset
      if line.isMarked {
        put(String(model.glyphs.marker), column: 0, row: row, look: .accent)
      }
      var end = columns - 1
      if let tail = line.tail {
        end -= Text.width(tail.text) + 1
        put([tail], column: end + 1, row: row, end: columns - 1)
      }
      put(line.segments, column: FormRows.indent, row: row, end: end)
      if let column = line.cursor {
        cursor = Position(column: min(column, columns - 1), row: row)
      }
    }
  }
}
