import RunClient
import Runs
import TestHouse
import Testing
import Transport

/// What would hold a key up is done on the worker, also when it comes in small pieces.
@Suite(.timeLimit(.minutes(1)))
struct LargeTests {
  /// A feed in pages of forty runs, each page far below what makes an errand by itself.
  private static func page(_ request: RawServer.Received, pages: Int) -> RawServer.Action {
    let number = request.line.split(separator: "cursor=").dropFirst().first
      .flatMap { Int($0.prefix { $0.isNumber }) }
    let first = (number ?? 0) * 40
    let rows = (first..<first + 40).map { id in
      #"{"id":"r\#(id)","workflow_id":"w","workflow_name":"\#(String(repeating: "x", count: 200))","#
        + #""status":"running"}"#
    }
    let next = (number ?? 0) + 1
    let cursor = next < pages ? #","next_cursor":"\#(next)""# : ""
    let body = #"{"runs":[\#(rows.joined(separator: ","))]\#(cursor)}"#
    return .answer(headers: ["ETag: \"\(first)\""], body: Array(body.utf8))
  }

  private static func script(_ request: RawServer.Received) -> [RawServer.Action] {
    guard request.line.contains("/v1/runs") else { return [.answer(text: "[]")] }
    return request.header("If-None-Match") == nil
      ? [page(request, pages: 15)] : [.answer("304 Not Modified")]
  }

  @Test func `a feed of many small pages is gone on with on the worker once it is large`() throws {
    try withHouse(answering: Self.script) { house, _ in
      let reading = try house.poll().get().reading
      #expect(reading.runs.count == 600)
      // Fifteen pages of some eleven thousand bytes and the tasks; the first few are quick.
      #expect((9...12).contains(house.errands))
      house.errands = 0
      #expect(try !house.poll().get().changed)
      #expect(house.errands == 16, "what is known is large from the first answer on")
    }
  }

  @Test func `a small feed is never sent to the worker`() throws {
    try withHouse(
      answering: { request in
        request.line.contains("/v1/runs") ? [Self.page(request, pages: 1)] : [.answer(text: "[]")]
      },
      body: { house, _ in
        _ = try house.poll().get()
        _ = try house.poll().get()
        #expect(house.errands == 0)
      }
    )
  }

  @Test func `the events of a long run are read on the worker, and so is the next one of them`()
    throws
  {
    try withHouse(
      answering: { request in
        guard request.line.contains("/events") else {
          return [
            .answer(
              text: request.line.contains("/runs/r1 ")
                ? #"{"id":"r1","status":"running","last_event_seq":1501}"# : "[]"
            )
          ]
        }
        let after = request.line.split(separator: "after=").dropFirst().first
          .flatMap { Int($0.prefix { $0.isNumber }) }
        let from = (after ?? 0) + 1
        guard from <= 1501 else { return [.answer(text: "[]")] }
        let rows = (from...min(from + 499, 1501)).map {
          #"{"seq":\#($0),"event_type":"step_started","step_id":"a","data":{"text":"some more"}}"#
        }
        return [.answer(text: "[\(rows.joined(separator: ","))]")]
      },
      body: { house, _ in
        let look = { (known: RunDetail?) throws -> RunDetail in
          house.client.load(reference, known: known)
          return try house.run { event -> Result<RunDetail, Fault>? in
            if case .detail(_, let result) = event { result } else { nil }
          }.get()
        }
        let detail = try look(nil)
        #expect(detail.events.count == 1501)
        #expect(house.errands >= 2)
        house.errands = 0
        #expect(try look(detail).events.count == 1501)
        #expect(house.errands >= 3, "run, events and tasks: the log is long by now")
      }
    )
  }
}
