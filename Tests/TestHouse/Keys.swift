package import Cells
package import Testing

/// Keys as tests write them: names parted by blanks, such as `j j <enter> y`.
package struct Keys: Sendable, Equatable {
  /// The keys in the order they are pressed.
  package var all: [Key]

  /// Reads names of keys, with angle brackets around them or without.
  ///
  /// A name that is none fails the test.
  package init(_ names: String, sourceLocation: SourceLocation = #_sourceLocation) {
    all = []
    for name in names.split(separator: " ") {
      let isBracketed = name.count > 2 && name.hasPrefix("<") && name.hasSuffix(">")
      let bare = isBracketed ? String(name.dropFirst().dropLast()) : String(name)
      if let key = Key(name: bare) {
        all.append(key)
      } else {
        Issue.record("\(name) is no key", sourceLocation: sourceLocation)
      }
    }
  }

  /// The keys that type a text.
  package static func typing(_ text: String) -> [Key] { text.map { Key($0) } }
}
