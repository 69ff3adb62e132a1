internal import Cells

extension Keymap {
  /// Keys that somebody wants for a command.
  package struct Wish: Sendable, Equatable {
    /// The scope, by its name; nil for every screen that has the command.
    package var scope: String?
    /// The command, by its name; nil only names the scope.
    package var command: String?
    /// The keys, by their names; none takes the command's keys away.
    package var keys: [String]

    /// A wish.
    package init(scope: String?, command: String?, keys: [String]) {
      self.scope = scope
      self.command = command
      self.keys = keys
    }

    /// Where it stands in the config: `keys.inbox.approve`.
    var path: String { ["keys", scope, command].compactMap { $0 }.joined(separator: ".") }
  }

  /// Why keys cannot be bound as they are wished.
  package struct Mistake: Error, Sendable, Equatable {
    /// Where, what, and what to do.
    package var sentence: String
  }

  /// The keymap with other keys for some commands; a command that nobody names keeps its keys.
  ///
  /// A wish without a scope counts on every screen that has the command and no wish of its own for
  /// it; where letters are typed, only wishes of that scope count. Ctrl-C and Ctrl-Z stay what they
  /// are.
  /// - Throws: ``Mistake`` for names that there are not, keys that are not free, a key that would
  ///   mean two things, and a command that one could not do without.
  package func applying(_ wishes: [Wish]) throws(Mistake) -> Keymap {
    var bindings = bindings
    // The narrow wish is the later one, and holds.
    for wish in wishes.filter({ $0.scope == nil }) + wishes.filter({ $0.scope != nil }) {
      let scopes = try self.scopes(of: wish)
      guard let name = wish.command else { continue }
      let command = try self.command(name, wish, scopes)
      let keys = try wish.keys.map { name throws(Mistake) in try Keymap.key(name, wish) }
      for scope in scopes {
        guard let place = bindings[scope]?.firstIndex(where: { $0.command == command }) else {
          continue
        }
        let shipped = bindings[scope]?[place].keys ?? []
        for key in keys where !shipped.contains(key) {
          if let reason = Keymap.reason(against: key, command, scope) {
            throw Mistake(sentence: "\(wish.path) cannot be \(key.name): \(reason)")
          }
        }
        let kept = shipped.filter { $0.isFixed && !keys.contains($0) }
        let unique = keys.reduce(into: [Key]()) { if !$0.contains($1) { $0.append($1) } }
        bindings[scope]?[place].keys = unique + kept
      }
    }
    let keymap = Keymap(bindings)
    try keymap.check(wishes)
    return keymap
  }

  // MARK: What is meant

  private func scopes(of wish: Wish) throws(Mistake) -> [Scope] {
    guard let name = wish.scope else {
      let screens = Scope.allCases.filter { !$0.takesText }
      guard let command = wish.command else { return screens }
      return screens.filter { scope in
        bindings[scope]?.contains { $0.command.rawValue == command } ?? false
      }
    }
    if let scope = Scope(rawValue: name) { return [scope] }
    let names = Scope.allCases.map(\.rawValue)
    let advice =
      Spelling.nearest(to: name, among: names).map { "keys.\($0) was meant?" }
      ?? "there are \(names.joined(separator: ", "))"
    throw Mistake(sentence: "keys.\(name) is no table of keys; \(advice)")
  }

  private func command(
    _ name: String,
    _ wish: Wish,
    _ scopes: [Scope]
  ) throws(Mistake) -> Command {
    let all = wish.scope == nil ? Scope.allCases.filter { !$0.takesText } : scopes
    let known = all.flatMap { bindings[$0] ?? [] }.map(\.command)
    if let command = known.first(where: { $0.rawValue == name }) { return command }
    let place = wish.scope.map { "[keys.\($0)]" } ?? "[keys]"
    let names = known.map(\.rawValue)
    if let elsewhere = Command(rawValue: name) {
      let homes = Scope.allCases.filter { scope in
        bindings[scope]?.contains { $0.command == elsewhere } ?? false
      }
      let list = homes.map { "[keys.\($0.rawValue)]" }.joined(separator: ", ")
      throw Mistake(sentence: "\(wish.path): \(place) has no \(name); it stands in \(list)")
    }
    let unique = names.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
    let advice =
      Spelling.nearest(to: name, among: names).map { "\($0) was meant?" }
      ?? "there are \(unique.joined(separator: ", "))"
    throw Mistake(sentence: "\(wish.path) is no command of \(place); \(advice)")
  }

  private static func key(_ name: String, _ wish: Wish) throws(Mistake) -> Key {
    if let key = Key(name: name) { return key }
    let advice =
      Key.nearestName(to: name).map { "\($0) was meant?" }
      ?? "write one letter or sign, or a name such as enter, space, pgup, f5, ctrl-x, alt-x"
    let shown = name.isEmpty ? "an empty text" : "\"\(name)\""
    throw Mistake(sentence: "\(wish.path): \(shown) is no key; \(advice)")
  }

  // MARK: What is free

  /// Why a key cannot be a command's; nil when it can.
  private static func reason(against key: Key, _ command: Command, _ scope: Scope) -> String? {
    if key.isFixed {
      return key == Key("z", control: true)
        ? "it always suspends the program" : "it always closes a prompt, or leaves"
    }
    if let reason = reserved(key) { return reason }
    if scope.takesText, case .character = key.code, !key.control, !key.alt {
      return "it is typed there, as text"
    }
    if key.control, command.decides(in: scope) {
      return "what decides over a run never lies on a key with Ctrl"
    }
    return nil
  }

  /// Why a key with Ctrl is nobody's to bind.
  private static func reserved(_ key: Key) -> String? {
    guard key.control, case .character(let character) = key.code else { return nil }
    switch character {
    case "a", "b": return "tmux and screen begin their own commands with it"
    case "s", "q": return "it stops and starts the output of terminals"
    case "k", "l": return "shells and multiplexers use it"
    case "\\": return "terminals end programs with it"
    case "j", "m": return "terminals send it for Enter"
    case "i": return "terminals send it for Tab"
    case "h": return "terminals send it for Backspace"
    case "[": return "terminals send it for Esc"
    case "c"..."z", " ", "]", "^", "_": return nil
    default: return "terminals do not send it"
    }
  }

  // MARK: What holds together

  private func check(_ wishes: [Wish]) throws(Mistake) {
    for scope in Scope.allCases {
      let bindings = bindings[scope] ?? []
      var taken: [Key: Command] = [:]
      for binding in bindings {
        for key in binding.keys {
          if let other = taken[key] {
            throw Mistake(
              sentence: "\(key.name) is \(other.rawValue) and \(binding.command.rawValue) in "
                + "[keys.\(scope.rawValue)]; give one of them another key, or none: []"
            )
          }
          taken[key] = binding.command
        }
        if binding.keys.isEmpty, binding.command == .close {
          throw Mistake(
            sentence: "keys.\(scope.rawValue).close has no key left: nothing could be closed there"
          )
        }
      }
    }
    // A prompt looks a key up among its own first: what edits the line there would be lost.
    for scope in Scope.allCases where scope.takesText && scope != .line {
      for binding in bindings[scope] ?? [] {
        for key in binding.keys {
          guard let other = command(for: key, in: .line) else { continue }
          throw Mistake(
            sentence: "\(key.name) is \(binding.command.rawValue) in [keys.\(scope.rawValue)] and "
              + "\(other.rawValue) in [keys.line], which counts there too; change one of them"
          )
        }
      }
    }
    try checkAnswers()
  }
}

extension Key {
  /// Whether the key keeps its meaning whatever is bound: Ctrl-C and Ctrl-Z.
  fileprivate var isFixed: Bool {
    self == Key("c", control: true) || self == Key("z", control: true)
  }

  fileprivate init(_ character: Character, control: Bool) {
    self.init(.character(character), control: control)
  }
}

extension Command {
  /// Whether it decides over a run, where it stands: no key with Ctrl does that.
  fileprivate func decides(in scope: Keymap.Scope) -> Bool {
    switch self {
    case .confirm, .gracefully, .immediately, .sendNow: !scope.takesText
    default: group == .decide
    }
  }
}

extension Keymap.Scope {
  /// Whether letters are typed there: they cannot be keys of commands then.
  var takesText: Bool {
    switch self {
    case .filter, .help, .command, .token, .form, .choice, .start, .line: true
    case .naming, .field, .prompt: true
    case .inbox, .run, .decision, .stopping, .firstStart: false
    case .activity, .record, .report, .review, .sending, .leaving: false
    }
  }
}
