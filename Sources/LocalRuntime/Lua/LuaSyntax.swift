internal import CLua

/// Looks at the text of a script without running it.
enum LuaSyntax {
  /// More bytes than this are refused.
  static let maximumBytes = 64 * 1024

  /// What is wrong with a script: `line 3: unexpected symbol near '='`; nil when it can be run.
  ///
  /// Only compiles, and only text: a chunk that was compiled elsewhere is refused, since nothing
  /// checks such a one.
  static func mistake(in script: String) -> String? {
    guard script.utf8.count <= maximumBytes else {
      return "the script has \(script.utf8.count) bytes, more than \(maximumBytes)"
    }
    guard let state = unsafe luaL_newstate() else { return "there is no memory left to read it" }
    defer { unsafe lua_close(state) }
    let status = unsafe LuaState(state).load(script)
    guard status != LUA_OK else { return nil }
    let words = unsafe LuaState.text(state, at: -1) ?? "it cannot be read"
    return LuaMistake(words).sentence
  }
}

/// An error of a script, as Lua words it.
struct LuaMistake: Equatable {
  /// Longer words are cut.
  private static let longest = 2048

  /// The line, when Lua knows it.
  var line: Int?
  var words: String

  /// Reads `script:3: order required`.
  init(_ text: String) {
    let cut = text.utf8.count <= Self.longest ? text : String(text.prefix(Self.longest)) + "…"
    let parts = cut.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
    if parts.count == 3, parts[0] == "script", let line = Int(parts[1]) {
      self.line = line
      words = parts[2].drop { $0 == " " }.description
    } else {
      words = cut
    }
  }

  /// `line 3: order required`.
  var sentence: String { line.map { "line \($0): \(words)" } ?? words }
}
