internal import Cells
internal import CommandCenter
internal import JSON
internal import Runs
internal import RuntimeAPI

/// Tasks as the shell writes them.
enum TaskOutput {
  /// Tasks, a line each; whole ones with all that is decided on.
  static func text(
    _ tasks: [HumanTask],
    at moment: Timestamp,
    isWhole: Bool,
    _ context: ShellContext
  ) -> String {
    if isWhole, context.form == .table {
      return tasks.map { block($0, at: moment, context) }.joined(separator: "\n")
    }
    return Sheet.text(tasks, context, fields: fields, json: TaskWire.json) { tasks in
      let short = ShortID(tasks.map(\.run.text))
      var table = Table(columns: [
        .init(title: "TASK"), .init(title: "RUN"), .init(title: "WORKFLOW", gives: true),
        .init(title: "TYPE"), .init(title: "AGE", isRight: true), .init(title: "WHAT", gives: true),
        .init(title: "PAYLOAD", gives: true),
      ])
      table.rows = tasks.map { task in
        [
          task.id.text, context.width == nil ? task.run.text : short(task.run), name(task),
          task.type ?? "", task.createdAt.map { Age.short(moment - $0) } ?? "", task.title,
          task.fields.isEmpty ? "" : Brief.text(.object(JSONObject(task.fields))),
        ]
      }
      return table
    }
  }

  /// A task with every field of its payload.
  private static func block(
    _ task: HumanTask,
    at moment: Timestamp,
    _ context: ShellContext
  ) -> String {
    var facts = [("task", "\(task.id)\(task.type.map { " (\($0))" } ?? "")")]
    if let created = task.createdAt {
      let age = Age.exact(moment - created)
      facts.append(("waits", "\(age), since \(context.moment(created))"))
    }
    if let expires = task.expiresAt { facts.append(("until", context.moment(expires))) }
    if let description = task.description { facts.append(("", description)) }
    facts += task.fields.map { ($0.key, Brief.text($0.value)) }
    let longest = min(20, facts.map { Text.width($0.0) }.max() ?? 0)
    let lines =
      ["\(name(task)) \(task.run): \(task.title)"]
      + facts.map { name, value in "\(Text.padded(name, to: longest))  \(value)" }
    return lines.map { line in
      let clean = Text.sanitised(line)
      return (context.width.map { Text.truncated(clean, to: $0) } ?? clean) + "\n"
    }.joined()
  }

  private static func name(_ task: HumanTask) -> String {
    task.workflowName ?? task.workflow?.text ?? "(workflow unknown)"
  }

  private static var fields: [Field<HumanTask>] {
    [
      Field("id") { $0.id.text }, Field("run_id") { $0.run.text },
      Field("workflow_id") { $0.workflow?.text }, Field("workflow_name") { $0.workflowName },
      Field("step_id") { $0.step.text }, Field("task_type") { $0.type },
      Field("created_at") { $0.createdAt?.iso8601 }, Field("expires_at") { $0.expiresAt?.iso8601 },
      Field("title") { $0.title }, Field("task_payload") { JSONWriter.text(.object($0.payload)) },
    ]
  }
}
