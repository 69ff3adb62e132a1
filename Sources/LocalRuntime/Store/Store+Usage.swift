import GRDB
import JSON
import Runs

/// Sums of a measure by key.
struct UsageSum: Sendable, Equatable {
  var key: String
  var count: Int64
  var amount: Int64
}

extension Store {
  /// Adds to the sums.
  static func add(_ usage: Usage, in database: Database) throws {
    let statement = try database.cachedStatement(
      sql: """
        INSERT INTO usage (measure, hour, key, count, amount) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (measure, hour, key)
        DO UPDATE SET count = count + excluded.count,
          amount = CASE WHEN amount > 9223372036854775807 - excluded.amount
            THEN 9223372036854775807 ELSE amount + excluded.amount END
        """
    )
    for (place, sum) in usage.sums {
      try statement.execute(arguments: [
        place.measure.rawValue, place.hour, place.key, sum.count, sum.amount,
      ])
    }
  }

  /// What was charged in all, of runs that are kept and of those that are not any more.
  func spent() async throws(StoreMistake) -> Credits {
    let hours = Int64.min...Int64.max
    let sums = try await usage(.credits, in: hours)
    return sums.reduce(Credits(microcredits: 0)) { $0 + Credits(microcredits: $1.amount) }
  }

  /// SQLite refuses a sum that does not fit; those of the upper and the lower half always do.
  static let sumsByKey = """
    SELECT key, sum(count) AS count, sum(amount >> 32) AS upper, sum(amount & 4294967295) AS lower
    FROM usage
    WHERE measure = ? AND hour >= ? AND hour <= ? GROUP BY key ORDER BY key
    """

  /// The sums of a measure within hours, by key.
  func usage(
    _ measure: Measure,
    in hours: ClosedRange<Int64>
  ) async throws(StoreMistake) -> [UsageSum] {
    try await read { database in
      try Row.fetchAll(
        database,
        sql: Self.sumsByKey,
        arguments: [measure.rawValue, hours.lowerBound, hours.upperBound]
      ).map { row in
        let (upper, lower): (Int64, Int64) = (row["upper"], row["lower"])
        let amount = Int64(clamping: Int128(upper) << 32 + Int128(lower))
        return UsageSum(key: row["key"], count: row["count"], amount: amount)
      }
    }
  }

  static let sumsByHour = """
    SELECT hour, key, count, amount FROM usage
    WHERE measure = ? AND hour >= ? AND hour <= ? ORDER BY hour, key
    """

  /// The sums of a measure within hours, hour by hour.
  func hourlyUsage(
    _ measure: Measure,
    in hours: ClosedRange<Int64>
  ) async throws(StoreMistake) -> [(hour: Int64, sum: UsageSum)] {
    try await read { database in
      try Row.fetchAll(
        database,
        sql: Self.sumsByHour,
        arguments: [measure.rawValue, hours.lowerBound, hours.upperBound]
      ).map { row in
        (row["hour"], UsageSum(key: row["key"], count: row["count"], amount: row["amount"]))
      }
    }
  }

  static let firstHour = "SELECT min(hour) FROM usage WHERE measure = 'runs_started'"

  /// The first hour in which a run was started, or nil.
  func firstHour() async throws(StoreMistake) -> Int64? {
    try await read { try Int64.fetchOne($0, sql: Self.firstHour) }
  }

  static let liveByStatus = """
    SELECT status, count(*) AS count FROM runs WHERE is_live = 1 GROUP BY status ORDER BY status
    """

  /// How many runs have not ended, by status.
  func liveCounts() async throws(StoreMistake) -> [(status: String, count: Int)] {
    try await read { database in
      try Row.fetchAll(database, sql: Self.liveByStatus).map { ($0["status"], $0["count"]) }
    }
  }
}
