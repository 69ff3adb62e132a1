package import CommandCenter
package import JSON
package import Runs

extension Sample {
  /// A time of day on the sample's day, in the operator's zone: `14:02:11.020`.
  package static func clock(_ text: String) -> Timestamp {
    Timestamp(iso8601: "2026-11-23T\(text)+01:00") ?? now
  }

  /// An event of a run.
  package static func event(
    _ time: String,
    _ type: String,
    step: String? = nil,
    _ data: JSONObject = [:]
  ) -> RunEvent {
    RunEvent(type: type, step: step.map { StepID($0) }, at: clock(time), data: data)
  }

  /// What the failed triage did.
  package static let triageEvents = [
    event(
      "14:02:11.020",
      "run_started",
      [
        "trigger": "webhook", "input": ["order": 42, "channel": "mail"],
      ]
    ),
    event("14:02:11.043", "step_started", step: "fetch-order"),
    event(
      "14:02:11.911",
      "tool_called",
      step: "fetch-order",
      [
        "tool_name": "orders.get", "arguments": ["id": 42],
      ]
    ),
    event(
      "14:02:12.204",
      "tool_result",
      step: "fetch-order",
      [
        "result": ["status": "open", "lines": 3, "customer": "alex@example.com", "total": 420]
      ]
    ),
    event("14:02:12.205", "step_completed", step: "fetch-order", ["credits": "0.20"]),
    event("14:02:12.210", "step_started", step: "classify"),
    event("14:02:12.211", "step_started", step: "create-ticket"),
    event(
      "14:02:13.870",
      "llm_output",
      step: "classify",
      [
        "delta": "The customer reports a damaged parcel and asks for a refund."
      ]
    ),
    event(
      "14:02:51.544",
      "step_failed",
      step: "create-ticket",
      [
        "failure_code": "MCP_TOOL_FAILED", "error": "401 Unauthorized from jira.create_issue",
      ]
    ),
    event(
      "14:02:51.546",
      "step_cancelled",
      step: "classify",
      [
        "reason": "run_failed", "caused_by_step_id": "create-ticket",
      ]
    ),
    event(
      "14:02:51.547",
      "step_completed",
      step: "notify",
      [
        "skipped": true, "reason": "blocked", "caused_by_step_id": "create-ticket",
      ]
    ),
    event(
      "14:02:51.551",
      "state_changed",
      [
        "from": "running", "to": "failed", "failure_code": "MCP_TOOL_FAILED",
      ]
    ),
  ]

  /// The steps of the triage.
  package static let triageGraph = Graph(steps: [
    step("fetch-order", "mcp_call", ["tool_name": "orders.get"]),
    step("classify", "llm_call", after: "fetch-order"),
    step("create-ticket", "mcp_call", after: "fetch-order", ["tool_name": "jira.create_issue"]),
    step("notify", "mcp_call", after: "classify create-ticket"),
  ])

  /// The failed triage, as read.
  package static let triageDetail = RunDetail(
    run: triage,
    events: triageEvents,
    graph: triageGraph,
    at: now
  )

  /// The steps of the refund: what comes behind the approval runs only on a yes.
  package static let refundGraph = Graph(steps: [
    step("fetch-order", "mcp_call", ["tool_name": "orders.get"]),
    step("assess-damage", "llm_call", after: "fetch-order"),
    step("review-refund", "human_approval", after: "assess-damage"),
    step(
      "issue-refund",
      "mcp_call",
      after: "review-refund",
      if: "{{steps.review-refund.result.approved}}"
    ),
    step("notify-customer", "mcp_call", after: "issue-refund"),
  ])

  /// What the refund did until it came to wait.
  package static let refundEvents = [
    event("14:02:11.020", "run_started", ["trigger": "webhook", "input": ["order": 42]]),
    event("14:02:11.100", "step_started", step: "fetch-order"),
    event("14:02:12.300", "step_completed", step: "fetch-order", ["credits": "0.20"]),
    event("14:02:12.310", "step_started", step: "assess-damage"),
    event("14:02:20.710", "step_completed", step: "assess-damage", ["credits": "3.00"]),
    event("14:02:20.720", "step_started", step: "review-refund"),
    event(
      "14:17:00.000",
      "task_created",
      step: "review-refund",
      [
        "title": "Refund $420 to alex@example.com"
      ]
    ),
    event("14:17:00.010", "state_changed", ["from": "running", "to": "paused"]),
  ]

  /// The refund that waits, as read.
  package static let refundDetail = RunDetail(
    run: refund,
    events: refundEvents,
    tasks: [approval],
    graph: refundGraph,
    at: now
  )

  /// The invoice run, with two steps in flight.
  package static let invoiceDetail = RunDetail(
    run: invoice,
    events: [
      event("14:18:57.000", "run_started", ["trigger": "cron"]),
      event("14:20:01.000", "step_started", step: "fetch-invoices"),
      event("14:20:02.000", "step_started", step: "post-ledger"),
    ],
    graph: Graph(steps: [
      step("fetch-invoices", "mcp_call"), step("post-ledger", "mcp_call"),
      step("send-report", "mcp_call", after: "fetch-invoices post-ledger"),
    ]),
    at: now
  )

  /// A step of a graph; what it waits for is parted by blanks.
  package static func step(
    _ id: String,
    _ type: String,
    after: String = "",
    if condition: String? = nil,
    _ source: JSONObject = [:]
  ) -> Graph.Step {
    Graph.Step(
      id: StepID(id),
      type: type,
      dependsOn: after.split(separator: " ").map { StepID(String($0)) },
      condition: condition,
      source: source
    )
  }

  /// The message that a run was read.
  package static func read(_ detail: RunDetail) -> RunMessage {
    .detail(
      RunReference(workflow: detail.run.workflow ?? WorkflowID(""), run: detail.run.id),
      .success(detail)
    )
  }
}
