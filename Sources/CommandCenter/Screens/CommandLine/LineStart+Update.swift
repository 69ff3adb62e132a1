internal import Cells
internal import JSON
internal import Runs
internal import Triage

/// Starts from the command line: understood, shown, and sent by a second Enter.
extension Model {
  /// The workflow that a start means; nil while several fit, or none.
  func workflow(of start: LineStart) -> Workflow? {
    let candidates = WorkflowMatch.candidates(start.text, among: workflows ?? [])
    return candidates.count == 1 ? candidates.first : nil
  }

  /// What is known of what a workflow takes.
  func lineFacts(of workflow: WorkflowID) -> StartFacts? {
    for layer in layers.reversed() {
      guard case .command(let line) = layer, let facts = line.facts, facts.workflow == workflow
      else { continue }
      return try? facts.result?.get()
    }
    return nil
  }

  /// Reads what a start will be completed and checked by: the workflows, and what the one takes that
  /// is named.
  mutating func read(for start: LineStart, _ line: inout CommandLine) -> [Effect] {
    if workflows == nil {
      guard !line.asksWorkflows else { return [] }
      line.asksWorkflows = true
      return readWorkflows()
    }
    guard line.line.head.last == " " || start.hasInput, let workflow = workflow(of: start),
      line.facts?.workflow != workflow.id, mayAsk
    else { return [] }
    line.facts = LineFacts(workflow: workflow.id, result: nil)
    return [.loadStart(workflow.id, input: nil)]
  }

  /// What came in about the workflows, while a line is typed that may need more now.
  mutating func takeWorkflowsIntoLine() -> [Effect] {
    guard case .command(var line) = top,
      case .start(let start) = try? LineRequest(line.text, offers)
    else { return [] }
    let effects = read(for: start, &line)
    layers[layers.count - 1] = .command(line)
    return effects
  }

  /// What came in about what a workflow takes.
  mutating func takeIntoLine(_ workflow: WorkflowID, _ result: Result<StartFacts, Fault>) {
    for (place, layer) in layers.enumerated() {
      guard case .command(var line) = layer, line.facts?.workflow == workflow else { continue }
      line.facts?.result = result
      layers[place] = .command(line)
    }
  }

  /// Shows what a start is understood to be; without an input its form is opened.
  /// - Throws: ``LineMistake`` for a workflow that there is not, or an input that does not fit it.
  mutating func wish(
    for start: LineStart,
    _ line: CommandLine
  ) throws(LineMistake) -> [Effect] {
    if let reason = startRefusal { throw LineMistake(missing: reason) }
    if start.name.isEmpty {
      let effects = remember(line) + closeLine(line)
      return effects + chooseWorkflow()
    }
    let workflow = try named(start)
    guard start.hasInput else {
      let effects = remember(line) + closeLine(line)
      return effects + openStart(workflow.id, name: workflow.name)
    }
    let known = try facts(of: workflow, line)
    var line = line
    line.understand(
      StartWish(
        workflow: workflow,
        input: try start.input(of: workflow.name, known),
        schema: known?.schema,
        version: known?.version ?? workflow.version,
        insists: start.insists
      )
    )
    layers[layers.count - 1] = .command(line)
    // A second Enter that was pressed before this could be read is no yes.
    return [.dropInput, .probeJournal]
  }

  /// What the workflow takes; nil where it could not be read, or the workflows could not.
  /// - Throws: ``LineMistake`` while it is being read.
  private func facts(of workflow: Workflow, _ line: CommandLine) throws(LineMistake) -> StartFacts?
  {
    if workflows == nil { return nil }
    guard let facts = line.facts, facts.workflow == workflow.id, let result = facts.result else {
      let enter = key(.confirm, in: .command) ?? ""
      throw LineMistake(
        missing: "what \(workflow.name) takes is being read; press \(enter) again in a moment"
      )
    }
    return try? result.get()
  }

  /// The workflow of a start.
  private func named(_ start: LineStart) throws(LineMistake) -> Workflow {
    guard let workflows else { return try insisted(start) }
    let candidates = WorkflowMatch.candidates(start.text, among: workflows)
    guard let workflow = candidates.first, candidates.count == 1 else {
      let names = (candidates.isEmpty ? workflows : candidates).map(\.name)
      let list = names.prefix(5).joined(separator: ", ") + (names.count > 5 ? ", …" : "")
      if candidates.isEmpty {
        let words = start.name.map(\.text)
        if let mistake = WorkflowMatch.mistakenInput(words, among: workflows) {
          throw LineMistake(range: start.range, mistake)
        }
        let advice =
          Spelling.nearest(to: start.text, among: names).map { "\($0) was meant?" }
          ?? (names.isEmpty ? "the server has none" : "there are \(list)")
        throw LineMistake(range: start.range, "no workflow is called \(start.text); \(advice)")
      }
      throw LineMistake(range: start.range, "\(start.text) can be \(list)")
    }
    if workflow.status == "draft", workflow.version == nil {
      throw LineMistake(
        range: start.range,
        "\(workflow.name) is a draft: it has to be published before it can run"
      )
    }
    return workflow
  }

  /// The workflow of a start while none can be looked up: who insists gives its id.
  private func insisted(_ start: LineStart) throws(LineMistake) -> Workflow {
    guard let workflowsFault else {
      throw LineMistake(
        missing: "the workflows are being read; press \(key(.confirm, in: .command) ?? "") again"
      )
    }
    guard start.insists, let word = start.name.first, start.name.count == 1 else {
      throw LineMistake(
        missing: "the workflows could not be read: \(workflowsFault.sentence) To insist: "
          + ":\(LineVerb.start.name)! and the id of the workflow"
      )
    }
    return Workflow(id: WorkflowID(word.text), name: word.text)
  }

  /// Sends the start that was shown.
  mutating func send(_ wish: StartWish, _ line: CommandLine) -> [Effect] {
    if let reason = startRefusal {
      say(reason, .bad)
      return []
    }
    let decision = Decision(
      id: DecisionID(decisions.next()),
      verb: .start,
      subject: .start(
        RunReference(workflow: wish.workflow.id, run: RunID(decisions.next()))
      ),
      title: wish.workflow.name,
      fields: wish.input,
      madeAt: now,
      insists: wish.insists,
      allowsUnrecorded: journalFault != nil
    )
    return remember(line) + closeLine(line) + commit([decision])
  }
}

extension LineStart {
  /// The input that the words make, typed as the workflow takes it.
  /// - Throws: ``LineMistake`` for a word that does not fit, and a field that is missing.
  func input(of name: String, _ facts: StartFacts?) throws(LineMistake) -> JSONObject {
    if let json { return try LineStart.object(json) }
    var fields = InputForm.fields(schema: facts?.schema, input: nil).filter { $0.kind != .pair }
    let known = fields.map(\.name)
    var given: Set<String> = []
    for pair in pairs {
      guard let sign = pair.text.firstIndex(of: "="), sign != pair.text.startIndex else {
        throw LineMistake(pair, "\(pair.text) is no input: write key=value")
      }
      let key = String(pair.text[..<sign])
      guard given.insert(key).inserted else { throw LineMistake(pair, "\(key) is given twice") }
      let typed = String(pair.text[pair.text.index(after: sign)...])
      if let place = fields.firstIndex(where: { $0.name == key }) {
        fields[place].take(typed)
        if let mistake = fields[place].mistake { throw LineMistake(pair, mistake) }
      } else {
        if let meant = Spelling.nearest(to: key, among: known) {
          throw LineMistake(pair, "\(name) takes no \(key); \(meant) was meant?")
        }
        var field = FormField(key, .any)
        field.take(typed)
        fields.append(field)
      }
    }
    if let missing = InputForm.missing(in: fields) {
      let label = fields[missing].label
      throw LineMistake(missing: "\(label) is required: add it as \(label)=value")
    }
    return InputForm.object(fields)
  }

  /// The input as one JSON object.
  private static func object(_ word: LineWord) throws(LineMistake) -> JSONObject {
    let value: JSONValue
    do throws(JSONMistake) {
      value = try JSONValue(parsing: word.text)
    } catch {
      throw LineMistake(word, "the input cannot be read: \(error.sentence)")
    }
    guard let object = value.object else { throw LineMistake(word, "the input is no JSON object") }
    return object
  }
}
