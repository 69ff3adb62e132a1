package import Runs

/// Why a run failed, so that runs with one cause can be told to share it: the failure's code, its
/// step, and its message with numbers, ids and quoted text blanked.
package struct Cause: Hashable, Sendable {
  private var code: String
  private var step: String
  private var message: String

  /// The cause of a failed run; nil for a run that failed without a word, or did not fail.
  package init?(_ run: Run) {
    guard run.status == .failed, let failure = run.failure,
      failure.code != nil || failure.message != nil
    else { return nil }
    code = failure.code ?? ""
    step = failure.step?.text ?? ""
    message = Cause.blanked(failure.message ?? "")
  }

  /// A short name of the cause, the same in every session.
  package var key: String {
    // FNV-1a: names are kept on the disk, and the hash of a Hashable differs from process to process.
    var hash: UInt64 = 14_695_981_039_346_656_037
    for part in [code, step, message] {
      for byte in part.utf8 { hash = (hash ^ UInt64(byte)) &* 1_099_511_628_211 }
      hash = (hash ^ 0xFF) &* 1_099_511_628_211
    }
    return String(hash, radix: 16)
  }

  /// A message without what differs from run to run.
  ///
  /// Works on bytes: signs that part words are ASCII, and every failed run of a reading comes by.
  package static func blanked(_ message: String) -> String {
    var out: [UInt8] = []
    out.reserveCapacity(message.utf8.count)
    var word: [UInt8] = []
    var quote: UInt8?
    for byte in message.utf8 {
      if let open = quote {
        if byte == open {
          quote = nil
          append([UInt8(ascii: "_")], to: &out)
        }
        continue
      }
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "`"):
        flush(&word, into: &out)
        quote = byte
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"), 0x80...:
        word.append(byte)
      case 0...0x20: flush(&word, into: &out)
      default:
        flush(&word, into: &out)
        append([byte], to: &out)
      }
    }
    flush(&word, into: &out)
    return String(decoding: out, as: UTF8.self)
  }

  /// Puts a word behind the others; one that holds a digit is a number or an id, and stands for any.
  private static func flush(_ word: inout [UInt8], into out: inout [UInt8]) {
    guard !word.isEmpty else { return }
    let isVariable = word.contains { (0x30...0x39).contains($0) }
    append(isVariable ? [UInt8(ascii: "#")] : word, to: &out)
    word.removeAll(keepingCapacity: true)
  }

  private static func append(_ word: [UInt8], to out: inout [UInt8]) {
    if !out.isEmpty { out.append(0x20) }
    out += word
  }
}
