import JSON
import Runs
import Synchronization
import Testing

@testable import LocalRuntime

/// A run without an engine: what happens to it is said by hand, and what an engine would do for it
/// stands by.
struct Bench {
  private(set) var state: RunState
  private(set) var now = Timestamp(milliseconds: 1_700_000_000_000)
  private(set) var events: [RunEvent] = []
  /// Attempts that an engine would be making, by place.
  private(set) var flights: [String: StepCall] = [:]
  /// Called runs that an engine would be waiting for, by place.
  private(set) var calls: [String: ChildCall] = [:]
  /// Called runs that an engine was told to stop.
  private(set) var stops: [String] = []
  /// Each attempt that was ever begun, as `place/attempt`.
  private(set) var begun: [String] = []
  /// What the store would hold of its steps.
  private(set) var rows: [String: JSONValue] = [:]
  /// The most events that one change ever had.
  private(set) var mostAtOnce = 0
  private let rules: RunMachine.Rules
  private let names = Names()

  init(
    _ steps: String,
    input: JSONValue = [:],
    triggerSteps: JSONObject = [:],
    excluded: Set<String> = [],
    rules: RunMachine.Rules = RunMachine.Rules()
  ) throws {
    let graph = try WorkflowGraph(JSONValue(parsing: "{\"steps\":[\(steps)]}"))
    try self.init(graph, input: input, triggerSteps: triggerSteps, excluded: excluded, rules: rules)
    try perform { machine throws(Rejection) in machine.begin(by: "maria") }
  }

  init(
    _ graph: WorkflowGraph,
    input: JSONValue = [:],
    triggerSteps: JSONObject = [:],
    excluded: Set<String> = [],
    rules: RunMachine.Rules = RunMachine.Rules()
  ) throws {
    var run = Run(id: RunID("run"), workflow: WorkflowID("flow"), status: .pending)
    run.input = input
    run.credits = Credits(microcredits: 0)
    state = RunState(run: run, graph: graph, excluded: excluded, triggerSteps: triggerSteps)
    self.rules = rules
  }

  // MARK: What happens

  mutating func perform(
    _ transition: (inout RunMachine) throws(Rejection) -> Void
  ) throws(Rejection) {
    let names = names
    var machine = RunMachine(state, rules: rules, now: now, newID: { names.next() })
    try transition(&machine)
    let (next, change) = machine.finish()
    state = next
    events += change.events
    mostAtOnce = max(mostAtOnce, change.events.count)
    for (place, step) in change.steps { rows[place.text] = StepRow.json(step) }
    for action in change.actions { carryOut(action) }
    if change.actions.contains(.goOn) {
      try perform { machine throws(Rejection) in machine.tick() }
    }
  }

  private mutating func carryOut(_ action: RunAction) {
    switch action {
    case .execute(let call):
      begun.append("\(call.place)/\(call.attempt)")
      flights[call.place] = call
    case .cancel(let place):
      flights[place.text] = nil
      calls[place.text] = nil
    case .call(let call):
      calls[call.parent.place.text] = call
    case .goOn, .callOff: break
    case .stopChild(let call, let mode, _):
      stops.append("\(call.parent.place.text) \(mode.rawValue)")
    }
  }

  mutating func succeed(_ place: String, _ result: JSONValue = [:]) throws {
    let attempt = try take(place)
    try perform { machine throws(Rejection) in
      machine.succeed(StepPlace(text: place), attempt: attempt, result: result)
    }
  }

  mutating func fail(
    _ place: String,
    _ message: String = "no",
    code: String = "MCP_TOOL_FAILED",
    isTransient: Bool = false
  ) throws {
    let attempt = try take(place)
    let failure = StepFailure(code: code, message: message, isTransient: isTransient)
    try perform { machine throws(Rejection) in
      machine.fail(StepPlace(text: place), attempt: attempt, failure)
    }
  }

  private mutating func take(_ place: String) throws -> Int {
    if let call = flights.removeValue(forKey: place) { return call.attempt }
    let call = calls.removeValue(forKey: place)
    return try #require(call, "nothing is in flight at \(place)").attempt
  }

  /// The time of an attempt begins to run.
  mutating func takeOff(_ place: String) throws {
    let attempt = try #require(flights[place]).attempt
    try perform { machine throws(Rejection) in
      machine.takeOff(StepPlace(text: place), attempt: attempt)
    }
  }

  mutating func tell(_ command: RunCommand) throws {
    try perform { machine throws(Rejection) in try machine.command(command, by: "alex") }
  }

  mutating func answer(_ approved: Bool, fields: JSONObject = [:]) throws {
    let task = try #require(state.tasks.values.first { $0.isPending })
    try perform { machine throws(Rejection) in
      try machine.answer(task.id.text, approved: approved, fields: fields, by: "alex")
    }
  }

  /// An attempt says on its way that it called its tool.
  mutating func called(_ place: String, attempt: Int = 1) throws {
    let note = StepNote(type: "tool_called", data: ["server": "demo", "tool": "t"])
    try perform { machine throws(Rejection) in
      machine.note(StepPlace(text: place), attempt: attempt, note)
    }
  }

  /// Time passes, and what is due then happens.
  mutating func pass(_ duration: Duration) throws {
    let end = now + duration
    while let wake = state.nextWake, wake <= end {
      now = max(now, wake)
      try perform { machine throws(Rejection) in machine.tick() }
    }
    now = end
  }

  /// Time passes and nothing is looked at, as when the runtime is off.
  mutating func sleep(_ duration: Duration) { now = now + duration }

  /// The run as a runtime finds it that opens its folder after a crash.
  var kept: RunState {
    RunState(
      run: state.run,
      graph: state.graph,
      steps: rows.mapValues(StepRow.read),
      tasks: state.tasks,
      excluded: state.excluded,
      triggerSteps: state.triggerSteps
    )
  }

  /// The runtime is killed and started again.
  mutating func crash() throws {
    state = kept
    flights = [:]
    calls = [:]
    try perform { machine throws(Rejection) in machine.reopen() }
  }

  // MARK: What has become of it

  var status: RunStatus { state.run.status }

  func outcome(_ step: String) -> StepOutcome? { state.steps[step]?.outcome }

  func result(_ step: String) -> JSONValue? { state.steps[step]?.result }

  /// The events as `type step`, inner ones with their round.
  var log: [String] {
    events.map { event in
      let round = (event.data["index"] ?? event.data["iteration"])?.int.map { " \($0)" } ?? ""
      return event.type + (event.step.map { " \($0.text)" } ?? "") + round
    }
  }

  /// The newest event of a type and a step.
  func event(_ type: String, _ step: String? = nil) -> RunEvent? {
    events.last { $0.type == type && $0.step?.text == step }
  }
}

/// Names that were never given before.
private final class Names: Sendable {
  private let count = Mutex(0)

  func next() -> String {
    count.withLock { count in
      count += 1
      return "name-\(count)"
    }
  }
}

/// A `for_each` over `input.items` as JSON.
func each(
  _ id: String,
  after: [String] = [],
  _ body: [String],
  _ more: String = ""
) -> String {
  let rest = more.isEmpty ? "" : ",\(more)"
  return call(
    id,
    after: after,
    #""type":"for_each","for_each_items":"{{input.items}}","for_each_body_steps":["#
      + "\(body.joined(separator: ","))]\(rest)"
  )
}

/// A `while` as JSON.
func repeated(
  _ id: String,
  after: [String] = [],
  _ body: [String],
  _ more: String
) -> String {
  call(
    id,
    after: after,
    #""type":"while","while_body_steps":["# + "\(body.joined(separator: ","))],\(more)"
  )
}

/// A script as JSON.
func script(_ id: String, after: [String] = [], _ more: String = "") -> String {
  let rest = more.isEmpty ? "" : ",\(more)"
  return call(id, after: after, #""type":"lua_script","script":"return {}""# + rest)
}

/// A step that calls a workflow.
func child(_ id: String, after: [String] = [], _ more: String = "") -> String {
  let rest = more.isEmpty ? "" : ",\(more)"
  return call(id, after: after, #""type":"workflow_call","workflow_id":"other""# + rest)
}
