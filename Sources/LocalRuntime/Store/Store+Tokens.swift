import Foundation
import GRDB
import JSON
import Runs

/// A token that the API made; of the token itself only the hash is kept.
struct StoredToken: Sendable, Equatable {
  var id: String
  /// What its requests are signed with in `status_by` and the like; no two have the same.
  var name: String
  var hash: [UInt8]
  var scopes: [Caller.Scope]
  var role: Caller.Role
  var createdAt: Timestamp
  var createdBy: String
  /// Not accepted from then on; nil never ends.
  var expiresAt: Timestamp?

  /// The token as it is answered, without what it is made of.
  var json: JSONObject {
    var object: JSONObject = ["id": .string(id), "display_name": .string(name)]
    object["scopes"] = .array(scopes.map { .string($0.rawValue) })
    object["role"] = .string(role.rawValue)
    object["created_at"] = .string(createdAt.iso8601)
    object["created_by"] = .string(createdBy)
    object["expires_at"] = expiresAt.map { .string($0.iso8601) } ?? .null
    return object
  }

  /// The token as requests are compared with it.
  var known: Tokens.Known {
    Tokens.Known(
      caller: Caller(id: id, name: name, scopes: Set(scopes), role: role),
      hash: hash,
      expiresAt: expiresAt
    )
  }
}

extension StoredToken {
  /// Reads ``json``; nil when it is something else.
  init?(_ value: JSONValue, hash: [UInt8]) {
    guard let id = value["id"]?.string, let name = value["display_name"]?.string,
      let role = (value["role"]?.string).flatMap(Caller.Role.init(rawValue:)),
      let created = (value["created_at"]?.string).flatMap(Timestamp.init(iso8601:)),
      let by = value["created_by"]?.string
    else { return nil }
    self.init(
      id: id,
      name: name,
      hash: hash,
      scopes: (value["scopes"]?.array ?? []).compactMap { $0.string }
        .compactMap(Caller.Scope.init(rawValue:)),
      role: role,
      createdAt: created,
      createdBy: by,
      expiresAt: (value["expires_at"]?.string).flatMap(Timestamp.init(iso8601:))
    )
  }
}

extension Store {
  /// Keeps a new token.
  /// - Throws: ``StoreMistake``; `exists` when its name is taken.
  func save(_ token: StoredToken, answer: StoredAnswer?) async throws(StoreMistake) {
    let body = JSONWriter.text(.object(token.json))
    try await commit { database in
      try database.execute(
        sql: "INSERT INTO pats (id, name, hash, created_at, body) VALUES (?, ?, ?, ?, ?)",
        arguments: [
          token.id, token.name, Data(token.hash), token.createdAt.milliseconds, body,
        ]
      )
      if let answer { try Self.save(answer, in: database) }
    }
  }

  /// Takes a token away.
  func remove(token id: String) async throws(StoreMistake) {
    try await commit { database in
      try database.execute(sql: "DELETE FROM pats WHERE id = ?", arguments: [id])
    }
  }

  /// The tokens that the API made, oldest first.
  func madeTokens() async throws(StoreMistake) -> [StoredToken] {
    let rows = try await read { database in
      try Row.fetchAll(database, sql: "SELECT hash, body FROM pats ORDER BY created_at, id")
        .map { row -> (Data, String) in (row["hash"], row["body"]) }
    }
    var tokens: [StoredToken] = []
    for (hash, row) in rows {
      let token = try decoded(row) { (body) throws(JSONMistake) in
        StoredToken(try JSONValue(parsing: body), hash: Array(hash))
      }
      if let token { tokens.append(token) }
    }
    return tokens
  }
}
