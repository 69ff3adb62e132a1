import JSON

extension StepReader {
  /// What a loop repeats; nil for a step of another type.
  mutating func loop(_ type: StepType, _ raw: JSONObject) -> Loop? {
    let kind: Loop.Kind
    let body: [GraphStep]
    switch type {
    case .forEach:
      kind = .forEach(forEach(raw))
      if let old = raw["for_each_body"], !old.isNull {
        report(
          "“for_each_body” of step “\(id ?? "")” is the older form of a body, which is not taken any "
            + "more",
          ".for_each_body",
          hint: "use for_each_body_steps"
        )
      }
      body = inner(raw, lists: ["for_each_body_steps", "for_each_body"])
    case .whileLoop:
      kind = .whileLoop(whileLoop(raw))
      body = inner(raw, lists: ["while_body_steps"])
    default: return nil
    }
    return Loop(kind: kind, body: body, bodyOrder: StepOrder.sort(body).sorted)
  }

  private mutating func forEach(_ raw: JSONObject) -> Loop.ForEach {
    Loop.ForEach(
      items: items(raw["for_each_items"]),
      maximumParallel: count("for_each_max_parallel", raw, 1...Loop.ForEach.mostParallel) ?? 10,
      itemTimeout: seconds("for_each_item_timeout_s", raw),
      policy: word("for_each_error_policy", raw) ?? .failFast
    )
  }

  /// A bare path stands for the template of it.
  private mutating func items(_ value: JSONValue?) -> JSONValue {
    switch value {
    case nil, .null?: return []
    case .string(let text)? where !text.contains("{{"):
      let path = String(text.drop { $0 == " " })
      return (try? TemplateReference(reading: path)) == nil ? .string(text) : .string("{{\(path)}}")
    case let other?: return other
    }
  }

  private mutating func whileLoop(_ raw: JSONObject) -> Loop.While {
    let field = "while_max_iterations"
    let most = count(field, raw, 1...Loop.While.mostIterations)
    if raw[field] ?? .null == .null { report("step “\(id ?? "")” has no “\(field)”", ".\(field)") }
    return Loop.While(
      mode: word("while_mode", raw) ?? .until,
      maximumIterations: most ?? 1,
      condition: condition("while_condition", raw),
      script: text("while_eval_script", raw).flatMap { $0.isEmpty ? nil : $0 },
      iterationTimeout: seconds("while_iteration_timeout_s", raw)
    )
  }

  /// The steps of the body.
  ///
  /// The older form is read for what was published in it, and refused otherwise.
  private mutating func inner(_ raw: JSONObject, lists: [String]) -> [GraphStep] {
    let field = lists.first { raw[$0].map { !$0.isNull } ?? false } ?? lists[0]
    let items: [JSONValue]
    switch raw[field] {
    case .array(let list)? where !list.isEmpty: items = list
    case .object(let step)? where field == "for_each_body": items = [.object(step)]
    case nil, .null?, .array?:
      report(
        "step “\(id ?? "")” has no step in its body",
        ".\(field)",
        hint: "add one to “\(field)”"
      )
      return []
    case let other?:
      wrongType(field, other, "a list of steps")
      return []
    }
    var steps: [GraphStep] = []
    var owner: [String: Int] = [:]
    for (index, item) in items.prefix(GraphValidation.maximumSteps).enumerated() {
      let isList = raw[field]?.array != nil
      let place = isList ? "\(path).\(field)[\(index)]" : "\(path).\(field)"
      var reader = StepReader(
        title: "inner step \(index + 1) of “\(id ?? "")”",
        path: place,
        isInner: true
      )
      let step = reader.read(item)
      issues += reader.issues
      guard let step else { continue }
      if let first = owner[step.id] {
        report(
          "inner step \(index + 1) of “\(id ?? "")” has the id “\(step.id)” of inner step "
            + "\(first + 1)",
          "\(place.dropFirst(path.count)).id",
          hint: "give each step an id of its own"
        )
        continue
      }
      owner[step.id] = index
      steps.append(step)
    }
    return steps
  }

  private mutating func count(
    _ field: String,
    _ raw: JSONObject,
    _ range: ClosedRange<Int>
  ) -> Int? {
    guard let value = raw[field], !value.isNull else { return nil }
    guard let count = value.int else {
      wrongType(field, value, "a whole number")
      return nil
    }
    guard range.contains(count) else {
      report(
        "“\(field)” of step “\(id ?? "")” is \(count), not \(range.lowerBound) to "
          + "\(range.upperBound)",
        ".\(field)"
      )
      return nil
    }
    return count
  }

  private mutating func seconds(_ field: String, _ raw: JSONObject) -> Duration? {
    seconds(field, raw, upTo: Loop.maximumTimeout).map { .seconds($0) }
  }

  /// A word of a closed list; nil when there is none.
  private mutating func word<Word: RawRepresentable<String> & CaseIterable>(
    _ field: String,
    _ raw: JSONObject
  ) -> Word? {
    guard let text = text(field, raw), !text.isEmpty else { return nil }
    if let word = Word(rawValue: text) { return word }
    let words = Word.allCases.map(\.rawValue)
    report(
      "“\(field)” of step “\(id ?? "")” is “\(text)”, not one of \(words.joined(separator: ", "))",
      ".\(field)",
      hint: Spelling.nearest(to: text, in: words).map { "“\($0)” was meant?" }
    )
    return nil
  }
}
