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
  /// The terminal is a pane of tmux.
  package var isInsideTmux: Bool
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
    isInsideTmux = value("TMUX") != nil || term.hasPrefix("tmux")
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

  /// The descriptions to try, best first: those with direct colour are a package of their own.
  var descriptions: [String] {
    guard promisesDirectColor, !refusesColor, !term.isEmpty else { return [term] }
    if term.hasPrefix("xterm") { return ["xterm-direct256", "xterm-direct", term] }
    if term.hasPrefix("tmux") { return ["tmux-direct", term] }
    return [term]
  }

  /// The terminal knows the sequences that xterm made common: titles, their stack, the clipboard.
  var isXtermLike: Bool {
    ["xterm", "tmux", "screen", "rxvt", "alacritty", "foot", "st-", "kitty", "wezterm", "vte"]
      .contains { term.hasPrefix($0) }
  }
}
