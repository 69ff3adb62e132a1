import JSON
import Runs
import Shell
import Testing

@Suite struct ReadingVerbTests {
  @Test func `the inbox fits the columns of a terminal`() {
    let told = effects(task(.inbox(filter: "")), .reading(.success(busy)))
    #expect(told.first == .poll)
    #expect(code(told) == .done)
    #expect(
      output(told) == """
        SECTION   RUN       WORKFLOW          STATUS    AGE  WHAT
        awaiting  7c9e6679  refund-approvals  pending    4m  Refund $420 to alex
        draining  9b1deb4d  nightly-digest    draining  10m  by alex
        running   550e8400  crm-sync          paused     2h
        running   550e8411  crm-sync          running   30s  2/5 steps, fetch
        failed    a31f8c02  order-triage      failed    30m  MCP_TOOL_FAILED in lookup:…

        """
    )
  }

  @Test func `without a terminal nothing is cut and ids are whole`() {
    let told = effects(task(.inbox(filter: "section:failed"), width: nil), .reading(.success(busy)))
    #expect(
      output(told) == """
        SECTION  RUN            WORKFLOW      STATUS  AGE  WHAT
        failed   a31f8c02-91aa  order-triage  failed  30m  MCP_TOOL_FAILED in lookup: order 42: \
        connection refused

        """
    )
  }

  @Test(arguments: [20, 40, 60, 80, 200])
  func `no line of the inbox is wider than the terminal`(width: Int) {
    let told = effects(task(.inbox(filter: ""), width: width), .reading(.success(busy)))
    #expect(output(told).split(separator: "\n").allSatisfy { $0.count <= width })
  }

  @Test func `text of runs cannot reach the terminal raw`() {
    var reading = busy
    reading.runs[3].workflowName = "a\u{1b}[2J\u{202e}b\nc"
    let told = output(effects(task(.inbox(filter: "")), .reading(.success(reading))))
    #expect(
      !told.unicodeScalars.contains { $0 != "\n" && $0.properties.generalCategory == .control }
    )
    #expect(!told.contains("\u{202e}"))
    #expect(told.split(separator: "\n").count == 6)
  }

  @Test func `ids are shown as far as they tell runs apart`() {
    let reading = Reading(
      runs: [run("aaaaaaaa-1111-x", "one", .running), run("aaaaaaaa-1122-x", "two", .running)],
      tasks: [],
      at: now
    )
    let told = output(effects(task(.inbox(filter: "")), .reading(.success(reading))))
    #expect(told.contains("aaaaaaaa-111  one"))
    #expect(told.contains("aaaaaaaa-112  two"))
  }

  @Test func `JSON is one list, JSON lines a value each, with the API's names`() throws {
    let json = output(effects(task(.inbox(filter: ""), form: .json), .reading(.success(busy))))
    let items = try #require(try JSONValue(parsing: json).array)
    #expect(items.count == 5)
    #expect(items[0]["section"] == "awaiting")
    #expect(items[0]["run_id"] == "7c9e6679-7425")
    #expect(items[0]["task_payload"]?["title"] == "Refund $420 to alex")
    #expect(items[4]["failure"]?["code"] == "MCP_TOOL_FAILED")
    let lines = output(effects(task(.inbox(filter: ""), form: .jsonl), .reading(.success(busy))))
    #expect(try lines.split(separator: "\n").map { try JSONValue(parsing: String($0)) } == items)
  }

  @Test func `an empty inbox is an empty table and an empty list`() {
    let nothing = Reading(runs: [], tasks: [], at: now)
    let table = effects(task(.inbox(filter: "")), .reading(.success(nothing)))
    #expect(table == [.poll, .progress("nothing needs you"), .finish(.done)])
    let json = effects(task(.inbox(filter: ""), form: .json), .reading(.success(nothing)))
    #expect(json == [.poll, .out("[]\n"), .finish(.done)])
  }

  @Test func `what is missing in a reading is said`() {
    var reading = busy
    reading.unreadable = 2
    reading.isCut = true
    let told = effects(task(.inbox(filter: "")), .reading(.success(reading)))
    #expect(
      complaints(told) == [
        "2 items are left out: the server's answer could not be read there",
        "the server has more than is read at once",
      ]
    )
    reading.tasks = nil
    reading.taskFault = Fault(.forbidden, "scope missing")
    let half = effects(task(.inbox(filter: "")), .reading(.success(reading)))
    #expect(complaints(half).last == "approvals are missing: scope missing")
    #expect(code(half) == .refused)
  }

  @Test func `a wrong filter is told before anything is asked`() {
    #expect(
      effects(task(.inbox(filter: "order colour:red"))) == [
        .complain(
          "--filter: colour: is no key; there are status: section: workflow: step: code: trigger: "
            + "age: credits: by: id:; quotes take it as a word"
        ),
        .complain("  order colour:red"), .complain("        ^^^^^^^"), .finish(.usage),
      ]
    )
  }

  @Test(arguments: faults)
  func `a fault of the server is its sentence and a code`(kind: Fault.Kind, wanted: ExitCode) {
    for verb in [ShellVerb.inbox(filter: ""), .show("7c"), .pause("7c"), .approve("7c")] {
      let told = effects(task(verb), .reading(.failure(Fault(kind, "said so"))))
      #expect(told == [.poll, .complain("said so"), .finish(wanted)])
    }
  }

  @Test func `a run is shown with its steps, the cause first`() {
    let detail = RunDetail(
      run: busy.runs[4],
      events: [
        RunEvent(type: "step_started", step: StepID("fetch"), at: ago(3600)),
        RunEvent(type: "step_completed", step: StepID("fetch"), at: ago(3590)),
        RunEvent(type: "step_started", step: StepID("lookup"), at: ago(3590)),
        RunEvent(
          type: "step_failed",
          step: StepID("lookup"),
          at: ago(3588),
          data: ["error": "connection refused"]
        ),
      ],
      at: now
    )
    let told = effects(
      task(.show("a31")),
      .reading(.success(busy)),
      looked(detail)
    )
    #expect(
      told[1]
        == .load(RunReference(workflow: WorkflowID("wf-order-triage"), run: RunID("a31f8c02-91aa")))
    )
    #expect(
      output(told) == """
        order-triage a31f8c02-91aa: failed
        workflow  wf-order-triage
        started   2026-11-18 10:06:40 UTC, took 30m
        failure   MCP_TOOL_FAILED in lookup: order 42: connection refused
                  the tool answered with an error: check its arguments, the connection,…

        STEP    OUTCOME   TOOK  CAUSE
        lookup  Failed    2.0s  connection refused
        fetch   Success  10.0s

        """
    )
    let json = effects(
      task(.show("a31"), form: .jsonl),
      .reading(.success(busy)),
      looked(detail)
    )
    #expect(output(json).hasPrefix("{\"id\":\"a31f8c02-91aa\",\"workflow_id\":"))
    #expect(output(json).hasSuffix("\"tasks\":[]}\n"))
  }

  @Test func `events are listed behind a number`() throws {
    let detail = RunDetail(
      run: busy.runs[0],
      events: [
        RunEvent(type: "run_started", id: "1", sequence: 1, at: ago(60)),
        RunEvent(
          type: "step_started",
          id: "2",
          sequence: 2,
          step: StepID("ask"),
          at: ago(59),
          data: ["n": 1]
        ),
      ],
      at: now
    )
    let all = effects(
      task(.events("7c", after: nil)),
      .reading(.success(busy)),
      looked(detail)
    )
    #expect(
      output(all) == """
        SEQ  TIME          EVENT         STEP  DATA
          1  11:05:40.000  run_started
          2  11:05:41.000  step_started  ask   {"n": 1}

        """
    )
    let later = effects(
      task(.events("7c", after: 1), form: .json),
      .reading(.success(busy)),
      looked(detail)
    )
    let items = try #require(try JSONValue(parsing: output(later)).array)
    #expect(items.map { $0["seq"]?.int } == [2])
    #expect(items[0]["run_id"] == "7c9e6679-7425")
  }

  @Test func `a run beyond the feed is read with its workflow`() {
    let told = effects(task(.show("old-run")) { $0.workflow = WorkflowID("w") })
    #expect(told == [.load(RunReference(workflow: WorkflowID("w"), run: RunID("old-run")))])
  }

  @Test func `a run that its workflow does not have is usage`() {
    let told = effects(
      task(.show("old-run")) { $0.workflow = WorkflowID("w") },
      .detail(
        RunReference(workflow: WorkflowID("w"), run: RunID("old-run")),
        .failure(Fault(.notFound, "not there"))
      )
    )
    #expect(told.suffix(2) == [.complain("not there"), .finish(.usage)])
  }

  @Test func `an id that fits none or several is usage, with the candidates`() {
    let none = effects(task(.show("zz")), .reading(.success(busy)))
    #expect(
      none == [
        .poll,
        .complain(
          "no run has the id zz; for one that is not listed any more, give its full id and "
            + "--workflow"
        ), .finish(.usage),
      ]
    )
    let several = effects(task(.pause("550e")), .reading(.success(busy)))
    #expect(
      complaints(several) == [
        "550e fits 2 runs; write more of it:",
        "  550e8400-e29b  crm-sync  paused",
        "  550e8411-e29b  crm-sync  running",
      ]
    )
    #expect(code(several) == .usage)
    #expect(
      effects(task(.show(""))) == [.complain("an id is empty"), .finish(.usage)]
    )
  }

  @Test func `nothing follows the end`() {
    var task = task(.inbox(filter: ""))
    _ = task.begin(at: now)
    _ = task.receive(.reading(.success(busy)), at: now)
    #expect(task.receive(.reading(.success(busy)), at: now).isEmpty)
  }
}
