package import JSON
package import Runs

/// Runs on the wire.
///
/// Shapes: "Runs and Command Center" and the published OpenAPI file; the embedded runtime's own
/// fields are written by ``json(_:)``.
package enum RunWire {
  /// Reads a page of runs.
  /// - Throws: ``JSONMistake`` when the body is no list of runs.
  package static func page(_ body: [UInt8]) throws(JSONMistake) -> Page<Run> {
    try ListReader.page(body, under: "runs") {
      (bytes, at) throws(JSONMistake) in try read(bytes, &at, asked: nil)
    }
  }

  /// Reads one run or one summary; what the server leaves out of its identity is what was asked for.
  /// - Throws: ``JSONMistake`` when the body is no run.
  package static func one(
    _ body: [UInt8],
    asked: RunReference
  ) throws(JSONMistake) -> Run {
    try ListReader.one(body, under: "run") {
      (bytes, at) throws(JSONMistake) in
      var run = try read(bytes, &at, asked: asked.run)
      run.workflow = run.workflow ?? asked.workflow
      return run
    }
  }

  private static func read(
    _ bytes: Span<UInt8>,
    _ at: inout Int,
    asked: RunID?
  ) throws(JSONMistake) -> Run {
    let start = at
    var run = Run(id: asked ?? RunID(""), status: .other("unknown"))
    var hasIdentity = asked != nil
    var hasStatus = false
    try JSONScanner.members(bytes, &at, depth: 1) {
      (key, bytes, at) throws(JSONMistake) in
      switch key {
      case "id", "run_id":
        guard let id = try FieldReader.identity(bytes, &at) else { return }
        // `run_id` beside `id` is the same; where they differ, `run_id` says what it is.
        if key == "run_id" || !hasIdentity || asked != nil { run.id = RunID(id) }
        hasIdentity = true
      case "status":
        guard let word = try FieldReader.text(bytes, &at), !word.isEmpty else { return }
        run.status = RunStatus(word)
        hasStatus = true
      default: try field(key, bytes, &at, of: &run)
      }
    }
    guard hasIdentity else {
      throw JSONMistake(.unexpected, at: start, wanted: "a run with an id")
    }
    guard hasStatus else {
      throw JSONMistake(.unexpected, at: start, wanted: "a run with a status")
    }
    return run
  }

  private static func field(
    _ key: String,
    _ bytes: Span<UInt8>,
    _ at: inout Int,
    of run: inout Run
  ) throws(JSONMistake) {
    switch key {
    case "workflow_id":
      run.workflow = try FieldReader.identity(bytes, &at).map { WorkflowID($0) }
    case "workflow_name": run.workflowName = try FieldReader.text(bytes, &at)
    case "project_id": run.project = try FieldReader.identity(bytes, &at)
    case "version": run.version = try FieldReader.int(bytes, &at)
    case "trigger", "trigger_type": run.trigger = try FieldReader.text(bytes, &at)
    case "created_at": run.createdAt = try FieldReader.moment(bytes, &at)
    case "started_at": run.startedAt = try FieldReader.moment(bytes, &at)
    case "updated_at": run.updatedAt = try FieldReader.moment(bytes, &at)
    case "ended_at", "completed_at", "finished_at":
      run.endedAt = try FieldReader.moment(bytes, &at) ?? run.endedAt
    case "steps": run.steps = StepCountsWire.read(try JSONScanner.value(bytes, &at))
    case "current_steps":
      let items = try JSONScanner.value(bytes, &at).array ?? []
      run.currentSteps = items.compactMap { $0.identity.map { StepID($0) } }
    case "pending_tasks": run.pendingTasks = try FieldReader.int(bytes, &at)
    case "credits": run.credits = Credits(try JSONScanner.value(bytes, &at))
    case "status_by": run.statusBy = try FieldReader.text(bytes, &at)
    case "status_at": run.statusAt = try FieldReader.moment(bytes, &at)
    case "last_event_seq": run.lastEvent = try FieldReader.int(bytes, &at)
    case "input", "inputs":
      let value = try JSONScanner.value(bytes, &at)
      run.input = value.isNull ? run.input : value
    case "failure", "failure_code", "error":
      FailureWire.merge(try JSONScanner.value(bytes, &at), key: key, into: &run.failure)
    default: run.extra[key] = try JSONScanner.value(bytes, &at)
    }
  }

  /// The run as the embedded runtime answers it and as the shell prints it.
  package static func json(_ run: Run) -> JSONValue {
    var object: JSONObject = [:]
    object["id"] = .string(run.id.text)
    object["workflow_id"] = (run.workflow?.text).map { .string($0) } ?? .null
    object["workflow_name"] = run.workflowName.map { .string($0) }
    object["project_id"] = run.project.map { .string($0) }
    object["version"] = run.version.map { .int($0) }
    object["status"] = .string(run.status.word)
    object["trigger"] = run.trigger.map { .string($0) }
    object["input"] = run.input
    object["created_at"] = moment(run.createdAt)
    object["started_at"] = moment(run.startedAt)
    object["updated_at"] = moment(run.updatedAt)
    object["ended_at"] = moment(run.endedAt)
    object["steps"] = run.steps.map(StepCountsWire.json)
    object["current_steps"] = .array(run.currentSteps.map { .string($0.text) })
    object["pending_tasks"] = run.pendingTasks.map { .int($0) }
    object["credits"] = run.credits.map { .string($0.text) }
    object["status_by"] = run.statusBy.map { .string($0) }
    object["status_at"] = moment(run.statusAt)
    object["failure_code"] = (run.failure?.code).map { .string($0) }
    object["failure"] = run.failure.map(FailureWire.json)
    object["last_event_seq"] = run.lastEvent.map { .int($0) }
    return .object(object.merging(run.extra))
  }

  static func moment(_ moment: Timestamp?) -> JSONValue? { moment.map { .string($0.iso8601) } }
}

/// The counts under a run's `steps`.
enum StepCountsWire {
  static func read(_ value: JSONValue) -> StepCounts? {
    guard let total = value["total"]?.int, total >= 0 else { return nil }
    let count = { (key: String) in max(0, value[key]?.int ?? 0) }
    return StepCounts(
      total: total,
      completed: count("completed"),
      failed: count("failed"),
      cancelled: count("cancelled"),
      skipped: count("skipped"),
      running: count("running")
    )
  }

  static func json(_ counts: StepCounts) -> JSONValue {
    [
      "total": .int(counts.total), "completed": .int(counts.completed),
      "failed": .int(counts.failed), "cancelled": .int(counts.cancelled),
      "skipped": .int(counts.skipped), "running": .int(counts.running),
    ]
  }
}

/// A failure in its three forms: an object, a bare code, a text.
enum FailureWire {
  static func merge(_ value: JSONValue, key: String, into failure: inout Failure?) {
    guard !value.isNull, value != "" else { return }
    var merged = failure ?? Failure()
    switch (key, value) {
    case ("failure_code", .string(let code)): merged.code = code
    case (_, .string(let text)): merged.message = merged.message ?? text
    default:
      merged.code = value["code"]?.string ?? value["failure_code"]?.string ?? merged.code
      merged.message = value["message"]?.string ?? value["error"]?.string ?? merged.message
      merged.step = value["step_id"]?.identity.map { StepID($0) } ?? merged.step
    }
    failure = merged
  }

  static func json(_ failure: Failure) -> JSONValue {
    var object: JSONObject = [:]
    object["code"] = failure.code.map { .string($0) }
    object["step_id"] = (failure.step?.text).map { .string($0) }
    object["message"] = failure.message.map { .string($0) }
    return .object(object)
  }
}
