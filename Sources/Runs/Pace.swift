/// How often the inbox is read.
package enum Pace: Sendable, Hashable {
  /// Every 3 s: something waits or runs.
  case lively
  /// Every 30 s.
  case calm
  /// Only when asked.
  case stopped

  /// The pause between the end of a poll and the next one.
  package var interval: Duration? {
    switch self {
    case .lively: .seconds(3)
    case .calm: .seconds(30)
    case .stopped: nil
    }
  }
}
