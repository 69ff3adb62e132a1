import JSON
import Runs

/// What a rejected task holds up.
///
/// A step behind one is not begun unless it is aware of the answer; what depends on nothing but such
/// steps is not begun either.
extension RunMachine {
  /// The rejected task for which a step is not begun; nil when nothing of the kind holds it up.
  func rejection(before step: GraphStep) -> String? {
    let hasRejected = state.tasks.values.contains { $0.result?["approved"] == false }
    guard hasRejected else { return nil }
    var step = step
    while true {
      let gates = state.graph.gates(of: step.id)
      if let task = step.unaware(ofAnswerTo: gates.filter(isRejected)) { return task.id }
      guard let first = gates.first, gates.allSatisfy({ isLeftOut($0.id) }) else { return nil }
      // Of what depends on nothing but skipped steps, one that a rejection skipped gives the reason.
      step = gates.first { state.steps[$0.id]?.outcome == .skipped(.blocked) } ?? first
      guard state.steps[step.id]?.outcome == .skipped(.blocked) else { return nil }
    }
  }

  private func isRejected(_ step: GraphStep) -> Bool {
    guard step.type == .humanTask, let known = state.steps[step.id] else { return false }
    return known.outcome == .success && known.result?["approved"] == false
  }

  private func isLeftOut(_ step: String) -> Bool {
    switch state.steps[step]?.outcome {
    case .skipped(.blocked), .skipped(.condition), .skipped(.outOfScope): true
    default: false
    }
  }
}
