import JSON

/// One thing that a check of a graph found.
struct GraphIssue: Error, Sendable, Equatable {
  enum Severity: String, Sendable {
    /// The graph cannot be published.
    case error
    /// It can, but the author should know.
    case warning
  }

  var severity: Severity
  /// A word for programs, such as `template_unresolved`.
  var code: String
  /// The step concerned, or nil when it is the graph.
  var stepID: String?
  /// One sentence.
  var message: String
  /// Where in the graph: `$.steps[3].tool_args.to`.
  var jsonPath: String
  /// What to do, when that can be said.
  var suggestion: String?

  /// The issue as the wire has it.
  var json: JSONValue {
    [
      "severity": .string(severity.rawValue), "code": .string(code),
      "step_id": stepID.map { .string($0) } ?? .null, "message": .string(message),
      "json_path": .string(jsonPath), "suggestion": suggestion.map { .string($0) } ?? .null,
    ]
  }

  /// Whether it is about a step as a whole, its id, its type or what it depends on.
  var isStructural: Bool {
    let field = jsonPath.split(separator: ".").last ?? ""
    return field.hasSuffix("]") && !field.hasPrefix("input_allowlist") || field == "id"
      || field == "type" || field == "depends_on"
  }
}
