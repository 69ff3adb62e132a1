internal import Dispatch
internal import Synchronization
internal import Transport

/// Does work off the loop's thread, one piece after the other, and wakes the loop when one is done.
///
/// What could hold a key up, the journal's `fsync` and the reading of large bodies, goes through
/// here. A serial queue has a thread of its own while it works: tasks would share as many threads as
/// there are cores, and a program that does not print its token would hold up the journal.
final class Worker<Result: Sendable> {
  /// A piece of work.
  typealias Piece = @Sendable () -> Result

  /// Results on their way back to the loop.
  private final class Mailbox: Sendable {
    let results = Mutex<[Result]>([])
  }

  private let mailbox = Mailbox()
  private let waker: Waker
  private let queue = DispatchQueue(label: "worker", qos: .userInitiated)

  init(waking waker: Waker) {
    self.waker = waker
  }

  /// Hands work over; it is done in the order in which it came, also when nobody waits for it.
  func take(_ piece: @escaping Piece) {
    queue.async { [mailbox, waker] in
      let result = piece()
      mailbox.results.withLock { $0.append(result) }
      waker.wake()
    }
  }

  /// Waits until all that was handed over is done, but not for ever.
  func finish(withinMilliseconds limit: Int) {
    let done = DispatchSemaphore(value: 0)
    queue.async { done.signal() }
    _ = done.wait(timeout: .now() + .milliseconds(limit))
  }

  /// What was done since the last call.
  func results() -> [Result] {
    mailbox.results.withLock { results in
      defer { results = [] }
      return results
    }
  }
}
