import JSON
import Testing

@testable import LocalRuntime

@Suite struct InputSchemaTests {
  private func accept(
    _ schema: String,
    _ input: String
  ) throws -> (filled: JSONObject, problems: [String]) {
    let read = InputSchema.read(try JSONValue(parsing: schema))
    #expect(read.mistakes == [])
    let known = try #require(read.schema)
    let (filled, problems) = known.accept(try #require(try JSONValue(parsing: input).object))
    return (filled, problems.map(\.sentence))
  }

  @Test(arguments: [
    (#"{"type":"string"}"#, "7", "is a number, not a text"),
    (#"{"type":"integer"}"#, "1.5", "is a number, not a whole number"),
    (#"{"type":"integer"}"#, #""1""#, "is a text, not a whole number"),
    (#"{"type":"number"}"#, "true", "is a boolean, not a number"),
    (#"{"type":"boolean"}"#, "0", "is a number, not true or false"),
    (#"{"type":"object"}"#, "[]", "is a list, not an object"),
    (#"{"type":"array"}"#, "{}", "is an object, not a list"),
    (#"{"type":["string","null"]}"#, "7", "is a number, not a text or null"),
    (#"{"enum":["a",1]}"#, #""b""#, #"is not one of "a", 1"#),
    (#"{"const":3}"#, "4", "is not 3"), (#"{"minimum":1}"#, "0", "is less than 1"),
    (#"{"maximum":1.5}"#, "2", "is more than 1.5"),
    (#"{"exclusiveMinimum":1}"#, "1", "is not more than 1"),
    (#"{"exclusiveMaximum":1}"#, "1", "is not less than 1"),
    (#"{"minLength":2}"#, #""é""#, "has 1 characters, fewer than 2"),
    (#"{"maxLength":2}"#, #""abc""#, "has 3 characters, more than 2"),
    (#"{"minItems":1}"#, "[]", "has 0 entries, fewer than 1"),
    (#"{"maxItems":1}"#, "[1,2]", "has 2 entries, more than 1"),
  ])
  func `a value that the schema forbids is named by its path`(
    schema: String,
    value: String,
    what: String
  ) throws {
    let result = try accept(
      #"{"type":"object","required":["x"],"properties":{"x":\#(schema)}}"#,
      #"{"x":\#(value)}"#
    )
    #expect(result.problems == ["input.x \(what)"])
  }

  @Test(arguments: [
    (#"{"type":"integer"}"#, "3.0"), (#"{"type":"integer"}"#, "-7"), (#"{"type":"number"}"#, "1"),
    (#"{"type":["string","null"]}"#, "null"), (#"{"enum":[1]}"#, "1.0"), (#"{"type":"file"}"#, "7"),
    (#"{"type":"string","format":"email","pattern":"["}"#, #""x""#), ("true", "7"), ("{}", "null"),
    (##"{"$ref":"#/none","anyOf":[false]}"##, "7"), (#"{"minLength":9}"#, "7"),
  ])
  func `a value that the schema allows, or says nothing known about, goes through`(
    schema: String,
    value: String
  ) throws {
    let result = try accept(
      #"{"properties":{"x":\#(schema)},"required":["x"]}"#,
      #"{"x":\#(value)}"#
    )
    #expect(result.problems == [])
  }

  @Test func `every problem is told, with its path, and defaults are filled in`() throws {
    let result = try accept(
      """
      {"type":"object","required":["order","lines","who"],"properties":{
        "order":{"type":"integer"},"channel":{"type":"string","default":"mail"},"note":{},
        "lines":{"type":"array","items":{"type":"object","required":["sku"],
          "properties":{"sku":{"type":"string"},"count":{"default":1}}}}}}
      """,
      #"{"order":"7","lines":[{"sku":"a"},{"count":2},3],"note":null,"more":true}"#
    )
    #expect(
      result.problems == [
        "input.order is a text, not a whole number", "input.lines[1].sku is missing",
        "input.lines[2] is a number, not an object", "input.who is missing",
      ]
    )
    #expect(result.filled["channel"] == "mail")
    #expect(result.filled["lines"]?[0] == ["sku": "a", "count": 1])
    #expect(result.filled["more"] == true)
  }

  @Test func `a default stands in for what is required`() throws {
    let result = try accept(
      #"{"properties":{"x":{"type":"string","default":"y"}},"required":["x"]}"#,
      "{}"
    )
    #expect(result.problems == [])
    #expect(result.filled == ["x": "y"])
  }

  @Test func `surplus names are refused only where the schema says so`() throws {
    let result = try accept(
      #"{"properties":{"order":{}},"additionalProperties":false}"#,
      #"{"ordr":1}"#
    )
    #expect(result.problems == ["input.ordr is not foreseen; “order” was meant?"])
  }

  @Test func `words are compared for the first surplus names only`() throws {
    let names = (0..<8).map { #""order\#($0)":1"# }.joined(separator: ",")
    let result = try accept(
      #"{"properties":{"order":{}},"additionalProperties":false}"#,
      "{\(names)}"
    )
    #expect(result.problems.count == 8)
    #expect(result.problems.filter { $0.hasSuffix("“order” was meant?") }.count == 5)
  }

  /// Each of fifty words held against each of so many would take minutes.
  @Test func `among very many names no words are compared`() throws {
    let known = (0..<100_000).map { JSONObject.Member("property-number-\(1_000_000 + $0)", [:]) }
    let input = (0..<60).map { JSONObject.Member("property_number_\(1_000_000 + $0)", 1) }
    let schema: JSONValue = [
      "properties": .object(JSONObject(known)), "additionalProperties": false,
    ]
    let read = try #require(InputSchema.read(schema).schema)
    let problems = read.accept(JSONObject(input)).problems
    #expect(problems.count == SchemaCheck.maximumProblems)
    #expect(problems.allSatisfy { $0.what == "is not foreseen" })
  }

  @Test func `the list form is read`() throws {
    let schema = """
      [{"name":"url","type":"string"},{"name":"n","type":"integer","optional":true},
       {"name":"lang","type":"string","default":"en"},{"name":"k","required":false}]
      """
    #expect(
      try accept(schema, #"{"n":"x"}"#).problems
        == ["input.url is missing", "input.n is a text, not a whole number"]
    )
    #expect(try accept(schema, #"{"url":"u","n":null}"#).problems == [])
    #expect(try accept(schema, #"{"url":"u"}"#).filled == ["url": "u", "lang": "en"])
  }

  @Test(arguments: [
    ("3", "“input_schema” is a number, not an object or a list"),
    (#"{"properties":[]}"#, "“properties” of “input_schema” is a list, not an object"),
    (#"{"required":"a"}"#, "“required” of “input_schema” is a text, not a list of names"),
    (#"{"required":[1]}"#, "“required” of “input_schema” is a list, not a list of names"),
    (#"{"type":7}"#, "“type” of “input_schema” is a number, not a text"),
    (#"{"properties":{"a":3}}"#, "“input_schema.properties.a” is a number, not an object"),
    ("[3]", "field 1 of “input_schema” is a number, not an object"),
    (#"[{"type":"string"}]"#, "field 1 of “input_schema” has no “name”"),
  ])
  func `a schema that cannot be read is one sentence`(text: String, message: String) throws {
    let value = try JSONValue(parsing: text)
    #expect(InputSchema.read(value).mistakes.map(\.message) == [message])
    let graph: JSONValue = ["steps": [["id": "a", "type": "human_task"]], "input_schema": value]
    let report = GraphValidation.check(graph, in: GraphSurroundings())
    #expect(report.issues.map(\.message) == [message])
  }

  @Test func `problems without end are not told without end`() throws {
    let items = Array(repeating: "1", count: 1000).joined(separator: ",")
    let result = try accept(
      #"{"properties":{"x":{"items":{"type":"string"}}}}"#,
      #"{"x":[\#(items)]}"#
    )
    #expect(result.problems.count == SchemaCheck.maximumProblems)
  }

  @Test func `a start with a wrong input is refused, and makes no run`() async throws {
    let graph: JSONValue = [
      "steps": [["id": "a", "type": "human_task"]],
      "input_schema": [
        "properties": ["order": ["type": "integer"], "channel": ["default": "mail"]],
        "required": ["order", "name"],
      ],
    ]
    let read = try WorkflowGraph(graph)
    let rejection = #expect(throws: Rejection.self) {
      try Engine.input(["order": "7"], for: read)
    }
    #expect(rejection?.status == 422)
    #expect(
      rejection?.message
        == "the input is not what the workflow takes: input.order is a text, not a whole number "
        + "(and 1 more)"
    )
    #expect(
      rejection?.details["problems"]?[1] == [
        "path": "input.name", "message": "input.name is missing",
      ]
    )
    #expect(
      try Engine.input(["order": 7, "name": "x"], for: read)
        == ["order": 7, "name": "x", "channel": "mail"]
    )
  }
}
