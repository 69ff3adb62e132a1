import JSON
import Runs
import Shell
import Testing

/// Runs, tasks, workflows and contexts, in every form.
@Suite struct ListVerbTests {
  // MARK: runs

  @Test func `runs are the whole feed, the newest first as the server lists it`() {
    let told = effects(task(.runs()), .reading(.success(busy)))
    #expect(told.first == .poll)
    #expect(
      output(told) == """
        RUN       WORKFLOW          STATUS    AGE  TOOK  WHAT
        7c9e6679  refund-approvals  running    1m
        9b1deb4d  nightly-digest    draining  10m        by alex
        550e8400  crm-sync          paused     2h
        550e8411  crm-sync          running   30s        2/5 steps, fetch
        a31f8c02  order-triage      failed     1h   30m  MCP_TOOL_FAILED in lookup: ord…

        """
    )
    #expect(code(told) == .done)
  }

  @Test(arguments: [false, true])
  func `a status that no run has is marked, once, and looked for all the same`(
    watches: Bool
  ) throws {
    let wanted = RunsWanted(filter: "crm status:runing", watches: watches)
    var asked = task(.runs(wanted))
    _ = asked.begin(at: now)
    let told = asked.receive(.reading(.success(busy)), at: now)
    #expect(
      complaints(told) == [
        "--filter: status: no run is runing; running was meant?", "  crm status:runing",
        "             ^^^^^^",
      ]
    )
    #expect(watches || code(told) == .done)
    var later = busy
    later.runs.append(run("0ld", "crm-sync", RunStatus("runing"), startedAgo: 90_000))
    let again = asked.receive(.reading(.success(later)), at: now)
    #expect(complaints(again).isEmpty)
    #expect(!watches || output(again).contains("0ld"))
    // A word that only this server has is none to be marked.
    let known = effects(task(.runs(wanted)), .reading(.success(later)))
    #expect(complaints(known).isEmpty && output(known).contains("0ld"))
  }

  @Test func `the filter of the inbox picks runs, ended ones too`() {
    var reading = busy
    reading.runs.append(run("0ld", "crm-sync", .completed, startedAgo: 90_000))
    let told = effects(
      task(.runs(RunsWanted(filter: "workflow:crm", limit: 2)), form: .tsv, width: nil),
      .reading(.success(reading))
    )
    let ids = output(told).split(separator: "\n").dropFirst().map { $0.prefix { $0 != "\t" } }
    #expect(ids == ["550e8400-e29b", "550e8411-e29b"])
    let ended = effects(
      task(.runs(RunsWanted(filter: "status:completed"))),
      .reading(.success(reading))
    )
    #expect(output(ended).contains("0ld"))
    let wrong = effects(task(.runs(RunsWanted(filter: "colour:red"))))
    #expect(code(wrong) == .usage)
  }

  @Test func `a status is asked of the server, a workflow found by its name first`() {
    let status = effects(
      task(.runs(RunsWanted(statuses: [.failed, .stopped]))),
      .reading(.success(busy))
    )
    #expect(status.first == .runs(nil, [.failed, .stopped]))
    // A server that knows no such wish answers its whole feed.
    #expect(output(status).split(separator: "\n").count == 2)
    let workflows = [
      Workflow(id: WorkflowID("wf-1"), name: "order-triage"),
      Workflow(id: WorkflowID("wf-2"), name: "order-refund"),
    ]
    let named = effects(
      task(.runs(RunsWanted(workflow: "triage"))),
      .workflows(.success(workflows))
    )
    #expect(named == [.workflows, .runs(WorkflowID("wf-1"), [])])
    let several = effects(
      task(.runs(RunsWanted(workflow: "order"))),
      .workflows(.success(workflows))
    )
    #expect(code(several) == .usage)
  }

  // MARK: tasks

  @Test func `tasks are listed with what is decided on`() {
    var reading = busy
    reading.tasks?[0].type = "approval"
    reading.tasks?[0].payload["amount"] = 420
    let told = effects(task(.tasks(), width: 100), .reading(.success(reading)))
    #expect(
      output(told) == """
        TASK  RUN       WORKFLOW          TYPE      AGE  WHAT                 PAYLOAD
        t-1   7c9e6679  refund-approvals  approval   4m  Refund $420 to alex  {amount: 420}

        """
    )
    let one = effects(task(.tasks(run: "7c")), .reading(.success(reading)))
    #expect(
      output(one) == """
        refund-approvals 7c9e6679-7425: Refund $420 to alex
        task    t-1 (approval)
        waits   4m00s, since 2026-11-18 11:02:40 UTC
        amount  420

        """
    )
  }

  @Test func `a run without tasks is none's, one that is not there usage`() {
    let idle = effects(task(.tasks(run: "9b")), .reading(.success(busy)))
    #expect(idle == [.poll, .progress("the run waits for nobody"), .finish(.done)])
    let none = effects(task(.tasks(run: "zz")), .reading(.success(busy)))
    #expect(code(none) == .usage)
    #expect(
      complaints(none) == ["no run has the id zz; tasks without an id lists what waits"]
    )
    var reading = busy
    reading.tasks = nil
    reading.taskFault = Fault(.forbidden, "403")
    #expect(code(effects(task(.tasks()), .reading(.success(reading)))) == .refused)
  }

  // MARK: workflows

  @Test func `workflows are listed with their published version`() throws {
    var workflow = Workflow(id: WorkflowID("wf-1"), name: "order-triage")
    workflow.version = 4
    workflow.status = "published"
    workflow.publishedAt = ago(86_400)
    let table = effects(task(.workflows, width: 100), .workflows(.success([workflow])))
    #expect(
      output(table) == """
        WORKFLOW      VERSION  STATUS     PUBLISHED                ID    ABOUT
        order-triage        4  published  2026-11-17 11:06:40 UTC  wf-1

        """
    )
    let json = effects(task(.workflows, form: .jsonl), .workflows(.success([workflow])))
    let value = try JSONValue(parsing: output(json))
    #expect(value["published_at"]?.string == ago(86_400).iso8601)
    let fault = effects(task(.workflows), .workflows(.failure(Fault(.unreachable, "away"))))
    #expect(code(fault) == .notReachable)
  }

  // MARK: context

  private let context: JSONValue = [
    "input": ["order": 42, "note": "a\tb\nc"],
    "steps": ["fetch": ["result": ["items": [["id": 7], ["id": 8]], "a.b": true]]],
  ]

  private func told(_ path: String?, form: OutputForm = .table) -> [ShellEffect] {
    effects(
      task(.context("7c", path: path), form: form),
      .reading(.success(busy)),
      .context(.success(context))
    )
  }

  @Test func `a context is its leaves in a table, and itself as JSON`() throws {
    #expect(
      output(told(nil)) == """
        PATH                           VALUE
        input.order                    42
        input.note                     "a\\tb\\nc"
        steps.fetch.result.items.0.id  7
        steps.fetch.result.items.1.id  8
        steps.fetch.result.a.b         true

        """
    )
    #expect(try JSONValue(parsing: output(told(nil, form: .json))) == context)
    #expect(
      output(told("input", form: .tsv))
        == "path\tvalue\ninput.order\t42\ninput.note\t\"a\\\\tb\\\\nc\"\n"
    )
  }

  @Test(arguments: [
    ("input.order", "42\n"), ("steps.fetch.result.items.1.id", "8\n"),
    ("steps.fetch.result.a.b", "true\n"), ("input.note", "a       b\nc\n"),
  ])
  func `a path leads to a part of it`(path: String, text: String) {
    #expect(output(told(path)) == text)
    #expect(code(told(path)) == .done)
  }

  @Test(arguments: [
    ("steps.fetsh", "--path: steps has no fetsh; there are fetch"),
    ("nothing", "--path: the context has no nothing; there are input, steps"),
    (
      "steps.fetch.result.items.2",
      "--path: steps.fetch.result.items has no 2; it has elements 0 to 1"
    ), ("input.order.x", "--path: input.order has no x; it is a number"),
    ("", "--path: the context has no ; there are input, steps"),
  ])
  func `a path that leads nowhere says where it ends`(path: String, words: String) {
    #expect(complaints(told(path)) == [words])
    #expect(code(told(path)) == .usage)
  }

  @Test func `a run of which the server has no context is usage`() {
    let told = effects(
      task(.context("7c")),
      .reading(.success(busy)),
      .context(.failure(Fault(.notFound, "there is none")))
    )
    #expect(told.last == .finish(.usage))
  }

  // MARK: tsv

  @Test(arguments: [
    ShellVerb.inbox(), .runs(), .tasks(),
  ])
  func `a line between tabs has as many fields as the first, whatever stands in them`(
    verb: ShellVerb
  ) {
    var reading = busy
    for index in reading.runs.indices { reading.runs[index].workflowName = "a\tb\nc\\d\u{1b}[2J" }
    reading.tasks?[0].payload["title"] = "x\ty\r\nz"
    let told = output(effects(task(verb, form: .tsv), .reading(.success(reading))))
    let lines = told.split(separator: "\n").map {
      $0.split(separator: "\t", omittingEmptySubsequences: false).count
    }
    #expect(lines.count > 1)
    #expect(Set(lines).count == 1)
    #expect(!told.contains("\u{1b}"))
    #expect(told.contains(verb == .tasks() ? "x\\ty\\r\\nz" : "a\\tb\\nc\\\\d"))
  }

  // MARK: Words and numbers

  @Test(arguments: [
    ("90s", 90), ("10m", 600), ("8h", 28_800), ("2d", 172_800), ("1w", 604_800), ("1h30m", 5400),
  ])
  func `a length of time is a number and a unit`(text: String, seconds: Int) {
    #expect(Span.read(text) == .seconds(seconds))
  }

  @Test(arguments: [
    "", "8", "h", "-8h", "8.5h", "0s", "8 h", "8H", "99999999999999999999s", "999999w", "8hm",
    "٣h",
  ])
  func `anything else is no length of time`(text: String) {
    #expect(Span.read(text) == nil)
  }

  @Test func `since is a span, a date or a moment`() {
    #expect(Since("8h")?.moment(at: now) == ago(28_800))
    #expect(Since("2026-11-18")?.moment(at: now).iso8601 == "2026-11-18T00:00:00.000Z")
    #expect(
      Since("2026-11-18T08:00:00+01:00")?.moment(at: now).iso8601 == "2026-11-18T07:00:00.000Z"
    )
    #expect(Since("yesterday") == nil)
  }
}

@Suite struct IDTextTests {
  private func read(_ text: String) throws(IDText.Mistake) -> [String] {
    try IDText.read(Array(text.utf8))
  }

  @Test func `a list has an id a line, without blank lines and comments`() throws {
    let text = "# those of tonight\n\n  7c9e  # the first\r\nparent#body#inner\n\t9b1d\t\n#x\nlast"
    #expect(try read(text) == ["7c9e", "parent#body#inner", "9b1d", "last"])
  }

  @Test(arguments: [
    ("", "there is no id in the list"), ("# nothing\n\n", "there is no id in the list"),
    ("a\nb c\n", "line 2: b c has a blank in it; write one id a line"),
    ("a\u{1b}[2J", "line 1: a\u{FFFD}[2J has a control character in it; that is no id"),
    ("\u{0}", "line 1: \u{FFFD} has a control character in it; that is no id"),
  ])
  func `what is no list of ids is told with its line`(text: String, words: String) {
    #expect(throws: IDText.Mistake(sentence: words)) { try read(text) }
  }

  @Test func `a list is bounded, in its ids and in their number`() {
    #expect(throws: IDText.Mistake(sentence: "line 1: an id is longer than 300 bytes")) {
      try read(String(repeating: "a", count: 301))
    }
    #expect(throws: IDText.Mistake.self) {
      try read((0...10_000).map { "r\($0)" }.joined(separator: "\n"))
    }
    #expect(throws: IDText.Mistake.self) { try IDText.read([0xFF, 0xFE]) }
  }

  @Test(arguments: [
    ShellVerb.show("a\u{7}b"), .events(""), .context("a b"), .tasks(run: ""), .approve("a\nb"),
    .pause("a", ""), .stop("\u{85}", .immediate), .start(Start([], again: "")),
    .act(Action(.resume, [])), .start(Start([])),
  ])
  func `an id that can be none is told before anything is asked`(verb: ShellVerb) {
    let told = effects(task(verb))
    #expect(code(told) == .usage)
    #expect(told.count == 2)
    #expect(complaints(told).allSatisfy { !$0.unicodeScalars.contains { $0.value < 0x20 } })
  }
}
