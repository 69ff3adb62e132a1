/// Puts steps behind those they depend on.
enum StepOrder {
  /// The sorted ids, ties in the given order, or the ids of one cycle.
  ///
  /// Unknown dependencies are
  /// left aside.
  static func sort(_ steps: [GraphStep]) -> (sorted: [String], cycle: [String]) {
    let index = Dictionary(steps.enumerated().map { ($1.id, $0) }) { first, _ in first }
    var waits = steps.map { step in step.dependsOn.count { index[$0] != nil } }
    var dependents: [[Int]] = Array(repeating: [], count: steps.count)
    for (at, step) in steps.enumerated() {
      for id in step.dependsOn {
        if let before = index[id] { dependents[before].append(at) }
      }
    }
    var sorted: [String] = []
    var ready = steps.indices.filter { waits[$0] == 0 }
    var next = 0
    while next < ready.count {
      let at = ready[next]
      next += 1
      sorted.append(steps[at].id)
      for dependent in dependents[at] {
        waits[dependent] -= 1
        if waits[dependent] == 0 { ready.append(dependent) }
      }
    }
    if sorted.count == steps.count { return (sorted, []) }
    return ([], cycle(steps, waits, index))
  }

  /// One cycle among the steps that still wait, in the order in which they would run.
  private static func cycle(
    _ steps: [GraphStep],
    _ waits: [Int],
    _ index: [String: Int]
  ) -> [String] {
    // From a step that waits, a step backwards always leads to another that waits; the first one
    // met twice closes a cycle.
    guard var at = steps.indices.first(where: { waits[$0] > 0 }) else { return [] }
    var way: [Int] = []
    var seen: [Int: Int] = [:]
    while seen[at] == nil {
      seen[at] = way.count
      way.append(at)
      let before = steps[at].dependsOn.lazy.compactMap { index[$0] }.first { waits[$0] > 0 }
      guard let before else { return [] }
      at = before
    }
    return way[(seen[at] ?? 0)...].reversed().map { steps[$0].id }
  }
}
