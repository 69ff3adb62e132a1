/// Something that is sent and never shown: whoever prints it prints no letter of it.
package struct Secret: Sendable, Equatable {
  /// The text itself, for whoever sends it or writes it into a file of mode 0600.
  package let text: String

  /// A secret.
  package init(_ text: String) { self.text = text }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// Says only that there is one.
  package var description: String { "(not shown)" }
  /// The same.
  package var debugDescription: String { description }
  /// Empty, so that no dump looks inside.
  package var customMirror: Mirror { Mirror(self, children: [:]) }
}
