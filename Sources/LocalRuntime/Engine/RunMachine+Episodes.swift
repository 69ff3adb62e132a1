import JSON
import Runs

/// Episode mode: a graph in which a step has `no_auto_start`.
///
/// Such a step begins only when the start, or a resume, names it in `trigger_steps`. What can be
/// reached from the steps that may begin is in scope; the run ends once a step in scope with
/// `terminal` is settled and all else in scope is too, and what is out of scope is skipped.
extension RunMachine {
  /// The steps in scope; nil when all are, because the run is in no episode mode.
  var inScope: Set<String>? { state.graph.isEpisode ? state.scopeOfEpisode : nil }

  /// Whether nothing is left to do.
  var isDone: Bool {
    if state.steps.values.allSatisfy(\.outcome.isSettled) { return true }
    guard let scope = inScope else { return false }
    let hasClosed = scope.contains { id in
      state.graph.step(id)?.terminal == true && state.steps[id]?.outcome.isSettled == true
    }
    return hasClosed && scope.allSatisfy { state.steps[$0]?.outcome.isSettled ?? true }
  }
}

extension RunState {
  /// The steps that can begin in episode mode: roots that begin by themselves or were named by the
  /// start, and what depends on such steps only.
  var scopeOfEpisode: Set<String> {
    var scope: Set<String> = []
    for id in graph.topologicalOrder {
      guard let step = graph.step(id) else { continue }
      let isIn =
        step.dependsOn.isEmpty
        ? !step.noAutoStart || triggerSteps[id] != nil
        : step.dependsOn.allSatisfy { scope.contains($0) }
      if isIn { scope.insert(id) }
    }
    return scope
  }

  /// What the context tells of an episode; nil in no episode mode.
  var episode: JSONValue? {
    guard graph.isEpisode else { return nil }
    let scope = scopeOfEpisode
    let granted = graph.steps.filter { $0.noAutoStart && triggerSteps[$0.id] != nil }
    let hasClosed = graph.steps.contains {
      $0.terminal && scope.contains($0.id) && steps[$0.id]?.outcome.isSettled == true
    }
    return [
      "entry_granted": Self.marks(granted.map(\.id)),
      "in_scope": Self.marks(graph.steps.map(\.id).filter { scope.contains($0) }),
      "episode_closed": .bool(hasClosed),
    ]
  }

  private static func marks(_ ids: [String]) -> JSONValue {
    .object(JSONObject(ids.map { JSONObject.Member($0, true) }))
  }
}

extension WorkflowGraph {
  /// Whether runs of the graph are in episode mode.
  var isEpisode: Bool { steps.contains(where: \.noAutoStart) }

  /// Checks what a start gives single steps.
  /// - Throws: ``Rejection``, 422, when it names no step, or one that takes nothing from a client.
  func check(triggerSteps given: JSONObject) throws(Rejection) {
    try Rejection.checkDepth(.object(given), "trigger_steps")
    for member in given.members {
      guard let step = step(member.key) else {
        let meant = Spelling.nearest(to: member.key, in: steps.map(\.id))
        let hint = meant.map { "; “\($0)” was meant?" } ?? ""
        throw .invalid("trigger_steps names “\(member.key)”, which is no step of the graph\(hint)")
      }
      guard member.value.isNull || member.value.object != nil || member.value.bool != nil else {
        throw .invalid(
          "trigger_steps.\(member.key) must be an object, not \(member.value.typeName)"
        )
      }
      if let loop = step.loop, let trouble = loop.trouble(with: member.value.object ?? [:]) {
        throw .invalid("trigger_steps.\(member.key): \(trouble)")
      }
      guard step.inputAllowlist.isEmpty || step.inputAllowlist.contains("human") else {
        let names = step.inputAllowlist.map { "“\($0)”" }.joined(separator: ", ")
        throw .invalid(
          "step “\(member.key)” takes input only from \(names); take it out of trigger_steps"
        )
      }
    }
  }
}
