import GRDB
import Runs

/// Takes away runs that ended long ago, a few at a time, so that nobody waits for it.
struct Retention: Sendable {
  private static let pause = Duration.seconds(600)

  let store: Store
  let clock: RuntimeClock
  /// How long they are kept.
  let time: Duration
  let report: @Sendable (String) -> Void

  /// Takes away until its task is cancelled.
  func run() async {
    while !Task.isCancelled {
      do throws(StoreMistake) {
        while try await store.removeRuns(endedBefore: clock.now() + (.zero - time)) > 0 {
          guard !Task.isCancelled else { return }
          await Task.yield()
        }
      } catch {
        report("old runs cannot be removed: \(error.sentence)")
      }
      guard (try? await clock.sleep(Self.pause)) != nil else { return }
    }
  }
}

extension Store {
  /// At most so many runs are taken away in one transaction, and about so many events.
  private static let mostRuns = 50
  private static let mostEvents = 2000

  /// A run that a step of a live one called stays: after a restart that step looks for it again.
  static let oldRuns = """
    SELECT runs.id FROM runs LEFT JOIN runs AS callers ON callers.is_live = 1 AND callers.id =
        CASE WHEN json_valid(runs.body) THEN json_extract(runs.body, '$.parent.run_id') END
      WHERE runs.is_live = 0 AND runs.updated_at < ? AND callers.id IS NULL
      ORDER BY runs.updated_at, runs.id LIMIT ?
    """

  /// Takes away some runs that ended before a moment, with all that is theirs.
  ///
  /// The sums that they were counted in stay.
  /// - Returns: How many were taken away; none when there are no more.
  func removeRuns(endedBefore moment: Timestamp) async throws(StoreMistake) -> Int {
    let ids = try await read { database in
      let ids = try String.fetchAll(
        database,
        sql: Self.oldRuns,
        arguments: [moment.milliseconds, Self.mostRuns]
      )
      var chosen: [String] = []
      var events = 0
      for id in ids where events < Self.mostEvents {
        chosen.append(id)
        events +=
          try Int.fetchOne(
            database,
            sql: "SELECT max(seq) FROM events WHERE run_id = ?",
            arguments: [id]
          ) ?? 0
      }
      return chosen
    }
    guard !ids.isEmpty else { return 0 }
    try await commit { database in
      for id in ids {
        for table in ["events", "steps", "tasks"] {
          try database.execute(sql: "DELETE FROM \(table) WHERE run_id = ?", arguments: [id])
        }
        try database.execute(sql: "DELETE FROM runs WHERE id = ?", arguments: [id])
      }
    }
    return ids.count
  }
}
