import CNcurses
import Cells

/// What ncurses writes a cell with: attributes and a pair of colours.
struct Brush {
  var attributes: attr_t
  var pair: Int16
}

/// The brushes of the looks, made when they are first needed; pairs are allocated once.
struct Brushes {
  let depth: ColorDepth
  /// Numbers below this are colours of the terminal's table, from it on red, green and blue.
  private let tableCount: Int
  /// The terminal's own colours can be asked for.
  private let hasDefaults: Bool
  private let pairLimit: Int
  private var theme: Theme?
  private var looks: [Look: Brush] = [:]
  private var styles: [Look: Style] = [:]
  /// What was answered last: the cells of a row ask for the same again and again.
  private var recent: (look: Look, brush: Brush)?
  private var recentBlanks: (one: Look, other: Look, areAlike: Bool)?
  private var pairs: [Pair: Int16] = [:]

  private struct Pair: Hashable {
    var foreground: Int32
    var background: Int32
  }

  /// Asks ncurses for colours; call after `newterm`.
  init(description: String, refusesColor: Bool) {
    let hasColor = !refusesColor && has_colors() && start_color() == OK
    hasDefaults = hasColor && use_default_colors() == OK
    let count = hasColor ? Int(cncurses_colors()) : 0
    let isDirect = unsafe hasColor && tigetflag("RGB") == 1
    tableCount = isDirect ? (description.hasSuffix("direct256") ? 256 : 8) : count
    pairLimit = min(Int(cncurses_pairs()), Int(Int16.max)) - 1
    depth =
      if count < 8 { .mono } else if isDirect { .direct } else if count < 256 { .sixteen } else {
        .palette256
      }
  }

  /// Takes a theme; its brushes are made when they are first needed.
  /// - Returns: Whether it was the theme before.
  mutating func use(_ theme: Theme) -> Bool {
    if self.theme == theme { return true }
    self.theme = theme
    looks = [:]
    styles = [:]
    recent = nil
    recentBlanks = nil
    return false
  }

  /// The brush of a look.
  mutating func brush(_ look: Look) -> Brush {
    if let recent, recent.look == look { return recent.brush }
    let brush = looks[look] ?? make(style(look))
    looks[look] = brush
    recent = (look, brush)
    return brush
  }

  /// Whether blanks of two looks are the same to the eye.
  mutating func areAlike(_ one: Look, _ other: Look) -> Bool {
    if one == other { return true }
    if let recentBlanks, recentBlanks.one == one, recentBlanks.other == other {
      return recentBlanks.areAlike
    }
    let areAlike = areAlike(style(one), style(other))
    recentBlanks = (one, other, areAlike)
    return areAlike
  }

  private func areAlike(_ one: Style, _ other: Style) -> Bool {
    one.background == other.background && !one.underline && !other.underline
      && !one.reverse && !other.reverse
  }

  private mutating func style(_ look: Look) -> Style {
    if let style = styles[look] { return style }
    let style = theme?.style(look, depth: depth) ?? Style()
    styles[look] = style
    return style
  }

  private mutating func make(_ style: Style) -> Brush {
    var attributes: attr_t = 0
    if style.bold { attributes |= cncurses_bold() }
    if style.underline { attributes |= cncurses_underline() }
    if style.reverse { attributes |= cncurses_reverse() }
    if style.dim { attributes |= cncurses_dim() }
    guard depth != .mono else { return Brush(attributes: attributes, pair: 0) }
    let foreground = number(of: style.foreground ?? .terminal, ownColor: 7)
    if tableCount == 8, depth == .sixteen, case .ansi(8...15) = style.foreground {
      attributes |= cncurses_bold()  // How eight colours become sixteen.
    }
    let background = number(of: style.background ?? .terminal, ownColor: 0)
    return Brush(
      attributes: attributes,
      pair: pair(Pair(foreground: foreground, background: background))
    )
  }

  private func number(of color: Color, ownColor: Int32) -> Int32 {
    switch color {
    case .terminal:
      return hasDefaults ? -1 : ownColor
    case .ansi(let index) where depth == .sixteen:
      return tableCount < 16 ? Int32(index & 7) : Int32(index & 15)
    case .ansi(let index) where Int(index) < tableCount,
      .palette(let index) where Int(index) < tableCount:
      return Int32(index)
    case .ansi, .palette, .rgb:
      guard let parts = color.components else { return ownColor }
      let value = Int32(parts.red) << 16 | Int32(parts.green) << 8 | Int32(parts.blue)
      // Nearly black would be taken for an entry of the table.
      return value < Int32(tableCount) ? value | 0x01_01_00 : value
    }
  }

  private mutating func pair(_ pair: Pair) -> Int16 {
    if pair.foreground == -1, pair.background == -1 { return 0 }
    if let known = pairs[pair] { return known }
    guard pairs.count < pairLimit else { return 0 }
    let next = Int16(pairs.count + 1)
    guard init_extended_pair(Int32(next), pair.foreground, pair.background) == OK else { return 0 }
    pairs[pair] = next
    return next
  }
}
