import JSON
import Synchronization
import TestHouse
import Testing
import Transport

@testable import LocalRuntime

/// MCP servers over HTTP, byte for byte; most of them misbehaving.
@Suite struct MCPHTTPTests {
  private typealias Action = RawServer.Action

  /// A message that came, and the number of the session it came in.
  private struct Message {
    var value: JSONValue
    var received: RawServer.Received

    var id: String { JSONWriter.text(value["id"] ?? .null) }
    var method: String { value["method"]?.string ?? received.method }
  }

  /// A server that begins sessions by itself and leaves the rest to the test.
  private static func server(
    _ script: @escaping @Sendable (Message) -> [Action]
  ) throws -> RawServer {
    let sessions = Mutex(0)
    return try RawServer { received in
      let message = Message(
        value: (try? JSONValue(parsing: received.body)) ?? .null,
        received: received
      )
      switch message.method {
      case "initialize":
        let number = sessions.withLock { count in
          count += 1
          return count
        }
        return [
          json(
            #"{"jsonrpc":"2.0","id":\#(message.id),"result":{"protocolVersion":"2025-06-18","#
              + #""capabilities":{}}}"#,
            ["Mcp-Session-Id: s\(number)"]
          )
        ]
      case "notifications/initialized": return [.answer("202 Accepted")]
      default: return script(message)
      }
    }
  }

  private static func json(_ text: String, _ headers: [String] = []) -> Action {
    .answer(headers: ["Content-Type: application/json"] + headers, body: Array(text.utf8))
  }

  private static func result(_ message: Message, _ fields: String) -> String {
    #"{"jsonrpc":"2.0","id":\#(message.id),"result":{"content":[],"structuredContent":\#(fields)}}"#
  }

  private static func stream(_ events: [String], closing: Bool = true) -> [Action] {
    let head =
      "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
    return [.send(text: head)] + events.map { .send(text: "event: message\ndata: \($0)\n\n") }
      + (closing ? [.close] : [])
  }

  private static func connection(
    _ server: RawServer,
    path: String = "/mcp",
    _ change: (inout MCPServerConfig.Endpoint) -> Void = { _ in }
  ) -> MCPHTTPConnection {
    var endpoint = MCPServerConfig.Endpoint(url: server.url(path))
    change(&endpoint)
    return MCPHTTPConnection(
      name: "web",
      endpoint: endpoint,
      outward: Outward(environment: [:])
    )
  }

  private static func failure(
    _ connection: MCPHTTPConnection,
    timeout: Duration? = .seconds(600)
  ) async -> MCPFailure {
    do throws(MCPFailure) {
      let value = try await connection.call("t", arguments: [:], timeout: timeout)
      Issue.record("it should have failed, not answered \(JSONWriter.text(value))")
      return MCPFailure(.protocolBroken, "")
    } catch {
      return error
    }
  }

  /// What was asked, as the methods of messages or of HTTP.
  private static func log(_ server: RawServer) -> [String] {
    server.received.map { received in
      (try? JSONValue(parsing: received.body))?["method"]?.string ?? received.method
    }
  }

  @Test func `a session is begun once, and every call carries it`() async throws {
    let server = try Self.server { [Self.json(Self.result($0, #"{"a":1}"#))] }
    defer { server.stop() }
    let connection = Self.connection(server) {
      $0.headers = [.init(name: "Authorization", value: "Bearer k")]
    }
    #expect(try await connection.call("t", arguments: ["x": 1], timeout: nil) == ["a": 1])
    #expect(try await connection.call("t", arguments: [:], timeout: nil) == ["a": 1])
    await connection.shutdown()
    #expect(
      Self.log(server) == [
        "initialize", "notifications/initialized", "tools/call", "tools/call", "DELETE",
      ]
    )
    let requests = server.received
    #expect(requests[0].header("Mcp-Session-Id") == nil)
    #expect(requests.allSatisfy { $0.header("Authorization") == "Bearer k" })
    for request in requests.dropFirst() {
      #expect(request.header("Mcp-Session-Id") == "s1")
      #expect(request.header("MCP-Protocol-Version") == "2025-06-18")
    }
    #expect(requests[2].header("Accept") == "application/json, text/event-stream")
    #expect(requests[2].line == "POST /mcp HTTP/1.1")
    #expect(await Self.failure(connection).kind == .serverGone)
  }

  @Test func `an answer is found in a stream among other messages, which are answered too`()
    async throws
  {
    let (pongs, pong) = AsyncStream<JSONValue>.makeStream()
    let gate = try TestHouse.Gate()
    let server = try Self.server { message in
      guard message.method == "tools/call" else {
        pong.yield(message.value)
        return [.answer("202 Accepted")]
      }
      let events = [
        #"{"jsonrpc":"2.0","method":"notifications/progress","params":{"progress":1}}"#,
        #"{"jsonrpc":"2.0","id":"p","method":"ping"}"#,
        #"{"jsonrpc":"2.0","id":9999,"result":{}}"#, "no json", Self.result(message, #"{"b":2}"#),
      ]
      // The server keeps the stream open: the answer is enough.
      return Self.stream(events, closing: false) + [.hold(gate)]
    }
    defer { server.stop() }
    let connection = Self.connection(server)
    #expect(try await connection.call("t", arguments: [:], timeout: .seconds(600)) == ["b": 2])
    for await answer in pongs {
      #expect(answer == ["jsonrpc": "2.0", "id": "p", "result": [:]])
      break
    }
  }

  @Test func `tools are listed page by page`() async throws {
    let server = try Self.server { message in
      let cursor = message.value["params"]?["cursor"]?.string
      let page =
        cursor == nil
        ? #"{"tools":[{"name":"a"}],"nextCursor":"2"}"# : #"{"tools":[{"name":"b"}]}"#
      return [Self.json(#"{"jsonrpc":"2.0","id":\#(message.id),"result":\#(page)}"#)]
    }
    defer { server.stop() }
    let connection = Self.connection(server)
    #expect(try await connection.tools(timeout: nil) == ["a", "b"])
    #expect(try await connection.tools(timeout: nil) == ["a", "b"])
    #expect(Self.log(server).count == 4)
  }

  @Test func `a session that the server forgot is begun anew`() async throws {
    let server = try Self.server { message in
      message.received.header("Mcp-Session-Id") == "s1"
        ? [.answer("404 Not Found")] : [Self.json(Self.result(message, #"{"a":1}"#))]
    }
    defer { server.stop() }
    let connection = Self.connection(server)
    #expect(try await connection.call("t", arguments: [:], timeout: nil) == ["a": 1])
    #expect(await connection.starts == 2)
    let forgetful = try Self.server { _ in [.answer("404 Not Found")] }
    defer { forgetful.stop() }
    #expect(
      await Self.failure(Self.connection(forgetful))
        == MCPFailure(
          .serverGone,
          "the tool “t” of the MCP server “web”: the server forgets each session at once"
        )
    )
  }

  @Test func `time-outs and cancellations are told to the server`() async throws {
    let gate = try TestHouse.Gate()
    let (told, tell) = AsyncStream<JSONValue>.makeStream()
    let server = try Self.server { message in
      if message.method == "tools/list" {
        return [
          Self.json(#"{"jsonrpc":"2.0","id":\#(message.id),"result":{"tools":[]}}"#)
        ]
      }
      tell.yield(message.value)
      return message.method == "tools/call" ? [.hold(gate)] : [.answer("202 Accepted")]
    }
    defer { server.stop() }
    let connection = Self.connection(server)
    // The handshake shall not use up the time of the call.
    #expect(try await connection.tools(timeout: nil) == [])
    #expect(
      await Self.failure(connection, timeout: .milliseconds(300))
        == MCPFailure(
          .timedOut,
          "the tool “t” of the MCP server “web” did not answer within 0.3 seconds"
        )
    )
    var messages = told.makeAsyncIterator()
    let late = await messages.next()
    let farewell = await messages.next()
    #expect(farewell?["method"] == "notifications/cancelled")
    #expect(farewell?["params"]?["requestId"] == late?["id"])
    #expect(farewell?["params"]?["reason"] == "timed out")
    let call = Task { await Self.failure(connection) }
    let begun = await messages.next()
    #expect(begun?["method"] == "tools/call")
    call.cancel()
    #expect(await call.value.kind == .cancelled)
    let second = await messages.next()
    #expect(second?["method"] == "notifications/cancelled")
    #expect(second?["params"]?["requestId"] == begun?["id"])
  }

  /// An answer that is none.
  private static func wrong(_ name: String) -> [Action] {
    switch name {
    case "500": [.answer("500 Internal Server Error", body: Array("oops".utf8))]
    case "307": [.answer("307 Temporary Redirect", headers: ["Location: http://127.0.0.1:1/"])]
    case "401": [.answer("401 Unauthorized")]
    case "page": [.answer(headers: ["Content-Type: text/html"], body: Array("<html>".utf8))]
    case "empty stream": stream(["{}"])
    case "long event": stream([String(repeating: "x", count: 17 << 20)])
    default: [.answer(body: [UInt8](repeating: 0x20, count: 50 << 20))]
    }
  }

  @Test(
    arguments: [
      ("500", .serverGone, "cannot answer now (500): “oops”"),
      (
        "307", .protocolBroken, "redirects to http://127.0.0.1:1/, which is not followed; see “url”"
      ),
      (
        "401", .toolError,
        "refused what authenticates this runtime (401); see “headers” of its table in runtime.toml"
      ),
      ("page", .protocolBroken, "answered no message of the protocol: “<html>”"),
      ("empty stream", .serverGone, "ended its stream without an answer"),
      ("long event", .protocolBroken, "sent a message larger than 16 MiB"),
      ("50 MB", .protocolBroken, "sent a message larger than 16 MiB"),
    ] as [(String, MCPFailure.Kind, String)]
  )
  func `an answer that is none is one sentence`(
    name: String,
    kind: MCPFailure.Kind,
    words: String
  ) async throws {
    let server = try Self.server {
      $0.method == "tools/call" ? Self.wrong(name) : [.answer("202 Accepted")]
    }
    defer { server.stop() }
    let failure = await Self.failure(Self.connection(server))
    #expect(failure == MCPFailure(kind, "the tool “t” of the MCP server “web” \(words)"))
  }

  @Test func `a secret that comes back in a complaint is not repeated`() async throws {
    let server = try Self.server { message in
      [.answer("403 Forbidden", body: Array((message.received.header("Authorization") ?? "").utf8))]
    }
    defer { server.stop() }
    let connection = Self.connection(server) {
      $0.headers = [Header(name: "Authorization", value: "Bearer secret-1234")]
    }
    let failure = await Self.failure(connection)
    #expect(failure.kind == .toolError)
    #expect(failure.message.hasSuffix("runtime.toml: “…”"))
  }

  @Test func `a server that does not take the end of the handshake is not called`() async throws {
    let server = try RawServer { received in
      let id = (try? JSONValue(parsing: received.body))?["id"]
      guard let id else { return [.answer("400 Bad Request")] }
      return [
        Self.json(
          #"{"jsonrpc":"2.0","id":\#(JSONWriter.text(id)),"result":{"protocolVersion":"2025-06-18"}}"#
        )
      ]
    }
    defer { server.stop() }
    #expect(
      await Self.failure(Self.connection(server))
        == MCPFailure(
          .notStarted,
          "the MCP server “web” did not take “notifications/initialized” (400)"
        )
    )
  }

  @Test func `a connection that is cut fails the call, and may go better`() async throws {
    let server = try Self.server { _ in [.reset] }
    defer { server.stop() }
    let failure = await Self.failure(Self.connection(server))
    #expect(failure.kind == .serverGone)
    #expect(
      failure.message.hasPrefix("the tool “t” of the MCP server “web” gave no answer: 127.0.0.1")
    )
  }

  @Test func `a refusal of the protocol is the tool's`() async throws {
    let server = try Self.server { message in
      [
        Self.json(
          #"{"jsonrpc":"2.0","id":\#(message.id),"error":{"code":-32602,"message":"what?"}}"#
        )
      ]
    }
    defer { server.stop() }
    #expect(
      await Self.failure(Self.connection(server))
        == MCPFailure(
          .refused,
          "the tool “t” of the MCP server “web” refused: what? (code -32602)"
        )
    )
  }

  @Test func `a server that is not there, or another, or without its key is said`() async throws {
    let server = try RawServer { _ in [.answer("404 Not Found")] }
    let nothing = await Self.failure(Self.connection(server))
    #expect(
      nothing
        == MCPFailure(.notStarted, "the MCP server “web” refused the request (404)")
    )
    server.stop()
    #expect(await Self.failure(Self.connection(server)).kind == .notStarted)
    let keyless = Self.connection(server) {
      $0.trouble = "the variable WEB_KEY is not set"
    }
    #expect(
      await Self.failure(keyless)
        == MCPFailure(
          .notStarted,
          "the MCP server “web” cannot be called: the variable WEB_KEY is not set"
        )
    )
  }

  @Test func `a version that nobody knows is refused`() async throws {
    let server = try RawServer { received in
      let id = (try? JSONValue(parsing: received.body))?["id"] ?? .null
      return [
        Self.json(
          #"{"jsonrpc":"2.0","id":\#(JSONWriter.text(id)),"result":{"protocolVersion":"1999"}}"#
        )
      ]
    }
    defer { server.stop() }
    #expect(
      await Self.failure(Self.connection(server)).message
        == "the MCP server “web” speaks version “1999” of the protocol; known are 2024-11-05, "
        + "2025-03-26, 2025-06-18, 2025-11-25"
    )
  }

  @Test func `calls at once share one handshake, and one that gives up leaves it to the others`()
    async throws
  {
    let server = try Self.server { [Self.json(Self.result($0, #"{"a":1}"#))] }
    defer { server.stop() }
    let connection = Self.connection(server)
    let calls = (0..<8).map { _ in
      Task { try? await connection.call("t", arguments: [:], timeout: nil) }
    }
    calls[0].cancel()
    for call in calls.dropFirst() { #expect(await call.value == ["a": 1]) }
    #expect(await connection.starts == 1)
  }

  @Test func `a step finds its server by name, by its URL and by another name`() async throws {
    let server = try Self.server { [Self.json(Self.result($0, #"{"a":1}"#))] }
    defer { server.stop() }
    var config = MCPServerConfig(name: "web", command: [], directory: nil, environment: [:])
    config.endpoint = .init(url: server.url("/mcp"))
    config.aliases = ["https://mcp.example/mail"]
    let executor = MCPExecutor(servers: MCPServers(configs: [config]))
    let ways: [JSONObject] = [
      ["instance_id": "web"], ["server_url": .string(server.url("/mcp/"))],
      ["server_url": "https://mcp.example/mail"],
      ["instance_id": "0b1f", "server_url": "https://mcp.example/mail"],
    ]
    for way in ways {
      let call = attempt(.mcpCall, way.merging(["tool_name": "t"]), id: "c")
      #expect(try await executor.result(call) == ["a": 1])
    }
  }

  @Test func `a call is told of once it may have reached the server, and not before`() async throws
  {
    let server = try Self.server { [Self.json(Self.result($0, #"{"a":1}"#))] }
    defer { server.stop() }
    let connection = Self.connection(server)
    let departures = Mutex(0)
    let call = {
      try await connection.call("t", arguments: [:], timeout: nil) {
        departures.withLock { $0 += 1 }
      }
    }
    #expect(try await call() == ["a": 1])
    #expect(departures.withLock { $0 } == 1)
    // The session is still there, the server is not.
    server.stop()
    await #expect(throws: MCPFailure.self) { try await call() }
    #expect(departures.withLock { $0 } == 1)
  }

  @Test func `a tool whose server cannot be reached was not called, and costs nothing`()
    async throws
  {
    let server = try Self.server { _ in [] }
    server.stop()
    var gone = MCPServerConfig(name: "gone", command: [], directory: nil, environment: [:])
    gone.endpoint = .init(url: server.url("/mcp"))
    let missing = MCPServerConfig(
      name: "missing",
      command: ["/no/such/program"],
      directory: nil,
      environment: [:]
    )
    let executor = MCPExecutor(servers: MCPServers(configs: [gone, missing]))
    for name in ["gone", "missing"] {
      let notes = Notes()
      let call = attempt(.mcpCall, ["instance_id": .string(name), "tool_name": "t"], id: "c")
      let failure = await #expect(throws: StepFailure.self) {
        try await executor.execute(call, note: notes.take)
      }
      #expect(failure?.code == "MCP_TOOL_FAILED")
      #expect(failure?.isTransient == true)
      #expect(notes.all == [])
    }
  }

  @Test func `events are read however they are cut, and one without end is refused`() {
    var events = ServerSentEvents(limit: 20)
    #expect(events.feed(Array(": hi\nid: 1\ndata: a\ndata:b\n".utf8)) == [])
    #expect(
      events.feed(Array("\n\r\ndata: c\r\n\r".utf8)).map {
        $0.map { String(decoding: $0, as: UTF8.self) }
      } == ["a\nb", "c"]
    )
    #expect(events.feed(Array("\ndata: d".utf8)) == [])
    #expect(events.finish() == Array("d".utf8))
    #expect(events.finish() == nil)
    #expect(events.feed(Array("event: nothing\n\n".utf8)) == [])
    #expect(events.feed([UInt8](repeating: 0x78, count: 21)) == nil)
  }
}
