import Runs
import Synchronization

/// Counts requests a minute, each token's and each webhook's apart.
final class RateLimits: Sendable {
  private struct Window {
    var start: Timestamp
    var count = 0
  }

  /// Windows that have passed are forgotten once there are more than this.
  private static let capacity = 4096
  private static let length = Duration.seconds(60)
  private let windows = Mutex<[String: Window]>([:])

  /// How a caller stands after a request.
  struct Standing: Sendable, Equatable {
    var remaining: Int
    /// When the count begins anew.
    var reset: Timestamp
    var isOver: Bool

    /// The headers that say so.
    var headers: [String: String] {
      [
        "X-RateLimit-Remaining": String(remaining),
        "X-RateLimit-Reset": String((reset.milliseconds + 999) / 1000),
      ]
    }
  }

  /// Counts a request.
  func count(_ key: String, atMost limit: Int, now: Timestamp) -> Standing {
    windows.withLock { windows in
      if windows.count > Self.capacity {
        windows = windows.filter { $0.value.start <= now && now < $0.value.start + Self.length }
      }
      var window = windows[key] ?? Window(start: now)
      // A window that begins later than now was begun before the clock was set back.
      if now < window.start || window.start + Self.length <= now { window = Window(start: now) }
      window.count += 1
      windows[key] = window
      return Standing(
        remaining: max(0, limit - window.count),
        reset: window.start + Self.length,
        isOver: window.count > limit
      )
    }
  }
}
