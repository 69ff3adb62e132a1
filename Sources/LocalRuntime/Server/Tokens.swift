import Crypto
import Foundation

/// The bearer tokens that are accepted; only their hashes are kept, here and on the disk.
struct Tokens: Sendable {
  /// What a token hashes to, by the name of who has it.
  let hashes: [String: [UInt8]]

  /// The hash of a token.
  static func hash(_ token: String) -> [UInt8] { Array(SHA256.hash(data: Data(token.utf8))) }

  /// The name behind an `Authorization` header.
  /// - Throws: ``Rejection``, 401.
  func name(_ authorization: String?) throws(Rejection) -> String {
    let words = (authorization ?? "").split(separator: " ")
    guard words.count == 2, words[0].lowercased() == "bearer" else {
      throw Rejection(
        401,
        "UNAUTHENTICATED",
        "this needs the header “Authorization: Bearer TOKEN”"
      )
    }
    let hash = Self.hash(String(words[1]))
    // All are compared, each in full: the time tells nothing about any of them.
    var found: String?
    for (name, known) in hashes where Self.isEqual(hash, known) { found = name }
    guard let found else {
      throw Rejection(401, "UNAUTHENTICATED", "the token is not one that this runtime accepts")
    }
    return found
  }

  private static func isEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    guard left.count == right.count else { return false }
    return zip(left, right).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
  }
}
