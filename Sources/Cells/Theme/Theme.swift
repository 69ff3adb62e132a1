/// How each role looks.
package struct Theme: Equatable, Sendable {
  package var name: String
  /// A style for every role, in the theme's own colours.
  package private(set) var styles: [Role: Style]
  /// The roles and colours as written, parents' included, for themes that inherit from this one.
  private var entries: [Role: ThemeEntry]
  private var palette: [String: String]

  /// How a look is shown by a terminal of the given depth.
  ///
  /// A selected look stands on the background of the role `selection` (without colours: reversed), a
  /// dimmed one has the foreground of `faint` (without colours: dim).
  package func style(_ look: Look, depth: ColorDepth) -> Style {
    let plain = styles[look.role] ?? Style()
    var style = plain
    if look.dimmed, let faint = styles[.faint] {
      style.foreground = faint.foreground
      style.bold = false
      // Where the colour alone does not set it apart.
      style.dim =
        faint.dim || depth == .mono || faint.foreground == styles[.text]?.foreground
    }
    if look.selected, let selection = styles[.selection] {
      style.background = selection.background
      if look.role == .text, !look.dimmed { style.foreground = selection.foreground }
      style.bold = style.bold || selection.bold
      let isLost =
        selection.background?.shown(at: depth) == plain.background?.shown(at: depth)
      if selection.reverse || isLost {
        // A bar of one colour; reversed, each role would give it another one.
        style.reverse = true
        style.foreground = selection.foreground
      }
    }
    if look.bold { style.bold = true }
    if look.underlined { style.underline = true }
    return style.shown(at: depth)
  }
}

/// What a theme file says about one role; nil where it says nothing.
package struct ThemeEntry: Hashable, Sendable {
  /// A name of the palette, or a colour as `Color.init(_:)` reads it.
  package var foreground: String?
  package var background: String?
  package var bold: Bool?
  package var underline: Bool?
  package var reverse: Bool?
  package var dim: Bool?

  package init(
    foreground: String? = nil,
    background: String? = nil,
    bold: Bool? = nil,
    underline: Bool? = nil,
    reverse: Bool? = nil,
    dim: Bool? = nil
  ) {
    self.foreground = foreground
    self.background = background
    self.bold = bold
    self.underline = underline
    self.reverse = reverse
    self.dim = dim
  }

  /// The entry with its gaps filled from the one it inherits from.
  func inheriting(from parent: ThemeEntry?) -> ThemeEntry {
    guard let parent else { return self }
    return ThemeEntry(
      foreground: foreground ?? parent.foreground,
      background: background ?? parent.background,
      bold: bold ?? parent.bold,
      underline: underline ?? parent.underline,
      reverse: reverse ?? parent.reverse,
      dim: dim ?? parent.dim
    )
  }
}

/// Something in a theme that could not be used; the rest of the theme still is.
package struct ThemeMistake: Hashable, Sendable {
  /// The key path in the file: `roles.title.fg`, `palette.sky`.
  package var path: String
  /// What is wrong there and what to do.
  package var sentence: String
}

extension Theme {
  /// Makes a complete theme of what a file says.
  ///
  /// Roles and colours that are not given come from the parent, field by field; a colour that the
  /// parent names by its palette follows a new value of that name. What is still missing looks like
  /// `text`. What cannot be used is left out and reported.
  /// - Parameters:
  ///   - name: the name of the theme.
  ///   - roles: the entries of the file by the names of their roles.
  ///   - palette: the colours of the file by name.
  ///   - parent: the theme named by `inherits`.
  /// - Returns: the theme, and what could not be used.
  package static func resolve(
    name: String,
    roles: [String: ThemeEntry],
    palette: [String: String],
    parent: Theme? = nil
  ) -> (theme: Theme, mistakes: [ThemeMistake]) {
    var mistakes: [ThemeMistake] = []
    var merged = parent?.palette ?? [:]
    for (key, value) in palette.sorted(by: { $0.key < $1.key }) {
      if Color(value) == nil {
        mistakes.append(ThemeMistake(path: "palette.\(key)", sentence: unreadable(value)))
      } else {
        merged[key] = value
      }
    }
    var entries = parent?.entries ?? [:]
    for (key, entry) in roles.sorted(by: { $0.key < $1.key }) {
      guard let role = Role(rawValue: key) else {
        let known = Role.allCases.map(\.rawValue).joined(separator: ", ")
        let sentence = "There is no role of this name; the roles are \(known)."
        mistakes.append(ThemeMistake(path: "roles.\(Text.sanitised(key))", sentence: sentence))
        continue
      }
      var usable = entry
      if let text = entry.foreground, color(text, in: merged) == nil {
        mistakes.append(ThemeMistake(path: "roles.\(key).fg", sentence: unreadable(text)))
        usable.foreground = nil
      }
      if let text = entry.background, color(text, in: merged) == nil {
        mistakes.append(ThemeMistake(path: "roles.\(key).bg", sentence: unreadable(text)))
        usable.background = nil
      }
      entries[role] = usable.inheriting(from: entries[role])
    }
    let theme = Theme(
      name: name,
      styles: styles(of: entries, palette: merged),
      entries: entries,
      palette: merged
    )
    return (theme, mistakes)
  }

  private static func unreadable(_ text: String) -> String {
    "\"\(Text.sanitised(text))\" is no colour: write #rrggbb, a number from 0 to 255, terminal, "
      + "a name like red or bright-red, or a name of the palette."
  }

  /// The colour that a text names; the palette comes first.
  private static func color(_ text: String, in palette: [String: String]) -> Color? {
    Color(palette[text] ?? text)
  }

  private static func styles(
    of entries: [Role: ThemeEntry],
    palette: [String: String]
  ) -> [Role: Style] {
    let base = entries[.text] ?? ThemeEntry()
    var styles: [Role: Style] = [:]
    for role in Role.allCases {
      let entry = entries[role] ?? base
      styles[role] = Style(
        foreground: (entry.foreground ?? base.foreground).flatMap { color($0, in: palette) },
        background: (entry.background ?? base.background).flatMap { color($0, in: palette) },
        bold: entry.bold ?? false,
        underline: entry.underline ?? false,
        reverse: entry.reverse ?? false,
        dim: entry.dim ?? false
      )
    }
    return styles
  }
}

extension Style {
  /// The style in the colours that a depth has, readable there.
  fileprivate func shown(at depth: ColorDepth) -> Style {
    var shown = self
    shown.foreground = foreground?.shown(at: depth)
    shown.background = background?.shown(at: depth)
    if let background = shown.background, background != .terminal,
      shown.foreground == background, let parts = background.components
    {
      let luminance = 3 * Int(parts.red) + 6 * Int(parts.green) + Int(parts.blue)
      shown.foreground = .ansi(luminance > 1275 ? 0 : 15)
    }
    return shown
  }
}
