internal import Cells
internal import CommandCenter
internal import JSON
internal import Runs
internal import RuntimeAPI
internal import Triage

/// The inbox as the shell writes it.
enum InboxOutput {
  static func text(_ rows: [Row], at moment: Timestamp, _ context: ShellContext) -> String {
    Sheet.text(rows, context, fields: fields(at: moment), json: json) { rows in
      let short = ShortID(rows.map(\.id.run.text))
      var table = Table(columns: [
        .init(title: "SECTION"), .init(title: "RUN"), .init(title: "WORKFLOW", gives: true),
        .init(title: "STATUS"), .init(title: "AGE", isRight: true),
        .init(title: "WHAT", gives: true),
      ])
      table.rows = rows.map { row in
        [
          row.section.word, context.width == nil ? row.id.run.text : short(row.id.run), row.title,
          row.status, row.since.map { Age.short(moment - $0) } ?? "", what(row, at: moment),
        ]
      }
      return table
    }
  }

  /// Why the row is there, in a few words.
  private static func what(_ row: Row, at moment: Timestamp) -> String {
    if let task = row.task { return task.title }
    guard let run = row.run else { return "" }
    if row.pauseIsUnexplained { return "reason unknown: the task list could not be read" }
    let odd = row.attention.map { AttentionWords($0, at: moment).brief }
    return [odd, RunOutput.what(run)].compactMap(\.self).filter { !$0.isEmpty }
      .joined(separator: ", ")
  }

  /// What is wrong with a filter: the sentence, the filter, and a mark beneath what is wrong.
  static func complaint(_ mistake: Filter.Mistake, _ text: String) -> [String] {
    let before = Text.sanitised(String(text.prefix(mistake.range.lowerBound)))
    let wrong = Text.sanitised(
      String(text.dropFirst(mistake.range.lowerBound).prefix(mistake.range.count))
    )
    let mark = String(repeating: "^", count: max(1, Text.width(wrong)))
    return [
      "--filter: \(Text.sanitised(mistake.words))", "  \(Text.sanitised(text))",
      "  \(String(repeating: " ", count: Text.width(before)))\(mark)",
    ]
  }

  /// A task or a run with the section that it stands in.
  static func json(_ row: Row) -> JSONValue {
    let value = row.task.map(TaskWire.json) ?? row.run.map(RunWire.json) ?? [:]
    var section: JSONObject = ["section": .string(row.section.word)]
    section["attention"] = row.attention.map(json)
    return .object(section.merging(value.object ?? [:]))
  }

  private static func json(_ attention: Attention) -> JSONValue {
    var object: JSONObject = [
      "kind": .string(attention.kind.rawValue), "since": .string(attention.since.iso8601),
    ]
    object["step_id"] = (attention.step?.text).map { .string($0) }
    object["usual_ms"] = attention.times.map { .int(Int($0.usual.inMilliseconds)) }
    object["longest_ms"] = attention.times.map { .int(Int($0.longest.inMilliseconds)) }
    object["runs"] = attention.times.map { .int($0.runs) }
    return .object(object)
  }

  private static func fields(at moment: Timestamp) -> [Field<Row>] {
    [
      Field("section") { $0.section.word }, Field("run_id") { $0.id.run.text },
      Field("task_id") { $0.task?.id.text }, Field("workflow_id") { $0.reference?.workflow.text },
      Field("workflow_name") { $0.title }, Field("status") { $0.status },
      Field("since") { $0.since?.iso8601 }, Field("what") { what($0, at: moment) },
    ]
  }
}

extension Row {
  /// The word for how it stands.
  fileprivate var status: String { task == nil ? run?.status.word ?? "" : "pending" }
}
