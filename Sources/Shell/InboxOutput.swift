internal import CommandCenter
internal import JSON
internal import Runs
internal import RuntimeAPI
internal import Triage

/// The inbox as the shell writes it.
enum InboxOutput {
  static func text(_ rows: [Row], at moment: Timestamp, _ context: ShellContext) -> String {
    guard context.form == .table else { return JSONOutput.text(rows.map(json), context.form) }
    guard !rows.isEmpty else { return "" }
    let short = ShortID(rows.map(\.id.run.text))
    var table = Table(columns: [
      .init(title: "SECTION"), .init(title: "RUN"), .init(title: "WORKFLOW", gives: true),
      .init(title: "STATUS"), .init(title: "AGE", isRight: true),
      .init(title: "WHAT", gives: true),
    ])
    table.rows = rows.map { row in
      [
        row.section.word, context.width == nil ? row.id.run.text : short(row.id.run), row.title,
        row.task == nil ? row.run?.status.word ?? "" : "pending",
        row.since.map { Age.short(moment - $0) } ?? "", what(row),
      ]
    }
    return table.lines(width: context.width).map { $0 + "\n" }.joined()
  }

  /// Why the row is there, in a few words.
  private static func what(_ row: Row) -> String {
    if let task = row.task { return task.title }
    guard let run = row.run else { return "" }
    if let failure = run.failure {
      let place = failure.step.map { "in \($0.text)" }
      let words = [failure.code, place].compactMap { $0 }.joined(separator: " ")
      return [words, failure.message ?? ""].filter { !$0.isEmpty }.joined(separator: ": ")
    }
    if row.pauseIsUnexplained { return "reason unknown: the task list could not be read" }
    let by = run.statusBy.map { "by \($0)" }
    let steps = run.steps.map { "\($0.settled)/\($0.total) steps" }
    let current = run.currentSteps.map(\.text).joined(separator: ", ")
    return [by, steps, current.isEmpty ? nil : current].compactMap { $0 }.joined(separator: ", ")
  }

  /// A task or a run with the section that it stands in.
  private static func json(_ row: Row) -> JSONValue {
    let value = row.task.map(TaskWire.json) ?? row.run.map(RunWire.json) ?? [:]
    let section: JSONObject = ["section": .string(row.section.word)]
    return .object(section.merging(value.object ?? [:]))
  }
}

/// Values as JSON or JSON lines.
enum JSONOutput {
  /// Several things: one list, or a line each.
  static func text(_ values: [JSONValue], _ form: OutputForm) -> String {
    form == .jsonl
      ? values.map { JSONWriter.text($0) + "\n" }.joined()
      : JSONWriter.text(.array(values), .indented) + "\n"
  }

  /// One thing.
  static func text(_ value: JSONValue, _ form: OutputForm) -> String {
    JSONWriter.text(value, form == .jsonl ? .compact : .indented) + "\n"
  }
}
