import Crypto
import Foundation
import Synchronization

/// Entity tags of answers, so that a poll that would bring nothing new costs next to nothing.
///
/// A tag is a digest of the body. Beside it stands at which count of commits the body was made: while
/// that count holds, the body needs not be made again to know its tag.
final class Validators: Sendable {
  private struct Known {
    var count: Int
    var tag: String
  }

  /// More targets than this are not remembered.
  private static let capacity = 512
  private let known = Mutex<[String: Known]>([:])

  /// The tag that a target's body has now, when nothing was committed since it was made.
  func tag(of target: String, count: Int) -> String? {
    known.withLock { known in
      guard let entry = known[target], entry.count == count else { return nil }
      return entry.tag
    }
  }

  /// Remembers the tag of a body that was made at a count.
  func remember(_ body: String, of target: String, count: Int) -> String {
    let digest = SHA256.hash(data: Data(body.utf8)).prefix(12)
    let digits = digest.map { byte in
      let text = String(byte, radix: 16)
      return text.count < 2 ? "0\(text)" : text
    }
    let tag = "\"\(digits.joined())\""
    known.withLock { known in
      if known.count >= Self.capacity { known.removeAll() }
      known[target] = Known(count: count, tag: tag)
    }
    return tag
  }

  /// Whether an `If-None-Match` header names a tag.
  static func matches(_ header: String?, _ tag: String) -> Bool {
    guard let header else { return false }
    return header.split(separator: ",").contains { item in
      let name = item.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
      let text = String(name)
      return text == "*" || text == tag || text == "W/\(tag)"
    }
  }
}
