internal import Cells
internal import CommandCenter
internal import JSON
internal import Runs
internal import RuntimeAPI
internal import Triage

/// Lists what one reading of the server shows: the inbox, runs, tasks; again at every change, if
/// watched.
struct ListWork: VerbWork {
  /// What is listed.
  enum Wanted: Sendable {
    case inbox
    case runs(RunsWanted)
    case tasks(run: String?)
  }

  private let wanted: Wanted
  private let filterText: String
  private let watches: Bool
  private let context: ShellContext
  private var filter = Filter.none
  /// The workflow whose runs are read.
  private var workflow: Workflow?
  /// What was written last, while it is watched.
  private var shown: [JSONValue]?
  /// Why the last poll failed.
  private var trouble: Fault?
  /// Whether it was told what is odd about the filter.
  private var doubted = false

  init(_ wanted: Wanted, filter: String, watches: Bool, _ context: ShellContext) {
    self.wanted = wanted
    filterText = filter
    self.watches = watches
    self.context = context
  }

  mutating func begin(at now: Timestamp) -> [ShellEffect] {
    if case .tasks(let run?) = wanted, let mistake = IDText.mistake(run) {
      return fail([mistake], .usage)
    }
    if watches, context.form == .tsv {
      return fail(["--watch writes tables, or JSON a line: use -o table or -o jsonl"], .usage)
    }
    do throws(Filter.Mistake) {
      filter = try Filter(filterText)
    } catch {
      return fail(InboxOutput.complaint(error, filterText), .usage)
    }
    if watches { return [.keepPolling(.lively)] }
    guard case .runs(let wanted) = wanted else { return [.poll] }
    // The feed ends somewhere; what the server can pick itself is asked of it.
    if wanted.workflow != nil { return [.workflows] }
    return wanted.statuses.isEmpty ? [.poll] : [.runs(nil, wanted.statuses)]
  }

  mutating func receive(_ message: ShellMessage, at now: Timestamp) -> [ShellEffect] {
    switch message {
    case .reading(.success(let reading)): read(reading)
    case .reading(.failure(let fault)): missed(fault)
    case .workflows(.success(let workflows)): picked(workflows)
    case .workflows(.failure(let fault)): fail(fault)
    case .interrupted: [.leave]
    case .detail, .context, .graph, .records, .stage, .outcome, .woke: []
    }
  }

  private mutating func picked(_ workflows: [Workflow]) -> [ShellEffect] {
    guard case .runs(let wanted) = wanted, let name = wanted.workflow else { return [] }
    switch Lookup.workflow(name, among: workflows) {
    case .other(let sentences): return fail(sentences, .usage)
    case .one(let workflow):
      self.workflow = workflow
      return [.runs(workflow.id, wanted.statuses)]
    }
  }

  private mutating func missed(_ fault: Fault) -> [ShellEffect] {
    guard watches, shown != nil else { return fail(fault) }
    defer { trouble = fault }
    return trouble == fault ? [] : [.complain(Text.sanitised(fault.sentence))]
  }

  // MARK: What is shown

  private mutating func read(_ reading: Reading) -> [ShellEffect] {
    let list: List
    switch wanted {
    case .inbox: list = inbox(reading)
    case .runs(let wanted): list = runs(wanted, reading)
    case .tasks(let run):
      guard let tasks = reading.tasks else {
        let fault =
          reading.taskFault ?? Fault(.notTheAPI, "the server does not tell which tasks wait")
        return watches && shown != nil ? missed(fault) : fail(fault)
      }
      switch pick(tasks.filter(\.isPending), of: run, reading) {
      case .other(let sentences): return fail(sentences, .usage)
      case .one(let tasks): list = self.tasks(tasks, isOne: run != nil, reading)
      }
    }
    let doubts = doubts(reading)
    return doubts + (watches ? changed(list, reading) : once(list, reading))
  }

  /// What is odd about the filter, told once: it is looked for as it is written all the same.
  private mutating func doubts(_ reading: Reading) -> [ShellEffect] {
    guard !doubted else { return [] }
    doubted = true
    let others = reading.runs.compactMap { run in
      if case .other(let word) = run.status { word } else { nil }
    }
    guard let doubt = filter.doubt(among: Set(others)) else { return [] }
    return InboxOutput.complaint(doubt, filterText).map { .complain($0) }
  }

  /// What is listed, in the forms in which it is written and compared.
  private struct List {
    var name: String
    var values: [JSONValue]
    var text: String
    /// What is said when there is nothing.
    var nothing: String
  }

  private func inbox(_ reading: Reading) -> List {
    let inbox = Inbox(reading, order: .age, lookout: Lookout())
    let rows = inbox.shown(filter)
    return List(
      name: "inbox",
      values: watches ? rows.map(InboxOutput.json) : [],
      text: InboxOutput.text(rows, at: inbox.at, context),
      nothing: filter.isEmpty ? "nothing needs you" : "nothing fits the filter"
    )
  }

  private func runs(_ wanted: RunsWanted, _ reading: Reading) -> List {
    var runs = reading.runs
    if let workflow {
      for index in runs.indices where runs[index].workflowName == nil {
        runs[index].workflowName = workflow.name
      }
    }
    if !wanted.statuses.isEmpty { runs.removeAll { !wanted.statuses.contains($0.status) } }
    if let name = wanted.workflow, workflow == nil {
      runs.removeAll { $0.workflow?.text != name && $0.workflowName != name }
    }
    if !filter.isEmpty {
      let tasks = Dictionary(
        (reading.tasks ?? []).lazy.filter(\.isPending).map { ($0.run, $0) },
        uniquingKeysWith: { first, _ in first }
      )
      let now = reading.serverTime
      runs.removeAll { !filter.accepts($0, task: tasks[$0.id], at: now) }
    }
    if let limit = wanted.limit { runs = Array(runs.prefix(limit)) }
    let isPicked = !filter.isEmpty || !wanted.statuses.isEmpty || wanted.workflow != nil
    return List(
      name: "runs",
      values: watches ? runs.map(RunWire.json) : [],
      text: FeedOutput.text(runs, at: reading.serverTime, context),
      nothing: isPicked ? "no run fits" : "the server has no run"
    )
  }

  /// The tasks that are wanted: all, or those of the run that an id means.
  private func pick(
    _ tasks: [HumanTask],
    of id: String?,
    _ reading: Reading
  ) -> Lookup<[HumanTask]> {
    guard let id else { return .one(tasks) }
    let runs = Set(tasks.map(\.run.text)).filter { $0.hasPrefix(id) && !id.isEmpty }
    let found = runs.contains(id) ? id : runs.count == 1 ? runs.first : nil
    if let found { return .one(tasks.filter { $0.run.text == found }) }
    switch KnownRuns(reading).find(id, hint: "tasks without an id lists what waits") {
    case .one(let run): return .one(tasks.filter { $0.run == run.id })
    case .other(let sentences):
      // With its workflow given, a run may be beyond what is listed; its tasks are not.
      return context.workflow == nil ? .other(sentences) : .one([])
    }
  }

  private func tasks(_ tasks: [HumanTask], isOne: Bool, _ reading: Reading) -> List {
    List(
      name: "tasks",
      values: watches ? tasks.map(TaskWire.json) : [],
      text: TaskOutput.text(tasks, at: reading.serverTime, isWhole: isOne, context),
      nothing: isOne ? "the run waits for nobody" : "nothing waits for an answer"
    )
  }

  // MARK: Once

  private func once(_ list: List, _ reading: Reading) -> [ShellEffect] {
    var effects: [ShellEffect] =
      list.text.isEmpty && context.form == .table ? [.progress(list.nothing)] : [.out(list.text)]
    effects += gaps(unreadable: reading.unreadable, isCut: reading.isCut)
    guard case .inbox = wanted, let fault = reading.taskFault else {
      return effects + [.finish(.done)]
    }
    // Half of the inbox is not the inbox: a script must not take it for whole.
    effects.append(.complain("approvals are missing: \(Text.sanitised(fault.sentence))"))
    return effects + [.finish(ExitCode(fault))]
  }

  // MARK: Again at every change

  private mutating func changed(_ list: List, _ reading: Reading) -> [ShellEffect] {
    var effects: [ShellEffect] = [
      .keepPolling(Inbox(reading, order: .age).isLively ? .lively : .calm)
    ]
    let fault: Fault? = if case .inbox = wanted { reading.taskFault } else { nil }
    if let fault, fault != trouble {
      effects.append(.complain("approvals are missing: \(Text.sanitised(fault.sentence))"))
    } else if trouble != nil, fault == nil {
      effects.append(.complain("the server answers again"))
    }
    trouble = fault
    guard list.values != shown else { return effects }
    let isFirst = shown == nil
    shown = list.values
    if context.form == .table {
      let moment = context.local(reading.at)
      let text = list.text.isEmpty ? "\(list.nothing)\n" : list.text
      effects.append(.out("\(isFirst ? "" : "\n")\(moment)\n\(text)"))
    } else {
      let snapshot: JSONObject = [
        "at": .string(reading.at.iso8601), list.name: .array(list.values),
      ]
      effects.append(.out(JSONOutput.text(.object(snapshot), .jsonl)))
    }
    return effects
  }
}

extension Filter {
  /// Whether a run of the feed is wanted, with the task of it that waits.
  ///
  /// One that stands in no section of the inbox is wanted when it would be in whichever.
  fileprivate func accepts(_ run: Run, task: HumanTask?, at now: Timestamp) -> Bool {
    let section = task == nil ? Inbox.section(of: run, at: now) : .awaiting
    return (section.map { [$0] } ?? Section.allCases).allSatisfy { section in
      let id = RowID(section: section, run: run.id, task: task?.id)
      return accepts(Row(id: id, run: run, task: task), at: now)
    }
  }
}
