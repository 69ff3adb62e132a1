package import Runs

/// When the inbox is read next: paces, back-off, wishes; one poll at a time.
package struct Poller: Sendable, Equatable {
  /// How often.
  package private(set) var pace = Pace.stopped
  /// Failures in a row.
  package private(set) var missed = 0
  /// Whether a poll is under way.
  package private(set) var isPolling = false
  private var lastEnd: Timestamp?
  /// Set while failures hold polls back, whatever the pace.
  private var heldUntil: Timestamp?
  /// When the operator, or a command, asked for a poll that has not begun.
  private var wishedAt: Timestamp?

  /// A poller that stands still.
  package init() {}

  /// When a poll is due; nil while one is under way, and when none is wanted.
  package var due: Timestamp? {
    if isPolling { return nil }
    if let wishedAt { return wishedAt }
    guard let interval = pace.interval else { return nil }
    if let heldUntil { return heldUntil }
    return lastEnd.map { $0 + interval } ?? Timestamp(milliseconds: 0)
  }

  /// Sets how often; a poll that has been due for long comes at once.
  package mutating func setPace(_ pace: Pace) { self.pace = pace }

  /// Wants a poll at once, in spite of failures; while one is under way, right after it.
  package mutating func pollNow(_ now: Timestamp) { wishedAt = now }

  /// A poll has begun.
  package mutating func begin() {
    isPolling = true
    wishedAt = nil
  }

  /// The poll under way brought a reading.
  package mutating func succeeded(_ now: Timestamp) {
    isPolling = false
    missed = 0
    heldUntil = nil
    lastEnd = now
  }

  /// The poll under way failed.
  ///
  /// The pauses are 3, 6, 12, 24, 30 s and on, off by up to a fifth so that clients do not come
  /// together, or what the server asks for, up to five minutes.
  /// - Parameters:
  ///   - fault: Why.
  ///   - now: The time.
  ///   - random: Evenly spread from 0 up to 1.
  /// - Returns: When the next try is.
  package mutating func failed(_ fault: Fault, _ now: Timestamp, random: Double) -> Timestamp {
    isPolling = false
    missed += 1
    lastEnd = now
    let plain = min(3000 << min(missed - 1, 4), 30_000)
    var pause = Duration.milliseconds(Int((Double(plain) * (0.8 + 0.4 * random)).rounded()))
    if let asked = fault.retryAfter { pause = max(pause, min(asked, .seconds(300))) }
    heldUntil = now + pause
    return now + pause
  }
}
