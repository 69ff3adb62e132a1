import Foundation
import JSON
import Runs
import Testing

@testable import LocalRuntime

@Suite struct DemoTests {
  private static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Examples").path

  @Test func `every example is sound and calls only tools that the demo serves`() throws {
    let examples = try Example.all(in: Self.folder).filter(\.isForDemo)
    #expect(Set(examples.map(\.name)) == Set(Demo.first + Demo.later))
    let servers = KnownServers(names: ["demo"], tools: ["demo": ["sleep", "echo", "fail"]])
    for example in examples {
      let report = GraphValidation.check(example.graph, knownServers: servers)
      // A step that is switched off is worth a warning, and one example shows it.
      let issues = report.issues.filter { $0.code != "step_disabled" }
      #expect(report.valid && issues.isEmpty, "\(example.name): \(issues)")
    }
  }

  @Test func `examples are found where they are named, beside the program, in a checkout`()
    throws
  {
    func folder(_ there: Set<String>, _ environment: [String: String] = [:]) throws -> String {
      try Example.folder(
        program: "/src/.build/debug/command-center-runtime",
        environment: environment,
        exists: there.contains
      )
    }
    let named = ["COMMAND_CENTER_EXAMPLES": "/mine"]
    #expect(try folder(["/mine", "/src/.build/debug/Examples"], named) == "/mine")
    #expect(try folder(["/src/.build/debug/Examples"]) == "/src/.build/debug/Examples")
    let installed = "/src/.build/share/command-center/examples"
    #expect(try folder([installed]) == installed)
    #expect(try folder(["/src/Package.swift", "/src/Examples"]) == "/src/Examples")
    let lost = #expect(throws: RuntimeMistake.self) { try folder(["/src/Examples"]) }
    #expect(lost?.sentence.contains("COMMAND_CENTER_EXAMPLES") == true)
    let wrong = #expect(throws: RuntimeMistake.self) { try folder([], named) }
    #expect(wrong?.sentence == "COMMAND_CENTER_EXAMPLES names /mine, which is not there")
  }

  @Test func `the demo keeps starting runs, but asks for no more approvals than its bound`()
    async throws
  {
    let runtime = try await TestRuntime()
    let examples = try Example.all(in: Self.folder).filter { $0.name == "refund-approvals" }
    var graph = JSONObject(examples[0].graph.object?.members ?? [])
    graph["steps"] = [try JSONValue(parsing: ask("review"))]
    var asking = examples[0]
    asking.graph = .object(graph)
    let bounds = Demo.Bounds(active: 12, pending: 2, pause: .seconds(20))
    let demo = Demo(engine: runtime.engine, examples: [asking], bounds: bounds)
    try await demo.prepare()
    #expect(try await runtime.store.pendingTasks(of: nil, limit: 1, offset: 0).total == 1)
    let going = Task { await demo.keepGoing() }
    for _ in 0..<20 {
      await runtime.time.untilSomebodySleeps()
      runtime.time.advance(.seconds(20))
    }
    await runtime.time.untilSomebodySleeps()
    #expect(try await runtime.store.pendingTasks(of: nil, limit: 9, offset: 0).total == 2)
    going.cancel()
    await going.value
  }

  @Test func `what an example calls is named by its id`() throws {
    let examples = try Example.all(in: Self.folder)
    let desk = try #require(examples.first { $0.name == "return-desk" })
    #expect(desk.calls == ["refund-approvals"])
    let graph = desk.graph(calling: ["refund-approvals": "id-1"])
    #expect(graph["steps"]?[1]?["workflow_id"] == "id-1")
    #expect(graph["steps"]?[0] == desk.graph["steps"]?[0])
    #expect(examples.filter { !$0.isForDemo }.map(\.name) == ["ticket-answer"])
  }

  @Test func `a kept folder is taken up again without publishing anything twice`() async throws {
    let before = try await TestRuntime()
    let examples = try Example.all(in: Self.folder).filter { $0.name == "kb-refresh" }
    try await Demo(engine: before.engine, examples: examples).prepare()
    await before.gate.until { $0.inFlight == ["list-pages"] }
    let after = try await before.restarted()
    try await Demo(engine: after.engine, examples: examples).prepare()
    let page = try await after.store.workflows(limit: 9, offset: 0)
    #expect(page.total == 1)
    #expect(try JSONValue(parsing: page.rows[0])["version"] == 1)
    #expect(try await after.store.runs(RunQuery()).total == 2)
  }
}
