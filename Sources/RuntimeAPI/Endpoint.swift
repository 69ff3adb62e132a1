internal import JSON
package import Runs

/// The calls that the program makes.
///
/// Documented under "API reference" of AgentRuntime unless said.
package enum Endpoint {
  /// The run feed of the tenant.
  ///
  /// The documentation calls it paged without saying how: the parameters are those of the
  /// per-workflow list, and a server that ignores them answers its own page. `updatedSince` is ours.
  package static func runs(
    limit: Int,
    cursor: String? = nil,
    offset: Int? = nil,
    statuses: [RunStatus] = [],
    updatedSince: Timestamp? = nil
  ) -> Call {
    var query = page(limit, cursor, offset, statuses)
    if let updatedSince { query.append(.init("updated_since", updatedSince.iso8601)) }
    return Call("GET", "/v1/runs", query: query)
  }

  /// The runs of one workflow.
  package static func runs(
    of workflow: WorkflowID,
    limit: Int,
    cursor: String? = nil,
    offset: Int? = nil,
    statuses: [RunStatus] = []
  ) -> Call {
    Call("GET", "\(path(workflow))/runs", query: page(limit, cursor, offset, statuses))
  }

  private static func page(
    _ limit: Int,
    _ cursor: String?,
    _ offset: Int?,
    _ statuses: [RunStatus]
  ) -> [Call.Parameter] {
    var query = [Call.Parameter("limit", String(limit))]
    if let cursor { query.append(.init("cursor", cursor)) }
    if let offset { query.append(.init("offset", String(offset))) }
    return query + statuses.map { .init("status", $0.word) }
  }

  /// One run; ours, not documented by the product.
  package static func run(_ run: RunReference) -> Call { Call("GET", path(run)) }

  /// A run's summary: the documented way to read one run.
  package static func summary(_ run: RunReference) -> Call {
    Call("GET", "\(path(run))/summary")
  }

  /// A run's events behind a number (`after` is ours; others answer them all).
  package static func events(_ run: RunReference, after: Int? = nil, limit: Int) -> Call {
    var query = [Call.Parameter("limit", String(limit))]
    if let after { query.append(.init("after", String(after))) }
    return Call("GET", "\(path(run))/events", query: query)
  }

  /// A run's input and step results.
  package static func context(_ run: RunReference) -> Call {
    Call("GET", "\(path(run))/context")
  }

  /// The tasks that wait, of all runs.
  package static func pendingTasks(cursor: String? = nil) -> Call {
    Call("GET", "/v1/tasks/pending", query: cursor.map { [.init("cursor", $0)] } ?? [])
  }

  /// The tasks of a run that wait.
  package static func pendingTasks(of run: RunReference) -> Call {
    Call("GET", "\(path(run))/tasks/pending")
  }

  /// One task, answered or not; ours, not documented by the product.
  package static func task(_ task: TaskReference) -> Call {
    Call("GET", "\(path(task.run))/tasks/\(PercentEncoding.encode(task.task.text))")
  }

  /// The workflows.
  package static func workflows(cursor: String? = nil) -> Call {
    Call("GET", "/v1/workflows", query: cursor.map { [.init("cursor", $0)] } ?? [])
  }

  /// One workflow with its graph.
  package static func workflow(_ id: WorkflowID) -> Call { Call("GET", path(id)) }

  /// The published versions of a workflow.
  package static func versions(_ id: WorkflowID) -> Call { Call("GET", "\(path(id))/versions") }

  /// The call that carries a decision out; a start names its run where the server takes that.
  package static func command(_ decision: Decision, namesRun: Bool = true) -> Call {
    let run = decision.subject.run
    switch decision.verb {
    case .approve, .reject: return completion(decision, approved: decision.verb == .approve)
    case .pause: return command(run, "pause", [:], decision.id)
    case .resume: return command(run, "resume", [:], decision.id)
    case .stop(let mode):
      return command(run, "stop", ["mode": .string(mode.rawValue)], decision.id)
    case .start:
      let params: JSONObject = [
        "trigger_type": "api", "trigger_payload": .object(decision.fields),
      ]
      return command(run, "start", params, decision.id, namesRun: namesRun)
    }
  }

  private static func command(
    _ run: RunReference,
    _ word: String,
    _ params: JSONObject,
    _ key: DecisionID,
    namesRun: Bool = true
  ) -> Call {
    var params = params
    if namesRun { params["run_id"] = .string(run.run.text) }
    let body: JSONObject = ["command": .string(word), "params": .object(params)]
    return Call("POST", "\(path(run.workflow))/command", body: .object(body), key: key)
  }

  private static func completion(_ decision: Decision, approved: Bool) -> Call {
    let run = decision.subject.run
    let task = if case .task(let task) = decision.subject { task.task.text } else { "" }
    var body: JSONObject = ["approved": .bool(approved)]
    if !decision.fields.isEmpty { body["result"] = .object(decision.fields) }
    return Call(
      "POST",
      "\(path(run))/tasks/\(PercentEncoding.encode(task))/complete",
      body: .object(body),
      key: decision.id
    )
  }

  private static func path(_ workflow: WorkflowID) -> String {
    "/v1/workflows/\(PercentEncoding.encode(workflow.text))"
  }

  private static func path(_ run: RunReference) -> String {
    "\(path(run.workflow))/runs/\(PercentEncoding.encode(run.run.text))"
  }
}
