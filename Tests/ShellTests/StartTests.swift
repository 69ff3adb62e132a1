import CommandCenter
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

  @Test(
    arguments: [
      ["order": 42, "channel": "mail"], [:], ["note": "it's late; $HOME"],
      ["n": "42", "t": "true"],
      ["n": "\"42\""], ["order": "42"], ["a=b": 1], ["-x": 1, "y": [1, ["z": nil]]], ["{": 1],
      ["only": "{\"a\": 1}"], ["lines": "one\ntwo"], ["big": 9_007_199_254_740_993],
    ] as [JSONObject]
  )
  func `the line that the form shows starts the same run`(input: JSONObject) throws {
    let schema: JSONValue = ["properties": ["order": ["type": "string"]]]
    var shown = input
    if let order = input["order"]?.int { shown["order"] = .string("\(order)") }
    for (schema, input) in [(schema, shown), (JSONValue.null, input)] {
      let line = StartLine.words(workflow: "digest", input: input, schema: schema)
      let words = try ShellWord.split(StartLine.text(line))
      #expect(words.prefix(3) == ["command-center", "start", "digest"])
      let told = start(
        "digest",
        Array(words.dropFirst(3)),
        graph: Graph(steps: [], inputSchema: schema)
      )
      #expect(try #require(decided(told), "\(complaints(told))").fields == input)
    }
  }

  @Test(arguments: ["order-triage", "wf-1"])
  func `a workflow is named by its name or id`(name: String) throws {
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
          "no workflow is called nothing; there are order-triage, order-refund, digest"
        ), .finish(.usage),
      ]
    )
    #expect(
      complaints(start("order", [])) == [
        "order fits 2 workflows; write more of it:", "  wf-1  order-triage",
        "  wf-2  order-refund",
      ]
    )
  }

  @Test(arguments: [
    (
      ["order-triage", "order_id"],
      "no workflow is called order-triage order_id; if order_id is input of order-triage, write "
        + "order_id=value"
    ),
    (
      ["order", "tri", "id", "42"],
      "no workflow is called order tri id 42; if id 42 is input of order-triage, write id=42"
    ),
    (
      ["digest", "a", "b", "c", "d=1"],
      "no workflow is called digest a b c; if a b c is input of digest, write key=value words"
    ),
    (
      ["digest", "b=c", "d"],
      "d is no input: write key=value words, such as d=value, or one JSON object in quotes"
    ),
    (["digest", "=x"], "=x is no input: write key=value words, or one JSON object in quotes"),
  ])
  func `an input without its sign is told from a name`(words: [String], sentence: String) {
    var task = task(.start(Start(words)))
    var told = task.begin(at: now)
    if told == [.workflows] {
      told = task.receive(.workflows(.success(StartTests.workflows)), at: now)
    }
    #expect(told == [.complain(sentence), .finish(.usage)])
  }

  @Test func `a run that is started again names its workflow`() {
    var task = task(.start(Start(["crm-sync", "a=1"], again: "run-1")))
    #expect(
      task.begin(at: now) == [
        .complain(
          "--again starts the workflow of that run: leave crm-sync out; what is to be different is "
            + "written as key=value"
        ), .finish(.usage),
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
    ["=1"], ["a=1", "a=2"], ["a=1", "order"], ["{\"a\":"], ["{\"a\":1}", "b=2"],
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

/// Starts in other words: plain ones, from a file, of another run.
@Suite struct StartAgainTests {
  private static let workflows = [
    { () -> Workflow in
      var workflow = Workflow(id: WorkflowID("wf-crm-sync"), name: "crm-sync")
      workflow.version = 4
      workflow.graph = Graph(steps: [])
      return workflow
    }(),
    Workflow(id: WorkflowID("wf-2"), name: "refund approvals"),
  ]

  private func told(_ start: Start, _ messages: ShellMessage...) -> [ShellEffect] {
    var task = task(.start(start))
    var told = task.begin(at: now)
    for message in messages { told += task.receive(message, at: now) }
    return told
  }

  private var former: RunDetail {
    var run = busy.runs[2]
    run.version = 3
    run.input = ["order": 42, "channel": "mail"]
    return RunDetail(run: run, at: now)
  }

  @Test func `a workflow is named in plain words, before the words of the input`() throws {
    let asked = told(
      Start(["appr", "refund", "{}"]),
      .workflows(.success(StartAgainTests.workflows))
    )
    #expect(code(asked) == .usage)
    #expect(
      complaints(asked)
        == ["appr refund is refund approvals, wf-2: write its name, or confirm with --yes"]
    )
    let effects = told(
      Start(["appr", "refund", "{}"], isConfirmed: true),
      .workflows(.success(StartAgainTests.workflows))
    )
    #expect(effects.contains(.progress("appr refund is refund approvals, wf-2")))
    #expect(try #require(decided(effects)).subject.run.workflow == WorkflowID("wf-2"))
  }

  @Test func `a run is started again with its input, and a newer version is told`() throws {
    let effects = told(
      Start(["order=43"], again: "550e8400"),
      .reading(.success(busy)),
      looked(former),
      .workflows(.success(StartAgainTests.workflows))
    )
    let decision = try #require(decided(effects))
    #expect(decision.fields == ["order": 43, "channel": "mail"])
    #expect(decision.subject.run.workflow == WorkflowID("wf-crm-sync"))
    #expect(decision.subject.run.run != RunID("550e8400-e29b"))
    #expect(
      complaints(effects) == ["crm-sync: version 4 is published now; run 550e8400 had 3"]
    )
  }

  @Test func `an input that the run does not tell is read from its context`() throws {
    var detail = former
    detail.run.input = nil
    let effects = told(
      Start([], again: "550e8400"),
      .reading(.success(busy)),
      looked(detail),
      .context(.success(["input": ["order": 7]])),
      .workflows(.failure(Fault(.server, "500")))
    )
    #expect(try #require(decided(effects)).fields == ["order": 7])
    let nowhere = told(
      Start([], again: "550e8400"),
      .reading(.success(busy)),
      looked(detail),
      .context(.failure(Fault(.notFound, "none")))
    )
    #expect(code(nowhere) == .failed)
    #expect(complaints(nowhere).first?.hasSuffix("give it with --input") == true)
  }

  @Test func `an input from a file is laid under the words`() throws {
    let effects = told(
      Start(["crm-sync", "dry=true"], input: "{\"order\": 1, \"dry\": false}"),
      .workflows(.success(StartAgainTests.workflows))
    )
    #expect(try #require(decided(effects)).fields == ["order": 1, "dry": true])
  }

  @Test(arguments: ["[1]", "{", "", "nonsense"])
  func `an input that is no JSON object is usage before anything is asked`(text: String) {
    let effects = told(Start(["crm-sync"], input: text))
    #expect(code(effects) == .usage)
    #expect(complaints(effects).first?.hasPrefix("--input cannot be read: ") == true)
    #expect(code(told(Start([], input: "{}", again: "7c"))) == .usage)
  }

  @Test func `a rehearsal writes what would be sent, and sends nothing, read-only too`() throws {
    var task = task(.start(Start(["crm-sync", "order=1"], isRehearsal: true)), form: .json) {
      $0.readOnly = "started with --read-only"
    }
    let told =
      task.begin(at: now)
      + task.receive(.workflows(.success(StartAgainTests.workflows)), at: now)
    #expect(decisions(told).isEmpty)
    #expect(code(told) == .done)
    let value = try JSONValue(parsing: output(told))
    #expect(value["method"] == "POST")
    #expect(value["path"] == "/v1/workflows/wf-crm-sync/command")
    #expect(value["body"]?["params"]?["trigger_payload"]?["order"] == 1)
  }

  @Test func `a start that is waited for tells its run's end`() throws {
    var task = task(.start(Start(["crm-sync"], wait: Patience())))
    var told =
      task.begin(at: now)
      + task.receive(.workflows(.success(StartAgainTests.workflows)), at: now)
    let decision = try #require(decided(told))
    let run = decision.subject.run
    let done = Outcome.done(Confirmation(status: .running, readBack: true, run: run))
    _ = task.receive(.outcome(decision, done, recorded: true), at: now)
    #expect(task.receive(.woke, at: now + .seconds(3)) == [.load(run)])
    var ended = Run(id: run.run, workflow: run.workflow, status: .completed)
    ended.workflowName = "crm-sync"
    told = task.receive(looked(RunDetail(run: ended, at: now)), at: now)
    #expect(output(told) == "started crm-sync \(run.run): completed\n")
    #expect(code(told) == .done)
  }
}
