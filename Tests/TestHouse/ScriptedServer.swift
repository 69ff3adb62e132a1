package import JSON
package import Runs
import Synchronization

/// A request as a scripted server sees it.
package struct ScriptedRequest: Sendable {
  package var method: String
  /// The path in its parts: `v1`, `runs`.
  package var path: [String]
  package var query: [String: String]
  package var body: JSONValue
  package var received: RawServer.Received

  init(_ received: RawServer.Received) {
    let target = received.line.split(separator: " ").dropFirst().first ?? ""
    let parts = target.split(separator: "?", maxSplits: 1)
    method = received.method
    path = (parts.first ?? "").split(separator: "/").map(String.init)
    query = [:]
    for pair in (parts.count > 1 ? parts[1] : "").split(separator: "&") {
      let sides = pair.split(separator: "=", maxSplits: 1)
      query[String(sides[0])] = sides.count > 1 ? String(sides[1]) : ""
    }
    body = (try? JSONValue(parsing: received.body)) ?? .null
    self.received = received
  }

  /// A whole number of the query.
  package func number(_ name: String) -> Int? { query[name].flatMap { Int($0) } }
}

/// A server of the API that keeps ``ScriptedRecords`` and tells them in shapes of its own.
package final class ScriptedServer: Sendable {
  /// An answer: its status line, its headers, its body as it is sent.
  package struct Answer: Sendable {
    package var status: String
    package var headers: [String]
    package var body: String

    package init(_ body: JSONValue, status: String = "200 OK", headers: [String] = []) {
      self.init(text: JSONWriter.text(body), status: status, headers: headers)
    }

    package init(text: String, status: String, headers: [String] = []) {
      self.status = status
      self.headers = headers
      body = text
    }
  }

  /// How a request is answered, and what it changes.
  package typealias Shapes = @Sendable (ScriptedRequest, inout ScriptedRecords) -> Answer

  private final class Shared: Sendable {
    let records: Mutex<ScriptedRecords>
    init(_ records: ScriptedRecords) { self.records = Mutex(records) }
  }

  private let shared: Shared
  private let server: RawServer

  /// Begins to listen.
  init(_ records: ScriptedRecords, _ shapes: @escaping Shapes) throws {
    let shared = Shared(records)
    self.shared = shared
    server = try RawServer { received in
      let answer = shared.records.withLock { shapes(ScriptedRequest(received), &$0) }
      let headers = ["Content-Type: application/json"] + answer.headers
      return [.answer(answer.status, headers: headers, body: Array(answer.body.utf8))]
    }
  }

  deinit { server.stop() }

  package var url: String { server.url("") }
  package var place: String { "127.0.0.1:\(server.port)" }
  /// What it knows now.
  package var records: ScriptedRecords { shared.records.withLock { $0 } }
  /// The request lines so far.
  package var lines: [String] { server.received.map(\.line) }
  /// The commands so far.
  package var commands: [RawServer.Received] { server.received.filter { $0.method == "POST" } }
}

/// A server that offers what AgentRuntime documents and nothing besides: no single run, no single
/// task, no pages, no tags, no number of events, no `updated_since`.
package enum DocumentedServer {
  package static let runs = [
    "7c9e6679-7425-40de-944b-e07fc1f90ae7", "1f0ab2c4-5b1e-4f0c-9a58-0c6f4b8f6d11",
    "550e8400-e29b-41d4-a716-446655440000",
  ]
  package static let workflows = ["wf-refund", "wf-digest"]
  /// Equal to the step's id, as in the documentation's example.
  package static let task = "review"

  /// Begins to listen; only calls that name tenant and project are answered.
  package static func started(now: Timestamp) throws -> ScriptedServer {
    try ScriptedServer(
      ScriptedRecords(workflows: workflows, runs: runs, task: task, now: now)
    ) { request, records in
      guard request.received.header("Authorization") == "Bearer pat_1" else {
        return error("401 Unauthorized", "UNAUTHORIZED", "invalid token")
      }
      guard request.received.header("X-Tenant-Id") == "acme",
        request.received.header("X-Project-Id") == "payments"
      else { return error("403 Forbidden", "FORBIDDEN", "no access to this tenant or project") }
      return request.method == "GET" ? read(request, records) : act(request, &records)
    }
  }

  private static func read(
    _ request: ScriptedRequest,
    _ records: ScriptedRecords
  )
    -> ScriptedServer.Answer
  {
    let path = request.path.dropFirst().map(\.self)
    switch (path.first, path.count) {
    case ("runs", 1): return list("runs", records.runs.map(run))
    case ("tasks", 2) where path[1] == "pending": return list("tasks", tasks(records))
    case ("workflows", 1):
      return list("workflows", records.workflows.map { workflow($0.id, $0.name) })
    case ("workflows", 2...):
      guard let known = records.workflows.first(where: { $0.id == path[1] }) else { break }
      if path.count == 2 {
        var answer = workflow(known.id, known.name)
        answer["graph"] = records.graph(known.id)
        return .init(.object(answer))
      }
      return read(path, records, request)
    default: break
    }
    return missing
  }

  private static func read(
    _ path: [String],
    _ records: ScriptedRecords,
    _ request: ScriptedRequest
  ) -> ScriptedServer.Answer {
    if path.count == 3, path[2] == "versions" { return list("versions", []) }
    guard path[2] == "runs" else { return missing }
    if path.count == 3 {
      return list("runs", records.runs.filter { $0.workflow == path[1] }.map(run))
    }
    guard let found = records.run(path[3]), found.workflow == path[1] else { return missing }
    switch path.dropFirst(4).joined(separator: "/") {
    case "summary":
      var summary = run(found)
      summary["id"] = nil
      summary["run_id"] = .string(found.id)
      summary["orchestration_phase"] = .string(found.status.word)
      summary["run_complete"] = .bool(found.status.isTerminal)
      return .init(.object(summary))
    case "events":
      return list(
        "events",
        found.events.map { event in
          var object: JSONObject = [
            "event_type": .string(event.type), "created_at": .string(event.at.iso8601),
            "data": .object(event.data),
          ]
          object["step_id"] = event.step.map { .string($0) }
          return object
        }
      )
    case "tasks/pending": return list("tasks", found.id == records.task.run ? tasks(records) : [])
    case "context": return .init(["input": [:], "steps": [:]])
    default: return missing
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
    if path.count == 8, path[5] == "tasks", path[7] == "complete" {
      guard let approved = request.body["approved"]?.bool else {
        return error("422 Unprocessable Content", "VALIDATION", "approved is required")
      }
      return told(records.complete(path[6], approved: approved)) {
        ["status": "completed", "task_id": .string(path[6]), "approved": .bool(approved)]
      }
    }
    guard path.count == 4, path[3] == "command", let word = request.body["command"]?.string,
      let id = params?["run_id"]?.string
    else { return missing }
    return told(records.command(word, id, mode: params?["mode"]?.string)) {
      ["run_id": .string(id), "workflow_id": .string(path[2])]
    }
  }

  private static func told(
    _ effect: ScriptedRecords.Effect,
    _ body: () -> JSONValue
  )
    -> ScriptedServer.Answer
  {
    switch effect {
    case .done: .init(body())
    case .conflict(let said): error("409 Conflict", "CONFLICT", said)
    case .missing: missing
    }
  }

  private static func run(_ run: ScriptedRecords.Run) -> JSONObject {
    var object: JSONObject = [
      "id": .string(run.id), "workflow_id": .string(run.workflow),
      "status": .string(run.status.word), "started_at": .string(run.startedAt.iso8601),
      "updated_at": .string(run.updatedAt.iso8601),
    ]
    object["ended_at"] = (run.endedAt?.iso8601).map { .string($0) } ?? .null
    object["failure_code"] = run.failure.map { .string($0) }
    return object
  }

  private static func tasks(_ records: ScriptedRecords) -> [JSONObject] {
    let task = records.task
    guard task.isPending else { return [] }
    return [
      [
        "id": .string(task.id), "run_id": .string(task.run),
        "workflow_id": .string(records.workflows[0].id), "step_id": .string(task.step),
        "task_type": "approval", "task_payload": .object(ScriptedRecords.payload),
      ]
    ]
  }

  private static func workflow(_ id: String, _ name: String) -> JSONObject {
    ["id": .string(id), "name": .string(name), "status": "published"]
  }

  private static func list(_ name: String, _ items: [JSONObject]) -> ScriptedServer.Answer {
    .init(.object([name: .array(items.map { .object($0) })]))
  }

  private static var missing: ScriptedServer.Answer {
    error("404 Not Found", "NOT_FOUND", "not found")
  }

  private static func error(
    _ status: String,
    _ code: String,
    _ said: String
  )
    -> ScriptedServer.Answer
  {
    .init(["error": .string(said), "code": .string(code)], status: status)
  }
}
