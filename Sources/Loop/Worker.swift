internal import Synchronization
internal import Transport
internal import Triage

/// Does work off the loop's thread, one piece after the other, and wakes the loop when one is done.
///
/// What could hold a key up, the journal's `fsync` and the reading of large bodies, goes through
/// here. The thread behind it begins with the first piece.
final class Worker<Result: Sendable> {
  /// A piece of work.
  typealias Piece = @Sendable () -> Result

  /// Results on their way back to the loop.
  private final class Mailbox: Sendable {
    let results = Mutex<[Result]>([])
  }

  private let mailbox = Mailbox()
  private let waker: Waker
  private var pieces: AsyncStream<Piece>.Continuation?

  init(waking waker: Waker) {
    self.waker = waker
  }

  deinit { pieces?.finish() }

  /// Hands work over; it is done in the order in which it came.
  func take(_ piece: @escaping Piece) {
    let pieces = self.pieces ?? start()
    self.pieces = pieces
    pieces.yield(piece)
  }

  private func start() -> AsyncStream<Piece>.Continuation {
    let (stream, continuation) = AsyncStream.makeStream(of: Piece.self)
    Task.detached(priority: .userInitiated) { [mailbox, waker] in
      for await piece in stream {
        let result = piece()
        mailbox.results.withLock { $0.append(result) }
        waker.wake()
      }
    }
    return continuation
  }

  /// What was done since the last call.
  func results() -> [Result] {
    mailbox.results.withLock { results in
      defer { results = [] }
      return results
    }
  }
}
