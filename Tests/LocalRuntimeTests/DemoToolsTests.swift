import Glibc
import JSON
import Testing

@testable import LocalRuntime

@Suite struct DemoToolsTests {
  /// Runs the demo server over pipes inside the test.
  private static let overPipes: MCPRunner = { _, channel in
    guard let (inRead, inWrite) = pipePair(), let (outRead, outWrite) = pipePair() else {
      return MCPEnding(failedToStart: true, what: "got no pipes")
    }
    await withTaskGroup(of: Void.self) { group in
      group.addTask {
        await DemoTools.serve(input: inRead, output: outWrite)
        close(outWrite)
      }
      group.addTask {
        let writer = DescriptorWriter(inWrite)
        for await line in channel.outgoing {
          await writer.write(line)
          await channel.deliver(.wrote(line.count))
        }
        close(inWrite)
      }
      group.addTask {
        var splitter = LineSplitter(limit: MCPMessage.maximumBytes)
        for await bytes in DescriptorReader.chunks(of: outRead) {
          for line in splitter.feed(bytes) ?? [] { await channel.deliver(.line(line)) }
        }
      }
    }
    close(inRead)
    close(outRead)
    return MCPEnding(what: "left")
  }

  private static func pipePair() -> (Int32, Int32)? {
    var ends: [Int32] = [-1, -1]
    guard unsafe pipe(&ends) == 0 else { return nil }
    return (ends[0], ends[1])
  }

  private func connected(_ body: (MCPConnection) async throws -> Void) async throws {
    let server = MCPConnection(
      config: MCPServerConfig(name: "demo", command: [], directory: nil, environment: [:]),
      runner: Self.overPipes
    )
    do {
      try await body(server)
      await server.shutdown()
    } catch {
      await server.shutdown()
      throw error
    }
  }

  /// What the server answers to lines, each but the last without waiting.
  private func answers(to lines: [String], count: Int) async throws -> [JSONValue] {
    let (inRead, inWrite) = try #require(Self.pipePair())
    let (outRead, outWrite) = try #require(Self.pipePair())
    async let serving: Void = DemoTools.serve(input: inRead, output: outWrite)
    await DescriptorWriter(inWrite).write(Array((lines.joined(separator: "\n") + "\n").utf8))
    var splitter = LineSplitter(limit: MCPMessage.maximumBytes)
    var answers: [JSONValue] = []
    for await bytes in DescriptorReader.chunks(of: outRead) {
      for line in splitter.feed(bytes) ?? [] { answers.append(try JSONValue(parsing: line)) }
      if answers.count == count { close(inWrite) }
      if answers.count >= count { break }
    }
    await serving
    for end in [inRead, outRead, outWrite] { close(end) }
    return answers
  }

  @Test func `the client and the demo server understand each other`() async throws {
    try await connected { server async throws in
      #expect(try await server.tools() == ["sleep", "echo", "fail"])
      #expect(try await server.call("echo", ["a": [1, nil, "ü"]]) == ["a": [1, nil, "ü"]])
      #expect(try await server.call("sleep", ["seconds": 0]) == ["slept": 0])
      #expect(
        await server.failure("fail", ["message": "no luck"])
          == MCPFailure(.toolError, "no luck")
      )
      let failure = await server.failure("nope")
      #expect(failure.kind == .unknownTool)
      #expect(failure.message.hasPrefix("the MCP server “demo” has no tool “nope”"))
      #expect(failure.message.contains("refused"))
    }
  }

  @Test(
    arguments: [
      ("sleep", [:], "seconds"), ("sleep", ["seconds": "1"], "seconds"),
      ("sleep", ["seconds": -1], "seconds"), ("sleep", ["seconds": 86401], "seconds"),
      ("fail", ["after_seconds": true], "after_seconds"),
    ] as [(String, JSONObject, String)]
  )
  func `wrong arguments are refused`(tool: String, arguments: JSONObject, name: String) async throws
  {
    try await connected { server async throws in
      #expect(
        await server.failure(tool, arguments)
          == MCPFailure(.toolError, "“\(name)” must be a number from 0 to 86400")
      )
    }
  }

  @Test func `calls run side by side and a cancelled one ends at once`() async throws {
    try await connected { server async throws in
      let long = Task { await server.failure("sleep", ["seconds": 86_400]) }
      #expect(try await server.call("sleep", ["seconds": 0]) == ["slept": 0])
      long.cancel()
      #expect(await long.value.kind == .cancelled)
      #expect(try await server.call("echo", ["after": true]) == ["after": true])
    }
  }

  @Test func `a sleeper that is cancelled on the wire answers nothing and frees its id`()
    async throws
  {
    let sleep = #"{"jsonrpc":"2.0","id":1,"method":"tools/call","#
    let answers = try await answers(
      to: [
        sleep + #""params":{"name":"sleep","arguments":{"seconds":86400}}}"#,
        sleep + #""params":{"name":"echo","arguments":{}}}"#,
        #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#,
        sleep + #""params":{"name":"echo","arguments":{"free":true}}}"#,
      ],
      count: 2
    )
    #expect(answers.first?["error"]?["message"] == "the id 1 is at work already")
    #expect(answers.last?["result"]?["structuredContent"] == ["free": true])
  }

  @Test func `the end of the input ends the server, sleepers and all`() async throws {
    let answers = try await answers(
      to: [
        #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"sleep","arguments":{"seconds":86400}}}"#,
        #"{"jsonrpc":"2.0","id":2,"method":"ping"}"#,
      ],
      count: 1
    )
    #expect(answers == [["jsonrpc": "2.0", "id": 2, "result": [:]]])
  }

  @Test func `the handshake, the list and what is unknown follow the protocol`() async throws {
    let answers = try await answers(
      to: [
        #"{"jsonrpc":"2.0","id":"a","method":"initialize","params":{"protocolVersion":"2024-11-05"}}"#,
        #"{"jsonrpc":"2.0","id":"b","method":"initialize","params":{"protocolVersion":"1"}}"#,
        #"{"jsonrpc":"2.0","method":"notifications/initialized"}"#,
        #"{"jsonrpc":"2.0","id":3,"method":"tools/list"}"#,
        #"{"jsonrpc":"2.0","id":4,"method":"prompts/list"}"#,
        "not json",
        #"{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":"dance"}}"#,
      ],
      count: 6
    )
    #expect(answers.count == 6)
    #expect(answers[0]["id"] == "a")
    #expect(answers[0]["result"]?["protocolVersion"] == "2024-11-05")
    #expect(answers[0]["result"]?["capabilities"] == ["tools": [:]])
    #expect(answers[1]["result"]?["protocolVersion"] == "2025-06-18")
    let tools = try #require(answers[2]["result"]?["tools"]?.array)
    #expect(tools.map { $0["name"] } == ["sleep", "echo", "fail"])
    #expect(tools.allSatisfy { $0["inputSchema"]?["type"] == "object" })
    #expect(tools[0]["inputSchema"]?["required"] == ["seconds"])
    #expect(answers[3]["error"]?["code"] == -32601)
    #expect(answers[4]["error"]?["code"] == -32700)
    #expect(answers[5]["error"] == ["code": -32602, "message": "there is no tool “dance”"])
  }
}
