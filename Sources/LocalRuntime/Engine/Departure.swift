import Synchronization

/// Whether an attempt that waits for room is made: either it begins, or it is called off first.
final class Departure: Sendable {
  private enum Stage {
    case waiting
    case begun
    case calledOff
  }

  private let stage = Mutex(Stage.waiting)

  /// The attempt is about to be made.
  /// - Returns: Whether it may be.
  func begin() -> Bool { move(to: .begun) }

  /// The attempt is not to be made.
  /// - Returns: Whether that is in time.
  func callOff() -> Bool { move(to: .calledOff) }

  /// Whether it was called off in time.
  var isCalledOff: Bool { stage.withLock { $0 == .calledOff } }

  private func move(to next: Stage) -> Bool {
    stage.withLock { stage in
      guard stage == .waiting else { return false }
      stage = next
      return true
    }
  }
}
