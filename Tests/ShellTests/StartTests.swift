import JSON
import Runs
import Shell
import Testing

@Suite struct StartTests {
  private static var workflows: [Workflow] {
    var triage = Workflow(id: WorkflowID("wf-1"), name: "order-triage")
    triage.graph = Graph(steps: [])
    return [
      triage, Workflow(id: WorkflowID("wf-2"), name: "order-refund"),
      Workflow(id: WorkflowID("x-3"), name: "digest"),
    ]
  }

  private func start(
    _ name: String,
    _ words: [String],
    graph: Graph? = nil
  ) -> [ShellEffect] {
    var task = task(.start(name, input: words))
    var told = task.begin(at: now)
    guard told == [.workflows] else { return told }
    told = task.receive(.workflows(.success(StartTests.workflows)), at: now)
    if case .graph? = told.last { told += task.receive(.graph(graph), at: now) }
    return told
  }

  @Test(arguments: ["order-triage", "wf-1", "order-t"])
  func `a workflow is named by name, id or the beginning of one`(name: String) throws {
    let decision = try #require(decided(start(name, ["order=42"])))
    #expect(decision.verb == .start)
    #expect(decision.subject.run.workflow == WorkflowID("wf-1"))
    #expect(decision.title == "order-triage")
    #expect(decision.fields == ["order": 42])
    #expect(decision.id.text != decision.subject.run.run.text)
    #expect(decision.subject.run.run.text.count == 36)
  }

  @Test func `a workflow that is not there or not alone is usage`() {
    #expect(
      start("nothing", []) == [
        .complain(
          "no workflow has the id nothing; there are order-triage, order-refund, digest"
        ), .finish(.usage),
      ]
    )
    #expect(
      complaints(start("order", [])) == [
        "order fits 2 workflows; write more of the id:", "  wf-1  order-triage",
        "  wf-2  order-refund",
      ]
    )
  }

  @Test func `words are typed by what they look like`() throws {
    let words = [
      "a=1.50", "b=true", "c=null", "d=[1,2]", "e={\"x\":1}", "f=plain text", "g=", "h=\"q\"",
      "i=01", "j=a=b",
    ]
    let decision = try #require(decided(start("order-triage", words)))
    let number = try #require(JSONNumber("1.50"))
    #expect(
      decision.fields == [
        "a": .number(number), "b": true, "c": nil, "d": [1, 2], "e": ["x": 1],
        "f": "plain text", "g": "", "h": "\"q\"", "i": "01", "j": "a=b",
      ]
    )
  }

  @Test(
    arguments: [
      ["properties": ["order": ["type": "string"], "dry": ["type": "boolean"]]],
      [["name": "order", "type": "string"], ["name": "dry", "type": "boolean"]],
    ] as [JSONValue]
  )
  func `a schema types the words, in both of its shapes`(schema: JSONValue) throws {
    let graph = Graph(steps: [], inputSchema: schema)
    let told = start("digest", ["order=42", "dry=true", "free=7"], graph: graph)
    #expect(told.first == .graph(WorkflowID("x-3")))
    #expect(
      try #require(decided(told)).fields == ["order": "42", "dry": true, "free": 7]
    )
    let wrong = start("digest", ["dry=maybe"], graph: graph)
    #expect(complaints(wrong) == ["dry wants true or false, not maybe"])
    #expect(code(wrong) == .usage)
  }

  @Test(arguments: [
    ("integer", "1.5", "n wants a whole number, not 1.5"),
    ("number", "x", "n wants a number, not x"),
    ("array", "1", "n wants a JSON list, not 1"), ("object", "[]", "n wants a JSON object, not []"),
  ])
  func `a word of another type than the schema's is told`(type: String, text: String, said: String)
  {
    let schema: JSONValue = ["properties": ["n": ["type": .string(type)]]]
    let told = start("digest", ["n=\(text)"], graph: Graph(steps: [], inputSchema: schema))
    #expect(complaints(told) == [said])
  }

  @Test func `one JSON object is taken as it is, without a schema`() throws {
    let told = start("digest", ["{\"order\": 42.00}"])
    let number = try #require(JSONNumber("42.00"))
    #expect(try #require(decided(told)).fields == ["order": .number(number)])
  }

  @Test(arguments: [
    ["order"], ["=1"], ["a=1", "a=2"], ["{\"a\":"], ["{\"a\":1}", "b=2"],
  ])
  func `an input that is none is usage before anything is asked`(words: [String]) {
    let told = start("digest", words)
    #expect(code(told) == .usage)
    #expect(told.count == 2)
  }

  @Test func `a start tells the whole id of its run`() throws {
    var task = task(.start("digest", input: []))
    var told =
      task.begin(at: now) + task.receive(.workflows(.success(StartTests.workflows)), at: now)
    let decision = try #require(decided(told))
    let done = Outcome.done(
      Confirmation(status: .running, readBack: true, run: decision.subject.run)
    )
    told = task.receive(.outcome(decision, done, recorded: true), at: now)
    #expect(output(told) == "started digest \(decision.subject.run.run): running\n")
  }
}
