import RunClient
import Runs
import TestHouse
import Testing
import Transport

/// One poll at a time, whatever the server and the clock do.
@Suite(.timeLimit(.minutes(1)))
struct ClockTests {
  private static func isFeed(_ request: RawServer.Received) -> Bool {
    request.line.hasPrefix("GET /v1/runs")
  }

  /// A server whose feed is answered only once the gate is open, from a poll on.
  private func withSlowHouse(
    from connection: Int = 0,
    body: (House, RawServer, Gate) throws -> Void
  ) throws {
    let gate = try Gate()
    try withHouse(
      answering: { request in
        Self.isFeed(request) && request.connection >= connection
          ? [.hold(gate), .answer(text: "[]")] : [.answer(text: "[]")]
      },
      body: { house, peer in try body(house, peer, gate) }
    )
  }

  /// Turns the loop once at a time.
  private func turn(_ house: House, at now: Timestamp) {
    house.now = now
    house.events += house.client.advance(now: now)
  }

  private func feeds(_ peer: RawServer) -> Int { peer.received.count(where: Self.isFeed) }

  @Test func `while an answer is slow no other poll begins, and one follows a wish`() throws {
    try withSlowHouse { house, peer, gate in
      house.client.setPace(.lively, now: house.now)
      for second in 0..<60 {
        turn(house, at: start + .seconds(second))
        if second > 30 { house.client.pollNow(now: house.now) }
        _ = house.pool.wait(milliseconds: 0)
      }
      _ = try Waiting.until("the feed to be asked for") { feeds(peer) > 0 ? true : nil }
      #expect(feeds(peer) == 1)
      #expect(house.events.count { if case .pollStarted = $0 { true } else { false } } == 1)
      gate.open()
      house.settle()
      #expect(house.readings == 2, "the wish of meanwhile is one poll")
      #expect(feeds(peer) == 2)
      #expect(house.client.nextDeadline == house.now + .seconds(3))
    }
  }

  @Test func `after a sleep the held poll is given up for one on a new connection`() throws {
    try withHouse(
      answering: { request in
        // The second poll finds a connection that leads nowhere any more.
        guard request.connection == 0, Self.isFeed(request) else { return [.answer(text: "[]")] }
        return request.header("If-None-Match") == nil
          ? [.answer(headers: ["ETag: \"1\""], body: Array("[]".utf8))] : []
      },
      body: { house, peer in
        house.client.setPace(.lively, now: house.now)
        house.settle()
        #expect(house.readings == 1)
        turn(house, at: start + .seconds(3))
        _ = try Waiting.until("the second poll") {
          _ = house.pool.wait(milliseconds: 10)
          return feeds(peer) == 2 ? true : nil
        }
        house.now = start + .seconds(4 * 3600)
        house.settle()
        let failures = house.events.count { if case .pollFailed = $0 { true } else { false } }
        #expect(failures == 0, "the old poll does not end in its own time beside the new one")
        #expect(house.readings == 2)
        #expect(feeds(peer) == 3)
        let third = peer.received.filter(Self.isFeed).last
        #expect(third?.connection != 0, "the old connections may be dead")
        #expect(third?.line.contains("updated_since") == false)
        #expect(house.client.nextDeadline == house.now + .seconds(3), "no flood")
      }
    )
  }

  @Test func `a clock that jumps forward between polls makes one poll`() throws {
    try withHouse(
      answering: { _ in [.answer(text: "[]")] },
      body: { house, peer in
        house.client.setPace(.calm, now: house.now)
        house.settle()
        house.now = start + .seconds(7 * 3600)
        house.settle()
        #expect(house.readings == 2)
        #expect(feeds(peer) == 2)
        #expect(house.client.nextDeadline == house.now + .seconds(30))
      }
    )
  }

  @Test func `a clock that jumps back holds no poll`() throws {
    try withHouse(
      answering: { _ in [.answer(text: "[]")] },
      body: { house, _ in
        house.client.setPace(.lively, now: house.now)
        house.settle()
        house.now = start + .seconds(-5 * 3600)
        house.settle()
        #expect(house.readings == 1)
        #expect(house.client.nextDeadline == house.now + .seconds(3))
        house.now = house.now + .seconds(3)
        house.settle()
        #expect(house.readings == 2)
      }
    )
  }

  @Test func `a clock that jumps back holds no decision`() throws {
    try withHouse(
      answering: { request in
        request.method == "POST"
          ? [.answer(text: "{}")] : [.answer(text: #"{"id":"r1","status":"running"}"#)]
      },
      body: { house, _ in
        house.client.carryOut(decide(.pause, saw: .running), now: house.now)
        house.settle()
        #expect(house.client.nextDeadline == start + .milliseconds(300), "it reads back later")
        house.now = start + .seconds(-5 * 3600)
        house.settle()
        let due = try #require(house.client.nextDeadline)
        #expect(due <= house.now + .milliseconds(1500))
        let outcome: Outcome = try house.run {
          if case .outcome(_, let outcome, _) = $0 { outcome } else { nil }
        }
        #expect(outcome.word == "done, not read back")
        #expect(house.now <= start + .seconds(-5 * 3600 + 5))
      }
    )
  }
}
