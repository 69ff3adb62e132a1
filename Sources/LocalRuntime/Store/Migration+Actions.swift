import GRDB

/// Sums by the names that the product's pages have for actions, and of steps that were begun.
enum ActionMigration {
  static let name = "7 names of actions, begun steps"

  /// Renames what was summed up, and takes the steps that ended for those that were begun: more is not
  /// known of them, unless they have just been counted from their events.
  static func run(_ database: Database) throws {
    for action in ChargedAction.allCases {
      try database.execute(
        sql: "UPDATE usage SET key = ? WHERE measure = 'credits' AND key = ?",
        arguments: [action.rawValue, action.formerName]
      )
    }
    try database.execute(
      sql: """
        INSERT INTO usage (measure, hour, key, count, amount)
        SELECT 'steps_begun', hour, substr(key, 1, instr(key, '|') - 1) AS type, sum(count), 0
        FROM usage WHERE measure = 'steps_ended' AND key LIKE '%|%' AND key NOT LIKE '%|skipped'
          AND NOT EXISTS (SELECT 1 FROM usage WHERE measure = 'steps_begun')
        GROUP BY hour, type
        """
    )
  }
}
