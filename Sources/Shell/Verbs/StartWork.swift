internal import Cells
internal import CommandCenter
internal import JSON
internal import Runs
internal import RuntimeAPI
internal import Triage

/// Starts a run: of a workflow that is named, or again with the input of another run.
struct StartWork: VerbWork {
  private let start: Start
  private var context: ShellContext
  /// The words that name the workflow.
  private var names: [String] = []
  private var name: String { names.joined(separator: " ") }
  private var input = ShellInput.words([])
  /// What the input begins with: that of another run, or of a file.
  private var base: JSONObject = [:]
  /// The run that is started again.
  private var former: Run?
  private var workflow: Workflow?
  private var vigil: Vigil?
  private var started: (decision: Decision, confirmation: Confirmation)?
  private var detail: RunDetail?
  /// Whether a decision is on its way.
  private var isSending = false
  private var isEnding = false

  init(_ start: Start, _ context: ShellContext) {
    self.start = start
    self.context = context
  }

  var settlesFirst: Bool { context.readOnly == nil && !start.isRehearsal }

  mutating func begin(at now: Timestamp) -> [ShellEffect] {
    if let reason = context.readOnly, !start.isRehearsal {
      return fail(["nothing is changed: \(reason)"], .refused)
    }
    do throws(ShellInput.Mistake) {
      try understand()
    } catch {
      return fail([error.sentence], .usage)
    }
    vigil = start.wait.map { Vigil($0, at: now) }
    guard let run = start.again else { return [.workflows] }
    if let mistake = IDText.mistake(run) { return fail([mistake], .usage) }
    guard let workflow = context.workflow else { return [.poll] }
    return [.load(RunReference(workflow: workflow, run: RunID(run)))]
  }

  /// Parts the words into those of the name and those of the input.
  private mutating func understand() throws(ShellInput.Mistake) {
    names = start.again == nil ? Array(start.words.prefix { !ShellInput.isInput($0) }) : []
    if start.again != nil, let word = start.words.first(where: { !ShellInput.isInput($0) }) {
      throw ShellInput.Mistake(
        sentence: "--again starts the workflow of that run: leave \(word) out; what is to be "
          + "different is written as key=value"
      )
    }
    input = try ShellInput(Array(start.words.dropFirst(names.count)))
    if start.again == nil, name.isEmpty {
      throw ShellInput.Mistake(sentence: "name the workflow that is to be started")
    }
    guard let text = start.input else { return }
    guard start.again == nil else {
      throw ShellInput.Mistake(sentence: "--input and --again both give an input; keep one")
    }
    do throws(JSONMistake) {
      let value = try JSONValue(parsing: text)
      guard let object = value.object else {
        throw JSONMistake(.unexpected, at: 0, wanted: "an object")
      }
      base = object
    } catch {
      throw ShellInput.Mistake(sentence: "--input cannot be read: \(error.sentence)")
    }
  }

  mutating func receive(_ message: ShellMessage, at now: Timestamp) -> [ShellEffect] {
    switch message {
    case .reading(.success(let reading)): return again(reading)
    case .reading(.failure(let fault)): return fail(fault)
    case .detail(_, .success(let detail)):
      return started == nil ? again(detail) : watched(detail, now)
    case .detail(_, .failure(let fault)):
      if started != nil { return lookFailed(fault, now) }
      return fail([fault.sentence], fault.kind == .notFound ? .usage : ExitCode(fault))
    case .context(.success(let value)): return again(input: value["input"])
    case .context(.failure): return again(input: nil)
    case .workflows(.success(let workflows)): return listed(workflows, now)
    case .workflows(.failure(let fault)):
      // The run names its workflow; that a newer version is there is not worth failing for.
      return former == nil ? fail(fault) : listed([], now)
    case .graph(let graph): return act(schema: graph?.inputSchema, now)
    case .stage(let stage): return [.progress(stage.words)]
    case .outcome(let decision, let outcome, let recorded):
      return settled(decision, outcome, recorded, now)
    case .woke: return woke(now)
    case .interrupted: return interrupted(now)
    case .records: return []
    }
  }
}

// MARK: What is started

extension StartWork {
  private func again(_ reading: Reading) -> [ShellEffect] {
    guard let id = start.again else { return [] }
    switch reading.run(id).reference {
    case .other(let sentences): return fail(sentences, .usage)
    case .one(let run): return [.load(run)]
    }
  }

  private mutating func again(_ detail: RunDetail) -> [ShellEffect] {
    former = detail.run
    if let input = detail.run.input { return again(input: input) }
    // A server that leaves the input out of a run has it in the run's context.
    guard let reference = detail.run.reference else { return again(input: nil) }
    return [.context(reference)]
  }

  private mutating func again(input: JSONValue?) -> [ShellEffect] {
    guard let run = former else { return [] }
    guard let object = input?.object else {
      return fail(
        [
          "the server does not tell the input of \(run.title) \(run.id.short); give it with --input"
        ],
        .failed
      )
    }
    base = object
    return [.workflows]
  }

  private mutating func listed(_ workflows: [Workflow], _ now: Timestamp) -> [ShellEffect] {
    var effects: [ShellEffect] = []
    let workflow: Workflow
    if let former {
      guard let id = former.workflow else {
        return fail(["the server does not say which workflow \(former.id) belongs to"], .failed)
      }
      workflow = workflows.first { $0.id == id } ?? Workflow(id: id, name: former.title)
      if let new = workflow.version, let old = former.version, new != old {
        effects.append(
          .complain(
            Text.sanitised(
              "\(workflow.name): version \(new) is published now; run \(former.id.short) had \(old)"
            )
          )
        )
      }
    } else {
      switch Lookup.workflow(name, among: workflows) {
      case .other(let sentences):
        // Where words fit several workflows, those are listed.
        let isNone = sentences.count == 1
        let mistake = isNone ? WorkflowMatch.mistakenInput(names, among: workflows) : nil
        return fail(mistake.map { [$0] } ?? sentences, .usage)
      case .one(let found): workflow = found
      }
      if workflow.name != name, !workflow.id.text.hasPrefix(name) {
        let meant = Text.sanitised("\(name) is \(workflow.name), \(workflow.id)")
        // A part of a name may be a slip: nothing is started by it unasked.
        guard start.isConfirmed || start.isRehearsal else {
          return fail(["\(meant): write its name, or confirm with --yes"], .usage)
        }
        effects.append(.progress(meant))
      }
    }
    self.workflow = workflow
    let isTyped = workflow.graph != nil || !input.wantsSchema
    let next = isTyped ? act(schema: workflow.graph?.inputSchema, now) : [.graph(workflow.id)]
    return effects + next
  }

  private mutating func act(schema: JSONValue?, _ now: Timestamp) -> [ShellEffect] {
    guard let workflow else { return [] }
    let fields: JSONObject
    do throws(ShellInput.Mistake) {
      fields = base.merging(try input.object(schema: schema))
      if let name = ShellInput.missing(from: fields, schema: schema) {
        let shown = Text.sanitised(name)
        return fail(["\(shown) is required: add it as \(shown)=value"], .usage)
      }
    } catch {
      return fail([error.sentence], .usage)
    }
    let run = RunReference(workflow: workflow.id, run: RunID(context.decisions.next()))
    let decision = Decision(
      id: DecisionID(context.decisions.next()),
      verb: .start,
      subject: .start(run),
      title: workflow.name,
      fields: fields,
      madeAt: now,
      allowsUnrecorded: start.allowsUnrecorded
    )
    if start.isRehearsal { return [.out(rehearsal(decision)), .finish(.done)] }
    isSending = true
    return [.carryOut(decision)]
  }

  /// What would be sent.
  private func rehearsal(_ decision: Decision) -> String {
    let call = Endpoint.command(decision)
    guard context.form == .table else {
      let object: JSONObject = [
        "method": .string(call.method), "path": .string(call.target), "body": call.body ?? .null,
      ]
      if context.form == .tsv {
        return TSV.text(
          [object],
          object.keys.map { key in
            Field(key) { $0[key].map { $0.string ?? JSONWriter.text($0) } }
          }
        )
      }
      return JSONOutput.text(.object(object), context.form)
    }
    let body = call.body.map { JSONWriter.text($0, .indented) } ?? ""
    return "\(call.method) \(Text.sanitised(call.target))\n\(body)\n"
  }
}

// MARK: What became of it

extension StartWork {
  private mutating func settled(
    _ decision: Decision,
    _ outcome: Outcome,
    _ recorded: Bool,
    _ now: Timestamp
  ) -> [ShellEffect] {
    isSending = false
    var result = ActionResult(decision, given: name, outcome)
    result.isRecorded = recorded
    result.at = now
    guard case .done(let confirmation) = outcome, !isEnding, vigil != nil else {
      return told(result)
    }
    started = (decision, confirmation)
    if let run = confirmation.now, run.status.isTerminal { return ended(run) }
    let words = ActionOutput.done(result, context)
    let waiting = vigil?.await(confirmation.run ?? decision.subject.run, now) ?? []
    return [.progress("\(words); waiting for its end")] + waiting
  }

  private func told(_ result: ActionResult) -> [ShellEffect] {
    ActionOutput.one(result, context) + [isEnding ? .leave : .finish(result.code)]
  }

  private func ended(_ run: Run) -> [ShellEffect] {
    guard let started else { return [] }
    var result = ActionResult(started.decision, given: name, .done(started.confirmation))
    result.after = .ended(run)
    return told(result)
  }

  private mutating func watched(_ detail: RunDetail, _ now: Timestamp) -> [ShellEffect] {
    self.detail = detail
    return detail.run.status.isTerminal ? ended(detail.run) : vigil?.looked(now) ?? []
  }

  private mutating func lookFailed(_ fault: Fault, _ now: Timestamp) -> [ShellEffect] {
    vigil?.failed(fault, now) ?? late("its end was not seen: \(fault.sentence)")
  }

  private mutating func woke(_ now: Timestamp) -> [ShellEffect] {
    if isEnding { return [.leave] }
    guard let words = vigil?.timeoutWords else { return [] }
    if vigil?.isLate(now) == true { return late("it has not ended within \(words)") }
    return (vigil?.look() ?? []).map { effect in
      // Of a long run only the news is fetched.
      if case .load(let run, _) = effect { .load(run, known: detail) } else { effect }
    }
  }

  private func late(_ words: String) -> [ShellEffect] {
    guard let started else { return [] }
    var result = ActionResult(started.decision, given: name, .done(started.confirmation))
    result.after = .late(words)
    return told(result)
  }

  private mutating func interrupted(_ now: Timestamp) -> [ShellEffect] {
    if isEnding { return [.leave] }
    isEnding = true
    if started != nil { return late("interrupted while its end was awaited") }
    guard isSending else { return [.leave] }
    return [
      .complain("interrupted: waiting for the answer; once more ends at once"),
      .wait(until: now + ActionWork.grace),
    ]
  }
}
