import Crypto
import Foundation
import Runs
import Synchronization

/// The bearer tokens that are accepted; only their hashes are kept, here and on the disk.
final class Tokens: Sendable {
  /// A token that is accepted.
  struct Known: Sendable, Equatable {
    var caller: Caller
    var hash: [UInt8]
    /// Not accepted from then on; nil never ends.
    var expiresAt: Timestamp?
  }

  private struct State {
    var file: [Known]
    var made: [Known] = []
  }

  private let state: Mutex<State>

  /// The tokens of the token file, by the name of who has each; they may do everything.
  init(hashes: [String: [UInt8]]) {
    state = Mutex(
      State(
        file: hashes.sorted { $0.key < $1.key }.map { name, hash in
          Known(caller: Caller(id: name, name: name), hash: hash)
        }
      )
    )
  }

  /// The tokens of the token file.
  var inFile: [Known] { state.withLock(\.file) }

  /// The token of an id.
  func known(_ id: String) -> Known? {
    state.withLock { state in (state.file + state.made).first { $0.caller.id == id } }
  }

  /// Makes these the tokens that the API made.
  func setMade(_ tokens: [Known]) { state.withLock { $0.made = tokens } }

  /// The hash of a token.
  static func hash(_ token: String) -> [UInt8] { Array(SHA256.hash(data: Data(token.utf8))) }

  /// Whoever is behind an `Authorization` header.
  /// - Throws: ``Rejection``, 401.
  func caller(_ authorization: String?, now: Timestamp) throws(Rejection) -> Caller {
    let words = (authorization ?? "").split(separator: " ")
    guard words.count == 2, words[0].lowercased() == "bearer" else {
      throw .unauthorized("this needs the header “Authorization: Bearer TOKEN”")
    }
    return try caller(token: String(words[1]), now: now)
  }

  /// Whoever has a token.
  /// - Throws: ``Rejection``, 401.
  func caller(token: String, now: Timestamp) throws(Rejection) -> Caller {
    let hash = Self.hash(token)
    // All are compared, each in full: the time tells nothing about any of them.
    var found: Known?
    for known in state.withLock({ $0.file + $0.made }) where Self.isEqual(hash, known.hash) {
      found = known
    }
    guard let found else {
      throw .unauthorized("the token is not one that this runtime accepts")
    }
    try Self.check(found, now: now)
    return found.caller
  }

  /// - Throws: ``Rejection``, 401, when the token's time is over.
  static func check(_ token: Known, now: Timestamp) throws(Rejection) {
    guard let end = token.expiresAt, end <= now else { return }
    throw .unauthorized("the token of \(token.caller.name) expired at \(end.iso8601); make another")
  }

  /// Whether two texts are the same, in a time that does not tell where they differ.
  static func isEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    guard left.count == right.count else { return false }
    return zip(left, right).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
  }
}
