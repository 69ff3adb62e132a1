package import JSON
package import Runs

extension Sample {
  /// A number as it came, with all its digits.
  package static func number(_ text: String) -> JSONValue {
    JSONNumber(text).map(JSONValue.number) ?? .null
  }

  /// An approval with fields of every type.
  package static let form = task(
    of: refund,
    step: "review-refund",
    type: "approval",
    age: .seconds(240),
    [
      "title": "Refund $420 to alex@example.com",
      "description":
        "Order 42 arrived damaged; photo attached by the customer. Policy limit without review: $200.",
      "order_id": 42, "amount": number("420.00"), "currency": "USD", "notify": true, "note": nil,
    ]
  ) { $0.expiresAt = now + .seconds(26 * 60) }

  /// The steps behind it: two fields of the answer are read.
  package static let formGraph = Graph(steps: [
    step("review-refund", "human_task"),
    step(
      "issue-refund",
      "mcp_call",
      after: "review-refund",
      if: "{{steps.review-refund.result.approved}}",
      [
        "tool_args": [
          "amount": "{{steps.review-refund.result.amount}}",
          "note": "{{steps.review-refund.result.note}}",
        ]
      ]
    ),
    step("notify-customer", "mcp_call", after: "issue-refund"),
  ])

  /// The refund with that approval, as read.
  package static let formDetail = RunDetail(
    run: refund,
    events: refundEvents,
    tasks: [form],
    graph: formGraph,
    at: now
  )

  /// The same with another payload.
  package static func formDetail(_ change: (inout JSONObject) -> Void) -> RunDetail {
    var detail = formDetail
    change(&detail.tasks[0].payload)
    return detail
  }

  /// What is known of the triage before it is started again: a newer version was published since.
  package static var triageFacts: StartFacts {
    var facts = StartFacts()
    facts.version = 13
    facts.publishedAt = ago(.seconds(600))
    facts.schema = [
      "type": "object",
      "properties": [
        "order": ["type": "integer"],
        "channel": ["type": "string", "enum": ["mail", "phone", "chat"]],
        "dry_run": ["type": "boolean", "default": false],
      ],
      "required": ["order"],
    ]
    facts.run = triage
    facts.input = ["order": 42, "channel": "mail"]
    return facts
  }

  /// Workflows as a server lists them.
  package static var workflows: [Workflow] {
    let names = [
      ("order-triage", 13), ("refund-approvals", 3), ("crm-sync", 2), ("nightly-digest", 5),
    ]
    var list = names.map { name, version in
      var workflow = Workflow(id: WorkflowID("wf-\(name)"), name: name)
      workflow.version = version
      workflow.status = "published"
      return workflow
    }
    list[0].summary = "Reads a complaint and opens a ticket for it."
    var draft = Workflow(id: WorkflowID("wf-draft"), name: "order-returns")
    draft.status = "draft"
    return list + [draft]
  }
}
