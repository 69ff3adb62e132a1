import JSON
import Runs

/// Decides what becomes of a run.
///
/// A state and something that happened give the next state, the events, and what is to be done. Pure;
/// the time is an argument.
struct RunMachine: Sendable {
  /// Bounds and prices.
  struct Rules: Sendable, Equatable {
    /// More steps of a run than this do not execute at once; tasks that wait, called workflows and
    /// the steps of loops, which have a bound of their own, do not count.
    var maximumInFlight = 8
    var prices = Prices()
    /// What graphs may call the servers that have prices.
    var servers = KnownServers.unasked
    /// The wait before the first retry; each further one doubles it, up to a minute.
    var firstBackoff = Duration.seconds(1)
    /// Longer results fail their step.
    var maximumResult = 1 << 20
    /// Longer results of a loop fail it: they hold what all its rounds made.
    var maximumLoopResult = 16 << 20
    /// Longer values are cut out of events; the context still has them whole.
    var maximumEventValue = 256 << 10
    /// Values that nest deeper are refused: what is kept must be readable again, inside of other values.
    static let maximumLevels = 100
    /// How long after its time-out an attempt is ended that its executor did not end by itself.
    var grace = Duration.seconds(1)
    /// How long a run may drain.
    var maximumDrain = Duration.seconds(900)
    /// Workflows that call workflows do not nest deeper than this.
    var maximumDepth = 8
  }

  /// The name that stands for the runtime itself where a change has no person behind it.
  static let itself = "runtime"

  /// What the run is now; only the machine's own parts write it.
  var state: RunState
  /// What has changed so far.
  var change = RunChange()
  /// What may still be spent, less than nothing when more was spent than there was; nil without a
  /// limit.
  private(set) var funds: Credits?
  let rules: Rules
  let now: Timestamp
  let newID: @Sendable () -> String

  /// A machine at a moment.
  init(
    _ state: RunState,
    rules: Rules,
    funds: Credits? = nil,
    now: Timestamp,
    newID: @escaping @Sendable () -> String
  ) {
    self.state = state
    self.rules = rules
    self.funds = funds
    self.now = now
    self.newID = newID
  }

  /// The state and the change after all that was applied.
  consuming func finish() -> (state: RunState, change: RunChange) {
    if !change.isEmpty {
      state.run.updatedAt = now
      state.refresh()
    }
    return (state, change)
  }

  // MARK: What happens

  /// The run begins.
  mutating func begin(by name: String) {
    state.run.startedAt = now
    var data: JSONObject = [:]
    data["trigger"] = state.run.trigger.map { .string($0) }
    data["by"] = .string(name)
    data["version"] = state.run.version.map { .int($0) }
    data["input"] = bounded(state.run.input ?? [:], &data, "input")
    if !state.triggerSteps.isEmpty {
      data["trigger_steps"] = .array(state.triggerSteps.keys.map { .string($0) })
    }
    emit("run_started", data: data)
    setStatus(.running, by: name)
    plan()
  }

  /// An attempt is about to be made, after it has waited for room: its time runs from now on.
  mutating func takeOff(_ place: StepPlace, attempt: Int) {
    guard isCurrent(place, attempt), let timeout = state.step(at: place)?.timeoutDuration else {
      return
    }
    // Not written: a restart ends every attempt anyway.
    state[place]?.deadline = now + timeout + rules.grace
  }

  /// Something happened within an attempt.
  ///
  /// Of one that is over only a call that had left is kept: a stop, or another step's failure, may have
  /// come before the word of it, but not before the call. It is told, and costs what it costs, even
  /// when the run has ended.
  mutating func note(_ place: StepPlace, attempt: Int, _ note: StepNote) {
    let isCall = note.type == "tool_called"
    if isCurrent(place, attempt) {
      if isCall { release(place) }
    } else {
      guard isCall, state.step(at: place) != nil else { return }
    }
    var data = note.data
    for member in note.data.members {
      data[member.key] = bounded(member.value, &data, member.key)
    }
    emit(note.type, step: place, data: data)
    charge(place, for: note)
  }

  /// An attempt ended well.
  ///
  /// One that was cancelled meanwhile changes nothing.
  mutating func succeed(_ place: StepPlace, attempt: Int, result: JSONValue) {
    guard isCurrent(place, attempt) else { return }
    if place.id.isEmpty, let round = place.round {
      conclude(round, result)
      plan()
      return
    }
    if let step = state.step(at: place) { charge(place, ofType: step.type, for: result) }
    if let excess = rules.excess(of: result, upTo: rules.maximumResult) {
      failStep(place, StepFailure(code: failureCode(of: place), message: "the result \(excess)"))
    } else {
      complete(place, result: result)
      if let round = place.round { boundLoop(round) }
    }
    plan()
  }

  /// An attempt failed: it is tried again, or it fails its step.
  mutating func fail(_ place: StepPlace, attempt: Int, _ failure: StepFailure) {
    guard isCurrent(place, attempt) else { return }
    if state.run.status == .draining, failure.code == Self.stopped {
      // The called workflow drained because this run does.
      interrupt(place, .stopped, Self.stop(by: state.run.statusBy ?? Self.itself))
      plan()
      return
    }
    let retries = state.step(at: place)?.retryCount ?? 0
    let goesOn = state.run.status == .running || state.run.status == .paused
    guard failure.isTransient, attempt <= retries, goesOn else {
      failStep(place, failure)
      plan()
      return
    }
    let doubled = min(rules.firstBackoff * (1 << min(attempt - 1, 6)), .seconds(60))
    retry(place, at: now + min(max(doubled, failure.retryAfter ?? .zero), .seconds(600)), failure)
    plan()
  }

  // MARK: Parts of it

  /// Writes an event; of a step in a loop with its round.
  mutating func emit(_ type: String, step place: StepPlace? = nil, data: JSONObject) {
    let sequence = (state.run.lastEvent ?? 0) + 1
    state.run.lastEvent = sequence
    var data = data
    if let round = place?.round {
      let isWhile = state.graph.step(round.loop)?.type == .whileLoop
      data[isWhile ? "iteration" : "index"] = .int(round.index)
    }
    change.events.append(
      RunEvent(
        type: type,
        id: "\(state.run.id.text)-\(sequence)",
        sequence: sequence,
        step: place.map { StepID($0.eventID) },
        at: now,
        data: data
      )
    )
  }

  /// Changes a step or a round and marks it as changed.
  mutating func update(_ place: StepPlace, _ edit: (inout StepState) -> Void) {
    guard var changed = state[place] else { return }
    edit(&changed)
    state[place] = changed
    change.steps[place] = changed
    // An attempt that is over makes no call any more.
    if changed.outcome != .running { release(place) }
  }

  /// Changes the run and says who did.
  mutating func setStatus(_ status: RunStatus, by name: String, because reason: JSONObject = [:]) {
    var data: JSONObject = [
      "from": .string(state.run.status.word), "to": .string(status.word), "by": .string(name),
    ]
    if status == .failed || status == .stopped {
      data["failure_code"] = (state.run.failure?.code).map { .string($0) }
    }
    state.run.status = status
    state.run.statusBy = name
    state.run.statusAt = now
    if status.isTerminal { state.run.endedAt = now }
    emit("state_changed", data: data.merging(reason))
  }

  /// Ends a step well.
  mutating func complete(_ place: StepPlace, result: JSONValue) {
    update(place) { [now] in
      $0.outcome = .success
      $0.result = result
      $0.endedAt = now
      $0.deadline = nil
    }
    var data: JSONObject = [:]
    data["result"] = bounded(result, &data, "result")
    data["duration_ms"] = duration(of: place)
    emit("step_completed", step: place, data: data)
  }

  /// How long a step took that ends now, its tries and waits included; nil when it never began.
  func duration(of place: StepPlace) -> JSONValue? {
    guard let start = state[place]?.startedAt else { return nil }
    return .int(Int(max(0, now.milliseconds - start.milliseconds)))
  }

  /// Has a step tried again, not before a moment.
  mutating func retry(_ place: StepPlace, at moment: Timestamp, _ failure: StepFailure) {
    update(place) {
      $0.outcome = .pending
      $0.notBefore = moment
      $0.deadline = nil
    }
    emit(
      "step_retried",
      step: place,
      data: [
        "attempt": .int(state[place]?.attempts ?? 1), "code": .string(failure.code),
        "error": .string(failure.message), "next_at": .string(moment.iso8601),
      ]
    )
  }

  /// Adds to what the run cost; what is owed is for something that has happened, paid or not.
  mutating func add(_ price: Credits, isOwed: Bool) {
    state.run.credits = (state.run.credits ?? Credits(microcredits: 0)) + price
    if isOwed { change.owed = change.owed + price } else { change.wanted = change.wanted + price }
    lower(price)
  }

  /// Lowers what this change may still spend.
  mutating func lower(_ price: Credits) {
    funds = funds.map { $0 + Credits(microcredits: -price.microcredits) }
  }

  /// The code of a failure that lies in the step's own parameters or result.
  func failureCode(of place: StepPlace) -> String {
    switch state.step(at: place)?.type {
    case .humanTask: "HUMAN_TASK_FAILED"
    case .mcpCall: "MCP_TOOL_FAILED"
    case .llmCall: "LLM_REQUEST_FAILED"
    case .luaScript: "LUA_SCRIPT_FAILED"
    // What these have is the graph's own: nobody else is to blame.
    case .forEach, .whileLoop, .workflowCall: "VALIDATION_ERROR"
    default: "UPSTREAM_ERROR"
    }
  }

  /// Notes that the engine is to end an attempt.
  mutating func cancelAttempt(at place: StepPlace, by name: String = Self.itself) {
    change.actions.append(.cancel(place))
    guard state.step(at: place)?.type == .workflowCall, let call = childCall(at: place) else {
      return
    }
    change.actions.append(.stopChild(call, .immediate, by: name))
  }

  /// Sets why the run ends as it does.
  mutating func setFailure(_ failure: Failure) { state.run.failure = failure }

  func isCurrent(_ place: StepPlace, _ attempt: Int) -> Bool {
    guard let known = state[place] else { return false }
    return known.outcome == .running && known.attempts == attempt
  }

  /// The value for an event, or null with a note beside it when it is too long for one.
  func bounded(_ value: JSONValue, _ data: inout JSONObject, _ key: String) -> JSONValue {
    let size = JSONWriter.text(value).utf8.count
    guard size > rules.maximumEventValue || value.levels > Rules.maximumLevels else { return value }
    data["\(key)_truncated"] = .string("\(size) bytes; whole in the run's context")
    return .null
  }
}
