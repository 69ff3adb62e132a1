import JSON
import Runs
import RuntimeAPI

extension Router {
  // MARK: Reading

  func runs(of workflow: String?, _ request: Request) async throws(Rejection) -> Answer {
    var query = RunQuery(workflow: workflow ?? request.parameter("workflow_id"))
    query.limit = try request.limit()
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
      try await store.steps(of: run.id.text)
    }
    var context: JSONObject = [:]
    for (id, step) in steps.sorted(by: { $0.key < $1.key }) where step.attempts > 0 {
      var object: JSONObject = [:]
      object["input"] = step.input
      object["result"] = step.result
      context[id] = .object(object)
    }
    return Answer(200, ["input": run.input ?? [:], "steps": .object(context)])
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
    by name: String,
    _ receipt: ReceiptMaker?
  ) async throws(Rejection) -> Answer {
    let params = body["params"]?.object ?? [:]
    switch body["command"]?.string {
    case "start", "execute":
      return try await start(workflow, params, by: name, receipt)
    case "pause": return try await tell(workflow, .pause, body, by: name, receipt)
    case "resume": return try await tell(workflow, .resume, body, by: name, receipt)
    case "stop":
      let word = (params["mode"] ?? body["mode"])?.string ?? StopMode.immediate.rawValue
      guard let mode = StopMode(rawValue: word) else {
        throw .invalid("“mode” must be immediate or graceful, not “\(word)”")
      }
      return try await tell(workflow, .stop(mode), body, by: name, receipt)
    case let word:
      let said = word.map { ", not “\($0)”" } ?? ""
      throw .invalid("“command” must be start, pause, resume or stop\(said)")
    }
  }

  private func start(
    _ workflow: String,
    _ params: JSONObject,
    by name: String,
    _ receipt: ReceiptMaker?
  ) async throws(Rejection) -> Answer {
    let request = try StartParams.read(params, workflow: workflow)
    let state = try await engine.start(
      request,
      by: name,
      receipt: receipt?.keeping { state in Self.started(state) }
    )
    return Self.started(state)
  }

  private static func started(_ state: RunState) -> Answer {
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
    by name: String,
    _ receipt: ReceiptMaker?
  ) async throws(Rejection) -> Answer {
    guard let id = (body["params"]?["run_id"] ?? body["run_id"])?.identity else {
      throw .invalid("“params” must name the run as run_id")
    }
    let run = RunReference(workflow: WorkflowID(workflow), run: RunID(id))
    let state = try await engine.command(
      command,
      run: run,
      by: name,
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

/// Reads the params of a start.
enum StartParams {
  private static let named: Set<String> = [
    "run_id", "trigger_type", "trigger_payload", "trigger_steps", "excluded_step_ids",
  ]
  private static let triggers: Set<String> = ["api", "studio", "webhook", "cron", "autopilot"]

  /// What the params ask for: bare keys are the input, unless there is a `trigger_payload`.
  /// - Throws: ``Rejection``, 422, with what is wrong.
  static func read(_ params: JSONObject, workflow: String) throws(Rejection) -> StartRequest {
    var request = StartRequest(workflow: workflow)
    if let value = params["run_id"], !value.isNull { request.runID = try runID(value) }
    if let value = params["trigger_type"], !value.isNull {
      guard let word = value.string, triggers.contains(word) else {
        let words = triggers.sorted().joined(separator: ", ")
        throw .invalid("“trigger_type” must be one of \(words)")
      }
      request.trigger = word
    }
    if let steps = params["trigger_steps"], steps != .null, steps != [:] {
      throw .invalid("“trigger_steps” is not carried out by this runtime; leave it out")
    }
    if let value = params["excluded_step_ids"], !value.isNull {
      let ids = (value.array ?? []).compactMap(\.string)
      guard let items = value.array, items.count == ids.count else {
        throw .invalid("“excluded_step_ids” must be a list of step ids")
      }
      request.excluded = Set(ids)
    }
    if let payload = params["trigger_payload"], !payload.isNull {
      guard payload.object != nil else {
        throw .invalid("“trigger_payload” must be an object, not \(payload.typeName)")
      }
      request.input = payload
    } else {
      request.input = .object(JSONObject(params.members.filter { !named.contains($0.key) }))
    }
    return request
  }

  private static func runID(_ value: JSONValue) throws(Rejection) -> String {
    guard let id = value.string, (1...128).contains(id.utf8.count),
      id.utf8.allSatisfy({ byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
        default: false
        }
      })
    else {
      throw .invalid("“run_id” must be 1 to 128 letters, digits, dots, hyphens or underscores")
    }
    return id
  }
}
