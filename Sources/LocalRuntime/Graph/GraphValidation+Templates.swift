import JSON

extension GraphValidation {
  /// Whether templates can be read, and read only what is there by then.
  mutating func checkTemplates(_ placed: [Placed]) {
    var reading = TemplateReading(placed, input(of: placed))
    reading.outputs = request.outputs
    for placed in placed {
      checkValues(placed, reading.scope(of: placed), reading)
      for inner in placed.inner { checkValues(inner, reading.scope(of: inner), reading) }
      guard case .whileLoop(let loop)? = placed.step.loop?.kind, let condition = loop.condition
      else { continue }
      check(condition, "while_condition", placed, reading.scope(ofTestOf: placed), reading)
    }
  }

  /// The input that the request tries, with the defaults of the graph; nil when it tries none.
  private func input(of placed: [Placed]) -> JSONObject? {
    guard let payload = request.payload else { return nil }
    guard let schema = inputSchema else { return payload }
    return schema.accept(payload).filled
  }

  private mutating func checkValues(
    _ placed: Placed,
    _ scope: TemplateReading.Scope,
    _ reading: TemplateReading
  ) {
    let step = placed.step
    let parameters = JSONValue.object(step.parameters)
    let found = collect(placed) { () throws(TemplateMistake) in
      try Template.expressions(in: parameters, step: step.id, place: step.parametersField)
    }
    for found in found ?? [] {
      checkReferences(found.expression.references, found.place, placed, scope, reading)
      guard !isGiven(found.place, step) else { continue }
      checkValue(found.expression, found.place, placed, reading)
    }
    for (field, condition) in [("condition", step.condition), ("skip_when", step.skipWhen)] {
      if let condition { check(condition, field, placed, scope, reading) }
    }
    checkItems(placed, reading)
  }

  /// Whether the start gives a step what stands at a place of its parameters.
  private func isGiven(_ place: String, _ step: GraphStep) -> Bool {
    guard step.type.takesParameters || step.type == .forEach else { return false }
    return request.stepPayloads[step.id]?.members.contains { member in
      let field = Template.join(step.parametersField, member.key)
      return place == field || place.hasPrefix("\(field).")
    } ?? false
  }

  private mutating func check(
    _ condition: JSONValue,
    _ field: String,
    _ placed: Placed,
    _ scope: TemplateReading.Scope,
    _ reading: TemplateReading
  ) {
    let found = collect(placed) { () throws(TemplateMistake) in
      try Template.references(inCondition: condition, step: placed.step.id, place: field)
    }
    checkReferences((found ?? []).map(\.reference), field, placed, scope, reading)
  }

  private mutating func collect<Found>(
    _ placed: Placed,
    _ find: () throws(TemplateMistake) -> [Found]
  ) -> [Found]? {
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
    _ references: [TemplateReference],
    _ place: String,
    _ placed: Placed,
    _ scope: TemplateReading.Scope,
    _ reading: TemplateReading
  ) {
    let id = placed.step.id
    for reference in references {
      guard let trouble = reading.trouble(reference, scope) else { continue }
      let issue = GraphIssue(
        severity: trouble.isWarning ? .warning : .error,
        code: trouble.code,
        stepID: id,
        message: "step “\(id)”, \(place): “\(reference.text)” \(trouble.what)",
        jsonPath: "\(placed.path)\(Self.jsonPath(place))",
        suggestion: hint(trouble.hint)
      )
      add(issue)
    }
  }

  /// Whether a template will have a value, as far as the request says what there is.
  private mutating func checkValue(
    _ expression: TemplateExpression,
    _ place: String,
    _ placed: Placed,
    _ reading: TemplateReading
  ) {
    let id = placed.step.id
    // What a loop is given, the steps in its body read.
    let overlay = request.stepPayloads[placed.parent?.id ?? id]
    guard let reference = reading.unresolved(expression, overlay: overlay) else { return }
    let what =
      reference.path[0] == "input"
      ? "is not in the input given" : "is not in the output given for “\(reference.path[1])”"
    report(
      "template_unresolved",
      "step “\(id)”, \(place): “\(reference.text)” \(what)",
      "\(placed.path)\(Self.jsonPath(place))",
      step: id,
      hint: "give it, or add “| omit” or a default behind “|”"
    )
  }

  /// Whether a `for_each` gets a list, as far as that can be told without running anything.
  private mutating func checkItems(_ placed: Placed, _ reading: TemplateReading) {
    guard case .forEach(let loop)? = placed.step.loop?.kind else { return }
    let id = placed.step.id
    let path = "\(placed.path).for_each_items"
    var items = request.stepPayloads[id]?[LoopField.items] ?? loop.items
    if request.stepPayloads[id]?[LoopField.items] == nil, case .string(let text) = items {
      guard text.contains("{{") else {
        warn(
          "for_each_items_invalid",
          "“for_each_items” of step “\(id)” is a text, which makes a list of one",
          path,
          step: id,
          hint: "write a list, or a template that gives one"
        )
        return
      }
      let overlay = request.stepPayloads[id]
      guard let value = reading.value(of: text, overlay: overlay) else { return }
      items = value
    }
    do throws(LoopMistake) {
      _ = try Loop.ForEach.elements(of: items)
    } catch {
      report("for_each_items_invalid", "step “\(id)”: \(error.message)", path, step: id)
    }
  }

  /// `tool_args.to.0` as `.tool_args.to[0]`.
  private static func jsonPath(_ place: String) -> String {
    place.split(separator: ".").map { Int($0) == nil ? ".\($0)" : "[\($0)]" }.joined()
  }
}
