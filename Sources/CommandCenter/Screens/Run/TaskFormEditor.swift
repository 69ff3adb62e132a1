internal import Cells
internal import JSON
internal import Runs

/// The answer to a task in the operator's own editor: one field of it, or all.
extension Model {
  /// Opens the field under the cursor in the editor.
  mutating func editField(_ form: inout TaskForm) -> [Effect] {
    guard let field = form.form.current else { return [] }
    guard field.readOnly == nil else {
      say("\(field.label) names something: it is not part of the answer", .plain)
      return []
    }
    let isText = field.kind == .text || (field.kind == .any && field.value?.string != nil)
    let text: String
    if let typed = field.typed {
      text = typed
    } else if let value = field.value {
      text = value.string ?? JSONWriter.text(value, .indented)
    } else {
      text = ""
    }
    return [
      .edit(
        EditorWish(
          .field(form.reference, field.name),
          name: field.name,
          format: isText || field.value == nil ? .text : .json,
          text: text
        )
      )
    ]
  }

  /// Opens all fields in the editor, as JSON.
  func editAnswer(_ form: TaskForm) -> [Effect] {
    let members = form.wholeFields.map { JSONObject.Member($0.name, $0.value ?? .null) }
    let text = form.written ?? JSONWriter.text(.object(JSONObject(members)), .indented)
    return [
      .edit(EditorWish(.answer(form.reference), name: "answer", format: .json, text: text))
    ]
  }

  /// What became of a text in the editor.
  mutating func handle(_ subject: EditorWish.Subject, _ outcome: EditorOutcome) -> [Effect] {
    switch subject {
    case .input(let workflow):
      takeInput(outcome, of: workflow)
      return []
    case .field(let task, let name):
      notice = nil
      guard var form = openForm(of: task),
        let index = form.form.fields.firstIndex(where: { $0.name == name })
      else { return loseText(outcome) }
      form.form.go(to: index)
      switch outcome {
      case .saved(let text):
        form.form.takeWritten(text, in: index)
        // Why an editor failed before is of no use any more.
        if form.written == nil { form.mistake = nil }
      case .failed(let sentence, let text):
        if let text, text != form.form.fields[index].text {
          let goesOn = "\(editorWords) goes on with what was written"
          form.form.hold(text, in: index, because: "\(sentence); \(goesOn)")
        } else {
          say(sentence, .bad)
        }
      }
      form.isFree = false
      return put(form)
    case .answer(let task):
      notice = nil
      guard var form = openForm(of: task) else { return loseText(outcome) }
      switch outcome {
      case .saved(let text):
        if let remark = form.takeWhole(text) { say(remark, .bad) }
      case .failed(let sentence, let text):
        form.written = text ?? form.written
        form.mistake = sentence
      }
      return put(form)
    }
  }

  /// The form of a task, where it is still open.
  func openForm(of task: TaskReference) -> TaskForm? {
    guard let place = runPlace, case .run(let screen) = layers[place],
      screen.form?.reference == task
    else { return nil }
    return screen.form
  }

  private mutating func loseText(_ outcome: EditorOutcome) -> [Effect] {
    say("the task does not wait any more; what was written in the editor was for its answer", .bad)
    return []
  }
}

extension Form {
  /// Takes what was written in the editor for a field.
  mutating func takeWritten(_ text: String, in index: Int) {
    guard fields.indices.contains(index) else { return }
    let field = fields[index]
    // A text is what was written; of anything else the blanks around it are the editor's.
    if field.kind == .any, field.value?.string != nil {
      set(.string(text), in: index)
    } else {
      take(text, in: index)
    }
  }
}

extension TaskForm {
  /// Takes all fields as they were written in the editor; what cannot be read stays, with a sentence.
  /// - Returns: What of it was not taken; nil when all was.
  mutating func takeWhole(_ text: String) -> String? {
    let value: JSONValue
    do throws(JSONMistake) {
      value = try JSONValue(parsing: text)
    } catch {
      written = text
      mistake = error.sentence
      return nil
    }
    guard let object = value.object else {
      written = text
      mistake = "the answer has to be a JSON object, not \(value.typeName)"
      return nil
    }
    written = nil
    mistake = nil
    let missing = wholeFields.filter { object[$0.name] == nil && $0.original != nil }
    for (index, field) in form.fields.enumerated() where field.readOnly == nil {
      let value = object[field.name] ?? field.original
      // What holds nothing was written as null.
      if field.value == nil, value == .null { continue }
      form.set(value, in: index)
    }
    let readOnly = object.members.filter { member in
      form[member.key].map { $0.readOnly != nil && $0.value != member.value } ?? false
    }
    for member in object.members where form[member.key] == nil {
      form.add(member.key, member.value)
    }
    return TaskForm.remark(readOnly: readOnly.map(\.key), missing: missing.map(\.name))
  }

  /// The fields that go into the editor when all do.
  var wholeFields: [FormField] {
    form.fields.filter { field in
      field.readOnly == nil && (field.name != TaskForm.comment || field.value != nil)
    }
  }

  /// What is said of fields of which what was written is not taken.
  private static func remark(readOnly: [String], missing: [String]) -> String? {
    var parts: [String] = []
    if !readOnly.isEmpty {
      parts.append("\(listed(readOnly)) \(readOnly.count == 1 ? "is" : "are") read only")
    }
    if !missing.isEmpty {
      let words = missing.count == 1 ? "stays as it came" : "stay as they came"
      parts.append("\(listed(missing)) \(words): leaving a field out changes nothing")
    }
    return parts.isEmpty ? nil : "not all was taken: \(parts.joined(separator: "; "))"
  }

  private static func listed(_ names: [String]) -> String {
    let shown = names.prefix(4).map { Text.sanitised(String($0.prefix(40))) }
    let more = names.count > 4 ? [" and \(names.count - 4) more"] : []
    return shown.joined(separator: ", ") + more.joined()
  }
}
