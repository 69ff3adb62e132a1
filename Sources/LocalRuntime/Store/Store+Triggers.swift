import GRDB
import JSON
import Runs

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
    try await read { database in
      let rows = try PageRows(
        database,
        sql: """
          SELECT body FROM triggers WHERE workflow_id = ? ORDER BY created_at, id LIMIT ? OFFSET ?
          """,
        arguments: [workflow, limit + 1, offset],
        limit: limit
      )
      let total = try Int.fetchOne(
        database,
        sql: "SELECT count(*) FROM triggers WHERE workflow_id = ?",
        arguments: [workflow]
      )
      return rows.page(total: total, offset: offset)
    }
  }

  /// The triggers that will come due, the next one first.
  func armedTriggers() async throws(StoreMistake) -> [StoredTrigger] {
    let rows = try await read { database in
      try String.fetchAll(
        database,
        sql: "SELECT body FROM triggers WHERE next_at IS NOT NULL ORDER BY next_at, id"
      )
    }
    var triggers: [StoredTrigger] = []
    for row in rows {
      let trigger = try decoded(row) { (body) throws(JSONMistake) in
        StoredTrigger(try JSONValue(parsing: body))
      }
      if let trigger { triggers.append(trigger) }
    }
    return triggers
  }
}
