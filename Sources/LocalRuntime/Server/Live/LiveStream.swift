import FlyingSocks
import Foundation
import Synchronization

/// Sends the events of a workflow's runs over a connection, one JSON text a frame, until one side
/// ends it.
///
/// Everything that is sent is read from the store, so that nothing is sent twice or left out, and a
/// slow reader costs no memory.
struct LiveStream: Sendable {
  /// What a stream has patience for.
  struct Patience: Sendable, Equatable {
    /// Between two pings.
    var ping = Duration.seconds(20)
    /// A frame that takes longer is the last one: the reader is too slow.
    var write = Duration.seconds(10)
    /// A frame that takes longer than this is not finished.
    var stall = Duration.seconds(40)
    /// For the peer's own farewell.
    var farewell = Duration.seconds(2)
    /// After this many pings without a word the peer is gone.
    var silentPings = 3
  }

  private static let pageLength = 100
  private static let longestMessage = 4 << 10

  let store: Store
  let query: LiveQuery
  let socket: AsyncSocket
  let visitor: Visitor
  let patience: Patience
  /// Whether whoever opened it may still do so.
  let isWelcome: @Sendable () -> Bool

  /// What the reading side, the clock and the server's end ask the writing side for.
  private final class Outbox: Sendable {
    struct State: Sendable {
      var pong: [UInt8]?
      var isPingDue = false
      var silentPings = 0
      var close: (code: UInt16, reason: String)?
    }

    let state = Mutex(State())

    func close(_ code: UInt16, _ reason: String = "") {
      state.withLock { state in
        if state.close == nil { state.close = (code, reason) }
      }
    }
  }

  /// Sends until it is over.
  /// - Parameter early: Bytes that came behind the handshake.
  func run(early: ArraySlice<UInt8>) async {
    let follower = store.feed.follow(workflow: query.workflow, run: query.run)
    let outbox = Outbox()
    visitor.onStop {
      outbox.close(WebSocketClose.goingAway, "the runtime is shutting down")
      follower.wake()
    }
    if let run = query.run { follower.note(run, after: query.after) }
    await withTaskGroup(of: Bool.self) { group in
      group.addTask {
        await listen(early, outbox, follower)
        return false
      }
      group.addTask {
        await tick(outbox, follower)
        return false
      }
      group.addTask {
        await write(outbox, follower)
        return true
      }
      // The writing side ends last: it has the word of farewell.
      while let isWriter = await group.next(), !isWriter {}
      group.cancelAll()
    }
    follower.stop()
    await takeLeave()
  }

  /// Lets the last frame arrive: closed with bytes unread, the connection would be reset.
  private func takeLeave() async {
    visitor.endWriting()
    visitor.expect(within: patience.farewell)
    var dropped = 0
    while dropped < 1 << 20, let piece = try? await socket.read(atMost: 4096) {
      dropped += piece.count
    }
  }

  // MARK: Writing

  private func write(_ outbox: Outbox, _ follower: Follower) async {
    var sent = SentMarks()
    do {
      for await _ in follower.wakes {
        while let isMore = try await step(outbox, follower, &sent) {
          guard isMore else { return }
        }
      }
    } catch {
      // The peer has gone, or was too slow for good.
    }
  }

  /// Does the next thing.
  /// - Returns: Whether there may be more; nil when there is nothing now, false when it is over.
  private func step(
    _ outbox: Outbox,
    _ follower: Follower,
    _ sent: inout SentMarks
  ) async throws -> Bool? {
    let (close, pong, ping) = outbox.state.withLock { state in
      defer {
        state.pong = nil
        state.isPingDue = false
      }
      return (state.close, state.pong, state.isPingDue)
    }
    if let close {
      try await send(WebSocketFrame.close(close.code, close.reason), outbox)
      return false
    }
    if let pong { try await send(WebSocketFrame.bytes(.pong, pong), outbox) }
    if ping { try await send(WebSocketFrame.bytes(.ping, []), outbox) }
    guard let (run, known) = follower.take() else { return pong != nil || ping ? true : nil }
    let after = max(known, sent[run] ?? 0)
    let rows: [LiveRow]
    do throws(StoreMistake) {
      rows = try await store.liveEvents(of: run, after: after, limit: Self.pageLength)
    } catch {
      outbox.close(WebSocketClose.internalError, "the events cannot be read now; resume by after")
      return true
    }
    for row in rows {
      try await send(WebSocketFrame.bytes(.text, Array(row.body.utf8)), outbox)
      sent[run] = row.sequence
      // A reader that was too slow hears so before the next event.
      if outbox.state.withLock({ $0.close != nil }) { return true }
    }
    if rows.count == Self.pageLength { follower.note(run, after: sent[run] ?? after) }
    return true
  }

  private func send(_ frame: [UInt8], _ outbox: Outbox) async throws {
    let begun = ContinuousClock.now
    visitor.expect(within: patience.stall)
    try await socket.write(Data(frame))
    visitor.expect(within: nil)
    guard ContinuousClock.now - begun > patience.write else { return }
    outbox.close(WebSocketClose.tryAgainLater, "too slow; resume by run_id and after")
  }

  private func tick(_ outbox: Outbox, _ follower: Follower) async {
    while (try? await Task.sleep(for: patience.ping)) != nil {
      let isGone = outbox.state.withLock { state in
        state.isPingDue = true
        state.silentPings += 1
        return state.silentPings > patience.silentPings
      }
      if isGone { visitor.hangUp() }
      if !isWelcome() {
        outbox.close(WebSocketClose.policyViolation, "the token is not accepted any more")
      }
      follower.wake()
    }
  }

  // MARK: Reading

  private func listen(
    _ early: ArraySlice<UInt8>,
    _ outbox: Outbox,
    _ follower: Follower
  ) async {
    var decoder = WebSocketDecoder(limit: Self.longestMessage)
    decoder.take(early)
    do {
      while true {
        do throws(WebSocketMistake) {
          while let message = try decoder.next() {
            guard take(message, outbox, follower) else { return }
          }
        } catch {
          outbox.close(error.code, error.reason)
          follower.wake()
          return
        }
        decoder.take(try await socket.read(atMost: 4096))
        outbox.state.withLock { $0.silentPings = 0 }
      }
    } catch {
      // The peer has gone without a word.
      outbox.close(WebSocketClose.normal)
      follower.wake()
    }
  }

  /// Takes a message; nothing needs to be sent, so that what is sent is not looked at.
  /// - Returns: Whether more may follow.
  private func take(
    _ message: WebSocketDecoder.Message,
    _ outbox: Outbox,
    _ follower: Follower
  ) -> Bool {
    switch message {
    case .ping(let payload): outbox.state.withLock { $0.pong = payload }
    case .close(let code): outbox.close(code ?? WebSocketClose.normal)
    case .text, .binary, .pong: return true
    }
    follower.wake()
    if case .close = message { return false }
    return true
  }
}

/// How far each run was sent.
private struct SentMarks {
  /// Runs that were not heard of for the longest time are forgotten beyond this.
  private static let capacity = 4096
  private var marks: [String: Int] = [:]
  private var order: [String] = []

  subscript(run: String) -> Int? {
    get { marks[run] }
    set {
      if marks[run] == nil { order.append(run) }
      marks[run] = newValue
      if order.count > Self.capacity { marks[order.removeFirst()] = nil }
    }
  }
}
