/// Bounds how much happens at once, over all runs; who comes first goes first.
actor Permits {
  private var free: Int
  private var waiting: [(id: Int, go: CheckedContinuation<Bool, Never>)] = []
  private var nextID = 0

  init(_ count: Int) { free = count }

  /// Does the work as soon as there is room.
  /// - Returns: What the work made; nil when the task was cancelled while it waited.
  nonisolated func use<Value: Sendable>(_ work: () async -> Value) async -> Value? {
    guard await take() else { return nil }
    let value = await work()
    await give()
    return value
  }

  private func take() async -> Bool {
    guard !Task.isCancelled else { return false }
    guard free == 0 else {
      free -= 1
      return true
    }
    nextID += 1
    let id = nextID
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        // Cancelled before it stood in the row: nobody would call it out again.
        if Task.isCancelled {
          continuation.resume(returning: false)
        } else {
          waiting.append((id, continuation))
        }
      }
    } onCancel: {
      Task { await self.leave(id) }
    }
  }

  private func leave(_ id: Int) {
    guard let place = waiting.firstIndex(where: { $0.id == id }) else { return }
    waiting.remove(at: place).go.resume(returning: false)
  }

  private func give() {
    guard !waiting.isEmpty else {
      free += 1
      return
    }
    waiting.removeFirst().go.resume(returning: true)
  }
}
