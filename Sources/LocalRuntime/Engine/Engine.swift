import JSON
import Runs
import RuntimeAPI

/// What a start is asked for.
struct StartRequest: Sendable, Equatable {
  var workflow: String
  /// The id that the client chose, so that a repeated start makes no second run.
  var runID: String?
  var input: JSONValue = [:]
  var trigger = "api"
  var excluded: Set<String> = []
  /// What single steps are given, by id; in episode mode it lets them begin.
  var triggerSteps: JSONObject = [:]
  /// The run whose step asks, when one does.
  var parent: ParentRun?
  /// Whether whoever asks may have tools called by a run.
  var mayCallTools = true
}

/// Runs what was published: starts runs, hands them commands and answers, and settles after a restart
/// what was in flight.
actor Engine {
  /// How much happens at once.
  struct Limits: Sendable, Equatable {
    /// Steps in execution over all runs.
    var maximumInFlight = 64
    var rules = RunMachine.Rules()
    /// What all runs together may spend; nil without a limit.
    var budget: Budget?
  }

  let store: Store
  nonisolated let clock: RuntimeClock
  /// What was spent, and what may still be.
  nonisolated let ledger: Ledger
  /// What actions cost.
  nonisolated let prices: Prices
  let surroundings: LiveRun.Surroundings
  private(set) var live: [String: LiveRun] = [:]
  private var caretakers: [String: Task<Void, Never>] = [:]
  private(set) var isShuttingDown = false
  /// Who waits for the end of a run, by its id.
  private var waiting: [String: [Int: CheckedContinuation<Void, Never>]] = [:]
  private var waitingCount = 0

  /// An engine over a store; it does nothing before ``open()``.
  /// - Parameters:
  ///   - store: Where runs are kept.
  ///   - clock: The time, and names for what is new.
  ///   - executors: By the word of the step type.
  ///   - limits: How much happens at once.
  ///   - report: Takes sentences that nobody asked for.
  init(
    store: Store,
    clock: RuntimeClock,
    executors: [String: any StepExecutor],
    limits: Limits = Limits(),
    report: @escaping @Sendable (String) -> Void
  ) {
    self.store = store
    self.clock = clock
    ledger = Ledger(budget: limits.budget)
    prices = limits.rules.prices
    surroundings = LiveRun.Surroundings(
      store: store,
      clock: clock,
      rules: limits.rules,
      ledger: ledger,
      executors: executors,
      permits: Permits(limits.maximumInFlight),
      report: report
    )
  }

  /// Ends all attempts in flight and writes nothing more; the next ``open()`` settles them.
  func shutDown() async {
    isShuttingDown = true
    for run in live.values { run.abandon() }
    for caretaker in caretakers.values { await caretaker.value }
  }

  /// Starts a run of the newest published version.
  ///
  /// A start whose `run_id` names a run of this workflow that is there already answers that run.
  /// - Throws: ``Rejection``; 409 when the id belongs to another workflow's run or nothing is
  ///   published yet, 404 without such a workflow.
  func start(
    _ request: StartRequest,
    by name: String,
    receipt: LiveRun.Receipt? = nil
  ) async throws(Rejection) -> RunState {
    let workflow = try await reading { () throws(StoreMistake) in
      try await store.workflow(request.workflow)
    }
    guard let workflow else { throw .missing("workflow", request.workflow) }
    if let id = request.runID, let known = try await existing(id, of: workflow.id) { return known }
    guard workflow.archivedAt == nil else { throw .archived(workflow) }
    guard let version = workflow.version else {
      throw Rejection(
        409,
        "CONFLICT",
        "workflow “\(workflow.name)” is a draft; publish a version before starting it",
        details: ["status": "draft"]
      )
    }
    let graph = try await reading { () throws(StoreMistake) in
      try await store.snapshot(of: workflow.id, version: version)
    }
    guard let graph else { throw .missing("version", "\(workflow.id) \(version)") }
    let unknown = request.excluded.filter { graph.step($0) == nil }.sorted()
    guard unknown.isEmpty else {
      throw .invalid(
        "excluded_step_ids names no step of the graph: \(unknown.joined(separator: ", "))"
      )
    }
    try graph.check(triggerSteps: request.triggerSteps)
    if !request.mayCallTools { try Self.checkTools(graph, of: workflow) }
    let id = request.runID ?? clock.newID()
    var run = Run(id: RunID(id), workflow: WorkflowID(workflow.id), status: .pending)
    run.workflowName = workflow.name
    run.version = version
    run.trigger = request.trigger
    run.input = try Self.input(request.input, for: graph)
    run.createdAt = clock.now()
    run.updatedAt = run.createdAt
    run.credits = Credits(microcredits: 0)
    run.extra["parent"] = request.parent?.json
    if graph.isEpisode { run.extra["is_episode"] = true }
    var state = RunState(
      run: run,
      graph: graph,
      excluded: request.excluded,
      triggerSteps: request.triggerSteps
    )
    state.mayCallTools = request.mayCallTools
    return try await begin(state, by: name, receipt)
  }

  private func begin(
    _ state: RunState,
    by name: String,
    _ receipt: LiveRun.Receipt?
  ) async throws(Rejection) -> RunState {
    guard !isShuttingDown else { throw Self.shuttingDown }
    let id = state.run.id.text
    if live[id] == nil { try checkBudget() }
    // Nothing is awaited between this look and the entry, so that two starts cannot both make it.
    if let other = live[id] {
      let known = try await other.perform { machine throws(Rejection) in
        guard machine.state.run.status != .pending else { throw Self.notBegun }
      }
      guard let known else { return try await begin(state, by: name, receipt) }
      try Self.sameWorkflow(known.run, state.run.workflow?.text ?? "")
      return known
    }
    let run = LiveRun(state, isNew: true, surroundings: surroundings, children: self)
    look(after: run, state)
    do throws(Rejection) {
      let begun = try await run.perform(receipt: receipt) { machine throws(Rejection) in
        machine.begin(by: name)
      }
      guard let begun else { throw Self.shuttingDown }
      return begun
    } catch {
      run.abandon()
      forget(run, id)
      // Another start of this id was written first, and that run has ended by now.
      if error.status == 409, let workflow = state.run.workflow,
        let known = try await existing(id, of: workflow.text)
      {
        return known
      }
      throw error
    }
  }

  /// Gives a run a command.
  /// - Throws: ``Rejection``; 409 with the present status when that does not allow it.
  func command(
    _ command: RunCommand,
    run: RunReference,
    by name: String,
    receipt: LiveRun.Receipt? = nil
  ) async throws(Rejection) -> RunState {
    try await perform(run, receipt) { machine throws(Rejection) in
      try machine.command(command, by: name)
    }
  }

  /// Answers a task.
  /// - Throws: ``Rejection``; 409 with who answered and when, when it does not wait any more.
  func answer(
    _ task: TaskReference,
    approved: Bool,
    fields: JSONObject,
    by name: String,
    receipt: LiveRun.Receipt? = nil
  ) async throws(Rejection) -> RunState {
    try await perform(task.run, receipt) { machine throws(Rejection) in
      try machine.answer(task.task.text, approved: approved, fields: fields, by: name)
    }
  }

  private func perform(
    _ reference: RunReference,
    _ receipt: LiveRun.Receipt?,
    _ transition: @escaping LiveRun.Transition
  ) async throws(Rejection) -> RunState {
    guard !isShuttingDown else { throw Self.shuttingDown }
    let workflow = reference.workflow.text
    if let run = live[reference.run.text] {
      let state = try await run.perform(receipt: receipt) { machine throws(Rejection) in
        try Self.sameWorkflow(machine.state.run, workflow)
        try transition(&machine)
      }
      if let state { return state }
      guard !isShuttingDown else { throw Self.shuttingDown }
    }
    // It has ended: whatever is asked of it is refused, with what the run says of itself.
    let state = try await reading { () throws(StoreMistake) in
      try await store.state(of: reference.run.text)
    }
    guard let state else { throw .missing("run", reference.run.text) }
    try Self.sameWorkflow(state.run, workflow)
    var machine = RunMachine(
      state,
      rules: surroundings.rules,
      now: clock.now(),
      newID: clock.newID
    )
    try transition(&machine)
    throw .conflict(state.run, "changed")
  }

  /// The run of an id, when there is one.
  /// - Throws: ``Rejection``, 409, when it belongs to another workflow.
  private func existing(_ id: String, of workflow: String) async throws(Rejection) -> RunState? {
    let state = try await reading { () throws(StoreMistake) in try await store.state(of: id) }
    guard let state else { return nil }
    guard state.run.workflow?.text == workflow else {
      throw Rejection(
        409,
        "CONFLICT",
        "run_id “\(id)” belongs to a run of another workflow; choose another one",
        details: ["workflow_id": .string(state.run.workflow?.text ?? "")]
      )
    }
    return state
  }

  private static func sameWorkflow(_ run: Run, _ workflow: String) throws(Rejection) {
    guard run.workflow?.text == workflow else { throw .missing("run", run.id.text) }
  }

  private static let notBegun = Rejection(
    503,
    "DEPENDENCY_UNAVAILABLE",
    "the first start of this run_id could not be written; try again"
  )
  private static let shuttingDown = Rejection(
    503,
    "DEPENDENCY_UNAVAILABLE",
    "the runtime is shutting down"
  )

  func look(after run: LiveRun, _ state: RunState) {
    let id = state.run.id.text
    live[id] = run
    caretakers[id] = Task {
      await run.live()
      self.forget(run, id)
    }
  }

  func forget(_ run: LiveRun, _ id: String) {
    guard live[id] === run else { return }
    live[id] = nil
    caretakers[id] = nil
    for waiter in waiting.removeValue(forKey: id)?.values.map({ $0 }) ?? [] { waiter.resume() }
  }

  /// Waits until a run is not looked after any more, or the task is cancelled.
  func untilEnded(_ id: String) async {
    guard live[id] != nil, !Task.isCancelled else { return }
    waitingCount += 1
    let number = waitingCount
    await withTaskCancellationHandler {
      await withCheckedContinuation { waiter in
        // Cancelled before it stood in the row: nobody would call it out again.
        if Task.isCancelled || live[id] == nil {
          waiter.resume()
        } else {
          waiting[id, default: [:]][number] = waiter
        }
      }
    } onCancel: {
      Task { await self.leave(id, number) }
    }
  }

  private func leave(_ id: String, _ number: Int) {
    waiting[id]?.removeValue(forKey: number)?.resume()
    if waiting[id]?.isEmpty == true { waiting[id] = nil }
  }

  /// Reads the store; what goes wrong there is a 503 here.
  private func reading<Value>(
    _ read: () async throws(StoreMistake) -> Value
  ) async throws(Rejection) -> Value {
    do throws(StoreMistake) {
      return try await read()
    } catch {
      throw .unwritable(error)
    }
  }
}
