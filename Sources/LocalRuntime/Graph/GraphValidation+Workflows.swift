import JSON

extension GraphValidation {
  /// Whether the workflows that are called can be started, and none leads back to this one.
  mutating func checkWorkflows(_ placed: [Placed]) {
    let calls = placed.filter { $0.step.type == .workflowCall && $0.step.calledWorkflow != nil }
    guard !calls.isEmpty, surroundings.workflows.standings != nil else {
      skip(.workflowCalls)
      return
    }
    perform(.workflowCalls) { validation in
      for call in calls { validation.checkWorkflow(call) }
    }
  }

  private mutating func checkWorkflow(_ placed: Placed) {
    let step = placed.step
    let known = surroundings.workflows
    guard let called = step.calledWorkflow else { return }
    let path = "\(placed.path).workflow_id"
    if let circle = known.circle(from: called) {
      let way = circle.map { "“\($0)”" }.joined(separator: " → ")
      report(
        "workflow_call_circle",
        called == known.own
          ? "step “\(step.id)” calls its own workflow"
          : "step “\(step.id)” calls a workflow that leads back to this one: \(way)",
        path,
        step: step.id,
        hint: "a workflow cannot wait for itself"
      )
      return
    }
    let (code, what, hint): (String, String, String)
    switch known.standings?[called] {
    case .published?, nil: return
    case .missing?:
      (code, what, hint) = ("unknown", "which is not here", "create and publish it first")
    case .draft?:
      (code, what, hint) = ("unpublished", "which has no published version", "publish it first")
    case .archived?:
      (code, what, hint) = ("archived", "which is archived", "call another one")
    }
    report(
      "workflow_call_\(code)",
      "step “\(step.id)” calls the workflow “\(called)”, \(what)",
      path,
      step: step.id,
      hint: hint
    )
  }
}
