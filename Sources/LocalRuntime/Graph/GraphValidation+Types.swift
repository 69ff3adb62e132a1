import JSON

extension GraphValidation {
  /// Whether a step's type is executed here, and the step has what its type needs.
  mutating func checkType(_ placed: Placed) {
    if let parent = placed.parent { checkInLoop(placed, parent) }
    checkSpelling(placed)
    switch placed.step.type {
    case .humanTask: break
    case .mcpCall: checkCall(placed)
    case .llmCall: checkModel(placed)
    case .luaScript: checkScriptFields(placed)
    case .forEach, .whileLoop: if placed.parent == nil { checkLoop(placed) }
    case .workflowCall: checkWorkflowCall(placed)
    case .refused, .removed, .unknown: checkWord(placed)
    }
  }

  private mutating func checkWord(_ placed: Placed) {
    let step = placed.step
    let path = "\(placed.path).type"
    let executed = Self.listed(placed.parent == nil ? StepType.executed : StepType.inLoops)
    switch step.type {
    case .refused(let word):
      report(
        "step_type_not_executed",
        "step “\(step.id)” is of type “\(word)”, which this runtime does not execute",
        path,
        step: step.id,
        hint: "it executes \(executed)"
      )
    case .removed(let word):
      report(
        "step_type_removed",
        "step “\(step.id)” is of type “\(word)”, which no longer exists",
        path,
        step: step.id,
        hint: "use “depends_on” and “condition” instead"
      )
    default:
      let meant = hint { Spelling.nearest(to: step.type.word, in: StepType.words) }
      report(
        "step_type_unknown",
        "step “\(step.id)” is of the unknown type “\(step.type.word)”",
        path,
        step: step.id,
        hint: meant.map { "“\($0)” was meant?" } ?? "this runtime executes \(executed)"
      )
    }
  }

  /// What may not stand in the body of a loop.
  private mutating func checkInLoop(_ placed: Placed, _ loop: GraphStep) {
    let step = placed.step
    switch step.type {
    case .forEach, .whileLoop:
      report(
        "nested_loop",
        "step “\(step.id)” is a loop within the loop “\(loop.id)”",
        "\(placed.path).type",
        step: step.id,
        hint: "put it into a workflow of its own, and call that by “workflow_call”"
      )
    case .humanTask:
      report(
        "step_type_not_in_loop",
        "step “\(step.id)” asks a person within the loop “\(loop.id)”",
        "\(placed.path).type",
        step: step.id,
        hint: "inner steps are of type \(Self.listed(StepType.inLoops))"
      )
    default: break
    }
    for field in ["no_auto_start", "terminal"] where step.raw[field]?.bool == true {
      report(
        "step_field_not_in_loop",
        "step “\(step.id)” has “\(field)”, which has no meaning within the loop “\(loop.id)”",
        "\(placed.path).\(field)",
        step: step.id,
        hint: "set it on “\(loop.id)”"
      )
    }
  }

  /// Names a field that looks like a misspelled one; unknown fields are let through otherwise.
  private mutating func checkSpelling(_ placed: Placed) {
    let known = GraphStep.knownFields
    for field in placed.step.raw.keys.prefix(200) where !known.contains(field) {
      guard field.count > 4, let meant = hint({ Spelling.nearest(to: field, in: known) }) else {
        continue
      }
      warn(
        "graph_schema_validation",
        "step “\(placed.step.id)” has the unknown field “\(field)”",
        "\(placed.path).\(field)",
        step: placed.step.id,
        hint: "“\(meant)” was meant?"
      )
    }
  }

  private mutating func checkCall(_ placed: Placed) {
    let step = placed.step
    if step.lacks("tool_name") {
      report(
        "mcp_tool_name_missing",
        "step “\(step.id)” does not say which tool it calls",
        "\(placed.path).tool_name",
        step: step.id,
        hint: "add “tool_name”"
      )
    }
    forbidTemplates(["tool_name", "instance_id", "server_url"], placed)
  }

  private mutating func forbidTemplates(_ fields: [String], _ placed: Placed) {
    let step = placed.step
    for field in fields where step.raw[field]?.string?.contains("{{") == true {
      report(
        "template_not_allowed",
        "“\(field)” of step “\(step.id)” may not hold a template",
        "\(placed.path).\(field)",
        step: step.id,
        hint: "write the name itself"
      )
    }
  }

  private mutating func checkModel(_ placed: Placed) {
    let step = placed.step
    if step.lacks("model"), step.lacks("model_ref") {
      missing("model", "says neither “model” nor “model_ref”", placed, hint: "add “model”")
    }
    if step.lacks("prompt"), step.lacks("messages") {
      missing("prompt", "has no “prompt”", placed, hint: "say what the model is asked")
    }
  }

  private mutating func checkScriptFields(_ placed: Placed) {
    let step = placed.step
    if step.lacks("script") {
      missing("script", "has no “script”", placed, hint: "add one that returns a table")
    }
    if let seconds = step.timeout, seconds > 30 {
      warn(
        "lua_timeout_capped",
        "step “\(step.id)” may take \(Self.text(seconds)) seconds, but no script takes longer than 30",
        "\(placed.path).timeout_s",
        step: step.id
      )
    }
  }

  private mutating func checkWorkflowCall(_ placed: Placed) {
    if placed.step.lacks("workflow_id") {
      missing(
        "workflow_id",
        "does not say which workflow it calls",
        placed,
        hint: "add “workflow_id”"
      )
    }
    forbidTemplates(["workflow_id", "output_from"], placed)
  }

  private mutating func checkLoop(_ placed: Placed) {
    let step = placed.step
    switch step.loop?.kind {
    case .forEach?:
      guard step.lacks("for_each_items") else { return }
      missing(
        "for_each_items",
        "has no “for_each_items”",
        placed,
        hint: "add a list, or a template that gives one"
      )
    case .whileLoop(let loop)? where loop.condition == nil && loop.script == nil:
      missing(
        "while_condition",
        "has neither “while_condition” nor “while_eval_script”",
        placed,
        hint: "say when it ends"
      )
    default: break
    }
  }

  /// Reports that a step lacks what its type needs.
  mutating func missing(_ field: String, _ what: String, _ placed: Placed, hint: String) {
    report(
      "step_config",
      "step “\(placed.step.id)” \(what)",
      "\(placed.path).\(field)",
      step: placed.step.id,
      hint: hint
    )
  }

  private static func text(_ seconds: Double) -> String {
    seconds.rounded() == seconds ? "\(Int(seconds))" : "\(seconds)"
  }
}
