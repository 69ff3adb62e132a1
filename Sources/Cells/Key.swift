/// A key as pressed: what it is, and what was held down with it.
package struct Key: Hashable, Sendable {
  /// What is on the key.
  package enum Code: Hashable, Sendable {
    case character(Character)
    case enter
    case escape
    case tab
    case backTab
    case backspace
    case delete
    case insert
    case up
    case down
    case left
    case right
    case home
    case end
    case pageUp
    case pageDown
    /// F1 and above.
    case function(Int)
  }

  package var code: Code
  package var control: Bool
  package var alt: Bool
  /// Held down with a key that is not a character; the case of a character tells it by itself.
  package var shift: Bool

  package init(_ code: Code, control: Bool = false, alt: Bool = false, shift: Bool = false) {
    self.code = code
    self.control = control
    self.alt = alt
    self.shift = shift
  }

  /// A character without anything held down.
  package init(_ character: Character) {
    self.init(.character(character))
  }
}

extension Key {
  /// Reads a key as configuration and tests write it; nil when there is no such key.
  ///
  /// So: `a`, `G`, `ctrl-d`, `alt-enter`, `esc`, `pgup`, `space`, `f5`, `↑`. Names of keys may be in
  /// either case.
  package init?(name: String) {
    var rest = Substring(name)
    var control = false
    var alt = false
    var shift = false
    prefixes: while rest.count > 1 {
      for (prefix, flag) in Self.prefixes where rest.lowercased().hasPrefix(prefix) {
        guard rest.count > prefix.count else { return nil }
        rest = rest.dropFirst(prefix.count)
        switch flag {
        case .control: control = true
        case .alt: alt = true
        case .shift: shift = true
        }
        continue prefixes
      }
      break
    }
    guard let code = Self.code(named: rest) else { return nil }
    self.init(code, control: control, alt: alt, shift: shift)
    if case .character(let character) = code {
      // Shift is in the letter; terminals send the same byte for both cases of a control letter.
      guard !shift else { return nil }
      if control { self.code = .character(Character(character.lowercased())) }
    }
    if code == .tab, shift {
      self.code = .backTab
      self.shift = false
    }
  }

  /// The name that a mistyped name of a key was meant to be; nil when none is near.
  package static func nearestName(to name: String) -> String? {
    let letters = "abcdefghijklmnopqrstuvwxyz"
    let held = ["ctrl-", "alt-"].flatMap { prefix in
      letters.map { prefix + String($0) } + ["enter", "left", "right"].map { prefix + $0 }
    }
    let functions = (1...12).map { "f\($0)" }
    return Spelling.nearest(to: name.lowercased(), among: names.keys + held + functions)
  }

  /// The key as configuration writes it; `Key(name:)` reads it back.
  package var name: String {
    held(control: "ctrl-", alt: "alt-", shift: "shift-") + plainName
  }

  /// The key as help and hints show it: `a`, `Ctrl-d`, `↵`, `Esc`, `PgUp`, `space`, `↓`.
  package var label: String {
    held(control: "Ctrl-", alt: "Alt-", shift: "Shift-") + plainLabel
  }

  /// The key as screens without UTF-8 show it: arrows and Enter have no sign in ASCII, but names.
  package var asciiLabel: String {
    let name: String? =
      switch code {
      case .enter: "Enter"
      case .up: "Up"
      case .down: "Down"
      case .left: "Left"
      case .right: "Right"
      default: nil
      }
    guard let name else { return label }
    return held(control: "Ctrl-", alt: "Alt-", shift: "Shift-") + name
  }

  private enum Flag {
    case control
    case alt
    case shift
  }

  private static let prefixes: [(String, Flag)] = [
    ("ctrl-", .control), ("alt-", .alt), ("shift-", .shift),
  ]

  private func held(control: String, alt: String, shift: String) -> String {
    (self.control ? control : "") + (self.alt ? alt : "") + (self.shift ? shift : "")
  }

  private static func code(named name: Substring) -> Code? {
    if name.count == 1, let character = name.first {
      if let arrow = arrows[character] { return arrow }
      let scalars = character.unicodeScalars
      guard scalars.allSatisfy({ Width.isDrawn($0) }) else { return nil }
      return .character(character)
    }
    let lower = name.lowercased()
    if let code = names[lower] { return code }
    if lower.hasPrefix("f"), let number = Int(lower.dropFirst()), (1...35).contains(number),
      lower == "f\(number)"
    {
      return .function(number)
    }
    return nil
  }

  private static let arrows: [Character: Code] = [
    "↑": .up, "↓": .down, "←": .left, "→": .right, "↵": .enter, " ": .character(" "),
  ]

  private static let names: [String: Code] = [
    "enter": .enter, "return": .enter, "esc": .escape, "escape": .escape, "tab": .tab,
    "backtab": .backTab, "backspace": .backspace, "delete": .delete, "del": .delete,
    "insert": .insert, "ins": .insert, "up": .up, "down": .down, "left": .left, "right": .right,
    "home": .home, "end": .end, "pgup": .pageUp, "pageup": .pageUp, "pgdn": .pageDown,
    "pagedown": .pageDown, "space": .character(" "),
  ]

  private var plainName: String {
    switch code {
    case .character(" "): "space"
    case .character(let character): String(character)
    case .enter: "enter"
    case .escape: "esc"
    case .tab: "tab"
    case .backTab: "backtab"
    case .backspace: "backspace"
    case .delete: "delete"
    case .insert: "insert"
    case .up: "up"
    case .down: "down"
    case .left: "left"
    case .right: "right"
    case .home: "home"
    case .end: "end"
    case .pageUp: "pgup"
    case .pageDown: "pgdn"
    case .function(let number): "f\(number)"
    }
  }

  private var plainLabel: String {
    switch code {
    case .character(" "): "space"
    case .character(let character): String(character)
    case .enter: "↵"
    case .escape: "Esc"
    case .tab: "Tab"
    case .backTab: "Shift-Tab"
    case .backspace: "Backspace"
    case .delete: "Del"
    case .insert: "Ins"
    case .up: "↑"
    case .down: "↓"
    case .left: "←"
    case .right: "→"
    case .home: "Home"
    case .end: "End"
    case .pageUp: "PgUp"
    case .pageDown: "PgDn"
    case .function(let number): "F\(number)"
    }
  }
}
