import GRDB
import JSON

/// What runs were started with, apart from what of them changes.
enum InputMigration {
  static let name = "6 inputs of runs"

  /// Moves the input of each run out of its body.
  static func run(_ database: Database) throws {
    try database.execute(sql: "ALTER TABLE runs ADD COLUMN input TEXT")
    let runs = try Row.fetchCursor(database, sql: "SELECT rowid AS number, body FROM runs")
    let move = try database.makeStatement(
      sql: "UPDATE runs SET body = ?, input = ? WHERE rowid = ?"
    )
    while let row = try runs.next() {
      let (number, body): (Int64, String) = (row["number"], row["body"])
      // What cannot be read stays as it is, for whoever mends it.
      guard var run = (try? JSONValue(parsing: body))?.object, let input = run["input"] else {
        continue
      }
      run["input"] = nil
      try move.execute(arguments: [
        JSONWriter.text(.object(run)), JSONWriter.text(input), number,
      ])
    }
  }
}
