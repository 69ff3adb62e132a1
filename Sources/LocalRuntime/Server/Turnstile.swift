/// Lets requests with one key pass one after the other.
actor Turnstile {
  private var busy: [String: [CheckedContinuation<Void, Never>]] = [:]

  /// Does the work when nothing else with this key is being done.
  nonisolated func pass<Value: Sendable>(_ key: String, _ work: () async -> Value) async -> Value {
    await enter(key)
    let value = await work()
    await leave(key)
    return value
  }

  private func enter(_ key: String) async {
    guard busy[key] != nil else {
      busy[key] = []
      return
    }
    await withCheckedContinuation { busy[key]?.append($0) }
  }

  private func leave(_ key: String) {
    guard var waiting = busy[key], !waiting.isEmpty else {
      busy[key] = nil
      return
    }
    let next = waiting.removeFirst()
    busy[key] = waiting
    next.resume()
  }
}
