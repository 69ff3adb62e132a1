import RunClient
import Runs
import RuntimeAPI
import Testing
import Transport

@Suite struct InboxTests {
  private func refresh(
    _ known: KnownInbox = KnownInbox(),
    _ answer: (Call) -> Result<Response, Transport.Failure>
  ) throws -> Conversation<Refreshed> {
    try feed(backend.refresh(known: known), answer)
  }

  @Test(arguments: [
    #"[{"id":"r1","workflow_id":"w","workflow_name":"W","status":"running"}]"#,
    #"{"runs":[{"run_id":"r1","workflow_id":"w","workflow_name":"W","status":"running"}]}"#,
    #"{"data":[{"id":"r1","workflow_id":"w","workflow_name":"W","status":"running"}]}"#,
    #"{"items":[{"id":"r1","workflow_id":"w","workflow_name":"W","status":"running"}],"total":1}"#,
  ])
  func `a feed of any shape is one reading, tasks after the feed`(_ body: String) throws {
    let talk = try refresh { $0.path == "/v1/runs" ? Fed.json(body) : Fed.json("[]") }
    let reading = try talk.result.get().reading
    #expect(reading.runs.map(\.id.text) == ["r1"])
    #expect(reading.runs.first?.status == .running)
    #expect(reading.tasks == [])
    #expect(!reading.isCut)
    #expect(talk.asked == ["GET /v1/runs?limit=100", "GET /v1/tasks/pending"])
  }

  @Test func `pages by cursor are followed, each run is listed once, as it was read last`() throws {
    let talk = try refresh { call in
      guard call.path == "/v1/runs" else { return Fed.json("[]") }
      return call.query.contains { $0.name == "cursor" }
        ? Fed.json(
          #"{"runs":[{"id":"r0","workflow_id":"w","status":"paused"},{"id":"r2","#
            + #""workflow_id":"w","workflow_name":"W","status":"failed"}]}"#
        )
        : Fed.json(#"{"runs":\#(Fed.runs(2)),"next_cursor":"c+1"}"#)
    }
    let reading = try talk.result.get().reading
    #expect(reading.runs.map(\.id.text) == ["r0", "r1", "r2"])
    #expect(reading.runs.first?.status == .paused)
    #expect(talk.asked.contains("GET /v1/runs?limit=100&cursor=c%2B1"))
  }

  @Test func `a cursor that leads back ends the list`() throws {
    let talk = try refresh {
      $0.path == "/v1/runs"
        ? Fed.json(#"{"runs":\#(Fed.runs(1)),"next_cursor":"same"}"#) : Fed.json("[]")
    }
    #expect(talk.asked.filter { $0.contains("/v1/runs") }.count == 2)
  }

  @Test func `pages by offset are followed up to the total`() throws {
    let talk = try refresh { call in
      guard call.path == "/v1/runs" else { return Fed.json("[]") }
      let offset = call.query.first { $0.name == "offset" }.flatMap { Int($0.value) } ?? 0
      let count = min(100, 230 - offset)
      return Fed.json(#"{"data":\#(Fed.runs(count, from: offset)),"total":230}"#)
    }
    let reading = try talk.result.get().reading
    #expect(reading.runs.count == 230)
    #expect(!reading.isCut)
    #expect(
      talk.asked.prefix(3) == [
        "GET /v1/runs?limit=100", "GET /v1/runs?limit=100&offset=100",
        "GET /v1/runs?limit=100&offset=200",
      ]
    )
  }

  @Test func `a server that ignores paging is asked for a second page once, and never again`()
    throws
  {
    let answer = { (call: Call) in
      call.path == "/v1/runs" ? Fed.json(Fed.runs(150)) : Fed.json("[]")
    }
    let first = try refresh(KnownInbox(), answer)
    #expect(try first.result.get().reading.runs.count == 150)
    #expect(first.asked.filter { $0.contains("/v1/runs") }.count == 2)
    let second = try refresh(try first.result.get().known, answer)
    #expect(second.asked.filter { $0.contains("/v1/runs") }.count == 1)
    #expect(try second.result.get().reading.runs.count == 150)
  }

  @Test func `a poll reads twenty pages and says that there is more`() throws {
    let talk = try refresh { call in
      guard call.path == "/v1/runs" else { return Fed.json("[]") }
      let page = call.query.first { $0.name == "cursor" }.flatMap { Int($0.value) } ?? 0
      return Fed.json(
        #"{"runs":\#(Fed.runs(100, from: page * 100)),"next_cursor":"\#(page + 1)"}"#
      )
    }
    let reading = try talk.result.get().reading
    #expect(reading.runs.count == 2000)
    #expect(reading.isCut)
  }

  @Test func `a task list that cannot be read is not an empty one`() throws {
    let talk = try refresh {
      $0.path == "/v1/runs" ? Fed.json(Fed.runs(1)) : Fed.status(500, #"{"error":"oh"}"#)
    }
    let reading = try talk.result.get().reading
    #expect(reading.runs.count == 1)
    #expect(reading.tasks == nil)
    #expect(reading.taskFault?.kind == .server)
    #expect(reading.taskFault?.sentence == "api:443 has a problem of its own (500: oh)")
  }

  @Test func `names that runs and tasks do not carry come from the workflows`() throws {
    let answer = { (call: Call) -> Result<Response, Transport.Failure> in
      switch call.path {
      case "/v1/runs": Fed.json(#"[{"id":"r1","workflow_id":"w","status":"running"}]"#)
      case "/v1/workflows": Fed.json(#"{"workflows":[{"id":"w","name":"refunds"}]}"#)
      default: Fed.json(#"{"tasks":[{"id":"t","run_id":"r1","task_payload":{}}]}"#)
      }
    }
    let first = try refresh(KnownInbox(), answer)
    let reading = try first.result.get().reading
    #expect(reading.runs.first?.workflowName == "refunds")
    #expect(reading.tasks?.first?.workflow == WorkflowID("w"))
    #expect(reading.tasks?.first?.workflowName == "refunds")
    let second = try refresh(try first.result.get().known, answer)
    #expect(!second.asked.contains("GET /v1/workflows"))
    #expect(try !second.result.get().changed)
  }

  @Test func `without a list of workflows the ids stand, and it is not asked for at every poll`()
    throws
  {
    let answer = { (call: Call) -> Result<Response, Transport.Failure> in
      switch call.path {
      case "/v1/runs": Fed.json(#"[{"id":"r1","workflow_id":"w","status":"running"}]"#)
      case "/v1/workflows": Fed.status(403)
      default: Fed.json("[]")
      }
    }
    var known = KnownInbox()
    var times = 0
    for _ in 0..<22 {
      let talk = try refresh(known, answer)
      known = try talk.result.get().known
      times += talk.asked.contains("GET /v1/workflows") ? 1 : 0
      #expect(try talk.result.get().reading.runs.first?.title == "w")
    }
    #expect(times == 2)
  }

  @Test func `an answer 304 is the page that is known`() throws {
    let first = try refresh {
      Fed.json($0.path == "/v1/runs" ? Fed.runs(3) : "[]", headers: ["etag": "\"v1\""])
    }
    let talk = try feed(
      backend.refresh(known: first.result.get().known),
      at: start + .seconds(3)
    ) { _ in Fed.status(304) }
    #expect(talk.etags == ["\"v1\"", "\"v1\""])
    let again = try talk.result.get()
    #expect(!again.changed)
    #expect(again.reading.runs.count == 3)
    #expect(again.reading.at == start + .seconds(3))
  }

  @Test func `a reading is as old as its first part, however long the rest takes`() throws {
    var job = backend.refresh(known: KnownInbox())
    let feed = try #require(job.begin().first)
    let tasks = try #require(
      job.receive(Answer(Fed.json(Fed.runs(1)), at: start), for: feed.number).first
    )
    _ = job.receive(Answer(Fed.json("[]"), at: start + .seconds(14)), for: tasks.number)
    #expect(try job.result?.get().reading.at == start)
  }

  @Test func `without an etag the same body is nothing new, and another one is`() throws {
    var count = 3
    let answer = { (call: Call) in Fed.json(call.path == "/v1/runs" ? Fed.runs(count) : "[]") }
    let first = try refresh(KnownInbox(), answer)
    #expect(try first.result.get().changed)
    let second = try refresh(try first.result.get().known, answer)
    #expect(try !second.result.get().changed)
    count = 2
    let third = try refresh(try second.result.get().known, answer)
    #expect(try third.result.get().changed)
    #expect(try third.result.get().reading.runs.count == 2)
  }

  @Test func `a task list that fails and comes back is news each time`() throws {
    var fails = false
    let answer = { (call: Call) in
      call.path == "/v1/runs"
        ? Fed.json(Fed.runs(1)) : fails ? Fed.failure(.timedOut) : Fed.json("[]")
    }
    let first = try refresh(KnownInbox(), answer).result.get()
    fails = true
    let second = try refresh(first.known, answer).result.get()
    #expect(second.changed && second.reading.tasks == nil)
    fails = false
    let third = try refresh(second.known, answer).result.get()
    #expect(third.changed && third.reading.tasks == [])
  }

  @Test func `the server's date tells how far its clock is off`() throws {
    let date = "Fri, 10 Apr 2026 12:00:05 GMT"
    let talk = try feed(backend.refresh(known: KnownInbox())) { _ in
      Fed.json("[]", headers: ["Date": date])
    }
    let noon = try #require(Timestamp(iso8601: "2026-04-10T12:00:05Z"))
    #expect(try talk.result.get().reading.clockSkew == noon - start)
  }

  @Test func `one bad item costs that item`() throws {
    let talk = try refresh {
      $0.path == "/v1/runs"
        ? Fed.json(#"[{"id":"r1","status":"running","workflow_name":"W"},{"status":1},7]"#)
        : Fed.json("[]")
    }
    let reading = try talk.result.get().reading
    #expect(reading.runs.count == 1)
    #expect(reading.unreadable == 2)
  }

  @Test(arguments: [
    (Fed.status(401, #"{"error":"token expired"}"#), Fault.Kind.unauthenticated, "token expired"),
    (Fed.status(403), .forbidden, "scopes"),
    (Fed.status(429), .limited, "slow down"),
    (Fed.json("<html>hello</html>"), .notTheAPI, "web page"),
    (Fed.json(#"{"runs":[{"id":"#), .notTheAPI, "cannot be read"),
    (Fed.json("{}"), .notTheAPI, "a list of runs"),
    (Fed.json("", status: 302, headers: ["Location": "https://else"]), .notTheAPI, "https://else"),
    (Fed.failure(.timedOut), .timedOut, "timed out"),
    (Fed.failure(.couldNotResolve, sent: false), .unreachable, "resolve"),
    (Fed.failure(.bodyTooLarge), .tooLarge, "body too large"),
    (Fed.failure(.tls, sent: false), .untrusted, "tls"),
    (Fed.json(#"{"runs":[{"id":{}},7]}"#), .notTheAPI, "none of its 2 items"),
  ])
  func `a feed that cannot be read is one fault with a sentence`(
    _ answer: Result<Response, Transport.Failure>,
    _ kind: Fault.Kind,
    _ words: String
  ) throws {
    let fault = try #require(try refresh { _ in answer }.result.fault)
    #expect(fault.kind == kind)
    #expect(fault.sentence.contains(words))
    #expect(fault.sentence.contains("api:443"))
  }
}
