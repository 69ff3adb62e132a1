import JSON
import TestHouse
import Testing

@testable import LocalRuntime

/// Whatever comes as a graph is answered by a report, and soon.
@Suite struct GraphPropertyTests {
  /// Makes values that look a little like graphs.
  private struct Maker {
    var random: Seeded
    private static let words = [
      "id", "type", "steps", "depends_on", "condition", "tool_args", "for_each", "while",
      "for_each_items", "for_each_body_steps", "while_body_steps", "while_condition",
      "while_max_iterations", "mcp_call", "human_task", "lua_script", "script", "llm_call",
      "prompt",
      "workflow_call", "workflow_id", "input", "timeout_s", "name", "enabled", "retry_count", "a",
      "b", "", "{{input.a}}", "{{steps.a.result.b | omit}}", "{{body.a.b}}", "{{", "}}", "{{item",
      "{{while.prev.a}}", "return {}", "{{(input.a or !run.b) == 'x' | []}}", "\u{0}", "é\u{202E}",
      "input_schema", "properties", "required", "default", "no_auto_start", "terminal", "a",
    ]

    mutating func word() -> String { Self.words[Int(random.next() % UInt64(Self.words.count))] }

    mutating func value(_ depth: Int) -> JSONValue {
      switch random.next() % (depth > 4 ? 5 : 9) {
      case 0: return nil
      case 1: return .bool(random.next().isMultiple(of: 2))
      case 2: return .int(Int(truncatingIfNeeded: random.next()) % 4000)
      case 3, 4: return .string(word() + (random.next().isMultiple(of: 4) ? word() : ""))
      case 5: return .array((0..<random.next() % 4).map { _ in value(depth + 1) })
      case 6: return .array((0..<random.next() % 4).map { _ in step(depth + 1) })
      default:
        let members = (0..<random.next() % 6).map { _ in
          JSONObject.Member(word(), value(depth + 1))
        }
        return .object(JSONObject(members))
      }
    }

    mutating func step(_ depth: Int) -> JSONValue {
      var members = [
        JSONObject.Member("id", .string(["a", "b", "c", word()][Int(random.next() % 4)])),
        JSONObject.Member("type", .string(word())),
      ]
      for _ in 0..<random.next() % 6 { members.append(.init(word(), value(depth + 1))) }
      return .object(JSONObject(members))
    }

    mutating func graph() -> JSONValue {
      var object: JSONObject = [
        "steps": .array((0..<1 + random.next() % 5).map { _ in step(1) })
      ]
      if random.next().isMultiple(of: 3) { object["input_schema"] = value(1) }
      return random.next().isMultiple(of: 10) ? value(0) : .object(object)
    }
  }

  @Test func `any JSON is answered by a report, whatever is asked of it`() throws {
    var maker = Maker(random: Seeded(20_260_127))
    for _ in 0..<400 {
      let graph = maker.graph()
      let request = ValidationRequest(maker.value(0).object ?? ["params": maker.value(1)])
      let report = GraphValidation.check(graph, in: GraphSurroundings(), request: request)
      let places = report.issues.allSatisfy { $0.jsonPath.hasPrefix("$") && !$0.message.isEmpty }
      try #require(places, "\(JSONWriter.text(graph))")
      try #require(report.valid == (report.graph != nil), "\(JSONWriter.text(graph))")
      // What was found sound is read again as it was.
      guard let sound = report.graph, request == ValidationRequest() else { continue }
      try #require(try WorkflowGraph(.object(sound.raw)) == sound, "\(JSONWriter.text(graph))")
    }
  }

  @Test func `any JSON as schema and input is answered`() {
    var maker = Maker(random: Seeded(7))
    for _ in 0..<400 {
      let schema = InputSchema.read(maker.value(0)).schema
      _ = schema?.accept(maker.value(0).object ?? [:])
    }
  }

  @Test func `any text as a template or a condition is answered`() {
    var maker = Maker(random: Seeded(11))
    let scope = TemplateScope(input: ["a": ["b": 1]], results: ["a": ["b": "x"]])
    for _ in 0..<400 {
      let text = "{{" + (0..<5).map { _ in maker.word() }.joined(separator: " ") + "}}"
      _ = try? Template.resolve(.string(text), scope: scope, step: "s")
      _ = try? Template.holds(.string(text), scope: scope, step: "s")
    }
  }

  @Test func `ten thousand steps are refused before they are looked at`() {
    let step: JSONValue = ["id": "a", "type": "for_each", "for_each_items": "{{input.a}}"]
    let top = GraphValidation.check(
      ["steps": .array(Array(repeating: step, count: 10_000))],
      in: GraphSurroundings()
    )
    #expect(top.issues.map(\.message) == ["the graph has 10000 steps; at most 1000 are allowed"])
    let inner: JSONValue = [
      "id": "f", "type": "for_each", "for_each_items": [1],
      "for_each_body_steps": .array(Array(repeating: step, count: 10_000)),
    ]
    let within = GraphValidation.check(["steps": [inner]], in: GraphSurroundings())
    #expect(within.issues.map(\.message) == ["the graph has 10001 steps; at most 1000 are allowed"])
  }

  @Test func `a thousand steps that all read each other are checked`() {
    let steps: [JSONValue] = (0..<1000).map { index in
      let earlier = (0..<index).suffix(100).map { JSONValue.string("s\($0)") }
      return [
        "id": .string("s\(index)"), "type": "mcp_call", "tool_name": "t",
        "depends_on": .array(earlier),
        "tool_args": ["x": .string(index == 0 ? "" : "{{steps.s0.result.x}}")],
      ]
    }
    #expect(GraphValidation.check(["steps": .array(steps)], in: GraphSurroundings()).valid)
  }

  @Test func `mistakes without end are not told without end`() {
    let unknown = JSONValue.array((0..<2000).map { .string("steq\($0)") })
    let steps: [JSONValue] = (0..<100).map { index in
      [
        "id": .string("step\(index)"), "type": "mcp_cal", "depends_on": unknown,
        "condition": "{{steps.stepp.result.x}}", "depend_on": 1, "timeout": -1,
      ]
    }
    let report = GraphValidation.check(["steps": .array(steps)], in: GraphSurroundings())
    #expect(!report.valid)
    #expect(report.issues.count == GraphValidation.maximumIssues)
  }

  @Test func `a loop within a loop within a loop costs no stack`() throws {
    var step: JSONValue = ["id": "x", "type": "human_task"]
    for _ in 0..<40 {
      step = [
        "id": "f", "type": "for_each", "for_each_items": [1], "for_each_body_steps": [step],
      ]
    }
    let report = GraphValidation.check(["steps": [step]], in: GraphSurroundings())
    #expect(!report.valid)
    #expect(report.blockers.contains { $0.code == "nested_loop" })
  }

  @Test func `a step of very many members is read`() {
    let members = (0..<20_000).map { JSONObject.Member("k\($0)", "{{input.x}}") }
    let graph: JSONValue = [
      "steps": [
        [
          "id": "a", "type": "mcp_call", "tool_name": "t",
          "tool_args": .object(JSONObject(members)),
        ]
      ]
    ]
    #expect(GraphValidation.check(graph, in: GraphSurroundings()).valid)
  }
}
