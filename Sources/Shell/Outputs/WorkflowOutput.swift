internal import CommandCenter
internal import JSON
internal import Runs
internal import RuntimeAPI

/// Workflows as the shell lists them.
enum WorkflowOutput {
  static func text(_ workflows: [Workflow], _ context: ShellContext) -> String {
    Sheet.text(workflows, context, fields: fields, json: WorkflowWire.json) { workflows in
      var table = Table(columns: [
        .init(title: "WORKFLOW", gives: true), .init(title: "VERSION", isRight: true),
        .init(title: "STATUS"), .init(title: "PUBLISHED"), .init(title: "ID"),
        .init(title: "ABOUT", gives: true),
      ])
      table.rows = workflows.map { workflow in
        [
          workflow.name, workflow.version.map(String.init) ?? "", workflow.status ?? "",
          workflow.publishedAt.map(context.moment) ?? "", workflow.id.text, workflow.summary ?? "",
        ]
      }
      return table
    }
  }

  private static var fields: [Field<Workflow>] {
    [
      Field("id") { $0.id.text }, Field("name") { $0.name },
      Field("version") { $0.version.map(String.init) }, Field("status") { $0.status },
      Field("published_at") { $0.publishedAt?.iso8601 }, Field("description") { $0.summary },
    ]
  }
}
