import JSON
import Runs
import RuntimeAPI

extension Router {
  // MARK: Reading

  func runs(of workflow: String?, _ request: Request) async throws(Rejection) -> Answer {
    var query = RunQuery(workflow: workflow ?? request.parameter("workflow_id"))
    // The product's own bound for the runs of one workflow.
    query.limit = try request.limit(atMost: workflow == nil ? 500 : 100)
    query.offset = try request.number("offset", from: 0, default: 0)
    query.statuses = request.query.filter { $0.name == "status" }
      .flatMap { $0.value.split(separator: ",").map { RunStatus(String($0)).word } }
    query.since = try moment("since", request)
    query.updatedSince = try moment("updated_since", request)
    if let text = request.parameter("cursor"), !text.isEmpty {
      guard let cursor = RunCursor(text) else {
        throw .malformed("“cursor” must be a next_cursor of an earlier page")
      }
      query.cursor = cursor
    }
    if let workflow { try await require(workflow: workflow) }
    let page = try await reading { () throws(StoreMistake) in try await store.runs(query) }
    return list("runs", page)
  }

  /// A page as it is answered: rows are JSON already.
  func list(_ name: String, _ page: RowPage) -> Answer {
    let next = page.next.map { JSONWriter.text(.string($0)) } ?? "null"
    let rows = page.rows.joined(separator: ",")
    return Answer(
      200,
      text: "{\"\(name)\":[\(rows)],\"total\":\(page.total),\"next_cursor\":\(next)}"
    )
  }

  func row(of run: RunReference) async throws(Rejection) -> Answer {
    Answer(200, text: JSONWriter.text(RunWire.json(try await found(run))))
  }

  /// The run with what became of its steps, and where it stands in one word.
  func summary(of reference: RunReference) async throws(Rejection) -> Answer {
    let run = try await found(reference)
    let counts = try await reading { () throws(StoreMistake) in
      try await store.outcomes(of: run.id.text)
    }
    let outcomes = counts.map { JSONObject.Member($0.word, .int($0.count)) }
    var object = RunWire.json(run).object ?? [:]
    object["run_id"] = .string(run.id.text)
    object["run_complete"] = .bool(run.status.isTerminal)
    object["orchestration_phase"] = .string(Self.phase(of: run))
    object["session_id"] = .null
    object["step_outcomes"] = .object(JSONObject(outcomes))
    return Answer(200, .object(object))
  }

  private static func phase(of run: Run) -> String {
    switch run.status {
    case .running where (run.pendingTasks ?? 0) > 0: "awaiting_approval"
    case .running: "executing"
    case let status: status.word
    }
  }

  /// A run of a workflow.
  /// - Throws: ``Rejection``, 404, when it is not there or another workflow's.
  private func found(_ reference: RunReference) async throws(Rejection) -> Run {
    let run = try await reading { () throws(StoreMistake) in
      try await store.run(reference.run.text)
    }
    guard let run, run.workflow == reference.workflow else {
      throw .missing("run", reference.run.text)
    }
    return run
  }

  func context(of reference: RunReference) async throws(Rejection) -> Answer {
    let run = try await found(reference)
    let steps = try await reading { () throws(StoreMistake) in
      try await store.contextText(of: run.id.text)
    }
    var custom = ""
    if run.extra["is_episode"] == true {
      let state = try await reading { () throws(StoreMistake) in
        try await store.state(of: run.id.text)
      }
      if let episode = state?.episode {
        custom = ",\"custom\":{\"episode\":\(JSONWriter.text(episode))}"
      }
    }
    let input = JSONWriter.text(run.input ?? [:])
    return Answer(200, text: "{\"input\":\(input),\"steps\":{\(steps.members)}\(custom)}")
  }

  func events(of reference: RunReference, _ request: Request) async throws(Rejection) -> Answer {
    let run = try await found(reference)
    let after = try request.number("after", from: 0, default: 0)
    let limit = try request.limit()
    let page = try await reading { () throws(StoreMistake) in
      try await store.events(of: run.id.text, after: after, limit: limit)
    }
    let rows = page.rows.joined(separator: ",")
    let total = run.lastEvent ?? 0
    return Answer(
      200,
      text: "{\"events\":[\(rows)],\"total\":\(total),\"has_more\":\(page.hasMore)}"
    )
  }

  private func moment(_ name: String, _ request: Request) throws(Rejection) -> Timestamp? {
    guard let text = request.parameter(name), !text.isEmpty else { return nil }
    guard let moment = Timestamp(iso8601: text) else {
      throw .malformed("“\(name)” must be a time like 2026-01-31T12:00:00Z, not “\(text)”")
    }
    return moment
  }

  // MARK: Commands

  func command(
    _ workflow: String,
    _ body: JSONObject,
    by caller: Caller,
    _ receipt: ReceiptMaker?
  ) async throws(Rejection) -> Answer {
    let params = body["params"] ?? [:]
    guard let params = params.isNull ? [:] : params.object else {
      throw .invalid("“params” must be an object, not \(params.typeName)")
    }
    switch body["command"]?.string {
    case "start", "execute":
      return try await start(workflow, params, by: caller, receipt)
    case "pause": return try await tell(workflow, .pause, body, by: caller, receipt)
    case "resume":
      let given = try StartParams.steps(params)
      let verb: RunCommand = given.isEmpty ? .resume : .resumeGiving(given)
      return try await tell(workflow, verb, body, by: caller, receipt)
    case "stop":
      let word = (params["mode"] ?? body["mode"])?.string ?? StopMode.immediate.rawValue
      guard let mode = StopMode(rawValue: word) else {
        throw .invalid("“mode” must be immediate or graceful, not “\(word)”")
      }
      return try await tell(workflow, .stop(mode), body, by: caller, receipt)
    case let word:
      let said = word.map { ", not “\($0)”" } ?? ""
      throw .invalid("“command” must be start, pause, resume or stop\(said)")
    }
  }

  private func start(
    _ workflow: String,
    _ params: JSONObject,
    by caller: Caller,
    _ receipt: ReceiptMaker?
  ) async throws(Rejection) -> Answer {
    var params = params
    if try StartParams.wantsDefaults(params) {
      params = StartParams.laid(params, over: try await found(workflow).runSetup ?? [:])
    }
    try await checkTools(of: workflow, by: caller)
    var request = try StartParams.read(params, workflow: workflow)
    request.mayCallTools = caller.scopes.contains(.execute)
    let state = try await engine.start(
      request,
      by: caller.name,
      receipt: receipt?.keeping { state in Self.started(state) }
    )
    return Self.started(state)
  }

  static func started(_ state: RunState) -> Answer {
    var object: JSONObject = [
      "run_id": .string(state.run.id.text), "status": .string(state.run.status.word),
    ]
    object["workflow_id"] = (state.run.workflow?.text).map { .string($0) }
    object["started_at"] = (state.run.startedAt?.iso8601).map { .string($0) }
    return Answer(200, .object(object))
  }

  private func tell(
    _ workflow: String,
    _ command: RunCommand,
    _ body: JSONObject,
    by caller: Caller,
    _ receipt: ReceiptMaker?
  ) async throws(Rejection) -> Answer {
    guard let id = (body["params"]?["run_id"] ?? body["run_id"])?.identity else {
      throw .invalid("“params” must name the run as run_id")
    }
    let run = RunReference(workflow: WorkflowID(workflow), run: RunID(id))
    let state = try await engine.command(
      command,
      run: run,
      by: caller.name,
      receipt: receipt?.keeping { state in Self.told(state) }
    )
    return Self.told(state)
  }

  private static func told(_ state: RunState) -> Answer {
    var object: JSONObject = [
      "run_id": .string(state.run.id.text), "status": .string(state.run.status.word),
    ]
    object["workflow_id"] = (state.run.workflow?.text).map { .string($0) }
    object["status_by"] = state.run.statusBy.map { .string($0) }
    object["status_at"] = (state.run.statusAt?.iso8601).map { .string($0) }
    return Answer(200, .object(object))
  }
}
