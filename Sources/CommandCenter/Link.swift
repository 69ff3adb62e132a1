package import Runs

/// How fresh what is shown is.
///
/// The truth line says what this says, never anything fresher.
package struct Link: Sendable, Equatable {
  /// When the last good reading was made.
  package var lastGood: Timestamp?
  /// Whether that was an earlier session, and this one has read nothing yet.
  package var isFromDisk = false
  /// Why the last poll failed; nil after a good one.
  package var fault: Fault?
  /// How many polls have failed since the last good one.
  package var missed = 0
  /// Whether a poll failed when as much time had gone by as ``patience`` polls take.
  ///
  /// One that hangs until its time is out stands for many.
  package private(set) var outlasted = false
  /// Since when the poll under way has no answer, once that is long; a late one makes it good.
  package var silentSince: Timestamp?
  /// When the next one comes, after a failure.
  package var nextTry: Timestamp?
  /// How often there should be a reading.
  package var pace = Pace.lively

  /// Before the first poll.
  package init() {}

  /// Polls that may fail before the rows count as old.
  package static let patience = 3
  /// How much later than due a reading may be before its age is shown.
  ///
  /// A poll takes a while, and a line that flickers with every slow answer would not be read.
  private static let grace = Duration.seconds(3)

  /// Takes in a good reading.
  mutating func succeeded(at moment: Timestamp) {
    lastGood = moment
    fault = nil
    silentSince = nil
    missed = 0
    outlasted = false
    nextTry = nil
  }

  /// Takes in that a poll failed.
  mutating func failed(_ why: Fault, missed count: Int, nextTry next: Timestamp, at now: Timestamp)
  {
    fault = why
    silentSince = nil
    missed = count
    nextTry = next
    if let interval = pace.interval, let lastGood {
      outlasted = outlasted || now - lastGood > interval * Link.patience + Link.grace
    }
  }

  /// Whether what is shown must not be taken for how things stand.
  package var isStale: Bool {
    isFromDisk || silentSince != nil || missed >= Link.patience || outlasted
      || (fault != nil && lastGood == nil) || (fault.map { Link.isLasting($0.kind) } ?? false)
  }

  /// Whether trying again soon is no remedy: somebody has to do something.
  private static func isLasting(_ kind: Fault.Kind) -> Bool {
    switch kind {
    case .untrusted, .unauthenticated, .forbidden, .notTheAPI, .notFound, .rejected, .tooLarge,
      .local:
      true
    case .unreachable, .timedOut, .limited, .server: false
    }
  }

  /// When a reading is late.
  private var lateAt: Timestamp? {
    pace.interval.flatMap { interval in lastGood.map { $0 + interval + Link.grace } }
  }

  /// Whether the age of the data must be shown.
  package func isLate(at now: Timestamp) -> Bool {
    isStale || fault != nil || (lateAt.map { now > $0 } ?? false)
  }

  /// How old what is shown is; nil when nothing was read, or when the clock was set back since, so
  /// that nobody knows.
  package func age(at now: Timestamp) -> Duration? {
    lastGood.flatMap { now < $0 ? nil : now - $0 }
  }

  /// Counts as before on a clock that was set back.
  mutating func shift(by jump: Duration) {
    if !isFromDisk { lastGood = lastGood.map { $0 + jump } }
    nextTry = nextTry.map { $0 + jump }
    silentSince = silentSince.map { $0 + jump }
  }

  /// The word for what is wrong, in the truth line.
  package var word: String? {
    guard isStale else { return nil }
    guard let fault else { return silentSince == nil ? nil : "NO ANSWER" }
    return switch fault.kind {
    case .unreachable, .timedOut: "OFFLINE"
    case .untrusted: "NOT TRUSTED"
    case .unauthenticated: "TOKEN REFUSED"
    case .forbidden: "FORBIDDEN"
    case .limited: "SLOWED DOWN"
    case .server: "SERVER FAULT"
    case .notTheAPI, .notFound: "NOT THE API"
    case .rejected, .local: "REFUSED"
    case .tooLarge: "TOO LARGE"
    }
  }

  /// How long the poll under way has had no answer; nil while that is not long, and where a failure
  /// before it says more.
  package func silence(at now: Timestamp) -> Duration? {
    fault == nil ? silentSince.map { max(.zero, now - $0) } : nil
  }

  /// When the truth line will say something else without anything having happened: every second
  /// while an age or a countdown is on the screen, else when the data becomes late.
  package func nextChange(after now: Timestamp) -> Timestamp? {
    if isLate(at: now) { return now + .milliseconds(1000 - now.milliseconds % 1000) }
    return lateAt.map { $0 + .milliseconds(1) }
  }
}
