import JSON
import Runs

/// `workflow_call`: a step whose work is another run.
extension RunMachine {
  /// Has the run started that a step calls, or fails the step when runs nest too deep.
  mutating func callChild(at place: StepPlace) {
    guard let call = childCall(at: place) else { return }
    guard call.parent.depth <= rules.maximumDepth else {
      failStep(
        place,
        StepFailure(
          code: "UPSTREAM_ERROR",
          message: "workflows that call workflows nest deeper than \(rules.maximumDepth); "
            + "look for one that calls itself"
        )
      )
      return
    }
    change.actions.append(.call(call))
  }

  /// The run that the present attempt of a step calls; nil when it calls none.
  func childCall(at place: StepPlace) -> ChildCall? {
    guard let step = state.step(at: place), let workflow = step.calledWorkflow,
      let known = state[place]
    else { return nil }
    return ChildCall(
      run: ChildCall.id(parent: state.run.id, place: place, attempt: known.attempts),
      workflow: WorkflowID(workflow),
      input: .object(childInput(step, known.input?.object ?? [:])),
      parent: ParentRun(
        run: state.run.id,
        workflow: state.run.workflow,
        place: place,
        depth: (ParentRun(of: state.run)?.depth ?? 0) + 1,
        waits: step.waitsForChild
      ),
      waits: step.waitsForChild,
      outputFrom: step.outputFrom,
      attempt: known.attempts,
      mayCallTools: state.mayCallTools
    )
  }

  private func childInput(_ step: GraphStep, _ own: JSONObject) -> JSONObject {
    guard step.passesInput, let input = state.run.input?.object else { return own }
    return input.merging(own)
  }

  /// Has the runs drain that this draining one waits for.
  mutating func drainChildren(by name: String) {
    for place in state.inFlight where state[place]?.outcome == .running {
      guard state.step(at: place)?.type == .workflowCall, let call = childCall(at: place) else {
        continue
      }
      change.actions.append(.stopChild(call, .graceful, by: name))
    }
  }
}

extension GraphStep {
  /// Whether a `workflow_call` waits for the end of what it starts.
  var waitsForChild: Bool { raw["wait"]?.bool ?? raw["wait_for_completion"]?.bool ?? true }

  /// Whether a `workflow_call` hands on the input of its own run, beneath its own `input`.
  var passesInput: Bool { raw["pass_input"]?.bool ?? false }
}
