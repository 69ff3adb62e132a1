internal import JSON
package import Runs

/// What a yes and a no to a task lead to, told from the graph; what cannot be known is left out.
package struct Consequence: Sendable, Equatable {
  /// Steps that run only on a yes.
  package var onYes: [Graph.Step] = []
  /// Steps that run only on a no.
  package var onNo: [Graph.Step] = []
  /// Steps that run either way: they ask what the answer was, or nothing of theirs hangs on it.
  package var either: [Graph.Step] = []
  /// Steps that run on a yes, and that no condition holds back on a no: the documentation says both
  /// that a rejected task stops its branch and that what follows must read the answer.
  package var ungated: [Graph.Step] = []

  /// Whether nothing is known, or nothing follows.
  package var isEmpty: Bool {
    onYes.isEmpty && onNo.isEmpty && either.isEmpty && ungated.isEmpty
  }

  private enum Fate { case yes, no, either, ungated, unknown }

  /// What follows the task of a step.
  ///
  /// A condition is understood when it is about nothing but this task's `approved`. A step without
  /// one shares the fate of the steps it waits for when they agree.
  package init(of task: StepID, in graph: Graph) {
    var fates: [StepID: Fate] = [:]
    // Steps may stand in any order in a graph: look until nothing new is learnt.
    var learnt = true
    while learnt {
      learnt = false
      for step in graph.steps where fates[step.id] == nil {
        let downstream = step.dependsOn.filter { $0 == task || fates[$0] != nil }
        guard !downstream.isEmpty,
          step.dependsOn.allSatisfy({ id in
            id == task || fates[id] != nil || !Consequence.follows(id, task, graph)
          })
        else { continue }
        fates[step.id] = Consequence.fate(of: step, task: task, after: downstream, fates)
        learnt = true
      }
    }
    for step in graph.steps where !step.isOff {
      switch fates[step.id] {
      case .yes: onYes.append(step)
      case .no: onNo.append(step)
      case .either: either.append(step)
      case .ungated: ungated.append(step)
      case .unknown, nil: break
      }
    }
  }

  private static func fate(
    of step: Graph.Step,
    task: StepID,
    after upstream: [StepID],
    _ fates: [StepID: Fate]
  ) -> Fate {
    let inherited = Set(upstream.map { $0 == task ? Fate.ungated : fates[$0] ?? .unknown })
    // What is switched off is skipped before its conditions are looked at, and holds nothing up; what
    // follows it follows the task itself.
    if step.isOff {
      return upstream.contains(task) || inherited == [.ungated] ? .ungated : .either
    }
    // Nobody knows whether anything will ever begin it.
    if step.source["no_auto_start"]?.bool == true { return .unknown }
    var verdicts: Set<Fate> = []
    if let condition = step.condition { verdicts.insert(verdict(condition, task)) }
    if let skip = step.skipWhen {
      switch verdict(skip, task) {
      case .yes: verdicts.insert(.no)
      case .no: verdicts.insert(.yes)
      default: verdicts.insert(.unknown)
      }
    }
    if let verdict = verdicts.first { return verdicts.count == 1 ? verdict : .unknown }
    if upstream.contains(task) {
      if step.reads(answerOf: task) { return .either }
      if inherited.isSubset(of: [.ungated, .either]) { return .ungated }
    }
    return inherited.count == 1 ? inherited.first ?? .unknown : .unknown
  }

  /// What `{{steps.ID.result.approved}}` in one of its usual forms says of a yes.
  private static func verdict(_ condition: String, _ task: StepID) -> Fate {
    let bare = String(condition.filter { !$0.isWhitespace && $0 != "{" && $0 != "}" })
    let names = [task.text, task.text.replacing("-", with: "_")]
    for name in names {
      let fact = "steps.\(name).result.approved"
      switch bare {
      case fact, "\(fact)==true", "\(fact)!=false": return .yes
      case "!\(fact)", "not\(fact)", "\(fact)==false", "\(fact)!=true": return .no
      default: continue
      }
    }
    return .unknown
  }

  /// Whether a step waits for another, directly or not.
  private static func follows(_ id: StepID, _ task: StepID, _ graph: Graph) -> Bool {
    var open = [id]
    var met: Set<StepID> = []
    while let next = open.popLast() {
      guard met.insert(next).inserted else { continue }
      let above = graph[next]?.dependsOn ?? []
      if above.contains(task) { return true }
      open += above
    }
    return false
  }
}

extension Graph.Step {
  /// Whether it reads what the answer to a task was, so that it knows of a no.
  fileprivate func reads(answerOf task: StepID) -> Bool {
    if type == "lua_script" { return source["script"]?.string?.contains("approved") ?? false }
    let text = JSONWriter.text(.object(source))
    for name in [task.text, task.text.replacing("-", with: "_")] {
      let parts = text.split(separator: "steps.\(name).result", omittingEmptySubsequences: false)
      // The whole result, or `approved` of it.
      let isRead = parts.dropFirst().contains { $0.first != "." || $0.hasPrefix(".approved") }
      if isRead { return true }
    }
    return false
  }
}
