import JSON

extension Engine {
  /// The input that a run of a graph gets: what was given over the graph's own `params`, with the
  /// defaults of its schema.
  ///
  /// Every start goes through here, whoever asks for it: a command, a trigger, a webhook, a step.
  /// - Throws: ``Rejection``, 422, with every problem by its path.
  static func input(_ own: JSONValue, for graph: WorkflowGraph) throws(Rejection) -> JSONValue {
    let given = own.object.map { .object(graph.params.merging($0)) } ?? own
    try Rejection.checkDepth(given, "the input")
    guard let written = graph.inputSchema, !written.isNull,
      let schema = InputSchema.read(written).schema
    else { return given }
    let (filled, problems) = schema.accept(given.object ?? [:])
    guard let first = problems.first else { return .object(filled) }
    let rest = problems.count == 1 ? "" : " (and \(problems.count - 1) more)"
    throw .invalid(
      "the input is not what the workflow takes: \(first.sentence)\(rest)",
      details: ["problems": .array(problems.map(\.json))]
    )
  }
}
