internal import Cells
internal import CommandCenter
internal import JSON
internal import Runs
internal import RuntimeAPI

/// A run as the shell writes it.
enum RunOutput {
  // MARK: show

  static func text(_ detail: RunDetail, _ context: ShellContext) -> String {
    switch context.form {
    case .json, .jsonl: return JSONOutput.text(json(detail), context.form)
    case .tsv: return FeedOutput.fields(detail.run)
    case .table: break
    }
    var lines = ["\(detail.run.title) \(detail.run.id): \(detail.run.status.word)"]
    lines += facts(detail, context).map { name, value in
      "\(Text.padded(name, to: 10))\(value)"
    }
    lines = lines.map { line in
      let clean = Text.sanitised(line)
      return context.width.map { Text.truncated(clean, to: $0) } ?? clean
    }
    let steps = detail.steps
    if !steps.isEmpty { lines += [""] + table(steps, context).lines(width: context.width) }
    return lines.map { $0 + "\n" }.joined()
  }

  private static func json(_ detail: RunDetail) -> JSONValue {
    var object = RunWire.json(detail.run).object ?? [:]
    object["tasks"] = .array(detail.tasks.map(TaskWire.json))
    return .object(object)
  }

  private static func facts(
    _ detail: RunDetail,
    _ context: ShellContext
  ) -> [(String, String)] {
    let run = detail.run
    var facts: [(String, String)] = []
    let version = run.version.map { " v\($0)" } ?? ""
    if let workflow = run.workflow { facts.append(("workflow", workflow.text + version)) }
    if let by = run.statusBy {
      facts.append(
        ("\(run.status.word)", "by \(by)\(run.statusAt.map { " at \(context.moment($0))" } ?? "")")
      )
    }
    if let trigger = run.trigger { facts.append(("trigger", trigger)) }
    if let began = run.began {
      let took = Age.exact((run.endedAt ?? detail.at) - began)
      facts.append(
        ("started", "\(context.moment(began)), \(run.endedAt == nil ? "for" : "took") \(took)")
      )
    }
    if let credits = run.credits { facts.append(("credits", credits.text)) }
    if let input = run.input { facts.append(("input", Brief.text(input))) }
    if let failure = run.failure {
      let place = failure.step.map { "in \(detail.graph?.title(of: $0) ?? $0.text)" }
      let words = [failure.code, place].compactMap { $0 }.joined(separator: " ")
      let cause = [words, failure.message ?? ""].filter { !$0.isEmpty }.joined(separator: ": ")
      facts.append(("failure", cause))
      if let advice = failure.advice { facts.append(("", advice)) }
    }
    for task in detail.tasks { facts.append(("waits for", "\(task.id): \(task.title)")) }
    return facts
  }

  private static func table(_ steps: [Step], _ context: ShellContext) -> Table {
    var table = Table(columns: [
      .init(title: "STEP", gives: true), .init(title: "OUTCOME"),
      .init(title: "TOOK", isRight: true), .init(title: "CAUSE", gives: true),
    ])
    table.rows = StepLedger.causeFirst(steps).map { step in
      let took = step.startedAt.flatMap { start in step.endedAt.map { Age.took($0 - start) } }
      let cause = step.failure?.message ?? step.failure?.code ?? step.causedBy.map { "by \($0)" }
      return [step.name ?? step.id.text, step.outcome.badge, took ?? "", cause ?? ""]
    }
    return table
  }

  // MARK: events

  /// Events as lines: the first have the names of the columns above them, live ones will have others
  /// below them.
  static func events(
    _ events: [RunEvent],
    of detail: RunDetail,
    isFirst: Bool = true,
    isLive: Bool = false,
    _ context: ShellContext
  ) -> String {
    let run = detail.run.id
    switch context.form {
    case .json, .jsonl:
      return JSONOutput.text(events.map { EventWire.json($0, run: run) }, context.form)
    case .tsv:
      let fields = fields(of: run)
      return (isFirst ? TSV.header(fields) : "") + events.map { TSV.line($0, fields) }.joined()
    case .table:
      guard !events.isEmpty else { return "" }
      let lines = table(events, detail, isLive, context).lines(width: context.width)
      return lines.dropFirst(isFirst ? 0 : 1).map { $0 + "\n" }.joined()
    }
  }

  private static func table(
    _ events: [RunEvent],
    _ detail: RunDetail,
    _ isLive: Bool,
    _ context: ShellContext
  ) -> Table {
    var table = Table(columns: [
      .init(title: "SEQ", isRight: true, least: isLive ? 4 : 0), .init(title: "TIME"),
      .init(title: "EVENT", least: isLive ? 18 : 0),
      .init(title: "STEP", gives: true, least: isLive ? 14 : 0), .init(title: "DATA", gives: true),
    ])
    table.rows = events.map { event in
      let step = event.step.map { detail.graph?.title(of: $0) ?? $0.text }
      let data = event.data.isEmpty ? "" : JSONWriter.text(.object(event.data), .spaced)
      return [
        event.sequence.map(String.init) ?? "", event.at.map { context.clock($0) } ?? "",
        event.type, step ?? "", data,
      ]
    }
    return table
  }

  private static func fields(of run: RunID) -> [Field<RunEvent>] {
    [
      Field("id") { $0.id }, Field("seq") { $0.sequence.map(String.init) },
      Field("run_id") { _ in run.text }, Field("event_type") { $0.type },
      Field("step_id") { $0.step?.text }, Field("at") { $0.at?.iso8601 },
      Field("data") { JSONWriter.text(.object($0.data)) },
    ]
  }

  // MARK: What a run is about

  /// Why a run failed, in a line.
  static func failure(_ run: Run) -> String? {
    guard let failure = run.failure else { return nil }
    let place = failure.step.map { "in \($0.text)" }
    let words = [failure.code, place].compactMap { $0 }.joined(separator: " ")
    let parts = [words, failure.message ?? ""].filter { !$0.isEmpty }
    return parts.isEmpty ? nil : parts.joined(separator: ": ")
  }

  /// What a run is about just now, in a few words.
  static func what(_ run: Run) -> String {
    if let failure = failure(run) { return failure }
    let by = run.statusBy.map { "by \($0)" }
    let steps = run.steps.map { "\($0.settled)/\($0.total) steps" }
    let current = run.currentSteps.map(\.text).joined(separator: ", ")
    return [by, steps, current.isEmpty ? nil : current].compactMap { $0 }.joined(separator: ", ")
  }
}
