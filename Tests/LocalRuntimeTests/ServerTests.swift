import JSON
import Runs
import RuntimeAPI
import Testing

@testable import LocalRuntime

/// A runtime that answers over real HTTP on a port of the system's choice.
struct TestServer {
  let runtime: TestRuntime
  let listener: Listener
  /// Does nothing before it is opened.
  let scheduler: Scheduler
  let router: Router
  let url: String
  static let token = "crt_0123456789abcdef"
  static let other = "crt_fedcba9876543210"

  /// A server over a fresh runtime, or over one that is there.
  init(
    servers: KnownServers = KnownServers(names: ["demo"], tools: ["demo": ["t"]]),
    settings: Router.Settings = Router.Settings(),
    limits: Listener.Limits = Listener.Limits(),
    over known: TestRuntime? = nil
  ) async throws {
    if let known { runtime = known } else { runtime = try await TestRuntime() }
    let tokens = Tokens(
      hashes: ["maria": Tokens.hash(Self.token), "alex": Tokens.hash(Self.other)]
    )
    let scheduler = Scheduler(engine: runtime.engine, report: { Issue.record("\($0)") })
    router = Router(
      engine: runtime.engine,
      tokens: tokens,
      settings: settings,
      triggersChanged: { scheduler.look() },
      knownServers: { servers }
    )
    self.scheduler = scheduler
    try await router.openTokens()
    listener = try await Listener(router: router, place: .address(.standard), limits: limits)
    url = listener.place.url
  }

  /// Begins to start what is due.
  func openScheduler() async {
    let router = router
    await scheduler.open { trigger throws(Rejection) in
      try await router.automation(of: trigger)
    }
  }

  func send(
    _ method: String,
    _ path: String,
    _ body: String? = nil,
    token: String? = TestServer.token,
    headers: [String: String] = [:]
  ) async throws -> Peer.Reply {
    try await Peer(url: url, token: token).send(method, path, body, headers: headers)
  }

  func get(_ path: String, headers: [String: String] = [:]) async throws -> Peer.Reply {
    try await send("GET", path, headers: headers)
  }

  func post(_ path: String, _ body: String, key: String? = nil) async throws -> Peer.Reply {
    try await send("POST", path, body, headers: key.map { ["Idempotency-Key": $0] } ?? [:])
  }

  /// Starts a run of the published workflow `flow`.
  func start(
    _ run: String = "run",
    input: String = "{}",
    key: String? = nil
  ) async throws -> Peer.Reply {
    try await post(
      "/v1/workflows/flow/command",
      #"{"command":"start","params":{"run_id":"\#(run)","trigger_payload":\#(input)}}"#,
      key: key
    )
  }

  func command(_ word: String, _ more: String = "", key: String? = nil) async throws -> Peer.Reply {
    try await post(
      "/v1/workflows/flow/command",
      #"{"command":"\#(word)","params":{"run_id":"run"\#(more)}}"#,
      key: key
    )
  }
}

@Suite struct ServerTests {
  // MARK: Who may

  @Test(arguments: [nil, "", "wrong-token-of-some-length", "crt_0123456789abcde"])
  func `nothing beneath v1 answers without a token it knows`(_ token: String?) async throws {
    let server = try await TestServer()
    for path in ["/v1/runs", "/v1/tasks/pending", "/v1/workflows", "/v1/nothing"] {
      let reply = try await server.send("GET", path, token: token)
      #expect(reply.status == 401)
      #expect(reply.json["code"] == "UNAUTHORIZED")
      #expect(reply.headers["www-authenticate"] == "Bearer")
    }
    let health = try await server.send("GET", "/healthz", token: token)
    #expect(health.status == 200)
  }

  // MARK: What is malformed

  @Test(
    arguments: [
      ("POST", "/v1/workflows", "{\"name\":", 400, "BAD_REQUEST"),
      ("POST", "/v1/workflows", "[1]", 400, "BAD_REQUEST"),
      ("POST", "/v1/workflows", "{\"name\":7,\"graph\":{\"steps\":[]}}", 422, "VALIDATION_ERROR"),
      ("POST", "/v1/workflows", "{\"name\":\"x\",\"graph\":3}", 422, "VALIDATION_ERROR"),
      ("POST", "/v1/workflows/flow/command", "{\"command\":\"jump\"}", 422, "VALIDATION_ERROR"),
      ("POST", "/v1/workflows/flow/command", "{\"command\":\"stop\"}", 422, "VALIDATION_ERROR"),
      (
        "POST", "/v1/workflows/flow/command",
        "{\"command\":\"start\",\"params\":{\"run_id\":\"a b\"}}", 422, "VALIDATION_ERROR"
      ),
      (
        "POST", "/v1/workflows/flow/command",
        "{\"command\":\"start\",\"params\":{\"trigger_steps\":{\"a\":1}}}", 422,
        "VALIDATION_ERROR"
      ),
      (
        "POST", "/v1/workflows/none/command", "{\"command\":\"start\"}", 404, "NOT_FOUND"
      ),
      ("POST", "/v1/workflows/flow/runs/none/tasks/t/complete", "{}", 422, "VALIDATION_ERROR"),
      (
        "POST", "/v1/workflows/flow/runs/none/tasks/t/complete", "{\"approved\":true}", 404,
        "NOT_FOUND"
      ),
      ("GET", "/v1/runs?limit=0", nil, 400, "BAD_REQUEST"),
      ("GET", "/v1/runs?limit=many", nil, 400, "BAD_REQUEST"),
      ("GET", "/v1/runs?cursor=nonsense", nil, 400, "BAD_REQUEST"),
      ("GET", "/v1/runs?since=yesterday", nil, 400, "BAD_REQUEST"),
      ("GET", "/v1/workflows/flow/runs/none", nil, 404, "NOT_FOUND"),
      ("GET", "/v1/workflows/none", nil, 404, "NOT_FOUND"),
      ("GET", "/elsewhere", nil, 404, "NOT_FOUND"),
      ("DELETE", "/v1/runs", nil, 405, "METHOD_NOT_ALLOWED"),
      ("GET", "/v1/workflows/flow/command", nil, 405, "METHOD_NOT_ALLOWED"),
    ] as [(String, String, String?, Int, String)]
  )
  func `what is wrong with a request is said in one envelope`(
    _ method: String,
    _ path: String,
    _ body: String?,
    _ status: Int,
    _ code: String
  ) async throws {
    let server = try await TestServer()
    _ = try await server.runtime.publish(call("a"))
    let reply = try await server.send(method, path, body)
    #expect(reply.status == status)
    #expect(reply.json["code"] == .string(code))
    #expect(reply.json["error"]?.string?.isEmpty == false)
    #expect(reply.headers["content-type"] == "application/json")
  }

  @Test func `a body over 4 MiB is refused with 413`() async throws {
    let server = try await TestServer()
    let text = String(repeating: "x", count: Listener.maximumBody)
    let reply = try await server.post("/v1/workflows", "{\"name\":\"\(text)\"}")
    #expect(reply.status == 413)
    #expect(reply.json["code"] == "PAYLOAD_TOO_LARGE")
  }

  // MARK: Workflows

  @Test func `a workflow is made, checked, published, changed and listed`() async throws {
    let server = try await TestServer()
    let made = try await server.post(
      "/v1/workflows",
      #"{"name":"refunds","description":"d","graph":{"input_schema":{"type":"object"},"steps":["#
        + call("a") + "]}}"
    )
    #expect(made.status == 201)
    #expect(made.json["status"] == "draft")
    let id = try #require(made.json["id"]?.string)
    let early = try await server.post("/v1/workflows/\(id)/command", #"{"command":"start"}"#)
    #expect(early.status == 409)
    #expect(early.json["error"]?.string?.contains("is a draft; publish a version") == true)
    let checked = try await server.post("/v1/workflows/\(id)/validate", "{}")
    #expect(checked.json["valid"] == true)
    let first = try await server.post("/v1/workflows/\(id)/versions", #"{"changelog":"one"}"#)
    #expect(first.status == 201)
    #expect(first.json["version"] == 1)
    #expect(first.json["graph_snapshot"]?["input_schema"] == ["type": "object"])
    let edit = #"{"graph":{"steps":["# + call("b") + "]}}"
    #expect(try await server.send("PATCH", "/v1/workflows/\(id)", edit).status == 200)
    #expect(try await server.post("/v1/workflows/\(id)/versions", "{}").json["version"] == 2)
    let versions = try WorkflowWire.versions(
      Array(try await server.get("/v1/workflows/\(id)/versions").text.utf8)
    )
    #expect(versions[1]?.steps.map(\.id) == [StepID("a")])
    #expect(versions[2]?.steps.map(\.id) == [StepID("b")])
    let list = try WorkflowWire.page(Array(try await server.get("/v1/workflows").text.utf8))
    #expect(list.items.map(\.name) == ["refunds"])
    #expect(list.items.first?.version == 2)
    #expect(try await server.send("DELETE", "/v1/workflows/\(id)").status == 204)
    #expect(try await server.get("/v1/workflows/\(id)").json["status"] == "archived")
    #expect(try await server.get("/v1/workflows").json["total"] == 0)
    #expect(try await server.send("DELETE", "/v1/workflows/\(id)").status == 204)
    let late = try await server.post("/v1/workflows/\(id)/command", #"{"command":"start"}"#)
    #expect(late.status == 409)
  }

  @Test func `a cycle is named by check and publication alike`() async throws {
    let server = try await TestServer()
    let graph = "{\"steps\":[\(call("a", after: ["b"])),\(call("b", after: ["a"]))]}"
    let made = try await server.post("/v1/workflows", "{\"name\":\"x\",\"graph\":\(graph)}")
    let id = try #require(made.json["id"]?.string)
    let checked = try await server.post("/v1/workflows/\(id)/validate", "{\"graph\":\(graph)}")
    #expect(checked.status == 200)
    #expect(checked.json["valid"] == false)
    let sentence = try #require(checked.json["issues"]?[0]?["message"]?.string)
    let published = try await server.post("/v1/workflows/\(id)/versions", "{}")
    #expect(published.status == 422)
    #expect(published.json["error"]?.string?.contains(sentence) == true)
    #expect(published.json["details"]?["issues"] == checked.json["issues"])
    #expect(try await server.get("/v1/workflows/\(id)").json["status"] == "draft")
  }

  // MARK: Runs

  @Test func `a run is started, read in every way, answered and done`() async throws {
    let server = try await TestServer()
    let runtime = server.runtime
    _ = try await runtime.publish(ask("review") + "," + call("pay", after: ["review"]))
    let started = try await server.start(input: #"{"order":42}"#)
    #expect(started.status == 200)
    #expect(started.json["run_id"] == "run")
    #expect(started.json["status"] == "running")
    #expect(started.json["workflow_id"] == "flow")
    let task = try await runtime.task()
    let run = "/v1/workflows/flow/runs/run"
    let pending = try TaskWire.page(Array(try await server.get("/v1/tasks/pending").text.utf8))
    #expect(pending.items.map(\.id) == [task.id])
    #expect(pending.items.first?.title == "OK?")
    #expect(try await server.get("\(run)/tasks/pending").json["total"] == 1)
    let done = try await server.post(
      "\(run)/tasks/\(task.id.text)/complete",
      #"{"approved":true,"result":{"comment":"fine"}}"#
    )
    #expect(done.status == 200)
    #expect(
      done.json == ["status": "completed", "task_id": .string(task.id.text), "approved": true]
    )
    let again = try await server.send(
      "POST",
      "\(run)/tasks/\(task.id.text)/complete",
      #"{"approved":false}"#,
      token: TestServer.other
    )
    #expect(again.status == 409)
    #expect(again.json["error"] == "task already completed")
    #expect(again.json["code"] == "CONFLICT")
    #expect(
      again.json["details"] == [
        "completed_by": "maria", "completed_at": .string(runtime.time.now.iso8601),
        "approved": true,
      ]
    )
    await runtime.gate.end("pay", .success(["ok": true]))
    try await runtime.run(is: .completed)
    let answered = try TaskWire.one(
      Array(try await server.get("\(run)/tasks/\(task.id.text)").text.utf8),
      of: runtime.reference()
    )
    #expect(!answered.isPending)
    #expect(answered.completedBy == "maria")
    let read = try await server.get(run)
    let summary = try await server.get("\(run)/summary").json
    #expect(summary["run_id"] == "run")
    #expect(summary["run_complete"] == true)
    #expect(summary["orchestration_phase"] == "completed")
    #expect(summary["step_outcomes"] == ["success": 2])
    let value = try RunWire.one(Array(read.text.utf8), asked: runtime.reference())
    #expect(value.status == .completed)
    #expect(value.workflowName == "Flow flow")
    #expect(value.input == ["order": 42])
    let context = try await server.get("\(run)/context").json
    #expect(context["input"] == ["order": 42])
    #expect(context["steps"]?["review"]?["result"] == ["approved": true, "comment": "fine"])
    #expect(context["steps"]?["pay"]?["result"] == ["ok": true])
    let events = try EventWire.page(Array(try await server.get("\(run)/events").text.utf8)).items
    #expect(events.compactMap(\.sequence) == Array(1...events.count))
    let rest = try await server.get("\(run)/events?after=3&limit=2").json
    #expect(rest["events"]?.array?.compactMap { $0["seq"]?.int } == [4, 5])
    #expect(rest["has_more"] == true)
  }

  @Test func `bare params are the input, execute is start, and a run id may stand beside`()
    async throws
  {
    let server = try await TestServer()
    _ = try await server.runtime.publish(call("a"))
    let started = try await server.post(
      "/v1/workflows/flow/command",
      #"{"command":"execute","params":{"order":42,"run_id":"r-1"}}"#
    )
    #expect(started.json["run_id"] == "r-1")
    #expect(try await server.runtime.store.run("r-1")?.input == ["order": 42])
    let paused = try await server.post(
      "/v1/workflows/flow/command",
      #"{"command":"pause","run_id":"r-1"}"#
    )
    #expect(paused.status == 200)
    #expect(paused.json["status"] == "paused")
    #expect(paused.json["status_by"] == "maria")
  }

  @Test func `an illegal command is answered with the present status, who set it and when`()
    async throws
  {
    let server = try await TestServer()
    _ = try await server.runtime.publish(call("a"))
    _ = try await server.start()
    _ = try await server.send(
      "POST",
      "/v1/workflows/flow/command",
      #"{"command":"pause","params":{"run_id":"run"}}"#,
      token: TestServer.other
    )
    let reply = try await server.command("pause")
    #expect(reply.status == 409)
    #expect(reply.json["code"] == "CONFLICT")
    #expect(
      reply.json["error"]?.string?.hasPrefix("the run is paused and cannot be paused") == true
    )
    #expect(
      reply.json["details"] == [
        "status": "paused", "status_by": "alex",
        "status_at": .string(server.runtime.time.now.iso8601),
      ]
    )
    let other = try await server.post(
      "/v1/workflows/none/command",
      #"{"command":"pause","params":{"run_id":"run"}}"#
    )
    #expect(other.status == 404)
  }

  @Test func `a graceful stop over the wire drains, a mode that is none is refused`()
    async throws
  {
    let server = try await TestServer()
    _ = try await server.runtime.publish(call("a"))
    _ = try await server.start()
    await server.runtime.gate.until { $0.inFlight == ["a"] }
    #expect(try await server.command("stop", #","mode":"softly""#).status == 422)
    #expect(try await server.command("stop", #","mode":"graceful""#).json["status"] == "draining")
    #expect(try await server.command("stop").json["status"] == "stopped")
  }

  // MARK: Once

  @Test func `a request repeated with its key gets the first answer and is carried out once`()
    async throws
  {
    let server = try await TestServer()
    _ = try await server.runtime.publish(call("a"))
    let first = try await server.post(
      "/v1/workflows/flow/command",
      #"{"command":"start"}"#,
      key: "k1"
    )
    let second = try await server.post(
      "/v1/workflows/flow/command",
      #"{"command":"start"}"#,
      key: "k1"
    )
    #expect(first.status == 200)
    #expect(second.text == first.text)
    #expect(try await server.get("/v1/runs").json["total"] == 1)
    let other = try await server.post(
      "/v1/workflows/flow/command",
      #"{"command":"start","params":{}}"#,
      key: "k1"
    )
    #expect(other.status == 409)
    #expect(other.json["error"]?.string?.contains("was used for another request") == true)
    let theirs = try await server.send(
      "POST",
      "/v1/workflows/flow/command",
      #"{"command":"start"}"#,
      token: TestServer.other,
      headers: ["Idempotency-Key": "k1"]
    )
    #expect(theirs.json["run_id"] != first.json["run_id"])
  }

  @Test func `a refusal is repeated too, and nothing is after a day`() async throws {
    let server = try await TestServer()
    _ = try await server.runtime.publish(call("a"))
    _ = try await server.start()
    let refused = try await server.command("resume", key: "k")
    #expect(refused.status == 409)
    _ = try await server.command("pause")
    #expect(try await server.command("resume", key: "k").text == refused.text)
    server.runtime.time.advance(.seconds(24 * 3600 + 1))
    #expect(try await server.command("resume", key: "k").status == 200)
  }

  @Test func `the kept answer outlives the runtime that gave it`() async throws {
    let server = try await TestServer()
    _ = try await server.runtime.publish(call("a"))
    let first = try await server.post(
      "/v1/workflows/flow/command",
      #"{"command":"start"}"#,
      key: "k"
    )
    await server.listener.stop()
    let runtime = try await server.runtime.restarted()
    let key = "maria\u{1F}k"
    let kept = try await runtime.store.answer(key, now: runtime.time.now)
    #expect(kept?.body == first.text)
  }

  // MARK: Polling

  @Test func `every answer says when it was given`() async throws {
    let server = try await TestServer()
    let moment = HTTPDate.text(server.runtime.engine.clock.now())
    for reply in [
      try await server.get("/v1/runs"), try await server.get("/v1/nothing"),
      try await server.send("GET", "/v1/runs", token: nil),
    ] {
      #expect(reply.headers["date"]?.prefix(16) == moment.prefix(16))
    }
  }

  @Test(arguments: [
    (784_111_777_000, "Sun, 06 Nov 1994 08:49:37 GMT"), (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
    (-1000, "Wed, 31 Dec 1969 23:59:59 GMT"), (1_709_164_800_000, "Thu, 29 Feb 2024 00:00:00 GMT"),
  ])
  func `a date is written as HTTP wants it`(milliseconds: Int64, text: String) {
    #expect(HTTPDate.text(Timestamp(milliseconds: milliseconds)) == text)
  }

  @Test func `an unchanged answer is 304 without a body, a changed one is not`() async throws {
    let server = try await TestServer()
    _ = try await server.runtime.publish(call("a"))
    _ = try await server.start()
    try await server.runtime.run { $0.lastEvent == 5 }
    for path in ["/v1/runs", "/v1/tasks/pending", "/v1/workflows/flow", "/v1/workflows"] {
      let first = try await server.get(path)
      let tag = try #require(first.headers["etag"])
      let second = try await server.get(path, headers: ["If-None-Match": tag])
      #expect(second.status == 304)
      #expect(second.text.isEmpty)
      #expect(second.headers["etag"] == tag)
    }
    let tag = try #require(try await server.get("/v1/runs").headers["etag"])
    let still = try #require(try await server.get("/v1/workflows").headers["etag"])
    _ = try await server.command("pause")
    let changed = try await server.get("/v1/runs", headers: ["If-None-Match": tag])
    #expect(changed.status == 200)
    #expect(changed.headers["etag"] != tag)
    let same = try await server.get("/v1/workflows", headers: ["If-None-Match": "W/\(still), x"])
    #expect(same.status == 304)
  }

  @Test(arguments: [
    "offset=null&cursor=5", "cursor=x", "offset=1&offset=2", "limit=0", "offset=-1",
  ])
  func `a page that is asked for by something else than numbers is refused`(
    query: String
  ) async throws {
    let server = try await TestServer()
    for list in ["/v1/workflows", "/v1/tasks/pending"] {
      let answer = try await server.get("\(list)?\(query)")
      #expect(answer.status == 400, "\(answer)")
    }
    #expect(try await server.get("/v1/workflows?offset=7&cursor=0&limit=3").status == 200)
    await server.listener.stop()
  }

  @Test func `the feed is paged newest first, by cursor and by offset`() async throws {
    let server = try await TestServer()
    _ = try await server.runtime.publish(call("a"))
    for number in 1...5 {
      server.runtime.time.advance(.seconds(1))
      #expect(try await server.start("r\(number)").status == 200)
    }
    let first = try RunWire.page(Array(try await server.get("/v1/runs?limit=2").text.utf8))
    #expect(first.items.map(\.id.text) == ["r5", "r4"])
    let cursor = try #require(first.nextCursor)
    let path = "/v1/workflows/flow/runs?limit=2&cursor=\(cursor)"
    let second = try RunWire.page(Array(try await server.get(path).text.utf8))
    #expect(second.items.map(\.id.text) == ["r3", "r2"])
    let third = try await server.get("/v1/runs?limit=2&offset=4").json
    #expect(third["runs"]?.array?.compactMap { $0["id"]?.string } == ["r1"])
    #expect(third["total"] == 5)
    #expect(third["next_cursor"] == .null)
    let none = try await server.get("/v1/runs?status=failed&status=cancelled").json
    #expect(none["total"] == 0)
  }
}
