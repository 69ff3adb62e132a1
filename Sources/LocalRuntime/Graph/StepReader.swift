import JSON

/// Reads one step of a graph, collecting what is wrong with it.
struct StepReader {
  /// More issues of one step than this are not told.
  private static let maximumIssues = 50

  var issues: [GraphIssue] = []
  /// The step in words, as long as it has no id: `step 3`.
  private let title: String
  /// Where it stands: `$.steps[2]`.
  let path: String
  private(set) var id: String?

  private let isInner: Bool

  init(title: String, path: String, isInner: Bool = false) {
    self.title = title
    self.path = path
    self.isInner = isInner
  }

  /// The step, or nil when it has no usable id.
  ///
  /// Other mistakes leave a step with defaults, so that
  /// the checks behind can go on.
  mutating func read(_ value: JSONValue) -> GraphStep? {
    guard case .object(let raw) = value else {
      report("\(title) is \(value.typeName), not an object", "")
      return nil
    }
    guard let id = readID(raw["id"]) else { return nil }
    self.id = id
    let type = StepType(text("type", raw) ?? missingType(raw))
    return GraphStep(
      id: id,
      type: type,
      name: text("name", raw).flatMap { $0.isEmpty ? nil : $0 } ?? id,
      dependsOn: ids("depends_on", raw),
      condition: condition("condition", raw),
      skipWhen: condition("skip_when", raw),
      enabled: truth("enabled", raw) ?? true,
      timeout: seconds("timeout_s", raw, upTo: longestTime),
      retryCount: retries(raw["retry_count"]),
      noAutoStart: truth("no_auto_start", raw) ?? false,
      terminal: truth("terminal", raw) ?? false,
      inputAllowlist: ids("input_allowlist", raw),
      // A loop in a loop is refused; reading its body would let a text choose how deep our stack is.
      loop: isInner ? nil : loop(type, raw),
      raw: checkedRest(raw)
    )
  }

  private mutating func readID(_ value: JSONValue?) -> String? {
    switch value {
    case nil: report("\(title) has no “id”", "")
    case .string("")?: report("\(title) has an empty “id”", ".id")
    case .string(let id)? where id.unicodeScalars.count > GraphValidation.maximumIDLength:
      report(
        "the id of \(title) is longer than \(GraphValidation.maximumIDLength) characters",
        ".id"
      )
    case .string(let id)?:
      if id.unicodeScalars.allSatisfy({ $0 != "." && TemplateParser.isLetter($0) }) { return id }
      report(
        "the id of \(title) has a character that templates cannot name",
        ".id",
        hint: "use letters, digits, “-” and “_”"
      )
    case let other?: report("the id of \(title) is \(other.typeName), not a text", ".id")
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

  private mutating func ids(_ field: String, _ raw: JSONObject) -> [String] {
    guard let value = raw[field], !value.isNull else { return [] }
    guard let items = value.array else {
      wrongType(field, value, "a list of ids")
      return []
    }
    var ids: [String] = []
    var seen: Set<String> = []
    for (place, item) in items.enumerated() {
      guard let id = item.string else {
        report(
          "“\(field)” of step “\(self.id ?? "")” holds \(item.typeName), not only ids",
          ".\(field)[\(place)]"
        )
        continue
      }
      if seen.insert(id).inserted { ids.append(id) }
    }
    return ids
  }

  mutating func condition(_ field: String, _ raw: JSONObject) -> JSONValue? {
    switch raw[field] {
    case nil, .null?, .string("")?: return nil
    case .string?, .bool?: return raw[field]
    case let other?:
      wrongType(field, other, "a template or a boolean")
      return nil
    }
  }

  private var longestTime: Double {
    isInner ? Loop.maximumTimeout : GraphValidation.maximumTimeout
  }

  /// A number of seconds above 0.
  mutating func seconds(_ field: String, _ raw: JSONObject, upTo most: Double) -> Double? {
    guard let value = raw[field], !value.isNull else { return nil }
    guard case .number(let number) = value else {
      wrongType(field, value, "a number of seconds")
      return nil
    }
    guard number.double > 0, number.double <= most else {
      report(
        "“\(field)” of step “\(id ?? "")” is \(number.text), not above 0 and up to \(Int(most))",
        ".\(field)"
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
    let texts = [
      "tool_name", "instance_id", "server_url", "task_type", "script", "model", "model_ref",
      "prompt",
      "workflow_id", "output_from",
    ]
    for field in texts { _ = text(field, raw) }
    for field in ["tool_args", "task_payload", "llm_params"] {
      if let value = raw[field], !value.isNull, value.object == nil {
        wrongType(field, value, "an object")
      }
    }
    if StepType(raw["type"]?.string ?? "") == .workflowCall, let input = raw["input"],
      !input.isNull, input.object == nil
    {
      wrongType("input", input, "an object")
    }
    checkScripts(raw)
    _ = truth("idempotent", raw)
    return raw
  }

  private mutating func checkScripts(_ raw: JSONObject) {
    for field in ["script", "while_eval_script"] {
      guard let bytes = raw[field]?.string?.utf8.count, bytes > LuaSyntax.maximumBytes else {
        continue
      }
      report(
        "“\(field)” of step “\(id ?? "")” has \(bytes) bytes; at most \(LuaSyntax.maximumBytes) are "
          + "allowed",
        ".\(field)"
      )
    }
  }

  mutating func text(_ field: String, _ raw: JSONObject) -> String? {
    guard let value = raw[field], !value.isNull else { return nil }
    if value.string == nil { wrongType(field, value, "a text") }
    return value.string
  }

  mutating func truth(_ field: String, _ raw: JSONObject) -> Bool? {
    guard let value = raw[field], !value.isNull else { return nil }
    if value.bool == nil { wrongType(field, value, "a boolean") }
    return value.bool
  }

  mutating func wrongType(_ field: String, _ value: JSONValue, _ wanted: String) {
    report("“\(field)” of step “\(id ?? "")” is \(value.typeName), not \(wanted)", ".\(field)")
  }

  mutating func report(_ message: String, _ path: String, hint: String? = nil) {
    guard issues.count < Self.maximumIssues else { return }
    issues.append(
      GraphIssue(
        severity: .error,
        code: "graph_schema_validation",
        stepID: id,
        message: message,
        jsonPath: self.path + path,
        suggestion: hint
      )
    )
  }
}
