import GRDB
import JSON
import Runs

/// A trigger whose row cannot be read.
struct UnreadableTrigger: Error, Sendable, Equatable {
  var id: String
  var why: String

  /// What is told of it.
  var sentence: String {
    "the trigger \(id) starts nothing, since it cannot be read: \(why); delete it and make it anew"
  }
}

extension Store {
  /// Writes a trigger.
  func save(
    _ trigger: StoredTrigger,
    answer: StoredAnswer? = nil
  ) async throws(StoreMistake) {
    let body = JSONWriter.text(trigger.json)
    try await commit { database in
      try database.execute(
        sql: """
          INSERT INTO triggers (id, workflow_id, created_at, next_at, body) VALUES (?, ?, ?, ?, ?)
          ON CONFLICT (id) DO UPDATE SET next_at = excluded.next_at, body = excluded.body
          """,
        arguments: [
          trigger.id, trigger.workflow, trigger.createdAt.milliseconds,
          trigger.next?.milliseconds, body,
        ]
      )
      if let answer { try Self.save(answer, in: database) }
    }
  }

  /// Writes what became of a trigger, unless somebody has changed or removed it meanwhile.
  func replace(_ old: StoredTrigger, by new: StoredTrigger) async throws(StoreMistake) {
    let (before, after) = (JSONWriter.text(old.json), JSONWriter.text(new.json))
    try await commit { database in
      try database.execute(
        sql: "UPDATE triggers SET next_at = ?, body = ? WHERE id = ? AND body = ?",
        arguments: [new.next?.milliseconds, after, new.id, before]
      )
    }
  }

  /// Whether a workflow has a trigger, be it one that cannot be read.
  func hasTrigger(_ id: String, of workflow: String) async throws(StoreMistake) -> Bool {
    try await read { database in
      try Bool.fetchOne(
        database,
        sql: "SELECT 1 FROM triggers WHERE id = ? AND workflow_id = ?",
        arguments: [id, workflow]
      ) ?? false
    }
  }

  /// Takes a trigger away.
  func remove(trigger id: String) async throws(StoreMistake) {
    try await commit { database in
      try database.execute(sql: "DELETE FROM triggers WHERE id = ?", arguments: [id])
    }
  }

  /// A trigger, or nil.
  func trigger(_ id: String) async throws(StoreMistake) -> StoredTrigger? {
    let row = try await read { database in
      try String.fetchOne(database, sql: "SELECT body FROM triggers WHERE id = ?", arguments: [id])
    }
    guard let row else { return nil }
    return try decoded(row) { (body) throws(JSONMistake) in
      StoredTrigger(try JSONValue(parsing: body))
    }
  }

  /// The triggers of a workflow, oldest first.
  func triggers(of workflow: String, limit: Int, offset: Int) async throws(StoreMistake) -> RowPage
  {
    try await page(
      of: "triggers WHERE workflow_id = ?",
      [workflow],
      by: "created_at, id",
      limit: limit,
      offset: offset
    )
  }

  /// The triggers that will come due, the next one first.
  ///
  /// One that cannot be read is told by its id, and keeps no other from its start.
  func armedTriggers() async throws(StoreMistake) -> [Result<StoredTrigger, UnreadableTrigger>] {
    let rows = try await read { database in
      try Row.fetchAll(
        database,
        sql: "SELECT id, body FROM triggers WHERE next_at IS NOT NULL ORDER BY next_at, id"
      ).map { row -> (id: String, body: String) in (row["id"], row["body"]) }
    }
    return rows.map { row in
      do throws(JSONMistake) {
        let value = try JSONValue(parsing: Array(row.body.utf8))
        if let trigger = StoredTrigger(value) { return .success(trigger) }
        return .failure(UnreadableTrigger(id: row.id, why: "it is no trigger"))
      } catch {
        return .failure(UnreadableTrigger(id: row.id, why: error.sentence))
      }
    }
  }
}
