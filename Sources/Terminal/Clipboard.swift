import Cells

/// What became of a text for the clipboard.
package enum ClipboardOutcome: Hashable, Sendable {
  /// It was sent; no terminal acknowledges it.
  case sent
  /// It is longer than terminals take.
  case tooLong
  /// The terminal knows no such sequence.
  case unknown
}

/// The sequence that asks a terminal to take text into its clipboard (OSC 52).
enum Clipboard {
  /// What xterm and tmux take at most, encoded.
  static let limit = 74_994

  /// The sequence, or nil when the text is too long.
  ///
  /// Inside of tmux it is sent to it and, wrapped, past it to the terminal outside: which one is let
  /// through depends on its settings. GNU screen knows no clipboard, it only passes on; what lies
  /// between two multiplexers would reach one of them as letters, and is sent plain.
  static func sequence(for text: String, inside multiplexer: Multiplexer?) -> String? {
    let clean = Text.sanitisedLines(text).joined(separator: "\n")
    guard clean.utf8.count <= limit / 4 * 3 else { return nil }
    let encoded = base64(Array(clean.utf8))
    let sequence = "\u{1B}]52;c;\(encoded)\u{7}"
    return switch multiplexer {
    case .tmux: sequence + "\u{1B}Ptmux;\u{1B}" + sequence + "\u{1B}\\"
    case .screen: passedOn(sequence)
    case .unclear, nil: sequence
    }
  }

  /// A sequence in pieces that GNU screen passes on: it keeps 768 bytes of each and drops the rest.
  private static func passedOn(_ sequence: String) -> String {
    var rest = sequence.utf8[...]
    var whole = ""
    while !rest.isEmpty {
      whole += "\u{1B}P\(String(rest.prefix(pieceLength)) ?? "")\u{1B}\\"
      rest = rest.dropFirst(pieceLength)
    }
    return whole
  }

  private static let pieceLength = 512

  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8
  )

  private static func base64(_ bytes: [UInt8]) -> String {
    var encoded: [UInt8] = []
    encoded.reserveCapacity((bytes.count + 2) / 3 * 4)
    var index = 0
    while index < bytes.count {
      let count = min(3, bytes.count - index)
      var group = 0
      for offset in 0..<3 {
        group = group << 8 | (offset < count ? Int(bytes[index + offset]) : 0)
      }
      for place in 0..<4 {
        encoded.append(place <= count ? alphabet[group >> (18 - 6 * place) & 63] : 0x3D)
      }
      index += 3
    }
    return String(decoding: encoded, as: UTF8.self)
  }
}
