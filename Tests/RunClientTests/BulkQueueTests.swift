import JSON
import RunClient
import Runs
import TestHouse
import Testing

/// How many decisions of a bulk are under way, and how those that wait are taken back.
@Suite struct BulkQueueTests {
  private static let running = #"{"id":"r1","status":"running"}"#

  /// Pauses of so many runs, of one bulk.
  private static func pauses(_ count: Int) -> [Decision] {
    (0..<count).map { number in
      var decision = decide(.pause, saw: .running)
      decision.id = DecisionID("key-\(number)")
      decision.subject = .run(RunReference(workflow: WorkflowID("w"), run: RunID("r\(number)")))
      decision.batch = BatchID("bulk")
      return decision
    }
  }

  private static func isWithdrawn(_ event: ClientEvent) -> DecisionID? {
    if case .withdrawn(let decision) = event { decision.id } else { nil }
  }

  @Test
  func
    `few of a bulk are under way, what is decided singly goes first, the rest can be taken back`()
    throws
  {
    let gate = try Gate()
    let peer = try RawServer { request in
      if request.method == "POST" { return [.hold(gate), .answer(body: Array("{}".utf8))] }
      return [.answer(body: Array(Self.running.utf8))]
    }
    defer { peer.stop() }
    try withTemporaryFolder { folder in
      let house = try House(peer, folder: "\(folder)/journal")
      let bulk = BulkQueueTests.pauses(10)
      house.client.plan(BatchID("bulk"), bulk, now: house.now)
      for decision in bulk { house.client.carryOut(decision, now: house.now) }
      var single = decide(.pause, saw: .running)
      single.id = DecisionID("single")
      single.subject = .run(RunReference(workflow: WorkflowID("w"), run: RunID("other")))
      house.client.carryOut(single, now: house.now)
      var sending: Set<DecisionID> = []
      try house.run { event in
        if case .stage(let id, .sending) = event { sending.insert(id) }
        return sending.count == 5 ? () : nil
      }
      let begun = Set(bulk.prefix(BatchID.atOnce).map(\.id))
      #expect(sending == begun.union([single.id]))
      // What has begun goes on; what waits is taken back.
      for decision in bulk { house.client.withdraw(decision, why: "ended", now: house.now) }
      var withdrawn: Set<DecisionID> = []
      try house.run { event in
        if let id = BulkQueueTests.isWithdrawn(event) { withdrawn.insert(id) }
        return withdrawn.count == 6 ? () : nil
      }
      #expect(withdrawn == Set(bulk.map(\.id)).subtracting(begun))
      gate.open()
      var outcomes: Set<DecisionID> = []
      try house.run { event in
        if case .outcome(let decision, _, _) = event { outcomes.insert(decision.id) }
        return outcomes.count == 5 ? () : nil
      }
      #expect(outcomes == sending)
      #expect(peer.received.count { $0.method == "POST" } == 5)
      #expect(house.client.isIdle)
      let records = JournalFolder(directory: "\(folder)/journal").read().records
      let fates = records.filter { $0.decision.batch != nil || $0.id != single.id }.map(\.fate)
      #expect(fates.count { if case .withdrawn = $0 { true } else { false } } == 6)
      #expect(fates.count { if case .settled = $0 { true } else { false } } == 4)
    }
  }

  @Test func `a decision that was taken back can be decided again`() throws {
    let peer = try RawServer { _ in [.answer(body: Array(Self.running.utf8))] }
    defer { peer.stop() }
    try withTemporaryFolder { folder in
      let house = try House(peer, folder: "\(folder)/journal")
      var bulk = BulkQueueTests.pauses(6)
      for decision in bulk { house.client.carryOut(decision, now: house.now) }
      let last = bulk.removeLast()
      house.client.withdraw(last, why: "ended", now: house.now)
      house.client.carryOut(last, now: house.now)
      var outcomes: [DecisionID] = []
      try house.run { event in
        if case .outcome(let decision, _, _) = event { outcomes.append(decision.id) }
        return outcomes.count == 6 ? () : nil
      }
      #expect(Set(outcomes).count == 6)
      #expect(house.client.isIdle)
    }
  }
}
