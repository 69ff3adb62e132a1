import JSON
import Testing

@testable import LocalRuntime

@Suite struct LoopGraphTests {
  private static let surroundings = GraphSurroundings(
    servers: KnownServers(
      names: ["demo"],
      tools: ["demo": ["echo"]],
      aliases: ["https://tools.example/mcp": "demo", "8f14e45f": "demo"]
    )
  )

  private func check(_ text: String) throws -> GraphReport {
    GraphValidation.check(try JSONValue(parsing: text), in: Self.surroundings)
  }

  /// A graph of a step, and of a loop with a body of two, all with more members.
  private func withLoop(
    _ type: String = "for_each",
    loop: String = "",
    first: String = "",
    second: String = ""
  ) throws -> GraphReport {
    let own =
      type == "for_each"
      ? #""for_each_items":"{{steps.seed.result.items}}","for_each_body_steps""#
      : #""while_max_iterations":3,"while_condition":"{{body.b.ok}}","while_body_steps""#
    return try check(
      """
      {"steps":[{"id":"seed","type":"lua_script","script":"return { items = {1} }"},
        {"id":"late","type":"human_task","depends_on":["each"]},
        {"id":"each","type":"\(type)","depends_on":["seed"]\(loop),\(own):[
          {"id":"a","type":"mcp_call","tool_name":"echo"\(first)},
          {"id":"b","type":"mcp_call","tool_name":"echo","depends_on":["a"]\(second)}]}]}
      """
    )
  }

  @Test func `a for_each is read with its body and its defaults`() throws {
    let report = try withLoop()
    #expect(report.issues == [])
    let loop = try #require(report.graph?.step("each")?.loop)
    #expect(loop.bodyOrder == ["a", "b"])
    #expect(loop.step("b")?.dependsOn == ["a"])
    let wanted = Loop.ForEach(
      items: "{{steps.seed.result.items}}",
      maximumParallel: 10,
      itemTimeout: nil,
      policy: .failFast
    )
    #expect(loop.kind == .forEach(wanted))
    #expect(
      report.graph?.step("each")?.parameters == ["for_each_items": "{{steps.seed.result.items}}"]
    )
  }

  @Test func `a while is read with its body and its fields`() throws {
    let report = try withLoop(
      "while",
      loop: #","while_mode":"while","while_eval_script":"return { pass = true }","#
        + #""while_iteration_timeout_s":60"#
    )
    #expect(report.issues == [])
    let step = try #require(report.graph?.step("each"))
    let wanted = Loop.While(
      mode: .whileTrue,
      maximumIterations: 3,
      condition: "{{body.b.ok}}",
      script: "return { pass = true }",
      iterationTimeout: .seconds(60)
    )
    #expect(step.loop?.kind == .whileLoop(wanted))
    #expect(step.parameters == [:])
  }

  @Test func `the older form of a body is refused, and read of what was published`() throws {
    let source = """
      {"steps":[{"id":"each","type":"for_each","for_each_items":[1],
        "for_each_body":{"id":"a","type":"lua_script","script":"return {}"}}]}
      """
    let issues = try check(source).issues.filter { $0.severity == .error }
    #expect(issues.map(\.jsonPath) == ["$.steps[0].for_each_body"])
    #expect(issues.first?.suggestion == "use for_each_body_steps")
    #expect(issues.first?.stepID == "each")
    let graph = try WorkflowGraph(JSONValue(parsing: source))
    #expect(graph.step("each")?.loop?.bodyOrder == ["a"])
  }

  @Test func `a bare path to the items is read`() throws {
    let report = try check(
      """
      {"steps":[{"id":"seed","type":"lua_script","script":"return { items = {1} }"},
        {"id":"each","type":"for_each","depends_on":["seed"],
         "for_each_items":"steps.seed.result.items",
         "for_each_body_steps":[{"id":"a","type":"lua_script","script":"return { x = item }"}]}]}
      """
    )
    #expect(report.issues == [])
    let loop = try #require(report.graph?.step("each")?.loop)
    #expect(loop.bodyOrder == ["a"])
    guard case .forEach(let kind) = loop.kind else {
      Issue.record("no for_each")
      return
    }
    #expect(kind.items == "{{steps.seed.result.items}}")
  }

  @Test(arguments: [
    (#","for_each_max_parallel":0"#, "“for_each_max_parallel” of step “each” is 0, not 1 to 100"),
    (
      #","for_each_max_parallel":101"#,
      "“for_each_max_parallel” of step “each” is 101, not 1 to 100"
    ),
    (
      #","for_each_item_timeout_s":3601"#,
      "“for_each_item_timeout_s” of step “each” is 3601, not above 0 and up to 3600"
    ),
    (
      #","for_each_error_policy":"fail_slow""#,
      "“for_each_error_policy” of step “each” is “fail_slow”, not one of fail_fast, "
        + "continue_on_error, pause, human_review"
    ),
  ])
  func `a field of a for_each beyond its limits is refused`(loop: String, message: String) throws {
    let report = try withLoop(loop: loop)
    #expect(report.issues.map(\.message) == [message])
    #expect(report.graph == nil)
  }

  @Test(arguments: [
    (
      #"{"id":"w","type":"while","while_body_steps":[{"id":"a","type":"mcp_call","tool_name":"echo"}]}"#,
      [
        "step “w” has no “while_max_iterations”",
        "step “w” has neither “while_condition” nor “while_eval_script”",
      ]
    ),
    (
      #"{"id":"w","type":"while","while_max_iterations":0,"while_condition":"true","#
        + #""while_body_steps":[]}"#,
      [
        "“while_max_iterations” of step “w” is 0, not 1 to 10000",
        "step “w” has no step in its body",
      ]
    ),
    (
      #"{"id":"f","type":"for_each","for_each_body_steps":{"id":"a"}}"#,
      [
        "“for_each_body_steps” of step “f” is an object, not a list of steps",
        "step “f” has no “for_each_items”",
      ]
    ),
    (
      #"{"id":"f","type":"for_each","for_each_items":[],"for_each_body_steps":["#
        + #"{"id":"f","type":"mcp_call","tool_name":"echo"}]}"#,
      ["the inner step “f” of “f” has the id of a step outside of the loop"]
    ),
    (
      #"{"id":"f","type":"for_each","for_each_items":[],"for_each_body_steps":["#
        + #"{"id":"a","type":"mcp_call","tool_name":"echo","timeout_s":4000},{"id":"a"},7]}"#,
      [
        "“timeout_s” of step “a” is 4000, not above 0 and up to 3600", "step “a” has no “type”",
        "inner step 3 of “f” is a number, not an object",
        "inner step 2 of “f” has the id “a” of inner step 1",
      ]
    ),
  ])
  func `a loop that lacks something is refused with each lack`(
    step: String,
    messages: [String]
  ) throws {
    let report = try check(#"{"steps":[\#(step)]}"#)
    #expect(Set(report.issues.map(\.message)) == Set(messages))
    #expect(report.graph == nil)
  }

  @Test(arguments: [
    (#"{"id":"a","type":"human_task"}"#, "step_type_not_in_loop"),
    (#"{"id":"a","type":"for_each"}"#, "nested_loop"),
    (#"{"id":"a","type":"while"}"#, "nested_loop"),
    (#"{"id":"a","type":"agent_call"}"#, "step_type_not_executed"),
    (
      #"{"id":"a","type":"mcp_call","tool_name":"echo","no_auto_start":true}"#,
      "step_field_not_in_loop"
    ),
    (
      #"{"id":"a","type":"mcp_call","tool_name":"echo","terminal":true}"#, "step_field_not_in_loop"
    ),
    (#"{"id":"a","type":"mcp_call","tool_name":"echo","depends_on":["x"]}"#, "dependency_unknown"),
    (#"{"id":"a","type":"mcp_call","tool_name":"echo","depends_on":["a"]}"#, "cycle"),
    (#"{"id":"a","type":"lua_script","script":"return {"}"#, "lua_syntax"),
    (#"{"id":"a","type":"mcp_call","tool_name":"nope"}"#, "mcp_server_missing"),
  ])
  func `what may not stand in a body is refused`(inner: String, code: String) throws {
    let report = try check(
      #"{"steps":[{"id":"f","type":"for_each","for_each_items":[1],"for_each_body_steps":[\#(inner)]}]}"#
    )
    #expect(report.blockers.map(\.code) == [code])
    #expect(
      report.blockers.allSatisfy { $0.jsonPath.hasPrefix("$.steps[0].for_each_body_steps[0]") }
    )
  }

  @Test(arguments: [
    #","tool_args":{"x":"{{item.id}} {{index}} {{foreach.item}} {{steps.each.item.id}}"}"#,
    #","tool_args":{"x":"{{body.a.data}} {{body.a.result.data}} {{steps.a.result.data}}"}"#,
    #","tool_args":{"x":"{{steps.a.input.q}} {{steps.seed.result.items}} {{input.q}}"}"#,
    #","tool_args":{"x":"{{steps.each.input.for_each_items}} {{run.run_id}}"}"#,
    #","condition":"{{body.a.ok}} and index < 3""#,
  ])
  func `an inner step reads its item, its body and what is before its loop`(second: String) throws {
    #expect(try withLoop(second: second).issues == [])
  }

  @Test(arguments: [
    ("{{while.iteration}}", "has a value only within a while"),
    ("{{body.c.x}}", "names “c”, which is no step in the body of “each”"),
    ("{{body.b.x}}", "reads an inner step that is not done before"),
    ("{{steps.late.result.x}}", "reads a step that is not done before"),
    ("{{steps.each.result.x}}", "reads a step that is not done before"),
    ("{{steps.nope.result.x}}", "names “nope”, which is no step of the graph"),
  ])
  func `an inner step reads nothing that is not there`(template: String, what: String) throws {
    let report = try withLoop(first: #","tool_args":{"x":["\#(template)"]}"#)
    let name = template.dropFirst(2).dropLast(2)
    #expect(report.issues.map(\.message) == ["step “a”, tool_args.x.0: “\(name)” \(what)"])
    #expect(
      report.issues.map(\.jsonPath) == ["$.steps[2].for_each_body_steps[0].tool_args.x[0]"]
    )
  }

  @Test func `a while's body reads the iteration before, its test what the body made`() throws {
    let sound = try withLoop(
      "while",
      first: #","tool_args":{"x":"{{while.prev.b.x | omit}} {{while.iteration}}"}"#
    )
    #expect(sound.issues == [])
    let wrong = try withLoop("while", first: #","tool_args":{"x":"{{item}}{{while.prev.z.x}}"}"#)
    #expect(wrong.issues.map(\.code) == ["template_unresolved", "template_unresolved"])
    let test = try withLoop("while", loop: #","while_condition":"{{body.c.ok}}""#)
    // The later member of the same name counts, which is the sound one of the house.
    #expect(test.issues == [])
  }

  @Test(arguments: [
    "{{item}}", "{{index}}", "{{foreach.item}}", "{{body.a.x}}", "{{while.iteration}}",
    "{{loop.prev.a.x}}", "{{steps.each.item}}", "{{steps.a.result.x}}",
  ])
  func `a loop's names are refused outside of it`(template: String) throws {
    let report = try check(
      """
      {"steps":[{"id":"each","type":"for_each","for_each_items":[1],"for_each_body_steps":[
          {"id":"a","type":"mcp_call","tool_name":"echo"}]},
        {"id":"s","type":"mcp_call","tool_name":"echo","depends_on":["each"],
         "tool_args":{"x":"\(template)"}}]}
      """
    )
    #expect(report.issues.map(\.code) == ["template_unresolved"])
    #expect(report.issues.map(\.stepID) == ["s"])
  }

  @Test func `a step may not wait for a step within a loop`() throws {
    let report = try check(
      """
      {"steps":[{"id":"each","type":"for_each","for_each_items":[1],"for_each_body_steps":[
          {"id":"a","type":"mcp_call","tool_name":"echo"}]},
        {"id":"s","type":"human_task","depends_on":["a"]}]}
      """
    )
    #expect(report.issues.map(\.suggestion) == ["it is within “each”; depend on that"])
  }

  @Test func `a literal list is counted, and a text is one item`() throws {
    let items = Array(repeating: "1", count: 501).joined(separator: ",")
    func graph(_ items: String) throws -> GraphReport {
      try check(
        #"{"steps":[{"id":"f","type":"for_each","for_each_items":\#(items),"for_each_body_steps":["#
          + #"{"id":"a","type":"mcp_call","tool_name":"echo"}]}]}"#
      )
    }
    let many = try graph("[\(items)]")
    #expect(
      many.issues.map(\.message) == ["step “f”: the loop has 501 items; at most 500 are allowed"]
    )
    let text = try graph(#""one two""#)
    #expect(text.issues.map(\.code) == ["for_each_items_invalid"])
    #expect(text.valid)
  }

  @Test func `what a value is as a list of items is a table`() throws {
    #expect(try Loop.ForEach.elements(of: nil) == [])
    #expect(try Loop.ForEach.elements(of: [:]) == [])
    #expect(try Loop.ForEach.elements(of: []) == [])
    #expect(try Loop.ForEach.elements(of: [1, nil]) == [1, nil])
    #expect(try Loop.ForEach.elements(of: ["a": 1]) == [["a": 1]])
    #expect(try Loop.ForEach.elements(of: "a") == ["a"])
  }

  @Test(arguments: [
    (#""server_url":"https://tools.example/mcp/""#, [] as [String]),
    (#""instance_id":"8f14e45f""#, []), (#""instance_id":"demo","server_url":"https://y""#, []),
    (#""server_url":"https://y""#, ["mcp_server_unknown"]),
  ])
  func `a server is found by its address or by what it is called elsewhere`(
    members: String,
    codes: [String]
  ) throws {
    let report = try check(
      #"{"steps":[{"id":"s","type":"mcp_call","tool_name":"echo",\#(members)}]}"#
    )
    #expect(report.issues.map(\.code) == codes)
  }
}
