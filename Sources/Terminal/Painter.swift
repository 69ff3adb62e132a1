package import Cells
import Glibc

/// Writes frames into the lines of a terminal that stays in its ordinary mode, as a shell uses it.
package struct Painter: Sendable {
  /// The colours that are written; nil writes no sequence at all.
  package let depth: ColorDepth?
  /// Signs beyond ASCII are written as they are.
  private let unicode: Bool

  /// A painter for an output.
  ///
  /// Nothing but text is written where the output is no terminal, where colours are refused, or where
  /// the terminal's description has none in the common form.
  package init(environment: TerminalEnvironment, output: Int32 = STDOUT_FILENO) {
    let isAsked = isatty(output) == 1 && !environment.refusesColor
    self.init(
      depth: isAsked ? TerminalDescription(environment, output: output)?.inkDepth : nil,
      unicode: environment.promisesUTF8
    )
  }

  /// A painter of a depth.
  package init(depth: ColorDepth?, unicode: Bool = true) {
    self.depth = depth
    self.unicode = unicode
  }

  /// A frame as lines, each ended; blanks at the ends of lines are kept where they have colours.
  package func text(_ frame: Frame, theme: Theme) -> String {
    guard let depth else { return plain(frame) }
    var text = ""
    for row in 0..<frame.size.rows {
      var last: Style?
      for column in 0..<frame.size.columns {
        let cell = frame[column: column, row: row]
        guard cell.width > 0 else { continue }
        let style = theme.style(cell.look, depth: depth)
        if style != last { text += sequence(style) }
        last = style
        write(cell, to: &text)
      }
      text += "\u{1B}[0m\n"
    }
    return text
  }

  private func plain(_ frame: Frame) -> String {
    var text = ""
    for row in 0..<frame.size.rows {
      var line = ""
      for column in 0..<frame.size.columns { write(frame[column: column, row: row], to: &line) }
      while line.last == " " { line.removeLast() }
      text += line + "\n"
    }
    return text
  }

  private func write(_ cell: Cell, to text: inout String) {
    guard !unicode else { return cell.write(to: &text) }
    guard cell.width > 0 else { return }
    text.unicodeScalars.append(Glyphs.asciiTwin(of: cell.scalar))
    if cell.width == 2 { text += " " }
  }

  /// Select graphic rendition, from nothing.
  private func sequence(_ style: Style) -> String {
    var numbers = ["0"]
    if style.bold { numbers.append("1") }
    if style.dim { numbers.append("2") }
    if style.underline { numbers.append("4") }
    if style.reverse { numbers.append("7") }
    numbers += style.foreground.map { Self.numbers($0, base: 30) } ?? []
    numbers += style.background.map { Self.numbers($0, base: 40) } ?? []
    return "\u{1B}[\(numbers.joined(separator: ";"))m"
  }

  /// The numbers of a colour; the base is 30 for the glyph, 40 for the ground.
  private static func numbers(_ color: Color, base: Int) -> [String] {
    switch color {
    case .terminal: []
    case .ansi(let index) where index < 8: ["\(base + Int(index))"]
    case .ansi(let index): ["\(base + 52 + Int(index))"]
    case .palette(let index): ["\(base + 8)", "5", "\(index)"]
    case .rgb(let red, let green, let blue): ["\(base + 8)", "2", "\(red)", "\(green)", "\(blue)"]
    }
  }
}
