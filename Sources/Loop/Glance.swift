internal import RunClient
package import Runs
internal import Transport

/// One quick question, for whoever would rather do without than wait.
package enum Glance {
  /// Feed and tasks; nil when they do not come within the time.
  package static func reading(_ connection: Connection, within patience: Duration) -> Reading? {
    connection.client.pollNow(now: SystemClock.now())
    return answer(connection, within: patience) { event in
      switch event {
      case .reading(let reading, _): .some(.success(reading))
      case .pollFailed(let fault, _, _): .some(.failure(fault))
      default: nil
      }
    }
  }

  /// The workflows; nil when they do not come within the time.
  package static func workflows(
    _ connection: Connection,
    within patience: Duration
  ) -> [Workflow]? {
    connection.client.list(.workflows)
    return answer(connection, within: patience) { event in
      guard case .listing(.workflows, let result) = event else { return nil }
      return result.map { if case .workflows(let workflows) = $0.items { workflows } else { [] } }
    }
  }

  /// Waits for the event that answers.
  private static func answer<Value>(
    _ connection: Connection,
    within patience: Duration,
    _ read: (ClientEvent) -> Result<Value, Fault>?
  ) -> Value? {
    defer { connection.pool.abandon() }
    let client = connection.client
    let end = SystemClock.now() + patience
    while true {
      let now = SystemClock.now()
      guard now < end else { return nil }
      for event in client.advance(now: now) {
        if let result = read(event) { return try? result.get() }
      }
      for errand in client.takeErrands() {
        client.returned(errand.id, errand.work(), now: SystemClock.now())
      }
      let due = min(client.nextDeadline ?? end, end)
      let pause = max(0, (due - SystemClock.now()).inMilliseconds)
      _ = connection.pool.wait(watching: [], milliseconds: Int(pause))
    }
  }
}
