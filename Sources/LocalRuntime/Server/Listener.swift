import FlyingSocks
import Foundation
import Glibc

/// Listens, and serves a router over HTTP to whoever connects.
///
/// Whoever says nothing, and strangers by the thousand, take no place from those who do: places of
/// strangers are few, and the one who has been idle longest makes room for the newest; where all are
/// in the middle of a request, the one who began it first and is not being answered.
actor Listener {
  /// Longer bodies are refused.
  static let maximumBody = 4 << 20

  /// What there is room and patience for.
  struct Limits: Sendable, Equatable {
    /// Connections that have shown no token yet.
    var strangers = 256
    /// Connections in all.
    var connections = 640
    var liveStreams = 128
    /// How long what is in progress may take once it is to end.
    var farewell = Duration.seconds(5)
    var patience = Connection.Patience()
  }

  /// Whoever was sent away leaves at once; so many may be on their way out before newcomers are refused.
  private static let mostLeaving = 32

  /// Where it listens.
  nonisolated let place: ListenPlace
  private let router: Router
  private let limits: Limits
  private let log: RuntimeLog
  private let seats: LiveSeats
  private let pool: any AsyncSocketPool
  private let host: Socket
  private var visitors: [Int: Visitor] = [:]
  private var nextNumber = 0
  private var isStopping = false
  private var isBroken = false
  private var tasks: [Task<Void, Never>] = []
  private var whenEmpty: CheckedContinuation<Void, Never>?
  /// Yields when nobody is served any more though nobody asked for an end, and ends with the listener.
  nonisolated let failures: AsyncStream<RuntimeMistake>
  private nonisolated let failure: AsyncStream<RuntimeMistake>.Continuation

  /// Listens.
  /// - Throws: ``RuntimeMistake`` when it cannot.
  init(
    router: Router,
    place wanted: ListenPlace,
    limits: Limits = Limits(),
    log: RuntimeLog = .silent,
    pool: any AsyncSocketPool = .ePoll(maxEvents: 64)
  ) async throws(RuntimeMistake) {
    // Whoever has gone must not end us by our writing to them.
    signal(SIGPIPE, SIG_IGN)
    self.router = router
    self.limits = limits
    self.log = log
    seats = LiveSeats(limits.liveStreams)
    self.pool = pool
    (failures, failure) = AsyncStream.makeStream()
    (host, place) = try wanted.open()
    let socket: AsyncSocket
    do {
      try await pool.prepare()
      socket = try AsyncSocket(socket: host, pool: pool)
    } catch {
      try? host.close()
      throw RuntimeMistake("cannot listen on \(wanted.text): \(error.localizedDescription)")
    }
    tasks = [
      Task { await self.wait() },
      Task { await self.welcome(socket) },
      Task { await self.sweep() },
    ]
  }

  /// Ends: no new connections; who waits is sent away at once, who is being answered gets the answer.
  func stop() async {
    isStopping = true
    shutdown(host.file.rawValue, Int32(SHUT_RDWR))
    place.close()
    for visitor in visitors.values { visitor.stop() }
    let impatience = Task {
      guard (try? await Task.sleep(for: limits.farewell)) != nil else { return }
      self.sendAllAway()
    }
    if !visitors.isEmpty { await withCheckedContinuation { whenEmpty = $0 } }
    impatience.cancel()
    for task in tasks { task.cancel() }
    for task in tasks { await task.value }
    failure.finish()
    try? host.close()
  }

  private func sendAllAway() {
    for visitor in visitors.values { visitor.hangUp() }
  }

  // MARK: Coming and going

  /// Lets everybody wait for their sockets; without that nobody is served.
  private func wait() async {
    var why = "it ended"
    do {
      try await pool.run()
    } catch {
      why = "\(error)"
    }
    guard !isStopping else { return }
    isBroken = true
    let mistake = RuntimeMistake(
      "nobody is served any more, since the system's wait for connections broke off: \(why)"
    )
    log.notice(.error, mistake.sentence)
    failure.yield(mistake)
  }

  private func welcome(_ host: AsyncSocket) async {
    while !Task.isCancelled, !isStopping, !isBroken {
      do {
        admit(try await host.accept())
      } catch {
        // No descriptor is left, or whoever came has gone again; the end is told by the flag.
        try? await Task.sleep(for: .milliseconds(20))
      }
    }
  }

  private func admit(_ socket: AsyncSocket) {
    let file = socket.socket.file.rawValue
    _ = fcntl(file, F_SETFD, FD_CLOEXEC)
    let visitor = Visitor(socket.socket)
    guard !isStopping, makeRoom() else {
      visitor.close()
      return
    }
    if case .address = place { Self.sendAtOnce(file) }
    nextNumber += 1
    let number = nextNumber
    visitors[number] = visitor
    let connection = Connection(
      socket: socket,
      visitor: visitor,
      router: router,
      patience: limits.patience,
      log: log,
      seats: seats
    )
    Task {
      await connection.serve()
      self.forget(number)
    }
  }

  private func forget(_ number: Int) {
    visitors[number] = nil
    guard visitors.isEmpty else { return }
    whenEmpty?.resume()
    whenEmpty = nil
  }

  /// Makes room for a newcomer, who is a stranger yet.
  private func makeRoom() -> Bool {
    let staying = visitors.values.filter { !$0.isSentAway }
    guard visitors.count - staying.count <= Self.mostLeaving else { return false }
    let strangers = staying.filter { !$0.isKnown }
    let leaver: Visitor
    if strangers.count >= limits.strangers {
      // Whoever begins a request and never ends it must not hold a place for longer than others.
      let unanswered = strangers.filter { !$0.isBeingAnswered }
      guard let oldest = Self.oldest(strangers.filter(\.isIdle)) ?? Self.oldest(unanswered) else {
        return false
      }
      leaver = oldest
    } else if staying.count >= limits.connections {
      guard let oldest = Self.oldest(staying.filter(\.isIdle)) else { return false }
      leaver = oldest
    } else {
      return true
    }
    leaver.hangUp()
    return true
  }

  /// Who has been waiting, or asking, for the longest time.
  private static func oldest(_ visitors: [Visitor]) -> Visitor? {
    visitors.min { $0.idleSince < $1.idleSince }
  }

  /// Sends away whose time is over.
  private func sweep() async {
    while (try? await Task.sleep(for: .milliseconds(250))) != nil {
      let now = ContinuousClock.now
      for visitor in visitors.values where visitor.isLate(at: now) { visitor.hangUp() }
    }
  }

  /// Answers go out as they are written, not when the other side has acknowledged the one before.
  private static func sendAtOnce(_ file: Int32) {
    var one: Int32 = 1
    let size = socklen_t(MemoryLayout<Int32>.size)
    unsafe setsockopt(file, Int32(IPPROTO_TCP), TCP_NODELAY, &one, size)
  }
}
