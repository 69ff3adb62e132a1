internal import Cells

/// The keys of a screen and the verbs of the command line: searched by typing, done by Enter.
package struct HelpScreen: Sendable, Equatable {
  /// What is listed while nothing is searched for.
  package enum Page: Sendable, Equatable {
    case keys
    case line
  }

  /// Whose keys they are.
  package var scope: Keymap.Scope
  package var page = Page.keys
  /// What is searched for.
  package var line = LineEditor()
  /// The chosen line among those that are shown.
  package var selected = 0

  /// Help for a screen.
  package init(scope: Keymap.Scope) {
    self.scope = scope
  }

  package var query: String { line.text }

  /// What a line of help is about.
  enum Entry: Equatable {
    case key(Keymap.Binding)
    case verb(LineVerb)

    /// What stands in front.
    func label(ascii: Bool) -> String {
      switch self {
      case .key(let binding): binding.labels(ascii: ascii)
      case .verb(let verb): ":\(verb.name)"
      }
    }

    var description: String {
      switch self {
      case .key(let binding): binding.command.description
      case .verb(let verb): verb.description
      }
    }
  }

  /// Lines beneath a heading.
  struct Group: Equatable {
    var title: String
    /// Whether it stands on the left, where there are two columns.
    var isLeft: Bool
    var entries: [Entry]
  }

  /// The lines that the page and the query leave, group by group; a query searches both pages.
  func groups(_ keymap: Keymap) -> [Group] {
    var groups: [Group] = []
    if page == .keys || !query.isEmpty { groups += keyGroups(keymap) }
    if page == .line || !query.isEmpty { groups += verbGroups }
    // The cursor goes down the left side, then down the right one.
    let sides = groups.filter(\.isLeft) + groups.filter { !$0.isLeft }
    return sides.filter { !$0.entries.isEmpty }
  }

  private func keyGroups(_ keymap: Keymap) -> [Group] {
    let bindings = (keymap.bindings[scope] ?? []).filter { binding in
      guard !query.isEmpty else { return true }
      return binding.command.description.lowercased().contains(query.lowercased())
        || binding.keys.contains { $0.label == query }
    }
    return Command.Group.allCases.map { group in
      Group(
        title: group.rawValue,
        isLeft: group == .move || group == .leave,
        entries: bindings.filter { $0.command.group == group }.map(Entry.key)
      )
    }
  }

  private var verbGroups: [Group] {
    let verbs = LineVerb.allCases.filter { verb in
      guard !query.isEmpty else { return true }
      let words = ([verb.name] + verb.others + [verb.description]).joined(separator: " ")
      return words.lowercased().contains(query.lowercased())
    }
    return LineVerb.Group.allCases.map { group in
      Group(
        title: group.rawValue,
        isLeft: group != .see,
        entries: verbs.filter { $0.group == group }.map(Entry.verb)
      )
    }
  }

  /// The chosen line.
  func choice(_ keymap: Keymap) -> Entry? {
    let all = groups(keymap).flatMap(\.entries)
    return all.indices.contains(selected) ? all[selected] : nil
  }
}

extension Model {
  /// A key on the help page: arrows choose, letters search.
  mutating func helpKey(_ key: Key, _ screen: HelpScreen) -> [Effect] {
    var screen = screen
    let count = screen.groups(config.keymap).flatMap(\.entries).count
    switch config.keymap.command(for: key, in: .help) {
    case .down: screen.selected = min(screen.selected + 1, max(0, count - 1))
    case .up: screen.selected = max(0, screen.selected - 1)
    case .nextTab:
      screen.page = screen.page == .keys ? .line : .keys
      screen.selected = 0
    case .close:
      layers.removeLast()
      return []
    case .open:
      guard let choice = screen.choice(config.keymap) else { return [] }
      layers.removeLast()
      switch choice {
      case .key(let binding): return binding.command == .help ? [] : run(binding.command)
      // What the verb is about is still to be said: it is put into the line, not done.
      case .verb(let verb): return openLine(verb.usage.isEmpty ? verb.name : "\(verb.name) ")
      }
    default:
      let before = screen.query
      guard screen.line.edit(key, config.keymap) else { return [] }
      // The cursor within the line leaves the chosen one chosen.
      if screen.query != before { screen.selected = 0 }
    }
    layers[layers.count - 1] = .help(screen)
    return []
  }
}
