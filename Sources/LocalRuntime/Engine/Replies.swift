import Synchronization

/// Who waits for the answer of a run, and why nobody gets one now.
///
/// What has happened is written again and again until it can be. Until then nothing else can be
/// decided, so whatever somebody asks for is refused at once and never carried out.
final class Replies: Sendable {
  typealias Reply = CheckedContinuation<Result<RunState, Rejection>?, Never>

  private struct State {
    var waiting: [Int: Reply] = [:]
    var count = 0
    var trouble: StoreMistake?
    var pause: Task<Void, any Error>?
    var isOver = false
  }

  private let state = Mutex(State())

  /// Takes a place in the row.
  /// - Returns: Its number; nil when the answer was given at once.
  func enter(_ reply: Reply) -> Int? {
    let (number, trouble): (Int?, StoreMistake?) = state.withLock { state in
      if let trouble = state.trouble { return (nil, trouble) }
      state.count += 1
      state.waiting[state.count] = reply
      return (state.count, nil)
    }
    if let trouble { reply.resume(returning: .failure(.unwritable(trouble))) }
    return number
  }

  /// Takes somebody out of the row, to answer; nil when that was done already.
  func take(_ number: Int) -> Reply? {
    state.withLock { $0.waiting.removeValue(forKey: number) }
  }

  /// Refuses everybody in the row, and everybody who comes from now on.
  func refuse(because mistake: StoreMistake) {
    let refused = state.withLock { state in
      defer { state.waiting = [:] }
      state.trouble = mistake
      return Array(state.waiting.values)
    }
    for reply in refused { reply.resume(returning: .failure(.unwritable(mistake))) }
  }

  /// It could be written: whoever comes from now on is heard.
  func recover() { state.withLock { $0.trouble = nil } }

  /// Waits before the next try.
  /// - Returns: Whether there is to be one.
  func pause(_ clock: RuntimeClock) async -> Bool {
    let pause = Task { try await clock.sleep(.seconds(1)) }
    let isOver = state.withLock { state in
      state.pause = pause
      return state.isOver
    }
    if isOver { pause.cancel() }
    return (try? await pause.value) != nil && !self.isOver
  }

  /// Whether nothing is to be tried any more.
  var isOver: Bool { state.withLock(\.isOver) }

  /// Nothing is to be tried any more; whoever waits is told by whoever handles it.
  func end() {
    let pause = state.withLock { state in
      state.isOver = true
      return state.pause
    }
    pause?.cancel()
  }

  /// Tells whoever still waits that nobody handles it.
  func leave() {
    let waiting = state.withLock { state in
      defer { state.waiting = [:] }
      return Array(state.waiting.values)
    }
    for reply in waiting { reply.resume(returning: nil) }
  }
}
