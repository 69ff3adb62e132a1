import JSON

/// One step of a workflow graph: the fields that every type has, and the rest as it came.
struct GraphStep: Sendable, Equatable {
  /// The step's identity within its graph.
  let id: String
  let type: StepType
  /// What a person reads; the id when the graph gives no name.
  let name: String
  /// Ids of the steps that must be done before, each once.
  let dependsOn: [String]
  /// The step is skipped when this does not hold; nil when it has no condition.
  let condition: JSONValue?
  /// The step is skipped when this holds.
  let skipWhen: JSONValue?
  /// False makes a synthetic skip of the step.
  let enabled: Bool
  /// Seconds, or nil without a limit of its own.
  let timeout: Double?
  /// How often a transient failure is tried again.
  let retryCount: Int
  /// The whole step as it came.
  let raw: JSONObject

  /// The name of the MCP server an `mcp_call` goes to; nil when its tool's name decides.
  var server: String? {
    switch raw["instance_id"]?.string {
    case nil, "": nil
    case let name?: name
    }
  }

  /// The tool of an `mcp_call`.
  var toolName: String? { raw["tool_name"]?.string }

  /// The arguments of an `mcp_call`, templates in them.
  var toolArguments: JSONObject { raw["tool_args"]?.object ?? [:] }

  /// What kind of task a `human_task` is.
  var taskType: String? { raw["task_type"]?.string }

  /// What a `human_task` shows, templates in it.
  var taskPayload: JSONObject { raw["task_payload"]?.object ?? [:] }

  /// The field whose value is resolved when the step starts.
  var parametersField: String {
    switch type {
    case .humanTask: "task_payload"
    default: "tool_args"
    }
  }

  /// ``timeout`` as a duration.
  var timeoutDuration: Duration? { timeout.map { .seconds($0) } }
}
