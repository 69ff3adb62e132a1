internal import Cells
internal import CommandCenter
internal import JSON
package import Runs
internal import Triage

/// One verb of the command line, as a value that is told what came and says what to do next.
///
/// Whoever drives it does the effects in order and ends with `finish`, after which nothing follows.
package struct ShellTask: Sendable {
  private let verb: ShellVerb
  private var context: ShellContext
  private var filter = Filter.none
  private var input: ShellInput?
  private var isOver = false
  /// The workflow that is started, while its graph is read.
  private var starting: Workflow?

  /// A verb in its surroundings.
  package init(_ verb: ShellVerb, _ context: ShellContext) {
    self.verb = verb
    self.context = context
  }

  /// The first effects.
  package mutating func begin(at now: Timestamp) -> [ShellEffect] {
    closing(first(now))
  }

  /// Takes what came; gives the effects that follow from it.
  package mutating func receive(_ message: ShellMessage, at now: Timestamp) -> [ShellEffect] {
    guard !isOver else { return [] }
    return closing(next(message, now))
  }

  private mutating func closing(_ effects: [ShellEffect]) -> [ShellEffect] {
    if case .finish = effects.last { isOver = true }
    return effects
  }

  // MARK: Beginning

  private mutating func first(_ now: Timestamp) -> [ShellEffect] {
    if verb.acts, let obstacle = obstacle { return ShellTask.fail([obstacle], .refused) }
    switch verb {
    case .inbox(let text):
      do throws(Filter.Mistake) {
        filter = try Filter(text)
      } catch {
        return ShellTask.fail(["--filter: \(error.sentence)"], .usage)
      }
      return [.poll]
    case .start(_, let words):
      do throws(ShellInput.Mistake) {
        input = try ShellInput(words)
      } catch {
        return ShellTask.fail([error.sentence], .usage)
      }
      return [.workflows]
    case .show(let id), .events(let id, _), .approve(let id), .reject(let id):
      return given(id).map { [.load($0)] } ?? [.poll]
    case .pause(let id), .resume(let id), .stop(let id, _):
      guard let run = given(id) else { return [.poll] }
      return act(.run(run), title: run.workflow.text, now)
    case .doctor(let checks): return DoctorOutput.effects(checks, context)
    case .profiles(let profiles):
      return [.out(ProfileOutput.text(profiles, context)), .finish(.done)]
    case .themes(let choices): return ThemeOutput.list(choices, context)
    case .theme(let choice, let theme, let glyphs):
      return ThemeOutput.preview(choice, theme, glyphs, context)
    }
  }

  /// The run that `--workflow` and a full id name.
  private func given(_ id: String) -> RunReference? {
    context.workflow.map { RunReference(workflow: $0, run: RunID(id)) }
  }

  /// Why nothing is to be changed here.
  private var obstacle: String? {
    if let reason = context.readOnly { return "nothing is changed: \(reason)" }
    guard case .stop(_, .immediate) = verb, let name = context.protected,
      context.confirmed != name
    else { return nil }
    return "the profile \(name) is protected: to stop a run at once, add --confirm \(name)"
  }

  // MARK: Going on

  private mutating func next(_ message: ShellMessage, _ now: Timestamp) -> [ShellEffect] {
    switch message {
    // An id that matches nothing is the caller's mistake, here as in a list.
    case .detail(.failure(let fault)) where fault.kind == .notFound:
      return ShellTask.fail([fault.sentence], .usage)
    case .reading(.failure(let fault)), .detail(.failure(let fault)),
      .workflows(.failure(let fault)):
      return ShellTask.fail([fault.sentence], ExitCode(fault))
    case .reading(.success(let reading)): return read(reading, now)
    case .detail(.success(let detail)): return loaded(detail, now)
    case .workflows(.success(let workflows)): return listed(workflows, now)
    case .graph(let graph): return start(schema: graph?.inputSchema, now)
    case .stage(let stage): return [.progress(stage.words)]
    case .outcome(let decision, let outcome, let recorded):
      return OutcomeOutput.effects(decision, outcome, recorded: recorded, context)
    }
  }

  private mutating func read(_ reading: Reading, _ now: Timestamp) -> [ShellEffect] {
    switch verb {
    case .inbox: return inbox(reading)
    case .show(let id), .events(let id, _):
      return withRun(id, in: reading) { [.load($0)] }
    case .approve(let id), .reject(let id): return decide(id, in: reading, now)
    case .pause(let id), .resume(let id), .stop(let id, _):
      let title = ShellTask.run(id, in: reading).found?.title
      return withRun(id, in: reading) { run in
        act(.run(run), title: title ?? run.workflow.text, now)
      }
    case .start, .doctor, .profiles, .themes, .theme: return []
    }
  }

  private func inbox(_ reading: Reading) -> [ShellEffect] {
    let rows = Inbox(reading, order: .age).shown(filter)
    var effects: [ShellEffect] = [.out(InboxOutput.text(rows, at: reading.at, context))]
    if rows.isEmpty, context.form == .table {
      effects = [.progress(filter.isEmpty ? "nothing needs you" : "nothing fits the filter")]
    }
    effects += ShellTask.gaps(unreadable: reading.unreadable, isCut: reading.isCut)
    guard let fault = reading.taskFault else { return effects + [.finish(.done)] }
    // Half of the inbox is not the inbox: a script must not take it for whole.
    effects.append(.complain("approvals are missing: \(Text.sanitised(fault.sentence))"))
    return effects + [.finish(ExitCode(fault))]
  }

  private mutating func loaded(_ detail: RunDetail, _ now: Timestamp) -> [ShellEffect] {
    switch verb {
    case .show: return finish(RunOutput.text(detail, context), detail)
    case .events(_, let after):
      return finish(RunOutput.events(detail, after: after, context), detail)
    case .approve(let id), .reject(let id):
      guard detail.tasks.contains(where: \.isPending) else {
        return unasked(detail)
      }
      return decide(id, among: detail.tasks, title: detail.run.title, now)
    case .inbox, .start, .pause, .resume, .stop, .doctor, .profiles, .themes, .theme: return []
    }
  }

  private func finish(_ text: String, _ detail: RunDetail) -> [ShellEffect] {
    let gaps = ShellTask.gaps(unreadable: detail.unreadable, isCut: detail.isCut)
    return (text.isEmpty ? [] : [.out(text)]) + gaps + [.finish(.done)]
  }

  private static func gaps(unreadable: Int, isCut: Bool) -> [ShellEffect] {
    var effects: [ShellEffect] = []
    if unreadable > 0 {
      let what = unreadable == 1 ? "1 item is" : "\(unreadable) items are"
      effects.append(.complain("\(what) left out: the server's answer could not be read there"))
    }
    if isCut { effects.append(.complain("the server has more than is read at once")) }
    return effects
  }

  static func fail(_ sentences: [String], _ code: ExitCode) -> [ShellEffect] {
    sentences.map { .complain(Text.sanitised($0)) } + [.finish(code)]
  }
}

// MARK: Acting

extension ShellTask {
  private static func run(
    _ id: String,
    in reading: Reading
  ) -> (found: KnownRun?, complaints: [String]) {
    let found = Lookup.find(
      id,
      among: reading.known,
      ids: { [$0.id.text] },
      kind: "run",
      hint: "for one that is not listed any more, give its full id and --workflow",
      line: { "\($0.id)  \($0.title)  \($0.status?.word ?? "")" }
    )
    switch found {
    case .one(let run): return (run, [])
    case .other(let complaints): return (nil, complaints)
    }
  }

  private func withRun(
    _ id: String,
    in reading: Reading,
    _ then: (RunReference) -> [ShellEffect]
  ) -> [ShellEffect] {
    let (found, complaints) = ShellTask.run(id, in: reading)
    guard let found else { return ShellTask.fail(complaints, .usage) }
    guard let run = found.reference else {
      return ShellTask.fail(
        ["the server does not say which workflow \(found.id) belongs to; give it with --workflow"],
        .usage
      )
    }
    return then(run)
  }

  private mutating func decide(
    _ id: String,
    in reading: Reading,
    _ now: Timestamp
  ) -> [ShellEffect] {
    guard let tasks = reading.tasks else {
      let fault =
        reading.taskFault ?? Fault(.notTheAPI, "the server does not tell which tasks wait")
      return ShellTask.fail([fault.sentence], ExitCode(fault))
    }
    let pending = tasks.filter(\.isPending)
    let fits = pending.contains { task in
      [task.id.text, task.run.text].contains { $0.hasPrefix(id) }
    }
    // A run that is there but waits for nobody is another mistake than an id that means nothing.
    if !fits, let run = ShellTask.run(id, in: reading).found {
      // Its events tell whether somebody came first.
      guard let reference = run.reference else { return idle(run.title, run.id, run.status) }
      return [.load(reference)]
    }
    return decide(id, among: pending, title: nil, now)
  }

  /// What is said of a run that asks nothing: that it was answered before, where its events show it.
  private func unasked(_ detail: RunDetail) -> [ShellEffect] {
    let answer = detail.events.last {
      ["task_completed", "human_task_completed"].contains($0.type)
    }
    guard let answer else { return idle(detail.run.title, detail.run.id, detail.run.status) }
    let change = Change.answered(
      by: answer.data["by"]?.string ?? answer.data["completed_by"]?.string,
      at: answer.at,
      approved: answer.data["approved"]?.bool
    )
    let name = "\(detail.run.title) \(detail.run.id.short)"
    return ShellTask.fail(["\(name): nothing was sent: \(change.sentence)"], .changed)
  }

  private func idle(_ title: String, _ id: RunID, _ status: RunStatus?) -> [ShellEffect] {
    let word = status.map { " (\($0.word))" } ?? ""
    return ShellTask.fail(
      ["\(title) \(id.short)\(word) does not wait for an approval"],
      .refused
    )
  }

  private mutating func decide(
    _ id: String,
    among tasks: [HumanTask],
    title: String?,
    _ now: Timestamp
  ) -> [ShellEffect] {
    let found = Lookup.find(
      id,
      among: tasks.filter(\.isPending),
      ids: { [$0.id.text, $0.run.text] },
      kind: "waiting task",
      hint: "inbox shows what waits",
      line: { "\($0.id)  run \($0.run)  \($0.title)" }
    )
    switch found {
    case .other(let complaints): return ShellTask.fail(complaints, .usage)
    case .one(let task):
      guard let reference = task.reference else {
        return ShellTask.fail(
          ["the server does not say which workflow \(task.id) belongs to; give it with --workflow"],
          .usage
        )
      }
      let name = title ?? task.workflowName ?? reference.run.workflow.text
      return act(.task(reference), title: name, now)
    }
  }

  private mutating func listed(_ workflows: [Workflow], _ now: Timestamp) -> [ShellEffect] {
    guard case .start(let name, _) = verb else { return [] }
    let found = Lookup.find(
      name,
      among: workflows,
      ids: { [$0.name, $0.id.text] },
      kind: "workflow",
      hint: ShellTask.offer(workflows),
      line: { "\($0.id)  \($0.name)" }
    )
    switch found {
    case .other(let complaints): return ShellTask.fail(complaints, .usage)
    case .one(let workflow):
      starting = workflow
      let isTyped = workflow.graph != nil || input?.wantsSchema != true
      return isTyped ? start(schema: workflow.graph?.inputSchema, now) : [.graph(workflow.id)]
    }
  }

  private static func offer(_ workflows: [Workflow]) -> String {
    guard !workflows.isEmpty else { return "the server has no workflow" }
    let names = workflows.prefix(10).map(\.name).joined(separator: ", ")
    return "there are \(names)\(workflows.count > 10 ? " and \(workflows.count - 10) more" : "")"
  }

  private mutating func start(schema: JSONValue?, _ now: Timestamp) -> [ShellEffect] {
    guard let workflow = starting, let input else { return [] }
    do throws(ShellInput.Mistake) {
      let fields = try input.object(schema: schema)
      let run = RunReference(workflow: workflow.id, run: RunID(context.decisions.next()))
      return act(.start(run), title: workflow.name, fields: fields, now)
    } catch {
      return ShellTask.fail([error.sentence], .usage)
    }
  }

  private mutating func act(
    _ subject: Subject,
    title: String,
    fields: JSONObject = [:],
    _ now: Timestamp
  ) -> [ShellEffect] {
    guard let verb = verb.decided else { return [] }
    let decision = Decision(
      id: DecisionID(context.decisions.next()),
      verb: verb,
      subject: subject,
      title: title,
      fields: fields,
      madeAt: now
    )
    return [.carryOut(decision)]
  }
}

extension ShellVerb {
  /// The verb of the decision that this leads to; nil where it only reads.
  fileprivate var decided: Verb? {
    switch self {
    case .inbox, .show, .events, .doctor, .profiles, .themes, .theme: nil
    case .approve: .approve
    case .reject: .reject
    case .start: .start
    case .pause: .pause
    case .resume: .resume
    case .stop(_, let mode): .stop(mode)
    }
  }
}
