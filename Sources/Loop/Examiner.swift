internal import Glibc
package import RunClient
package import Terminal
package import Transport

/// Drives the examination of a server.
package struct Examiner {
  private let pool: TransferPool
  private let signals: Signals?

  /// An examiner; nobody else starts anything in the pool.
  ///
  /// Without signals it cannot be ended before its bounds.
  package init(pool: TransferPool, signals: Signals?) {
    self.pool = pool
    self.signals = signals
  }

  /// Makes the calls and waits for what comes of them, each within its own bound.
  /// - Parameters:
  ///   - examination: What is asked.
  ///   - progress: Told of what is asked next, before it is.
  /// - Returns: What came.
  /// - Throws: ``Interrupted`` when a signal told the program to end.
  package func run(
    _ examination: Examination,
    progress: (String) -> Void
  ) throws(Interrupted) -> [Examination.Visit] {
    var examination = examination
    var subjects: [TransferID: Examination.Subject] = [:]
    func start(_ wanted: [Examination.Wanted]) {
      if let only = wanted.first {
        progress(
          wanted.count == 1
            ? "asking for \(only.subject.rawValue)" : "asking which parts the server has"
        )
      }
      for call in wanted { subjects[pool.start(call.request)] = call.subject }
    }
    start(examination.begin())
    while !examination.isOver {
      let ready = pool.wait(
        watching: signals.map { [Watch(descriptor: $0.descriptor)] } ?? [],
        milliseconds: 60_000
      )
      if !ready.isEmpty, let signal = signals?.drain().first(where: \.ends) {
        throw Interrupted(number: signal.number)
      }
      for (id, result) in pool.finished() {
        guard let subject = subjects.removeValue(forKey: id) else { continue }
        start(examination.receive(result, for: subject, at: SystemClock.now()))
      }
    }
    return examination.visits
  }

  /// A signal told the program to end.
  package struct Interrupted: Error {
    /// The signal's number.
    package var number: Int32
  }
}

extension Signal {
  fileprivate var ends: Bool {
    switch self {
    case .interrupt, .terminate, .hangUp: true
    case .resize, .suspend, .resume, .childEnded: false
    }
  }

  fileprivate var number: Int32 {
    switch self {
    case .terminate: SIGTERM
    case .hangUp: SIGHUP
    default: SIGINT
    }
  }
}
