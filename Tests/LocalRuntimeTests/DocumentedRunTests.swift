import Foundation
import JSON
import Testing

@testable import LocalRuntime

/// The product's documented graphs, imported and run by the built program, with a stand-in for the
/// tools and models that they call.
@Suite struct DocumentedRunTests {
  /// A documented graph and what comes of it.
  struct Documented: Sendable, CustomTestStringConvertible {
    let file: String
    let place: Int
    let value: JSONValue

    var testDescription: String { "\(file), graph \(place + 1)" }
  }

  private static let files = [
    "examples", "form-webhook-postgres-resend-digest", "github-pr-review",
    "json-schema-cookbook", "lead-sync-activecampaign-notion", "scheduled-postgres-gmail-report",
    "scope-smoke", "shopify-order-whatsapp",
  ]

  private static let tools = "\(Checkout.documented)/tools.py"

  private static func read(_ file: String) throws -> JSONValue {
    let path = "\(Checkout.documented)/\(file).json"
    return try JSONValue(parsing: Array(Data(contentsOf: URL(fileURLWithPath: path))))
  }

  private static func graphs() throws -> [Documented] {
    try files.flatMap { file in
      (try read(file)["graphs"]?.array ?? []).enumerated()
        .map { Documented(file: file, place: $0.offset, value: $0.element) }
    }
  }

  @Test func `every documented graph is imported as it is and runs to its end`() async throws {
    let graphs = try Self.graphs()
    #expect(graphs.count == 11)
    for documented in graphs { try await Self.run(documented) }
  }

  private static func run(_ documented: Documented) async throws {
    let value = documented.value
    let house = try await ServedHouse(answer: value["model"]?.string ?? "", tools: Self.tools)
    let graph = try #require(value["graph"])
    let workflow = try await house.create(documented.testDescription, graph)
    if let missing = value["missing"]?.string {
      let refused = try await house.peer.send("POST", "/v1/workflows/\(workflow)/versions", "{}")
      #expect(refused.status == 422)
      #expect(refused.json["details"]?["issues"]?[0]?["step_id"]?.string == missing)
      let whole = Self.supplied(graph, missing, value["supplied"]?.object ?? [:])
      let body = JSONWriter.text(["graph": whole])
      #expect(try await house.peer.send("PATCH", "/v1/workflows/\(workflow)", body).status == 200)
    }
    let published = try await house.peer.send("POST", "/v1/workflows/\(workflow)/versions", "{}")
    #expect(published.status == 201, "\(documented): \(published.text)")
    let params: JSONObject = ["trigger_payload": value["input"] ?? [:]]
    #expect(try await house.command("start", workflow, params).status == 200)
    if let approved = value["approve"]?.bool { _ = try await house.answer(approved, [:]) }
    let run = try await house.ended(workflow)
    #expect(run["status"] == "completed", "\(documented): \(JSONWriter.text(run))")
    #expect(run["steps"]?["completed"]?.int == graph["steps"]?.array?.count)
    let context = try await house.context(workflow)
    for (expected, place) in [("called", "input"), ("results", "result")] {
      for member in value[expected]?.object?.members ?? [] {
        let found = context["steps"]?[member.key]?[place] ?? .null
        #expect(
          found.holds(member.value),
          "\(documented), \(member.key): \(JSONWriter.text(found))"
        )
      }
    }
    try await house.end()
  }

  /// A graph with more fields in one of its steps.
  private static func supplied(_ graph: JSONValue, _ id: String, _ more: JSONObject) -> JSONValue {
    guard var object = graph.object else { return graph }
    let steps = (object["steps"]?.array ?? []).map { step in
      step["id"]?.string == id ? JSONValue.object((step.object ?? [:]).merging(more)) : step
    }
    object["steps"] = .array(steps)
    return .object(object)
  }

  /// Results of the steps that single documented steps read, made by scripts in their place.
  private static let made = """
    local person = { name = 'Alex', phone = '+491', email = 'alex@example.com' }
    return { approved = true, text = 'T', body = 'B', summary = 'S', base64 = 'QQ==', title = 'T',
      meeting_title = 'M', start_time = '2026-01-01T09:00:00Z', end_time = '2026-01-01T10:00:00Z',
      approved_text = 'A', image_prompt = 'P', slots = { { id = 's1' } }, contacts = { person },
      subject = 'Re' }
    """

  /// The ids of the steps that a step reads or waits for.
  private static func upstream(of step: JSONValue) -> [String] {
    var ids = Set((step["depends_on"]?.array ?? []).compactMap(\.string))
    let text = JSONWriter.text(step)
    for piece in text.components(separatedBy: "{{steps.").dropFirst() {
      ids.insert(String(piece.prefix { $0 != "." }))
    }
    return ids.sorted()
  }

  @Test func `every documented single step runs behind what it reads`() async throws {
    let house = try await ServedHouse(answer: "T", tools: Self.tools)
    let all = try Self.read("steps")["steps"]?.array ?? []
    #expect(all.count > 40)
    var workflows: [(name: String, id: String)] = []
    for (place, documented) in all.enumerated() {
      let page = documented["page"]?.string ?? ""
      var step = try #require(documented["step"]?.object)
      let ids = Self.upstream(of: .object(step))
      if !ids.isEmpty { step["depends_on"] = .array(ids.map { .string($0) }) }
      let before = ids.map { id in
        JSONValue.object(["id": .string(id), "type": "lua_script", "script": .string(Self.made)])
      }
      let graph: JSONValue = ["steps": .array(before + [.object(step)])]
      let name = "\(page) \(place)"
      workflows.append((name, try await house.publish(name, graph)))
    }
    let input = try Self.read("steps")["input"] ?? [:]
    for (place, workflow) in workflows.enumerated() {
      let params: JSONObject = ["trigger_payload": input]
      #expect(try await house.command("start", workflow.id, params).status == 200)
      let asks = all[place]["step"]?["type"] == "human_task"
      if asks { _ = try await house.answer(true, [:]) }
      let run = try await house.ended(workflow.id)
      #expect(run["status"] == "completed", "\(workflow.name): \(JSONWriter.text(run))")
    }
    try await house.end()
  }
}
