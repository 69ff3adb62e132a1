import Foundation
import Glibc
import JSON
import Testing

@testable import LocalRuntime

/// The built program, started as an operator or the front would.
final class TestProgram: Sendable {
  struct Ended: Sendable, Equatable {
    var code: Int32
    var wasKilled: Bool
    var errors: String
  }

  private let process: Process
  private let input = Pipe()
  private let output = Pipe()
  private let errors = Pipe()
  private let exits: AsyncStream<(Int32, Bool)>

  /// The program beside the tests.
  static var path: String {
    get throws {
      let own = try #require(Program.path)
      let folder = Bundle.main.bundlePath
      let candidates = [folder, String(own[..<(own.lastIndex(of: "/") ?? own.endIndex)])]
      let found = candidates.map { "\($0)/command-center-runtime" }
        .first { FileManager.default.isExecutableFile(atPath: $0) }
      return try #require(found, "build the product command-center-runtime first")
    }
  }

  init(_ arguments: [String], environment: [String: String] = [:]) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try Self.path)
    process.arguments = arguments
    process.environment = ["PATH": "/usr/bin:/bin"].merging(environment) { $1 }
    process.standardInput = input
    process.standardOutput = output
    process.standardError = errors
    let (exits, exit) = AsyncStream<(Int32, Bool)>.makeStream()
    process.terminationHandler = { process in
      exit.yield((process.terminationStatus, process.terminationReason == .uncaughtSignal))
      exit.finish()
    }
    self.exits = exits
    self.process = process
    try process.run()
  }

  deinit { send(SIGKILL) }

  var identifier: Int32 { process.processIdentifier }

  func send(_ signal: Int32) {
    if process.isRunning { kill(process.processIdentifier, signal) }
  }

  /// Lets go of the lifeline.
  func letGo() throws { try input.fileHandleForWriting.close() }

  /// The line that it announces itself with.
  func announcement() async throws -> JSONValue {
    let handle = output.fileHandleForReading
    let line = await withCheckedContinuation { continuation in
      DispatchQueue.global().async {
        var line = Data()
        while !line.contains(10) {
          let piece = handle.availableData
          if piece.isEmpty { break }
          line += piece
        }
        continuation.resume(returning: line)
      }
    }
    return try JSONValue(parsing: Array(line))
  }

  /// Somebody who talks to it.
  func peer() async throws -> (peer: Peer, announced: JSONValue) {
    let announced = try await announcement()
    let file = try #require(announced["token_file"]?.string)
    let token = try String(contentsOfFile: file, encoding: .utf8)
    let url = try #require(announced["url"]?.string)
    return (Peer(url: url, token: token.split(separator: "\n").first.map(String.init)), announced)
  }

  /// How it ended, as soon as it has.
  func end() async throws -> Ended {
    var outcome: (Int32, Bool) = (-1, false)
    for await exit in exits { outcome = exit }
    let text = try errors.fileHandleForReading.readToEnd() ?? Data()
    return Ended(
      code: outcome.0,
      wasKilled: outcome.1,
      errors: String(decoding: text, as: UTF8.self)
    )
  }
}

@Suite struct ProgramTests {
  private func mode(_ path: String) throws -> Int {
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    return try #require(attributes[.posixPermissions] as? Int)
  }

  private static let examples = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Examples").path

  @Test func `serve says where it listens, keeps its token to its owner, and ends on SIGTERM`()
    async throws
  {
    let folder = try TestFolder()
    let program = try TestProgram(["serve", "--data", folder.path, "--announce", "json"])
    let (peer, announced) = try await program.peer()
    #expect(announced["url"]?.string?.hasPrefix("http://127.0.0.1:") == true)
    #expect(try mode("\(folder.path)/token") == 0o600)
    #expect(try mode("\(folder.path)/runtime.sqlite") == 0o600)
    let header = try #require(announced["curl_header_file"]?.string)
    #expect(try mode(header) == 0o600)
    #expect(
      try String(contentsOfFile: header, encoding: .utf8)
        == "Authorization: Bearer \(peer.token ?? "")\n"
    )
    #expect(try await peer.send("GET", "/v1/runs").json["total"] == 0)
    program.send(SIGTERM)
    #expect(try await program.end() == .init(code: 0, wasKilled: false, errors: ""))
  }

  @Test(
    arguments: [
      (["serve"], 2, "--data"), (["nonsense"], 2, "nonsense"),
      (["serve", "--data", "/proc/no/where"], 1, "cannot make /proc/no/where"),
      (["serve", "--data", "/tmp", "--config", "/no/such.toml"], 2, "/no/such.toml: there is no"),
      (["serve", "--data", "/tmp", "--port", "70000"], 2, "--port"),
    ] as [([String], Int32, String)]
  )
  func `what hinders it is one sentence and an exit code`(
    _ arguments: [String],
    _ code: Int32,
    _ words: String
  ) async throws {
    let ended = try await TestProgram(arguments).end()
    #expect(ended.code == code)
    #expect(ended.errors.contains(words))
  }

  @Test func `a second one on the same folder is refused`() async throws {
    let folder = try TestFolder()
    let first = try TestProgram(["serve", "--data", folder.path, "--announce", "json"])
    _ = try await first.announcement()
    let second = try await TestProgram(["serve", "--data", folder.path]).end()
    #expect(second.code == 1)
    #expect(second.errors.contains("another runtime is using"))
  }

  @Test func `a tool's call is lost by kill -9 and settled by the next start, no event lost`()
    async throws
  {
    let folder = try TestFolder()
    let config = "\(folder.path)/runtime.toml"
    let command = "[mcp.demo]\ncommand = [\"\(try TestProgram.path)\", \"demo-tools\"]\n"
    try command.write(toFile: config, atomically: true, encoding: .utf8)
    let arguments = [
      "serve", "--data", folder.path, "--config", config, "--announce", "json",
    ]
    let first = try TestProgram(arguments)
    let (peer, _) = try await first.peer()
    let graph =
      #"{"steps":[{"id":"nap","type":"mcp_call","tool_name":"sleep","tool_args":{"seconds":9000}}]}"#
    let made = try await peer.send("POST", "/v1/workflows", "{\"name\":\"n\",\"graph\":\(graph)}")
    let id = try #require(made.json["id"]?.string)
    #expect(try await peer.send("POST", "/v1/workflows/\(id)/versions", "{}").status == 201)
    let start = #"{"command":"start","params":{"run_id":"r1"}}"#
    #expect(try await peer.send("POST", "/v1/workflows/\(id)/command", start).status == 200)
    let path = "/v1/workflows/\(id)/runs/r1"
    let seen = try await peer.get("\(path)/events") { events in
      events["events"]?.array?.contains { $0["event_type"] == "tool_called" } ?? false
    }
    first.send(SIGKILL)
    #expect(try await first.end().wasKilled)

    let second = try TestProgram(arguments)
    let (again, _) = try await second.peer()
    let run = try await again.send("GET", path).json
    #expect(run["status"] == "failed")
    #expect(run["failure_code"] == "UPSTREAM_ERROR")
    let events = try await again.send("GET", "\(path)/events").json["events"]?.array ?? []
    let before = seen["events"]?.array ?? []
    #expect(Array(events.prefix(before.count)) == before)
    #expect(events.compactMap { $0["seq"]?.int } == Array(1...events.count))
    // The same start again, as after a lost answer: still the one run.
    #expect(
      try await again.send("POST", "/v1/workflows/\(id)/command", start).json["status"] == "failed"
    )
    #expect(try await again.send("GET", "/v1/runs").json["total"] == 1)
  }

  @Test func `the demo does real work, and leaves nothing when its lifeline is lost`()
    async throws
  {
    let program = try TestProgram(
      ["demo", "--lifeline", "--announce", "json", "--owner", "maria"],
      environment: ["COMMAND_CENTER_EXAMPLES": Self.examples]
    )
    let (peer, announced) = try await program.peer()
    let folder = try #require(announced["data"]?.string)
    let tasks = try await peer.get("/v1/tasks/pending") { ($0["total"]?.int ?? 0) >= 2 }
    let titles = tasks["tasks"]?.array?.compactMap { $0["task_payload"]?["title"]?.string }
    #expect(
      Set(titles ?? [])
        .isSuperset(of: ["Refund $420 to alex@example.com", "Update 3 fields of Acme GmbH"])
    )
    let draining = try await peer.get("/v1/runs?status=draining") { $0["total"] == 1 }
    #expect(draining["runs"]?[0]?["workflow_name"] == "nightly-digest")
    #expect((draining["runs"]?[0]?["current_steps"]?.array?.count ?? 0) >= 2)
    let task = try #require(
      tasks["tasks"]?.array?.first { $0["workflow_name"] == "refund-approvals" }
    )
    let list = try await peer.send("GET", "/v1/workflows").json["workflows"]?.array ?? []
    let desk = list.first { $0["name"] == "return-desk" }
    #expect(desk?["graph"]?["steps"]?[1]?["workflow_id"] == task["workflow_id"])
    let run =
      "/v1/workflows/\(task["workflow_id"]?.string ?? "")/runs/\(task["run_id"]?.string ?? "")"
    let done = try await peer.send(
      "POST",
      "\(run)/tasks/\(task["id"]?.string ?? "")/complete",
      #"{"approved":true}"#
    )
    #expect(done.status == 200)
    let ended = try await peer.get(run) { $0["status"] == "completed" }
    #expect(ended["steps"]?["completed"] == 5)
    let failed = try await peer.get("/v1/runs?status=failed") { ($0["total"]?.int ?? 0) >= 1 }
    #expect(failed["runs"]?[0]?["workflow_name"] == "order-triage")
    #expect(
      failed["runs"]?[0]?["failure"]?["message"] == "401 Unauthorized from jira.create_issue"
    )
    try program.letGo()
    #expect(try await program.end().code == 0)
    #expect(!FileManager.default.fileExists(atPath: folder))
  }
}
