import RunClient
import Runs
import RuntimeAPI
import TestHouse
import Testing
import Transport

/// How long the steps of a workflow took, as few and small questions tell it.
@Suite(.timeLimit(.minutes(1)))
struct HistoryTests {
  private static let flow = WorkflowID("w")
  private static let graph = #"[{"version":2,"graph_snapshot":{"steps":[{"id":"a","type":"x"}]}}]"#

  /// So many completed runs, and a few that are none.
  private static func runs(_ count: Int) -> String {
    let done = (0..<count).map { #"{"id":"r\#($0)","workflow_id":"w","status":"completed"}"# }
    return
      "[\((#"{"id":"f","workflow_id":"w","status":"failed"}"# + "," + done.joined(separator: ",")))]"
  }

  private static func events(_ seconds: Int) -> String {
    let end = 10 + seconds
    return #"""
      {"events":[{"event_type":"step_started","step_id":"a","at":"2026-04-10T11:00:10Z"},
      {"event_type":"step_completed","step_id":"a","at":"2026-04-10T11:00:\#(end)Z"}]}
      """#
  }

  private func read(
    version: Int? = 2,
    knowledge: Knowledge = Knowledge(),
    _ special: (Call) -> Result<Response, Transport.Failure>? = { _ in nil }
  ) throws -> Conversation<StepHistory> {
    try feed(backend.history(Self.flow, version: version, knowledge: knowledge)) { call in
      if let answer = special(call) { return answer }
      switch call.path {
      case "/v1/workflows/w/runs": return Fed.json(Self.runs(20))
      case "/v1/workflows/w/versions": return Fed.json(Self.graph)
      default: return Fed.json(Self.events(4))
      }
    }
  }

  @Test func `eight completed runs are read, one call after the other`() throws {
    let talk = try read()
    let history = try talk.result.get()
    #expect(history.runs == 8)
    #expect(history.times(of: StepID("a"))?.usual == .seconds(4))
    #expect(!history.isEpisodic)
    #expect(talk.asked.count == 10)
    #expect(talk.asked[0] == "GET /v1/workflows/w/runs?limit=8&status=completed")
    #expect(talk.asked[2] == "GET /v1/workflows/w/runs/r0/events?limit=500")
    #expect(talk.learnt.graphs.count == 1)
  }

  @Test func `a graph with a step that nothing starts is an episode`() throws {
    let talk = try read { call in
      call.path == "/v1/workflows/w/versions"
        ? Fed.json(
          #"[{"version":2,"graph_snapshot":{"steps":[{"id":"a","type":"x","no_auto_start":true}]}}]"#
        ) : nil
    }
    #expect(try talk.result.get().isEpisodic)
    let again = try read(knowledge: talk.learnt)
    #expect(try again.result.get().isEpisodic)
    #expect(!again.asked.contains { $0.contains("versions") })
  }

  @Test func `a workflow that never completed has a history of nothing`() throws {
    let talk = try read { $0.path == "/v1/workflows/w/runs" ? Fed.json("[]") : nil }
    #expect(try talk.result.get().runs == 0)
  }

  @Test func `the first sign that the server has had enough ends it, with what there is`() throws {
    let spent = try read { call in
      call.path.hasSuffix("r1/events")
        ? Fed.json(
          Self.events(9),
          headers: ["X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "30"]
        ) : nil
    }
    #expect(try spent.result.get().runs == 2)
    #expect(spent.asked.count == 4)
    let refused = try read { call in
      call.path.hasSuffix("r2/events") ? Fed.status(429) : nil
    }
    #expect(try refused.result.get().runs == 2)
    let atOnce = try read { _ in Fed.status(429) }
    #expect(atOnce.result.fault?.kind == .limited)
  }

  @Test func `long events end it after two megabytes`() throws {
    let long = String(repeating: "x", count: 900_000)
    let talk = try read { call in
      call.path.hasSuffix("/events")
        ? Fed.json(#"{"events":[{"event_type":"llm_output","data":{"delta":"\#(long)"}}]}"#) : nil
    }
    #expect(try talk.result.get().runs == 3)
  }

  @Test func `runs that are gone, a graph that cannot be read, garbage`() throws {
    let gone = try read { call in
      call.path.hasSuffix("r1/events") ? Fed.missing : nil
    }
    #expect(try gone.result.get().runs == 7)
    let blind = try read { call in
      call.path.hasSuffix("versions") || call.path == "/v1/workflows/w" ? Fed.status(500) : nil
    }
    #expect(try blind.result.get().runs == 8)
    let garbage = try read { _ in Fed.json("<html>") }
    #expect(garbage.result.fault?.kind == .notTheAPI)
  }

  @Test func `one history is read at a time, and none while the server wants no calls`() throws {
    let page = #"[{"id":"r0","workflow_id":"w","status":"completed"}]"#
    try withHouse(
      answering: { request in
        let body =
          request.line.contains("events")
          ? #"{"events":[]}"# : request.line.contains("status=completed") ? page : "[]"
        let isPoll = request.line.contains("/v1/runs?")
        let headers = isPoll ? ["X-RateLimit-Remaining: 0", "X-RateLimit-Reset: 20"] : []
        return [.answer(headers: headers, body: Array(body.utf8))]
      },
      body: { house, peer in
        house.client.loadHistory(WorkflowID("one"), version: nil)
        house.client.loadHistory(WorkflowID("two"), version: nil)
        house.client.loadHistory(WorkflowID("two"), version: nil)
        house.settle()
        let told = house.events.compactMap {
          if case .history(let workflow, .success) = $0 { workflow.text } else { nil }
        }
        #expect(told == ["one", "two"])
        let order = peer.received.map(\.line).filter { $0.contains("/workflows/") }
        let second = try #require(order.firstIndex { $0.contains("/two") })
        #expect(order[..<second].allSatisfy { $0.contains("/one") })
        #expect(order[second...].allSatisfy { $0.contains("/two") })
        _ = try house.poll()
        let before = peer.received.count
        house.client.loadHistory(WorkflowID("three"), version: nil)
        house.settle()
        #expect(peer.received.count == before)
        house.now = house.now + .seconds(21)
        house.settle()
        #expect(peer.received.count > before)
      }
    )
  }
}
