import JSON

extension GraphValidation {
  /// The steps of a graph; nil when what came is no list of steps.
  mutating func readSteps(_ value: JSONValue) -> [Placed]? {
    begin(.graph)
    guard let items = list(value), isPublished || isFew(items) else { return nil }
    begin(.graphSchema)
    var placed: [Placed] = []
    var owner: [String: Int] = [:]
    for (index, item) in items.enumerated() {
      let path = "$.steps[\(index)]"
      var reader = StepReader(title: "step \(index + 1)", path: path)
      let step = reader.read(item)
      for issue in reader.issues where !isPublished || issue.isStructural { add(issue) }
      guard let step else { continue }
      if let first = owner[step.id] {
        report(
          "graph_schema_validation",
          "step \(index + 1) has the id “\(step.id)” of step \(first + 1)",
          "\(path).id",
          step: step.id,
          hint: "give each step an id of its own"
        )
        continue
      }
      owner[step.id] = index
      placed.append(Placed(step: step, path: path))
    }
    if !isPublished { checkInnerIDs(placed) }
    return placed
  }

  private mutating func list(_ value: JSONValue) -> [JSONValue]? {
    guard case .object(let raw) = value else {
      report("graph_schema_validation", "the graph is \(value.typeName), not an object", "$")
      return nil
    }
    guard let list = raw["steps"] else {
      report(
        "graph_schema_validation",
        "the graph has no “steps”",
        "$",
        hint: "add a list of steps"
      )
      return nil
    }
    guard let items = list.array else {
      report("graph_schema_validation", "“steps” is \(list.typeName), not a list", "$.steps")
      return nil
    }
    guard !items.isEmpty else {
      report("graph_schema_validation", "the graph has no step", "$.steps", hint: "add one")
      return nil
    }
    return items
  }

  /// Counted before anything is read of them, so that a graph of any size is refused at once.
  private mutating func isFew(_ items: [JSONValue]) -> Bool {
    let bodies = items.map { item in
      GraphStep.bodyFields.map { item[$0]?.array?.count ?? 0 }.reduce(0, +)
    }
    let count = items.count + bodies.reduce(0, +)
    guard count > Self.maximumSteps else { return true }
    report(
      "graph_schema_validation",
      "the graph has \(count) steps; at most \(Self.maximumSteps) are allowed",
      "$.steps",
      hint: "split it, and call the parts by “workflow_call”"
    )
    return false
  }

  private mutating func checkInnerIDs(_ placed: [Placed]) {
    let top = Set(placed.map(\.step.id))
    for inner in placed.flatMap(\.inner) where top.contains(inner.step.id) {
      report(
        "graph_schema_validation",
        "the inner step “\(inner.step.id)” of “\(inner.parent?.id ?? "")” has the id of a step "
          + "outside of the loop",
        "\(inner.path).id",
        step: inner.step.id,
        hint: "give it another id"
      )
    }
  }
}
