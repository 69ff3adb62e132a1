import Glibc
import JSON
import TestHouse
import Testing

extension EndToEnd {
  /// Verbs that act: on several things at once, under conditions, and until runs have ended.
  @Suite struct ShellActions {
    // MARK: Several at once

    @Test func `ids from standard input are approved, each once, and told in a line`() throws {
      let scene = try Scene()
      let runs = try (0..<6).map { try scene.start("refund-\($0)", Graphs.approval) }
      let tasks = try runs.map { try $0.task() }
      try runs[1].answer(tasks[1], approved: false)
      let list = "# tonight\n" + runs.map { "\($0.id)  # \($0.short)\n" }.joined() + "\n"
      let report = try scene.verb(["approve", "-", "-o", "jsonl"], input: list)
      #expect(report.status == 1, "\(report)")
      let lines = try report.output.split(separator: "\n").map {
        try JSONValue(parsing: Array($0.utf8))
      }
      #expect(lines.count == 6)
      for (index, run) in runs.enumerated() {
        let line = try #require(lines.first { $0["run_id"]?.string == run.id })
        #expect(line["outcome"]?.string == (index == 1 ? "changed" : "done"))
        #expect(try run.events("task_completed").count == 1)
        let approved = try run.task(tasks[index])["result"]?["approved"]?.bool
        #expect(approved == (index != 1))
      }
      #expect(
        lines.contains { $0["detail"]?.string?.hasPrefix("already rejected by alex") == true }
      )
      #expect(report.complaints == "command-center: 5 done, 1 changed\n")
    }

    @Test func `one id that means nothing keeps all from being sent, unless it is left out`() throws
    {
      let scene = try Scene()
      let runs = try (0..<2).map { try scene.start("refund-\($0)", Graphs.approval) }
      for run in runs { _ = try run.task() }
      let words = ["approve", runs[0].id, "zzz", runs[1].short]
      let report = try scene.verb(words)
      #expect(report.status == 2, "\(report)")
      #expect(report.output.isEmpty)
      #expect(report.complaints.contains("no waiting task has the id zzz"))
      #expect(report.complaints.contains("nothing was sent: 1 of 3 ids cannot be used"))
      for run in runs { #expect(try run.events("task_completed").isEmpty) }
      let others = try scene.verb(words + ["--skip-unknown"])
      #expect(others.status == 1, "\(others)")
      for run in runs { #expect(try run.events("task_completed").count == 1) }
    }

    @Test(arguments: [
      ("", "there is no id in the list"), ("a b\n", "line 1: a b has a blank in it"),
      ("ok\na\u{1b}[2J\n", "line 2: a\u{FFFD}[2J has a control character in it"),
    ])
    func `a list that is none is 2, before anything is asked`(input: String, words: String) throws {
      let server = try FaultServer()
      let report = try Verb.run(["pause", "-"], url: server.url, input: input)
      #expect(report.status == 2, "\(report)")
      #expect(report.complaints.contains(words))
      #expect(server.received("GET").isEmpty)
    }

    @Test func `a protected profile wants its name for several at once`() throws {
      let scene = try Scene()
      try scene.home.write(
        "[profile.prod]\nurl = \"\(scene.runtime.url)\"\ntoken_file = \"prod.token\"\nprotected = true\n",
        to: "config/command-center/config.toml"
      )
      try scene.home.write(scene.runtime.token, to: "config/command-center/prod.token")
      let runs = try (0..<2).map { try scene.start("digest-\($0)", Graphs.busy) }
      for run in runs { try run.waitFor("running") }
      let words = ["pause", runs[0].id, runs[1].id, "--profile", "prod"]
      let bare = try Verb.run(words, url: nil, home: scene.home)
      #expect(bare.status == 4, "\(bare)")
      #expect(bare.complaints.contains("to pause several at once, add --confirm prod"))
      #expect(try runs[0].status() == "running")
      let named = try Verb.run(words + ["--confirm", "prod"], url: nil, home: scene.home)
      #expect(named.status == 0, "\(named)")
      for run in runs { #expect(try run.status() == "paused") }
    }

    @Test func `an interrupt begins nothing more, and tells what was on the way`() throws {
      let server = try FaultServer()
      let gate = try Gate()
      defer { gate.open() }
      let runs = (0..<6).map {
        #"{"id":"run-\#($0)","workflow_id":"w\#($0)","workflow_name":"odd","status":"running"}"#
      }
      server.answer("GET /v1/runs", .json(#"{"runs":[\#(runs.joined(separator: ","))]}"#))
      for (index, run) in runs.enumerated() {
        server.answer("GET /v1/workflows/w\(index)/runs/run-\(index)", .json(run))
        server.answer("POST /v1/workflows/w\(index)/command", .init([.hold(gate)]))
      }
      let home = try TemporaryHome()
      let words = ["pause"] + (0..<6).map { "run-\($0)" } + ["-o", "tsv"]
      let child = try Verb.begin(words, url: server.url, token: "any", home: home)
      _ = try Waiting.until("four commands") { server.received("POST").count == 4 ? true : nil }
      child.send(SIGINT)
      _ = try child.readLine()
      let left = [try child.readLine(), try child.readLine()]
      #expect(left.allSatisfy { $0.contains("\tnot sent\t") }, "\(left)")
      child.send(SIGINT)
      #expect(try child.wait() == .exited(130))
      #expect(server.received("POST").count == 4)
      let said = try TextFile.read(home.path("complaints"))
      #expect(said.contains("interrupted: 2 were not begun; waiting for 4 on the way"))
      #expect(said.contains("2 not sent, 4 unknown"))
    }

    // MARK: Under conditions

    @Test func `a condition that is not met is 5, and nothing is sent`() throws {
      let scene = try Scene()
      let run = try scene.start("digest", Graphs.busy)
      try run.waitFor("running")
      let status = try scene.verb("stop", run.id, "--now", "--if-status", "paused,draining")
      #expect(status.status == 5, "\(status)")
      #expect(status.complaints.contains("it is now running"))
      let newest = try #require(try run.read()["last_event_seq"]?.int)
      let seq = try scene.verb("stop", run.id, "--now", "--if-seq", "\(newest - 1)")
      #expect(seq.status == 5, "\(seq)")
      #expect(seq.complaints.contains("\(newest)"))
      #expect(try run.status() == "running")
      let wrong = try scene.verb("stop", run.id, "--now", "--if-status", "asleep")
      #expect(wrong.status == 2, "\(wrong)")
      let met = try scene.verb(
        "stop",
        run.id,
        "--now",
        "--if-status",
        "running",
        "--if-seq",
        "\(newest)"
      )
      #expect(met.status == 0, "\(met)")
      #expect(try run.status() == "stopped")
    }

    @Test func `a comment and values for fields go with an approval`() throws {
      let scene = try Scene()
      let run = try scene.start("refund", Graphs.approval)
      let task = try run.task()
      let wrong = try scene.verb("approve", run.id, "--set", "amount=much")
      #expect(wrong.status == 2, "\(wrong)")
      let report = try scene.verb(
        "approve",
        run.id,
        "--set",
        "amount=99.5",
        "--comment",
        "by phone",
        "--wait",
        "--timeout",
        "60s"
      )
      #expect(report.status == 0, "\(report)")
      #expect(report.output == "approved refund \(run.short): completed\n")
      let result = try run.task(task)["result"]
      #expect(result?["amount"] == .number(try #require(JSONNumber("99.5"))))
      #expect(result?["comment"] == "by phone")
    }

    @Test func `a decision that cannot be recorded is not sent, unless that is wished`() throws {
      let scene = try Scene()
      let run = try scene.start("refund", Graphs.approval)
      _ = try run.task()
      // A file stands where the folder of the journal would be made.
      try scene.home.write("", to: "state/command-center")
      let report = try scene.verb("approve", run.id)
      #expect(report.status == 1, "\(report)")
      #expect(report.complaints.contains("nothing was sent"))
      #expect(try run.events("task_completed").isEmpty)
      let sent = try scene.verb("approve", run.id, "--unrecorded")
      #expect(sent.status == 0, "\(sent)")
      #expect(try run.events("task_completed").count == 1)
    }

    // MARK: Until the end

    @Test func `a wait leaves with how the run ended, or with 6 when the time is over`() throws {
      let scene = try Scene()
      let failing = try scene.start("triage", Graphs.failing)
      let failed = try scene.verb("show", failing.id, "--wait")
      #expect(failed.status == 1, "\(failed)")
      #expect(failed.output.contains(": failed\n"))
      let busy = try scene.start("digest", Graphs.busy)
      let late = try scene.verb("show", busy.id, "--wait", "--timeout", "1s")
      #expect(late.status == 6, "\(late)")
      #expect(late.complaints.contains("still running after 1s"))
      let stop = try scene.verb("stop", busy.id, "--now", "--wait")
      #expect(stop.status == 0, "\(stop)")
      let wrong = try scene.verb("show", busy.id, "--timeout", "1s")
      #expect(wrong.status == 2, "\(wrong)")
    }

    @Test func `events are followed until the run has ended`() throws {
      let scene = try Scene()
      let run = try scene.start("refund", Graphs.approval)
      let task = try run.task()
      let child = try scene.begin("events", run.id, "--follow", "-o", "jsonl")
      var types: [String] = []
      repeat {
        types.append(
          try JSONValue(parsing: Array(child.readLine().utf8))["event_type"]?.string ?? ""
        )
      } while !types.contains("task_created")
      try run.answer(task, approved: true)
      repeat {
        types.append(
          try JSONValue(parsing: Array(child.readLine().utf8))["event_type"]?.string ?? ""
        )
      } while !types.contains("task_completed")
      #expect(try child.wait() == .exited(0))
      #expect(types.count { $0 == "run_started" } <= 1)
      let busy = try scene.start("digest", Graphs.busy)
      let endless = try scene.begin("events", busy.id, "-f", "-o", "tsv")
      #expect(try endless.readLine().hasPrefix("id\tseq\t"))
      endless.send(SIGINT)
      #expect(try endless.wait() == .exited(130))
    }

    @Test func `a watched inbox is written again when it has changed`() throws {
      let scene = try Scene()
      let run = try scene.start("refund", Graphs.approval)
      let task = try run.task()
      let child = try scene.begin("inbox", "--watch", "-o", "jsonl")
      let first = try JSONValue(parsing: Array(child.readLine().utf8))
      #expect(first["inbox"]?.array?.first?["id"]?.string == task)
      try run.answer(task, approved: true)
      let second = try JSONValue(parsing: Array(child.readLine().utf8))
      #expect(second["inbox"]?.array?.contains { $0["id"]?.string == task } == false)
      child.send(SIGINT)
      #expect(try child.wait() == .exited(130))
    }

    // MARK: Starting

    @Test func `a run is started in plain words, rehearsed, and again with its input`() throws {
      let scene = try Scene()
      let run = try scene.start("refund-approvals", Graphs.approval)
      let count = { try scene.runtime.ask("GET", "/v1/runs").body["runs"]?.array?.count }
      let dry = try scene.verb("start", "appr", "ref", "order=1", "--dry-run", "-o", "json")
      #expect(dry.status == 0, "\(dry)")
      #expect(try JSONValue(parsing: Array(dry.output.utf8))["method"] == "POST")
      #expect(try count() == 1)
      let asked = try scene.verb("run", "refund", "appr")
      #expect(asked.status == 2 && asked.complaints.contains("confirm with --yes"), "\(asked)")
      let plain = try scene.verb(
        ["run", "refund", "appr", "--yes", "--input", "-", "-o", "json"],
        input: #"{"order":8}"#
      )
      #expect(plain.status == 0, "\(plain)")
      let again = try scene.verb("start", "--again", run.id, "note=x", "-o", "json")
      #expect(again.status == 0, "\(again)")
      let id = try #require(try JSONValue(parsing: Array(again.output.utf8))["id"]?.string)
      let other = StartedRun(runtime: scene.runtime, workflow: run.workflow, id: id)
      #expect(try other.read()["input"] == ["order": 7, "note": "x"])
      #expect(try count() == 3)
      _ = try scene.start("refund-approvals-late", Graphs.approval)
      let several = try scene.verb("start", "refund", "appr")
      #expect(several.status == 2, "\(several)")
      #expect(several.complaints.contains("refund-approvals-late"))
      let published = try scene.runtime.ask(
        "POST",
        "/v1/workflows/\(run.workflow)/versions",
        ["changelog": "y"]
      )
      try #require(published.status == 201)
      let newer = try scene.verb("start", "--again", run.id)
      #expect(newer.status == 0, "\(newer)")
      #expect(newer.complaints.contains("version 2 is published now"))
    }
  }
}
