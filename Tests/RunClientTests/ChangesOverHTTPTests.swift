import JSON
import RunClient
import Runs
import RuntimeAPI
import Synchronization
import TestHouse
import Testing
import Transport

/// Polls that read only what has changed, against servers that answer over HTTP.
@Suite(.timeLimit(.minutes(1)))
struct ChangesOverHTTPTests {
  private static let rows = [
    #"{"id":"r1","workflow_name":"W","status":"running","updated_at":"2026-04-10T10:59:00Z"}"#,
    #"{"id":"r2","workflow_name":"W","status":"running","updated_at":"2026-04-10T10:00:00Z"}"#,
  ]

  /// Tells changes and tags; every answer to the feed is tagged by what was asked.
  private static func answer(_ request: RawServer.Received) -> RawServer.Action {
    guard request.line.contains("/v1/runs") else { return .answer(text: "[]") }
    let asksChanges = request.line.contains("updated_since")
    let tag = asksChanges ? "\"changes\"" : "\"whole\""
    if request.header("If-None-Match") == tag { return .answer("304 Not Modified") }
    let listed = asksChanges ? [rows[0]] : rows
    let body = "[\(listed.joined(separator: ","))]"
    return .answer(headers: ["ETag: \(tag)"], body: Array(body.utf8))
  }

  /// What polls of the feed asked for: `w` everything, `c` changes.
  private func kinds(_ peer: RawServer) -> String {
    let feeds = peer.received.filter { $0.line.contains("/v1/runs") }
    return feeds.map { $0.line.contains("updated_since") ? "c" : "w" }.joined()
  }

  @Test func `a quiet minute is one reading of everything and nineteen empty answers`() throws {
    try withHouse(
      answering: { [Self.answer($0)] },
      body: { house, peer in
        house.client.setPace(.lively, now: house.now)
        for number in 0...41 {
          house.now = start + .seconds(3 * number)
          house.settle()
        }
        let minute = "w" + String(repeating: "c", count: 19)
        #expect(kinds(peer) == minute + minute + "wc")
        let news = house.events.count {
          if case .reading(_, let changed) = $0 { changed } else { false }
        }
        #expect(news == 1)
        let tagged = peer.received.count { $0.header("If-None-Match") != nil }
        // The first of everything has no tag, the first changes behind each of the three neither.
        #expect(tagged == 42 - 4)
      }
    )
  }

  @Test func `everything is read when it is asked for, after a failure and after a sleep`() throws {
    let fails = Switch()
    try withHouse(
      answering: { fails.isOn ? [.answer("503 Service Unavailable")] : [Self.answer($0)] },
      body: { house, peer in
        house.client.setPace(.lively, now: house.now)
        house.settle()
        for seconds in [3, 6] {
          house.now = start + .seconds(seconds)
          house.settle()
        }
        house.client.pollNow(now: house.now)
        house.settle()
        house.now = start + .seconds(9)
        house.settle()
        #expect(kinds(peer) == "wccwc")
        fails.isOn = true
        house.now = start + .seconds(12)
        house.settle()
        fails.isOn = false
        house.now = start + .seconds(15)
        house.settle()
        house.now = start + .seconds(18)
        house.settle()
        #expect(kinds(peer) == "wccwccwc")
        house.now = start + .seconds(7218)
        house.settle()
        #expect(kinds(peer) == "wccwccwcw")
      }
    )
  }

  @Test func `the embedded runtime tells what has changed, and nothing else`() throws {
    let home = try TemporaryHome()
    let runtime = try RuntimeProcess(.empty, home: home)
    let step: JSONValue = ["id": "review", "type": "human_task", "task_type": "approval"]
    let created = try runtime.ask(
      "POST",
      "/v1/workflows",
      ["name": "refund", "graph": ["steps": [step]]]
    )
    let workflow = try #require(created.body["id"]?.string)
    _ = try runtime.ask("POST", "/v1/workflows/\(workflow)/versions", ["changelog": "x"])
    let starting: JSONValue = ["command": "start", "params": [:]]
    for _ in 0..<3 {
      _ = try runtime.ask("POST", "/v1/workflows/\(workflow)/command", starting)
    }
    let tasks = try Waiting.until("three tasks") { () -> [JSONValue]? in
      let tasks = try runtime.ask("GET", "/v1/tasks/pending").body["tasks"]?.array ?? []
      return tasks.count == 3 ? tasks : nil
    }
    let poll = { (known: KnownInbox, isWhole: Bool) throws -> Conversation<Refreshed> in
      try feed(backend.refresh(known: known, isWhole: isWhole)) { call in
        guard let answer = try? runtime.ask(call.method, call.target) else { return Fed.failure() }
        return Fed.json(JSONWriter.text(answer.body), status: answer.status)
      }
    }
    let first = try poll(KnownInbox(), true).result.get()
    #expect(first.reading.runs.count == 3)
    let task = try #require(tasks.first)
    let run = try #require(task["run_id"]?.string)
    let path = "/v1/workflows/\(workflow)/runs/\(run)"
    let id = try #require(task["id"]?.string)
    _ = try runtime.ask("POST", "\(path)/tasks/\(id)/complete", ["approved": true])
    _ = try Waiting.until("the run to end") {
      try runtime.ask("GET", path).body["status"]?.string == "completed" ? true : nil
    }
    _ = try runtime.ask("POST", "/v1/workflows/\(workflow)/command", starting)
    let talk = try poll(first.known, false)
    let second = try talk.result.get()
    #expect(!second.isWhole)
    #expect(talk.asked.first?.contains("updated_since") == true)
    #expect(talk.learnt.offers(.changes))
    #expect(second.changed)
    #expect(second.reading.runs.count == 4)
    #expect(second.reading.runs.first { $0.id.text == run }?.status == .completed)
    let whole = try poll(second.known, true)
    #expect(try whole.result.get().reading.runs.map(\.id) == second.reading.runs.map(\.id))
    #expect(whole.learnt.offers(.changes))
  }
}

/// Something that a test turns on and off while a server looks at it.
private final class Switch: Sendable {
  private let state = Mutex(false)

  var isOn: Bool {
    get { state.withLock { $0 } }
    set { state.withLock { $0 = newValue } }
  }
}
