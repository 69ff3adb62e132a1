import JSON

extension GraphValidation {
  /// Whether steps depend on steps that are there, in no circle, at the top and in each loop.
  /// - Returns: The ids of the steps at the top, each behind those it depends on.
  mutating func checkOrder(_ placed: [Placed]) -> [String] {
    let inner = Dictionary(
      placed.flatMap(\.inner).map { ($0.step.id, $0.parent?.id ?? "") }
    ) { first, _ in first }
    checkDependencies(placed, within: nil, inner)
    let order = sort(placed)
    for loop in placed where loop.step.loop != nil {
      checkDependencies(loop.inner, within: loop.step, inner)
      _ = sort(loop.inner)
    }
    return order
  }

  private mutating func checkDependencies(
    _ placed: [Placed],
    within loop: GraphStep?,
    _ inner: [String: String]
  ) {
    let ids = Set(placed.map(\.step.id))
    for placed in placed {
      let written = placed.step.raw["depends_on"]?.array?.compactMap(\.string) ?? []
      for (index, id) in written.enumerated() where !ids.contains(id) {
        let what = loop.map { "no step in the body of “\($0.id)”" } ?? "no step of the graph"
        report(
          "dependency_unknown",
          "step “\(placed.step.id)” depends on “\(id)”, which is \(what)",
          "\(placed.path).depends_on[\(index)]",
          step: placed.step.id,
          hint: hint { Self.way(id, ids, loop, inner) }
        )
      }
    }
  }

  private static func way(
    _ id: String,
    _ ids: Set<String>,
    _ loop: GraphStep?,
    _ inner: [String: String]
  ) -> String? {
    if let loop { return "steps outside belong into the “depends_on” of “\(loop.id)”" }
    if let owner = inner[id] { return "it is within “\(owner)”; depend on that" }
    return Spelling.nearest(to: id, in: ids).map { "“\($0)” was meant?" }
  }

  private mutating func sort(_ placed: [Placed]) -> [String] {
    let order = StepOrder.sort(placed.map(\.step))
    if !order.cycle.isEmpty { reportCycle(order.cycle, placed) }
    return order.sorted
  }

  private mutating func reportCycle(_ cycle: [String], _ placed: [Placed]) {
    let first = placed.first { $0.step.id == cycle.first }
    // Long cycles are named by their ends: the sentence stays one line.
    var names = (cycle + [cycle[0]]).map { "“\($0)”" }
    if names.count > 12 { names.replaceSubrange(6..<(names.count - 5), with: ["…"]) }
    let way = names.joined(separator: " → ")
    report(
      "cycle",
      "the steps wait for each other in a circle: \(way)",
      "\(first?.path ?? "$.steps").depends_on",
      step: cycle[0],
      hint: "take one of these out of the “depends_on” of the next"
    )
  }
}
