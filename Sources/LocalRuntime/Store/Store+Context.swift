import GRDB
import JSON

/// What steps of a run received and made, put together from the texts that are kept.
///
/// Nothing of it is read as values, and of all that steps made no more lies in memory than is answered.
struct ContextText: Sendable, Equatable {
  /// The members of an object of steps, by their ids.
  private(set) var members = ""
  private var room: Int

  /// A text of no step yet.
  init(room: Int = PageRows.longest) { self.room = room }

  /// Adds a step; what there is no room for is told of.
  mutating func add(_ id: String, input: String?, result: String?) {
    var fields: [String] = []
    add("input", input, to: &fields)
    add("result", result, to: &fields)
    let comma = members.isEmpty ? "" : ","
    members += "\(comma)\(JSONWriter.text(.string(id))):{\(fields.joined(separator: ","))}"
  }

  private mutating func add(_ name: String, _ value: String?, to fields: inout [String]) {
    guard let value else { return }
    let size = value.utf8.count
    if size <= room {
      room -= size
      fields.append("\"\(name)\":\(value)")
    } else {
      let why = "\(size) bytes, and the context is long already; read the step's events"
      fields.append("\"\(name)\":null,\"\(name)_truncated\":\"\(why)\"")
    }
  }
}

extension Store {
  /// Of a run's steps those in the graph itself, not in rounds of loops.
  private static let ownSteps = "FROM steps WHERE run_id = ? AND instr(step_id, '|') = 0"

  /// How many steps of a run came to which end, by its word.
  func outcomes(of run: String) async throws(StoreMistake) -> [(word: String, count: Int)] {
    try await read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT coalesce(json_extract(body, '$.outcome'), 'pending') AS word, count(*) AS count
          \(Self.ownSteps) GROUP BY word ORDER BY word
          """,
        arguments: [run]
      ).map { ($0["word"], $0["count"]) }
    }
  }

  /// What the steps of a run that were begun received and made.
  func contextText(of run: String) async throws(StoreMistake) -> ContextText {
    try await read { database in
      let rows = try Row.fetchCursor(
        database,
        sql: """
          SELECT step_id, body -> '$.input' AS input, body -> '$.result' AS result
          \(Self.ownSteps) AND json_extract(body, '$.attempts') > 0 ORDER BY step_id
          """,
        arguments: [run]
      )
      var text = ContextText()
      while let row = try rows.next() {
        text.add(row["step_id"], input: row["input"], result: row["result"])
      }
      return text
    }
  }
}
