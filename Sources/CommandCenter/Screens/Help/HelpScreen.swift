internal import Cells

/// The keys of a screen: searched by typing, done by Enter.
package struct HelpScreen: Sendable, Equatable {
  /// Whose keys they are.
  package var scope: Keymap.Scope
  package var query = ""
  /// The chosen line among those that are shown.
  package var selected = 0

  /// Help for a screen.
  package init(scope: Keymap.Scope) {
    self.scope = scope
  }

  /// The commands that the query leaves, group by group.
  func commands(_ keymap: Keymap) -> [(group: Command.Group, bindings: [Keymap.Binding])] {
    let bindings = (keymap.bindings[scope] ?? []).filter { binding in
      guard !query.isEmpty else { return true }
      return binding.command.description.lowercased().contains(query.lowercased())
        || binding.keys.contains { $0.label == query }
    }
    return Command.Group.allCases.compactMap { group in
      let members = bindings.filter { $0.command.group == group }
      return members.isEmpty ? nil : (group, members)
    }
  }

  /// The chosen command.
  func choice(_ keymap: Keymap) -> Command? {
    let all = commands(keymap).flatMap(\.bindings)
    return all.indices.contains(selected) ? all[selected].command : nil
  }
}

extension Model {
  /// A key on the help page: arrows choose, letters search.
  mutating func helpKey(_ key: Key, _ screen: HelpScreen) -> [Effect] {
    var screen = screen
    let count = screen.commands(config.keymap).flatMap(\.bindings).count
    switch config.keymap.command(for: key, in: .help) {
    case .down: screen.selected = min(screen.selected + 1, max(0, count - 1))
    case .up: screen.selected = max(0, screen.selected - 1)
    case .close:
      layers.removeLast()
      return []
    case .open:
      guard let command = screen.choice(config.keymap) else { return [] }
      layers.removeLast()
      return command == .help ? [] : run(command)
    default:
      guard Prompt.edit(&screen.query, key) else { return [] }
      screen.selected = 0
    }
    layers[layers.count - 1] = .help(screen)
    return []
  }
}
