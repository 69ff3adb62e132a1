package import JSON
package import Runs

/// Workflows and graphs on the wire.
///
/// Shapes: "Workflows" and "Step types" of the documentation.
package enum WorkflowWire {
  /// Reads a page of workflows.
  /// - Throws: ``JSONMistake`` when the body is no list of workflows.
  package static func page(_ body: [UInt8]) throws(JSONMistake) -> Page<Workflow> {
    try ListReader.page(body, under: "workflows") {
      (bytes, at) throws(JSONMistake) in
      let start = at
      let value = try JSONScanner.value(bytes, &at, depth: 1)
      guard let workflow = read(value) else {
        throw JSONMistake(.unexpected, at: start, wanted: "a workflow with an id")
      }
      return workflow
    }
  }

  /// Reads one workflow.
  /// - Throws: ``JSONMistake`` when the body is no workflow.
  package static func one(_ body: [UInt8]) throws(JSONMistake) -> Workflow {
    try ListReader.one(body, under: "workflow") {
      (bytes, at) throws(JSONMistake) in
      let start = at
      guard let workflow = read(try JSONScanner.value(bytes, &at)) else {
        throw JSONMistake(.unexpected, at: start, wanted: "a workflow with an id")
      }
      return workflow
    }
  }

  private static func read(_ value: JSONValue) -> Workflow? {
    guard let id = (value["id"] ?? value["workflow_id"])?.identity else { return nil }
    var workflow = Workflow(id: WorkflowID(id), name: value["name"]?.string ?? id)
    workflow.summary = value["description"]?.string
    workflow.status = value["status"]?.string
    let version = value["version"] ?? value["published_version"] ?? value["latest_version"]
    workflow.version = version?.int
    workflow.publishedAt = (value["published_at"]?.string).flatMap(Timestamp.init(iso8601:))
    workflow.graph = (value["graph"] ?? value["definition"]).flatMap(graph)
    return workflow
  }

  /// The published graph of each version that the body lists, by version.
  /// - Throws: ``JSONMistake`` when the body is no list of versions.
  package static func versions(_ body: [UInt8]) throws(JSONMistake) -> [Int: Graph] {
    try publications(body).reduce(into: [:]) { $0[$1.version] = $1.graph }
  }

  /// The published versions that the body lists.
  /// - Throws: ``JSONMistake`` when the body is no list of versions.
  package static func publications(_ body: [UInt8]) throws(JSONMistake) -> [Publication] {
    try ListReader.page(body, under: "versions") {
      (bytes, at) throws(JSONMistake) in
      let start = at
      let value = try JSONScanner.value(bytes, &at, depth: 1)
      guard let version = value["version"]?.int else {
        throw JSONMistake(.unexpected, at: start, wanted: "a version with a number")
      }
      return Publication(
        version: version,
        publishedAt: (value["published_at"]?.string).flatMap(Timestamp.init(iso8601:)),
        graph: value["graph_snapshot"].flatMap(graph)
      )
    }.items
  }

  /// The input in a run's context; nil where it names none.
  /// - Throws: ``JSONMistake`` when the body is no context.
  package static func input(ofContext body: [UInt8]) throws(JSONMistake) -> JSONObject? {
    let value = try JSONValue(parsing: body)
    return (value["input"] ?? value["inputs"] ?? value["context"]?["input"])?.object
  }

  /// Reads a graph; steps without an id are left out, since nothing can refer to them.
  package static func graph(_ value: JSONValue) -> Graph? {
    guard let items = value["steps"]?.array else { return nil }
    let steps = items.compactMap { item -> Graph.Step? in
      guard let source = item.object, let id = item["id"]?.identity else { return nil }
      return Graph.Step(
        id: StepID(id),
        type: item["type"]?.string ?? "unknown",
        name: item["name"]?.string.flatMap { $0.isEmpty ? nil : $0 },
        dependsOn: (item["depends_on"]?.array ?? []).compactMap { $0.identity.map { StepID($0) } },
        condition: item["condition"]?.string,
        skipWhen: item["skip_when"]?.string,
        source: source
      )
    }
    return Graph(steps: steps, inputSchema: value["input_schema"])
  }

  /// A workflow as the shell prints it.
  package static func json(_ workflow: Workflow) -> JSONValue {
    var object: JSONObject = [
      "id": .string(workflow.id.text), "name": .string(workflow.name),
    ]
    object["description"] = workflow.summary.map { .string($0) }
    object["status"] = workflow.status.map { .string($0) }
    object["version"] = workflow.version.map { .int($0) }
    object["published_at"] = RunWire.moment(workflow.publishedAt)
    return .object(object)
  }
}
