package import Cells

/// Which key does what, by the layer that has the keyboard.
package struct Keymap: Sendable, Equatable {
  /// A kind of layer with keys of its own.
  package enum Scope: String, Sendable, Hashable, CaseIterable {
    case inbox
    case run
    /// The list of what was decided.
    case activity
    /// One decision of it.
    case record
    /// What is only read: what `doctor` found, a run's context.
    case report
    case review
    case sending
    case filter
    /// The name of a filter that becomes a tab.
    case naming
    case help
    case decision
    case stopping = "stop"
    case command
    case token
    case prompt
    case leaving = "leave"
    case firstStart = "first-start"
    case form
    /// The keys that edit a line, in every prompt and field.
    case line
    /// A field of a form whose line is open.
    case field
    case choice
    case start
  }

  /// A row of the table: any of these keys does this.
  package struct Binding: Sendable, Equatable {
    package var command: Command
    package var keys: [Key]

    /// A binding; names of keys that there are not are left out.
    package init(_ command: Command, _ names: String) {
      self.init(command, names.split(separator: " ").compactMap { Key(name: String($0)) })
    }

    /// A binding of keys.
    init(_ command: Command, _ keys: [Key]) {
      self.command = command
      self.keys = keys
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

  /// The place of a key among those of its command, from 0.
  func place(of key: Key, for command: Command, in scope: Scope) -> Int? {
    keys(of: command, in: scope).firstIndex(of: key)
  }

  /// The keys of a command in a scope, in their order.
  func keys(of command: Command, in scope: Scope) -> [Key] {
    bindings[scope]?.first { $0.command == command }?.keys ?? []
  }

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
    Binding(.takeBack, "u"),
  ]
  private static let marking = [
    Binding(.mark, "space"), Binding(.markRange, "V"), Binding(.markAlike, "*"),
  ]

  /// The keys as shipped.
  package static let standard = Keymap([
    .inbox: moving + [
      Binding(.nextSection, "]"), Binding(.previousSection, "["),
      Binding(.showTab, "1 2 3 4 5 6 7 8 9"), Binding(.nextTab, "tab"),
      Binding(.previousTab, "backtab"),
    ] + deciding + marking + [
      Binding(.edit, "e"), Binding(.start, "+"), Binding(.done, "d"), Binding(.showHidden, "D"),
      Binding(.open, "enter"), Binding(.bulk, "b"), Binding(.filter, "/"), Binding(.saveTab, "S"),
      Binding(.sort, "o"),
      Binding(.copy, "y"), Binding(.refresh, "r"), Binding(.newToken, "t"),
    ] + leaving,
    .run: moving + [
      Binding(.events, "1"), Binding(.steps, "2"), Binding(.task, "4"),
      Binding(.nextTask, "]"), Binding(.previousTask, "["),
      Binding(.nextTab, "tab"),
    ] + deciding + [
      Binding(.edit, "e"), Binding(.start, "+"), Binding(.editor, "E"),
      Binding(.editorAll, "alt-e"),
      Binding(.comment, "c"), Binding(.undo, "U"),
      Binding(.open, "enter"), Binding(.follow, "f"), Binding(.filter, "/"), Binding(.copy, "y"),
      Binding(.refresh, "r"),
    ] + leaving,
    .activity: moving + [
      Binding(.showTab, "1 2 3 4 5 6 7 8 9"), Binding(.nextTab, "tab"),
      Binding(.previousTab, "backtab"), Binding(.open, "enter"), Binding(.filter, "/"),
      Binding(.copy, "y"), Binding(.refresh, "r"), Binding(.takeBack, "u"),
    ] + leaving,
    .record: moving + [
      Binding(.open, "enter"), Binding(.copy, "y"), Binding(.takeBack, "u"),
    ] + leaving,
    .report: moving + [Binding(.refresh, "r"), Binding(.takeBack, "u")] + leaving,
    .review: moving + deciding + [
      Binding(.drop, "space"), Binding(.send, "y"), Binding(.open, "enter"),
    ] + leaving,
    .sending: moving + [
      Binding(.retry, "r"), Binding(.open, "enter"), Binding(.takeBack, "u"),
    ] + leaving,
    .filter: [
      Binding(.keep, "enter"), Binding(.complete, "tab"), Binding(.down, "down"),
      Binding(.up, "up backtab"), Binding(.close, "esc ctrl-c"), Binding(.suspend, "ctrl-z"),
    ],
    .naming: [
      Binding(.confirm, "enter"), Binding(.close, "esc ctrl-c"), Binding(.suspend, "ctrl-z"),
    ],
    .help: [
      Binding(.down, "down"), Binding(.up, "up"), Binding(.open, "enter"),
      Binding(.nextTab, "tab"), Binding(.close, "esc ctrl-c"), Binding(.suspend, "ctrl-z"),
    ],
    .decision: [
      Binding(.confirm, "y"), Binding(.comment, "c"), Binding(.edit, "e"),
      Binding(.close, "esc n q"), Binding(.leave, "ctrl-c"), Binding(.suspend, "ctrl-z"),
    ],
    .stopping: [
      Binding(.gracefully, "g"), Binding(.immediately, "i"), Binding(.close, "esc n q"),
      Binding(.leave, "ctrl-c"), Binding(.suspend, "ctrl-z"),
    ],
    .command: [
      Binding(.confirm, "enter"), Binding(.complete, "tab"), Binding(.completeBack, "backtab"),
      Binding(.down, "down"), Binding(.up, "up"), Binding(.close, "esc ctrl-c"),
      Binding(.suspend, "ctrl-z"),
    ],
    .token: [
      Binding(.confirm, "enter"), Binding(.close, "esc ctrl-c"), Binding(.suspend, "ctrl-z"),
    ],
    .prompt: [
      Binding(.confirm, "enter"), Binding(.close, "esc ctrl-c"), Binding(.suspend, "ctrl-z"),
    ],
    .leaving: [
      Binding(.sendNow, "s"), Binding(.withdraw, "w"), Binding(.close, "esc n"),
      Binding(.leave, "ctrl-c"), Binding(.suspend, "ctrl-z"),
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
    .field: [
      Binding(.confirm, "enter"), Binding(.nextField, "tab down"),
      Binding(.previousField, "backtab up"), Binding(.close, "esc ctrl-c"),
      Binding(.suspend, "ctrl-z"),
    ],
    .choice: [
      Binding(.down, "down tab"), Binding(.up, "up backtab"), Binding(.confirm, "enter"),
      Binding(.close, "esc ctrl-c"), Binding(.suspend, "ctrl-z"),
    ],
    .start: [
      Binding(.nextField, "tab down"), Binding(.previousField, "backtab up"),
      Binding(.confirm, "enter"), Binding(.editorAll, "alt-e"), Binding(.close, "esc ctrl-c"),
      Binding(.suspend, "ctrl-z"),
    ],
    .firstStart: [
      Binding(.tryDemo, "1"), Binding(.connect, "2"), Binding(.local, "3"),
      Binding(.close, "esc"), Binding(.back, "q"), Binding(.leave, "ctrl-c"),
      Binding(.suspend, "ctrl-z"),
    ],
  ])
}

extension Keymap.Binding {
  /// The keys as help shows them; a long row of them by its ends.
  func labels(ascii: Bool) -> String {
    let all = keys.map { ascii ? $0.asciiLabel : $0.label }
    guard all.count > 4, let first = all.first, let last = all.last else {
      return all.joined(separator: " ")
    }
    return "\(first) \(ascii ? ".." : "…") \(last)"
  }
}
