import JSON
import Runs

extension Router {
  // MARK: Reading

  func workflows(_ request: Request) async throws(Rejection) -> Answer {
    let (limit, offset) = try request.place()
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
    let (limit, offset) = try request.place()
    let page = try await reading { () throws(StoreMistake) in
      try await store.versions(of: id, limit: limit, offset: offset)
    }
    return list("versions", page)
  }

  func version(_ text: String, of id: String) async throws(Rejection) -> Answer {
    try await require(workflow: id)
    guard let number = Int(text), number > 0 else { throw .missing("version", text) }
    let row = try await reading { () throws(StoreMistake) in
      try await store.versionRow(number, of: id)
    }
    guard let row else { throw .missing("version", text) }
    return Answer(200, text: row)
  }

  /// - Throws: ``Rejection``, 404, when there is no such workflow.
  func require(workflow id: String) async throws(Rejection) { _ = try await found(id) }

  func found(_ id: String) async throws(Rejection) -> StoredWorkflow {
    let workflow = try await reading { () throws(StoreMistake) in try await store.workflow(id) }
    guard let workflow else { throw .missing("workflow", id) }
    return workflow
  }

  // MARK: Writing

  func create(_ request: Request, _ receipt: ReceiptMaker?) async throws(Rejection) -> Answer {
    let body = try request.object()
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
    try Self.rest(body, of: &workflow)
    workflow.tenant = settings.tenant ?? request.headers["x-tenant-id"]
    workflow.project = settings.project ?? request.headers["x-project-id"]
    let answer = Answer(201, workflow.json)
    try await save(workflow, receipt?.record(answer))
    return answer
  }

  func edit(_ id: String, _ body: JSONObject) async throws(Rejection) -> Answer {
    try await alone(id) { () throws(Rejection) in
      var workflow = try await inUse(id)
      if let name = try Self.name(body) { workflow.name = name }
      if let graph = try Self.graph(body) { workflow.graph = graph }
      try Self.rest(body, of: &workflow)
      workflow.updatedAt = engine.clock.now()
      try await save(workflow)
      return Answer(200, workflow.json)
    }
  }

  /// Takes a workflow out of use: it is not listed or started any more.
  ///
  /// Its runs go on, and they and its versions can still be read.
  func archive(_ id: String) async throws(Rejection) -> Answer {
    try await alone(id) { () throws(Rejection) in
      var workflow = try await found(id)
      if workflow.archivedAt == nil {
        workflow.archivedAt = engine.clock.now()
        workflow.updatedAt = engine.clock.now()
        try await save(workflow)
      }
      return Answer(204, text: "")
    }
  }

  /// A workflow that may be changed.
  /// - Throws: ``Rejection``; 404 when there is none, 409 when it is archived.
  func inUse(_ id: String) async throws(Rejection) -> StoredWorkflow {
    let workflow = try await found(id)
    guard workflow.archivedAt == nil else { throw .archived(workflow) }
    return workflow
  }

  func publish(
    _ id: String,
    _ body: JSONObject,
    by caller: Caller,
    _ receipt: ReceiptMaker?
  ) async throws(Rejection) -> Answer {
    try await alone(id) { () throws(Rejection) in
      try await publishNow(id, body, by: caller, receipt)
    }
  }

  private func publishNow(
    _ id: String,
    _ body: JSONObject,
    by caller: Caller,
    _ receipt: ReceiptMaker?
  ) async throws(Rejection) -> Answer {
    var workflow = try await inUse(id)
    if let changelog = body["changelog"], !changelog.isNull, changelog.string == nil {
      throw .invalid("“changelog” must be a text, not \(changelog.typeName)")
    }
    let report = GraphValidation.check(
      workflow.graph,
      in: try await surroundings(of: workflow.graph, id)
    )
    guard report.valid else {
      throw .invalid(
        report.sentence ?? "the graph cannot be run",
        details: ["issues": .array(report.issues.map(\.json))]
      )
    }
    if let graph = report.graph { try await checkTools(in: graph, by: caller) }
    let now = engine.clock.now()
    let number = (workflow.version ?? 0) + 1
    workflow.version = number
    workflow.publishedAt = now
    workflow.updatedAt = now
    var version: JSONObject = [
      "version": .int(number), "workflow_id": .string(id), "published_at": .string(now.iso8601),
      "published_by": .string(caller.name),
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

  private func save(
    _ workflow: StoredWorkflow,
    _ answer: StoredAnswer? = nil
  ) async throws(Rejection) {
    try await reading { () throws(StoreMistake) in
      try await store.save(workflow, answer: answer)
    }
  }

  /// What a workflow may have beside name and graph.
  private static func rest(
    _ body: JSONObject,
    of workflow: inout StoredWorkflow
  ) throws(Rejection) {
    if let summary = body["description"] {
      guard summary.isNull || summary.string != nil else {
        throw .invalid("“description” must be a text, not \(summary.typeName)")
      }
      workflow.summary = summary.string
    }
    if let example = body["example_trigger_payload"] {
      // As a choice between two values, nil would be a JSON null.
      if example.isNull { workflow.example = nil } else { workflow.example = example }
    }
    // The product's own pages know it under either name; given both, the first one counts.
    for name in ["run_setup_json", "run_setup"] {
      guard let setup = body[name] else { continue }
      guard setup.isNull || setup.object != nil else {
        throw .invalid("“\(name)” must be an object, not \(setup.typeName)")
      }
      workflow.runSetup = setup.object
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
