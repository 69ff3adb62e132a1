/// What the operator did at the terminal.
package enum Input: Equatable, Sendable {
  case key(Key)
  /// Pasted text, not sanitised; cut when it was longer than the decoder keeps.
  case paste(String)
  /// The window got the keyboard, or lost it.
  case focus(Bool)
  case pointer(Pointer)
}

/// What the mouse did, and where.
package struct Pointer: Hashable, Sendable {
  /// What was done.
  package enum Action: Hashable, Sendable {
    case press
    case release
    case wheelUp
    case wheelDown
  }

  package var action: Action
  package var position: Position

  package init(_ action: Action, at position: Position) {
    self.action = action
    self.position = position
  }
}
