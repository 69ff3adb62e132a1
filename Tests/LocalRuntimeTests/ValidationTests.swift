import JSON
import Testing

@testable import LocalRuntime

@Suite struct ValidationTests {
  private func check(
    _ graph: String,
    _ request: String = "{}",
    workflows: KnownWorkflows = .unasked
  ) throws -> GraphReport {
    let body = try #require(try JSONValue(parsing: request).object)
    return GraphValidation.check(
      try JSONValue(parsing: graph),
      in: GraphSurroundings(workflows: workflows),
      request: ValidationRequest(body)
    )
  }

  @Test(
    arguments: [
      (#""type":"llm_call""#, ["says neither “model” nor “model_ref”", "has no “prompt”"]),
      (#""type":"llm_call","model_ref":"direct.openai.gpt-4o","prompt":"Hi""#, []),
      (#""type":"lua_script""#, ["has no “script”"]),
      (#""type":"lua_script","script":"""#, ["has no “script”"]),
      (#""type":"workflow_call""#, ["does not say which workflow it calls"]),
    ] as [(String, [String])]
  )
  func `a step has what its type needs`(members: String, lacks: [String]) throws {
    let report = try check(#"{"steps":[{"id":"s",\#(members)}]}"#)
    #expect(report.issues.map(\.message) == lacks.map { "step “s” \($0)" })
    #expect(report.issues.allSatisfy { $0.code == "step_config" })
  }

  @Test(arguments: [
    (#""type":"lua_script","script":7"#, "“script” of step “s” is a number, not a text"),
    (
      #""type":"llm_call","model":"m","prompt":"p","llm_params":[]"#,
      "“llm_params” of step “s” is a list, not an object"
    ),
    (
      #""type":"workflow_call","workflow_id":"w","input":"x""#,
      "“input” of step “s” is a text, not an object"
    ),
    (
      #""type":"human_task","input_allowlist":"a""#,
      "“input_allowlist” of step “s” is a text, not a list of ids"
    ),
    (#""type":"human_task","idempotent":1"#, "“idempotent” of step “s” is a number, not a boolean"),
  ])
  func `a field of a wrong type is refused`(members: String, message: String) throws {
    let report = try check(#"{"steps":[{"id":"s",\#(members)}]}"#)
    #expect(report.issues.map(\.message) == [message])
    #expect(report.issues.map(\.code) == ["graph_schema_validation"])
  }

  @Test func `a script is compiled and bounded, but not run`() throws {
    let wrong = try check(#"{"steps":[{"id":"s","type":"lua_script","script":"return {"}]}"#)
    let message = try #require(wrong.issues.first?.message)
    #expect(message.hasPrefix("“script” of step “s” is no valid Lua: line 1: "))
    let template = try check(
      #"{"steps":[{"id":"s","type":"lua_script","script":"return { a = {{input.x}} b }"}]}"#
    )
    #expect(template.issues.map(\.suggestion) == ["templates are not read in scripts; use “input”"])
    let length = 65_537
    let long = GraphValidation.check(
      [
        "steps": [
          [
            "id": "s", "type": "lua_script",
            "script": .string(String(repeating: "-", count: length)),
          ]
        ]
      ],
      in: GraphSurroundings()
    )
    #expect(
      long.issues.first?.message
        == "“script” of step “s” has 65537 bytes; at most 65536 are allowed"
    )
    let endless = try check(
      #"{"steps":[{"id":"s","type":"lua_script","script":"while true do end","timeout_s":60}]}"#
    )
    #expect(endless.issues.map(\.code) == ["lua_timeout_capped"])
  }

  @Test func `a misspelled field is named`() throws {
    let report = try check(#"{"steps":[{"id":"s","type":"human_task","depend_on":[],"x":1}]}"#)
    #expect(report.valid)
    #expect(report.issues.map(\.suggestion) == ["“depends_on” was meant?"])
  }

  // MARK: Calls of workflows

  @Test(arguments: [
    ("gone", "workflow_call_unknown"), ("draft", "workflow_call_unpublished"),
    ("old", "workflow_call_archived"), ("self", "workflow_call_circle"),
    ("back", "workflow_call_circle"),
  ])
  func `a workflow that cannot be called is refused`(id: String, code: String) throws {
    let known = KnownWorkflows(
      own: "self",
      standings: [
        "gone": .missing, "draft": .draft, "old": .archived, "self": .published(calls: []),
        "back": .published(calls: ["leaf", "between"]), "between": .published(calls: ["self"]),
        "leaf": .published(calls: []),
      ]
    )
    let graph = #"{"steps":[{"id":"s","type":"workflow_call","workflow_id":"\#(id)"}]}"#
    let report = try check(graph, workflows: known)
    #expect(report.issues.map(\.code) == [code])
    #expect(report.issues.map(\.jsonPath) == ["$.steps[0].workflow_id"])
    if id == "back" {
      #expect(
        report.issues.first?.message
          == "step “s” calls a workflow that leads back to this one: "
          + "“self” → “back” → “between” → “self”"
      )
    }
  }

  @Test func `a published workflow is called, also by two that call the same`() throws {
    let known = KnownWorkflows(
      own: "self",
      standings: [
        "a": .published(calls: ["leaf", "b"]), "b": .published(calls: ["leaf", "a"]),
        "leaf": .published(calls: []),
      ]
    )
    let graph = """
      {"steps":[{"id":"s","type":"workflow_call","workflow_id":"a"},
        {"id":"t","type":"for_each","for_each_items":[1],"for_each_body_steps":[
          {"id":"u","type":"workflow_call","workflow_id":"b","input":{"x":"{{item}}"}}]}]}
      """
    #expect(try check(graph, workflows: known).issues == [])
  }

  // MARK: Episodes

  @Test(
    arguments: [
      (#"{"id":"a","type":"human_task","no_auto_start":true}"#, ["episode_c3_spine_without_close"]),
      (
        #"{"id":"a","type":"human_task","no_auto_start":true},{"id":"b","type":"human_task","terminal":true}"#,
        []
      ),
      (
        #"{"id":"a","type":"human_task","no_auto_start":true},"#
          + #"{"id":"b","type":"human_task","terminal":true,"enabled":false}"#,
        ["step_disabled", "episode_c3_spine_without_close"]
      ),
      (#"{"id":"a","type":"human_task","no_auto_start":true,"terminal":true}"#, []),
      (
        #"{"id":"a","type":"human_task","no_auto_start":true},{"id":"c","type":"human_task"},"#
          + #"{"id":"b","type":"human_task","terminal":true,"depends_on":["a"],"skip_when":false}"#,
        ["episode_close_gated"]
      ),
      (#"{"id":"a","type":"human_task","terminal":true}"#, ["terminal_without_episode"]),
    ] as [(String, [String])]
  )
  func `a run in episode mode has something that closes it`(steps: String, codes: [String]) throws {
    #expect(try check("{\"steps\":[\(steps)]}").issues.map(\.code) == codes)
  }

  // MARK: What is asked for

  private static let graph = """
    {"input_schema":{"type":"object","properties":{"a":{"type":"string"},"d":{"default":1}},
      "required":["a"]},
     "steps":[{"id":"x","type":"mcp_call","tool_name":"t",
       "tool_args":{"a":"{{input.a}}","b":"{{input.b}}","c":"{{input.c | omit}}","d":"{{input.d}}",
         "e":"{{input.b | input.c}}","f":"{{input.b | steps.w.result.x}}"},"depends_on":["w"]},
      {"id":"w","type":"mcp_call","tool_name":"t","condition":"{{input.b}}"},
      {"id":"y","type":"mcp_call","tool_name":"t","depends_on":["w"],
       "tool_args":{"w":"{{steps.w.result.text}}"}}]}
    """

  @Test func `without an input nothing is said about the input`() throws {
    #expect(try check(Self.graph).issues == [])
  }

  @Test func `an input that is tried is held against schema and templates`() throws {
    let report = try check(Self.graph, #"{"params":{"trigger_payload":{"a":7}}}"#)
    #expect(
      report.issues.map(\.message) == [
        "step “x”, tool_args.b: “input.b” is not in the input given",
        "step “x”, tool_args.e: “input.b” is not in the input given",
        "input.a is a number, not a text",
      ]
    )
    #expect(
      report.issues.map(\.code)
        == ["template_unresolved", "template_unresolved", "input_schema_invalid"]
    )
    let whole = try check(Self.graph, #"{"payload":{"a":"x","b":"y"}}"#)
    #expect(whole.issues == [])
    let overlaid = try check(
      Self.graph,
      #"{"params":{"trigger_payload":{"a":"x"},"trigger_steps":{"x":{"b":1}}}}"#
    )
    #expect(overlaid.issues == [])
  }

  @Test func `outputs that steps are taken to have are held against templates`() throws {
    let report = try check(Self.graph, #"{"mock_step_outputs":{"w":{"x":1}}}"#)
    #expect(
      report.issues.map(\.message)
        == ["step “y”, tool_args.w: “steps.w.result.text” is not in the output given for “w”"]
    )
    let items = """
      {"steps":[{"id":"a","type":"mcp_call","tool_name":"t"},
        {"id":"f","type":"for_each","depends_on":["a"],
        "for_each_items":"{{steps.a.result.list}}",
        "for_each_body_steps":[{"id":"b","type":"lua_script","script":"return {}"}]}]}
      """
    let many = Array(repeating: "0", count: 501).joined(separator: ",")
    let long = try check(items, "{\"mock_step_outputs\":{\"a\":{\"list\":[\(many)]}}}")
    #expect(long.issues.map(\.code) == ["for_each_items_invalid"])
  }

  @Test func `only the checks asked for are made`() throws {
    let graph = #"{"steps":[{"id":"s","type":"banana","depends_on":["q"],"condition":"{{x"}]}"#
    #expect(
      try check(graph).issues.map(\.code)
        == ["dependency_unknown", "step_type_unknown", "template_syntax"]
    )
    let some = try check(graph, #"{"checks":["templates","lua_syntax"]}"#)
    #expect(some.issues.map(\.code) == ["template_syntax"])
    #expect(some.checksPerformed == ["graph", "graph_schema", "templates", "lua_syntax"])
    let others = try check(graph, #"{"skip_checks":["templates","dependencies","nonsense"]}"#)
    #expect(others.issues.map(\.code) == ["step_type_unknown"])
  }

  @Test func `only the steps asked for are told about`() throws {
    let graph = #"{"steps":[{"id":"s","type":"banana"},{"id":"t","type":"banana"}]}"#
    #expect(try check(graph, #"{"step_ids":["t"]}"#).issues.map(\.stepID) == ["t"])
  }

  @Test func `checks that could not be made are blocked`() throws {
    let report = try check(#"{"steps":[]}"#)
    #expect(report.checksPerformed == ["graph"])
    #expect(report.json(at: "")["check_results"]?["graph"] == "failed")
    #expect(report.json(at: "")["check_results"]?["templates"] == "blocked")
  }

  @Test func `a request of wrong types is read for what it has`() throws {
    let report = try check(
      #"{"steps":[{"id":"s","type":"human_task"}]}"#,
      #"{"checks":7,"skip_checks":{},"step_ids":"s","params":[],"mock_step_outputs":[]}"#
    )
    #expect(report.valid)
  }

  @Test func `a step that is handed to by some only reads those`() throws {
    func graph(_ list: String) -> String {
      """
      {"steps":[{"id":"a","type":"mcp_call","tool_name":"t"},
        {"id":"b","type":"mcp_call","tool_name":"t",
        "depends_on":["a"],"input_allowlist":\(list),"tool_args":{"x":"{{steps.a.result.x}}"}}]}
      """
    }
    #expect(try check(graph(#"["a"]"#)).issues == [])
    #expect(try check(graph("[]")).issues == [])
    #expect(try check(graph(#"["human"]"#)).issues.map(\.code) == ["template_missing_dependency"])
  }

  /// Every reference held against every name would take minutes.
  @Test func `many references are read beside a long allowlist`() throws {
    let names = (0..<200_000).map { JSONValue.string("a-step-of-some-name-\($0)") } + ["a"]
    let text = String(repeating: "{{steps.a.result.x}}", count: 10_000)
    let report = GraphValidation.check(
      [
        "steps": [
          ["id": "a", "type": "mcp_call", "tool_name": "t"],
          [
            "id": "b", "type": "mcp_call", "tool_name": "t", "depends_on": ["a"],
            "input_allowlist": .array(names), "tool_args": ["x": .string(text)],
          ],
        ]
      ],
      in: GraphSurroundings()
    )
    #expect(report.issues.map(\.code) == [])
  }

  @Test func `what a run does not have is named`() throws {
    let report = try check(
      """
      {"steps":[{"id":"a","type":"human_task","task_payload":{
        "x":"{{run.run_id}} {{run.external_id}} {{run.startd_at}}","y":"{{connection.provider}}"}}]}
      """
    )
    #expect(report.issues.map(\.code) == ["template_unresolved", "connection_unavailable"])
    #expect(report.issues.first?.suggestion == "“run.started_at” was meant?")
    #expect(report.issues.last?.severity == .warning)
  }
}
