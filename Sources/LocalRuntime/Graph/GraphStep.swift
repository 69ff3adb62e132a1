import JSON

/// One step of a workflow graph: the fields that every type has, and the rest as it came.
struct GraphStep: Sendable, Equatable {
  /// The step's identity within its graph, or within the body of its loop.
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
  /// Whether only an entry in `trigger_steps` lets the step begin.
  let noAutoStart: Bool
  /// Whether the step, once completed, closes a run in episode mode.
  let terminal: Bool
  /// Who may hand input to the step: ids of steps, or `human`; empty when anybody may.
  let inputAllowlist: [String]
  /// What a `for_each` or a `while` repeats; nil for every other type.
  let loop: Loop?
  /// The whole step as it came.
  let raw: JSONObject

  /// Whether an attempt that was interrupted may be made again without asking.
  var isIdempotent: Bool { raw["idempotent"]?.bool == true }

  /// What is resolved when the step starts, and then read as `steps.<id>.input`; templates in it.
  ///
  /// A script has none: it reads what it likes.
  var parameters: JSONObject {
    switch type {
    case .humanTask: taskPayload
    case .mcpCall: toolArguments
    case .llmCall: raw.keeping(Self.modelFields)
    case .workflowCall: raw["input"]?.object ?? [:]
    case .forEach: ["for_each_items": items]
    default: [:]
    }
  }

  private var items: JSONValue {
    if case .forEach(let loop)? = loop?.kind { loop.items } else { [] }
  }

  private static let loopFields = [
    "for_each_max_parallel", "for_each_error_policy", "for_each_item_timeout_s", "while_mode",
    "while_max_iterations", "while_condition", "while_eval_script", "while_iteration_timeout_s",
  ]

  /// The field that ``parameters`` stand in, for sentences; empty when they are the step's own.
  var parametersField: String {
    switch type {
    case .humanTask: "task_payload"
    case .mcpCall: "tool_args"
    case .workflowCall: "input"
    default: ""
    }
  }

  /// The fields of an `llm_call` that say what is asked, and of whom.
  static let modelFields = [
    "model", "model_ref", "prompt", "system_prompt", "messages", "llm_params", "llm_credential_id",
    "llm_credential_scope",
  ]

  /// The name of the MCP server an `mcp_call` goes to; nil when its tool's name decides.
  var server: String? { filled("instance_id") }

  /// Where the MCP server of an `mcp_call` is, when the graph says that instead of its name.
  var serverAddress: String? { filled("server_url") }

  /// The tool of an `mcp_call`.
  var toolName: String? { raw["tool_name"]?.string }

  /// The arguments of an `mcp_call`, templates in them.
  var toolArguments: JSONObject { raw["tool_args"]?.object ?? [:] }

  /// What kind of task a `human_task` is.
  var taskType: String? { raw["task_type"]?.string }

  /// What a `human_task` shows, templates in it.
  var taskPayload: JSONObject { raw["task_payload"]?.object ?? [:] }

  /// The source of a `lua_script`.
  var script: String? { raw["script"]?.string }

  /// The id of the workflow that a `workflow_call` starts.
  var calledWorkflow: String? { filled("workflow_id") }

  /// The step of the called workflow whose result is the call's output; nil for its last ones.
  var outputFrom: String? { filled("output_from") }

  /// Whether a field is not there, or empty.
  func lacks(_ field: String) -> Bool {
    switch raw[field] {
    case nil, .null?, .string("")?: true
    default: false
    }
  }

  /// ``timeout`` as a duration.
  var timeoutDuration: Duration? { timeout.map { .seconds($0) } }

  /// The fields that the steps in the body of a loop stand in.
  static let bodyFields = ["for_each_body_steps", "for_each_body", "while_body_steps"]

  /// Every field that has a meaning somewhere.
  static let knownFields = Set(
    [
      "id", "type", "name", "description", "depends_on", "condition", "skip_when", "enabled",
      "timeout_s", "retry_count", "no_auto_start", "terminal", "input_allowlist", "idempotent",
      "server_url", "server_id", "instance_id", "tool_name", "tool_args", "connection_resolution",
      "task_type", "task_payload", "script", "for_each_items", "workflow_id", "input",
      "output_from",
      "wait",
      "wait_for_completion", "pass_input", "agent_id", "config", "position",
    ] + modelFields + loopFields + bodyFields
  )

  private func filled(_ field: String) -> String? {
    switch raw[field]?.string {
    case nil, "": nil
    case let text?: text
    }
  }
}

extension JSONObject {
  /// Only the members of these names, in the order of the object.
  func keeping(_ names: [String]) -> JSONObject {
    JSONObject(members.filter { names.contains($0.key) })
  }
}
