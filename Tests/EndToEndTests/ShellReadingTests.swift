import Glibc
import JSON
import TestHouse
import Testing

extension EndToEnd {
  /// Verbs that read, the record of this machine, and what is installed beside the program.
  @Suite struct ShellReading {
    @Test func `runs, tasks, workflows and contexts are told in every form`() throws {
      let scene = try Scene()
      let refund = try scene.start("refund", Graphs.approval)
      let task = try refund.task()
      let failed = try scene.start("triage", Graphs.failing)
      try failed.waitFor("failed")

      let runs = try scene.verb("runs")
      #expect(runs.status == 0, "\(runs)")
      #expect(runs.output.contains(refund.id) && runs.output.contains(failed.id))
      let picked = try scene.json("runs", "--status", "failed,stopped")
      #expect(picked.array?.map { $0["id"]?.string } == [failed.id])
      let named = try scene.json("runs", "--workflow", "refund", "--limit", "5")
      #expect(named.array?.map { $0["id"]?.string } == [refund.id])
      let filtered = try scene.verb("runs", "--filter", "triage", "-o", "tsv")
      #expect(filtered.output.split(separator: "\n").count == 2, "\(filtered)")

      let tasks = try #require(try scene.json("tasks").array)
      #expect(tasks.map { $0["id"]?.string } == [task])
      #expect(tasks[0]["task_payload"]?["amount"] == 420)
      let one = try scene.verb("tasks", refund.short)
      #expect(one.output.contains("amount"), "\(one)")

      let workflows = try #require(try scene.json("workflows").array)
      #expect(Set(workflows.compactMap { $0["name"]?.string }) == ["refund", "triage"])
      #expect(workflows.allSatisfy { $0["version"] == 1 && $0["published_at"]?.string != nil })

      try refund.answer(task, approved: true)
      try refund.waitFor("completed")
      let context = try scene.json("context", refund.id)
      #expect(context["input"]?["order"] == 7)
      #expect(context["steps"]?["review"]?["result"]?["approved"] == true)
      let part = try scene.verb("context", refund.id, "--path", "steps.review.result.approved")
      #expect(part.output == "true\n", "\(part)")
      let wrong = try scene.verb("context", refund.id, "--path", "steps.nothing")
      #expect(wrong.status == 2, "\(wrong)")
      #expect(wrong.complaints.contains("steps has no nothing; there are"))
    }

    @Test func `what was decided is told by activity, and handed over as Markdown`() throws {
      let scene = try Scene()
      let refund = try scene.start("refund", Graphs.approval)
      let waiting = try scene.start("waits", Graphs.approval)
      let failed = try scene.start("triage", Graphs.failing)
      for run in [refund, waiting] { _ = try run.task() }
      try failed.waitFor("failed")
      try #require(scene.verb("approve", refund.id, "--comment", "by *phone*").status == 0)
      try #require(scene.verb("resume", refund.id).status == 4)

      let table = try scene.verb("activity")
      #expect(table.status == 0, "\(table)")
      #expect(table.output.contains("approve") && table.output.contains("refund"))
      let lines = try scene.verb("activity", "--since", "1h", "-o", "jsonl").output
        .split(separator: "\n").map { try JSONValue(parsing: Array($0.utf8)) }
      let approval = try #require(lines.first { $0["verb"] == "approve" })
      #expect(approval["outcome"] == "done")
      #expect(approval["run_id"]?.string == refund.id)
      #expect(approval["fields"]?["comment"] == "by *phone*")
      #expect(approval["latency_ms"]?.int != nil)
      #expect(try scene.verb("activity", "--verb", "stop", "-o", "jsonl").output.isEmpty)
      // It asks no server: without one it tells the same.
      let offline = try Verb.run(["activity", "-o", "jsonl"], url: nil, home: scene.home)
      #expect(offline.status == 0, "\(offline)")
      #expect(offline.output.split(separator: "\n").count == lines.count)

      let handover = try scene.verb("handover", "--since", "8h")
      #expect(handover.status == 0, "\(handover)")
      for words in [
        "# Hand-over: env", "approve **refund** `\(refund.id)`: done", "“by \\*phone\\*”",
        "## Waits for an approval (1)", "**waits** `\(waiting.id)`: Pay back 420 to alex",
        "## Failed (1)", "MCP_TOOL_FAILED in ticket: 401 from the tracker",
      ] {
        #expect(handover.output.contains(words), "\(words): \(handover.output)")
      }
      let away = try Verb.run(
        ["handover"],
        url: "http://127.0.0.1:1",
        token: scene.runtime.token,
        home: scene.home
      )
      #expect(away.status == 3, "\(away)")
      #expect(away.output.contains("What waits, failed or runs is not known"))
    }

    // MARK: What is wrong with the command line, and with what is around it

    @Test(arguments: [
      ["show", ""], ["events", "a\u{7}b"], ["context", "a b"], ["tasks", ""], ["approve", ""],
      ["approve"], ["pause", "a\nb"], ["stop", "r", "--now", "--if-seq", "x"],
      ["stop", "r", "--now", "--if-status", "asleep"], ["runs", "--status", "asleep"],
      ["runs", "--limit", "0"], ["runs", "--filter", "colour:red"], ["runs", "-o", "xml"],
      ["events", "r", "--follow", "-o", "json"], ["inbox", "--watch", "-o", "tsv"],
      ["start"], ["start", "w", "--input", "/nowhere/at/all"], ["start", "--again", "r", "x"],
      ["start", "w", "--input", "-"], ["show", "r", "--timeout", "1m"],
      ["show", "r", "--wait", "--timeout", "soon"], ["activity", "--since", "yesterday"],
      ["activity", "--verb", "dance"], ["handover", "--since", "0h"], ["pause", "-", "-"],
      ["approve", "r", "--set", "x"], ["resume", "r", "--comment", "x"], ["tasks", "a", "b"],
      ["workflows", "x"], ["generate-manual"],
    ])
    func `every verb says what it cannot understand, with 2, before anything is asked`(
      words: [String]
    ) throws {
      let server = try FaultServer()
      let report = try Verb.run(words, url: server.url)
      #expect(report.status == 2, "\(report)")
      #expect(report.output.isEmpty)
      #expect(!report.complaints.isEmpty)
      #expect(report.complaints.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 })
      #expect(server.received("GET").isEmpty && server.received("POST").isEmpty)
    }

    @Test(arguments: ["inbox", "runs", "tasks", "workflows", "activity -o json"])
    func `a standard output that is closed is said, and one that nobody reads is not`(
      verb: String
    ) throws {
      let scene = try Scene()
      _ = try scene.start("refund", Graphs.approval).task()
      try #require(scene.verb("stop", "nothing", "--now").status == 2)
      let program = try BuiltProgram.front.path()
      let shell = { (line: String) in
        try Child.run(
          ["/bin/bash", "-c", line],
          environment: Verb.environment(
            scene.home,
            url: scene.runtime.url,
            token: scene.runtime.token
          ),
          in: scene.home
        )
      }
      let closed = try shell("\(program) \(verb) >&-")
      #expect(closed.status == 1, "\(closed)")
      #expect(closed.complaints.contains("standard output could not be written"))
      let full = try shell("\(program) \(verb) >/dev/full")
      #expect(full.status == 1, "\(full)")
      // A pipe whose reader has gone before anything is written.
      let pipe = scene.home.path("pipe")
      let unread = try shell(
        "mkfifo \(pipe); exec 3<>\(pipe) 4>\(pipe) 3>&-; \(program) \(verb) >&4; echo $? >&2"
      )
      #expect(unread.complaints == "0\n", "\(unread)")
    }

    @Test func `a standard input that is closed is said where it is needed, and only there`() throws
    {
      let scene = try Scene()
      let run = try scene.start("refund", Graphs.approval)
      _ = try run.task()
      let program = try BuiltProgram.front.path()
      let shell = { (line: String) in
        try Child.run(
          ["/bin/bash", "-c", line],
          environment: Verb.environment(
            scene.home,
            url: scene.runtime.url,
            token: scene.runtime.token
          ),
          in: scene.home
        )
      }
      let needed = try shell("\(program) approve - <&-")
      #expect(needed.status == 2, "\(needed)")
      #expect(needed.complaints.contains("standard input: cannot be read"))
      let unneeded = try shell("\(program) approve \(run.id) <&- 2>&-")
      #expect(unneeded.status == 0, "\(unneeded)")
    }

    // MARK: What is installed

    @Test func `the manual has a page for each verb, and none that groff complains about`() throws {
      let home = try TemporaryHome()
      try home.write("", to: "man/here")
      let report = try Verb.run(["generate-manual", home.path("man")], url: nil, home: home)
      #expect(report.status == 0, "\(report)")
      let pages = TextFile.names(in: home.path("man")).filter { $0.hasSuffix(".1") }
      let help = try Verb.run(["--help"], url: nil, home: home).output
      for verb in [
        "approve", "reject", "start", "pause", "resume", "stop", "inbox", "runs", "tasks", "show",
        "events", "context", "workflows", "activity", "handover", "serve", "demo", "doctor",
        "themes", "profiles",
      ] {
        #expect(pages.contains("command-center-\(verb).1"))
        #expect(help.contains("  \(verb) ") || help.contains("  \(verb), "), "\(verb)")
      }
      #expect(!pages.contains("command-center-generate-manual.1"))
      for page in pages {
        let text = try TextFile.read(home.path("man/\(page)"))
        #expect(text.hasPrefix(".TH "))
        #expect(text.contains(".SH EXIT STATUS"))
      }
      let lint = try Child.run(
        ["/bin/sh", "-c", "groff -man -ww -z -K utf8 \(home.path("man"))/*.1 2>&1"],
        environment: home.environment,
        in: home
      )
      #expect(lint.output.isEmpty, "\(lint.output)")
    }

    @Test(arguments: [
      ("bash", "/bin/bash -n"), ("zsh", "/usr/bin/zsh -n"), ("fish", "/usr/bin/fish -n"),
    ])
    func `the completions of each shell can be loaded`(shell: String, check: String) throws {
      let home = try TemporaryHome()
      let report = try Verb.run(["--generate-completion-script", shell], url: nil, home: home)
      #expect(report.status == 0, "\(report)")
      #expect(report.output.contains("handover"))
      let program = String(check.prefix { $0 != " " })
      try home.write(report.output, to: "completions")
      let loaded = try Child.run(
        [program, "-n", home.path("completions")],
        environment: home.environment,
        in: home
      )
      #expect(loaded.status == 0, "\(loaded)")
      #expect(loaded.complaints.isEmpty)
    }

    @Test func `Tab offers what is there, and nothing when the server is away`() throws {
      let scene = try Scene()
      let refund = try scene.start("refund", Graphs.approval)
      _ = try refund.task()
      let digest = try scene.start("digest", Graphs.busy)
      try digest.waitFor("running")
      let script = try scene.verb("--generate-completion-script", "bash").output
      try scene.home.write(script, to: "completions.bash")
      let folder = try BuiltProgram.front.path().split(separator: "/").dropLast().joined(
        separator: "/"
      )
      let complete = { (verb: String, url: String) in
        try Child.run(
          [
            "/bin/bash", "-c",
            """
            PATH="/\(folder):$PATH"
            source \(scene.home.path("completions.bash"))
            COMP_LINE='command-center \(verb) ' COMP_POINT=${#COMP_LINE} COMP_CWORD=2
            COMP_WORDS=(command-center \(verb) '')
            _command-center command-center '' \(verb)
            printf '%s\\n' "${COMPREPLY[@]}"
            """,
          ],
          environment: Verb.environment(scene.home, url: url, token: scene.runtime.token),
          in: scene.home
        )
      }
      let stop = try complete("stop", scene.runtime.url)
      #expect(stop.output.contains(digest.id) && stop.output.contains(refund.id), "\(stop)")
      let approve = try complete("approve", scene.runtime.url)
      #expect(
        approve.output.contains(refund.id) && !approve.output.contains(digest.id),
        "\(approve)"
      )
      let start = try complete("start", scene.runtime.url)
      #expect(start.output.contains("refund") && start.output.contains("digest"), "\(start)")
      let away = try complete("start", "http://127.0.0.1:1")
      #expect(!away.output.contains("refund"))
      #expect(away.complaints.isEmpty, "\(away)")
    }
  }
}
