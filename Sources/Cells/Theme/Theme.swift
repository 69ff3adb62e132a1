/// How each role looks.
package struct Theme: Equatable, Sendable {
  package var name: String
  /// A style for every role, in the theme's own colours.
  package private(set) var styles: [Role: Style]
  /// The same where there are fewer colours.
  private var fallbacks: [ColorDepth: [Role: Style]]
  /// The roles and colours as written, parents' included, for themes that inherit from this one.
  private var entries: [Role: ThemeEntry]
  private var palette: [String: Shade]

  /// How a look is shown by a terminal of the given depth.
  ///
  /// A selected look stands on the background of the role `selection` (where that cannot be told from
  /// the ground: reversed), a dimmed one has the foreground of `faint` (where that cannot be told from
  /// text: dim).
  package func style(_ look: Look, depth: ColorDepth) -> Style {
    let own = Theme.style(look, styles)
    let shown = fallbacks[depth].map { Theme.style(look, $0) } ?? own
    // What a colour has become keeps its hue on the bar, too.
    return shown.readable(as: own, at: depth, near: shown.foreground)
  }

  private static func style(_ look: Look, _ styles: [Role: Style]) -> Style {
    let plain = styles[look.role] ?? Style()
    var style = plain
    if look.dimmed, let faint = styles[.faint] {
      style.foreground = faint.foreground
      style.bold = false
      // Where the colour alone does not set it apart.
      style.dim = faint.dim || faint.foreground == styles[.text]?.foreground
    }
    if look.selected, let selection = styles[.selection] {
      style.background = selection.background
      if look.role == .text, !look.dimmed { style.foreground = selection.foreground }
      style.bold = style.bold || selection.bold
      if selection.reverse || selection.background == plain.background {
        // A bar of one colour; reversed, each role would give it another one.
        style.reverse = true
        if !look.dimmed { style.foreground = selection.foreground }
      }
    }
    if look.bold { style.bold = true }
    if look.underlined { style.underline = true }
    return style
  }
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
    palette: [String: Shade],
    parent: Theme? = nil
  ) -> (theme: Theme, mistakes: [ThemeMistake]) {
    var mistakes: [ThemeMistake] = []
    var merged = parent?.palette ?? [:]
    for (key, shade) in palette.sorted(by: { $0.key < $1.key }) {
      let wrong = unreadable(shade, path: "palette.\(Text.sanitised(key))")
      if wrong.isEmpty { merged[key] = shade }
      mistakes += wrong
    }
    var entries = parent?.entries ?? [:]
    for (key, entry) in roles.sorted(by: { $0.key < $1.key }) {
      guard let role = Role(rawValue: key) else {
        mistakes.append(noRole(key))
        continue
      }
      var usable = entry
      if let text = entry.foreground, color(text, in: merged) == nil {
        mistakes.append(noColor(text, path: "roles.\(key).fg", among: merged))
        usable.foreground = nil
      }
      if let text = entry.background, color(text, in: merged) == nil {
        mistakes.append(noColor(text, path: "roles.\(key).bg", among: merged))
        usable.background = nil
      }
      entries[role] = usable.inheriting(from: entries[role])
    }
    let theme = Theme(name: name, entries: entries, palette: merged)
    return (theme, mistakes)
  }

  private init(name: String, entries: [Role: ThemeEntry], palette: [String: Shade]) {
    self.name = name
    self.entries = entries
    self.palette = palette
    let own = Theme.styles(of: entries, palette, at: .direct)
    styles = own
    fallbacks = [ColorDepth.palette256, .sixteen, .mono].reduce(into: [:]) { all, depth in
      var styles = Theme.styles(of: entries, palette, at: depth)
      for role in Role.allCases {
        guard let style = styles[role], let wish = own[role] else { continue }
        styles[role] = style.readable(as: wish, at: depth, near: wish.foreground)
      }
      // Where few colours make one of two, the quieter one is still quieter.
      if styles[.faint]?.foreground == styles[.text]?.foreground,
        own[.faint]?.foreground != own[.text]?.foreground
      {
        styles[.faint]?.dim = true
      }
      all[depth] = styles
    }
  }

  private static func styles(
    of entries: [Role: ThemeEntry],
    _ palette: [String: Shade],
    at depth: ColorDepth
  ) -> [Role: Style] {
    let base = entries[.text] ?? ThemeEntry()
    var styles: [Role: Style] = [:]
    for role in Role.allCases {
      let entry = entries[role] ?? base
      let marks =
        depth == .mono
        ? entry.mono.inheriting(from: entry.marks.adding(role.marks)) : entry.marks
      styles[role] = Style(
        foreground: (entry.foreground ?? base.foreground)
          .flatMap { color($0, in: palette, at: depth) },
        background: (entry.background ?? base.background)
          .flatMap { color($0, in: palette, at: depth) },
        bold: marks.bold ?? false,
        underline: marks.underline ?? false,
        reverse: marks.reverse ?? false,
        dim: marks.dim ?? false
      )
    }
    return styles
  }

  /// The colour that a text names; the palette comes first.
  private static func color(
    _ text: String,
    in palette: [String: Shade],
    at depth: ColorDepth = .direct
  ) -> Color? {
    if let given = palette[text]?.given(at: depth) { return given }
    return Color(palette[text]?.own ?? text)?.shown(at: depth)
  }
}

// MARK: Mistakes

extension Theme {
  private static func noRole(_ name: String) -> ThemeMistake {
    let known = Role.allCases.map(\.rawValue)
    return ThemeMistake(
      kind: .role,
      path: "roles.\(Text.sanitised(name))",
      sentence: "is no role; the roles are \(known.joined(separator: ", "))",
      word: name,
      known: known
    )
  }

  private static func noColor(
    _ text: String,
    path: String,
    among palette: [String: Shade] = [:]
  ) -> ThemeMistake {
    ThemeMistake(
      kind: .color,
      path: path,
      sentence: "\"\(Text.sanitised(text))\" is no colour: write #rrggbb, a number from 0 to 255, "
        + "terminal, a name like red or bright-red, or a name of the palette",
      word: text,
      known: palette.keys.sorted() + ["terminal"] + Color.names
    )
  }

  /// What cannot be used of a colour of the palette.
  private static func unreadable(_ shade: Shade, path: String) -> [ThemeMistake] {
    var mistakes = Color(shade.own) == nil ? [noColor(shade.own, path: path)] : []
    if let text = shade.on256 {
      switch Color(text) {
      case .terminal, .ansi, .palette: break
      case .rgb, nil:
        let sentence = "\"\(Text.sanitised(text))\" is none of the 256: write a number up to 255"
        mistakes.append(none("\(path).256", sentence, text))
      }
    }
    if let text = shade.on16 {
      switch Color(text) {
      case .terminal, .ansi: break
      case .rgb, .palette, nil:
        let sentence =
          "\"\(Text.sanitised(text))\" is none of the sixteen: write a number up to 15, or a name "
          + "like red or bright-red"
        mistakes.append(none("\(path).16", sentence, text))
      }
    }
    return mistakes
  }

  private static func none(_ path: String, _ sentence: String, _ word: String) -> ThemeMistake {
    ThemeMistake(kind: .color, path: path, sentence: sentence, word: word, known: Color.names)
  }
}

extension ThemeEntry.Marks {
  /// These marks and those of others together.
  fileprivate func adding(_ others: ThemeEntry.Marks) -> ThemeEntry.Marks {
    func either(_ one: Bool?, _ other: Bool?) -> Bool? {
      one == true || other == true ? true : one ?? other
    }
    return .init(
      bold: either(bold, others.bold),
      underline: either(underline, others.underline),
      reverse: either(reverse, others.reverse),
      dim: either(dim, others.dim)
    )
  }
}
