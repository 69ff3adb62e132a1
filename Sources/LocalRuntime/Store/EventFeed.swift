import Runs
import Synchronization

/// Tells whoever follows runs which of their events became durable.
///
/// It carries numbers, not events: a reader, however slow, holds nothing in memory, and reads what it
/// has not seen from the store.
final class EventFeed: Sendable {
  /// What became durable at once.
  struct News: Sendable {
    var run: Run
    var events: [RunEvent]
  }

  private struct State {
    var nextNumber = 0
    var followers: [Int: Follower] = [:]
    var observers: [@Sendable (News) -> Void] = []
  }

  private let state = Mutex(State())

  /// Lets somebody see all news; what is done with them must not wait.
  func observe(_ observer: @escaping @Sendable (News) -> Void) {
    state.withLock { $0.observers.append(observer) }
  }

  /// Somebody who follows the runs of a workflow, or one of them, from now on.
  func follow(workflow: String, run: String?) -> Follower {
    state.withLock { state in
      state.nextNumber += 1
      let number = state.nextNumber
      let follower = Follower(workflow: workflow, run: run) { [weak self] in
        self?.leave(number)
      }
      state.followers[number] = follower
      return follower
    }
  }

  private func leave(_ number: Int) {
    state.withLock { $0.followers[number] = nil }
  }

  /// Tells that a change of a run is durable.
  func publish(_ news: News) {
    guard let first = news.events.first?.sequence else { return }
    let (followers, observers) = state.withLock { (Array($0.followers.values), $0.observers) }
    for observer in observers { observer(news) }
    for follower in followers { follower.tell(news.run, first: first) }
  }
}

/// Whoever follows runs: which of them have events that were not read yet.
final class Follower: Sendable {
  private struct State {
    /// By run, the number before its first event that was not read.
    var unread: [String: Int] = [:]
    var order: [String] = []
  }

  private let workflow: String
  private let run: String?
  private let leave: @Sendable () -> Void
  private let state = Mutex(State())
  private let waking: AsyncStream<Void>.Continuation
  /// Yields when there may be something to do; several reasons may share one.
  let wakes: AsyncStream<Void>

  init(workflow: String, run: String?, leave: @escaping @Sendable () -> Void) {
    self.workflow = workflow
    self.run = run
    self.leave = leave
    (wakes, waking) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  /// Notes that a run has events from a number on.
  func tell(_ run: Run, first: Int) {
    guard run.workflow?.text == workflow, self.run == nil || self.run == run.id.text else { return }
    note(run.id.text, after: first - 1)
  }

  /// Notes that a run has events behind a number.
  func note(_ run: String, after: Int) {
    state.withLock { state in
      if let known = state.unread[run] {
        state.unread[run] = min(known, after)
      } else {
        state.unread[run] = after
        state.order.append(run)
      }
    }
    wake()
  }

  /// Wakes whoever listens to ``wakes``.
  func wake() { waking.yield() }

  /// The next run with unread events, and the number behind which they begin.
  func take() -> (run: String, after: Int)? {
    state.withLock { state in
      guard let run = state.order.first else { return nil }
      state.order.removeFirst()
      return (run, state.unread.removeValue(forKey: run) ?? 0)
    }
  }

  /// Ends the following.
  func stop() {
    waking.finish()
    leave()
  }
}
