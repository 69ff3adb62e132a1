import JSON
import Testing

@testable import LocalRuntime

@Suite struct TemplateTests {
  private static let scope = TemplateScope(
    input: [
      "name": "Ada", "n": 120, "zero": 0, "empty": "", "nothing": nil, "list": ["a", ["k": "v"]],
      "price": .number(JSONNumber("420.00") ?? JSONNumber(0)), "flag": false,
    ],
    results: ["draft-1": ["text": "Dear", "approved": true, "items": []]],
    stepInputs: ["draft-1": ["to": "bob"]],
    run: ["id": "run_1"]
  )

  private func resolve(_ value: JSONValue) throws(TemplateMistake) -> JSONValue {
    try Template.resolve(value, scope: Self.scope, step: "send", place: "tool_args")
  }

  @Test(
    arguments: [
      ("plain", "plain"), ("", ""), ("a }} b", "a }} b"), ("{ {x} }", "{ {x} }"),
      ("{{input.name}}", "Ada"), ("{{ input.name }}", "Ada"), ("Hi {{input.name}}!", "Hi Ada!"),
      ("{{input.name}}{{input.name}}", "AdaAda"), ("{{input.n}}", 120), ("n={{input.n}}", "n=120"),
      ("{{input.zero}}", 0), ("{{input.flag}}", false), ("{{input.list}}", ["a", ["k": "v"]]),
      ("{{input.list.0}}", "a"), ("{{input.list.1.k}}", "v"),
      ("x {{input.list}}", #"x ["a",{"k":"v"}]"#),
      ("{{input.price}} €", "420.00 €"), ("{{steps.draft-1.result.text}}", "Dear"),
      ("{{steps.draft-1.input.to}}", "bob"), ("{{run.id}}", "run_1"),
      ("{{steps.draft-1.result}}", ["text": "Dear", "approved": true, "items": []]),
      ("{{input.absent | 120}}", 120), ("{{input.empty | input.nothing | \"text\"}}", "text"),
      ("{{input.absent | 'it\\'s'}}", "it's"), ("{{input.absent | \"\"}}", ""),
      ("{{input.absent | null}}", nil), ("{{input.absent|input.name|omit}}", "Ada"),
      ("a{{input.absent | omit}}b", "ab"), ("{{\"{{\"}} kept", "{{ kept"),
      ("{{input.n == 120}}", true), ("{{input.n > 120 or not input.flag}}", true),
      ("{{steps.draft-1.result.items}}", []), ("{{input.list[1].k}}", "v"),
      ("{{input.empty}}", ""), ("a{{input.empty}}b", "ab"), ("{{input.nothing}}", nil),
      ("{{input.absent | []}}", []), ("{{input.absent | {\"a\":[1,\"}\"]}}}", ["a": [1, "}"]]),
      ("{{input.absent | \"\\u00e9\\ud83d\\ude00\\n\"}}", "é😀\n"), ("{{run.user_id}}", nil),
      ("{{run.trigger_type | \"api\"}}", "api"), ("{{connection.provider | omit}}x", "x"),
    ] as [(String, JSONValue)]
  )
  func `a template becomes its value`(template: String, value: JSONValue) throws {
    #expect(try resolve(.string(template)) == value)
  }

  @Test func `a number keeps its text through a whole template`() throws {
    #expect(JSONWriter.text(try resolve("{{input.price}}")) == "420.00")
  }

  @Test func `omit takes the member or the element away and leaves the rest`() throws {
    let value: JSONValue = [
      "to": "{{input.name}}", "cc": "{{input.absent | omit}}",
      "in": ["{{input.absent | omit}}", 1],
      "{{input.name}}": true,
    ]
    #expect(try resolve(value) == ["to": "Ada", "in": [1], "{{input.name}}": true])
  }

  @Test(arguments: [
    (
      "{{input.absent}}",
      "“input.absent” has no value (found as far as “input”); add “| omit” or a default behind “|”"
    ),
    (
      "{{steps.draft-1.result.list.3.x}}",
      "“steps.draft-1.result.list.3.x” has no value (found as far as “steps.draft-1.result”); "
        + "add “| omit” or a default behind “|”"
    ),
    (
      "{{steps.other.result.x}}",
      "“steps.other.result.x” has no value; add “| omit” or a default behind “|”"
    ),
    (
      "{{input.empty | input.nothing}}",
      "neither “input.empty” nor “input.nothing” has a value; "
        + "add “| omit” or a default behind “|”"
    ),
  ])
  func `a missing value names step, place and path`(template: String, reason: String) throws {
    let mistake = #expect(throws: TemplateMistake.self) {
      try resolve(["to": [.string(template)]])
    }
    #expect(mistake?.kind == .missing)
    #expect(mistake?.sentence == "step “send”, tool_args.to.0: \(reason)")
  }

  @Test(arguments: [
    ("{{", "the template ends where a value should stand"),
    ("{{input.x", "the template ends where “}}” should stand"),
    ("{{input.x}", "“}” stands where “}}” should"),
    ("{{}}", "“}}” stands where a value should"),
    ("{{input.x | }}", "“}}” stands where a value should"),
    ("{{input..x}}", "“input..x” has an empty name between its dots"),
    ("{{input.x y}}", "“y}}” stands where “}}” should"),
    ("{{\"x}}", "a quoted text in a template does not end"),
    ("{{(input.x}}", "“}}” stands where “)” should"),
    ("{{input.x = 1}}", "“=” is no comparison; write “==”"),
    ("{{steps.a}}", "“steps.a” should read “steps.<id>.result” or “steps.<id>.input”"),
    (
      "{{steps.a.output}}", "“steps.a.output” should read “steps.<id>.result” or “steps.<id>.input”"
    ),
    ("{{foreach.x}}", "“foreach.x” should read “foreach.item” or “foreach.index”"),
    ("{{body}}", "“body” should read “body.<id>”"),
    ("{{while.last}}", "“while.last” should read “while.iteration” or “while.prev.<id>”"),
    (
      "{{inputs.x}}", "“inputs.x” does not begin with “input”, “steps” or “run”; “input” was meant?"
    ),
    ("{{hello}}", "“hello” does not begin with “input”, “steps” or “run”; put texts in quotes"),
    ("{{and}}", "“and” stands where a value should"),
    ("{{input.a | [1, ", "a list or an object in a template does not end"),
    (
      "{{input.a | [1, }}",
      "a list or an object in a template is not JSON at byte 4: wanted a value"
    ),
    (
      "{{input.a | [1 2]}}",
      "a list or an object in a template is not JSON at byte 3: wanted a comma or ]"
    ),
    ("{{\"\\ud83d\"}}", "“\\u” in a template needs four hexadecimal digits"),
  ])
  func `a malformed template is one sentence`(template: String, reason: String) throws {
    let mistake = #expect(throws: TemplateMistake.self) { try resolve(.string(template)) }
    #expect(mistake?.kind == .syntax)
    #expect(mistake?.reason == reason)
    #expect(throws: TemplateMistake.self) { try Template.references(in: .string(template)) }
  }

  @Test func `an expression nested without end costs no stack`() throws {
    let text = "{{" + String(repeating: "(", count: 100_000)
    let mistake = #expect(throws: TemplateMistake.self) { try resolve(.string(text)) }
    #expect(mistake?.reason == "the expression nests deeper than 32 levels")
    let negations = String(repeating: "!", count: 100_001) + "input.flag"
    #expect(try Template.holds(.string(negations), scope: Self.scope, step: "s"))
  }

  @Test func `an expression of very many values is refused before it is evaluated`() throws {
    let text = Array(repeating: "input.flag", count: 100_000).joined(separator: " or ")
    let mistake = #expect(throws: TemplateMistake.self) { try resolve(.string("{{\(text)}}")) }
    #expect(mistake?.reason == "the expression reads more than 256 values")
  }

  @Test func `null in a longer text is a mistake, for it would say nothing`() throws {
    let mistake = #expect(throws: TemplateMistake.self) { try resolve("Hello {{input.nothing}}") }
    #expect(mistake?.kind == .missing)
  }

  @Test func `templates cannot blow a value up beyond what is kept`() throws {
    let scope = TemplateScope(input: ["text": .string(String(repeating: "x", count: 1 << 20))])
    let many = JSONValue.array(Array(repeating: "{{input.text}}", count: 5))
    let mistake = #expect(throws: TemplateMistake.self) {
      try Template.resolve(many, scope: scope, step: "s", place: "tool_args")
    }
    #expect(mistake?.kind == .excess)
    #expect(
      mistake?.sentence
        == "step “s”, tool_args.3: the templates make more than 4194304 bytes of it; pass on less"
    )
  }

  @Test func `templates cannot nest values deeper than can be read again`() throws {
    var deep: JSONValue = 1
    for _ in 0..<100 { deep = [deep] }
    var template: JSONValue = "{{input.deep}}"
    let scope = TemplateScope(input: ["deep": deep])
    #expect(try Template.resolve(template, scope: scope, step: "s") == deep)
    for _ in 0..<13 { template = [template] }
    let mistake = #expect(throws: TemplateMistake.self) {
      try Template.resolve(template, scope: scope, step: "s")
    }
    #expect(mistake?.kind == .excess)
  }

  @Test(
    arguments: [
      ("{{item}}", ["id": 7]), ("{{item.id}}", 7), ("{{foreach.item.id}}", 7), ("{{index}}", 2),
      ("{{foreach.index}}", 2), ("{{steps.each.item.id}}", 7), ("{{body.fetch.data}}", "d"),
      ("{{body.fetch.result.data}}", "d"), ("{{body.odd.result}}", "own"),
      ("{{steps.fetch.result.data}}", "d"), ("{{while.iteration}}", 1), ("{{loop.iteration}}", 1),
      ("{{while.prev.fetch.data}}", "before"), ("{{loop.prev.fetch.result.data}}", "before"),
      ("{{body.none.x | omit}}|{{index}}", "|2"),
    ] as [(String, JSONValue)]
  )
  func `a loop's names read its iteration`(template: String, value: JSONValue) throws {
    var scope = TemplateScope()
    scope.item = ["id": 7]
    scope.index = 2
    scope.body = ["fetch": ["data": "d"], "odd": ["result": "own"]]
    scope.iteration = 1
    scope.previous = ["fetch": ["data": "before"]]
    #expect(try Template.resolve(.string(template), scope: scope, step: "s") == value)
  }

  @Test func `fields of JSON that a model wrote as its text are read as the result's own`() throws {
    var scope = TemplateScope()
    scope.results["list"] = ["text": #"{"items":[1],"text":"inner"}"#, "tokens_out": 9]
    scope.results["words"] = ["text": "{ no JSON", "tokens_out": 3]
    scope.results["tool"] = ["text": #"{"items":[1]}"#]
    func resolve(_ path: String) throws(TemplateMistake) -> JSONValue {
      try Template.resolve(.string("{{\(path)}}"), scope: scope, step: "a", place: "b")
    }
    #expect(try resolve("steps.list.result.items") == [1])
    #expect(try resolve("steps.list.result.items.0") == 1)
    #expect(try resolve("steps.list.result.tokens_out") == 9)
    // What the result has itself comes first.
    #expect(try resolve("steps.list.result.text") == #"{"items":[1],"text":"inner"}"#)
    for path in ["list.result.none", "words.result.items", "tool.result.items"] {
      #expect(throws: TemplateMistake.self) { try resolve("steps.\(path)") }
    }
  }

  @Test func `a loop's names have no value outside of one`() throws {
    for name in ["item", "index", "body.a.b", "while.iteration", "while.prev.a.b"] {
      #expect(throws: TemplateMistake.self) { try resolve(.string("{{\(name)}}")) }
    }
  }

  @Test(arguments: [
    ("{{steps.draft-1.result.approved}}", true),
    ("{{steps.draft-1.result.approved}} == true", true),
    ("{{steps.draft-1.result.approved == false}}", false), ("{{input.absent}}", false),
    ("{{input.absent}} == null", true), ("not {{input.flag}}", true), ("!{{input.flag}}", true),
    ("{{input.n}} >= 120 and {{input.n}} <= 120.0", true), ("{{input.n}} != 120", false),
    ("{{input.n}} < 7", false), ("{{input.n}} > 7 && {{input.flag}}", false),
    ("{{input.n}} > 7 || {{input.flag}}", true), ("{{input.name}} == 'Ada'", true),
    ("input.name < \"Bob\"", true), ("{{input.n}} == \"120\"", false), ("true", true),
    ("false", false), ("{{input.flag | true}}", false), ("{{input.absent | true}}", true),
    ("(input.flag or input.n > 1) and not (input.n == 3)", true), ("{{input.name}} < 3", false),
    ("{{input.name}} >= 3", false), ("{{steps.draft-1.result.items}}", false),
    ("null <= null", false), ("{{input.price}} == 420", true),
  ])
  func `a condition is an expression`(text: String, holds: Bool) throws {
    #expect(try Template.holds(.string(text), scope: Self.scope, step: "s") == holds)
  }

  @Test(arguments: ["{{input.name}}-x", "yes", "", "{{input.n}} ==", "{{input.n}} 3", "1 < 2 < 3"])
  func `a condition that is no expression is refused`(text: String) throws {
    let mistake = #expect(throws: TemplateMistake.self) {
      try Template.holds(.string(text), scope: Self.scope, step: "s", place: "skip_when")
    }
    #expect(mistake?.sentence.hasPrefix("step “s”, skip_when: ") == true)
    #expect(throws: TemplateMistake.self) {
      try Template.references(inCondition: .string(text))
    }
  }

  @Test(
    arguments: [
      (nil, false), (false, false), (0, false), ("", false), ("False", false), ("0", false),
      ([], false),
      ([:], false), (true, true), (1, true), ("no", true), ([nil], true), (["a": nil], true),
    ] as [(JSONValue, Bool)]
  )
  func `what counts as true is a table`(value: JSONValue, truth: Bool) {
    #expect(Template.truthy(value) == truth)
  }

  @Test func `references are found with their places, in order`() throws {
    let value: JSONValue = [
      "a": "{{input.x | steps.r.result.y}} and {{steps.q.result}}", "b": [1, ["c": "{{run.id}}"]],
    ]
    let found = try Template.references(in: value, place: "tool_args")
    #expect(
      found.map(\.reference.text) == ["input.x", "steps.r.result.y", "steps.q.result", "run.id"]
    )
    #expect(found.map(\.place) == ["tool_args.a", "tool_args.a", "tool_args.a", "tool_args.b.1.c"])
    #expect(found.map(\.reference.stepID) == [nil, "r", "q", nil])
    let condition = try Template.references(inCondition: "{{steps.a.result.ok}} and not input.b")
    #expect(condition.map(\.reference.text) == ["steps.a.result.ok", "input.b"])
  }
}
