import GRDB

/// A page of rows as they are sent.
struct RowPage: Sendable, Equatable {
  /// The JSON text of each row.
  var rows: [String]
  var total: Int
  var next: String?
}

/// The rows of a page while it is read: as many as are wanted, and as a page may be long.
struct PageRows {
  /// A page ends with the row before the one that would make it longer than this; one row it always
  /// has.
  static let longest = 8 << 20

  /// The `body` of each row.
  private(set) var bodies: [String] = []
  /// The last row that is on the page.
  private(set) var last: Row?
  /// Whether rows follow.
  private(set) var hasMore = false

  /// Reads the rows of a query that finds one more than is wanted.
  init(
    _ database: Database,
    sql: String,
    arguments: StatementArguments = StatementArguments(),
    limit: Int
  ) throws {
    let rows = try Row.fetchCursor(database, sql: sql, arguments: arguments)
    var size = 0
    while let row = try rows.next() {
      let body: String = row["body"]
      size += body.utf8.count
      guard bodies.count < limit, bodies.isEmpty || size <= Self.longest else {
        hasMore = true
        return
      }
      bodies.append(body)
      last = row.copy()
    }
  }
}

extension Store {
  /// A page of a table, found by how many rows lie before it.
  /// - Parameters:
  ///   - source: The table, and which of its rows, in SQL with a `?` for each argument.
  ///   - arguments: What the marks stand for.
  ///   - order: The columns of an index, in SQL.
  ///   - limit: How many rows at most.
  ///   - offset: How many lie before them.
  /// - Returns: Their bodies.
  /// - Throws: ``StoreMistake`` when they cannot be read.
  func page(
    of source: String,
    _ arguments: [String] = [],
    by order: String,
    limit: Int,
    offset: Int
  ) async throws(StoreMistake) -> RowPage {
    try await read { database in
      let chosen = StatementArguments(arguments)
      let rows = try PageRows(
        database,
        sql: "SELECT body FROM \(source) ORDER BY \(order) LIMIT ? OFFSET ?",
        arguments: chosen + [limit + 1, offset],
        limit: limit
      )
      let total = try Int.fetchOne(
        database,
        sql: "SELECT count(*) FROM \(source)",
        arguments: chosen
      )
      return RowPage(
        rows: rows.bodies,
        total: total ?? 0,
        next: rows.hasMore ? String(offset + rows.bodies.count) : nil
      )
    }
  }
}
