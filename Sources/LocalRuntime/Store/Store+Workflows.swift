import GRDB
import JSON
import Runs

/// A workflow as the store keeps it: its draft, and which version of it is published.
struct StoredWorkflow: Sendable, Equatable {
  var id: String
  var name: String
  var summary: String?
  /// The draft.
  var graph: JSONValue
  /// An input that shows what a start needs, where the author gave one.
  var example: JSONValue?
  /// The newest published version, or nil.
  var version: Int?
  /// When that was published.
  var publishedAt: Timestamp?
  var createdAt: Timestamp
  var updatedAt: Timestamp
  /// When it was taken out of use; its runs and versions stay.
  var archivedAt: Timestamp?
  /// What forms are filled with beforehand; starts take it only when they say so.
  var runSetup: JSONObject?
  /// The workspace that it was made in.
  var tenant: String?
  var project: String?

  /// The workflow as it is answered.
  var json: JSONValue {
    var object: JSONObject = ["id": .string(id), "name": .string(name)]
    object["description"] = summary.map { .string($0) }
    object["tenant_id"] = tenant.map { .string($0) }
    object["project_id"] = project.map { .string($0) }
    object["status"] =
      archivedAt != nil ? "archived" : version == nil ? "draft" : "published"
    object["version"] = version.map { .int($0) }
    object["published_at"] = publishedAt.map { .string($0.iso8601) }
    object["created_at"] = .string(createdAt.iso8601)
    object["updated_at"] = .string(updatedAt.iso8601)
    object["archived_at"] = archivedAt.map { .string($0.iso8601) }
    object["example_trigger_payload"] = example
    object["run_setup"] = runSetup.map { .object($0) }
    object["graph"] = graph
    return .object(object)
  }

  /// Reads ``json``; nil when it is something else.
  init?(_ value: JSONValue) {
    guard let id = value["id"]?.string, let name = value["name"]?.string,
      let graph = value["graph"],
      let created = (value["created_at"]?.string).flatMap(Timestamp.init(iso8601:)),
      let updated = (value["updated_at"]?.string).flatMap(Timestamp.init(iso8601:))
    else { return nil }
    self.init(id: id, name: name, graph: graph, createdAt: created)
    summary = value["description"]?.string
    example = value["example_trigger_payload"]
    version = value["version"]?.int
    publishedAt = (value["published_at"]?.string).flatMap(Timestamp.init(iso8601:))
    updatedAt = updated
    archivedAt = (value["archived_at"]?.string).flatMap(Timestamp.init(iso8601:))
    runSetup = value["run_setup"]?.object
    tenant = value["tenant_id"]?.string
    project = value["project_id"]?.string
  }

  /// A new draft.
  init(id: String, name: String, graph: JSONValue, createdAt: Timestamp) {
    self.id = id
    self.name = name
    self.graph = graph
    self.createdAt = createdAt
    updatedAt = createdAt
  }
}

extension Store {
  /// Writes a workflow, and a published version with it.
  /// - Throws: ``StoreMistake``; `exists` when the version is there already.
  func save(
    _ workflow: StoredWorkflow,
    publishing version: JSONValue? = nil,
    answer: StoredAnswer? = nil
  ) async throws(StoreMistake) {
    let body = JSONWriter.text(workflow.json)
    try await commit { database in
      try database.execute(
        sql: """
          INSERT INTO workflows (id, created_at, archived_at, body) VALUES (?, ?, ?, ?)
          ON CONFLICT (id) DO UPDATE SET body = excluded.body, archived_at = excluded.archived_at
          """,
        arguments: [
          workflow.id, workflow.createdAt.milliseconds, workflow.archivedAt?.milliseconds, body,
        ]
      )
      if let version, let number = version["version"]?.int {
        try database.execute(
          sql: "INSERT INTO versions (workflow_id, version, body) VALUES (?, ?, ?)",
          arguments: [workflow.id, number, JSONWriter.text(version)]
        )
      }
      if let answer { try Self.save(answer, in: database) }
    }
  }

  /// A workflow, or nil.
  func workflow(_ id: String) async throws(StoreMistake) -> StoredWorkflow? {
    let row = try await read { database in
      try String.fetchOne(
        database,
        sql: "SELECT body FROM workflows WHERE id = ?",
        arguments: [id]
      )
    }
    guard let row else { return nil }
    return try decoded(row) { (body) throws(JSONMistake) in
      StoredWorkflow(try JSONValue(parsing: body))
    }
  }

  /// A page of the workflows in use, oldest first.
  func workflows(limit: Int, offset: Int) async throws(StoreMistake) -> RowPage {
    try await page(
      of: "workflows WHERE archived_at IS NULL",
      by: "created_at, id",
      limit: limit,
      offset: offset
    )
  }

  /// The published versions of a workflow, newest first.
  func versions(of workflow: String, limit: Int, offset: Int) async throws(StoreMistake) -> RowPage
  {
    try await page(
      of: "versions WHERE workflow_id = ?",
      [workflow],
      by: "version DESC",
      limit: limit,
      offset: offset
    )
  }

  /// The JSON text of a published version, or nil.
  func versionRow(_ number: Int, of workflow: String) async throws(StoreMistake) -> String? {
    try await read { database in
      try String.fetchOne(
        database,
        sql: "SELECT body FROM versions WHERE workflow_id = ? AND version = ?",
        arguments: [workflow, number]
      )
    }
  }

  /// The graph of a published version, or nil.
  func snapshot(of workflow: String, version: Int) async throws(StoreMistake) -> WorkflowGraph? {
    let row = try await versionRow(version, of: workflow)
    guard let row else { return nil }
    let body = try decoded(row) { (bytes) throws(JSONMistake) in try JSONValue(parsing: bytes) }
    do throws(GraphIssue) {
      return try WorkflowGraph(body["graph_snapshot"] ?? .null)
    } catch {
      throw StoreMistake(
        .unreadable,
        "version \(version) of workflow \(workflow) in \(folder) cannot be run: \(error.message)"
      )
    }
  }
}
