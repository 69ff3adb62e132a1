import JSON
import Runs

/// What a start needs besides something to start: the right to call tools, and credits.
extension Engine {
  /// - Throws: ``Rejection``, 403, when a graph calls tools itself.
  ///
  /// Here the very version is looked at that is going to run; the runs that it calls come here, too.
  static func checkTools(
    _ graph: WorkflowGraph,
    of workflow: StoredWorkflow
  ) throws(Rejection) {
    guard let step = graph.firstToolCall else { return }
    throw .forbidden(
      "step “\(step.id)” of “\(workflow.name)” calls a tool, and whoever started the run lacks the "
        + "scope mcp:execute",
      details: ["scope": "mcp:execute"]
    )
  }

  /// - Throws: ``Rejection``, 422, when what is left of the budget pays no step.
  func checkBudget() throws(Rejection) {
    guard let left = ledger.available, left.microcredits == 0 || left < prices.step else { return }
    let why =
      left.microcredits == 0
      ? "the budget is spent"
      : "a step costs \(prices.step.text) credits, and \(left.text) are left of the budget"
    throw Rejection(
      422,
      "INSUFFICIENT_CREDITS",
      "\(why), so no run can start; raise “budget” in runtime.toml",
      details: ["total_remaining_microcredits": .int(Int(left.microcredits))]
    )
  }
}

extension WorkflowGraph {
  /// The first step that calls a tool, be it in a loop; nil when none does.
  var firstToolCall: GraphStep? {
    steps.lazy.flatMap { [$0] + ($0.loop?.body ?? []) }.first { $0.type == .mcpCall }
  }

  /// What the graph itself gives each of its runs, beneath what they are started with.
  var params: JSONObject { raw["params"]?.object ?? [:] }
}
