import JSON
import Runs
import Testing

@Suite struct TimestampTests {
  @Test(arguments: [
    ("1970-01-01T00:00:00Z", 0), ("2026-04-10T11:00:00.362Z", 1_775_818_800_362),
    ("2026-04-10T13:00:00.362+02:00", 1_775_818_800_362),
    ("2026-04-10 11:00:00.3629999", 1_775_818_800_362),
    ("2024-02-29T23:59:59.5Z", 1_709_251_199_500),
    ("1969-12-31T23:59:59.999Z", -1), ("0000-03-01T00:00:00Z", -62_162_035_200_000),
  ])
  func `moments are read in every form that servers write`(text: String, milliseconds: Int64) {
    #expect(Timestamp(iso8601: text)?.milliseconds == milliseconds)
  }

  @Test(arguments: [
    "", "yesterday", "2026-13-01T00:00:00Z", "2026-04-10", "2026-04-10T25:00:00Z",
    "2026-04-10T11:00:00.Z", "2026-04-10T11:00:00Zulu", "1775818800",
  ])
  func `what is no moment is nil`(text: String) {
    #expect(Timestamp(iso8601: text) == nil)
  }

  @Test(
    arguments: Array(
      stride(from: -60_000_000_000_000, to: 90_000_000_000_000, by: 7_777_777_777_777)
    )
  )
  func `a moment survives being written`(milliseconds: Int) {
    let moment = Timestamp(milliseconds: Int64(milliseconds))
    #expect(Timestamp(iso8601: moment.iso8601) == moment)
  }

  @Test func `a zone shifts the clock and the date`() {
    let moment = Timestamp(milliseconds: 1_775_818_800_362)
    #expect(CalendarTime(moment, offset: 2 * 3600).clock() == "13:00:00")
    #expect(CalendarTime(moment, offset: -12 * 3600).date == "2026-04-09")
  }
}

@Suite struct CreditsTests {
  @Test(arguments: [
    ("12.40", 12_400_000), ("0", 0), ("5", 5_000_000), ("0.000001", 1), ("-1.5", -1_500_000),
    ("0.1234567", 123_456), ("7.", 7_000_000), ("1099511627775.999999", 1_099_511_627_775_999_999),
  ])
  func `amounts are exact`(text: String, microcredits: Int64) {
    #expect(Credits(.string(text))?.microcredits == microcredits)
  }

  @Test func `numbers count too and nonsense does not`() {
    #expect(Credits(JSONValue.number(JSONNumber(3)))?.text == "3.00")
    for nonsense: JSONValue in [
      "", "many", "1.x", "99999999999999999999", .null, "1e3", "--", "-",
      "--3", ".5", "1.2.3", "+3", "1099511627776", "1.2345678x",
    ] {
      #expect(Credits(nonsense) == nil)
    }
    #expect(Credits(microcredits: -1_500_000).text == "-1.50")
    #expect(Credits(microcredits: 1).text == "0.000001")
  }
}

@Suite struct RunTests {
  @Test func `a copy of a run goes its own way`() {
    let first = Run(id: RunID("r"), status: .running)
    var second = first
    #expect(second == first)
    second.status = .failed
    second.extra["note"] = "late"
    #expect(first.status == .running)
    #expect(first.extra.isEmpty)
    #expect(second.status == .failed)
    #expect(second != first)
  }

  @Test func `runs of the same fields are equal wherever they were made`() {
    var one = Run(id: RunID("r"), workflow: WorkflowID("w"), status: .running)
    var other = Run(id: RunID("r"), workflow: WorkflowID("w"), status: .running)
    #expect(one == other)
    one.currentSteps = [StepID("a")]
    #expect(one != other)
    other.currentSteps = [StepID("a")]
    #expect(one == other)
  }
}

@Suite struct StepLedgerTests {
  private let graph = Graph(steps: [
    Graph.Step(id: StepID("fetch"), type: "mcp_call"),
    Graph.Step(id: StepID("classify"), type: "mcp_call", dependsOn: [StepID("fetch")]),
    Graph.Step(id: StepID("ticket"), type: "mcp_call", dependsOn: [StepID("fetch")]),
    Graph.Step(
      id: StepID("notify"),
      type: "mcp_call",
      dependsOn: [StepID("ticket"), StepID("classify")]
    ),
  ])

  private func event(_ type: String, _ step: String, _ data: JSONObject = [:]) -> RunEvent {
    RunEvent(type: type, step: StepID(step), data: data)
  }

  private func run(_ status: RunStatus) -> Run { Run(id: RunID("r"), status: status) }

  @Test func `a failure, what it cancelled and what it blocked are told apart`() {
    let events = [
      event("step_started", "fetch"), event("step_completed", "fetch"),
      event("step_started", "classify"), event("step_started", "ticket"),
      event("step_failed", "ticket", ["error": "401", "failure_code": "MCP_TOOL_FAILED"]),
      event("step_cancelled", "classify", ["reason": "run_failed", "caused_by_step_id": "ticket"]),
      event("step_completed", "notify", ["skipped": true, "reason": "blocked"]),
    ]
    let steps = StepLedger.steps(
      graph: graph,
      events: events,
      run: run(.failed),
      waiting: []
    )
    #expect(steps.map(\.outcome) == [.success, .cancelled, .failed, .skipped(.blocked)])
    #expect(steps[1].causedBy == StepID("ticket"))
    #expect(steps[2].failure?.code == "MCP_TOOL_FAILED")
    #expect(
      StepLedger.causeFirst(steps).map(\.id.text) == ["ticket", "classify", "notify", "fetch"]
    )
  }

  @Test(arguments: [RunStatus.failed, .stopped, .completed])
  func `nothing stays in the air on a run that has ended`(status: RunStatus) {
    let events = [event("step_started", "fetch")]
    let steps = StepLedger.steps(
      graph: graph,
      events: events,
      run: run(status),
      waiting: [StepID("ticket")]
    )
    #expect(steps.filter { !$0.outcome.isSettled }.isEmpty)
  }

  @Test(arguments: ["step_failed", "step_cancelled"])
  func `an operator's stop is not a cancellation`(type: String) {
    let events = [
      event("step_started", "fetch"),
      event(type, "fetch", ["failure_code": "RUN_STOPPED", "reason": "run_stopped"]),
    ]
    #expect(events[1].isStop)
    let steps = StepLedger.steps(graph: graph, events: events, run: run(.stopped), waiting: [])
    #expect(steps[0].outcome == .stopped)
    #expect(steps[0].outcome.badge == "Stopped")
  }

  @Test func `a step that a rejection skipped names the task`() {
    let data: JSONObject = [
      "skipped": true, "reason": "blocked", "blocked_by_step_id": "classify",
    ]
    let events = [event("step_completed", "notify", data)]
    let steps = StepLedger.steps(graph: graph, events: events, run: run(.completed), waiting: [])
    let notify = steps.first { $0.id == StepID("notify") }
    #expect(notify?.outcome == .skipped(.blocked))
    #expect(notify?.causedBy == StepID("classify"))
  }

  @Test func `a pending task makes its step wait, whatever the events say`() {
    let steps = StepLedger.steps(
      graph: graph,
      events: [event("step_started", "fetch")],
      run: run(.running),
      waiting: [StepID("fetch")]
    )
    #expect(steps[0].outcome == .waiting)
  }

  @Test func `charges without end come to no more than can be counted`() throws {
    let charge = event("credits_charged", "fetch", ["credits": "1000000000000"])
    let charged = StepLedger.steps(
      graph: graph,
      events: [charge, charge, event("credits_charged", "ticket", ["credits": "1.25"]), charge]
        + Array(repeating: charge, count: 20),
      run: run(.running),
      waiting: []
    )
    #expect(charged[0].credits == Credits(microcredits: .max))
    #expect(charged[2].credits == Credits(microcredits: 1_250_000))
  }

  @Test func `without a graph the events name the steps`() {
    let steps = StepLedger.steps(
      graph: nil,
      events: [event("step_started", "a"), event("step_started", "b#body#c")],
      run: run(.running),
      waiting: []
    )
    #expect(steps.map(\.id.text) == ["a", "b#body#c"])
  }
}

@Suite struct JournalEntryTests {
  @Test func `a line holds what was decided, what was seen and what became of it`() {
    let reference = RunReference(workflow: WorkflowID("w"), run: RunID("r"))
    let decision = Decision(
      id: DecisionID("k"),
      verb: .approve,
      subject: .task(TaskReference(run: reference, task: TaskID("t"))),
      title: "refund",
      seen: Seen(status: .running, payload: ["amount": 420], lastEvent: 7),
      madeAt: Timestamp(milliseconds: 0)
    )
    let entry = JournalEntry.settled(
      decision,
      .changed(.answered(by: "alex", at: nil, approved: true)),
      at: Timestamp(milliseconds: 212)
    )
    let place = JournalPlace(profile: "prod", url: "https://api", tenant: "acme", project: nil)
    let line = entry.lines(in: place)[0]
    #expect(line["url"] == "https://api")
    #expect(line["tenant"] == "acme")
    #expect(line["verb"] == "approve")
    #expect(line["task_id"] == "t")
    #expect(line["saw_event"]?.int == 7)
    #expect(line["outcome"] == "changed")
    #expect(line["detail"] == "already approved by alex")
    #expect(line["latency_ms"]?.int == 212)
  }

  @Test func `of very long fields a line holds the digest, and every later line too`() {
    let reference = RunReference(workflow: WorkflowID("w"), run: RunID("r"))
    let place = JournalPlace(profile: "prod", url: "https://api")
    var decision = Decision(
      id: DecisionID("k"),
      verb: .start,
      subject: .start(reference),
      title: "refund",
      fields: ["text": .string(String(repeating: "x", count: JournalEntry.fieldsBound))],
      madeAt: Timestamp(milliseconds: 0)
    )
    let digest = JSONValue.string(Digest.of(.object(decision.fields)))
    let line = JournalEntry.sending(decision, at: decision.madeAt).lines(in: place)[0]
    #expect(line["fields"] == nil)
    #expect(line["fields_digest"] == digest)
    decision.fieldsDigest = digest.string
    decision.fields = [:]
    let later = JournalEntry.withdrawn(decision, why: "", at: decision.madeAt).lines(in: place)[0]
    #expect(later["fields"] == nil)
    #expect(later["fields_digest"] == digest)
  }

  @Test func `equal values have equal digests whatever the order of their keys`() {
    #expect(Digest.of(["a": 1, "b": 2]) == Digest.of(["b": 2, "a": 1]))
    #expect(Digest.of(["a": 1]) != Digest.of(["a": 2]))
  }
}
