/// What is wrong with a configuration, and where.
package struct ConfigMistake: Error, Sendable, Equatable {
  /// The file, as it was named.
  package var file: String
  /// Line and column from 1, when the file is no TOML.
  package var position: Position?
  /// What is wrong, naming the key.
  package var reason: String

  /// A place in a file.
  package struct Position: Sendable, Equatable {
    /// Lines from 1.
    package var line: Int
    /// Columns from 1.
    package var column: Int
  }

  /// One sentence: where, what, and what to do.
  package var sentence: String {
    guard let position else { return "\(file): \(reason)" }
    return "\(file), line \(position.line), column \(position.column): \(reason)"
  }
}
