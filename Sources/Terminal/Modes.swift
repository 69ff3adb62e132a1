/// The sequences of ours around those of ncurses, and what undoes them.
struct Modes {
  /// Turns on bracketed paste and what was asked for.
  let on: String
  /// Turns it off again, the last first.
  let off: String

  /// - Parameters:
  ///   - options: what was asked for.
  ///   - entering: what the terminal's description sends at the start.
  init(options: Session.Options, entering: String) {
    var on = ["\u{1B}[?2004h"]
    var off = ["\u{1B}[?2004l"]
    // Other terminals report presses in old forms, or take the sequence for text.
    if options.mouse, options.environment.isXtermLike {
      on += ["\u{1B}[?1000h", "\u{1B}[?1006h"]
      off += ["\u{1B}[?1000l", "\u{1B}[?1006l"]
    }
    if options.focus {
      on.append("\u{1B}[?1004h")
      off.append("\u{1B}[?1004l")
    }
    if options.environment.isXtermLike, !entering.contains("\u{1B}[22;0") {
      // The title is put on the terminal's stack and taken back from it; some descriptions do so.
      on.append("\u{1B}[22;0t")
      off.append("\u{1B}[23;0t")
    }
    self.on = on.joined()
    self.off = off.reversed().joined()
  }

  /// Turns off what another program may have turned on and left so: mouse, focus, keyboard reports.
  static func foreign(_ options: Session.Options) -> String {
    guard options.environment.isXtermLike else { return "" }
    let modes = ["1000", "1002", "1003", "1006", "1004", "2004"]
    return modes.map { "\u{1B}[?\($0)l" }.joined() + "\u{1B}[>4m\u{1B}[0 q"
  }

  /// A string of the terminal's description without its delays (`$<5/>`), which only `tputs` obeys.
  static func undelayed(_ text: String) -> String {
    var rest = text[...]
    var plain = ""
    while let start = rest.firstRange(of: "$<") {
      guard let end = rest[start.upperBound...].firstIndex(of: ">") else { break }
      plain += rest[..<start.lowerBound]
      rest = rest[rest.index(after: end)...]
    }
    return plain + rest
  }
}
