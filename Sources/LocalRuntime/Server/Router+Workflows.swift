import JSON
import Runs

extension Router {
  // MARK: Reading

  func workflows(_ request: Request) async throws(Rejection) -> Answer {
    let (limit, offset) = try place(request)
    let page = try await reading { () throws(StoreMistake) in
      try await store.workflows(limit: limit, offset: offset)
    }
    return list("workflows", page)
  }

  func workflow(_ id: String) async throws(Rejection) -> Answer {
    Answer(200, try await found(id).json)
  }

  func versions(of id: String, _ request: Request) async throws(Rejection) -> Answer {
    try await require(workflow: id)
    let (limit, offset) = try place(request)
    let page = try await reading { () throws(StoreMistake) in
      try await store.versions(of: id, limit: limit, offset: offset)
    }
    return list("versions", page)
  }

  /// `limit`, and `cursor` or `offset`.
  private func place(_ request: Request) throws(Rejection) -> (limit: Int, offset: Int) {
    let name = request.parameter("cursor") == nil ? "offset" : "cursor"
    return (try request.limit(), try request.number(name, from: 0, default: 0))
  }

  /// - Throws: ``Rejection``, 404, when there is no such workflow.
  func require(workflow id: String) async throws(Rejection) { _ = try await found(id) }

  private func found(_ id: String) async throws(Rejection) -> StoredWorkflow {
    let workflow = try await reading { () throws(StoreMistake) in try await store.workflow(id) }
    guard let workflow else { throw .missing("workflow", id) }
    return workflow
  }

  // MARK: Writing

  func create(_ body: JSONObject, _ receipt: ReceiptMaker?) async throws(Rejection) -> Answer {
    guard let name = try Self.name(body) else { throw .invalid("“name” must be a text") }
    guard let graph = try Self.graph(body) else {
      throw .invalid("“graph” must be an object with steps")
    }
    let now = engine.clock.now()
    var workflow = StoredWorkflow(
      id: engine.clock.newID(),
      name: name,
      graph: graph,
      createdAt: now
    )
    workflow.summary = body["description"]?.string
    workflow.example = body["example_trigger_payload"]
    let answer = Answer(201, workflow.json)
    try await save(workflow, receipt?.record(answer))
    return answer
  }

  func edit(_ id: String, _ body: JSONObject) async throws(Rejection) -> Answer {
    var workflow = try await found(id)
    if let name = try Self.name(body) { workflow.name = name }
    if let graph = try Self.graph(body) { workflow.graph = graph }
    if let summary = body["description"] { workflow.summary = summary.string }
    if let example = body["example_trigger_payload"] {
      workflow.example = example.isNull ? nil : example
    }
    workflow.updatedAt = engine.clock.now()
    try await save(workflow)
    return Answer(200, workflow.json)
  }

  func remove(_ id: String) async throws(Rejection) -> Answer {
    try await require(workflow: id)
    let query = RunQuery(workflow: id, limit: 1)
    let page = try await reading { () throws(StoreMistake) in try await store.runs(query) }
    guard page.total == 0 else {
      throw Rejection(
        409,
        "CONFLICT",
        "the workflow has \(page.total) runs, which are kept; it cannot be deleted",
        details: ["runs": .int(page.total)]
      )
    }
    try await reading { () throws(StoreMistake) in try await store.remove(workflow: id) }
    return Answer(200, ["status": "deleted", "workflow_id": .string(id)])
  }

  func publish(
    _ id: String,
    _ body: JSONObject,
    by name: String,
    _ receipt: ReceiptMaker?
  ) async throws(Rejection) -> Answer {
    var workflow = try await found(id)
    let report = GraphValidation.check(workflow.graph, knownServers: await knownServers())
    guard report.valid else {
      throw .invalid(
        report.sentence ?? "the graph cannot be run",
        details: ["issues": .array(report.issues.map(\.json))]
      )
    }
    let now = engine.clock.now()
    let number = (workflow.version ?? 0) + 1
    workflow.version = number
    workflow.publishedAt = now
    workflow.updatedAt = now
    var version: JSONObject = [
      "version": .int(number), "workflow_id": .string(id), "published_at": .string(now.iso8601),
      "published_by": .string(name),
    ]
    version["changelog"] = body["changelog"]?.string.map { .string($0) }
    version["graph_snapshot"] = workflow.graph
    let published = workflow
    let answer = Answer(201, .object(version))
    try await reading { () throws(StoreMistake) in
      try await store.save(
        published,
        publishing: .object(version),
        answer: receipt?.record(answer)
      )
    }
    return answer
  }

  /// Checks the graph of the body, else the draft.
  func validate(_ id: String, _ body: JSONObject) async throws(Rejection) -> Answer {
    let workflow = try await found(id)
    let report = GraphValidation.check(
      body["graph"] ?? workflow.graph,
      knownServers: await knownServers()
    )
    return Answer(200, report.json)
  }

  private func save(
    _ workflow: StoredWorkflow,
    _ answer: StoredAnswer? = nil
  ) async throws(Rejection) {
    try await reading { () throws(StoreMistake) in
      try await store.save(workflow, answer: answer)
    }
  }

  private static func name(_ body: JSONObject) throws(Rejection) -> String? {
    guard let value = body["name"] else { return nil }
    guard let name = value.string, (1...200).contains(name.utf8.count) else {
      throw .invalid("“name” must be a text of 1 to 200 bytes")
    }
    return name
  }

  private static func graph(_ body: JSONObject) throws(Rejection) -> JSONValue? {
    guard let graph = body["graph"] ?? body["definition"] else { return nil }
    guard graph["steps"]?.array != nil else {
      throw .invalid("“graph” must be an object with a list of steps")
    }
    return graph
  }
}
