internal import CommandCenter
internal import JSON
internal import Runs

/// What the ids mean, before anything is sent.
extension ActionWork {
  func distinct(_ ids: [String]) -> [String] {
    var seen: Set<String> = []
    return ids.filter { seen.insert($0).inserted }
  }

  mutating func read(_ reading: Reading, _ now: Timestamp) -> [ShellEffect] {
    guard items.isEmpty else { return unlisted(reading) + watched(reading.runs, now) }
    if action.verb.answersTasks, reading.tasks == nil {
      return fail(
        reading.taskFault ?? Fault(.notTheAPI, "the server does not tell which tasks wait")
      )
    }
    let known = Known(reading)
    items = distinct(action.ids).map { id in
      ActionItem(given: id, state: resolved(id, in: known, now))
    }
    return goOn(now)
  }

  /// What the ids are looked up in.
  struct Known {
    var runs: KnownRuns
    var tasks: [HumanTask]
    /// The tasks by their own ids and by those of their runs.
    var exact: [String: [HumanTask]] = [:]

    init(_ reading: Reading) {
      runs = KnownRuns(reading)
      tasks = (reading.tasks ?? []).filter(\.isPending)
      for task in tasks {
        for id in Set([task.id.text, task.run.text]) { exact[id, default: []].append(task) }
      }
    }
  }

  mutating func resolved(
    _ id: String,
    in known: Known,
    _ now: Timestamp
  ) -> ActionItem.State {
    if action.verb.answersTasks { return task(id, in: known, now) }
    let found = known.runs.find(id)
    switch found.reference {
    case .other(let sentences): return .unknown(sentences)
    case .one(let run):
      let title = if case .one(let known) = found { known.title } else { run.workflow.text }
      return .ready(decision(.run(run), title: title, now))
    }
  }

  mutating func task(
    _ id: String,
    in known: Known,
    _ now: Timestamp
  ) -> ActionItem.State {
    let pending = known.exact[id] ?? known.tasks
    let fits = pending.contains { task in
      [task.id.text, task.run.text].contains { $0.hasPrefix(id) }
    }
    // A run that is there but waits for nobody is another mistake than an id that means nothing.
    if !fits, case .one(let run) = known.runs.find(id) {
      // Its events tell whether somebody came first.
      if let reference = run.reference { return .unseen(reference) }
      let word = run.status.map { " (\($0.word))" } ?? ""
      return .settled(idle(id, nil, run.title, word))
    }
    return task(id, among: pending, title: nil, now)
  }

  mutating func task(
    _ id: String,
    among tasks: [HumanTask],
    title: String?,
    _ now: Timestamp
  ) -> ActionItem.State {
    let found = Lookup.find(
      id,
      among: tasks,
      ids: { [$0.id.text, $0.run.text] },
      kind: "waiting task",
      hint: "inbox shows what waits",
      line: { "\($0.id)  run \($0.run)  \($0.title)" }
    )
    switch found {
    case .other(let sentences): return .unknown(sentences)
    case .one(let task):
      guard let reference = task.reference else {
        return .unknown([
          "the server does not say which workflow \(task.id) belongs to; give it with --workflow"
        ])
      }
      do throws(ShellInput.Mistake) {
        let fields = try edits.fields(of: task)
        let name = title ?? task.workflowName ?? reference.run.workflow.text
        var decision = decision(.task(reference), title: name, fields: fields, now)
        // What was resolved is what is answered: another payload is another question.
        decision.seen = Seen(status: nil, payload: task.payload)
        return .ready(decision)
      } catch {
        return .unknown(["\(id): \(error.sentence)"])
      }
    }
  }

  mutating func decision(
    _ subject: Subject,
    title: String,
    fields: JSONObject = [:],
    _ now: Timestamp
  ) -> Decision {
    Decision(
      id: DecisionID(context.decisions.next()),
      verb: action.verb,
      subject: subject,
      title: title,
      fields: fields,
      madeAt: now,
      conditions: Conditions(statuses: action.statuses, lastEvent: action.lastEvent),
      allowsUnrecorded: action.allowsUnrecorded
    )
  }

  func idle(
    _ id: String,
    _ run: RunReference?,
    _ title: String,
    _ word: String
  ) -> ActionResult {
    ActionResult(
      given: id,
      action.verb,
      on: run.map { .run($0) },
      title: title,
      .refused(Refusal(.illegal, "it does not wait for an approval\(word)"))
    )
  }

  /// What was found when a run was looked at, before anything is sent or while its end is awaited.
  mutating func looked(
    _ run: RunReference,
    _ result: Result<RunDetail, Fault>,
    _ now: Timestamp
  ) -> [ShellEffect] {
    let index = items.firstIndex { item in
      if case .looking(run) = item.state { true } else { false }
    }
    guard let index else {
      switch result {
      case .success(let detail):
        self.detail = detail
        return watched([detail.run], now)
      case .failure(let fault): return lookFailed(fault, now)
      }
    }
    let id = items[index].given
    switch result {
    case .failure(let fault) where fault.kind == .notFound:
      items[index].state = .unknown([fault.sentence])
    case .failure(let fault):
      let result = ActionResult(
        given: id,
        action.verb,
        on: .run(run),
        title: run.workflow.text,
        .notSent(fault)
      )
      items[index].state = .settled(result)
    case .success(let detail):
      let pending = detail.tasks.filter(\.isPending)
      if pending.isEmpty {
        items[index].state = .settled(unasked(id, run, detail, now))
      } else {
        items[index].state = task(id, among: pending, title: detail.run.title, now)
      }
    }
    return goOn(now)
  }

  /// What is said of a run that asks nothing: that it was answered before, where its events show it.
  func unasked(
    _ id: String,
    _ run: RunReference,
    _ detail: RunDetail,
    _ now: Timestamp
  ) -> ActionResult {
    let answer = detail.events.last {
      ["task_completed", "human_task_completed"].contains($0.type)
    }
    guard let answer else {
      return idle(id, run, detail.run.title, " (\(detail.run.status.word))")
    }
    let change = Change.answered(
      by: answer.data["by"]?.string ?? answer.data["completed_by"]?.string,
      at: answer.at,
      approved: answer.data["approved"]?.bool
    )
    var result = ActionResult(
      given: id,
      action.verb,
      on: .run(run),
      title: detail.run.title,
      .changed(change)
    )
    result.at = now
    return result
  }
}
