internal import Cells

/// The token while it is typed, or pasted; nothing of it is shown but how long it is.
package struct TokenPrompt: Sendable, Equatable {
  private(set) var token = Secret("")
  /// What is wrong with what was sent.
  var mistake: String?

  /// The longest token that is taken, in bytes; the longest token file is as long.
  private static let limit = 64 << 10

  /// An empty prompt.
  package init() {}

  /// Puts typed or pasted text behind what stands there; blanks at its ends come from the selection
  /// that was copied.
  mutating func append(_ text: String) {
    let more = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    guard token.text.utf8.count + more.utf8.count <= TokenPrompt.limit else { return }
    token = Secret(token.text + more)
    mistake = nil
  }

  /// Lays a key on the line.
  mutating func edit(_ key: Key) {
    var text = token.text
    switch (key.code, key.control, key.alt) {
    case (.character(let character), false, false):
      append(String(character))
      return
    case (.backspace, false, false):
      guard !text.isEmpty else { return }
      text.removeLast()
    case (.character("u"), true, false): text = ""
    default: return
    }
    token = Secret(text)
    mistake = nil
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

  /// As many dots as there are characters, as far as there is room.
  func mask(_ dot: Character, room: Int) -> String {
    String(repeating: dot, count: min(room, token.text.count))
  }
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
    default: prompt.edit(key)
    }
    layers[layers.count - 1] = .token(prompt)
    return []
  }
}
