import JSON
import Runs
import Testing

@testable import LocalRuntime

/// What a start gives single steps, as their own input.
@Suite struct TriggerStepTests {
  private let steps = [
    call("a", #""tool_args":{"x":"{{input.limit}}"}"#),
    call("l", #""type":"llm_call","model":"m","prompt":"About {{input.topic}}""#),
    call("lua", #""type":"lua_script","script":"return { n = input.n + 1 }""#),
    call("c", #""condition":"{{input.yes}}""#),
  ].joined(separator: ",")

  private let given: JSONObject = [
    "a": ["limit": 5], "l": ["topic": "cats"], "lua": ["n": 1], "c": ["yes": true],
  ]

  @Test func `a step reads what the start gave it as its input, over that of the run`() throws {
    let bench = try Bench(steps, input: ["limit": 1, "yes": false], triggerSteps: given)
    // What its templates read is input, and no argument besides.
    #expect(bench.flights["a"]?.parameters == ["x": 5])
    #expect(bench.flights["l"]?.parameters["prompt"] == "About cats")
    #expect(bench.flights["lua"]?.scope.input["n"] == 1)
    #expect(bench.flights["lua"]?.scope.input["limit"] == 1)
    #expect(bench.flights["c"] != nil)
    let request: JSONObject = ["params": ["trigger_payload": [:], "trigger_steps": .object(given)]]
    let report = GraphValidation.check(
      .object(bench.state.graph.raw),
      in: GraphSurroundings(),
      request: ValidationRequest(request)
    )
    #expect(report.issues.filter { $0.severity == .error } == [])
  }

  @Test func `what one step was given no other reads`() throws {
    let other = call("a") + "," + call("b", #""tool_args":{"x":"{{input.limit | 7}}"}"#)
    let bench = try Bench(other, triggerSteps: ["a": ["limit": 5]])
    #expect(bench.flights["b"]?.parameters == ["x": 7])
  }

  @Test func `a loop works on the items that the start gave it, and its body reads the rest`()
    throws
  {
    let body = call("send", #""tool_args":{"to":"{{item}}","text":"{{input.text}}"}"#)
    let loop = each("loop", [body], #""for_each_max_parallel":3"#)
    let given: JSONObject = [
      "loop": ["for_each_items": ["x", "{{y}}"], "for_each_max_parallel": 1, "text": "hello"]
    ]
    var bench = try Bench(loop, input: ["items": ["z"]], triggerSteps: given)
    #expect(bench.flights.keys.sorted() == ["loop|0|send"])
    #expect(bench.flights["loop|0|send"]?.parameters == ["to": "x", "text": "hello"])
    try bench.succeed("loop|0|send")
    #expect(bench.flights["loop|1|send"]?.parameters == ["to": "{{y}}", "text": "hello"])
    try bench.succeed("loop|1|send")
    #expect(bench.result("loop")?["count"] == 2)
    #expect(bench.result("loop")?["max_parallel"] == 1)
    let request: JSONObject = ["params": ["trigger_payload": [:], "trigger_steps": .object(given)]]
    let report = GraphValidation.check(
      .object(bench.state.graph.raw),
      in: GraphSurroundings(),
      request: ValidationRequest(request)
    )
    #expect(report.issues.filter { $0.severity == .error } == [])
  }

  @Test func `a while goes on as often as the start says`() throws {
    let loop = repeated(
      "loop",
      [script("i")],
      #""while_max_iterations":5,"while_condition":"{{input.done}}""#
    )
    var bench = try Bench(
      loop,
      triggerSteps: ["loop": ["while_max_iterations": 2, "done": false]]
    )
    try bench.succeed("loop|0|i")
    try bench.succeed("loop|1|i")
    #expect(bench.status == .completed)
    #expect(bench.result("loop")?["stopped_reason"] == "max_iterations")
    bench = try Bench(loop, triggerSteps: ["loop": ["done": true]])
    try bench.succeed("loop|0|i")
    #expect(bench.result("loop")?["stopped_reason"] == "condition_met")
  }

  @Test(arguments: [
    (
      ["for_each_max_parallel": 0] as JSONObject,
      "trigger_steps.loop: “for_each_max_parallel” must be a whole number from 1 to 100"
    ),
    (
      ["for_each_items": JSONValue.array(Array(repeating: 1, count: 501))] as JSONObject,
      "trigger_steps.loop: the loop has 501 items; at most 500 are allowed"
    ),
  ])
  func `a loop is not given what it cannot have`(_ fields: JSONObject, _ sentence: String) throws {
    let graph = try WorkflowGraph(JSONValue(parsing: "{\"steps\":[\(each("loop", [call("i")]))]}"))
    #expect(throws: Rejection.self) { try graph.check(triggerSteps: ["loop": .object(fields)]) }
    do throws(Rejection) {
      try graph.check(triggerSteps: ["loop": .object(fields)])
    } catch {
      #expect(error.message == sentence)
    }
  }
}
