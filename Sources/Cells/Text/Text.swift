/// Text as cells see it: widths in columns, cuts that never split a character, one sanitiser.
///
/// Each function takes foreign text and measures it as the sanitiser leaves it; what they return is
/// sanitised.
package enum Text {
  /// The sign of a cut.
  package static let ellipsis = "…"

  /// How many columns the text takes when it is drawn.
  package static func width(_ text: String) -> Int {
    if isPlain(text) { return text.utf8.count }
    var width = 0
    for cluster in Clusters(text) { width += cluster.width }
    return width
  }

  /// The text in at most so many columns; when it is longer, its end is cut off with an ellipsis.
  package static func truncated(_ text: String, to columns: Int) -> String {
    guard columns > 0 else { return "" }
    if isPlain(text) {
      // A byte a column: nearly every text on the screen, several hundred times a frame.
      return text.utf8.count <= columns ? text : String(text.prefix(columns - 1)) + ellipsis
    }
    var whole = ""
    var cut = ""
    var width = 0
    for cluster in Clusters(text) {
      if width + cluster.width > columns { return cut + ellipsis }
      if width + cluster.width < columns {
        cluster.write(to: &whole)
        cut = whole
      } else {
        cluster.write(to: &whole)
      }
      width += cluster.width
    }
    return whole
  }

  /// The text in exactly so many columns: cut with an ellipsis, or filled with blanks.
  package static func padded(_ text: String, to columns: Int) -> String {
    let shown = truncated(text, to: columns)
    guard width(shown) < columns else { return shown }
    return shown + String(repeating: " ", count: max(0, columns - width(shown)))
  }

  /// The text on one line, safe to draw: what was taken out leaves a visible mark.
  ///
  /// Controls, bidi controls, zero-width characters, tags, floods of combining marks become U+FFFD,
  /// line breaks ↵, tabs ⇥. Sanitised text passes unchanged.
  package static func sanitised(_ text: String) -> String {
    if isPlain(text) { return text }
    var clean = ""
    clean.reserveCapacity(text.utf8.count)
    for cluster in Clusters(text) { cluster.write(to: &clean) }
    return clean
  }

  /// The lines of the text, each safe to draw; tabs become blanks up to the next eighth column.
  ///
  /// A line break at the end begins no further line.
  package static func sanitisedLines(_ text: String) -> [String] {
    var lines: [String] = []
    var line = ""
    var column = 0
    var open = false
    for cluster in Clusters(text, keepsLines: true) {
      open = true
      if cluster.scalar == "\n" {
        lines.append(line)
        line = ""
        column = 0
        open = false
      } else if cluster.scalar == "\t" {
        let blanks = 8 - column % 8
        line += String(repeating: " ", count: blanks)
        column += blanks
      } else {
        cluster.write(to: &line)
        column += cluster.width
      }
    }
    if open { lines.append(line) }
    return lines
  }

  /// Nothing but printable ASCII: most text, and as it should be already.
  static func isPlain(_ text: String) -> Bool {
    let bytes = text.utf8.span
    for index in bytes.indices where bytes[index] < 0x20 || bytes[index] >= 0x7F { return false }
    return true
  }
}
