import Foundation
import Glibc
import JSON
import TestHouse
import Testing

@testable import LocalRuntime

/// The built program serving a folder, with its own demo tools, a stand-in for language models, and
/// whatever else its configuration names.
struct ServedHouse {
  let folder: TestFolder
  let endpoint: RawServer
  let program: TestProgram
  let peer: Peer

  /// Starts the program.
  /// - Parameters:
  ///   - settings: Lines at the head of its configuration.
  ///   - answer: What every model answers.
  ///   - tools: A Python program that serves tools over stdio, instead of the demo's.
  /// - Throws: What hindered it.
  init(settings: String = "", answer: String = "", tools: String? = nil) async throws {
    folder = try TestFolder()
    let body: JSONValue = [
      "model": "small-1", "choices": [["message": ["content": .string(answer)]]],
      "usage": ["prompt_tokens": 12, "completion_tokens": 30],
    ]
    endpoint = try RawServer { _ in
      [.answer(headers: ["Content-Type: application/json"], body: body.bytes)]
    }
    let command =
      if let tools { ["python3", "-u", tools] } else { [try TestProgram.path, "demo-tools"] }
    let words = command.map { "\"\($0)\"" }.joined(separator: ", ")
    let config = """
      \(settings)
      [mcp.\(tools == nil ? "demo" : "tools")]
      command = [\(words)]
      [llm.local]
      base_url = "\(endpoint.url("/v1"))"
      """
    try config.write(toFile: "\(folder.path)/runtime.toml", atomically: true, encoding: .utf8)
    program = try TestProgram([
      "serve", "--data", "\(folder.path)/data", "--announce", "json", "--config",
      "\(folder.path)/runtime.toml",
    ])
    peer = try await program.peer().peer
  }

  /// Creates a workflow and publishes it; answers its id.
  func publish(_ name: String, _ graph: JSONValue) async throws -> String {
    let id = try await create(name, graph)
    let published = try await peer.send("POST", "/v1/workflows/\(id)/versions", "{}")
    #expect(published.status == 201, "\(name): \(published.text)")
    return id
  }

  /// Creates a workflow as a draft; answers its id.
  func create(_ name: String, _ graph: JSONValue) async throws -> String {
    let body: JSONValue = ["name": .string(name), "graph": graph]
    let created = try await peer.send("POST", "/v1/workflows", JSONWriter.text(body))
    #expect(created.status == 201, "\(name): \(created.text)")
    return try #require(created.json["id"]?.string, "\(created.text)")
  }

  /// The run of a workflow that all this is about.
  private func run(_ workflow: String) -> String { "run-\(workflow)" }

  private func path(_ workflow: String) -> String {
    "/v1/workflows/\(workflow)/runs/\(run(workflow))"
  }

  /// Gives a command for the run of a workflow.
  @discardableResult
  func command(
    _ word: String,
    _ workflow: String,
    _ more: JSONObject = [:]
  ) async throws -> Peer.Reply {
    let params: JSONObject = ["run_id": .string(run(workflow))]
    let body: JSONValue = ["command": .string(word), "params": .object(more.merging(params))]
    return try await peer.send(
      "POST",
      "/v1/workflows/\(workflow)/command",
      JSONWriter.text(body)
    )
  }

  /// Answers the task that waits, in whatever run, as soon as there is one.
  func answer(_ approved: Bool, _ fields: JSONObject) async throws -> JSONValue {
    let list = try await peer.get("/v1/tasks/pending") { $0["total"]?.int == 1 }
    let task = try #require(list["tasks"]?[0])
    let (workflow, run, id) = (task["workflow_id"]?.string, task["run_id"]?.string, task["id"])
    let path =
      "/v1/workflows/\(workflow ?? "")/runs/\(run ?? "")/tasks/\(id?.string ?? "")/complete"
    let body: JSONValue = ["approved": .bool(approved), "result": .object(fields)]
    let answered = try await peer.send("POST", path, JSONWriter.text(body))
    #expect(answered.status == 200, "\(answered.text)")
    return task
  }

  /// The run, once it is as wanted.
  @discardableResult
  func run(
    _ workflow: String,
    until wanted: (JSONValue) -> Bool
  ) async throws -> JSONValue {
    try await peer.get(path(workflow), until: wanted)
  }

  /// The run, once it has ended.
  func ended(_ workflow: String) async throws -> JSONValue {
    try await run(workflow) { run in
      ["completed", "failed", "stopped"].contains(run["status"]?.string ?? "")
    }
  }

  func context(_ workflow: String) async throws -> JSONValue {
    try await peer.send("GET", "\(path(workflow))/context").json
  }

  func events(_ workflow: String) async throws -> [JSONValue] {
    let page = try await peer.send("GET", "\(path(workflow))/events?limit=500").json
    return page["events"]?.array ?? []
  }

  /// Ends it; it has complained of nothing.
  func end() async throws {
    endpoint.stop()
    program.send(SIGTERM)
    #expect(try await program.end() == .init(code: 0, wasKilled: false, errors: ""))
  }
}

extension JSONValue {
  /// The text of it.
  fileprivate var bytes: [UInt8] { Array(JSONWriter.text(self).utf8) }

  /// Whether all that another value says is said here, too; objects may have more members.
  func holds(_ part: JSONValue) -> Bool {
    guard case .object(let wanted) = part else { return self == part }
    return wanted.members.allSatisfy { member in
      self[member.key]?.holds(member.value) ?? member.value.isNull
    }
  }
}

/// Folders of the checkout.
enum Checkout {
  static let path = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
  static let examples = "\(path)/Examples"
  static let documented = "\(path)/Tests/Documented"
}
