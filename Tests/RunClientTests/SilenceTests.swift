import RunClient
import Runs
import TestHouse
import Testing
import Transport

/// A server that takes a call of a poll and leaves it unanswered.
@Suite(.timeLimit(.minutes(1)))
struct SilenceTests {
  /// Since when there was said to be no answer, each time.
  private func silences(_ events: [ClientEvent]) -> [Timestamp] {
    events.compactMap { if case .pollSilent(let since) = $0 { since } else { nil } }
  }

  @Test func `a poll without an answer is told long before it fails, and a late one is good`()
    throws
  {
    let gate = try Gate()
    try withHouse(
      answering: { _ in [.hold(gate), .answer(text: "[]")] },
      body: { house, _ in
        house.client.pollNow(now: start)
        #expect(silences(house.client.advance(now: start)).isEmpty)
        #expect(house.client.nextDeadline == start + .seconds(9))
        #expect(silences(house.client.advance(now: start + .milliseconds(8999))).isEmpty)
        #expect(silences(house.client.advance(now: start + .seconds(9))) == [start])
        // Once is enough: whoever was told counts by itself.
        #expect(silences(house.client.advance(now: start + .seconds(12))).isEmpty)
        house.now = start + .seconds(12)
        gate.open()
        let reading: Reading = try house.run {
          if case .reading(let reading, _) = $0 { reading } else { nil }
        }
        #expect(reading.at == start + .seconds(12))
      }
    )
  }

  @Test func `a poll of several calls is silent from its last answer on`() throws {
    let gate = try Gate()
    try withHouse(
      answering: { request in
        request.line.contains("/tasks/")
          ? [.hold(gate), .answer(text: "[]")] : [.answer(text: "[]")]
      },
      body: { house, peer in
        house.client.pollNow(now: start)
        _ = house.client.advance(now: start)
        house.now = start + .seconds(5)
        while !peer.received.contains(where: { $0.line.contains("/tasks/") }) {
          _ = house.pool.wait(milliseconds: 100)
          _ = house.client.advance(now: house.now)
        }
        #expect(silences(house.client.advance(now: start + .seconds(13))).isEmpty)
        #expect(
          silences(house.client.advance(now: start + .seconds(14))) == [start + .seconds(5)]
        )
        gate.open()
        let isRead: Bool = try house.run { if case .reading = $0 { true } else { nil } }
        #expect(isRead)
      }
    )
  }

  @Test func `a clock that is set back makes no silence, and hides none for long`() throws {
    let gate = try Gate()
    try withHouse(
      answering: { _ in [.hold(gate), .answer(text: "[]")] },
      body: { house, _ in
        house.client.pollNow(now: start)
        _ = house.client.advance(now: start)
        let earlier = start + .seconds(-3600)
        #expect(silences(house.client.advance(now: earlier)).isEmpty)
        #expect(silences(house.client.advance(now: earlier + .seconds(9))) == [earlier])
      }
    )
  }
}
