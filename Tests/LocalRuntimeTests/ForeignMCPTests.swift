import Foundation
import JSON
import Testing

@testable import LocalRuntime

/// MCP servers that nobody here wrote; one after the other, for each takes a second of a processor to
/// start.
@Suite(.serialized) struct ForeignMCPTests {
  @Test func `the time server tells what noon is elsewhere`() async throws {
    let config = try ForeignServer.config("mcp-server-time", ["--local-timezone", "UTC"])
    try await ForeignServer.connected(config) { server async throws in
      #expect(try await server.tools().sorted() == ["convert_time", "get_current_time"])
      let result = try await server.call(
        "convert_time",
        ["source_timezone": "UTC", "time": "12:00", "target_timezone": "Asia/Tokyo"]
      )
      #expect(result["time_difference"] == "+9.0h")
      #expect(result["target"]?["timezone"] == "Asia/Tokyo")
      let failure = await server.failure("convert_time", ["time": "noon"])
      #expect(failure.kind == .toolError)
      #expect(await server.failure("nothing").kind != .protocolBroken)
    }
  }

  @Test func `the git server reads a repository`() async throws {
    let folder = try TestFolder()
    let git = Process()
    git.executableURL = URL(fileURLWithPath: "/usr/bin/git")
    git.arguments = ["init", "-q", "-b", "trunk", folder.path]
    try git.run()
    git.waitUntilExit()
    let config = try ForeignServer.config("mcp-server-git", ["--repository", folder.path])
    try await ForeignServer.connected(config) { server async throws in
      let result = try await server.call("git_status", ["repo_path": .string(folder.path)])
      #expect(result["text"]?.string?.contains("On branch trunk") == true)
    }
  }

  @Test func `the sqlite server, of the first SDK, keeps a table`() async throws {
    let folder = try TestFolder()
    let home = try ForeignServer.home
    var config = try ForeignServer.config(
      "python",
      [
        "-c", "import mcp_server_sqlite; mcp_server_sqlite.main()", "--db-path",
        "\(folder.path)/db",
      ]
    )
    config.environment["PYTHONPATH"] = "\(home)/first"
    try await ForeignServer.connected(config) { server async throws in
      _ = try await server.call("create_table", ["query": "CREATE TABLE orders (total INTEGER)"])
      _ = try await server.call("write_query", ["query": "INSERT INTO orders VALUES (42)"])
      let rows = try await server.call("read_query", ["query": "SELECT total FROM orders"])
      #expect(rows["text"]?.string == "[{'total': 42}]")
    }
  }

  @Test func `the fetch server refuses what is private, in its own words`() async throws {
    let config = try ForeignServer.config("mcp-server-fetch", ["--ignore-robots-txt"])
    try await ForeignServer.connected(config) { server async throws in
      let failure = await server.failure("fetch", ["url": "http://127.0.0.1:9/"])
      #expect(failure.kind == .toolError)
      #expect(failure.message.contains("not a public address"))
    }
  }

  @Test(arguments: ForeignWebServer.Generation.allCases)
  func `tools of the SDK are called over HTTP`(
    generation: ForeignWebServer.Generation
  )
    async throws
  {
    let server = try await ForeignWebServer(generation)
    defer { server.stop() }
    let connection = server.connection()
    #expect(
      try await connection.tools(timeout: nil).sorted() == [
        "add", "fail", "hang", "long", "look", "steps",
      ]
    )
    let sum = try await connection.call("add", arguments: ["a": 2, "b": 3], timeout: .seconds(600))
    #expect(sum == ["result": 5])
    let steps = try await connection.call("steps", arguments: [:], timeout: .seconds(600))
    #expect(steps == ["result": "done"])
    let long = try await connection.call(
      "long",
      arguments: ["n": 2_000_000],
      timeout: .seconds(600)
    )
    #expect(long["result"]?.string?.utf8.count == 2_000_000)
    do throws(MCPFailure) {
      _ = try await connection.call("fail", arguments: [:], timeout: .seconds(600))
      Issue.record("it should have failed")
    } catch {
      #expect(error.kind == .toolError)
      #expect(error.message.contains("fail"))
    }
    #expect(await connection.starts == 1)
    await connection.shutdown()
  }

  @Test(arguments: ForeignWebServer.Generation.allCases)
  func `a cancelled call ends on the server`(
    generation: ForeignWebServer.Generation
  )
    async throws
  {
    let server = try await ForeignWebServer(generation)
    defer { server.stop() }
    let connection = server.connection()
    func look(_ name: String) async throws -> Int {
      let seen = try await connection.call("look", arguments: [:], timeout: .seconds(600))
      return seen[name]?.int ?? seen["result"]?[name]?.int ?? 0
    }
    let call = Task { try? await connection.call("hang", arguments: [:], timeout: nil) }
    while try await look("started") == 0 {}
    call.cancel()
    #expect(await call.value == nil)
    while try await look("ended") == 0 {}
    await connection.shutdown()
  }
}
