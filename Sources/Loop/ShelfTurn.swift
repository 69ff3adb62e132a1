internal import RunClient
internal import Runs
internal import Synchronization

/// Whose turn it is to write the shelves of a profile.
///
/// When it is left, what is newest is kept at once. What was given away before and has not begun must
/// not be laid over that afterwards.
final class ShelfTurn: Sendable {
  /// Held while shelves are written.
  private let writing = Mutex(())
  private let isOver = Mutex(false)

  /// Keeps what was given away, unless the profile was left meanwhile.
  func keep(_ entries: [ShelfEntry], in folder: ShelfFolder) -> [Errands.ShelfFault] {
    writing.withLock { _ in
      guard !isOver.withLock({ $0 }) else { return [] }
      return folder.keep(entries).map { Errands.ShelfFault(subject: $0.subject, fault: $0.fault) }
    }
  }

  /// Keeps what is left, as the last one.
  /// - Parameters:
  ///   - entries: All that was not kept yet, in order.
  ///   - folder: Where.
  ///   - isHurried: Whether nobody can wait for who is writing.
  /// - Returns: What could not be kept, and why.
  func keepLast(
    _ entries: [ShelfEntry],
    in folder: ShelfFolder,
    isHurried: Bool
  ) -> [Errands.ShelfFault] {
    isOver.withLock { $0 = true }
    let keep = {
      folder.keep(entries, isHurried: isHurried).map {
        Errands.ShelfFault(subject: $0.subject, fault: $0.fault)
      }
    }
    if isHurried { return writing.withLockIfAvailable { _ in keep() } ?? keep() }
    return writing.withLock { _ in keep() }
  }
}
