import JSON
import TestHouse
import Testing

extension EndToEnd {
  /// The verbs of the command line: what they write, and the code they leave with.
  @Suite struct Shell {
    // MARK: 0: done

    @Test func `every verb does its work and leaves with 0`() throws {
      let scene = try Scene()
      let refund = try scene.start("refund", Graphs.approval)
      let task = try refund.task()
      let digest = try scene.start("digest", Graphs.busy)
      try digest.waitFor("running")

      let inbox = try scene.verb("inbox")
      #expect(inbox.status == 0, "\(inbox)")
      #expect(inbox.output.contains(refund.id) && inbox.output.contains(digest.id))
      #expect(inbox.output.contains("Pay back 420 to alex"))
      #expect(inbox.complaints.isEmpty)

      let show = try scene.verb("show", refund.short)
      #expect(show.status == 0, "\(show)")
      #expect(show.output.contains("Review") && show.output.contains("Waiting"))

      for (words, status) in [
        (["pause", digest.short], "paused"), (["resume", digest.short], "running"),
        (["stop", digest.short, "--graceful"], "draining"),
        (["stop", digest.short, "--now"], "stopped"),
      ] {
        let report = try scene.verb(words)
        #expect(report.status == 0, "\(words): \(report)")
        #expect(try digest.status() == status)
      }

      let approve = try scene.verb("approve", refund.short)
      #expect(approve.status == 0, "\(approve)")
      #expect(approve.output.hasPrefix("approved refund \(refund.short)"))
      let record = try refund.task(task)
      #expect(record["completed_by"]?.string == "operator")
      #expect(record["result"]?["approved"]?.bool == true)

      let start = try scene.verb("start", "refund", "order=42", "-o", "json")
      #expect(start.status == 0, "\(start)")
      let started = try JSONValue(parsing: Array(start.output.utf8))
      let id = try #require(started["id"]?.string)
      let again = StartedRun(runtime: scene.runtime, workflow: refund.workflow, id: id)
      #expect(try again.read()["input"]?["order"]?.int == 42)
      let other = try again.task()
      let reject = try scene.verb("reject", other)
      #expect(reject.status == 0, "\(reject)")
      #expect(try again.task(other)["result"]?["approved"]?.bool == false)

      let doctor = try scene.verb("doctor")
      #expect(doctor.status == 0, "\(doctor)")
      #expect(!doctor.output.contains(scene.runtime.token))
    }

    @Test func `JSON has the API's names`() throws {
      let scene = try Scene()
      let run = try scene.start("refund", Graphs.approval)
      let task = try run.task()
      let failed = try scene.start("triage", Graphs.failing)
      try failed.waitFor("failed")

      let inbox = try scene.json("inbox")
      let rows = try #require(inbox.array)
      let waiting = try #require(rows.first { $0["id"]?.string == task })
      #expect(waiting["run_id"]?.string == run.id)
      #expect(waiting["workflow_id"]?.string == run.workflow)
      #expect(waiting["workflow_name"]?.string == "refund")
      #expect(waiting["step_id"]?.string == "review")
      #expect(waiting["task_type"]?.string == "approval")
      #expect(waiting["task_payload"]?["amount"]?.int == 420)
      #expect(waiting["status"]?.string == "pending")
      #expect(waiting["created_at"]?.string?.hasSuffix("Z") == true)
      let broken = try #require(rows.first { $0["id"]?.string == failed.id })
      #expect(broken["failure_code"]?.string == "MCP_TOOL_FAILED")
      #expect(broken["failure"]?["step_id"]?.string == "ticket")

      let shown = try scene.json("show", failed.id)
      for name in [
        "id", "workflow_id", "workflow_name", "version", "status", "trigger", "input",
        "created_at", "started_at", "updated_at", "ended_at", "steps", "credits", "status_at",
        "failure_code", "failure", "last_event_seq",
      ] {
        #expect(shown[name] != nil, "\(name)")
      }
      #expect(shown["steps"]?["total"]?.int == 3)

      let events = try #require(try scene.json("events", failed.id).array)
      let failure = try #require(events.first { $0["event_type"]?.string == "step_failed" })
      for name in ["id", "seq", "run_id", "event_type", "step_id", "at", "data"] {
        #expect(failure[name] != nil, "\(name)")
      }
      #expect(events.compactMap { $0["seq"]?.int } == Array(1...events.count))

      let lines = try scene.verb("events", failed.id, "-o", "jsonl").output
        .split(separator: "\n").map { try JSONValue(parsing: Array($0.utf8)) }
      #expect(lines == events)
    }

    // MARK: 1 to 6

    @Test func `an answer that is not the API's is 1`() throws {
      let server = try FaultServer()
      server.answer("GET /v1/runs", .html("<!DOCTYPE html><h1>It works</h1>"))
      let report = try Verb.run(["inbox"], url: server.url)
      #expect(report.status == 1, "\(report)")
      #expect(report.output.isEmpty)
      #expect(
        report.complaints
          == "command-center: \(server.place) answered with a web page instead of the API; check "
          + "the url of the profile and any proxy between\n"
      )
    }

    @Test(arguments: [
      ["show", "zzz"], ["show", "run-"], ["approve", "zzz"], ["pause", "zzz"],
      ["stop", "run-1"], ["stop", "run-1", "--now", "--graceful"], ["show"], ["frobnicate"],
      ["inbox", "-o", "xml"], ["inbox", "--filter", "colour:red"],
      ["events", "run-1", "--after", "x"],
    ])
    func `what cannot be understood, and ids of none or several, are 2`(words: [String]) throws {
      let server = try FaultServer()
      let runs = ["run-1", "run-2"].map {
        #"{"id":"\#($0)","workflow_id":"w1","status":"running"}"#
      }
      server.answer("GET /v1/runs", .json(#"{"runs":[\#(runs.joined(separator: ","))]}"#))
      let report = try Verb.run(words, url: server.url)
      #expect(report.status == 2, "\(report)")
      #expect(report.output.isEmpty)
      #expect(!report.complaints.isEmpty)
      #expect(server.received("POST").isEmpty)
    }

    @Test(arguments: [
      ["inbox"], ["show", "r"], ["approve", "r"], ["start", "w"], ["pause", "r"],
      ["stop", "r", "--now"], ["doctor"],
    ])
    func `a server that is not there is 3`(words: [String]) throws {
      let socket = try LoopbackSocket()
      defer { socket.close() }
      let report = try Verb.run(words, url: "http://127.0.0.1:\(socket.port)")
      #expect(report.status == 3, "\(report)")
      #expect(
        (report.output + report.complaints).contains(
          "127.0.0.1:\(socket.port): connection refused; is the server running?"
        )
      )
    }

    @Test func `what is not allowed is 4`() throws {
      let scene = try Scene()
      let run = try scene.start("digest", Graphs.busy)
      try run.waitFor("running")
      let illegal = try scene.verb("resume", run.short)
      #expect(illegal.status == 4, "\(illegal)")
      #expect(illegal.complaints.contains("only paused runs resume"))
      let idle = try scene.verb("approve", run.short)
      #expect(idle.status == 4, "\(idle)")
      let stranger = try Verb.run(["inbox"], url: scene.runtime.url, token: "crt_somebody_else")
      #expect(stranger.status == 4, "\(stranger)")
      #expect(stranger.complaints.contains("does not accept the token (401"))
      #expect(try run.status() == "running")
    }

    @Test(arguments: [
      ["approve", "r"], ["reject", "r"], ["start", "w"], ["pause", "r"], ["resume", "r"],
      ["stop", "r", "--now"], ["stop", "r", "--graceful"],
    ])
    func `read-only refuses every verb that acts with 4, before anything is asked`(
      words: [String]
    ) throws {
      let server = try FaultServer()
      let report = try Verb.run(words + ["--read-only"], url: server.url)
      #expect(report.status == 4, "\(report)")
      #expect(report.complaints.contains("started with --read-only"))
      #expect(server.received("GET").isEmpty)
      #expect(server.received("POST").isEmpty)
    }

    @Test func `what somebody else answered is 5`() throws {
      let scene = try Scene()
      let run = try scene.start("refund", Graphs.approval)
      let task = try run.task()
      try run.answer(task, approved: false)
      let report = try scene.verb("approve", run.short)
      #expect(report.status == 5, "\(report)")
      #expect(report.complaints.contains("already rejected by alex"))
      #expect(try run.events("task_completed").count == 1)
    }

    @Test func `a command of which nobody knows what became is 6, and was sent once`() throws {
      let server = try FaultServer()
      let run = #"{"id":"run-1","workflow_id":"w1","workflow_name":"odd","status":"running"}"#
      server.answer("GET /v1/runs", .json(#"{"runs":[\#(run)]}"#))
      server.answer("GET /v1/workflows/w1/runs/run-1", .json(run))
      server.answer("POST /v1/workflows/w1/command", .init([.close]))
      let report = try Verb.run(["pause", "run-1"], url: server.url)
      #expect(report.status == 6, "\(report)")
      #expect(report.complaints.contains("the connection ended before an answer came"))
      #expect(server.received("POST").count == 1)
    }

    @Test func `a token stands nowhere but where it was put`() throws {
      let scene = try Scene()
      let run = try scene.start("refund", Graphs.approval)
      _ = try run.task()
      let report = try scene.verb("approve", run.short)
      #expect(report.status == 0, "\(report)")
      let journal = scene.home.path("state/command-center/journal")
      let files = TextFile.names(in: journal)
      #expect(!files.isEmpty)
      for file in files {
        let text = try TextFile.read("\(journal)/\(file)")
        #expect(text.contains(run.id))
        #expect(!text.contains(scene.runtime.token))
      }
      #expect(!(report.output + report.complaints).contains(scene.runtime.token))
    }
  }
}

/// Verbs of the front, run to their end.
enum Verb {
  static func run(
    _ words: [String],
    url: String?,
    token: String = "any",
    home: TemporaryHome? = nil,
    input: String = ""
  ) throws -> Child.Report {
    let home = try home ?? TemporaryHome()
    return try Child.run(
      [BuiltProgram.front.path()] + words,
      environment: environment(home, url: url, token: token),
      input: input,
      in: home
    )
  }

  /// A verb that goes on while the test looks at it.
  static func begin(
    _ words: [String],
    url: String,
    token: String,
    home: TemporaryHome
  ) throws
    -> Child
  {
    try Child(
      [BuiltProgram.front.path()] + words,
      environment: environment(home, url: url, token: token),
      complaints: home.path("complaints")
    )
  }

  static func environment(
    _ home: TemporaryHome,
    url: String?,
    token: String
  ) -> [String: String] {
    var environment = home.environment
    environment["COMMAND_CENTER_URL"] = url
    environment["COMMAND_CENTER_TOKEN"] = url == nil ? nil : token
    environment["TERM"] = "xterm-256color"
    return environment
  }
}

extension Scene {
  func verb(_ words: String...) throws -> Child.Report { try verb(words) }

  func verb(_ words: [String], input: String = "") throws -> Child.Report {
    try Verb.run(words, url: runtime.url, token: runtime.token, home: home, input: input)
  }

  /// A verb that goes on while the test looks at it.
  func begin(_ words: String...) throws -> Child {
    try Verb.begin(words, url: runtime.url, token: runtime.token, home: home)
  }

  /// What a verb answers as JSON.
  func json(_ words: String...) throws -> JSONValue {
    let report = try verb(words + ["-o", "json"])
    try #require(report.status == 0, "\(report)")
    return try JSONValue(parsing: Array(report.output.utf8))
  }
}
