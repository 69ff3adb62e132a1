internal import Cells
package import JSON
package import Runs
internal import Triage

/// A run that is about to be started: its input as a form.
package struct StartScreen: Sendable, Equatable {
  package var workflow: WorkflowID
  /// The workflow's name.
  package var name: String
  /// The run that is started again; nil for a new one.
  package var from: RunReference?
  /// What is known of the workflow; nil until it is read.
  package var facts: StartFacts?
  /// Why it could not be read.
  package var fault: Fault?
  package var form: Form
  /// Whether the input came with the wish, or was changed here: what is read later fills no field.
  package var isTouched: Bool
  /// The decision that was sent; sent again it can make no second run.
  package var decision: Decision?
  /// Whether it is under way.
  package var isSending = false
  /// Whether it may have started although nobody saw it.
  package var mayHaveRun = false
  /// The input that would start another run; it was said that sending it does.
  var another: JSONObject?
  /// An input as it was written in the editor and could not be read.
  package var written: String?
  /// What is wrong with the form that was sent, or what became of it.
  package var mistake: String?
  /// The first line that is on the screen.
  package var scroll = 0

  /// A form for a run of a workflow, with an input where one is known.
  package init(
    _ workflow: WorkflowID,
    name: String,
    input: JSONObject? = nil,
    from: RunReference? = nil
  ) {
    self.workflow = workflow
    self.name = name
    self.from = from
    isTouched = input != nil
    form = Form(InputForm.fields(schema: nil, input: input))
    form.open()
  }

  /// The input as it stands, with what is being typed.
  var input: JSONObject {
    var form = form
    form.finish(isStrict: false)
    return InputForm.object(form.fields)
  }

  /// Takes in what was read of the workflow; what was typed stays.
  mutating func take(_ facts: StartFacts) {
    self.facts = facts
    fault = nil
    form.finish(isStrict: false)
    let isDescribed = !InputForm.fields(schema: facts.schema, input: nil).contains {
      $0.kind == .pair
    }
    // The newest run's input is no more than a hint where a schema says what is wanted.
    let known = from != nil || !isDescribed ? facts.input : nil
    let name = form.current?.name
    rebuild(isTouched ? input : known, going: name)
  }

  /// Makes the fields anew, for an input.
  mutating func rebuild(_ input: JSONObject?, going name: String? = nil) {
    var fields = InputForm.fields(schema: facts?.schema, input: input)
    // What does not fit stays with its sentence.
    for field in form.fields where field.typed != nil {
      guard let index = fields.firstIndex(where: { $0.name == field.name }) else { continue }
      if let typed = field.typed { fields[index].take(typed) }
    }
    form = Form(fields)
    if let name { form.go(to: name) }
    form.open()
  }

  /// The run whose input the fields were filled with, with the fields; nil where none were.
  func source(_ model: Model) -> (words: String, fields: [String])? {
    let isAgain = from != nil
    guard let run = facts?.run ?? from.flatMap({ model.details[$0]?.run }) else { return nil }
    let names = form.fields.filter { field in
      field.value != nil && field.value == facts?.input?[field.name]
    }.map(\.label)
    guard !names.isEmpty else { return nil }
    var known = run.version.map { ["v\($0)"] } ?? []
    let at = model.inbox.inbox.at
    if let ended = run.endedAt {
      known.append("\(run.status.word) \(model.age(at - ended)) ago")
    } else {
      known.append(run.status.word)
    }
    let remark = known.joined(separator: ", ")
    return ("\(isAgain ? "run" : "the last run,") \(run.id.short) (\(remark))", names)
  }

  /// What is said of the version: when it was published, and whether the run had an older one.
  func publication(_ model: Model) -> String {
    guard let facts else { return "" }
    let at = model.inbox.inbox.at
    var parts = facts.publishedAt.map { ["published \(model.age(at - $0)) ago"] } ?? []
    let run = from.flatMap { model.details[$0]?.run } ?? (from == nil ? nil : facts.run)
    if let run, let old = run.version, let new = facts.version, new > old {
      let isAfter = facts.publishedAt.flatMap { moment in run.endedAt.map { moment > $0 } } ?? false
      parts.append(run.status == .failed && isAfter ? "after the failure" : "newer than v\(old)")
    }
    return parts.joined(separator: ", ")
  }

  /// The lines of the screen, beneath its header.
  func rows(_ model: Model) -> [FormRow] {
    let columns = model.size.columns
    var rows = FormRows(form: form, columns: columns, showsBefore: false).rows
    func add(_ text: String, _ look: Look, lines: Int = 3) {
      rows += Text.wrapped(
        Text.sanitised(text),
        to: max(1, columns - FormRows.indent - 1),
        maximumLines: lines
      ).map { FormRow([Segment($0, look)]) }
    }
    rows.append(FormRow([]))
    if let mistake {
      add(mistake, .failure)
    } else if let fault {
      add("What the workflow takes could not be read: \(fault.sentence)", .warning)
    } else if facts == nil {
      add("Reading what the workflow takes …", .secondary)
    } else if let source = source(model) {
      add("prefilled from \(source.words): \(source.fields.joined(separator: ", "))", .secondary)
    }
    if rows.last != FormRow([]) { rows.append(FormRow([])) }
    rows.append(FormRow(heading("SAME IN THE SHELL", model)))
    rows += shellLines(model).map { FormRow([Segment($0)]) }
    return rows
  }

  private func heading(_ title: String, _ model: Model) -> [Segment] {
    let room = max(0, model.size.columns - FormRows.indent - Text.width(title) - 3)
    let rule = String(repeating: String(model.glyphs.rule), count: room)
    return [Segment(title, .section), Segment("  \(rule)", .faint)]
  }

  /// The same in a shell; a line that goes on ends with a backslash, so that it can be copied.
  func shellLines(_ model: Model) -> [String] {
    let isOneOfSeveral =
      model.offers.profiles.count > 1 && model.offers.profiles.contains(model.profile.name)
    // A name that the shell would take for input, or that two workflows have, gives way to the id.
    let isAmbiguous =
      (model.workflows ?? []).count { $0.name == name } > 1 || name.contains("=")
      || name.hasPrefix("-") || name.hasPrefix("{")
    let words = StartLine.words(
      workflow: isAmbiguous ? workflow.text : name,
      input: input,
      schema: facts?.schema,
      profile: isOneOfSeveral ? model.profile.name : nil
    ).map { Text.sanitised(ShellWord.quoted($0)) }
    let room = max(8, model.size.columns - FormRows.indent - 3)
    var lines: [String] = []
    var line = ""
    for word in words {
      if !line.isEmpty, Text.width(line) + 1 + Text.width(word) > room {
        lines.append(line + " \\")
        line = "  "
      }
      line += line.isEmpty || line == "  " ? word : " " + word
    }
    return lines + [line]
  }
}
