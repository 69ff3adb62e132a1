internal import Cells
package import JSON
package import Runs
internal import Triage

extension Model {
  /// Opens the form before a start.
  /// - Parameters:
  ///   - workflow: What is to be run.
  ///   - name: The workflow's name, as sentences and the form write it.
  ///   - input: The input where it was given with the wish; nil reads one.
  ///   - run: The run that is started again; nil for a new one.
  /// - Returns: What is to be read for it.
  package mutating func openStart(
    _ workflow: WorkflowID,
    name: String,
    input: JSONObject? = nil,
    from run: RunReference? = nil
  ) -> [Effect] {
    if let reason = startRefusal {
      say(reason, .bad)
      return []
    }
    var screen = StartScreen(workflow, name: name, input: input, from: run)
    if input == nil, let known = run.flatMap({ details[$0] })?.input {
      screen.rebuild(known)
    }
    layers.append(.start(screen))
    notice = nil
    return [.dropInput, .probeJournal, .loadStart(workflow, input: run)]
  }

  /// Why nothing may be started; nil when it may.
  var startRefusal: String? {
    permissions.legality(of: .start, run: nil, task: nil, reference: nil).reason.map {
      permissions.readOnly == nil ? $0 : "read-only: \($0)"
    }
  }

  /// What came in about workflows.
  mutating func handle(_ message: WorkflowMessage) -> [Effect] {
    switch message {
    case .listed(.success(let list)):
      // By name: somebody looks for one by eye.
      workflows = list.map { ($0.name.lowercased(), $0) }
        .sorted { ($0.0, $0.1.id.text) < ($1.0, $1.1.id.text) }.map(\.1)
      workflowsFault = nil
      return takeWorkflowsIntoLine()
    case .listed(.failure(let fault)): workflowsFault = fault
    case .facts(let workflow, let result):
      takeIntoLine(workflow, result)
      changeStart { screen in
        guard screen.workflow == workflow else { return }
        switch result {
        case .success(let facts): screen.take(facts)
        case .failure(let fault): screen.fault = fault
        }
      }
    }
    return []
  }

  /// Changes the form before a start, wherever it lies, and keeps its cursor on the screen.
  mutating func changeStart(_ change: (inout StartScreen) -> Void) {
    for (place, layer) in layers.enumerated() {
      guard case .start(var screen) = layer else { continue }
      change(&screen)
      screen.scroll = StartView.scroll(screen, self)
      layers[place] = .start(screen)
    }
  }

  /// A key in the form before a start: it types, but for those that move, send and leave.
  mutating func startKey(_ key: Key, _ screen: StartScreen) -> [Effect] {
    switch config.keymap.command(for: key, in: .start) {
    case .close:
      layers.removeLast()
      return watchSelection()
    case .nextField: changeStart { $0.move(by: 1) }
    case .previousField: changeStart { $0.move(by: -1) }
    case .confirm: return sendStart()
    case .editorAll: return editInput()
    default:
      changeStart { [keymap = config.keymap] screen in
        guard !screen.isSending else { return }
        screen.type(key, keymap)
      }
    }
    return []
  }

  /// The whole input goes into the editor, as JSON.
  private mutating func editInput() -> [Effect] {
    guard case .start(var screen) = top, !screen.isSending else { return [] }
    if let reason = editorRefusal {
      say(reason, .bad)
      return []
    }
    screen.form.finish(isStrict: false)
    let text = screen.written ?? JSONWriter.text(.object(screen.input), .indented)
    screen.form.open()
    changeStart { $0 = screen }
    return [.edit(EditorWish(.input(screen.workflow), name: "input", format: .json, text: text))]
  }

  /// What became of the whole input in the editor.
  mutating func takeInput(_ outcome: EditorOutcome, of workflow: WorkflowID) {
    let again = key(.editorAll, in: .start).map { "; \($0) goes on with it" } ?? ""
    changeStart { screen in
      guard screen.workflow == workflow else { return }
      switch outcome {
      case .saved(let text): screen.takeWhole(text, again: again)
      case .failed(let sentence, let text):
        screen.written = text ?? screen.written
        screen.mistake = "Not taken from the editor: \(sentence)\(text == nil ? "" : again)."
      }
    }
  }

  /// Sends what the form says, or says what is wrong with it.
  private mutating func sendStart() -> [Effect] {
    guard case .start(var screen) = top, !screen.isSending else { return [] }
    screen.form.finish(isStrict: false)
    guard screen.isReady() else {
      screen.form.open()
      changeStart { $0 = screen }
      return []
    }
    let input = screen.input
    var decision: Decision
    if let before = screen.decision, before.fields == input {
      // The same start once more: it is read back first, and its run has a name already.
      decision = before
    } else if screen.mayHaveRun, screen.another != input {
      let again = key(.confirm, in: .start).map { "\($0) once more" } ?? "sent once more, it"
      screen.another = input
      screen.mistake = "The start before may have run: \(again) starts another."
      screen.form.open()
      changeStart { $0 = screen }
      return []
    } else {
      screen.mayHaveRun = false
      decision = Decision(
        id: DecisionID(decisions.next()),
        verb: .start,
        subject: .start(
          RunReference(workflow: screen.workflow, run: RunID(decisions.next()))
        ),
        title: screen.name,
        fields: input,
        madeAt: now
      )
    }
    // Unrecorded it goes only where the form says so.
    decision.allowsUnrecorded = journalFault != nil
    screen.decision = decision
    screen.another = nil
    screen.isSending = true
    screen.mistake = nil
    changeStart { $0 = screen }
    return commit([decision])
  }

  /// What became of a start: its run is opened where the form still waits for it; else the form stays
  /// as it is, and says why.
  mutating func settleStart(_ decision: Decision, _ outcome: Outcome) -> [Effect] {
    guard decision.verb == .start,
      let place = layers.lastIndex(where: { layer in
        if case .start(let screen) = layer { screen.decision?.id == decision.id } else { false }
      })
    else { return [] }
    if case .done(let confirmation) = outcome {
      let reference = confirmation.run ?? decision.subject.run
      let isTop = place == layers.count - 1
      layers.remove(at: place)
      guard isTop else { return [] }
      let told = notice
      let effects = openRun(reference)
      notice = told
      return effects
    }
    changeStart { screen in
      guard screen.decision?.id == decision.id else { return }
      screen.isSending = false
      screen.form.open()
      // Under the same name a server repeats its no, whatever has changed since.
      if case .refused = outcome { screen.decision = nil }
      switch outcome {
      case .unknown: screen.mayHaveRun = true
      // What was not sent again, or is refused now, may have run the first time.
      case .notSent, .refused: break
      case .done, .changed: screen.mayHaveRun = false
      }
      screen.mistake =
        switch outcome {
        case .done: nil
        case .changed(let change): "Nothing was started: \(change.sentence)."
        case .refused(let refusal): "Not started: \(refusal.sentence)"
        case .notSent(let fault): "Nothing was sent: \(fault.sentence)"
        case .unknown(let fault):
          "Whether it started is not known: \(fault.sentence) Sent again unchanged, it asks for the "
            + "same run, never for a second one."
        }
    }
    // Before it is sent again the form says whether it can be recorded.
    if case .notSent = outcome { return [.probeJournal] }
    return []
  }
}

extension StartScreen {
  /// Takes the input as it was written in the editor; what cannot be read stays, with a sentence.
  mutating func takeWhole(_ text: String, again: String) {
    do throws(JSONMistake) {
      let value = try JSONValue(parsing: text)
      guard let object = value.object else {
        written = text
        mistake = "The input has to be a JSON object, not \(value.typeName)\(again)."
        return
      }
      written = nil
      mistake = nil
      isTouched = true
      form.close()
      form = Form([])
      rebuild(object)
    } catch {
      written = text
      mistake = "Not taken from the editor: \(error.sentence)\(again)."
    }
  }

  /// Lays a key on the field under the cursor.
  mutating func type(_ key: Key, _ keymap: Keymap) {
    mistake = nil
    if let field = form.current, field.kind == .yesNo, field.typed == nil {
      switch (key.code, key.control, key.alt) {
      case (.character(" "), false, false): form.toggle()
      case (.character("x"), false, false), (.character("y"), false, false):
        form.set(true, in: form.cursor)
      case (.character("n"), false, false): form.set(false, in: form.cursor)
      case (.backspace, _, _), (.delete, _, _): form.set(nil, in: form.cursor)
      default: return
      }
      isTouched = true
      return
    }
    form.open(unlessOpen: true)
    form.edit(key, keymap)
    isTouched = true
  }

  /// Puts pasted text into the field under the cursor.
  mutating func paste(_ text: String) {
    guard !isSending, form.current?.kind != .yesNo else { return }
    mistake = nil
    form.open(unlessOpen: true)
    form.paste(text)
    isTouched = true
  }

  /// Goes to another field; what was typed stays in the one that is left.
  mutating func move(by step: Int) {
    guard !isSending else { return }
    form.finish(isStrict: false)
    growPairs()
    form.move(by: step)
    form.open()
  }

  /// Keeps an empty line behind the last `key=value`.
  private mutating func growPairs() {
    guard let last = form.fields.last, last.kind == .pair, last.value != nil,
      form.fields.count < InputForm.fieldLimit
    else { return }
    form.fields.append(FormField("", .pair))
  }

  /// Whether it can be sent; else the cursor stands where something is wrong, and a sentence says
  /// what.
  mutating func isReady() -> Bool {
    if facts == nil, fault == nil {
      mistake = "What the workflow takes is still being read."
      return false
    }
    if let flaw = form.flaw {
      form.go(to: flaw.index)
      mistake = nil
      return false
    }
    if let index = InputForm.missing(in: form.fields) {
      form.go(to: index)
      mistake = "\(form.fields[index].label) is required."
      return false
    }
    if let (index, key) = InputForm.repeated(in: form.fields) {
      form.go(to: index)
      mistake = "\(Text.sanitised(key)) is given twice."
      return false
    }
    return true
  }
}

extension RunDetail {
  /// What the run was given; nil where nobody said.
  var input: JSONObject? {
    if let input = run.input?.object { return input }
    let started = events.first { $0.type == "run_started" }
    return (started?.data["input"] ?? started?.data["trigger_payload"])?.object
  }
}
