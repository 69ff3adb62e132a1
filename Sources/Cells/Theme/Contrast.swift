extension Color {
  /// How well one colour is read on another, 1 (not at all) to 21, by WCAG 2.2; nil where one of them
  /// is the terminal's own, which nobody knows.
  package func contrast(with other: Color) -> Double? {
    guard let one = luminance, let two = other.luminance else { return nil }
    return (max(one, two) + 0.05) / (min(one, two) + 0.05)
  }

  /// The light that the colour gives, 0 to 1; nil for the terminal's own.
  private var luminance: Double? {
    guard let parts = components else { return nil }
    return 0.2126 * Self.linear[Int(parts.red)] + 0.7152 * Self.linear[Int(parts.green)]
      + 0.0722 * Self.linear[Int(parts.blue)]
  }

  /// The light of each value of a channel, as sRGB has it.
  private static let linear: [Double] = (0...255).map { value in
    let part = Double(value) / 255
    guard part > 0.04045 else { return part / 12.92 }
    // To the power of 2.4: the square, times the fifth root squared.
    let base = (part + 0.055) / 1.055
    let root = fifthRoot(base)
    return base * base * root * root
  }

  /// Newton's way to it; this room has no mathematics of the system's.
  private static func fifthRoot(_ value: Double) -> Double {
    var root = 1.0
    for _ in 0..<24 { root -= (root - value / (root * root * root * root)) / 5 }
    return root
  }
}

extension Style {
  /// What text is held to where colours fall back: what WCAG asks of text of ordinary size.
  private static let wanted = 4.5

  /// The style with its glyphs as readable as they are in the theme's own colours, or at least as
  /// readable as text has to be.
  ///
  /// What a theme makes unreadable by itself stays so: it is the theme's own doing.
  /// - Parameters:
  ///   - own: The same style in the theme's own colours.
  ///   - depth: The depth that this one is shown at.
  ///   - wish: The colour that another foreground is to be near to.
  /// - Returns: The style, with another foreground where that is needed.
  func readable(as own: Style, at depth: ColorDepth, near wish: Color?) -> Style {
    guard let glyph = foreground, let ground = background,
      let reached = glyph.contrast(with: ground)
    else { return self }
    let inherent = own.foreground.flatMap { glyph in
      own.background.flatMap { glyph.contrast(with: $0) }
    }
    let target = glyph == ground ? Self.wanted : min(Self.wanted, inherent ?? 0)
    guard reached < target else { return self }
    var style = self
    style.foreground = (wish ?? glyph).nearest(at: depth, to: target, on: ground)
    return style
  }
}
