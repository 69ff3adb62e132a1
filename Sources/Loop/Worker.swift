internal import RunClient
internal import Synchronization
internal import Transport

/// Does errands off the loop's thread, one after the other, and wakes the loop when one is done.
///
/// What could hold a key up, the journal's `fsync` and the reading of large bodies, goes through
/// here. The thread behind it begins with the first errand.
final class Worker {
  /// Results on their way back to the loop.
  private final class Mailbox: Sendable {
    let results = Mutex<[(id: Int, result: ErrandResult)]>([])
  }

  private let mailbox = Mailbox()
  private let waker: Waker
  private var errands: AsyncStream<Errand>.Continuation?

  init(waking waker: Waker) {
    self.waker = waker
  }

  deinit { errands?.finish() }

  /// Hands errands over; they are done in the order in which they came.
  func take(_ more: [Errand]) {
    guard !more.isEmpty else { return }
    let errands = self.errands ?? start()
    self.errands = errands
    for errand in more { errands.yield(errand) }
  }

  private func start() -> AsyncStream<Errand>.Continuation {
    let (stream, continuation) = AsyncStream.makeStream(of: Errand.self)
    Task.detached(priority: .userInitiated) { [mailbox, waker] in
      for await errand in stream {
        let result = errand.work()
        mailbox.results.withLock { $0.append((errand.id, result)) }
        waker.wake()
      }
    }
    return continuation
  }

  /// The errands that were done since the last call.
  func results() -> [(id: Int, result: ErrandResult)] {
    mailbox.results.withLock { results in
      defer { results = [] }
      return results
    }
  }
}
