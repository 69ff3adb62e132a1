import Crypto
import Foundation
import JSON

/// What a check of a graph found, and the graph when nothing forbids to run it.
struct GraphReport: Sendable, Equatable {
  /// What became of each check that was made, in the order they were made.
  var outcomes: [(check: GraphCheck, outcome: GraphCheck.Outcome)]
  /// What they found, graph first, then step by step.
  var issues: [GraphIssue]
  /// The steps' ids, each behind those it depends on; empty when there is no such order.
  var topologicalOrder: [String]
  /// The graph, when it is valid.
  var graph: WorkflowGraph?
  /// The graph as it came, by a hash that does not depend on the order of its members.
  var graphHash = ""

  /// Whether no issue is an error.
  var valid: Bool { !issues.contains { $0.severity == .error } }

  /// What keeps the graph from being run.
  var blockers: [GraphIssue] { issues.filter { $0.severity == .error } }

  /// `ready` or `blocked`.
  var readiness: String { blockers.isEmpty ? "ready" : "blocked" }

  /// The names of the checks that were made.
  var checksPerformed: [String] { outcomes.filter { $0.outcome != .blocked }.map(\.check.rawValue) }

  /// The first error's sentence, for an answer that has room for one; nil when valid.
  var sentence: String? {
    let errors = blockers
    guard let first = errors.first else { return nil }
    let hint = first.suggestion.map { "; \($0)" } ?? ""
    let rest = errors.count == 1 ? "" : " (and \(errors.count - 1) more)"
    return "\(first.message)\(hint)\(rest)"
  }

  /// The report as the wire has it, with the moment at which it was made as text.
  func json(at moment: String) -> JSONValue {
    let checks = JSONValue.array(checksPerformed.map { .string($0) })
    let results = JSONObject(
      outcomes.map { JSONObject.Member($0.check.rawValue, .string($0.outcome.rawValue)) }
    )
    return [
      "valid": .bool(valid), "checks_performed": checks, "check_results": .object(results),
      "issues": .array(issues.map(\.json)),
      "topological_order": .array(topologicalOrder.map { .string($0) }),
      "readiness": .string(readiness), "blockers": .array(blockers.map(\.json)),
      "validation_evidence": [
        "graph_hash": .string(graphHash), "validated_at": .string(moment),
        "readiness": .string(readiness), "checks_performed": checks,
      ],
    ]
  }

  /// A hash of a graph: the same for the same members, in whatever order they stand.
  static func hash(of graph: JSONValue) -> String {
    SHA256.hash(data: Data(JSONWriter.bytes(graph, .canonical)))
      .map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
  }

  static func == (left: GraphReport, right: GraphReport) -> Bool {
    left.outcomes.elementsEqual(right.outcomes, by: ==) && left.issues == right.issues
      && left.topologicalOrder == right.topologicalOrder && left.graph == right.graph
      && left.graphHash == right.graphHash
  }
}
