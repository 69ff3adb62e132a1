/// The checks of a graph, in the order they are made; named as the product names them.
enum GraphCheck: String, Sendable, CaseIterable {
  /// There are steps, with ids and known types.
  case graph
  /// Fields have the right types and lie within their limits.
  case graphSchema = "graph_schema"
  /// Steps depend on steps that are there, in no circle.
  case dependencies
  /// Each type of step has what it needs.
  case stepConfig = "step_config"
  /// Templates can be read, and read what is there by then.
  case templates
  /// Scripts compile.
  case luaSyntax = "lua_syntax"
  /// Tool calls name a server, or can be told one.
  case mcpBindings = "mcp_bindings"
  /// The servers and tools named are configured here.
  case mcpResolve = "mcp_resolve"
  /// The workflows called are published, and call nobody in a circle.
  case workflowCalls = "workflow_calls"
  /// Steps that are switched off are named.
  case disabledSteps = "disabled_steps"
  /// Something closes a run in episode mode.
  case episodes
  /// The schema of the input can be read, and the input given keeps to it.
  case inputSchema = "input_schema"

  /// What became of a check.
  enum Outcome: String, Sendable {
    case passed
    case failed
    /// It could not be made, because an earlier one failed.
    case blocked
    /// The graph has nothing that it looks at.
    case notApplicable = "not_applicable"
  }
}
