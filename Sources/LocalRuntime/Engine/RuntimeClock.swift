package import Runs

/// The time and the names that the runtime uses; injected, so that tests own both.
package struct RuntimeClock: Sendable {
  /// The present moment.
  package var now: @Sendable () -> Timestamp
  /// Waits; ends early with `CancellationError` when its task is cancelled.
  package var sleep: @Sendable (Duration) async throws -> Void
  /// A new name that was never given before.
  package var newID: @Sendable () -> String

  /// A clock.
  package init(
    now: @escaping @Sendable () -> Timestamp,
    sleep: @escaping @Sendable (Duration) async throws -> Void,
    newID: @escaping @Sendable () -> String
  ) {
    self.now = now
    self.sleep = sleep
    self.newID = newID
  }
}
