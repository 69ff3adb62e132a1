import CommandCenter
import JSON
import Runs
import Shell

let now = Timestamp(milliseconds: 1_795_000_000_000)

/// What was decided in a test is named by these.
let names = DecisionSource(high: 1, low: 2)

/// A verb in a plain surrounding: 80 columns, UTC.
func task(
  _ verb: ShellVerb,
  form: OutputForm = .table,
  width: Int? = 80,
  _ change: (inout ShellContext) -> Void = { _ in }
) -> ShellTask {
  var context = ShellContext(form: form, width: width, decisions: names)
  change(&context)
  return ShellTask(verb, context)
}

/// What a verb leads to when these messages come, all effects in order.
func effects(_ task: ShellTask, _ messages: ShellMessage...) -> [ShellEffect] {
  var task = task
  var effects = task.begin(at: now)
  for message in messages { effects += task.receive(message, at: now) }
  return effects
}

extension ShellVerb {
  static func approve(_ ids: String...) -> ShellVerb { .act(Action(.approve, ids)) }
  static func reject(_ ids: String...) -> ShellVerb { .act(Action(.reject, ids)) }
  static func pause(_ ids: String...) -> ShellVerb { .act(Action(.pause, ids)) }
  static func resume(_ ids: String...) -> ShellVerb { .act(Action(.resume, ids)) }
  static func stop(_ id: String, _ mode: StopMode) -> ShellVerb { .act(Action(.stop(mode), [id])) }
  static func start(_ name: String, input: [String]) -> ShellVerb { .start(Start([name] + input)) }
}

/// That a run was looked at.
func looked(_ detail: RunDetail) -> ShellMessage {
  .detail(
    RunReference(workflow: detail.run.workflow ?? WorkflowID("w"), run: detail.run.id),
    .success(detail)
  )
}

/// What was written to standard output.
func output(_ effects: [ShellEffect]) -> String {
  effects.map { if case .out(let text) = $0 { text } else { "" } }.joined()
}

/// What was said on standard error.
func complaints(_ effects: [ShellEffect]) -> [String] {
  effects.compactMap { if case .complain(let text) = $0 { text } else { nil } }
}

/// The code that the verb ends with.
func code(_ effects: [ShellEffect]) -> ExitCode? {
  if case .finish(let code)? = effects.last { code } else { nil }
}

/// The decision that a verb wants carried out.
func decided(_ effects: [ShellEffect]) -> Decision? { decisions(effects).first }

/// The decisions that a verb wants carried out.
func decisions(_ effects: [ShellEffect]) -> [Decision] {
  effects.compactMap { if case .carryOut(let decision) = $0 { decision } else { nil } }
}

func ago(_ seconds: Int) -> Timestamp { now + .seconds(-seconds) }

func run(
  _ id: String,
  _ name: String,
  _ status: RunStatus,
  startedAgo seconds: Int = 60,
  _ change: (inout Run) -> Void = { _ in }
) -> Run {
  var run = Run(id: RunID(id), workflow: WorkflowID("wf-\(name)"), status: status)
  run.workflowName = name
  run.startedAt = ago(seconds)
  run.endedAt = status.isTerminal ? ago(seconds / 2) : nil
  change(&run)
  return run
}

func waiting(_ id: String, run: String, _ name: String, title: String) -> HumanTask {
  var task = HumanTask(id: TaskID(id), run: RunID(run), payload: ["title": .string(title)])
  task.workflow = WorkflowID("wf-\(name)")
  task.workflowName = name
  task.createdAt = ago(240)
  return task
}

/// A server with one of each.
let busy = Reading(
  runs: [
    run("7c9e6679-7425", "refund-approvals", .running),
    run("9b1deb4d-3b7d", "nightly-digest", .draining, startedAgo: 600) { $0.statusBy = "alex" },
    run("550e8400-e29b", "crm-sync", .paused, startedAgo: 7200),
    run("550e8411-e29b", "crm-sync", .running, startedAgo: 30) {
      $0.steps = StepCounts(total: 5, completed: 2)
      $0.currentSteps = [StepID("fetch")]
    },
    run("a31f8c02-91aa", "order-triage", .failed, startedAgo: 3600) {
      $0.failure = Failure(
        code: "MCP_TOOL_FAILED",
        step: StepID("lookup"),
        message: "order 42: connection refused"
      )
    },
  ],
  tasks: [
    waiting("t-1", run: "7c9e6679-7425", "refund-approvals", title: "Refund $420 to alex")
  ],
  at: now
)

let faults: [(Fault.Kind, ExitCode)] = [
  (.unreachable, .notReachable), (.timedOut, .notReachable), (.unauthenticated, .refused),
  (.forbidden, .refused), (.notFound, .failed), (.limited, .failed), (.server, .failed),
  (.notTheAPI, .failed), (.rejected, .failed), (.local, .failed), (.untrusted, .notReachable),
  (.tooLarge, .failed),
]
