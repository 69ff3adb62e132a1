import FlyingSocks
import Glibc
import Synchronization

/// One connection, as its host sees it: how long it may take, and whether it can be sent away.
///
/// Its descriptor is closed by the connection's own task alone; everybody else shuts it down, so that
/// no number is given to another connection while somebody still waits on it.
final class Visitor: Sendable {
  private struct State {
    var isOpen = true
    var deadline: ContinuousClock.Instant?
    var isIdle = true
    var idleSince = ContinuousClock.now
    var isKnown = false
    var isBeingAnswered = false
    var isSentAway = false
    var isStopping = false
    var onStop: (@Sendable () -> Void)?
  }

  private let socket: Socket
  private let state = Mutex(State())

  init(_ socket: Socket) { self.socket = socket }

  /// Whether it waits for a request.
  var isIdle: Bool { state.withLock(\.isIdle) }
  /// Since when it waits for a request, or is in the middle of one.
  var idleSince: ContinuousClock.Instant { state.withLock(\.idleSince) }
  /// Whether it has ever shown a token.
  var isKnown: Bool { state.withLock(\.isKnown) }
  /// Whether what it asked for is being done.
  var isBeingAnswered: Bool { state.withLock(\.isBeingAnswered) }
  /// Whether it was sent away, and only has to leave yet.
  var isSentAway: Bool { state.withLock(\.isSentAway) }
  /// Whether the host wants it to go.
  var isStopping: Bool { state.withLock(\.isStopping) }

  /// Notes that it has shown a token.
  func becomeKnown() { state.withLock { $0.isKnown = true } }

  /// Begins or ends the waiting for a request.
  /// - Returns: Whether it may go on; not when it is to go.
  func setIdle(_ isIdle: Bool) -> Bool {
    state.withLock { state in
      state.isIdle = isIdle
      state.idleSince = .now
      return !isIdle || !state.isStopping
    }
  }

  /// Notes that what it asked for is begun, or done.
  func setBeingAnswered(_ isBeingAnswered: Bool) {
    state.withLock { $0.isBeingAnswered = isBeingAnswered }
  }

  /// Sets how long what comes next may take; nil for as long as it likes.
  func expect(within duration: Duration?) {
    state.withLock { $0.deadline = duration.map { .now + $0 } }
  }

  /// Whether its time is over.
  func isLate(at moment: ContinuousClock.Instant) -> Bool {
    state.withLock { $0.deadline.map { $0 < moment } ?? false }
  }

  /// Says what is done when the host wants it to go; at once, when it does already.
  func onStop(_ action: @escaping @Sendable () -> Void) {
    let isStopping = state.withLock { state in
      state.onStop = action
      return state.isStopping
    }
    if isStopping { action() }
  }

  /// Asks it to go: at once when it waits, else once it is answered.
  func stop() {
    let (isIdle, action) = state.withLock { state in
      state.isStopping = true
      return (state.isIdle, state.onStop)
    }
    action?()
    if isIdle { hangUp() }
  }

  /// Sends it away; what waits on it fails.
  func hangUp() {
    state.withLock { state in
      state.isSentAway = true
      if state.isOpen { shutdown(socket.file.rawValue, Int32(SHUT_RDWR)) }
    }
  }

  /// Says that nothing more is sent.
  func endWriting() {
    state.withLock { state in
      if state.isOpen { shutdown(socket.file.rawValue, Int32(SHUT_WR)) }
    }
  }

  /// Closes it; only for the connection's own task, when nobody waits on it any more.
  func close() {
    state.withLock { state in
      guard state.isOpen else { return }
      state.isOpen = false
      try? socket.close()
    }
  }
}
