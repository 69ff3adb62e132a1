internal import Cells
internal import CommandCenter
internal import JSON
internal import Runs
internal import RuntimeAPI

/// A run as the shell writes it.
enum RunOutput {
  // MARK: show

  static func text(_ detail: RunDetail, _ context: ShellContext) -> String {
    guard context.form == .table else { return JSONOutput.text(json(detail), context.form) }
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
        ("\(run.status.word)", "by \(by)\(run.statusAt.map { " at \(moment($0, context))" } ?? "")")
      )
    }
    if let trigger = run.trigger { facts.append(("trigger", trigger)) }
    if let began = run.began {
      let took = Age.exact((run.endedAt ?? detail.at) - began)
      facts.append(
        ("started", "\(moment(began, context)), \(run.endedAt == nil ? "for" : "took") \(took)")
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

  static func events(_ detail: RunDetail, after: Int?, _ context: ShellContext) -> String {
    let events = detail.events.filter { event in
      after.map { (event.sequence ?? .max) > $0 } ?? true
    }
    guard context.form == .table else {
      let values = events.map { EventWire.json($0, run: detail.run.id) }
      return JSONOutput.text(values, context.form)
    }
    guard !events.isEmpty else { return "" }
    var table = Table(columns: [
      .init(title: "SEQ", isRight: true), .init(title: "TIME"), .init(title: "EVENT"),
      .init(title: "STEP", gives: true), .init(title: "DATA", gives: true),
    ])
    table.rows = events.map { event in
      let step = event.step.map { detail.graph?.title(of: $0) ?? $0.text }
      let data = event.data.isEmpty ? "" : JSONWriter.text(.object(event.data), .spaced)
      return [
        event.sequence.map(String.init) ?? "", event.at.map { clock($0, context) } ?? "",
        event.type, step ?? "", data,
      ]
    }
    return table.lines(width: context.width).map { $0 + "\n" }.joined()
  }

  // MARK: Moments

  /// A moment: for a terminal as the operator's clocks show it, else in full.
  private static func moment(_ moment: Timestamp, _ context: ShellContext) -> String {
    guard context.width != nil else { return moment.iso8601 }
    let date = CalendarTime(moment, offset: context.zone.offset).date
    return "\(date) \(context.zone.clock(moment)) \(context.zone.name)"
  }

  private static func clock(_ moment: Timestamp, _ context: ShellContext) -> String {
    context.width == nil ? moment.iso8601 : context.zone.clock(moment, milliseconds: true)
  }
}
