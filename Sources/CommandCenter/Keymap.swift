package import Cells

/// Which key does what, by the layer that has the keyboard.
package struct Keymap: Sendable, Equatable {
  /// A kind of layer with keys of its own.
  package enum Scope: String, Sendable, Hashable, CaseIterable {
    case inbox
    case run
    case filter
    case help
    case decision
    case stopping = "stop"
    case command
    case token
    case firstStart = "first-start"
    case form
    /// The keys that edit a line, in every prompt and field.
    case line
    case choice
    case start
  }

  /// A row of the table: any of these keys does this.
  package struct Binding: Sendable, Equatable {
    package var command: Command
    package var keys: [Key]

    /// A binding; names of keys that there are not are left out.
    package init(_ command: Command, _ names: String) {
      self.command = command
      keys = names.split(separator: " ").compactMap { Key(name: String($0)) }
    }
  }

  /// The bindings of each scope, in the order of help.
  package private(set) var bindings: [Scope: [Binding]]
  private var commands: [Scope: [Key: Command]]

  /// A keymap of bindings.
  package init(_ bindings: [Scope: [Binding]]) {
    self.bindings = bindings
    commands = bindings.mapValues { bindings in
      bindings.reduce(into: [:]) { table, binding in
        for key in binding.keys where table[key] == nil { table[key] = binding.command }
      }
    }
  }

  /// What a key does in a scope; nil when nothing.
  package func command(for key: Key, in scope: Scope) -> Command? { commands[scope]?[key] }

  /// The first key of a command in a scope, as hints show it.
  package func label(of command: Command, in scope: Scope, ascii: Bool = false) -> String? {
    let key = bindings[scope]?.first { $0.command == command }?.keys.first
    return ascii ? key?.asciiLabel : key?.label
  }

  private static let moving = [
    Binding(.down, "j down"), Binding(.up, "k up"), Binding(.top, "g home"),
    Binding(.bottom, "G end"), Binding(.pageDown, "pgdn"), Binding(.pageUp, "pgup"),
    Binding(.halfDown, "ctrl-d"), Binding(.halfUp, "ctrl-u"),
  ]
  private static let leaving = [
    Binding(.commandLine, ":"), Binding(.help, "?"), Binding(.close, "esc"), Binding(.back, "q"),
    Binding(.leave, "ctrl-c"),
    Binding(.suspend, "ctrl-z"),
  ]
  private static let deciding = [
    Binding(.approve, "a"), Binding(.reject, "x"), Binding(.pause, "p"), Binding(.stop, "s"),
  ]

  /// The keys as shipped.
  package static let standard = Keymap([
    .inbox: moving + [Binding(.nextSection, "]"), Binding(.previousSection, "[")] + deciding + [
      Binding(.start, "+"),
      Binding(.open, "enter"), Binding(.filter, "/"), Binding(.sort, "o"),
      Binding(.copy, "y"), Binding(.refresh, "r"), Binding(.newToken, "t"),
    ] + leaving,
    .run: moving + [
      Binding(.events, "1"), Binding(.steps, "2"), Binding(.task, "4"),
      Binding(.nextTab, "tab"),
    ] + deciding + [
      Binding(.start, "+"),
      Binding(.open, "enter"), Binding(.follow, "f"), Binding(.copy, "y"),
      Binding(.refresh, "r"),
    ] + leaving,
    .filter: [
      Binding(.keep, "enter"), Binding(.close, "esc ctrl-c"), Binding(.suspend, "ctrl-z"),
    ],
    .help: [
      Binding(.down, "down"), Binding(.up, "up"), Binding(.open, "enter"),
      Binding(.close, "esc ctrl-c"), Binding(.suspend, "ctrl-z"),
    ],
    .decision: [
      Binding(.confirm, "y"), Binding(.close, "esc n q"), Binding(.leave, "ctrl-c"),
      Binding(.suspend, "ctrl-z"),
    ],
    .stopping: [
      Binding(.gracefully, "g"), Binding(.immediately, "i"), Binding(.close, "esc n q"),
      Binding(.leave, "ctrl-c"), Binding(.suspend, "ctrl-z"),
    ],
    .command: [
      Binding(.confirm, "enter"), Binding(.complete, "tab"), Binding(.down, "down"),
      Binding(.up, "up"), Binding(.close, "esc ctrl-c"), Binding(.suspend, "ctrl-z"),
    ],
    .token: [
      Binding(.confirm, "enter"), Binding(.close, "esc ctrl-c"), Binding(.suspend, "ctrl-z"),
    ],
    .form: [
      Binding(.confirm, "enter"), Binding(.nextField, "tab down"),
      Binding(.previousField, "backtab up"), Binding(.close, "esc"), Binding(.leave, "ctrl-c"),
      Binding(.suspend, "ctrl-z"),
    ],
    .line: [
      Binding(.left, "left"), Binding(.right, "right"),
      Binding(.wordLeft, "ctrl-left alt-left alt-b"),
      Binding(.wordRight, "ctrl-right alt-right alt-f"),
      Binding(.lineStart, "home"), Binding(.lineEnd, "end"),
      Binding(.eraseLeft, "backspace"), Binding(.eraseRight, "delete"),
      Binding(.eraseWord, "ctrl-w alt-backspace"), Binding(.eraseToStart, "ctrl-u"),
    ],
    .choice: [
      Binding(.down, "down tab"), Binding(.up, "up backtab"), Binding(.confirm, "enter"),
      Binding(.close, "esc ctrl-c"), Binding(.suspend, "ctrl-z"),
    ],
    .start: [
      Binding(.nextField, "tab down"), Binding(.previousField, "backtab up"),
      Binding(.confirm, "enter"), Binding(.editor, "alt-e"), Binding(.close, "esc ctrl-c"),
      Binding(.suspend, "ctrl-z"),
    ],
    .firstStart: [
      Binding(.tryDemo, "1"), Binding(.connect, "2"), Binding(.local, "3"),
      Binding(.close, "esc"), Binding(.back, "q"), Binding(.leave, "ctrl-c"),
      Binding(.suspend, "ctrl-z"),
    ],
  ])
}
