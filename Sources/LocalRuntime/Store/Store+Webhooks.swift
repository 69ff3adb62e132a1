import GRDB
import JSON
import Runs

extension Store {
  /// Keeps a new webhook and its secret.
  func save(
    _ webhook: StoredWebhook,
    secret: String,
    answer: StoredAnswer?
  ) async throws(StoreMistake) {
    let body = JSONWriter.text(webhook.json)
    try await commit { database in
      try database.execute(
        sql: """
          INSERT INTO webhooks (id, workflow_id, created_at, secret, body) VALUES (?, ?, ?, ?, ?)
          """,
        arguments: [
          webhook.id, webhook.workflow, webhook.createdAt.milliseconds, secret, body,
        ]
      )
      if let answer { try Self.save(answer, in: database) }
    }
  }

  /// Writes what was changed of a webhook.
  func save(_ webhook: StoredWebhook) async throws(StoreMistake) {
    let body = JSONWriter.text(webhook.json)
    try await commit { database in
      try database.execute(
        sql: "UPDATE webhooks SET body = ? WHERE id = ?",
        arguments: [body, webhook.id]
      )
    }
  }

  /// Takes a webhook away.
  func remove(webhook id: String) async throws(StoreMistake) {
    try await commit { database in
      try database.execute(sql: "DELETE FROM webhooks WHERE id = ?", arguments: [id])
    }
  }

  /// A webhook and its secret, or nil.
  func webhook(
    _ id: String
  ) async throws(StoreMistake) -> (webhook: StoredWebhook, secret: String)? {
    let found = try await read { database in
      try Row.fetchOne(
        database,
        sql: "SELECT secret, body FROM webhooks WHERE id = ?",
        arguments: [id]
      ).map { row -> (secret: String, body: String) in (row["secret"], row["body"]) }
    }
    guard let found else { return nil }
    let webhook = try decoded(found.body) { (body) throws(JSONMistake) in
      StoredWebhook(try JSONValue(parsing: body))
    }
    return webhook.map { ($0, found.secret) }
  }

  /// A page of webhooks, oldest first.
  func webhooks(limit: Int, offset: Int) async throws(StoreMistake) -> RowPage {
    try await page(of: "webhooks", by: "created_at, id", limit: limit, offset: offset)
  }
}
