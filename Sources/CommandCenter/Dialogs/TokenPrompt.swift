internal import Cells

/// The token while it is typed, or pasted; nothing of it is shown but how long it is.
package struct TokenPrompt: Sendable, Equatable {
  /// As a value: words would be sanitised, and a token is taken as it is or not at all.
  private var line = LineEditor(holding: .value)
  /// What is wrong with what was sent.
  var mistake: String?

  /// An empty prompt.
  package init() {}

  /// What was typed.
  var token: Secret { Secret(line.text) }

  /// Puts pasted text where the cursor is; blanks at its ends come from the selection that was copied.
  mutating func insert(_ text: String) {
    let more = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    if line.insert(more) { mistake = nil }
  }

  /// Lays a key on the line.
  mutating func edit(_ key: Key, _ keymap: Keymap) {
    if line.edit(key, keymap) { mistake = nil }
  }

  /// What is wrong with the token, as far as that can be told before it is sent.
  var flaw: String? {
    if token.text.isEmpty { return "nothing was typed; paste the token" }
    guard token.text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      return "a token is one word of plain letters, digits and signs; this has a blank or other "
        + "characters in it"
    }
    return nil
  }

  /// A dot for each character, with the cursor where it is among them.
  var masked: LineEditor {
    var dots = LineEditor(String(repeating: "*", count: line.text.count), holding: .value)
    dots.moveCursor(to: line.cursor)
    return dots
  }
}

extension TokenPrompt: CustomStringConvertible, CustomReflectable {
  /// Says only that there is one.
  package var description: String { "(not shown)" }
  /// Empty, so that no dump looks inside.
  package var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension Model {
  /// A key in the prompt for a token.
  mutating func tokenKey(_ key: Key, _ prompt: TokenPrompt) -> [Effect] {
    var prompt = prompt
    switch config.keymap.command(for: key, in: .token) {
    case .close:
      layers.removeLast()
      return []
    case .confirm:
      prompt.mistake = prompt.flaw
      guard prompt.mistake == nil else { break }
      layers.removeLast()
      // What is being fetched is not waited for any more.
      if access.state == .fetching { access.state = .ready }
      return [.useToken(prompt.token)]
    default: prompt.edit(key, config.keymap)
    }
    layers[layers.count - 1] = .token(prompt)
    return []
  }
}
