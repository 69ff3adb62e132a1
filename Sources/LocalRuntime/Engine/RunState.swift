import JSON
import Runs

/// What became of one step of a run so far.
struct StepState: Sendable, Equatable {
  var outcome = StepOutcome.pending
  /// How often it was begun.
  var attempts = 0
  /// A retry is not begun before this.
  var notBefore: Timestamp?
  /// Its parameters, templates resolved.
  var input: JSONValue?
  var result: JSONValue?
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
  /// Its tasks, answered or not, by id.
  var tasks: [String: HumanTask]
  /// Steps that the start took out of the run.
  var excluded: Set<String>

  /// A run of which nothing has happened yet.
  init(run: Run, graph: WorkflowGraph, excluded: Set<String> = []) {
    self.run = run
    self.graph = graph
    self.excluded = excluded
    tasks = [:]
    steps = graph.steps.reduce(into: [:]) { $0[$1.id] = StepState() }
  }

  /// A run as the store kept it.
  init(
    run: Run,
    graph: WorkflowGraph,
    steps: [String: StepState],
    tasks: [String: HumanTask],
    excluded: Set<String>
  ) {
    self.init(run: run, graph: graph, excluded: excluded)
    self.steps.merge(steps) { _, kept in kept }
    self.tasks = tasks
  }

  /// The next moment at which something is due by itself: a retry, or a task's deadline.
  var nextWake: Timestamp? {
    guard !run.status.isTerminal else { return nil }
    let retries = run.status == .running ? steps.values.compactMap(\.notBefore) : []
    let deadlines = tasks.values.filter(\.isPending).compactMap(\.expiresAt)
    return (retries + deadlines).min()
  }

  /// What the run's templates can read now.
  var scope: TemplateScope {
    var facts: JSONObject = ["id": .string(run.id.text)]
    facts["workflow_id"] = (run.workflow?.text).map { .string($0) }
    facts["workflow_name"] = run.workflowName.map { .string($0) }
    facts["version"] = run.version.map { .int($0) }
    facts["started_at"] = (run.startedAt?.iso8601).map { .string($0) }
    return TemplateScope(
      input: run.input ?? [:],
      results: steps.compactMapValues(\.result),
      stepInputs: steps.compactMapValues(\.input),
      run: facts
    )
  }

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
  /// Steps whose state differs.
  var steps: Set<String> = []
  /// Tasks that are new or differ.
  var tasks: Set<String> = []
  var actions: [RunAction] = []

  /// Whether nothing happened.
  var isEmpty: Bool { events.isEmpty && steps.isEmpty && tasks.isEmpty && actions.isEmpty }
}

/// What the engine does for a run once its change is durable.
enum RunAction: Sendable, Equatable {
  case execute(StepCall)
  /// Ends the attempt in flight of a step.
  case cancel(step: String)
}
