package import JSON
package import Runs

/// Human tasks on the wire.
///
/// Shapes: "Human tasks" and the published OpenAPI file (`context`, `prompt`).
package enum TaskWire {
  /// Reads a page of tasks.
  /// - Throws: ``JSONMistake`` when the body is no list of tasks.
  package static func page(_ body: [UInt8]) throws(JSONMistake) -> Page<HumanTask> {
    try ListReader.page(body, under: "tasks") {
      (bytes, at) throws(JSONMistake) in try read(bytes, &at, asked: nil)
    }
  }

  /// Reads the pending tasks of one run; items need not repeat whose they are.
  /// - Throws: ``JSONMistake`` when the body is no list of tasks.
  package static func page(
    _ body: [UInt8],
    of run: RunReference
  ) throws(JSONMistake) -> Page<HumanTask> {
    try ListReader.page(body, under: "tasks") {
      (bytes, at) throws(JSONMistake) in try read(bytes, &at, asked: run)
    }
  }

  /// Reads one task.
  /// - Throws: ``JSONMistake`` when the body is no task.
  package static func one(
    _ body: [UInt8],
    of run: RunReference
  ) throws(JSONMistake) -> HumanTask {
    try ListReader.one(body, under: "task") {
      (bytes, at) throws(JSONMistake) in try read(bytes, &at, asked: run)
    }
  }

  private static func read(
    _ bytes: Span<UInt8>,
    _ at: inout Int,
    asked: RunReference?
  ) throws(JSONMistake) -> HumanTask {
    let start = at
    let value = try JSONScanner.value(bytes, &at, depth: 1)
    guard var rest = value.object, let id = (value["id"] ?? value["task_id"])?.identity,
      let run = value["run_id"]?.identity.map({ RunID($0) }) ?? asked?.run
    else { throw JSONMistake(.unexpected, at: start, wanted: "a task with an id and a run") }
    let step = value["step_id"]?.identity.map { StepID($0) }
    var task = HumanTask(id: TaskID(id), run: run, step: step)
    task.payload = (value["task_payload"] ?? value["context"])?.object ?? [:]
    if task.payload["title"] == nil, let prompt = value["prompt"], prompt.string != nil {
      task.payload["prompt"] = task.payload["prompt"] ?? prompt
    }
    task.workflow = value["workflow_id"]?.identity.map { WorkflowID($0) } ?? asked?.workflow
    task.workflowName = value["workflow_name"]?.string
    task.type = value["task_type"]?.string
    task.isPending = ["pending", "waiting", "open"].contains(value["status"]?.string ?? "pending")
    task.createdAt = moment(value["created_at"])
    task.expiresAt = moment(value["expires_at"])
    task.completedAt = moment(value["completed_at"])
    task.completedBy = value["completed_by"]?.string
    task.result = value["result"]?.object
    for key in known { rest[key] = nil }
    task.extra = rest
    return task
  }

  private static let known = [
    "id", "task_id", "run_id", "step_id", "task_payload", "context", "prompt", "workflow_id",
    "workflow_name", "task_type", "status", "created_at", "expires_at", "completed_at",
    "completed_by", "result",
  ]

  private static func moment(_ value: JSONValue?) -> Timestamp? {
    (value?.string).flatMap(Timestamp.init(iso8601:))
  }

  /// The task as the embedded runtime answers it and as the shell prints it.
  package static func json(_ task: HumanTask) -> JSONValue {
    var object: JSONObject = [
      "id": .string(task.id.text), "run_id": .string(task.run.text),
    ]
    object["workflow_id"] = (task.workflow?.text).map { .string($0) }
    object["workflow_name"] = task.workflowName.map { .string($0) }
    object["step_id"] = .string(task.step.text)
    object["task_type"] = task.type.map { .string($0) }
    object["task_payload"] = .object(task.payload)
    object["status"] = task.isPending ? "pending" : "completed"
    object["created_at"] = RunWire.moment(task.createdAt)
    object["expires_at"] = RunWire.moment(task.expiresAt)
    object["completed_at"] = RunWire.moment(task.completedAt)
    object["completed_by"] = task.completedBy.map { .string($0) }
    object["result"] = task.result.map { .object($0) }
    return .object(object.merging(task.extra))
  }
}
