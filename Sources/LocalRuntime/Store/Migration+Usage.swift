import GRDB
import JSON

/// The sums that analytics and billing answer from, and the index by which old runs are found.
enum UsageMigration {
  static let name = "4 usage"

  /// Makes the tables, and counts what happened before there were any.
  static func run(_ database: Database) throws {
    try database.execute(sql: tables)
    let types = try stepTypes(database)
    let runs = try Row.fetchCursor(database, sql: "SELECT id, workflow_id, body FROM runs")
    while let row = try runs.next() {
      let id: String = row["id"]
      let body: String = row["body"]
      let version = (try? JSONValue(parsing: body))?["version"]?.int ?? 0
      let workflow: String = row["workflow_id"]
      let events = try String.fetchCursor(
        database,
        sql: "SELECT body FROM events WHERE run_id = ? ORDER BY seq",
        arguments: [id]
      )
      var reading = UsageReading(stepTypes: types["\(workflow) \(version)"] ?? [:])
      while let event = try events.next() {
        if let value = try? JSONValue(parsing: event) { reading.read(value) }
      }
      try Store.add(reading.usage, in: database)
    }
  }

  /// The types of the steps of each published version.
  private static func stepTypes(_ database: Database) throws -> [String: [String: String]] {
    var types: [String: [String: String]] = [:]
    let rows = try Row.fetchCursor(
      database,
      sql: "SELECT workflow_id, version, body FROM versions"
    )
    while let row = try rows.next() {
      let (workflow, version, body): (String, Int, String) = (
        row["workflow_id"], row["version"], row["body"]
      )
      let steps = (try? JSONValue(parsing: body))?["graph_snapshot"]?["steps"]?.array ?? []
      var known: [String: String] = [:]
      for step in steps { known[step["id"]?.string ?? ""] = step["type"]?.string }
      types["\(workflow) \(version)"] = known
    }
    return types
  }

  private static let tables = """
    -- One row for what was measured within an hour: how often, and how much of it in all.
    CREATE TABLE usage (
      measure TEXT NOT NULL,
      hour INTEGER NOT NULL,
      key TEXT NOT NULL,
      count INTEGER NOT NULL,
      amount INTEGER NOT NULL,
      PRIMARY KEY (measure, hour, key)
    ) STRICT, WITHOUT ROWID;

    -- Written to when it must be known whether anything can be.
    CREATE TABLE probe (tries INTEGER NOT NULL) STRICT;
    INSERT INTO probe (tries) VALUES (0);

    CREATE INDEX runs_ended ON runs (updated_at, id) WHERE is_live = 0;
    """
}
