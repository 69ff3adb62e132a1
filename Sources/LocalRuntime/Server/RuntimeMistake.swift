/// Why the runtime cannot start.
package struct RuntimeMistake: Error, Sendable, Equatable {
  /// One sentence: what, where, what to do.
  package var sentence: String

  /// A mistake.
  package init(_ sentence: String) { self.sentence = sentence }
}
