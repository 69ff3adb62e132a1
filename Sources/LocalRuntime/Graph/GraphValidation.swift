import JSON

/// Checks a workflow graph as it came over the wire.
///
/// Compiles only, runs nothing.
struct GraphValidation {
  /// More steps than this are refused.
  static let maximumSteps = 1000
  /// Longer ids are refused.
  static let maximumIDLength = 128
  /// Seven days, in seconds.
  static let maximumTimeout = 604_800.0
  /// More retries than this are refused.
  static let maximumRetries = 10

  /// Checks a graph.
  static func check(_ graph: JSONValue, knownServers: KnownServers) -> GraphReport {
    var validation = GraphValidation(knownServers: knownServers)
    return validation.run(graph)
  }

  let knownServers: KnownServers
  private var issues: [GraphIssue] = []

  private init(knownServers: KnownServers) {
    self.knownServers = knownServers
  }

  private mutating func run(_ value: JSONValue) -> GraphReport {
    var checks = ["graph_schema_validation"]
    guard let placed = readSteps(value), let raw = value.object else {
      return GraphReport(
        checksPerformed: checks,
        issues: issues,
        topologicalOrder: [],
        graph: nil
      )
    }
    checks.append("dependencies")
    checkDependencies(placed)
    checks.append("cycles")
    let order = StepOrder.sort(placed.map(\.step))
    if !order.cycle.isEmpty { reportCycle(order.cycle, placed) }
    checks.append("step_types")
    for placed in placed { checkType(placed) }
    checks.append("templates")
    checkTemplates(placed)
    if knownServers.names != nil {
      checks.append("mcp_servers")
      for placed in placed where placed.step.type == .mcpCall { checkServer(placed) }
    }
    var report = GraphReport(
      checksPerformed: checks,
      issues: issues,
      topologicalOrder: order.sorted,
      graph: nil
    )
    if report.valid {
      report.graph = WorkflowGraph(
        steps: placed.map(\.step),
        topologicalOrder: order.sorted,
        raw: raw
      )
    }
    return report
  }

  /// A step that could be read, and its place in the list.
  struct Placed {
    let step: GraphStep
    let index: Int
    var path: String { "$.steps[\(index)]" }
  }

  // MARK: Reading

  private mutating func readSteps(_ value: JSONValue) -> [Placed]? {
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
    guard items.count <= Self.maximumSteps else {
      report(
        "graph_schema_validation",
        "the graph has \(items.count) steps; at most \(Self.maximumSteps) are allowed",
        "$.steps"
      )
      return nil
    }
    checkInputSchema(raw["input_schema"])
    var placed: [Placed] = []
    var owner: [String: Int] = [:]
    for (index, item) in items.enumerated() {
      var reader = StepReader(index: index)
      let step = reader.read(item)
      issues += reader.issues
      guard let step else { continue }
      if let first = owner[step.id] {
        report(
          "graph_schema_validation",
          "step \(index + 1) has the id “\(step.id)” of step \(first + 1)",
          "$.steps[\(index)].id",
          step: step.id,
          hint: "give each step an id of its own"
        )
        continue
      }
      owner[step.id] = index
      placed.append(Placed(step: step, index: index))
    }
    return placed
  }

  private mutating func checkInputSchema(_ schema: JSONValue?) {
    switch schema {
    case nil, .null?, .object?, .array?: break
    case let other?:
      report(
        "graph_schema_validation",
        "“input_schema” is \(other.typeName), not an object or a list",
        "$.input_schema"
      )
    }
  }

  // MARK: Order

  private mutating func checkDependencies(_ placed: [Placed]) {
    let ids = Set(placed.map(\.step.id))
    for placed in placed {
      let written = placed.step.raw["depends_on"]?.array?.compactMap(\.string) ?? []
      for (index, id) in written.enumerated() where !ids.contains(id) {
        report(
          "dependency_unknown",
          "step “\(placed.step.id)” depends on “\(id)”, which is no step of the graph",
          "\(placed.path).depends_on[\(index)]",
          step: placed.step.id,
          hint: Spelling.nearest(to: id, in: ids).map { "“\($0)” was meant?" }
        )
      }
    }
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

  // MARK: Types

  private mutating func checkType(_ placed: Placed) {
    let step = placed.step
    let path = "\(placed.path).type"
    let executed = StepType.executed.map { "“\($0)”" }.joined(separator: " and ")
    switch step.type {
    case .humanTask: break
    case .mcpCall: checkCall(placed)
    case .later(let word):
      report(
        "step_type_not_executed",
        "step “\(step.id)” is of type “\(word)”, which this version does not execute",
        path,
        step: step.id,
        hint: "this version executes \(executed)"
      )
    case .removed(let word):
      report(
        "step_type_removed",
        "step “\(step.id)” is of type “\(word)”, which no longer exists",
        path,
        step: step.id,
        hint: "use “depends_on” and “condition” instead"
      )
    case .unknown(let word):
      let meant = Spelling.nearest(to: word, in: StepType.words)
      report(
        "step_type_unknown",
        "step “\(step.id)” is of the unknown type “\(word)”",
        path,
        step: step.id,
        hint: meant.map { "“\($0)” was meant?" } ?? "this version executes \(executed)"
      )
    }
    if step.raw["no_auto_start"]?.bool == true {
      report(
        "step_field_not_executed",
        "step “\(step.id)” has “no_auto_start”, which this version does not execute",
        "\(placed.path).no_auto_start",
        step: step.id,
        hint: "use a “human_task” before the step"
      )
    }
    if let list = step.raw["input_allowlist"], !list.isNull {
      warn(
        "step_field_not_executed",
        "step “\(step.id)” has “input_allowlist”, which this version does not apply",
        "\(placed.path).input_allowlist",
        step: step.id
      )
    }
  }

  private mutating func checkCall(_ placed: Placed) {
    let step = placed.step
    if step.toolName?.isEmpty ?? true {
      report(
        "mcp_tool_name_missing",
        "step “\(step.id)” does not say which tool it calls",
        "\(placed.path).tool_name",
        step: step.id,
        hint: "add “tool_name”"
      )
    }
    for field in ["tool_name", "instance_id"] where step.raw[field]?.string?.contains("{{") == true
    {
      report(
        "template_not_allowed",
        "“\(field)” of step “\(step.id)” may not hold a template",
        "\(placed.path).\(field)",
        step: step.id,
        hint: "write the name itself"
      )
    }
    if step.server == nil, let address = step.raw["server_url"]?.string, !address.isEmpty {
      report(
        "mcp_server_url_not_executed",
        "step “\(step.id)” calls a server by “server_url”, which this version does not execute",
        "\(placed.path).server_url",
        step: step.id,
        hint: "name a server of runtime.toml in “instance_id”"
      )
    }
  }

  // MARK: Reports

  mutating func report(
    _ code: String,
    _ message: String,
    _ path: String,
    step: String? = nil,
    hint: String? = nil
  ) {
    issues.append(
      GraphIssue(
        severity: .error,
        code: code,
        stepID: step,
        message: message,
        jsonPath: path,
        suggestion: hint
      )
    )
  }

  mutating func warn(
    _ code: String,
    _ message: String,
    _ path: String,
    step: String? = nil,
    hint: String? = nil
  ) {
    issues.append(
      GraphIssue(
        severity: .warning,
        code: code,
        stepID: step,
        message: message,
        jsonPath: path,
        suggestion: hint
      )
    )
  }
}
