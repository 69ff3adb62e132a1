import JSON
import Testing

@testable import LocalRuntime

@Suite struct GraphTests {
  private static let servers = KnownServers(
    names: ["demo", "mail"],
    tools: ["demo": ["sleep", "echo", "fail"], "mail": ["send", "echo"]]
  )

  private static let executed =
    "“human_task”, “mcp_call”, “llm_call”, “lua_script”, “for_each”, “while”, “workflow_call”"

  private func check(_ text: String) throws -> GraphReport {
    GraphValidation.check(try JSONValue(parsing: text), knownServers: Self.servers)
  }

  /// A graph of one sound step and one more, written as members.
  private func withStep(_ members: String) throws -> GraphReport {
    try check(
      #"{"steps":[{"id":"first","type":"lua_script","script":"return {}"},"#
        + #"{"id":"s","type":"mcp_call","instance_id":"demo","tool_name":"echo","# + members + "}]}"
    )
  }

  @Test func `a sound graph is read with its order and its defaults`() throws {
    let report = try check(
      """
      {"name":"kept","input_schema":{"type":"object"},"steps":[
        {"id":"send","type":"mcp_call","name":"Send it","instance_id":"mail","tool_name":"send",
         "depends_on":["ok","draft","ok"],"condition":"{{steps.ok.result.approved}}",
         "tool_args":{"text":"{{steps.draft.result.text | input.text}}"},
         "timeout_s":2.5,"retry_count":3},
        {"id":"draft","type":"mcp_call","tool_name":"sleep"},
        {"id":"ok","type":"human_task","depends_on":["draft"],"enabled":false,
         "task_type":"approval","task_payload":{"title":"OK?"}}]}
      """
    )
    #expect(report.issues.map(\.code) == ["step_disabled"])
    #expect(report.valid)
    #expect(report.readiness == "ready")
    #expect(report.topologicalOrder == ["draft", "ok", "send"])
    let graph = try #require(report.graph)
    let send = try #require(graph.step("send"))
    #expect(send.type == .mcpCall)
    #expect(send.name == "Send it")
    #expect(send.dependsOn == ["ok", "draft"])
    #expect(send.condition == "{{steps.ok.result.approved}}")
    #expect(send.skipWhen == nil)
    #expect(send.enabled)
    #expect(send.timeoutDuration == .milliseconds(2500))
    #expect(send.retryCount == 3)
    #expect(send.server == "mail")
    #expect(send.toolName == "send")
    #expect(send.toolArguments.keys == ["text"])
    let ok = try #require(graph.step("ok"))
    #expect(ok.name == "ok")
    #expect(!ok.enabled)
    #expect(ok.timeout == nil)
    #expect(ok.taskType == "approval")
    #expect(ok.taskPayload == ["title": "OK?"])
    #expect(graph.step("draft")?.server == nil)
    #expect(graph.inputSchema == ["type": "object"])
    #expect(graph.raw["name"] == "kept")
    #expect(graph.dependents(of: "draft") == ["send", "ok"])
    #expect(graph.downstream(of: "draft") == ["send", "ok"])
    #expect(graph.upstream(of: "send") == ["draft", "ok"])
    #expect(graph.upstream(of: "draft") == [])
  }

  @Test(arguments: [
    ("[]", "the graph is a list, not an object", "$"),
    ("{}", "the graph has no “steps”", "$"),
    (#"{"steps":{}}"#, "“steps” is an object, not a list", "$.steps"),
    (#"{"steps":[]}"#, "the graph has no step", "$.steps"),
    (#"{"steps":[3]}"#, "step 1 is a number, not an object", "$.steps[0]"),
    (#"{"steps":[{"type":"human_task"}]}"#, "step 1 has no “id”", "$.steps[0]"),
    (#"{"steps":[{"id":"","type":"human_task"}]}"#, "step 1 has an empty “id”", "$.steps[0].id"),
    (
      #"{"steps":[{"id":7,"type":"human_task"}]}"#, "the id of step 1 is a number, not a text",
      "$.steps[0].id"
    ),
    (
      #"{"steps":[{"id":"a.b","type":"human_task"}]}"#,
      "the id of step 1 has a character that templates cannot name", "$.steps[0].id"
    ),
    (#"{"steps":[{"id":"a"}]}"#, "step “a” has no “type”", "$.steps[0].type"),
    (
      #"{"steps":[{"id":"a","type":"human_task"},{"id":"a","type":"human_task"}]}"#,
      "step 2 has the id “a” of step 1", "$.steps[1].id"
    ),
    (
      #"{"steps":[{"id":"a","type":"human_task"}],"input_schema":3}"#,
      "“input_schema” is a number, not an object or a list", "$.input_schema"
    ),
  ])
  func `a malformed graph is one sentence and a place`(
    text: String,
    message: String,
    path: String
  ) throws {
    let report = try check(text)
    #expect(report.issues.map(\.message) == [message])
    #expect(report.issues.map(\.jsonPath) == [path])
    #expect(report.issues.map(\.code) == ["graph_schema_validation"])
    #expect(!report.valid)
    #expect(report.readiness == "blocked")
    #expect(report.graph == nil)
  }

  @Test(arguments: [
    (#""name":3"#, "“name” of step “s” is a number, not a text", ".name"),
    (
      #""depends_on":"first""#, "“depends_on” of step “s” is a text, not a list of ids",
      ".depends_on"
    ),
    (
      #""depends_on":["first",1]"#, "“depends_on” of step “s” holds a number, not only ids",
      ".depends_on[1]"
    ),
    (#""enabled":"yes""#, "“enabled” of step “s” is a text, not a boolean", ".enabled"),
    (
      #""condition":3"#, "“condition” of step “s” is a number, not a template or a boolean",
      ".condition"
    ),
    (
      #""skip_when":[]"#, "“skip_when” of step “s” is a list, not a template or a boolean",
      ".skip_when"
    ),
    (
      #""timeout_s":"5""#, "“timeout_s” of step “s” is a text, not a number of seconds",
      ".timeout_s"
    ),
    (#""timeout_s":0"#, "“timeout_s” of step “s” is 0, not above 0 and up to 604800", ".timeout_s"),
    (
      #""timeout_s":604801"#, "“timeout_s” of step “s” is 604801, not above 0 and up to 604800",
      ".timeout_s"
    ),
    (
      #""timeout_s":1e999"#, "“timeout_s” of step “s” is 1e999, not above 0 and up to 604800",
      ".timeout_s"
    ),
    (
      #""retry_count":1.5"#, "“retry_count” of step “s” is a number, not a whole number",
      ".retry_count"
    ),
    (#""retry_count":11"#, "“retry_count” of step “s” is 11, not 0 to 10", ".retry_count"),
    (#""retry_count":-1"#, "“retry_count” of step “s” is -1, not 0 to 10", ".retry_count"),
    (#""tool_args":[]"#, "“tool_args” of step “s” is a list, not an object", ".tool_args"),
    (
      #""task_payload":"x""#, "“task_payload” of step “s” is a text, not an object", ".task_payload"
    ),
    (#""terminal":1"#, "“terminal” of step “s” is a number, not a boolean", ".terminal"),
  ])
  func `a field of the wrong type or size is named`(
    members: String,
    message: String,
    path: String
  ) throws {
    let report = try withStep(members)
    #expect(report.issues.map(\.message) == [message])
    #expect(report.issues.map(\.jsonPath) == ["$.steps[1]\(path)"])
    #expect(report.issues.map(\.stepID) == ["s"])
  }

  @Test(
    arguments: [
      (
        #""depends_on":["frist"]"#, "dependency_unknown",
        "step “s” depends on “frist”, which is no step of the graph", "$.steps[1].depends_on[0]",
        "“first” was meant?"
      ),
      (
        #""depends_on":["s"]"#, "cycle", "the steps wait for each other in a circle: “s” → “s”",
        "$.steps[1].depends_on", "take one of these out of the “depends_on” of the next"
      ),
      (
        #""tool_args":{"to":["{{steps.frist.result.x}}"]}"#, "template_unresolved",
        "step “s”, tool_args.to.0: “steps.frist.result.x” names “frist”, which is no step of the graph",
        "$.steps[1].tool_args.to[0]", "“first” was meant?"
      ),
      (
        #""tool_args":{"a":"x {{steps.first.result.x}}"}"#, "template_missing_dependency",
        "step “s”, tool_args.a: “steps.first.result.x” reads a step that is not done before",
        "$.steps[1].tool_args.a", "add “first” to its “depends_on”"
      ),
      (
        #""condition":"{{steps.s.result.x}}""#, "template_missing_dependency",
        "step “s”, condition: “steps.s.result.x” reads a step that is not done before",
        "$.steps[1].condition", nil
      ),
      (
        #""tool_args":{"a":"{{input.x"}"#, "template_syntax",
        "step “s”, tool_args.a: the template ends where “}}” should stand",
        "$.steps[1].tool_args.a", nil
      ),
      (
        #""skip_when":"maybe so""#, "template_syntax",
        "step “s”, skip_when: “maybe” does not begin with “input”, “steps” or “run”; "
          + "put texts in quotes", "$.steps[1].skip_when", nil
      ),
      (
        #""instance_id":"mial""#, "mcp_server_unknown",
        "step “s” calls the MCP server “mial”; runtime.toml names “demo”, “mail”",
        "$.steps[1].instance_id", "“mail” was meant?"
      ),
      (
        #""instance_id":"","tool_name":"echo""#, "mcp_server_ambiguous",
        "step “s” names no MCP server, and “demo”, “mail” have a tool “echo”", "$.steps[1]",
        "add “instance_id” with one of them"
      ),
      (
        #""instance_id":null,"tool_name":"nope""#, "mcp_server_missing",
        "step “s” names no MCP server, and no configured one has a tool “nope”", "$.steps[1]",
        "add “instance_id” with a server of runtime.toml"
      ),
      (
        #""instance_id":null,"server_url":"https://x""#, "mcp_server_unknown",
        "step “s” calls the MCP server at “https://x”, which is the “url” of none here; "
          + "runtime.toml names “demo”, “mail”", "$.steps[1].server_url",
        "add it to runtime.toml, or name another server in “instance_id”"
      ),
      (
        #""tool_name":"""#, "mcp_tool_name_missing", "step “s” does not say which tool it calls",
        "$.steps[1].tool_name", "add “tool_name”"
      ),
      (
        #""tool_name":"{{input.tool}}""#, "template_not_allowed",
        "“tool_name” of step “s” may not hold a template", "$.steps[1].tool_name",
        "write the name itself"
      ),
    ] as [(String, String, String, String, String?)]
  )
  func `what cannot run is refused with its code, place and way out`(
    members: String,
    code: String,
    message: String,
    path: String,
    suggestion: String?
  ) throws {
    let report = try withStep(members)
    let issue = try #require(report.issues.first { $0.severity == .error })
    #expect(report.issues.count { $0.severity == .error } == 1)
    #expect(issue.code == code)
    #expect(issue.message == message)
    #expect(issue.jsonPath == path)
    #expect(issue.suggestion == suggestion)
    #expect(issue.stepID == "s")
    #expect(report.graph == nil)
  }

  @Test(arguments: ["agent_call", "external_agent"])
  func `a documented type that is not executed here says so`(word: String) throws {
    let report = try check(#"{"steps":[{"id":"a","type":"\#(word)"}]}"#)
    #expect(report.issues.map(\.code) == ["step_type_not_executed"])
    #expect(
      report.sentence
        == "step “a” is of type “\(word)”, which this runtime does not execute; "
        + "it executes \(Self.executed)"
    )
  }

  @Test(arguments: [
    ("mcp_cal", "step_type_unknown", "“mcp_call” was meant?"),
    ("banana", "step_type_unknown", "this runtime executes \(executed)"),
    ("parallel", "step_type_removed", "use “depends_on” and “condition” instead"),
  ])
  func `an unknown type is refused`(word: String, code: String, suggestion: String) throws {
    let report = try check(#"{"steps":[{"id":"a","type":"\#(word)"}]}"#)
    #expect(report.issues.map(\.code) == [code])
    #expect(report.issues.map(\.suggestion) == [suggestion])
  }

  @Test func `a cycle is named in the order of its steps`() throws {
    let report = try check(
      """
      {"steps":[{"id":"x","type":"human_task","depends_on":["c"]},
        {"id":"a","type":"human_task","depends_on":["c"]},
        {"id":"b","type":"human_task","depends_on":["a"]},
        {"id":"c","type":"human_task","depends_on":["b"]}]}
      """
    )
    #expect(
      report.issues.map(\.message)
        == ["the steps wait for each other in a circle: “a” → “b” → “c” → “a”"]
    )
    #expect(report.topologicalOrder == [])
  }

  @Test func `a tool that the server does not list is a warning only`() throws {
    let report = try withStep(#""tool_name":"ecoh""#)
    #expect(report.issues.map(\.code) == ["mcp_tool_unknown"])
    #expect(report.issues.map(\.suggestion) == ["“echo” was meant?"])
    #expect(report.valid)
    #expect(report.sentence == nil)
    #expect(report.graph != nil)
  }

  @Test func `a published graph is read whatever servers are configured here`() throws {
    let text = #"{"steps":[{"id":"a","type":"mcp_call","instance_id":"gone","tool_name":"x"}]}"#
    let graph = try WorkflowGraph(try JSONValue(parsing: text))
    #expect(graph.topologicalOrder == ["a"])
    let issue = #expect(throws: GraphIssue.self) { try WorkflowGraph(["steps": 3]) }
    #expect(issue?.message == "“steps” is a number, not a list")
  }

  @Test func `a thousand steps in a chain are checked, one more is refused`() throws {
    func chain(_ count: Int) -> JSONValue {
      let steps: [JSONValue] = (0..<count).map { index in
        var step: JSONObject = ["id": .string("s\(index)"), "type": "human_task"]
        if index > 0 { step["depends_on"] = [.string("s\(index - 1)")] }
        return .object(step)
      }
      return ["steps": .array(steps)]
    }
    let sound = GraphValidation.check(chain(1000), knownServers: Self.servers)
    #expect(sound.valid)
    #expect(sound.topologicalOrder.last == "s999")
    let large = GraphValidation.check(chain(1001), knownServers: Self.servers)
    #expect(large.issues.map(\.message) == ["the graph has 1001 steps; at most 1000 are allowed"])
    let id = String(repeating: "é", count: 129)
    let long = GraphValidation.check(
      ["steps": [["id": .string(id), "type": "human_task"]]],
      knownServers: Self.servers
    )
    #expect(long.issues.map(\.message) == ["the id of step 1 is longer than 128 characters"])
  }

  @Test func `the report has the fields of the wire`() throws {
    let text = #"{"steps":[{"id":"a","type":"agent_call"}]}"#
    let report = try check(text)
    let issue: JSONValue = [
      "severity": "error", "code": "step_type_not_executed", "step_id": "a",
      "message": "step “a” is of type “agent_call”, which this runtime does not execute",
      "json_path": "$.steps[0].type", "suggestion": .string("it executes \(Self.executed)"),
    ]
    let checks: JSONValue = [
      "graph", "graph_schema", "dependencies", "step_config", "templates", "lua_syntax",
      "mcp_bindings", "mcp_resolve", "workflow_calls", "disabled_steps", "episodes", "input_schema",
    ]
    let hash = GraphReport.hash(of: try JSONValue(parsing: text))
    #expect(
      report.json(at: "2026-01-02T03:04:05Z")
        == [
          "valid": false, "checks_performed": checks,
          "check_results": [
            "graph": "passed", "graph_schema": "passed", "dependencies": "passed",
            "step_config": "failed", "templates": "passed", "lua_syntax": "not_applicable",
            "mcp_bindings": "not_applicable", "mcp_resolve": "not_applicable",
            "workflow_calls": "not_applicable", "disabled_steps": "passed", "episodes": "passed",
            "input_schema": "not_applicable",
          ],
          "issues": [issue], "topological_order": ["a"], "readiness": "blocked",
          "blockers": [issue],
          "validation_evidence": [
            "graph_hash": .string(hash), "validated_at": "2026-01-02T03:04:05Z",
            "readiness": "blocked", "checks_performed": checks,
          ],
        ]
    )
    #expect(hash.count == 64)
  }

  @Test func `a hash does not depend on the order of the members`() throws {
    let one = try JSONValue(parsing: #"{"a":1,"b":{"c":[1,2],"d":null}}"#)
    let other = try JSONValue(parsing: #"{"b":{"d":null,"c":[1,2]},"a":1}"#)
    #expect(GraphReport.hash(of: one) == GraphReport.hash(of: other))
    #expect(GraphReport.hash(of: one) != GraphReport.hash(of: ["a": 1]))
  }
}
