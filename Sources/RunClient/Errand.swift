internal import Runs

/// Work that could hold a key up: it is done on another thread, in order, and its result comes back
/// through ``Client/returned(_:_:now:)``.
package struct Errand: Sendable {
  /// Names the errand to ``Client/returned(_:_:now:)``.
  package let id: Int
  /// Whether it puts something on record, and must be done even when nobody waits for what follows.
  package let isRecord: Bool
  /// What is to be done.
  package let work: @Sendable () -> ErrandResult
}

/// What an errand came back with; only the client reads it.
package struct ErrandResult: Sendable {
  enum Content: Sendable {
    /// A piece of work that has taken an answer in, and what it wants now.
    case advanced(Work, [Move])
    /// The journal has taken a line, or why it has not.
    case recorded(Fault?)
    /// What programs that ended too early left, and the hold on their journals.
    case claimed(JournalClaim, JournalFolder.Contents)
    /// The journal has taken lines of which nobody waits to hear.
    case noted
  }

  let content: Content
}
