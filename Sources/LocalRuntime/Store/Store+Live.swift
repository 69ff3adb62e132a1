import GRDB

/// An event as the live stream sends it.
struct LiveRow: Sendable, Equatable {
  var sequence: Int
  /// The JSON text.
  var body: String
}

extension Store {
  static let liveEvents =
    "SELECT seq, body FROM events WHERE run_id = ? AND seq > ? ORDER BY seq LIMIT ?"

  /// The events of a run behind a number, in order.
  func liveEvents(
    of run: String,
    after: Int,
    limit: Int
  ) async throws(StoreMistake) -> [LiveRow] {
    try await read { database in
      try Row.fetchAll(database, sql: Self.liveEvents, arguments: [run, after, limit])
        .map { LiveRow(sequence: $0["seq"], body: $0["body"]) }
    }
  }
}
