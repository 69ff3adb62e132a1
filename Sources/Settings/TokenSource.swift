/// Where a token comes from; the token itself is in no setting.
package enum TokenSource: Sendable, Equatable {
  /// A file that only its owner can read; a relative path begins in the config's folder, `~/` in the
  /// home.
  case file(String)
  /// A variable of the environment.
  case variable(String)
  /// What a program prints: its path and arguments.
  case command([String])

  /// The longest token file that is read, in bytes.
  package static let bound = 64 << 10

  /// Reads the token.
  /// - Parameters:
  ///   - environment: Where variables are.
  ///   - paths: Where the home and the config's folder are.
  ///   - run: Runs a program and gives what it printed.
  /// - Returns: The token, one word.
  /// - Throws: ``Mistake``, which never shows anything of the token.
  package func read(
    environment: Environment,
    paths: Paths,
    run: ([String]) throws(Mistake) -> String
  ) throws(Mistake) -> String {
    switch self {
    case .file(let path):
      let path = paths.absolute(path)
      guard let text = try TextFile.read(path, bound: TokenSource.bound, care: .secret) else {
        throw Mistake(path, "there is no such token file; write the token into it, mode 600")
      }
      return try TokenSource.checked(text, source: path)
    case .variable(let name):
      guard let text = environment[name] else {
        throw Mistake(nil, "the variable \(name), which should hold the token, is not set")
      }
      return try TokenSource.checked(text, source: name)
    case .command(let words):
      return try TokenSource.checked(try run(words), source: "token_command \(words.first ?? "")")
    }
  }

  /// A token without the line break at its end.
  /// - Throws: ``Mistake`` for one that could not travel in a header line.
  static func checked(_ text: String, source: String) throws(Mistake) -> String {
    var bytes = Array(text.utf8)
    if bytes.last == 0x0A { bytes.removeLast() }
    if bytes.last == 0x0D { bytes.removeLast() }
    guard !bytes.isEmpty else { throw Mistake(source, "the token is empty") }
    guard bytes.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      throw Mistake(
        source,
        "the token has a blank, a line break, a control character or one outside ASCII in it; it "
          + "is one word"
      )
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
