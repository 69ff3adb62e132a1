import JSON

extension GraphValidation {
  /// Whether templates can be read, and read only steps that are done before.
  mutating func checkTemplates(_ placed: [Placed]) {
    let steps = Dictionary(placed.map { ($0.step.id, $0.step) }) { first, _ in first }
    for placed in placed {
      let step = placed.step
      var found: [Template.Found] = []
      if let parameters = step.raw[step.parametersField],
        step.type == .humanTask || step.type == .mcpCall
      {
        collect(placed) { () throws(TemplateMistake) in
          try Template.references(in: parameters, step: step.id, place: step.parametersField)
        }.map { found += $0 }
      }
      for (field, condition) in [("condition", step.condition), ("skip_when", step.skipWhen)] {
        guard let condition else { continue }
        collect(placed) { () throws(TemplateMistake) in
          try Template.references(inCondition: condition, step: step.id, place: field)
        }.map { found += $0 }
      }
      checkReferences(found, placed, steps)
    }
  }

  private mutating func collect(
    _ placed: Placed,
    _ find: () throws(TemplateMistake) -> [Template.Found]
  ) -> [Template.Found]? {
    do throws(TemplateMistake) {
      return try find()
    } catch {
      report(
        "template_syntax",
        error.sentence,
        "\(placed.path)\(Self.jsonPath(error.place))",
        step: placed.step.id
      )
      return nil
    }
  }

  private mutating func checkReferences(
    _ found: [Template.Found],
    _ placed: Placed,
    _ steps: [String: GraphStep]
  ) {
    let id = placed.step.id
    var upstream: Set<String>?
    for found in found {
      guard let target = found.reference.stepID else { continue }
      let path = "\(placed.path)\(Self.jsonPath(found.place))"
      guard steps[target] != nil else {
        report(
          "template_unresolved",
          "step “\(id)”, \(found.place): “\(found.reference.text)” names “\(target)”, "
            + "which is no step of the graph",
          path,
          step: id,
          hint: Spelling.nearest(to: target, in: steps.keys).map { "“\($0)” was meant?" }
        )
        continue
      }
      let before = upstream ?? Self.upstream(of: id, steps)
      upstream = before
      if target == id || !before.contains(target) {
        let hint = target == id ? nil : "add “\(target)” to its “depends_on”"
        report(
          "template_missing_dependency",
          "step “\(id)”, \(found.place): “\(found.reference.text)” reads a step that is not done "
            + "before",
          path,
          step: id,
          hint: hint
        )
      }
    }
  }

  private static func upstream(of id: String, _ steps: [String: GraphStep]) -> Set<String> {
    var reached: Set<String> = []
    var open = steps[id]?.dependsOn ?? []
    while let next = open.popLast() {
      if reached.insert(next).inserted { open += steps[next]?.dependsOn ?? [] }
    }
    return reached
  }

  /// `tool_args.to.0` as `.tool_args.to[0]`.
  private static func jsonPath(_ place: String) -> String {
    place.split(separator: ".").map { Int($0) == nil ? ".\($0)" : "[\($0)]" }.joined()
  }
}
