import JSON

/// Checks a workflow graph as it came over the wire.
///
/// Compiles only, runs nothing.
struct GraphValidation {
  /// More steps than this are refused, those in loops included.
  static let maximumSteps = 1000
  /// Longer ids are refused.
  static let maximumIDLength = 128
  /// Seven days, in seconds.
  static let maximumTimeout = 604_800.0
  /// More issues than this are not told: the first will do.
  static let maximumIssues = 500
  /// For more issues than this no words are compared: it takes time, and the author is not helped.
  private static let maximumGuesses = 40
  /// More retries than this are refused.
  static let maximumRetries = 10

  /// Checks a graph.
  static func check(
    _ graph: JSONValue,
    in surroundings: GraphSurroundings,
    request: ValidationRequest = ValidationRequest()
  ) -> GraphReport {
    var validation = GraphValidation(surroundings, request)
    return validation.run(graph)
  }

  /// Checks a graph against the configured servers only.
  static func check(_ graph: JSONValue, knownServers: KnownServers) -> GraphReport {
    check(graph, in: GraphSurroundings(servers: knownServers))
  }

  /// Reads a graph that was checked when it was published.
  ///
  /// Only what no run could do without is asked for: ids, types, and dependencies without a circle. A
  /// field that was fine when it was published and is not any more has its default.
  static func read(published graph: JSONValue) throws(GraphIssue) -> WorkflowGraph {
    var validation = GraphValidation(GraphSurroundings(), ValidationRequest())
    validation.isPublished = true
    let placed = validation.readSteps(graph)
    var order: [String] = []
    if let placed {
      validation.begin(.dependencies)
      order = validation.checkOrder(placed)
    }
    let issue = validation.issues.first { $0.severity == .error }
    guard issue == nil, let placed, let raw = graph.object else {
      throw issue
        ?? GraphIssue(
          severity: .error,
          code: "graph_schema_validation",
          stepID: nil,
          message: "the graph cannot be read",
          jsonPath: "$",
          suggestion: nil
        )
    }
    return WorkflowGraph(steps: placed.map(\.step), topologicalOrder: order, raw: raw)
  }

  let surroundings: GraphSurroundings
  let request: ValidationRequest
  private(set) var issues: [GraphIssue] = []
  /// What the graph says about its input, as far as it can be read.
  private(set) var inputSchema: InputSchema?
  private var guesses = 0
  /// Whether the graph passed the checks of its own time.
  private(set) var isPublished = false
  /// What became of the checks so far; the last is being made.
  private var outcomes: [(check: GraphCheck, outcome: GraphCheck.Outcome)] = []

  private init(_ surroundings: GraphSurroundings, _ request: ValidationRequest) {
    self.surroundings = surroundings
    self.request = request
  }

  private mutating func run(_ value: JSONValue) -> GraphReport {
    inputSchema = value["input_schema"].flatMap { InputSchema.read($0).schema }
    var report = GraphReport(outcomes: [], issues: [], topologicalOrder: [])
    report.graphHash = GraphReport.hash(of: value)
    let placed = readSteps(value)
    if let placed {
      perform(.dependencies) { $0.checkOrder(placed) }.map { report.topologicalOrder = $0 }
      let all = placed + placed.flatMap(\.inner)
      perform(.stepConfig) { validation in
        for placed in all { validation.checkType(placed) }
        validation.checkGates(placed)
      }
      perform(.templates) { $0.checkTemplates(placed) }
      checkScripts(all)
      checkServers(all)
      checkWorkflows(all)
      checkDisabled(all)
      checkEpisodes(placed)
      checkInput(value["input_schema"])
    } else {
      let made = Set(outcomes.map(\.check))
      for check in GraphCheck.allCases where !made.contains(check) && request.wants(check) {
        outcomes.append((check, .blocked))
      }
    }
    report.outcomes = outcomes
    report.issues = issues
    guard report.valid, let placed, let raw = value.object else { return report }
    // A request that leaves checks out is not told that the graph can be run.
    let order = StepOrder.sort(placed.map(\.step)).sorted
    report.graph = WorkflowGraph(steps: placed.map(\.step), topologicalOrder: order, raw: raw)
    return report
  }

  // MARK: Checks

  /// Makes a check, when it is wanted.
  @discardableResult mutating func perform<Value>(
    _ check: GraphCheck,
    _ work: (inout GraphValidation) -> Value
  ) -> Value? {
    guard request.wants(check) else { return nil }
    begin(check)
    return work(&self)
  }

  /// A check begins; what is reported from now on belongs to it.
  mutating func begin(_ check: GraphCheck) { outcomes.append((check, .passed)) }

  /// A check finds nothing to look at.
  mutating func skip(_ check: GraphCheck) {
    if request.wants(check) { outcomes.append((check, .notApplicable)) }
  }

  // MARK: Reports

  /// Reports something that forbids to run the graph.
  mutating func report(
    _ code: String,
    _ message: String,
    _ path: String,
    step: String? = nil,
    hint: String? = nil
  ) {
    add(.error, code, message, path, step: step, hint: hint)
  }

  /// Reports something that the author should know.
  mutating func warn(
    _ code: String,
    _ message: String,
    _ path: String,
    step: String? = nil,
    hint: String? = nil
  ) {
    add(.warning, code, message, path, step: step, hint: hint)
  }

  private mutating func add(
    _ severity: GraphIssue.Severity,
    _ code: String,
    _ message: String,
    _ path: String,
    step: String?,
    hint: String?
  ) {
    add(
      GraphIssue(
        severity: severity,
        code: code,
        stepID: step,
        message: message,
        jsonPath: path,
        suggestion: hint
      )
    )
  }

  /// Reports an issue, when it is wanted; beyond ``maximumIssues`` it counts, but is not told.
  ///
  /// An error is told even then as long as a warning can make room for it: a graph without an error
  /// among its issues is valid.
  mutating func add(_ issue: GraphIssue) {
    guard request.wants(step: issue.stepID) else { return }
    if issues.count == Self.maximumIssues, issue.severity == .error,
      let warning = issues.lastIndex(where: { $0.severity == .warning })
    {
      issues.remove(at: warning)
    }
    if issues.count < Self.maximumIssues { issues.append(issue) }
    if issue.severity == .error, !outcomes.isEmpty {
      outcomes[outcomes.count - 1].outcome = .failed
    }
  }

  /// What to do about an issue that is reported next, unless that was asked for often.
  mutating func hint(_ find: () -> String?) -> String? {
    guesses += 1
    return guesses <= Self.maximumGuesses ? find() : nil
  }

  /// Words in quotes, in order.
  static func listed(_ words: some Sequence<String>) -> String {
    words.map { "“\($0)”" }.joined(separator: ", ")
  }
}
