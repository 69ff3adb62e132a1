package import Cells
package import CommandCenter
package import JSON
package import Runs

/// The runs that the drawn screens show, at one fixed moment.
package enum Sample {
  /// 14:21:00 in the operator's zone.
  package static let now = Timestamp(milliseconds: 1_795_440_060_000)
  /// The operator's zone.
  package static let zone = Zone(offset: 3600, name: "CET")

  /// A moment before now.
  package static func ago(_ duration: Duration) -> Timestamp { now + (.zero - duration) }

  // MARK: Runs

  /// A run of a workflow.
  package static func run(
    _ id: String,
    _ workflow: String,
    _ status: RunStatus,
    began: Duration? = nil,
    _ change: (inout Run) -> Void = { _ in }
  ) -> Run {
    var run = Run(id: RunID(id), workflow: WorkflowID("wf-\(workflow)"), status: status)
    run.workflowName = workflow
    run.startedAt = began.map { ago($0) }
    change(&run)
    return run
  }

  /// Waits for an approval of $420.
  package static let refund = run(
    "7c9e6679-7425-40de-944b-e07fc1f90ae7",
    "refund-approvals",
    .paused,
    began: .seconds(1129)
  ) {
    $0.version = 3
    $0.trigger = "webhook"
    $0.credits = Credits(microcredits: 3_200_000)
    $0.statusAt = ago(.seconds(240))
    $0.steps = StepCounts(total: 5, completed: 2)
    $0.lastEvent = 9
  }

  /// Waits for an edit.
  package static let crmSync = run(
    "550e8400-e29b-41d4-a716-446655440000",
    "crm-sync",
    .paused,
    began: .seconds(800)
  ) {
    $0.statusAt = ago(.seconds(720))
  }

  /// Drains, with two steps in flight.
  package static let digest = run(
    "9b1d0c22-0000",
    "nightly-digest",
    .draining,
    began: .seconds(900)
  ) {
    $0.statusAt = ago(.seconds(72))
    $0.currentSteps = [StepID("summarize-b"), StepID("summarize-c")]
  }

  /// Runs.
  package static let invoice = run("1f0ab2c4-0000", "invoice-agent", .running, began: .seconds(123))
  {
    $0.steps = StepCounts(total: 9, completed: 5, running: 1)
    $0.currentSteps = [StepID("fetch-invoices")]
    $0.lastEvent = 57
  }

  /// Has been running for long.
  package static let enrich = run("77aa01fe-0000", "lead-enrich", .running, began: .seconds(1260)) {
    $0.steps = StepCounts(total: 7, completed: 2, running: 1)
    $0.currentSteps = [StepID("enrich")]
  }

  /// Is nearly done.
  package static let refresh = run("31c0de77-0000", "kb-refresh", .running, began: .seconds(40)) {
    $0.steps = StepCounts(total: 8, completed: 7, running: 1)
    $0.currentSteps = [StepID("write-index")]
  }

  /// Was paused by somebody.
  package static let payroll = run("0d33e1b9-0000", "payroll-sync", .paused, began: .seconds(700)) {
    $0.steps = StepCounts(total: 6, completed: 3)
    $0.statusBy = "maria"
    $0.statusAt = ago(.seconds(540))
  }

  /// Has not begun.
  package static let report = run("e9d1a0f4-0000", "weekly-report", .queued) {
    $0.createdAt = ago(.seconds(3))
  }

  /// Failed a while ago, at 14:02:51.
  package static let triage = run("a31f8c02-0000", "order-triage", .failed, began: .seconds(1129)) {
    $0.version = 12
    $0.trigger = "webhook"
    $0.credits = Credits(microcredits: 800_000)
    $0.endedAt = Timestamp(milliseconds: now.milliseconds - 1_088_449)
    $0.failure = Failure(
      code: "MCP_TOOL_FAILED",
      step: StepID("create-ticket"),
      message: "401 Unauthorized from jira.create_issue"
    )
    $0.steps = StepCounts(total: 4, completed: 1, failed: 1, cancelled: 1, skipped: 1)
  }

  /// Failed earlier, for the same reason.
  package static let earlierTriage = run("a31f7b11-0000", "order-triage", .failed) {
    $0.endedAt = ago(.seconds(44 * 60))
    $0.failure = triage.failure
  }

  /// Failed for another reason.
  package static let docQA = run("c0ffee12-0000", "doc-qa", .failed) {
    $0.endedAt = ago(.seconds(2 * 3600))
    $0.failure = Failure(
      code: "LLM_REQUEST_FAILED",
      step: StepID("answer"),
      message: "model gpt-x not found"
    )
  }

  /// Was stopped.
  package static let stopped = run("66ab19d0-0000", "lead-enrich", .stopped) {
    $0.endedAt = ago(.seconds(5 * 3600))
    $0.statusBy = "maria"
  }

  /// Needs nobody.
  package static let completed = run("31c0aaaa-0000", "kb-refresh", .completed) {
    $0.endedAt = ago(.seconds(3 * 3600))
  }

  /// All of them, as the feed lists them.
  package static let runs = [
    report, refresh, invoice, payroll, crmSync, digest, refund, triage, enrich, earlierTriage,
    docQA, completed, stopped,
  ]

  // MARK: Tasks

  /// The approval that the refund waits for.
  package static let approval = task(
    of: refund,
    step: "review-refund",
    type: "approval",
    age: .seconds(240),
    [
      "title": "Refund $420 to alex@example.com",
      "description":
        "Order 42 arrived damaged; photo attached by the customer. Policy limit without review: $200.",
      "amount": 420, "currency": "USD", "reason": "damaged-on-arrival",
    ]
  ) { $0.expiresAt = now + .seconds(26 * 60) }

  /// The edit that the synchronisation waits for.
  package static let edit = task(
    of: crmSync,
    step: "review-fields",
    type: "edit",
    age: .seconds(720),
    ["title": "Update 3 fields of Acme GmbH", "phone": "+49 30 1234", "city": "Berlin"]
  )

  /// A pending task of a run.
  package static func task(
    of run: Run,
    step: String,
    type: String,
    age: Duration,
    _ payload: JSONObject,
    _ change: (inout HumanTask) -> Void = { _ in }
  ) -> HumanTask {
    var task = HumanTask(id: TaskID(step), run: run.id, step: StepID(step), payload: payload)
    task.workflow = run.workflow
    task.workflowName = run.workflowName
    task.type = type
    task.createdAt = ago(age)
    change(&task)
    return task
  }

  /// The tasks that wait.
  package static let tasks = [edit, approval]

  // MARK: Readings and models

  /// One poll's answer.
  package static func reading(
    runs: [Run] = runs,
    tasks: [HumanTask]? = tasks,
    at moment: Timestamp = now
  ) -> Reading {
    Reading(runs: runs, tasks: tasks, at: moment)
  }

  /// An application that has seen nothing yet.
  package static func blank(
    columns: Int = 80,
    rows: Int = 24,
    config: Config = Config(),
    glyphs: Glyphs = .utf8
  ) -> Model {
    Model(
      size: Size(columns: columns, rows: rows),
      profile: ProfileFacts(
        name: "prod",
        tenant: "acme",
        project: "payments",
        place: "api.example.com"
      ),
      config: config,
      zone: zone,
      glyphs: glyphs,
      decisions: DecisionSource(high: 1, low: 2),
      now: now
    )
  }

  /// A desk at which one reading has come in.
  package static func desk(
    _ reading: Reading = reading(),
    columns: Int = 80,
    rows: Int = 24,
    config: Config = Config(),
    glyphs: Glyphs = .utf8
  ) -> Desk {
    var desk = Desk(blank(columns: columns, rows: rows, config: config, glyphs: glyphs))
    desk.send(.inbox(.reading(reading, changed: true)))
    desk.effects = []
    return desk
  }
}
