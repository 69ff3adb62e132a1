import GRDB
import Synchronization

/// Groups writes: whatever arrives while one transaction is being made durable shares the next.
///
/// A caller is resumed only once its write is on the disk. Writes are made in the order they came; one
/// that fails is undone alone and does not cost the others.
actor CommitQueue {
  private struct Pending {
    var write: @Sendable (Database) throws -> Void
    var done: CheckedContinuation<Void, any Error>
  }

  private let pool: DatabasePool
  private let counter: ChangeCounter
  private var pending: [Pending] = []
  private var isWriting = false

  init(pool: DatabasePool, counter: ChangeCounter) {
    self.pool = pool
    self.counter = counter
  }

  /// Makes a write durable.
  /// - Throws: what `write` throws, or the database's error.
  func commit(_ write: @escaping @Sendable (Database) throws -> Void) async throws {
    try await withCheckedThrowingContinuation { continuation in
      pending.append(Pending(write: write, done: continuation))
      guard !isWriting else { return }
      isWriting = true
      Task { await self.drain() }
    }
  }

  private func drain() async {
    while !pending.isEmpty {
      let batch = pending
      pending = []
      let writes = batch.map(\.write)
      let outcome: Result<[(any Error)?], any Error>
      do {
        outcome = .success(
          try await pool.write { database in
            try writes.map { write in try Self.attempt(write, in: database) }
          }
        )
      } catch {
        outcome = .failure(error)
      }
      counter.advance()
      for (index, item) in batch.enumerated() {
        switch outcome {
        case .failure(let error): item.done.resume(throwing: error)
        case .success(let errors):
          if let error = errors[index] {
            item.done.resume(throwing: error)
          } else {
            item.done.resume()
          }
        }
      }
    }
    isWriting = false
  }

  /// The error of one write, which was then undone.
  /// - Throws: an error that undid the whole transaction, such as a full disk.
  private static func attempt(
    _ write: (Database) throws -> Void,
    in database: Database
  ) throws -> (any Error)? {
    do {
      try database.inSavepoint {
        try write(database)
        return .commit
      }
      return nil
    } catch {
      guard database.isInsideTransaction else { throw error }
      return error
    }
  }
}

/// Counts commits and tells whoever waits for the next one.
final class ChangeCounter: Sendable {
  private struct State {
    var count = 0
    var nextWatcher = 0
    var watchers: [Int: AsyncStream<Int>.Continuation] = [:]
  }

  private let state = Mutex(State())

  /// How many commits there were; equal counts mean equal data.
  var count: Int { state.withLock(\.count) }

  /// Counts a commit.
  func advance() {
    let (count, watchers) = state.withLock { state in
      state.count += 1
      return (state.count, Array(state.watchers.values))
    }
    for watcher in watchers { watcher.yield(count) }
  }

  /// The counts from now on, the present one first; a reader too slow sees the newest.
  var changes: AsyncStream<Int> {
    AsyncStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
      let number = state.withLock { state in
        state.nextWatcher += 1
        state.watchers[state.nextWatcher] = continuation
        continuation.yield(state.count)
        return state.nextWatcher
      }
      continuation.onTermination = { [weak self] _ in
        self?.state.withLock { $0.watchers[number] = nil }
      }
    }
  }
}
