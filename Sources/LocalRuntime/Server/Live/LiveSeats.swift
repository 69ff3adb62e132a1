import Synchronization

/// The places for live streams.
final class LiveSeats: Sendable {
  /// How many there are.
  let count: Int
  private let taken = Mutex(0)

  init(_ count: Int) { self.count = count }

  /// Takes a place.
  /// - Returns: Whether there was one.
  func take() -> Bool {
    taken.withLock { taken in
      guard taken < count else { return false }
      taken += 1
      return true
    }
  }

  /// Gives a place back.
  func give() { taken.withLock { $0 -= 1 } }
}
