internal import Cells

/// What is wrong with something that the operator set up, and where.
package struct Mistake: Error, Sendable, Equatable {
  /// The file, the variable or the flag; nil where the reason names it.
  package var source: String?
  /// Line and column from 1, where a file is not what its format asks.
  package var position: Position?
  /// What is wrong, naming the key, and what to do.
  package var reason: String

  /// A place in a file.
  package struct Position: Sendable, Equatable {
    package var line: Int
    package var column: Int
  }

  /// A mistake.
  package init(_ source: String?, position: Position? = nil, _ reason: String) {
    self.source = source
    self.position = position
    self.reason = reason
  }

  /// One sentence: where, what, and what to do; safe to print.
  package var sentence: String {
    guard let source else { return Text.sanitised(reason) }
    let place = position.map { ", line \($0.line), column \($0.column)" } ?? ""
    return Text.sanitised("\(source)\(place): \(reason)")
  }
}
