import JSON
import Runs

extension RunMachine {
  /// Begins every step that can begin, skips what its conditions exclude, carries loops on, and ends
  /// the run when nothing is left of it.
  ///
  /// A step is decided once all it depends on is settled. Steps that a condition skipped, or that the
  /// start took out, take with them what depends on nothing else; a join with at least one dependency
  /// that was not skipped so runs. A step that was switched off holds nothing up: what follows it runs
  /// as if it were not there. A rejected task holds up what follows it and does not know of the answer;
  /// see ``rejection(before:)``.
  mutating func plan() {
    var mayHaveMore = true
    while mayHaveMore, !state.run.status.isTerminal {
      beginSteps()
      mayHaveMore = advanceLoops()
    }
    settle()
  }

  private mutating func beginSteps() {
    guard state.run.status == .running else { return }
    let scope = inScope
    var room = rules.maximumInFlight - executing
    var known: TemplateScope?
    // Dependencies come first in this order, so that one pass sees each skip before its
    // consequences.
    for id in state.graph.topologicalOrder {
      guard state.run.status == .running else { return }
      guard let step = state.graph.step(id), scope?.contains(id) ?? true else { continue }
      if isReady(step, at: StepPlace(id)) { decide(step, at: StepPlace(id), &room, &known) }
    }
  }

  /// The same for the steps of a round, which has no bound but that of its loop.
  mutating func beginSteps(of round: StepPlace.Round, _ loop: Loop) {
    var room = Int.max
    var known: TemplateScope?
    for id in loop.bodyOrder {
      let place = StepPlace(id, in: round)
      guard state.run.status == .running, state[StepPlace(round)]?.outcome == .running else {
        return
      }
      if let step = loop.step(id), isReady(step, at: place) {
        decide(step, at: place, &room, &known)
      }
    }
  }

  /// How many steps of the graph execute: tasks and called workflows wait, loops have steps of their
  /// own.
  private var executing: Int {
    state.steps.count { entry in
      guard entry.value.outcome == .running, let step = state.graph.step(entry.key) else {
        return false
      }
      return step.type.takesRoom
    }
  }

  private func isReady(_ step: GraphStep, at place: StepPlace) -> Bool {
    guard let known = state[place], known.outcome == .pending else { return false }
    if let moment = known.notBefore, moment > now { return false }
    return step.dependsOn.allSatisfy { state[place.beside($0)]?.outcome.isSettled ?? false }
  }

  /// Begins a step, or skips it.
  ///
  /// What templates can read is put together once for all steps that are decided one after the other,
  /// and only when one of them reads it: beginning a step adds to it no more than its parameters.
  private mutating func decide(
    _ step: GraphStep,
    at place: StepPlace,
    _ room: inout Int,
    _ cache: inout TemplateScope?
  ) {
    let known = state[place] ?? StepState()
    // A step that was begun before is past its conditions, and its parameters stay what they were.
    let isFirst = known.attempts == 0
    if isFirst, let reason = skipReason(step, at: place) {
      skip(place, reason)
      return
    }
    if isFirst, place.round == nil, let task = rejection(before: step) {
      skip(place, .blocked, task: task)
      return
    }
    guard !step.type.takesRoom || room > 0 else { return }
    var scope = cache ?? state.scope(of: place.round)
    cache = scope
    if place.round == nil, !state.given(step.id).isEmpty { scope.input = state.input(of: step.id) }
    do throws(TemplateMistake) {
      if isFirst {
        guard try meetsConditions(step, scope) else {
          skip(place, .condition)
          return
        }
      }
      guard affords(step, isFirst: isFirst) else {
        failStep(place, Self.insufficient)
        return
      }
      let parameters =
        isFirst ? try parameters(of: step, at: place, scope) : known.input?.object ?? [:]
      launch(step, at: place, parameters, scope)
      cache?.stepInputs[step.id] = .object(parameters)
      if step.type.takesRoom { room -= 1 }
    } catch {
      failStep(place, StepFailure(code: failureCode(of: place), message: error.sentence))
    }
  }

  /// What the step is begun with: its own, and over it what the start gave it, unless that is input
  /// that its own templates read.
  ///
  /// What the start gave is not the author's: templates in it stay text.
  private func parameters(
    of step: GraphStep,
    at place: StepPlace,
    _ scope: TemplateScope
  ) throws(TemplateMistake) -> JSONObject {
    let given = place.round == nil ? state.given(step.id) : [:]
    if let loop = step.loop { return try fields(of: loop, step, scope, given: given) }
    let own = JSONObject(step.parameters.members.filter { given[$0.key] == nil })
    let resolved = try Template.resolve(
      own,
      scope: scope,
      step: step.id,
      place: step.parametersField
    )
    guard !given.isEmpty, step.type.takesParameters else { return resolved }
    let read = step.inputRead
    let over = given.members.filter { step.parameters[$0.key] != nil || !read.contains($0.key) }
    return resolved.merging(JSONObject(over))
  }

  /// Why a step is skipped whatever its conditions say.
  private func skipReason(_ step: GraphStep, at place: StepPlace) -> SkipReason? {
    if !step.enabled { return .disabled }
    if place.round == nil, state.excluded.contains(step.id) { return .outOfScope }
    let outcomes = step.dependsOn.compactMap { state[place.beside($0)]?.outcome }
    let without = outcomes.filter { $0 == .skipped(.condition) || $0 == .skipped(.outOfScope) }
    if !outcomes.isEmpty, without.count == outcomes.count {
      return without.contains(.skipped(.condition)) ? .condition : .outOfScope
    }
    return nil
  }

  private func meetsConditions(
    _ step: GraphStep,
    _ scope: TemplateScope
  ) throws(TemplateMistake) -> Bool {
    if let condition = step.condition {
      guard try Template.holds(condition, scope: scope, step: step.id) else { return false }
    }
    guard let condition = step.skipWhen else { return true }
    return try !Template.holds(condition, scope: scope, step: step.id, place: "skip_when")
  }

  /// Settles a step that never begins, with an event.
  /// - Parameters:
  ///   - place: Where it stands.
  ///   - reason: Why it does not begin.
  ///   - cause: The step whose failure blocked it.
  ///   - task: The task whose rejection did.
  mutating func skip(
    _ place: StepPlace,
    _ reason: SkipReason,
    cause: String? = nil,
    task: String? = nil
  ) {
    update(place) { [now] in
      $0.outcome = .skipped(reason)
      $0.endedAt = now
    }
    var data: JSONObject = ["skipped": true, "reason": .string(reason.word)]
    data["caused_by_step_id"] = cause.map { .string($0) }
    data["blocked_by_step_id"] = task.map { .string($0) }
    emit("step_completed", step: place, data: data)
  }

  /// Marks a step as in flight, charges for its first attempt, and has it done.
  private mutating func launch(
    _ step: GraphStep,
    at place: StepPlace,
    _ parameters: JSONObject,
    _ scope: TemplateScope
  ) {
    let attempt = (state[place]?.attempts ?? 0) + 1
    update(place) { [now] in
      $0.outcome = step.type == .humanTask ? .waiting : .running
      $0.attempts = attempt
      $0.notBefore = nil
      $0.input = .object(parameters)
      $0.startedAt = $0.startedAt ?? now
      // The executors' own time runs once there is room for them; see ``takeOff(_:attempt:)``.
      $0.deadline = step.type.keepsTime ? step.timeoutDuration.map { now + $0 } : nil
    }
    emit(
      "step_started",
      step: place,
      data: [
        "name": .string(step.name), "type": .string(step.type.word), "attempt": .int(attempt),
      ]
    )
    if attempt == 1 { charge(place) }
    hold(for: step, at: place)
    switch step.type {
    case .humanTask: ask(step, parameters)
    case .forEach, .whileLoop: state.openRounds(of: step.id)
    case .workflowCall: callChild(at: place)
    default:
      change.actions.append(
        .execute(
          StepCall(
            run: state.run.id,
            step: step,
            attempt: attempt,
            parameters: parameters,
            scope: scope,
            place: place.text
          )
        )
      )
    }
  }

  /// Ends the run when nothing of it is left to do.
  private mutating func settle() {
    switch state.run.status {
    case .draining:
      stopIdleLoops()
      if !state.steps.values.contains(where: { $0.outcome == .running }) {
        endStopped(by: state.run.statusBy ?? Self.itself)
      }
    case .running, .paused:
      // A paused run whose last step has ended has nothing left to hold back.
      if isDone { endCompleted() }
    default: break
    }
  }
}

extension StepType {
  /// Whether an attempt executes here and so counts as work at once.
  var takesRoom: Bool {
    switch self {
    case .humanTask, .forEach, .whileLoop, .workflowCall: false
    default: true
    }
  }

  /// Whether the machine alone watches the step's time: nobody executes it who would.
  var keepsTime: Bool {
    switch self {
    case .forEach, .whileLoop, .workflowCall: true
    default: false
    }
  }

  /// Whether a start may give the step parameters of its own.
  var takesParameters: Bool {
    switch self {
    case .humanTask, .mcpCall, .llmCall, .workflowCall: true
    default: false
    }
  }
}
