import RunClient
import Runs
import TestHouse
import Testing
import Transport

/// When a server wants to be asked again.
@Suite(.timeLimit(.minutes(1)))
struct AllowanceTests {
  private static let inTwoMinutes = "1775818920"

  /// The fault that a refusal with these headers is.
  private func refusal(_ status: Int, _ headers: [String: String]) throws -> Fault {
    let job = backend.refresh(known: KnownInbox())
    return try #require(
      try feed(job) { _ in Fed.json("", status: status, headers: headers) }.result.fault
    )
  }

  @Test(arguments: [
    (["Retry-After": "120"], 120), (["Retry-After": " 1.2 "], 2), (["Retry-After": "soon"], nil),
    (["Retry-After": "-3"], nil), (["Retry-After": "99999999999999999999"], nil),
    (["Retry-After": "Fri, 10 Apr 2026 11:00:30 GMT"], 30),
    (["Retry-After": "Fri, 10 Apr 2026 10:00:30 GMT"], 0),
    (["X-RateLimit-Reset": "17"], 17), (["X-RateLimit-Reset": "17;w=60, 900"], 17),
    (["X-RateLimit-Reset": inTwoMinutes], 120), (["X-RateLimit-Reset": inTwoMinutes + "000"], 120),
    (["RateLimit-Reset": "17", "RateLimit-Remaining": "0"], 17),
    (["X-RateLimit-Reset": "2026-04-10T11:00:45Z"], 45),
    (["X-RateLimit-Reset": "17", "Retry-After": "5"], 17),
    (["X-RateLimit-Reset": "5", "Retry-After": "17"], 17),
    (["X-RateLimit-Remaining": "0"], nil), (["X-RateLimit-Reset": "never"], nil), ([:], nil),
  ])
  func `a refusal for too many calls says when to come back`(
    _ headers: [String: String],
    _ seconds: Int?
  ) throws {
    #expect(try refusal(429, headers).retryAfter == seconds.map { .seconds($0) })
  }

  @Test(arguments: [
    // The server's clock is an hour fast, or an hour slow; a moment is by its own.
    ("Fri, 10 Apr 2026 12:00:00 GMT", "Fri, 10 Apr 2026 12:00:30 GMT"),
    ("Fri, 10 Apr 2026 10:00:00 GMT", "Fri, 10 Apr 2026 10:00:30 GMT"),
    ("Fri, 10 Apr 2026 12:00:00 GMT", "1775822430"),
  ])
  func `a moment to come back at is by the server's own clock`(
    _ date: String,
    _ moment: String
  ) throws {
    let fault = try refusal(503, ["Date": date, "Retry-After": moment])
    #expect(fault.retryAfter == .seconds(30))
    let limited = try refusal(429, ["Date": date, "X-RateLimit-Reset": moment])
    #expect(limited.retryAfter == .seconds(30))
  }

  @Test(arguments: [
    ("42", "api:443 asks to slow down for 42 s (429)"),
    ("600", "api:443 asks to slow down for 10 min (429)"),
    ("never", "api:443 asks to slow down (429)"),
  ])
  func `a refusal for too many calls is said with its time`(
    _ text: String,
    _ sentence: String
  )
    throws
  {
    #expect(try refusal(429, ["Retry-After": text]).sentence == sentence)
  }

  @Test(arguments: [
    (["X-RateLimit-Remaining: 0", "X-RateLimit-Reset: 42"], 42),
    (["X-RateLimit-Remaining: 0", "X-RateLimit-Reset: 86400"], 300),
    (["X-RateLimit-Remaining: 1", "X-RateLimit-Reset: 42"], 3),
    (["X-RateLimit-Remaining: 0"], 3),
    (["X-RateLimit-Remaining: none", "X-RateLimit-Reset: 42"], 3),
  ])
  func `after the last call of a count the next poll waits for the next count`(
    _ headers: [String],
    _ seconds: Int
  ) throws {
    try withHouse(
      answering: { _ in [.answer(headers: headers, body: Array("[]".utf8))] },
      body: { house, peer in
        house.client.setPace(.lively, now: house.now)
        house.settle()
        #expect(house.readings == 1, "the poll under way is read to its end")
        #expect(house.client.nextDeadline == start + .seconds(seconds))
        house.now = start + .seconds(seconds) + .milliseconds(-1)
        house.settle()
        #expect(peer.received.count == 2)
        house.now = start + .seconds(seconds)
        house.settle()
        #expect(house.readings == 2)
      }
    )
  }

  @Test func `a refused poll comes again when the server said, and then goes on at its pace`()
    throws
  {
    try withHouse(
      answering: { request in
        request.connection == 0
          ? [.answer("429 Too Many Requests", headers: ["X-RateLimit-Reset: 60"]), .close]
          : [.answer(text: "[]")]
      },
      body: { house, _ in
        house.client.setPace(.lively, now: house.now)
        house.settle()
        guard case .pollFailed(let fault, let next, _) = house.events.last else {
          Issue.record("the poll was refused: \(house.events)")
          return
        }
        #expect(fault.kind == .limited)
        #expect(next == start + .seconds(60))
        #expect(house.client.nextDeadline == next)
        house.now = next
        house.settle()
        #expect(house.readings == 1)
        #expect(house.client.nextDeadline == next + .seconds(3))
      }
    )
  }

  @Test func `what a look at a run uses up is not left to the polls`() throws {
    try withHouse(
      answering: { request in
        request.line.contains("/events")
          ? [
            .answer(
              headers: ["X-RateLimit-Remaining: 0", "X-RateLimit-Reset: 20"],
              body: Array("[]".utf8)
            )
          ]
          : [.answer(text: request.line.contains("r1 ") ? #"{"id":"r1","status":"failed"}"# : "[]")]
      },
      body: { house, _ in
        house.client.setPace(.lively, now: house.now)
        house.settle()
        house.client.load(reference, known: nil)
        house.settle()
        #expect(house.client.nextDeadline == start + .seconds(20))
      }
    )
  }

  @Test func `the operator may try a server that wants to be left alone, every three seconds`()
    throws
  {
    try withHouse(
      answering: { _ in [.answer("429 Too Many Requests", headers: ["Retry-After: 60"])] },
      body: { house, peer in
        house.client.setPace(.lively, now: house.now)
        house.settle()
        for _ in 0..<20 {
          house.client.pollNow(now: house.now)
          house.settle()
        }
        #expect(peer.received.count == 1)
        #expect(house.client.nextDeadline == start + .seconds(3))
        house.now = start + .seconds(3)
        house.settle()
        #expect(peer.received.count == 2)
        #expect(house.client.nextDeadline == start + .seconds(63))
      }
    )
  }
}
