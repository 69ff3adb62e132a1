/// The signs of the screens, in UTF-8 or in ASCII; each is one column wide.
package struct Glyphs: Hashable, Sendable {
  package var awaiting: Character
  package var running: Character
  package var paused: Character
  package var queued: Character
  package var draining: Character
  package var failed: Character
  package var stopped: Character
  package var done: Character
  package var cancelled: Character
  package var blocked: Character
  /// The sign of a row that is marked.
  package var marked: Character
  /// The mark of the row under the cursor.
  package var marker: Character
  package var rule: Character
  package var vertical: Character
  package var topLeft: Character
  package var topRight: Character
  package var bottomLeft: Character
  package var bottomRight: Character
  package var ellipsis: Character
  package var barFull: Character
  package var barEmpty: Character
  package var back: Character
  package var enter: Character
  package var up: Character
  package var down: Character

  package static let utf8 = Glyphs(
    awaiting: "◆",
    running: "●",
    paused: "‖",
    queued: "○",
    draining: "⇣",
    failed: "✗",
    stopped: "■",
    done: "✓",
    cancelled: "⊗",
    blocked: "⊘",
    marked: "•",
    marker: "▌",
    rule: "─",
    vertical: "│",
    topLeft: "┌",
    topRight: "┐",
    bottomLeft: "└",
    bottomRight: "┘",
    ellipsis: "…",
    barFull: "█",
    barEmpty: "░",
    back: "‹",
    enter: "↵",
    up: "↑",
    down: "↓"
  )

  package static let ascii = Glyphs(
    awaiting: "!",
    running: "*",
    paused: "=",
    queued: "o",
    draining: "v",
    failed: "x",
    stopped: "#",
    done: "+",
    cancelled: "-",
    blocked: "/",
    marked: "+",
    marker: ">",
    rule: "-",
    vertical: "|",
    topLeft: "+",
    topRight: "+",
    bottomLeft: "+",
    bottomRight: "+",
    ellipsis: "~",
    barFull: "#",
    barEmpty: ".",
    back: "<",
    enter: "<",
    up: "^",
    down: "v"
  )

  /// The ASCII twin of a scalar, for terminals that show no other; `?` where it has none.
  package static func asciiTwin(of scalar: Unicode.Scalar) -> Unicode.Scalar {
    scalar.isASCII ? scalar : twins[scalar] ?? "?"
  }

  /// All signs, in the order of their declaration.
  package var all: [Character] {
    [
      awaiting, running, paused, queued, draining, failed, stopped, done, cancelled, blocked,
      marked, marker,
      rule, vertical, topLeft, topRight, bottomLeft, bottomRight, ellipsis, barFull, barEmpty, back,
      enter, up, down,
    ]
  }

  private static let twins: [Unicode.Scalar: Unicode.Scalar] = {
    // What the sanitiser leaves behind, quotes and dashes of foreign text, the joints of graphs.
    var twins: [Unicode.Scalar: Unicode.Scalar] = [
      "\u{FFFD}": "?", "\u{21E5}": " ", "\u{A0}": " ", "→": ">", "←": "<", "›": ">", "·": "-",
      "–": "-", "—": "-", "‘": "'", "’": "'", "“": "\"", "”": "\"", "├": "+", "┤": "+", "┬": "+",
      "┴": "+", "┼": "+",
    ]
    for (sign, twin) in zip(utf8.all, ascii.all) {
      guard let key = sign.unicodeScalars.first else { continue }
      twins[key] = twin.unicodeScalars.first
    }
    return twins
  }()
}
