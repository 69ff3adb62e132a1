internal import CommandCenter
internal import JSON
internal import Runs
internal import RuntimeAPI

/// Runs as the shell lists them.
enum FeedOutput {
  static func text(_ runs: [Run], at moment: Timestamp, _ context: ShellContext) -> String {
    Sheet.text(runs, context, fields: fields, json: RunWire.json) { runs in
      let short = ShortID(runs.map(\.id.text))
      var table = Table(columns: [
        .init(title: "RUN"), .init(title: "WORKFLOW", gives: true), .init(title: "STATUS"),
        .init(title: "AGE", isRight: true), .init(title: "TOOK", isRight: true),
        .init(title: "WHAT", gives: true),
      ])
      table.rows = runs.map { run in
        let took = run.began.flatMap { began in run.endedAt.map { Age.exact($0 - began) } }
        return [
          context.width == nil ? run.id.text : short(run.id), run.title, run.status.word,
          run.began.map { Age.short(moment - $0) } ?? "", took ?? "", RunOutput.what(run),
        ]
      }
      return table
    }
  }

  private static var fields: [Field<Run>] {
    [
      Field("id") { $0.id.text }, Field("workflow_id") { $0.workflow?.text },
      Field("workflow_name") { $0.workflowName }, Field("version") { $0.version.map(String.init) },
      Field("status") { $0.status.word }, Field("trigger") { $0.trigger },
      Field("created_at") { $0.createdAt?.iso8601 }, Field("started_at") { $0.startedAt?.iso8601 },
      Field("ended_at") { $0.endedAt?.iso8601 },
      Field("steps_settled") { ($0.steps?.settled).map(String.init) },
      Field("steps_total") { ($0.steps?.total).map(String.init) },
      Field("credits") { $0.credits?.text }, Field("failure_code") { $0.failure?.code },
      Field("failure_step_id") { $0.failure?.step?.text },
      Field("failure_message") { $0.failure?.message },
    ]
  }

  /// One run, a line of fields.
  static func fields(_ run: Run) -> String { TSV.text([run], fields) }
}
