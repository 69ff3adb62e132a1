import JSON
import Testing

@testable import LocalRuntime

/// Every example workflow, run by the built program over HTTP.
@Suite struct ExampleTests {
  /// One run of an example and what comes of it.
  struct Course: Sendable, CustomTestStringConvertible {
    var example: String
    /// What is special about this run.
    var way = "as it comes"
    /// Lines of the configuration.
    var settings = ""
    /// What the language model answers.
    var model = ""
    /// The input; nil for the example's own.
    var input: JSONValue?
    var steps: JSONObject = [:]
    /// Waits of a second and more are divided by this; nothing else of an example is changed.
    var haste = 30.0
    /// How the task is answered that waits.
    var answer: (approved: Bool, fields: JSONObject)?
    /// Modes of stops, given once a step is at work.
    var stop: (after: String, modes: [String])?

    var status = "completed"
    /// Code and step of the failure.
    var failure: (code: String, step: String?)?
    /// Ids of steps by what became of them; those that completed, without.
    var cancelled: [String] = []
    var skipped: [String: String] = [:]
    /// Credits of the run.
    var credits: Double
    /// What parts of the results are.
    var results: JSONObject = [:]

    var testDescription: String { "\(example), \(way)" }
  }

  private static let quick: [Course] = [
    Course(
      example: "refund-approvals",
      way: "approved",
      answer: (true, ["amount": 400]),
      credits: 25,
      results: [
        "review-refund": ["approved": true, "amount": 400],
        "notify-customer": ["to": "alex@example.com"],
      ]
    ),
    Course(
      example: "refund-approvals",
      way: "rejected",
      answer: (false, ["comment": "No photo"]),
      skipped: ["issue-refund": "condition", "notify-customer": "condition"],
      credits: 15,
      results: ["review-refund": ["approved": false, "comment": "No photo"]]
    ),
    Course(
      example: "crm-sync",
      way: "with another city",
      answer: (true, ["city": "Hamburg"]),
      credits: 20,
      results: ["confirm-fields": ["approved": true, "city": "Hamburg"]]
    ),
    Course(example: "kb-refresh", credits: 40),
    Course(
      example: "order-triage",
      way: "a failure in a branch",
      status: "failed",
      failure: ("MCP_TOOL_FAILED", "create-ticket"),
      cancelled: ["classify"],
      skipped: ["notify": "blocked"],
      credits: 15
    ),
    Course(
      example: "price-import",
      way: "with a row that is wrong",
      credits: 50,
      results: [
        "import-rows": ["count": 4, "succeeded_count": 3, "failed_count": 1],
        "report": ["stored": 3, "refused": ["WIDGET-02"]],
      ]
    ),
    Course(
      example: "mail-round",
      way: "a failure in a loop",
      status: "failed",
      failure: ("LUA_SCRIPT_FAILED", "mail-each"),
      skipped: ["count-mails": "blocked"],
      credits: 30
    ),
    Course(
      example: "export-wait",
      way: "in four rounds",
      credits: 55,
      results: [
        "wait-for-export": ["iteration_count": 4, "stopped_reason": "condition_met"],
        "fetch-export": ["asked": 4, "percent": 100],
      ]
    ),
    Course(
      example: "newsletter",
      way: "with nothing to offer",
      skipped: [
        "collect-offers": "condition", "collect-events": "step_disabled", "send": "condition",
      ],
      credits: 10,
      results: ["lay-out": ["parts": ["news"], "subject": "Issue 2026-05"]]
    ),
    Course(
      example: "newsletter",
      way: "in full",
      input: ["issue": "2026-06", "offers": ["Cup"]],
      skipped: ["collect-events": "step_disabled"],
      credits: 20,
      results: ["lay-out": ["parts": ["news", "offers"]], "send": ["subject": "Issue 2026-06"]]
    ),
    Course(
      example: "shift-report",
      way: "without paging",
      skipped: ["page-lead": "out_of_scope"],
      credits: 10,
      results: ["report": ["text": "Shift night is over"]]
    ),
    Course(
      example: "shift-report",
      way: "paging the lead",
      steps: ["page-lead": ["who": "maria"]],
      credits: 15,
      results: ["page-lead": ["who": "maria", "shift": "night"]]
    ),
  ]

  private static let careful: [Course] = [
    Course(
      example: "ticket-answer",
      way: "edited and approved",
      settings: "prices = { llm_token = 0.01 }",
      model: #"{"answer":"We send a new cup.","urgent":false}"#,
      answer: (true, ["draft": "A new cup is on its way."]),
      credits: 25.42,
      results: [
        "draft": ["model": "small-1", "tokens_in": 12, "tokens_out": 30],
        "read-draft": ["answer": "We send a new cup.", "urgent": false],
        "send-answer": ["ticket": 4711, "text": "A new cup is on its way."],
      ]
    ),
    Course(
      example: "ticket-answer",
      way: "with a model that answers something else",
      model: "Sure, here is the answer you asked for",
      status: "failed",
      failure: ("LUA_SCRIPT_FAILED", "read-draft"),
      skipped: ["approve-answer": "blocked", "send-answer": "blocked"],
      credits: 15
    ),
    Course(
      example: "supplier-check",
      way: "a failure by time-out",
      haste: 1,
      status: "failed",
      failure: ("RUN_STALLED_OR_TIMED_OUT", "ask-north"),
      cancelled: ["ask-south"],
      skipped: ["place-order": "blocked"],
      credits: 10
    ),
    Course(
      example: "contract-signoff",
      way: "a failure by rejection",
      answer: (false, ["comment": "Clause 4 is missing"]),
      status: "failed",
      failure: ("LUA_SCRIPT_FAILED", "require-signature"),
      skipped: ["file-contract": "blocked"],
      credits: 10,
      results: ["sign": ["approved": false]]
    ),
    Course(
      example: "contract-signoff",
      way: "signed",
      answer: (true, [:]),
      credits: 15,
      results: ["file-contract": ["contract": "C-2026-18"]]
    ),
    Course(
      example: "return-desk",
      way: "with its refund approved",
      answer: (true, [:]),
      credits: 15,
      results: ["refund": ["approved": true], "close-return": ["paid": true, "shelf": "R-12"]]
    ),
    Course(
      example: "return-desk",
      way: "with its refund rejected",
      answer: (false, [:]),
      credits: 15,
      results: ["close-return": ["paid": false]]
    ),
    Course(
      example: "bulk-enrich",
      way: "with enough credits",
      settings: "budget = 40",
      credits: 40
    ),
    Course(
      example: "bulk-enrich",
      way: "a failure by credits",
      settings: "budget = 20",
      status: "failed",
      failure: ("INSUFFICIENT_CREDITS", "enrich"),
      skipped: ["count": "blocked"],
      credits: 20
    ),
    Course(
      example: "nightly-digest",
      way: "stopped gracefully, then at once",
      haste: 1,
      stop: ("summarize-c", ["graceful", "immediate"]),
      status: "stopped",
      failure: ("RUN_STOPPED", nil),
      cancelled: ["summarize-a", "summarize-b", "summarize-c"],
      skipped: ["write-digest": "blocked"],
      credits: 20
    ),
    Course(
      example: "nightly-digest",
      way: "stopped gracefully",
      stop: ("summarize-c", ["graceful"]),
      status: "stopped",
      failure: ("RUN_STOPPED", nil),
      skipped: ["write-digest": "blocked"],
      credits: 20
    ),
    Course(
      example: "invoice-agent",
      way: "stopped at once",
      haste: 1,
      stop: ("read-mailbox", ["immediate"]),
      status: "stopped",
      failure: ("RUN_STOPPED", nil),
      cancelled: ["read-mailbox"],
      skipped: [
        "find-attachments": "blocked", "classify-invoices": "blocked", "read-amounts": "blocked",
        "fetch-invoices": "blocked", "match-orders": "blocked", "check-vat": "blocked",
        "book-entries": "blocked", "file-report": "blocked",
      ],
      credits: 5
    ),
  ]

  @Test(arguments: quick + careful)
  func `an example ends as it should`(course: Course) async throws {
    let house = try await ServedHouse(settings: course.settings, answer: course.model)
    let (example, workflow) = try await Self.publish(course, in: house)
    try await Self.run(course, example, workflow, in: house)
    let run = try await house.ended(workflow)
    #expect(run["status"]?.string == course.status, "\(JSONWriter.text(run))")
    #expect(run["failure"]?["code"]?.string == course.failure?.code)
    #expect(run["failure"]?["step_id"]?.string == course.failure?.step)
    #expect(run["pending_tasks"] == 0)
    #expect(run["current_steps"] == [])
    let context = try await house.context(workflow)
    for member in course.results.members {
      let result = context["steps"]?[member.key]?["result"] ?? .null
      #expect(result.holds(member.value), "\(member.key): \(JSONWriter.text(result))")
    }
    try Self.check(course, run, try await house.events(workflow))
    if course.failure?.code == "INSUFFICIENT_CREDITS" {
      let refused = try await house.peer.send(
        "POST",
        "/v1/workflows/\(workflow)/command",
        #"{"command":"start","params":{"accounts":["Acme GmbH"]}}"#
      )
      #expect(refused.json["code"] == "INSUFFICIENT_CREDITS")
    }
    try await house.end()
  }

  /// Publishes an example as a course has it, and what it calls before it.
  private static func publish(
    _ course: Course,
    in house: ServedHouse
  ) async throws -> (Example, String) {
    let examples = try Example.all(in: Checkout.examples)
    var ids: [String: String] = [:]
    var example = try #require(examples.first { $0.name == course.example })
    for name in example.calls {
      let called = try #require(examples.first { $0.name == name })
      ids[name] = try await house.publish(name, hurried(called.graph, course.haste))
    }
    example.graph = hurried(example.graph(calling: ids), course.haste)
    return (example, try await house.publish(example.name, example.graph))
  }

  private static func run(
    _ course: Course,
    _ example: Example,
    _ workflow: String,
    in house: ServedHouse
  ) async throws {
    var params: JSONObject = ["trigger_payload": course.input ?? example.inputs[0]]
    if !course.steps.isEmpty { params["trigger_steps"] = .object(course.steps) }
    let started = try await house.command("start", workflow, params)
    #expect(started.status == 200, "\(started.text)")
    if let answer = course.answer {
      _ = try await house.answer(answer.approved, answer.fields)
    }
    guard let stop = course.stop else { return }
    try await house.run(workflow) {
      $0["current_steps"]?.array?.contains(.string(stop.after)) ?? false
    }
    for mode in stop.modes {
      let told = try await house.command("stop", workflow, ["mode": .string(mode)])
      #expect(told.json["status"] == (mode == "graceful" ? "draining" : "stopped"))
    }
  }

  /// What became of the steps, and what it cost.
  private static func check(_ course: Course, _ run: JSONValue, _ events: [JSONValue]) throws {
    // Steps of loops have steps of their own in the events.
    let outer = events.filter { $0["step_id"]?.string?.contains("#") != true }
    let counts = run["steps"]
    #expect(counts?["running"] == 0)
    #expect(counts?["cancelled"]?.int == course.cancelled.count)
    #expect(events.compactMap { $0["seq"]?.int } == Array(1...events.count))
    let cancelled = outer.filter { event in
      event["event_type"] == "step_cancelled" || event["data"]?["reason"] == "run_stopped"
    }.compactMap { $0["step_id"]?.string }
    #expect(Set(cancelled) == Set(course.cancelled))
    var skipped: [String: String] = [:]
    for event in outer where event["data"]?["skipped"] == true {
      skipped[event["step_id"]?.string ?? ""] = event["data"]?["reason"]?.string
    }
    #expect(skipped == course.skipped)
    let charges = events.compactMap { $0["data"]?["microcredits"]?.int }
    #expect(charges.reduce(0, +) == Int((course.credits * 1_000_000).rounded()))
    #expect(run["credits"]?.string.flatMap(Double.init) == course.credits)
    let last = events.last { $0["event_type"] == "state_changed" }
    #expect(last?["data"]?["to"]?.string == course.status)
  }

  /// A graph whose tools wait less.
  private static func hurried(_ value: JSONValue, _ haste: Double) -> JSONValue {
    switch value {
    case .array(let items): return .array(items.map { hurried($0, haste) })
    case .object(let object):
      let members = object.members.map { member in
        let isWait = member.key == "seconds" || member.key == "after_seconds"
        guard isWait, case .number(let number) = member.value, number.double >= 1,
          let less = JSONNumber("\(number.double / haste)")
        else { return JSONObject.Member(member.key, hurried(member.value, haste)) }
        return JSONObject.Member(member.key, .number(less))
      }
      return .object(JSONObject(members))
    default: return value
    }
  }

  @Test func `there is an example of every kind of step, and each is run here`() throws {
    let examples = try Example.all(in: Checkout.examples)
    #expect(examples.count >= 10)
    #expect(Set((Self.quick + Self.careful).map(\.example)) == Set(examples.map(\.name)))
    let types = examples.flatMap { $0.graph["steps"]?.array ?? [] }
      .compactMap { $0["type"]?.string }
    let all: [StepType] = [
      .mcpCall, .llmCall, .humanTask, .luaScript, .forEach, .whileLoop, .workflowCall,
    ]
    #expect(Set(types) == Set(all.map(\.word)))
  }
}
