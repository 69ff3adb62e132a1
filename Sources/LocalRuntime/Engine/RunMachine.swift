import JSON
import Runs

/// Decides what becomes of a run.
///
/// A state and something that happened give the next state, the events, and what is to be done. Pure;
/// the time is an argument.
struct RunMachine: Sendable {
  /// Bounds and prices.
  struct Rules: Sendable, Equatable {
    /// More steps of a run than this do not execute at once; tasks that wait do not count.
    var maximumInFlight = 8
    /// What a step costs that was begun, however often it was tried.
    var stepPrice = Credits(microcredits: 5_000_000)
    /// What a call of a tool costs, on top of its step.
    var toolPrice = Credits(microcredits: 0)
    /// The wait before the first retry; each further one doubles it, up to a minute.
    var firstBackoff = Duration.seconds(1)
    /// Longer results fail their step.
    var maximumResult = 1 << 20
    /// Longer values are cut out of events; the context still has them whole.
    var maximumEventValue = 256 << 10
  }

  /// The name that stands for the runtime itself where a change has no person behind it.
  static let itself = "runtime"

  private(set) var state: RunState
  private(set) var change = RunChange()
  let rules: Rules
  let now: Timestamp
  private let newID: @Sendable () -> String

  /// A machine at a moment.
  init(
    _ state: RunState,
    rules: Rules,
    now: Timestamp,
    newID: @escaping @Sendable () -> String
  ) {
    self.state = state
    self.rules = rules
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
    emit("run_started", data: data)
    setStatus(.running, by: name)
    plan()
  }

  /// Something happened within an attempt; of an attempt that is over nothing is kept.
  mutating func note(_ step: String, attempt: Int, _ note: StepNote) {
    guard isCurrent(step, attempt) else { return }
    var data = note.data
    for member in note.data.members {
      data[member.key] = bounded(member.value, &data, member.key)
    }
    emit(note.type, step: step, data: data)
    if note.type == "tool_called" { charge(step, rules.toolPrice, for: "tool_call") }
  }

  /// An attempt ended well.
  ///
  /// One that was cancelled meanwhile changes nothing.
  mutating func succeed(_ step: String, attempt: Int, result: JSONValue) {
    guard isCurrent(step, attempt) else { return }
    let size = JSONWriter.text(result).utf8.count
    guard size <= rules.maximumResult else {
      failStep(
        step,
        StepFailure(
          code: failureCode(of: step),
          message: "the result is \(size) bytes long; at most \(rules.maximumResult) are kept"
        )
      )
      return
    }
    complete(step, result: result)
    plan()
  }

  /// An attempt failed: it is tried again, or it fails its step and so the run.
  mutating func fail(_ step: String, attempt: Int, _ failure: StepFailure) {
    guard isCurrent(step, attempt) else { return }
    let retries = state.graph.step(step)?.retryCount ?? 0
    let goesOn = state.run.status == .running || state.run.status == .paused
    guard failure.isTransient, attempt <= retries, goesOn else {
      failStep(step, failure)
      return
    }
    let doubled = rules.firstBackoff * (1 << min(attempt - 1, 6))
    let delay = min(doubled, .seconds(60))
    retry(step, at: now + delay, failure)
    plan()
  }

  /// Time has passed: deadlines and retries that are due take place.
  mutating func tick() {
    let due = state.tasks.values.filter {
      $0.isPending && ($0.expiresAt.map { $0 <= now } ?? false)
    }
    for task in due.sorted(by: { $0.id < $1.id }) where !state.run.status.isTerminal {
      close(task.id.text, as: "expired")
      failStep(
        task.step.text,
        StepFailure(
          code: "HUMAN_TASK_FAILED",
          message: "nobody answered the task within its time"
        )
      )
    }
    // Due now, whether there is room for them or not: nothing wakes for them again.
    for (id, step) in state.steps where step.notBefore.map({ $0 <= now }) ?? false {
      update(id) { $0.notBefore = nil }
    }
    plan()
  }

  /// A person answers a task.
  /// - Throws: ``Rejection`` when the task is not there or does not wait any more.
  mutating func answer(
    _ id: String,
    approved: Bool,
    fields: JSONObject,
    by name: String
  ) throws(Rejection) {
    guard var task = state.tasks[id] else { throw .missing("task", id) }
    guard task.isPending else { throw Self.answered(task, state.run) }
    var result: JSONObject = ["approved": .bool(approved)]
    // Fields merge beside `approved`; none of them can overturn the decision itself.
    result = result.merging(fields)
    result["approved"] = .bool(approved)
    task.isPending = false
    task.completedAt = now
    task.completedBy = name
    task.result = result
    state.tasks[id] = task
    change.tasks.insert(id)
    var data: JSONObject = [
      "task_id": .string(id), "approved": .bool(approved), "by": .string(name),
    ]
    data["result"] = bounded(.object(result), &data, "result")
    emit("task_completed", step: task.step.text, data: data)
    complete(task.step.text, result: .object(result))
    plan()
  }

  private static func answered(_ task: HumanTask, _ run: Run) -> Rejection {
    guard let name = task.completedBy else {
      let why =
        task.extra["status"]?.string == "expired" ? "its time is over" : "its run has gone on"
      return Rejection(
        409,
        "CONFLICT",
        "the task is closed: \(why)",
        details: ["status": .string(run.status.word)]
      )
    }
    var details: JSONObject = ["completed_by": .string(name)]
    details["completed_at"] = (task.completedAt?.iso8601).map { .string($0) }
    details["approved"] = task.result?["approved"]
    return Rejection(409, "CONFLICT", "task already completed", details: details)
  }

  // MARK: Parts of it

  /// Writes an event.
  mutating func emit(_ type: String, step: String? = nil, data: JSONObject) {
    let sequence = (state.run.lastEvent ?? 0) + 1
    state.run.lastEvent = sequence
    change.events.append(
      RunEvent(
        type: type,
        id: "\(state.run.id.text)-\(sequence)",
        sequence: sequence,
        step: step.map { StepID($0) },
        at: now,
        data: data
      )
    )
  }

  /// Changes a step and marks it as changed.
  mutating func update(_ step: String, _ edit: (inout StepState) -> Void) {
    guard var changed = state.steps[step] else { return }
    edit(&changed)
    state.steps[step] = changed
    change.steps.insert(step)
  }

  /// Changes the run and says who did.
  mutating func setStatus(_ status: RunStatus, by name: String) {
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
    emit("state_changed", data: data)
  }

  /// Marks a step as in flight and charges for its first attempt when it ends.
  mutating func launch(_ step: GraphStep, _ parameters: JSONObject) {
    update(step.id) { [now] in
      $0.outcome = step.type == .humanTask ? .waiting : .running
      $0.attempts += 1
      $0.notBefore = nil
      $0.input = .object(parameters)
      $0.startedAt = $0.startedAt ?? now
    }
    let attempt = state.steps[step.id]?.attempts ?? 1
    emit(
      "step_started",
      step: step.id,
      data: [
        "name": .string(step.name), "type": .string(step.type.word), "attempt": .int(attempt),
      ]
    )
    guard step.type == .humanTask else {
      let call = StepCall(
        run: state.run.id,
        step: step,
        attempt: attempt,
        parameters: parameters
      )
      change.actions.append(.execute(call))
      return
    }
    ask(step, parameters)
  }

  private mutating func ask(_ step: GraphStep, _ payload: JSONObject) {
    var task = HumanTask(
      id: TaskID(newID()),
      run: state.run.id,
      step: StepID(step.id),
      payload: payload
    )
    task.workflow = state.run.workflow
    task.workflowName = state.run.workflowName
    task.type = step.taskType ?? "approval"
    task.createdAt = now
    task.expiresAt = step.timeoutDuration.map { now + $0 }
    state.tasks[task.id.text] = task
    change.tasks.insert(task.id.text)
    var data: JSONObject = [
      "task_id": .string(task.id.text), "task_type": .string(task.type ?? "approval"),
      "title": .string(task.title),
    ]
    data["expires_at"] = (task.expiresAt?.iso8601).map { .string($0) }
    emit("task_created", step: step.id, data: data)
  }

  private mutating func complete(_ step: String, result: JSONValue) {
    update(step) { [now] in
      $0.outcome = .success
      $0.result = result
      $0.endedAt = now
    }
    charge(step)
    var data: JSONObject = [:]
    data["result"] = bounded(result, &data, "result")
    emit("step_completed", step: step, data: data)
  }

  private mutating func retry(_ step: String, at moment: Timestamp, _ failure: StepFailure) {
    update(step) {
      $0.outcome = .pending
      $0.notBefore = moment
    }
    emit(
      "step_retried",
      step: step,
      data: [
        "attempt": .int(state.steps[step]?.attempts ?? 1), "code": .string(failure.code),
        "error": .string(failure.message), "next_at": .string(moment.iso8601),
      ]
    )
  }

  /// Begins an interrupted attempt anew, without waiting.
  mutating func repeatInterrupted(_ step: String) {
    retry(step, at: now, Self.interruption)
  }

  /// Why an attempt ended that was in flight when the runtime ended.
  static let interruption = StepFailure(
    code: "UPSTREAM_ERROR",
    message: "the runtime stopped while this step was in flight"
  )

  /// Charges for a step that was begun.
  mutating func charge(_ step: String) {
    if (state.steps[step]?.attempts ?? 0) > 0 { charge(step, rules.stepPrice, for: "step") }
  }

  private mutating func charge(_ step: String, _ price: Credits, for action: String) {
    guard price.microcredits > 0 else { return }
    let before = state.run.credits?.microcredits ?? 0
    state.run.credits = Credits(microcredits: before + price.microcredits)
    emit(
      "credits_charged",
      step: step,
      data: ["credits": .string(price.text), "action": .string(action)]
    )
  }

  /// Closes a task that nobody answered.
  mutating func close(_ id: String, as word: String) {
    state.tasks[id]?.isPending = false
    state.tasks[id]?.extra["status"] = .string(word)
    state.tasks[id]?.completedAt = now
    change.tasks.insert(id)
  }

  /// The code of a failure that lies in the step's own parameters or result.
  func failureCode(of step: String) -> String {
    state.graph.step(step)?.type == .humanTask ? "HUMAN_TASK_FAILED" : "MCP_TOOL_FAILED"
  }

  /// Notes that the engine is to end an attempt.
  mutating func cancelAttempt(of step: String) {
    change.actions.append(.cancel(step: step))
  }

  /// Sets why the run ends as it does.
  mutating func setFailure(_ failure: Failure) { state.run.failure = failure }

  private func isCurrent(_ step: String, _ attempt: Int) -> Bool {
    guard let known = state.steps[step] else { return false }
    return known.outcome == .running && known.attempts == attempt
  }

  /// The value for an event, or null with a note beside it when it is too long for one.
  private func bounded(_ value: JSONValue, _ data: inout JSONObject, _ key: String) -> JSONValue {
    let size = JSONWriter.text(value).utf8.count
    guard size > rules.maximumEventValue else { return value }
    data["\(key)_truncated"] = .string("\(size) bytes; whole in the run's context")
    return .null
  }
}
