import JSON

/// Workflows that tests publish.
enum Graphs {
  /// Waits for a person; on a yes, one more step runs.
  static let approval: JSONValue = [
    "steps": [
      [
        "id": "review", "type": "human_task", "name": "Review", "task_type": "approval",
        "task_payload": [
          "title": "Pay back 420 to alex", "description": "The parcel came broken.", "amount": 420,
        ],
      ],
      [
        "id": "pay", "type": "mcp_call", "name": "Pay", "instance_id": "demo", "tool_name": "echo",
        "tool_args": ["amount": 420], "depends_on": ["review"],
        "condition": "{{steps.review.result.approved}}",
      ],
    ]
  ]

  /// Waits for a person, about its own order, and is over with the answer.
  static let question: JSONValue = [
    "steps": [
      [
        "id": "review", "type": "human_task", "name": "Review", "task_type": "approval",
        "task_payload": ["title": "Pay back order {{input.order}}", "order": "{{input.order}}"],
      ]
    ]
  ]

  /// Is at work for longer than any test.
  static let busy: JSONValue = [
    "steps": [
      [
        "id": "crunch", "type": "mcp_call", "name": "Crunch", "instance_id": "demo",
        "tool_name": "sleep", "tool_args": ["seconds": 3000], "timeout_s": 3600,
      ],
      [
        "id": "report", "type": "mcp_call", "name": "Report", "instance_id": "demo",
        "tool_name": "echo", "tool_args": [:], "depends_on": ["crunch"],
      ],
    ]
  ]

  /// Fails while another step is in flight, before a third one began.
  static let failing: JSONValue = [
    "steps": [
      [
        "id": "index", "type": "mcp_call", "name": "Index", "instance_id": "demo",
        "tool_name": "sleep", "tool_args": ["seconds": 3000], "timeout_s": 3600,
      ],
      [
        "id": "ticket", "type": "mcp_call", "name": "Create ticket", "instance_id": "demo",
        "tool_name": "fail",
        "tool_args": ["message": "401 from the tracker", "after_seconds": 1],
      ],
      [
        "id": "notify", "type": "mcp_call", "name": "Notify", "instance_id": "demo",
        "tool_name": "echo", "tool_args": [:], "depends_on": ["ticket"],
      ],
    ]
  ]
}
