internal import JSON
package import Runs

/// A server of the older shapes: numbers for identities, a feed in pages of two by offset, bare
/// arrays, older words, the step of an event inside its data, and no way to read one run alone.
package enum OlderServer {
  package static let runs = ["41", "42", "43"]
  package static let workflows = ["7", "8"]
  package static let task = "901"
  private static let pageSize = 2

  /// Begins to listen.
  package static func started(now: Timestamp) throws -> ScriptedServer {
    try ScriptedServer(
      ScriptedRecords(workflows: workflows, runs: runs, task: task, now: now)
    ) { request, records in
      var answer = request.method == "GET" ? read(request, records) : act(request, &records)
      answer.headers += ["X-RateLimit-Remaining: 99", "X-RateLimit-Reset: 60"]
      return answer
    }
  }

  private static func read(
    _ request: ScriptedRequest,
    _ records: ScriptedRecords
  )
    -> ScriptedServer.Answer
  {
    let path = Array(request.path.dropFirst())
    switch path.first {
    case "runs" where path.count == 1: return page(records.runs, request)
    case "tasks" where path.last == "pending":
      return .init(["items": .array(tasks(records).map { .object($0) })])
    case "workflows" where path.count == 1:
      return .init(.array(records.workflows.map { workflow($0.id, $0.name, records) }))
    case "workflows":
      guard let known = records.workflows.first(where: { $0.id == path[1] }) else { break }
      if path.count == 2 { return .init(["data": workflow(known.id, known.name, records)]) }
      guard path[2] == "runs" else { break }
      if path.count == 3 { return page(records.runs.filter { $0.workflow == path[1] }, request) }
      guard let found = records.run(path[3]), found.workflow == path[1] else { break }
      return read(found, path.dropFirst(4).joined(separator: "/"), records)
    default: break
    }
    return missing
  }

  private static func read(
    _ run: ScriptedRecords.Run,
    _ rest: String,
    _ records: ScriptedRecords
  ) -> ScriptedServer.Answer {
    switch rest {
    case "": .init(text: "Method Not Allowed", status: "405 Method Not Allowed")
    case "events": .init(["events": .array(run.events.enumerated().map(event))])
    case "tasks/pending":
      .init(.array(run.id == records.task.run ? tasks(records).map { .object($0) } : []))
    default: missing
    }
  }

  private static func act(
    _ request: ScriptedRequest,
    _ records: inout ScriptedRecords
  )
    -> ScriptedServer.Answer
  {
    let path = request.path
    let params = request.body["params"]
    let effect: ScriptedRecords.Effect
    let subject: String
    if path.count == 8, path[7] == "complete", let approved = request.body["approved"]?.bool {
      effect = records.complete(path[6], approved: approved)
      subject = records.task.run
    } else if let word = request.body["command"]?.string, let id = params?["run_id"]?.identity {
      effect = records.command(word, id, mode: params?["mode"]?.string)
      subject = id
    } else {
      return missing
    }
    switch effect {
    case .done:
      guard let found = records.run(subject) else { return missing }
      return .init(.object(run(found)))
    case .conflict(let said):
      return .init(
        ["error": ["code": "CONFLICT", "message": .string(said)]],
        status: "409 Conflict"
      )
    case .missing: return missing
    }
  }

  private static var missing: ScriptedServer.Answer {
    .init(["message": "no such thing"], status: "404 Not Found")
  }

  private static func page(
    _ runs: [ScriptedRecords.Run],
    _ request: ScriptedRequest
  )
    -> ScriptedServer.Answer
  {
    let listed = runs.dropFirst(request.number("offset") ?? 0).prefix(pageSize)
    return .init([
      "data": .array(listed.map { .object(run($0)) }), "total": .int(runs.count),
      "limit": .int(pageSize), "offset": .int(request.number("offset") ?? 0),
    ])
  }

  private static func run(_ run: ScriptedRecords.Run) -> JSONObject {
    let word =
      switch run.status {
      case .stopped: "cancelled"
      case .completed: "succeeded"
      default: run.status.word
      }
    var object: JSONObject = [
      "run_id": number(run.id), "workflow_id": number(run.workflow), "status": .string(word),
      "started_at": .string(run.startedAt.iso8601), "inputs": ["order": 7], "outputs": .null,
    ]
    object["finished_at"] = (run.endedAt?.iso8601).map { .string($0) } ?? .null
    object["error"] = run.failure.map { .string("\($0): 401 from the tracker") }
    return object
  }

  private static func event(_ place: Int, _ event: ScriptedRecords.Event) -> JSONValue {
    var data = event.data
    data["step_id"] = event.step.map { .string($0) }
    return [
      "id": .string("evt_\(place)"), "type": .string(event.type), "data": .object(data),
      "timestamp": .string(event.at.iso8601),
    ]
  }

  /// Without the step: only the event that made the task tells it.
  private static func tasks(_ records: ScriptedRecords) -> [JSONObject] {
    let task = records.task
    guard task.isPending else { return [] }
    return [
      [
        "id": number(task.id), "run_id": number(task.run),
        "workflow_id": number(records.workflows[0].id), "task_type": "approval",
        "prompt": "Pay back 420?", "context": ["amount": 420],
      ]
    ]
  }

  private static func workflow(
    _ id: String,
    _ name: String,
    _ records: ScriptedRecords
  )
    -> JSONValue
  {
    ["id": number(id), "name": .string(name), "definition": records.graph(id)]
  }

  private static func number(_ text: String) -> JSONValue { .int(Int(text) ?? 0) }
}
