import JSON

/// Reads one step of a graph, collecting what is wrong with it.
struct StepReader {
  private(set) var issues: [GraphIssue] = []
  private let index: Int
  private var id: String?

  init(index: Int) {
    self.index = index
  }

  /// The step, or nil when it has no usable id.
  ///
  /// Other mistakes leave a step with defaults, so that
  /// the checks behind can go on.
  mutating func read(_ value: JSONValue) -> GraphStep? {
    guard case .object(let raw) = value else {
      report("step \(index + 1) is \(value.typeName), not an object", "")
      return nil
    }
    guard let id = readID(raw["id"]) else { return nil }
    self.id = id
    return GraphStep(
      id: id,
      type: StepType(text("type", raw) ?? missingType(raw)),
      name: text("name", raw).flatMap { $0.isEmpty ? nil : $0 } ?? id,
      dependsOn: dependencies(raw["depends_on"]),
      condition: condition("condition", raw),
      skipWhen: condition("skip_when", raw),
      enabled: truth("enabled", raw) ?? true,
      timeout: timeout(raw["timeout_s"]),
      retryCount: retries(raw["retry_count"]),
      raw: checkedRest(raw)
    )
  }

  private mutating func readID(_ value: JSONValue?) -> String? {
    switch value {
    case nil: report("step \(index + 1) has no “id”", "")
    case .string("")?: report("step \(index + 1) has an empty “id”", ".id")
    case .string(let id)? where id.unicodeScalars.count > GraphValidation.maximumIDLength:
      report(
        "the id of step \(index + 1) is longer than \(GraphValidation.maximumIDLength) characters",
        ".id"
      )
    case .string(let id)?:
      if id.unicodeScalars.allSatisfy({ $0 != "." && TemplateParser.isLetter($0) }) { return id }
      report(
        "the id of step \(index + 1) has a character that templates cannot name",
        ".id",
        hint: "use letters, digits, “-” and “_”"
      )
    case let other?: report("the id of step \(index + 1) is \(other.typeName), not a text", ".id")
    }
    return nil
  }

  private mutating func missingType(_ raw: JSONObject) -> String {
    if raw["type"] == nil || raw["type"] == .null {
      report("step “\(id ?? "")” has no “type”", ".type")
    }
    // Known word: the missing type is reported once, here.
    return "human_task"
  }

  private mutating func dependencies(_ value: JSONValue?) -> [String] {
    guard let value, !value.isNull else { return [] }
    guard let items = value.array else {
      wrongType("depends_on", value, "a list of ids")
      return []
    }
    var ids: [String] = []
    var seen: Set<String> = []
    for (place, item) in items.enumerated() {
      guard let id = item.string else {
        report(
          "“depends_on” of step “\(self.id ?? "")” holds \(item.typeName), not only ids",
          ".depends_on[\(place)]"
        )
        continue
      }
      if seen.insert(id).inserted { ids.append(id) }
    }
    return ids
  }

  private mutating func condition(_ field: String, _ raw: JSONObject) -> JSONValue? {
    switch raw[field] {
    case nil, .null?, .string("")?: return nil
    case .string?, .bool?: return raw[field]
    case let other?:
      wrongType(field, other, "a template or a boolean")
      return nil
    }
  }

  private mutating func timeout(_ value: JSONValue?) -> Double? {
    guard let value, !value.isNull else { return nil }
    guard case .number(let number) = value else {
      wrongType("timeout_s", value, "a number of seconds")
      return nil
    }
    guard number.double > 0, number.double <= GraphValidation.maximumTimeout else {
      report(
        "“timeout_s” of step “\(id ?? "")” is \(number.text), not above 0 and up to "
          + "\(Int(GraphValidation.maximumTimeout))",
        ".timeout_s"
      )
      return nil
    }
    return number.double
  }

  private mutating func retries(_ value: JSONValue?) -> Int {
    guard let value, !value.isNull else { return 0 }
    guard let count = value.int else {
      wrongType("retry_count", value, "a whole number")
      return 0
    }
    guard (0...GraphValidation.maximumRetries).contains(count) else {
      report(
        "“retry_count” of step “\(id ?? "")” is \(count), not 0 to \(GraphValidation.maximumRetries)",
        ".retry_count"
      )
      return 0
    }
    return count
  }

  private mutating func checkedRest(_ raw: JSONObject) -> JSONObject {
    for field in ["tool_name", "instance_id", "server_url", "task_type"] { _ = text(field, raw) }
    for field in ["tool_args", "task_payload"] {
      if let value = raw[field], !value.isNull, value.object == nil {
        wrongType(field, value, "an object")
      }
    }
    for field in ["no_auto_start", "terminal"] { _ = truth(field, raw) }
    return raw
  }

  private mutating func text(_ field: String, _ raw: JSONObject) -> String? {
    guard let value = raw[field], !value.isNull else { return nil }
    if value.string == nil { wrongType(field, value, "a text") }
    return value.string
  }

  private mutating func truth(_ field: String, _ raw: JSONObject) -> Bool? {
    guard let value = raw[field], !value.isNull else { return nil }
    if value.bool == nil { wrongType(field, value, "a boolean") }
    return value.bool
  }

  private mutating func wrongType(_ field: String, _ value: JSONValue, _ wanted: String) {
    report("“\(field)” of step “\(id ?? "")” is \(value.typeName), not \(wanted)", ".\(field)")
  }

  private mutating func report(_ message: String, _ path: String, hint: String? = nil) {
    issues.append(
      GraphIssue(
        severity: .error,
        code: "graph_schema_validation",
        stepID: id,
        message: message,
        jsonPath: "$.steps[\(index)]\(path)",
        suggestion: hint
      )
    )
  }
}
