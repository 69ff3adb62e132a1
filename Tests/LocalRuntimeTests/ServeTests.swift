import Foundation
import Glibc
import JSON
import Testing

@testable import LocalRuntime

@Suite struct ServeTests {
  private static func config(_ folder: String, _ more: String = "") throws -> String {
    let path = "\(folder)/runtime.toml"
    let text = """
      \(more)
      [mcp.demo]
      command = ["\(try TestProgram.path)", "demo-tools"]
      """
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    return path
  }

  private static func nap(_ peer: Peer, seconds: String) async throws -> String {
    let step = """
      {"id":"nap","type":"mcp_call","tool_name":"sleep","tool_args":{"seconds":\(seconds)},\
      "idempotent":true}
      """
    let body = "{\"name\":\"n\",\"graph\":{\"steps\":[\(step)]}}"
    let made = try await peer.send("POST", "/v1/workflows", body)
    let id = try #require(made.json["id"]?.string, "\(made.text)")
    #expect(try await peer.send("POST", "/v1/workflows/\(id)/versions", "{}").status == 201)
    return id
  }

  private static func start(
    _ peer: Peer,
    _ workflow: String,
    _ run: String
  ) async throws
    -> Peer.Reply
  {
    let body = #"{"command":"start","params":{"run_id":"\#(run)"}}"#
    return try await peer.send("POST", "/v1/workflows/\(workflow)/command", body)
  }

  @Test func `it logs a line a request and a line a change of a run, and never a token`()
    async throws
  {
    let folder = try TestFolder()
    let program = try TestProgram([
      "serve", "--data", "\(folder.path)/d", "--config", try Self.config(folder.path),
      "--announce", "json", "--log-format", "json", "--log-level", "debug",
    ])
    let (peer, _) = try await program.peer()
    let token = try #require(peer.token)
    let workflow = try await Self.nap(peer, seconds: "0")
    _ = try await Self.start(peer, workflow, "r1")
    let path = "/v1/workflows/\(workflow)/runs/r1"
    _ = try await peer.get("\(path)?token=\(token)") { $0["status"] == "completed" }
    program.send(SIGTERM)
    let ended = try await program.end()
    #expect(ended.code == 0)
    #expect(!ended.errors.contains(token))
    let lines = try ended.errors.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
    let requests = lines.filter { $0["kind"] == "request" }
    #expect(
      requests.contains { $0["method"] == "POST" && $0["status"] == 200 && $0["level"] == "info" }
    )
    #expect(requests.contains { $0["method"] == "GET" && $0["path"]?.string == path })
    let changes = lines.filter { $0["kind"] == "run" }.compactMap { $0["to"]?.string }
    #expect(changes == ["running", "completed"])
  }

  @Test func `it listens on a Unix socket, and leaves none behind`() async throws {
    let folder = try TestFolder()
    let path = "\(folder.path)/api.sock"
    let program = try TestProgram([
      "serve", "--data", "\(folder.path)/d", "--socket", path, "--announce", "json",
    ])
    let announced = try await program.announcement()
    #expect(announced["socket"]?.string == path)
    let peer = try RawPeer(.socket(path))
    try peer.say("GET /healthz HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
    #expect(await peer.hearAll().contains(#""store":"writable""#))
    peer.close()
    program.send(SIGTERM)
    #expect(try await program.end().code == 0)
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test func `at its end it answers what it was asked, and settles what was in flight later`()
    async throws
  {
    let folder = try TestFolder()
    let arguments = [
      "serve", "--data", "\(folder.path)/d", "--config", try Self.config(folder.path),
      "--announce", "json",
    ]
    let program = try TestProgram(arguments)
    let (peer, announced) = try await program.peer()
    let workflow = try await Self.nap(peer, seconds: "0.3")
    #expect(try await Self.start(peer, workflow, "r1").status == 200)
    // A request that is half sent when the end is announced.
    let url = try #require(announced["url"]?.string)
    let address = try #require(ListenAddress(String(url.dropFirst("http://".count))))
    let raw = try RawPeer(.address(address))
    try raw.say(
      "GET /v1/runs HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer \(peer.token ?? "")\r\n"
        + "Content-Length: 1\r\nExpect: 100-continue\r\n\r\n"
    )
    #expect(await raw.hear { $0.hasSuffix("\r\n\r\n") }.hasPrefix("HTTP/1.1 100"))
    program.send(SIGTERM)
    // No new connection is taken from now on.
    while (try? RawPeer(.address(address)))?.close() != nil { await Task.yield() }
    try raw.say(" ")
    let answer = await raw.hearAll()
    #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
    #expect(answer.contains("Connection: close\r\n"))
    raw.close()
    #expect(try await program.end().code == 0)

    let second = try TestProgram(arguments)
    let (again, _) = try await second.peer()
    _ = try await again.get("/v1/workflows/\(workflow)/runs/r1") { $0["status"] == "completed" }
    second.send(SIGTERM)
    #expect(try await second.end().code == 0)
  }

  /// Sets how long files may become that a process writes; nil for as long as it likes.
  private static func limitFiles(of process: Int32, to bytes: Int?) throws {
    let limiter = Process()
    limiter.executableURL = URL(fileURLWithPath: "/usr/bin/prlimit")
    limiter.arguments = [
      "--pid", "\(process)", "--fsize=\(bytes.map(String.init) ?? "unlimited"):unlimited",
    ]
    try limiter.run()
    limiter.waitUntilExit()
    try #require(limiter.terminationStatus == 0)
  }

  @Test func `a disk without room is said clearly, and everything goes on once there is some`()
    async throws
  {
    let folder = try TestFolder()
    let program = try TestProgram([
      "serve", "--data", "\(folder.path)/d", "--config", try Self.config(folder.path),
      "--announce", "json",
    ])
    let (peer, _) = try await program.peer()
    let workflow = try await Self.nap(peer, seconds: "0.2")
    #expect(try await Self.start(peer, workflow, "r1").status == 200)
    try Self.limitFiles(of: program.identifier, to: 0)
    let refused = try await Self.start(peer, workflow, "r2")
    #expect(refused.status == 503)
    #expect(refused.json["error"]?.string?.contains("check that its disk has room") == true)
    #expect(try await peer.send("GET", "/healthz").status == 503)
    // What is there can be read all the same.
    #expect(try await peer.send("GET", "/v1/runs").json["total"] == 1)
    try Self.limitFiles(of: program.identifier, to: nil)
    #expect(try await Self.start(peer, workflow, "r2").status == 200)
    for run in ["r1", "r2"] {
      _ = try await peer.get("/v1/workflows/\(workflow)/runs/\(run)") {
        $0["status"] == "completed"
      }
    }
    #expect(try await peer.send("GET", "/healthz").json["store"] == "writable")
    program.send(SIGTERM)
    #expect(try await program.end().code == 0)
  }

  @Test func `a budget holds over restarts`() async throws {
    let folder = try TestFolder()
    let arguments = [
      "serve", "--data", "\(folder.path)/d", "--config",
      try Self.config(folder.path, "budget = { trial = 5, payg = 5 }"), "--announce", "json",
    ]
    var workflow = ""
    for (round, left) in [5, 0].enumerated() {
      let program = try TestProgram(arguments)
      let (peer, _) = try await program.peer()
      if round == 0 { workflow = try await Self.nap(peer, seconds: "0") }
      #expect(try await Self.start(peer, workflow, "r\(round)").status == 200)
      _ = try await peer.get("/v1/workflows/\(workflow)/runs/r\(round)") {
        $0["status"] == "completed"
      }
      let usage = try await peer.send("GET", "/v1/billing/usage").json
      #expect(usage["trial_remaining"] == 0)
      #expect(usage["payg_remaining"]?.int == left * 1_000_000)
      #expect(usage["total_remaining_microcredits"]?.int == left * 1_000_000)
      program.send(SIGKILL)
      #expect(try await program.end().wasKilled)
    }
    let program = try TestProgram(arguments)
    let (peer, _) = try await program.peer()
    let refused = try await Self.start(peer, workflow, "r9")
    #expect(refused.status == 422)
    #expect(refused.json["code"] == "INSUFFICIENT_CREDITS")
    program.send(SIGTERM)
    #expect(try await program.end().code == 0)
  }

  @Test(
    arguments: [
      (["--port", "0", "--socket", "/tmp/x"], "give --port or --socket, not both"),
      (["--log-format", "xml"], "--log-format"), (["--log-level", "all"], "--log-level"),
    ] as [([String], String)]
  )
  func `options that do not go together are refused`(
    _ options: [String],
    _ sentence: String
  ) async throws {
    let folder = try TestFolder()
    let program = try TestProgram(["serve", "--data", folder.path] + options)
    let ended = try await program.end()
    #expect(ended.code == 2)
    #expect(ended.errors.contains(sentence), "\(ended.errors)")
  }
}
