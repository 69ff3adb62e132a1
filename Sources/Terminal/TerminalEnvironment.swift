/// A program whose windows are terminals.
package enum Multiplexer: Hashable, Sendable {
  case tmux
  /// GNU screen.
  case screen
  /// One inside of the other; which is the inner one cannot be told.
  case unclear
}

/// What the environment says about the terminal.
package struct TerminalEnvironment: Hashable, Sendable {
  /// `TERM`.
  package var term: String
  /// The locale of characters: `LC_ALL`, else `LC_CTYPE`, else `LANG`.
  package var locale: String
  /// `COLORTERM` promises red, green and blue.
  package var promisesDirectColor: Bool
  /// `NO_COLOR` is set and not empty.
  package var refusesColor: Bool
  /// What stands between the program and the operator's own terminal.
  package var multiplexer: Multiplexer?
  /// `SWIFT_BACKTRACE` is set: whoever set it wants to see where a crash was.
  package var wantsBacktrace: Bool

  /// Reads the variables that count.
  package init(_ variables: [String: String]) {
    func value(_ name: String) -> String? {
      variables[name].flatMap { $0.isEmpty ? nil : $0 }
    }
    term = value("TERM") ?? ""
    locale = value("LC_ALL") ?? value("LC_CTYPE") ?? value("LANG") ?? "C"
    promisesDirectColor = ["truecolor", "24bit"].contains(value("COLORTERM") ?? "")
    refusesColor = value("NO_COLOR") != nil
    multiplexer = Self.multiplexer(
      term: term,
      tmux: value("TMUX") != nil,
      screen: value("STY") != nil
    )
    wantsBacktrace = value("SWIFT_BACKTRACE") != nil
  }

  /// The locale promises UTF-8 by its name.
  package var promisesUTF8: Bool {
    let upper = locale.uppercased()
    return upper.contains("UTF-8") || upper.contains("UTF8")
  }

  /// The locales to try, best first: a missing one must not cost UTF-8 when it promises it.
  var locales: [String] {
    promisesUTF8 ? [locale, "C.UTF-8", "C"] : [locale, "C"]
  }

  /// The innermost of the multiplexers that left their variables.
  private static func multiplexer(term: String, tmux: Bool, screen: Bool) -> Multiplexer? {
    if term.hasPrefix("tmux") { return .tmux }
    // Only GNU screen names its terminals after the one outside.
    if term.hasPrefix("screen."), screen { return .screen }
    return switch (tmux, screen) {
    case (true, true): .unclear
    case (true, false): .tmux
    case (false, true): .screen
    case (false, false): nil
    }
  }

  /// The descriptions to try, best first: those with direct colour are a package of their own.
  ///
  /// Behind the terminal's own name stand those it is compatible with: bare machines do not know
  /// terminals that came after them.
  var descriptions: [String] {
    var names = [term]
    if promisesDirectColor, !refusesColor {
      if term.hasPrefix("xterm") { names = ["xterm-direct256", "xterm-direct", term] }
      if term.hasPrefix("tmux") { names = ["tmux-direct", term] }
    }
    if term.hasPrefix("tmux") || term.hasPrefix("screen") {
      names += term.hasSuffix("256color") ? ["screen-256color", "screen"] : ["screen"]
    } else if isXtermLike {
      names += ["xterm-256color", "xterm"]
    }
    return names.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  /// The terminal knows the sequences that xterm made common: titles, their stack, the mouse, the
  /// clipboard.
  var isXtermLike: Bool { Self.xtermLike.contains { term.hasPrefix($0) } }

  private static let xtermLike = [
    "xterm", "tmux", "screen", "rxvt", "alacritty", "foot", "st-", "kitty", "wezterm", "vte",
    "gnome", "konsole", "ghostty", "contour", "mintty", "putty", "iterm", "mlterm",
  ]
}
