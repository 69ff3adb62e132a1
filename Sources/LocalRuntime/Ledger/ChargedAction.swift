/// What is charged for, by the names that charges, sums and prices share.
enum ChargedAction: String, Sendable, CaseIterable {
  /// A step that is begun.
  case step = "workflow.step.execute"
  /// A call of a tool.
  case toolCall = "mcp.tool.call"
  /// What a model read and wrote in one answer; the two have prices of their own.
  case tokens = "llm.tokens"

  /// What charges called it before version 7 of the tables.
  var formerName: String {
    switch self {
    case .step: "step"
    case .toolCall: "tool_call"
    case .tokens: "llm_tokens"
    }
  }
}
