import Crypto
import Foundation
import Runs

/// What a delivery's `X-Agentruntime-Signature` says, in either of the forms that are in use.
enum WebhookSignature: Sendable, Equatable {
  /// `sha256=HEX`: the body alone is signed, and a bearer token must stand beside it.
  case plain([UInt8])
  /// `t=SECONDS,v1=HEX`: the time is signed with the body; any of several digests may be right.
  case timed(seconds: Int64, [[UInt8]])

  /// How far the time of a delivery may be from ours.
  static let tolerance = Duration.seconds(300)

  /// Reads the header; nil when it is neither form.
  init?(_ header: String) {
    if header.hasPrefix("sha256=") {
      guard let digest = Self.bytes(header.dropFirst(7)) else { return nil }
      self = .plain(digest)
      return
    }
    var seconds: Int64?
    var digests: [[UInt8]] = []
    for part in header.split(separator: ",") {
      let sides = part.drop { $0 == " " }.split(separator: "=", maxSplits: 1)
      guard sides.count == 2 else { return nil }
      switch sides[0] {
      case "t":
        guard seconds == nil, let number = Int64(sides[1]), (0...1 << 40).contains(number) else {
          return nil
        }
        seconds = number
      case "v1":
        guard digests.count < 8, let digest = Self.bytes(sides[1]) else { return nil }
        digests.append(digest)
      // Forms to come may stand beside the one we know.
      default: break
      }
    }
    guard let seconds, !digests.isEmpty else { return nil }
    self = .timed(seconds: seconds, digests)
  }

  /// Whether it was made with a secret for a body; every comparison takes its whole time.
  func isRight(_ body: [UInt8], secret: String) -> Bool {
    switch self {
    case .plain(let digest):
      return Tokens.isEqual(digest, Self.digest(body, secret: secret))
    case .timed(let seconds, let digests):
      // Made once, however many are to be compared: a stranger's header costs no more than that.
      let own = Self.digest(Array("\(seconds).".utf8) + body, secret: secret)
      return digests.reduce(false) { found, digest in Tokens.isEqual(digest, own) || found }
    }
  }

  /// Whether its time, when it has one, is near ours.
  func isTimely(now: Timestamp) -> Bool {
    guard case .timed(let seconds, _) = self else { return true }
    let distance = now.milliseconds - seconds * 1000
    return abs(distance) <= Self.tolerance.inMilliseconds
  }

  /// The id of the run that a timed delivery starts.
  ///
  /// It follows from what was signed, so a delivery that comes again, in whatever order its digests
  /// stand, leads to the same run, and the run's row is the record of it. Nil for the other form, whose
  /// deliveries cannot be told apart.
  func run(of webhook: String, body: [UInt8]) -> String? {
    guard case .timed(let seconds, _) = self else { return nil }
    let digest = SHA256.hash(data: Data("\(webhook) \(seconds).".utf8) + Data(body))
    return "wh-" + Self.text(Array(digest.prefix(16)))
  }

  /// The digest of a text under a secret.
  static func digest(_ text: [UInt8], secret: String) -> [UInt8] {
    let key = SymmetricKey(data: Data(secret.utf8))
    return Array(HMAC<SHA256>.authenticationCode(for: Data(text), using: key))
  }

  /// Bytes in hexadecimal digits.
  static func text(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  /// The 32 bytes of a digest.
  private static func bytes(_ text: Substring) -> [UInt8]? {
    let digits = Array(text.utf8)
    guard digits.count == 64 else { return nil }
    var bytes: [UInt8] = []
    for index in stride(from: 0, to: 64, by: 2) {
      guard let high = nibble(digits[index]), let low = nibble(digits[index + 1]) else {
        return nil
      }
      bytes.append(high << 4 | low)
    }
    return bytes
  }

  private static func nibble(_ digit: UInt8) -> UInt8? {
    switch digit {
    case 0x30...0x39: digit - 0x30
    case 0x41...0x46: digit - 0x37
    case 0x61...0x66: digit - 0x57
    default: nil
    }
  }
}
