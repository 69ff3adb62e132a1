import Foundation
import GRDB
import JSON
import Runs

/// The first answer to a request that carried an idempotency key.
struct StoredAnswer: Sendable, Equatable {
  /// The client's key.
  var key: String
  /// Names method, path, body and who asked; another request under the same key is a mistake.
  var request: [UInt8]
  var status: Int
  /// The JSON text.
  var body: String
  var at: Timestamp
}

extension Store {
  /// How long an answer is kept.
  static let answerLifetime = Duration.seconds(24 * 3600)

  static func save(_ answer: StoredAnswer, in database: Database) throws {
    let limit = answer.at.milliseconds - answerLifetime.inMilliseconds
    try database.execute(sql: "DELETE FROM answers WHERE at < ?", arguments: [limit])
    try database.execute(
      sql: "INSERT INTO answers (key, request, status, body, at) VALUES (?, ?, ?, ?, ?)",
      arguments: [
        answer.key, Data(answer.request), answer.status, answer.body, answer.at.milliseconds,
      ]
    )
  }

  /// Keeps an answer that no other write carries.
  func save(_ answer: StoredAnswer) async throws(StoreMistake) {
    try await commit { database in try Self.save(answer, in: database) }
  }

  /// The answer under a key, unless it is too old.
  func answer(_ key: String, now: Timestamp) async throws(StoreMistake) -> StoredAnswer? {
    let oldest = now.milliseconds - Self.answerLifetime.inMilliseconds
    return try await read { database in
      let row = try Row.fetchOne(
        database,
        sql: "SELECT * FROM answers WHERE key = ? AND at >= ?",
        arguments: [key, oldest]
      )
      return row.map { row in
        let request: Data = row["request"]
        return StoredAnswer(
          key: row["key"],
          request: Array(request),
          status: row["status"],
          body: row["body"],
          at: Timestamp(milliseconds: row["at"])
        )
      }
    }
  }

  /// Makes these the tokens that are accepted, each by its hash; tokens themselves are not kept.
  func setTokens(_ hashes: [String: [UInt8]]) async throws(StoreMistake) {
    try await commit { database in
      try database.execute(sql: "DELETE FROM tokens")
      for (name, hash) in hashes {
        try database.execute(
          sql: "INSERT INTO tokens (name, hash) VALUES (?, ?)",
          arguments: [name, Data(hash)]
        )
      }
    }
  }

  /// The accepted tokens' hashes by name.
  func tokens() async throws(StoreMistake) -> [String: [UInt8]] {
    try await read { database in
      var hashes: [String: [UInt8]] = [:]
      for row in try Row.fetchAll(database, sql: "SELECT name, hash FROM tokens") {
        let hash: Data = row["hash"]
        hashes[row["name"]] = Array(hash)
      }
      return hashes
    }
  }
}
