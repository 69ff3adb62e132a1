import JSON
import Runs

/// What became of one step of a run so far.
struct StepState: Sendable, Equatable {
  var outcome = StepOutcome.pending
  /// How often it was begun.
  var attempts = 0
  /// A retry is not begun before this.
  var notBefore: Timestamp?
  /// It is ended when it is still in flight then.
  var deadline: Timestamp?
  /// Its parameters, templates resolved.
  var input: JSONValue?
  var result: JSONValue?
  /// Why it failed.
  var failure: StepFailure?
  var startedAt: Timestamp?
  var endedAt: Timestamp?

  /// Whether it was begun and has not ended: executing, waiting for a person or for its next try.
  var isInFlight: Bool {
    switch outcome {
    case .running, .waiting: true
    case .pending: attempts > 0
    default: false
    }
  }
}

/// A run as the engine knows it: all that a decision about it needs, and nothing that does IO.
struct RunState: Sendable, Equatable {
  /// The run as it is answered.
  var run: Run
  /// The published graph that it executes.
  var graph: WorkflowGraph
  var steps: [String: StepState]
  /// The rounds of each loop in flight, by the loop's id and their number from 0; they begin in
  /// order.
  var rounds: [String: [Int: RoundState]] = [:]
  /// How long what the rounds of a loop in flight made is together, as JSON text.
  var loopBytes: [String: Int] = [:]
  /// Its tasks, answered or not, by id.
  var tasks: [String: HumanTask]
  /// Steps that the start took out of the run.
  var excluded: Set<String>
  /// What the start gave single steps, by id; in episode mode it lets them begin besides.
  var triggerSteps: JSONObject
  /// Whether whoever started it may have tools called, by the runs that it calls too.
  var mayCallTools = true
  /// What is set aside for the calls that attempts in flight are going to make; not kept, a restart
  /// ends them.
  var held: [StepPlace: Credits] = [:]
  /// When a draining run is ended; not kept, a restart settles what drained.
  var drainsUntil: Timestamp?

  /// A run of which nothing has happened yet.
  init(
    run: Run,
    graph: WorkflowGraph,
    excluded: Set<String> = [],
    triggerSteps: JSONObject = [:]
  ) {
    self.run = run
    self.graph = graph
    self.excluded = excluded
    self.triggerSteps = triggerSteps
    tasks = [:]
    steps = graph.steps.reduce(into: [:]) { $0[$1.id] = StepState() }
  }

  /// A run as the store kept it; `steps` are by ``StepPlace/text``.
  init(
    run: Run,
    graph: WorkflowGraph,
    steps: [String: StepState],
    tasks: [String: HumanTask],
    excluded: Set<String>,
    triggerSteps: JSONObject = [:]
  ) {
    self.init(run: run, graph: graph, excluded: excluded, triggerSteps: triggerSteps)
    lay(steps)
    self.tasks = tasks
  }

  /// What the run's templates can read now, in the graph itself or in a round of a loop.
  func scope(of round: StepPlace.Round? = nil) -> TemplateScope {
    var facts: JSONObject = ["id": .string(run.id.text), "run_id": .string(run.id.text)]
    facts["workflow_id"] = (run.workflow?.text).map { .string($0) }
    facts["workflow_name"] = run.workflowName.map { .string($0) }
    facts["version"] = run.version.map { .int($0) }
    facts["trigger_type"] = run.trigger.map { .string($0) }
    facts["started_at"] = (run.startedAt?.iso8601).map { .string($0) }
    var scope = TemplateScope(
      input: input(of: round?.loop),
      results: steps.compactMapValues(\.result),
      stepInputs: steps.compactMapValues(\.input),
      run: facts
    )
    guard let round, let loop = graph.step(round.loop)?.loop,
      let known = rounds[round.loop]?[round.index]
    else { return scope }
    scope.body = known.steps.compactMapValues(\.result)
    scope.stepInputs.merge(known.steps.compactMapValues(\.input)) { _, inner in inner }
    switch loop.kind {
    case .forEach:
      let items = items(of: round.loop)
      scope.item = items.indices.contains(round.index) ? items[round.index] : nil
      scope.index = round.index
    case .whileLoop:
      scope.iteration = round.index
      scope.previous = rounds[round.loop]?[round.index - 1]?.results(in: loop)
    }
    return scope
  }

  /// The run's input as a step reads it: over it what the start gave that step, and under `_steps`
  /// what it gave all of them.
  func input(of step: String? = nil) -> JSONValue {
    let input = run.input ?? [:]
    guard !triggerSteps.isEmpty, let object = input.object else { return input }
    let own = step.map(given) ?? [:]
    let given: JSONObject = ["_steps": .object(triggerSteps)]
    return .object(object.merging(own).merging(given))
  }

  /// What the start gave a step of the graph itself.
  func given(_ step: String) -> JSONObject { triggerSteps[step]?.object ?? [:] }

  /// The run's own account of its steps and tasks, brought in line with them.
  mutating func refresh() {
    var counts = StepCounts(total: graph.steps.count)
    var current: [StepID] = []
    for step in graph.steps {
      guard let state = steps[step.id] else { continue }
      switch state.outcome {
      case .success: counts.completed += 1
      case .failed: counts.failed += 1
      case .cancelled, .stopped: counts.cancelled += 1
      case .skipped: counts.skipped += 1
      case .running: counts.running += 1
      case .pending, .waiting: break
      }
      if state.isInFlight { current.append(StepID(step.id)) }
    }
    run.steps = counts
    run.currentSteps = current
    run.pendingTasks = tasks.values.count { $0.isPending }
  }
}

/// What a transition made of a run: what must be written, and what is to be done once it is.
struct RunChange: Sendable, Equatable {
  var events: [RunEvent] = []
  /// The steps and rounds whose state differs, as it is now.
  var steps: [StepPlace: StepState] = [:]
  /// Tasks that are new or differ.
  var tasks: Set<String> = []
  var actions: [RunAction] = []
  /// Whether what the start gave single steps differs.
  var hasNewTriggerSteps = false
  /// What it costs to begin what it begins.
  var wanted = Credits(microcredits: 0)
  /// What it costs besides, for what has happened already.
  var owed = Credits(microcredits: 0)
  /// What is set aside for calls besides; less than nothing when more is given free than taken.
  var held = Credits(microcredits: 0)

  /// Whether nothing happened.
  var isEmpty: Bool {
    events.isEmpty && steps.isEmpty && tasks.isEmpty && actions.isEmpty && !hasNewTriggerSteps
  }
}

/// What the engine does for a run once its change is durable.
enum RunAction: Sendable, Equatable {
  case execute(StepCall)
  /// Ends the attempt in flight at a place.
  case cancel(StepPlace)
  /// Starts a child run, or finds it again, and waits for its end.
  case call(ChildCall)
  /// Ends the attempts that still wait for room.
  case callOff
  /// Lets the run go on in another change.
  case goOn
  /// Stops the child run that an attempt started.
  case stopChild(ChildCall, StopMode, by: String)
}
