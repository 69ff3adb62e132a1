/// What is wrong with a text that should be JSON, and where.
package struct JSONMistake: Error, Sendable, Equatable {
  /// How the text fails.
  package enum Kind: Sendable, Equatable {
    /// Not JSON, at this place.
    case malformed
    /// The text ends before the value does.
    case truncated
    /// JSON, but nested deeper than ``JSONScanner/maximumDepth``.
    case tooDeep
    /// JSON, but not of the type or with the fields that the reader needs.
    case unexpected
  }

  /// How the text fails.
  package var kind: Kind
  /// Bytes from the start of the text.
  package var offset: Int
  /// What was wanted there, in words.
  package var wanted: String

  /// A mistake of a kind at a byte.
  package init(_ kind: Kind, at offset: Int, wanted: String) {
    self.kind = kind
    self.offset = offset
    self.wanted = wanted
  }

  /// One sentence for the operator.
  package var sentence: String {
    switch kind {
    case .truncated: "the JSON ends after \(offset) bytes, in the middle of a value"
    case .tooDeep: "the JSON is nested deeper than \(JSONScanner.maximumDepth) levels"
    case .malformed: "not JSON at byte \(offset): wanted \(wanted)"
    case .unexpected: "JSON at byte \(offset) is not what was wanted: \(wanted)"
    }
  }
}
