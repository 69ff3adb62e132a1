package import Runs

/// When the inbox is read next: paces, back-off, wishes, the server's wishes; one poll at a time.
///
/// The clock may be set in either direction and the machine may sleep: ``see(_:)`` keeps every moment
/// that is waited for within its own pause from now.
package struct Poller: Sendable, Equatable {
  /// The longest that a server's wish to be left alone is obeyed.
  package static let restBound = Duration.seconds(300)
  /// After so many polls that read only what has changed, one reads everything.
  package static let wholePolls = 20
  /// A reading of everything is at most this old when a poll may read only what has changed.
  package static let wholeAge = Duration.seconds(60)
  /// After so many failures in a row, reading only what has changed is given up: everything is read
  /// without trouble in between.
  package static let partialBound = 3

  /// A time for which polls are held back.
  private struct Hold: Sendable, Equatable {
    var until: Timestamp
    let length: Duration

    init(_ length: Duration, from now: Timestamp) {
      until = now + length
      self.length = length
    }

    mutating func see(_ now: Timestamp) { until = min(until, now + length) }
  }

  /// How often.
  package private(set) var pace = Pace.stopped
  /// Failures in a row.
  package private(set) var missed = 0
  /// Whether a poll is under way.
  package private(set) var isPolling = false
  private var lastEnd: Timestamp?
  /// Set while failures hold polls back, whatever the pace.
  private var backoff: Hold?
  /// Set while the server wants no calls.
  private var rest: Hold?
  /// When the operator, or a command, asked for a poll that has not begun.
  private var wishedAt: Timestamp?
  /// When everything was read last, and how many polls have read only what changed since.
  private var lastWhole: Timestamp?
  private var partial = 0
  /// Whether the poll under way reads everything, and how often one that does not has failed since
  /// the last that did not fail.
  private var isWhole = true
  private var partialMisses = 0

  /// A poller that stands still.
  package init() {}

  /// When a poll is due; nil while one is under way, and when none is wanted.
  package var due: Timestamp? {
    if isPolling { return nil }
    if let wishedAt { return max(wishedAt, wishesFrom ?? wishedAt) }
    guard let interval = pace.interval else { return nil }
    let plain = backoff?.until ?? lastEnd.map { $0 + interval } ?? Timestamp(milliseconds: 0)
    return max(plain, rest?.until ?? plain)
  }

  /// Whether nothing should be asked that nobody waits for: polls fail, or the server wants no calls.
  package func isHeldBack(_ now: Timestamp) -> Bool {
    missed > 0 || rest.map { now < $0.until } ?? false
  }

  /// From when on a wish is heard: the operator may try a server that wants to be left alone, but a
  /// key that is held down must not ask it without end.
  private var wishesFrom: Timestamp? {
    guard let rest, let lastEnd else { return nil }
    return min(rest.until, lastEnd + .seconds(3))
  }

  /// Whether the poll that begins now is to read everything, rather than what has changed.
  package func wantsWhole(_ now: Timestamp) -> Bool {
    guard wishedAt == nil, missed == 0, let lastWhole, partialMisses < Poller.partialBound else {
      return true
    }
    return partial + 1 >= Poller.wholePolls || now - lastWhole >= Poller.wholeAge
  }

  /// Sets how often; a poll that has been due for long comes at once.
  package mutating func setPace(_ pace: Pace) { self.pace = pace }

  /// Wants a poll at once, in spite of failures; while one is under way, right after it.
  package mutating func pollNow(_ now: Timestamp) { wishedAt = now }

  /// Takes in that the server wants no calls for some time; up to five minutes are obeyed.
  package mutating func leaveAlone(for asked: Duration, _ now: Timestamp) {
    let hold = Hold(min(asked, Poller.restBound), from: now)
    if rest.map({ $0.until < hold.until }) ?? true { rest = hold }
  }

  /// Takes in the time, which may be earlier than before.
  package mutating func see(_ now: Timestamp) {
    lastEnd = lastEnd.map { min($0, now) }
    wishedAt = wishedAt.map { min($0, now) }
    lastWhole = lastWhole.map { min($0, now) }
    backoff?.see(now)
    rest?.see(now)
  }

  /// A poll has begun, of everything or of what has changed.
  package mutating func begin(isWhole: Bool = true) {
    isPolling = true
    self.isWhole = isWhole
    wishedAt = nil
    // Either it is over, or the operator wants to know; the answers tell whether it goes on.
    rest = nil
  }

  /// The poll under way is given up: it neither failed nor brought anything.
  package mutating func giveUp() {
    isPolling = false
    // What was known was told to somebody else; it is read anew.
    lastWhole = nil
  }

  /// Nobody looked for so long that the machine must have slept: the poll under way is given up, and
  /// everything is read at once.
  package mutating func woke(_ now: Timestamp) {
    if isPolling { wishedAt = now }
    giveUp()
    lastEnd = nil
    // The server's own wish stands; after hours it is over anyhow.
    backoff = nil
  }

  /// The poll under way brought a reading, of everything or of what has changed.
  package mutating func succeeded(_ now: Timestamp, isWhole: Bool = true) {
    isPolling = false
    missed = 0
    backoff = nil
    lastEnd = now
    partial = isWhole ? 0 : partial + 1
    if isWhole { lastWhole = now } else { partialMisses = 0 }
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
    if !isWhole { partialMisses += 1 }
    missed += 1
    lastEnd = now
    let plain = min(3000 << min(missed - 1, 4), 30_000)
    var pause = Duration.milliseconds(Int((Double(plain) * (0.8 + 0.4 * random)).rounded()))
    if let asked = fault.retryAfter { pause = max(pause, min(asked, Poller.restBound)) }
    let hold = Hold(pause, from: now)
    backoff = hold
    return max(hold.until, rest?.until ?? hold.until)
  }
}
