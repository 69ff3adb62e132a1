internal import Cells
internal import Runs

/// Looks at runs again and again until they have ended.
///
/// A server that is away for a while does not end it; one that refuses does.
struct Vigil: Sendable {
  /// Between two looks.
  static let pause = Duration.seconds(3)
  private static let longestPause = Duration.seconds(30)

  /// The runs that have not ended yet.
  private(set) var awaited: [RunReference] = []
  /// Until when they are waited for; nil for as long as it takes.
  private let deadline: Timestamp?
  private let patience: Patience
  /// How many looks in a row have failed.
  private var missed = 0
  private var isLooking = false

  init(_ patience: Patience, at now: Timestamp) {
    self.patience = patience
    deadline = patience.timeout.map { now + $0 }
  }

  /// Whether the time is over.
  func isLate(_ now: Timestamp) -> Bool { deadline.map { now >= $0 } ?? false }

  /// The time that was given, in words.
  var timeoutWords: String {
    let seconds = (patience.timeout?.inMilliseconds ?? 0) / 1000
    return seconds % 3600 == 0
      ? "\(seconds / 3600)h" : seconds % 60 == 0 ? "\(seconds / 60)m" : "\(seconds)s"
  }

  /// Waits for one more; the first look is after a pause.
  mutating func await(_ run: RunReference, _ now: Timestamp) -> [ShellEffect] {
    guard !awaited.contains(run) else { return [] }
    awaited.append(run)
    return awaited.count == 1 && !isLooking ? rest(Vigil.pause, now) : []
  }

  /// Waits no more for one.
  mutating func dismiss(_ run: RunReference) { awaited.removeAll { $0 == run } }

  /// Looks: at one run by itself, at several through the feed.
  mutating func look() -> [ShellEffect] {
    guard let first = awaited.first else { return [] }
    isLooking = true
    let alarm = deadline.map { [ShellEffect.wait(until: $0)] } ?? []
    return alarm + [awaited.count == 1 ? .load(first) : .poll]
  }

  /// A look is over: the next one is after a pause.
  mutating func looked(_ now: Timestamp) -> [ShellEffect] {
    isLooking = false
    missed = 0
    return awaited.isEmpty ? [] : rest(Vigil.pause, now)
  }

  /// A look has failed; nil when there is no use in another one.
  mutating func failed(_ fault: Fault, _ now: Timestamp) -> [ShellEffect]? {
    isLooking = false
    switch fault.kind {
    case .unreachable, .timedOut, .limited, .server: break
    case .untrusted, .unauthenticated, .forbidden, .notFound, .notTheAPI, .rejected, .tooLarge,
      .local:
      return nil
    }
    missed += 1
    let pause = min(Vigil.pause * (1 << min(missed - 1, 4)), Vigil.longestPause)
    let said: [ShellEffect] = missed == 1 ? [.complain(Text.sanitised(fault.sentence))] : []
    return said + rest(max(pause, min(fault.retryAfter ?? pause, .seconds(300))), now)
  }

  private func rest(_ pause: Duration, _ now: Timestamp) -> [ShellEffect] {
    let next = now + pause
    return [.wait(until: deadline.map { min($0, next) } ?? next)]
  }
}

extension ExitCode {
  /// The code of a run that was waited for.
  init(ended status: RunStatus) { self = status == .completed ? .done : .failed }
}
