import JSON
import Runs
import RuntimeAPI
import Testing

private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
private let reference = RunReference(workflow: WorkflowID("w"), run: RunID("r"))

@Suite struct ListShapeTests {
  @Test(arguments: [
    #"{"runs":[RUN],"next_cursor":"c","total":7}"#, #"{"data":[RUN],"total":7}"#,
    #"{"items":[RUN]}"#, "[RUN]", #" {"meta":{"a":[1]},"runs":[RUN]} "#,
  ])
  func `a list is read in each of its shapes`(shape: String) throws {
    let run = #"{"id":"r1","status":"running","workflow_id":"w"}"#
    let page = try RunWire.page(bytes(shape.replacing("RUN", with: run)))
    #expect(page.items.map(\.id.text) == ["r1"])
    #expect(page.unreadable == 0)
    #expect(page.nextCursor == (shape.contains("next_cursor") ? "c" : nil))
    #expect(page.total == (shape.contains("total") ? 7 : nil))
  }

  @Test func `a bad item costs that item, not the list`() throws {
    let page = try RunWire.page(
      bytes(
        #"[{"id":"a","status":"running"},{"status":"running"},7,null,{"id":{}},{"id":"b","status":"x"}]"#
      )
    )
    #expect(page.items.map(\.id.text) == ["a", "b"])
    #expect(page.unreadable == 4)
  }

  @Test(arguments: ["{}", #"{"error":"no"}"#, "7", #""text""#, #"{"runs":7}"#])
  func `an answer without a list is not an empty list`(text: String) {
    let mistake = #expect(throws: JSONMistake.self) { try RunWire.page(bytes(text)) }
    #expect(mistake?.kind == .unexpected)
  }

  @Test func `a list cut short is said to be cut`() {
    let mistake = #expect(throws: JSONMistake.self) {
      try RunWire.page(bytes(#"{"runs":[{"id":"a","status":"running"},{"id":"#))
    }
    #expect(mistake?.kind == .truncated)
  }

  @Test func `null is an empty list`() throws {
    #expect(try TaskWire.page(bytes(#"{"tasks":null}"#)).items.isEmpty)
  }
}

@Suite struct RunWireTests {
  @Test(arguments: [
    #"{"id":"r","status":"cancelled","ended_at":"1970-01-01T00:00:01Z"}"#,
    #"{"run_id":"r","status":"canceled","completed_at":"1970-01-01T00:00:01Z"}"#,
    #"{"id":"other","run_id":"r","status":"stopped","finished_at":"1970-01-01T00:00:01.000Z"}"#,
  ])
  func `synonyms mean the same`(text: String) throws {
    let run = try #require(try RunWire.page(bytes("[\(text)]")).items.first)
    #expect(run.id == RunID("r"))
    #expect(run.status == .stopped)
    #expect(run.endedAt == Timestamp(milliseconds: 1000))
  }

  @Test func `ids may be numbers and unknown words and fields are kept`() throws {
    let run = try #require(
      try RunWire.page(
        bytes(#"[{"id":12,"workflow_id":7,"status":"Hibernating","shape":{"a":1.50}}]"#)
      ).items.first
    )
    #expect(run.id.text == "12")
    #expect(run.workflow?.text == "7")
    #expect(run.status == .other("Hibernating"))
    #expect(run.status.phase == .running)
    #expect(JSONWriter.text(RunWire.json(run)).contains(#""shape":{"a":1.50}"#))
  }

  @Test func `a key written with escapes is the same key, one too long to know is kept`() throws {
    let text = #"{"i\u0064":"r","st\u0061tus":"paused","a_key_of_many_more_letters":7}"#
    let run = try #require(try RunWire.page(bytes("[\(text)]")).items.first)
    #expect(run.id == RunID("r"))
    #expect(run.status == .paused)
    #expect(run.extra == ["a_key_of_many_more_letters": 7])
  }

  @Test(arguments: [
    (#""steps":{"total":9,"completed":4,"running":1,"odd":[{}]}"#, 4),
    (#""steps":{"total":9.0,"completed":4e0}"#, 4), (#""steps":{"total":9,"completed":-4}"#, 0),
    (#""steps":{"completed":4}"#, nil), (#""steps":{"total":-1}"#, nil),
    (#""steps":{"total":"9"}"#, nil), (#""steps":[9]"#, nil), (#""steps":null"#, nil),
  ])
  func `counts are read where they make sense`(field: String, completed: Int?) throws {
    let run = try #require(
      try RunWire.page(bytes(#"[{"id":"r","status":"running",\#(field)}]"#)).items.first
    )
    #expect(run.steps?.completed == completed)
    #expect(run.extra.isEmpty)
  }

  @Test func `counts without bound can still be added`() throws {
    let counts = #"{"total":\#(Int.max),"completed":\#(Int.max),"failed":\#(Int.max)}"#
    let page = try RunWire.page(bytes(#"[{"id":"r","status":"running","steps":\#(counts)}]"#))
    let steps = try #require(page.items.first?.steps)
    #expect(steps.settled == 2 * steps.total)
  }

  @Test func `texts that runs repeat stay apart where they differ`() throws {
    let names = (0..<600).map { "a-workflow-with-number-\($0 % 300)" }
    let items = names.map {
      #"{"id":"r","status":"running","workflow_id":"\#($0)","current_steps":["\#($0)",{},7]}"#
    }
    let page = try RunWire.page(bytes("[\(items.joined(separator: ","))]"))
    #expect(page.items.map { $0.workflow?.text } == names)
    #expect(page.items.map(\.currentSteps) == names.map { [StepID($0), StepID("7")] })
  }

  @Test(arguments: [
    #""failure":{"code":"MCP_TOOL_FAILED","step_id":"s","message":"m"}"#,
    #""failure_code":"MCP_TOOL_FAILED","failure":{"step_id":"s","message":"m"}"#,
    #""error":{"code":"MCP_TOOL_FAILED","step_id":"s","message":"m"}"#,
    #""error":"m","failure":{"code":"MCP_TOOL_FAILED","step_id":"s"}"#,
  ])
  func `a failure is read in each of its forms`(field: String) throws {
    let run = try #require(
      try RunWire.page(bytes(#"[{"id":"r","status":"failed",\#(field)}]"#)).items.first
    )
    #expect(
      run.failure == Failure(code: "MCP_TOOL_FAILED", step: StepID("s"), message: "m")
    )
  }

  @Test func `fields of a wrong type are absent`() throws {
    let run = try #require(
      try RunWire.page(
        bytes(
          #"[{"id":"r","status":"running","started_at":5,"steps":"many","current_steps":{},"credits":[],"version":"v3","workflow_name":null}]"#
        )
      ).items.first
    )
    #expect(run.startedAt == nil && run.steps == nil && run.currentSteps.isEmpty)
    #expect(run.credits == nil && run.workflowName == nil)
    #expect(run.version == 3)
  }

  @Test(arguments: [
    #"{"status":"running","orchestration_phase":"x"}"#,
    #"{"run":{"id":"r","status":"running","workflow_id":"w"}}"#,
    #"{"id":"r","status":"running"}"#,
  ])
  func `one run or its summary is known by what was asked`(text: String) throws {
    let run = try RunWire.one(bytes(text), asked: reference)
    #expect(run.reference == reference)
    #expect(run.status == .running)
  }

  @Test func `a run survives a round trip`() throws {
    var run = Run(id: RunID("r"), workflow: WorkflowID("w"), status: .paused)
    run.workflowName = "refund"
    run.version = 3
    run.trigger = "api"
    run.createdAt = Timestamp(milliseconds: 1)
    run.startedAt = Timestamp(milliseconds: 2)
    run.updatedAt = Timestamp(milliseconds: 3)
    run.endedAt = Timestamp(milliseconds: 4)
    run.steps = StepCounts(total: 5, completed: 1, failed: 1, cancelled: 1, skipped: 1, running: 1)
    run.currentSteps = [StepID("a")]
    run.pendingTasks = 1
    run.credits = Credits(microcredits: 12_400_000)
    run.statusBy = "maria"
    run.statusAt = Timestamp(milliseconds: 5)
    run.failure = Failure(code: "C", step: StepID("s"), message: "m")
    run.lastEvent = 9
    run.input = ["amount": 420]
    run.extra = ["more": [1, 2]]
    #expect(try RunWire.one(JSONWriter.bytes(RunWire.json(run)), asked: reference) == run)
  }
}

@Suite struct TaskWireTests {
  @Test(arguments: [
    #"{"id":"t","run_id":"r","workflow_id":"w","step_id":"s","task_type":"approval","task_payload":{"title":"Refund","amount":420.00},"status":"pending"}"#,
    #"{"id":"t","run_id":"r","workflow_id":"w","step_id":"s","task_type":"approval","prompt":"Refund","context":{"amount":420.00}}"#,
  ])
  func `payload and title are read in both forms`(text: String) throws {
    let task = try #require(try TaskWire.page(bytes("[\(text)]")).items.first)
    #expect(task.title == "Refund")
    let amount = try #require(JSONNumber("420.00"))
    #expect(task.fields == [JSONObject.Member("amount", .number(amount))])
    #expect(task.isPending)
    #expect(task.reference?.run == reference)
  }

  @Test func `a task of a run list need not say whose it is`() throws {
    let page = try TaskWire.page(bytes(#"{"tasks":[{"id":"t"}]}"#), of: reference)
    #expect(page.items.first?.reference?.run == reference)
    #expect(page.items.first?.step == StepID("t"))
  }

  @Test func `a task survives a round trip`() throws {
    var task = HumanTask(id: TaskID("t"), run: RunID("r"), step: StepID("s"), payload: ["a": 1])
    task.workflow = WorkflowID("w")
    task.workflowName = "refund"
    task.type = "edit"
    task.isPending = false
    task.createdAt = Timestamp(milliseconds: 1)
    task.expiresAt = Timestamp(milliseconds: 2)
    task.completedAt = Timestamp(milliseconds: 3)
    task.completedBy = "alex"
    task.result = ["approved": true]
    #expect(try TaskWire.one(JSONWriter.bytes(TaskWire.json(task)), of: reference) == task)
  }
}

@Suite struct EventAndWorkflowWireTests {
  @Test(arguments: [
    #"{"event_type":"step_failed","seq":3,"step_id":"s","at":"1970-01-01T00:00:01Z","data":{"error":"e"}}"#,
    #"{"type":"step_failed","seq":3,"timestamp":"1970-01-01T00:00:01Z","data":{"step_id":"s","error":{"message":"e"}}}"#,
  ])
  func `an event is read in both forms`(text: String) throws {
    let event = try #require(try EventWire.page(bytes(#"{"events":[\#(text)]}"#)).items.first)
    #expect(event.type == "step_failed")
    #expect(event.step == StepID("s"))
    #expect(event.sequence == 3)
    #expect(event.at == Timestamp(milliseconds: 1000))
    #expect(event.errorText == "e")
  }

  @Test func `an event without a type is counted`() throws {
    #expect(try EventWire.page(bytes(#"[{"seq":1},{"type":"brand_new"}]"#)).unreadable == 1)
  }

  @Test func `a workflow's graph is read under both names`() throws {
    for key in ["graph", "definition"] {
      let workflow = try WorkflowWire.one(
        bytes(
          #"{"id":"w","name":"n","\#(key)":{"steps":[{"id":"a","type":"mcp_call"},{"type":"x"},{"id":"b","depends_on":["a"],"name":"B"}]}}"#
        )
      )
      #expect(workflow.graph?.steps.map(\.title) == ["a", "B"])
      #expect(workflow.graph?.dependents(of: StepID("a")).map(\.id.text) == ["b"])
    }
  }

  @Test func `versions are read by number`() throws {
    let versions = try WorkflowWire.versions(
      bytes(#"{"versions":[{"version":2,"graph_snapshot":{"steps":[]}},{"version":1}]}"#)
    )
    #expect(versions[2]?.steps.isEmpty == true)
    #expect(versions[1] == nil)
  }
}

@Suite struct CallTests {
  private let task = TaskReference(run: reference, task: TaskID("review/1"))

  private func decision(_ verb: Verb, _ subject: Subject, _ fields: JSONObject = [:]) -> Decision {
    Decision(
      id: DecisionID("key"),
      verb: verb,
      subject: subject,
      title: "",
      fields: fields,
      madeAt: Timestamp(milliseconds: 0)
    )
  }

  @Test func `commands stand as the documentation has them`() {
    let stop = Endpoint.command(decision(.stop(.graceful), .run(reference)))
    #expect(stop.method == "POST" && stop.target == "/v1/workflows/w/command")
    #expect(stop.kind == .command && stop.key == DecisionID("key"))
    #expect(
      stop.body == ["command": "stop", "params": ["mode": "graceful", "run_id": "r"]]
    )
    let start = Endpoint.command(decision(.start, .start(reference), ["order": 42]))
    #expect(
      start.body == [
        "command": "start",
        "params": ["trigger_type": "api", "trigger_payload": ["order": 42], "run_id": "r"],
      ]
    )
    let approve = Endpoint.command(decision(.approve, .task(task), ["comment": "ok"]))
    #expect(approve.target == "/v1/workflows/w/runs/r/tasks/review%2F1/complete")
    #expect(approve.body == ["approved": true, "result": ["comment": "ok"]])
    let reject = Endpoint.command(decision(.reject, .task(task)))
    #expect(reject.body == ["approved": false])
  }

  @Test(arguments: [
    ("a b", "a%20b"), ("é", "%C3%A9"), ("..", "%2E%2E"), ("a.b", "a.b"), ("?&#", "%3F%26%23"),
  ])
  func `an id cannot leave its place in the path`(id: String, encoded: String) {
    let call = Endpoint.workflow(WorkflowID(id))
    #expect(call.target == "/v1/workflows/\(encoded)")
  }

  @Test func `queries are encoded`() {
    let call = Endpoint.runs(limit: 5, cursor: "a&b", statuses: [.failed])
    #expect(call.target == "/v1/runs?limit=5&cursor=a%26b&status=failed")
  }
}

@Suite struct FaultTests {
  @Test(arguments: [
    (#"{"error":"no such run","code":"NOT_FOUND"}"#, "no such run"),
    (#"{"error":{"code":"X","message":"no such run"}}"#, "no such run"),
    (#"{"message":"no such run"}"#, "no such run"),
    ("<html>\n<head><title>404 no such run</title></head>", "no such run"),
  ])
  func `an error's sentence is found in each envelope`(body: String, sentence: String) {
    let fault = Fault(status: 404, body: bytes(body), place: "host:1")
    #expect(fault.kind == .notFound)
    #expect(fault.sentence == "host:1 does not have this (404: no such run)")
  }

  @Test(arguments: [
    (302, Fault.Kind.notTheAPI), (401, .unauthenticated), (403, .forbidden), (404, .notFound),
    (409, .rejected), (422, .rejected), (429, .limited), (500, .server), (503, .server),
  ])
  func `each status is a fault of its kind, also with no JSON at all`(
    status: Int,
    kind: Fault.Kind
  ) {
    let fault = Fault(status: status, body: bytes("<html>"), place: "host", retryAfter: .seconds(7))
    #expect(fault.kind == kind)
    #expect(fault.retryAfter == ([429, 500, 503].contains(status) ? .seconds(7) : nil))
  }

  @Test func `a web page is called one`() {
    let fault = Fault(
      unreadable: bytes("\n <!DOCTYPE html>"),
      type: "text/html",
      mistake: JSONMistake(.malformed, at: 0, wanted: "a value"),
      place: "host"
    )
    #expect(fault.sentence.hasPrefix("host answered with a web page instead of the API"))
  }
}
