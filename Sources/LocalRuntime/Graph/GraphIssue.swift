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
}

/// What a check of a graph found, and the graph when nothing forbids to run it.
struct GraphReport: Sendable, Equatable {
  /// The names of the checks, in the order they were made.
  var checksPerformed: [String]
  /// What they found, graph first, then step by step.
  var issues: [GraphIssue]
  /// The steps' ids, each behind those it depends on; empty when there is no such order.
  var topologicalOrder: [String]
  /// The graph, when it is valid.
  var graph: WorkflowGraph?

  /// Whether no issue is an error.
  var valid: Bool { !issues.contains { $0.severity == .error } }

  /// `ready` or `blocked`.
  var readiness: String { valid ? "ready" : "blocked" }

  /// The first error's sentence, for an answer that has room for one; nil when valid.
  var sentence: String? {
    let errors = issues.filter { $0.severity == .error }
    guard let first = errors.first else { return nil }
    let hint = first.suggestion.map { "; \($0)" } ?? ""
    let rest = errors.count == 1 ? "" : " (and \(errors.count - 1) more)"
    return "\(first.message)\(hint)\(rest)"
  }

  /// The report as the wire has it.
  var json: JSONValue {
    [
      "valid": .bool(valid), "checks_performed": .array(checksPerformed.map { .string($0) }),
      "issues": .array(issues.map(\.json)),
      "topological_order": .array(topologicalOrder.map { .string($0) }),
      "readiness": .string(readiness),
    ]
  }
}
