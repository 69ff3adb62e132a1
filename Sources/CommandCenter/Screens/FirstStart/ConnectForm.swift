internal import Cells

/// The form in which a first profile is typed.
package struct ConnectForm: Sendable, Equatable {
  /// A line of the form.
  package enum Field: Int, Sendable, CaseIterable {
    case url
    case tenant
    case project
    case token
    case name

    /// What stands before the line.
    var label: String {
      switch self {
      case .url: "address"
      case .tenant: "tenant"
      case .project: "project"
      case .token: "token"
      case .name: "profile"
      }
    }

    /// What is meant, beside the line.
    var remark: String {
      switch self {
      case .url: "https://host"
      case .tenant: "the workspace's slug"
      case .project: "the project's id"
      case .token: "kept in a file, mode 0600"
      case .name: "what you will call it"
      }
    }
  }

  package var field = Field.url
  /// What is wrong with the form that was sent.
  package var mistake: String?
  /// Whether it was sent and nothing came back yet.
  package var isSending = false
  private var lines: [Field: LineEditor] = [
    .url: LineEditor("https://api.agentruntime.io"), .name: LineEditor("prod"),
  ]
  private var token = TokenPrompt()

  /// A form with what most will keep.
  package init() {}

  /// What is shown of a line; of a token only how long it is.
  func shown(_ field: Field) -> LineEditor {
    field == .token ? token.masked : lines[field] ?? LineEditor()
  }

  /// The profile that is meant.
  var draft: ProfileDraft {
    let text = { (field: Field) in
      (lines[field]?.text ?? "").split(separator: " ").joined(separator: " ")
    }
    return ProfileDraft(
      name: text(.name),
      url: text(.url),
      tenant: text(.tenant),
      project: text(.project),
      token: token.token
    )
  }

  /// Puts pasted text into the line that has the cursor.
  mutating func insert(_ text: String) {
    mistake = nil
    if field == .token { return token.insert(text) }
    _ = lines[field, default: LineEditor()].insert(text)
  }

  /// Lays a key on the line that has the cursor.
  mutating func edit(_ key: Key, _ keymap: Keymap) {
    mistake = nil
    if field == .token { return token.edit(key, keymap) }
    _ = lines[field, default: LineEditor()].edit(key, keymap)
  }

  /// Goes to another line, round at the ends.
  mutating func move(by step: Int) {
    let fields = Field.allCases
    let next = (field.rawValue + step + fields.count) % fields.count
    field = Field(rawValue: next) ?? .url
  }

  /// What is missing, and the line in which it is; what else is wrong is said by who writes it.
  var flaw: (field: Field, sentence: String)? {
    if draft.url.isEmpty { return (.url, "the address is missing; write https://host") }
    if draft.name.isEmpty { return (.name, "the profile has no name; write one, such as prod") }
    if !draft.token.text.isEmpty, let flaw = token.flaw { return (.token, flaw) }
    return nil
  }
}

extension Model {
  /// A key in the form of a first profile.
  mutating func formKey(_ key: Key, _ screen: FirstStart) -> [Effect] {
    guard var form = screen.form else { return [] }
    var screen = screen
    var effects: [Effect] = []
    switch config.keymap.command(for: key, in: .form) {
    case .close:
      screen.form = nil
    case .nextField:
      form.move(by: 1)
      screen.form = form
    case .previousField:
      form.move(by: -1)
      screen.form = form
    case .confirm where form.field != ConnectForm.Field.allCases.last:
      form.move(by: 1)
      screen.form = form
    case .confirm:
      if let flaw = form.flaw {
        form.field = flaw.field
        form.mistake = flaw.sentence
      } else if !form.isSending {
        form.mistake = nil
        form.isSending = true
        effects = [.add(form.draft)]
      }
      screen.form = form
    default:
      form.edit(key, config.keymap)
      screen.form = form
    }
    layers[layers.count - 1] = .firstStart(screen)
    return effects
  }
}
