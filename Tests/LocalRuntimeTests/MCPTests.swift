import Glibc
import JSON
import Testing

@testable import LocalRuntime

@Suite struct MCPTests {
  @Test(arguments: [
    (#"{"content":[],"structuredContent":{"a":1}}"#, #"{"a":1}"#),
    (#"{"content":[{"type":"text","text":"{\"a\":2}"}]}"#, #"{"a":2}"#),
    (#"{"content":[{"type":"text","text":"[1]"}]}"#, #"{"text":"[1]"}"#),
    (#"{"content":[{"type":"text","text":"hello"}],"isError":false}"#, #"{"text":"hello"}"#),
    (
      #"{"content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}"#,
      #"{"content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}"#
    ),
    (#"{"content":[{"type":"image","data":"x"}]}"#, #"{"content":[{"type":"image","data":"x"}]}"#),
    (#"{}"#, #"{"content":[]}"#),
  ])
  func `a tool's result is its fields`(answer: String, value: String) throws {
    let read = try MCPToolResult.value(of: try JSONValue(parsing: answer), from: "the tool")
    #expect(JSONWriter.text(read) == value)
  }

  @Test(arguments: [
    (
      #"{"content":[{"type":"text","text":"no such"},{"type":"text","text":"mailbox"}],"isError":true}"#,
      MCPFailure(.toolError, "no such\nmailbox")
    ),
    (#"{"isError":true}"#, MCPFailure(.toolError, "the tool failed and did not say why")),
    ("[]", MCPFailure(.protocolBroken, "the tool answered a list, not a result")),
  ])
  func `a tool's failure is its text`(answer: String, failure: MCPFailure) throws {
    #expect(throws: failure) {
      try MCPToolResult.value(of: try JSONValue(parsing: answer), from: "the tool")
    }
  }

  @Test func `lines are cut from pieces, and one that is too long ends it`() {
    var splitter = LineSplitter(limit: 5)
    #expect(splitter.feed(Array("ab".utf8)) == [])
    #expect(splitter.feed(Array("c\r\n\nde\nf".utf8)) == [Array("abc".utf8), Array("de".utf8)])
    #expect(splitter.feed(Array("ghij".utf8)) == [])
    #expect(splitter.feed(Array("k".utf8)) == nil)
    var short = LineSplitter(limit: 2)
    #expect(short.feed(Array("abc\n".utf8)) == nil)
    #expect(
      short.pieces(of: Array("de\nfgh".utf8)) == [
        .line(Array("de".utf8)), .tooLong(Array("fgh".utf8)),
      ]
    )
    #expect(short.pieces(of: Array("ijk\nlm\n".utf8)) == [.line(Array("lm".utf8))])
  }

  @Test(arguments: [
    "", "hello", "{}", #"{"jsonrpc":"1.0","id":1,"result":{}}"#, #"{"jsonrpc":"2.0","id":1}"#,
    #"{"jsonrpc":"2.0"}"#, "[]", "3",
  ])
  func `what is no message is none`(line: String) {
    #expect(MCPMessage.messages(in: Array(line.utf8)) == nil)
  }

  @Test func `calls run side by side and answers find theirs in any order`() async throws {
    let script = """
      held = []
      for id, name, args in calls():
        held.append((id, args))
        if len(held) == 3:
          for i, a in reversed(held): fields(i, a)
      """
    try await PythonServer.connected(script) { server async throws in
      async let one = server.call("hold", ["n": 1])
      async let two = server.call("hold", ["n": 2])
      async let three = server.call("hold", ["n": 3])
      let values = try await [one, two, three]
      #expect(values == [["n": 1], ["n": 2], ["n": 3]])
      #expect(await server.starts == 1)
    }
  }

  @Test func `a crash ends every call with its status and last words, and the next call restarts`()
    async throws
  {
    let script = """
      for id, name, args in calls():
        if name == "crash":
          sys.stderr.write("first line\\nout of luck\\n")
          sys.stderr.flush()
          os._exit(3)
        if name == "ok": fields(id, {"pid": os.getpid()})
      """
    try await PythonServer.connected(script) { server async throws in
      let before = try await server.call("ok")
      async let waiting = server.failure("hang")
      async let crashing = server.failure("crash")
      let failures = await [waiting, crashing]
      #expect(
        failures[1]
          == MCPFailure(
            .serverGone,
            "the tool “crash” of the MCP server “test” did not answer: the MCP server “test” "
              + "exited with status 3; its last words: first line / out of luck"
          )
      )
      #expect(failures[0].kind == .serverGone)
      let after = try await server.call("ok")
      #expect(before != after)
      #expect(await server.starts == 2)
    }
  }

  @Test func `lines that are no message are counted and cost nothing else`() async throws {
    let script = """
      print("Welcome to the server!")
      print('{"jsonrpc":')
      print('{"jsonrpc":"2.0","id":99,"result":{}}')
      for id, name, args in calls():
        print("working")
        fields(id, args)
      """
    try await PythonServer.connected(script) { server async throws in
      #expect(try await server.call("echo", ["a": "ä"]) == ["a": "ä"])
      #expect(await server.strayLines == 3)
    }
  }

  private static let hanging = """
    hanging, gone = [], []
    for m in messages():
      if m["method"] == "notifications/cancelled": gone.append(m["params"])
      elif m["params"]["name"] == "hang": hanging.append(m["id"])
      else: fields(m["id"], {"hanging": hanging, "gone": gone})
    """

  @Test func `a time-out throws and tells the server`() async throws {
    try await PythonServer.connected(Self.hanging) { server async throws in
      _ = try await server.call("look")
      let failure = await server.failure("hang", timeout: .milliseconds(20))
      #expect(
        failure
          == MCPFailure(
            .timedOut,
            "the tool “hang” of the MCP server “test” did not answer within 0.02 seconds"
          )
      )
      let seen = try await server.call("look")
      #expect(seen["gone"]?.array?.count == 1)
      #expect(seen["gone"]?[0]?["requestId"] == seen["hanging"]?[0])
      #expect(seen["gone"]?[0]?["reason"] == "timed out")
    }
  }

  @Test func `a cancelled task gets its failure at once and the server is told`() async throws {
    try await PythonServer.connected(Self.hanging) { server async throws in
      let call = Task { await server.failure("hang") }
      while try await server.call("look")["hanging"] == [] {}
      call.cancel()
      #expect(
        await call.value
          == MCPFailure(
            .cancelled,
            "the call of the tool “hang” of the MCP server “test” was cancelled"
          )
      )
      let seen = try await server.call("look")
      #expect(seen["gone"]?[0]?["requestId"] == seen["hanging"]?[0])
    }
  }

  @Test func `a task that is cancelled already calls nothing`() async throws {
    try await PythonServer.connected(Self.hanging) { server async throws in
      let call = Task {
        unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
        return await server.failure("hang")
      }
      #expect(await call.value.kind == .cancelled)
      #expect(await server.starts == 0)
    }
  }

  @Test func `a message that is too large ends the server, not the runtime`() async throws {
    let script = """
      for id, name, args in calls():
        if name == "flood":
          sys.stdout.write("x" * (17 * 1024 * 1024))
          sys.stdout.flush()
        else: fields(id, args)
      """
    try await PythonServer.connected(script, grace: .milliseconds(10)) { server async throws in
      #expect(
        await server.failure("flood")
          == MCPFailure(
            .protocolBroken,
            "the MCP server “test” sent a message larger than 16 MiB and was ended"
          )
      )
      #expect(try await server.call("echo", ["a": 1]) == ["a": 1])
      #expect(await server.starts == 2)
    }
  }

  @Test func `an answer of 50 MB fails its call, and no other`() async throws {
    let script = """
      held = None
      for id, name, args in calls():
        if name == "hold": held = id
        elif name == "long": fields(id, {"text": "x" * 50000000})
        elif name == "look": fields(id, {"held": held is not None})
        else:
          fields(held, {"held": True})
          fields(id, args)
      """
    try await PythonServer.connected(script) { server async throws in
      async let held = server.call("hold")
      while try await server.call("look")["held"] == false {}
      #expect(
        await server.failure("long")
          == MCPFailure(
            .protocolBroken,
            "the tool “long” of the MCP server “test” sent a message larger than 16 MiB"
          )
      )
      #expect(try await server.call("echo", ["a": 1]) == ["a": 1])
      #expect(try await held == ["held": true])
      #expect(await server.starts == 1)
    }
  }

  @Test(arguments: [
    (#"{"jsonrpc":"2.0","id":7,"result":{"te"#, 7), (#" { "id" : 8 , "result":["#, 8),
    (#"{"result":{"a":"#, nil), (#"{"id":"x","result""#, nil), ("", nil), ("xxxx", nil),
  ])
  func `the beginning of a message tells what it answers`(text: String, id: Int?) {
    #expect(MCPMessage.identity(in: Array(text.utf8)) == id)
  }

  @Test func `large messages go through both ways`() async throws {
    try await PythonServer.connected("for id, name, args in calls(): fields(id, args)") {
      server async throws in
      let text = JSONValue.string(String(repeating: "é", count: 1_000_000))
      #expect(try await server.call("echo", ["text": text]) == ["text": text])
      let tooLarge = JSONValue.string(String(repeating: "x", count: MCPMessage.maximumBytes))
      let failure = await server.failure("echo", ["text": tooLarge])
      #expect(
        failure.message
          == "the arguments for the tool “echo” of the MCP server “test” are larger than 16 MiB"
      )
    }
  }

  @Test func `an error and a refusal keep their words`() async throws {
    let script = """
      for id, name, args in calls():
        if name == "sad": reply(id, {"content": [{"type": "text", "text": "no mail"}], "isError": True})
        else: send({"jsonrpc": "2.0", "id": id, "error": {"code": -32602, "message": "bad name"}})
      """
    try await PythonServer.connected(script) { server async throws in
      #expect(await server.failure("sad") == MCPFailure(.toolError, "no mail"))
      #expect(
        await server.failure("other")
          == MCPFailure(
            .refused,
            "the tool “other” of the MCP server “test” refused: bad name (code -32602)"
          )
      )
    }
  }

  @Test func `a ping is answered and other requests are refused`() async throws {
    let script = """
      for id, name, args in calls():
        send({"jsonrpc": "2.0", "id": "p", "method": "ping"})
        pong = read()
        send({"jsonrpc": "2.0", "id": 7, "method": "roots/list"})
        fields(id, {"pong": pong, "roots": read()})
      """
    try await PythonServer.connected(script) { server async throws in
      #expect(
        try await server.call("ask") == [
          "pong": ["jsonrpc": "2.0", "id": "p", "result": [:]],
          "roots": [
            "jsonrpc": "2.0", "id": 7,
            "error": ["code": -32601, "message": "this client has no “roots/list”"],
          ],
        ]
      )
    }
  }

  @Test(arguments: [
    (
      "sys.stderr.write('no key given'); sys.stderr.flush(); sys.exit(2)",
      MCPFailure.Kind.notStarted,
      "the MCP server “test” exited with status 2; its last words: no key given"
    ),
    (
      "greet(read(), '1999-01-01'); read()", .protocolBroken,
      "the MCP server “test” speaks version “1999-01-01” of the protocol; known are "
        + "2024-11-05, 2025-03-26, 2025-06-18, 2025-11-25"
    ),
    (
      "reply(read()['id'], {}); read()", .protocolBroken,
      "the MCP server “test” speaks no version of the protocol; known are "
        + "2024-11-05, 2025-03-26, 2025-06-18, 2025-11-25"
    ),
    (
      "i = read()['id']; send({'jsonrpc':'2.0','id':i,'error':{'code':1,'message':'busy'}}); read()",
      .notStarted, "the MCP server “test” refused: busy (code 1)"
    ),
  ])
  func `a handshake that fails is said`(
    script: String,
    kind: MCPFailure.Kind,
    message: String
  ) async throws {
    try await PythonServer.connected(script) { server async throws in
      #expect(await server.failure("any") == MCPFailure(kind, message))
    }
  }

  @Test(
    arguments: [
      (["/no/such/program"], nil, "there is no program “/no/such/program”"),
      (["no-such-program-here"], nil, "there is no program “no-such-program-here”"),
      (["python3"], "/no/such/folder", "there is no folder “/no/such/folder”"),
    ] as [([String], String?, String)]
  )
  func `a server that cannot start says why`(
    command: [String],
    directory: String?,
    reason: String
  ) async throws {
    let server = MCPConnection(
      config: MCPServerConfig(
        name: "test",
        command: command,
        directory: directory,
        environment: [:]
      )
    )
    #expect(
      await server.failure("any")
        == MCPFailure(.notStarted, "the MCP server “test” could not be started: \(reason)")
    )
    await server.shutdown()
  }

  @Test func `a server gets the environment of its configuration and nothing else`() async {
    let server = MCPConnection(
      config: MCPServerConfig(
        name: "test",
        command: ["dd", "if=/proc/self/environ", "of=/dev/stderr", "status=none"],
        directory: nil,
        environment: ["KEY": "value = 1"]
      )
    )
    #expect(
      await server.failure("any").message
        == "the MCP server “test” exited with status 0; its last words: KEY=value = 1\u{0}"
    )
    await server.shutdown()
  }

  @Test func `a server gets its own folder and session, no signal ignored, no file open`()
    async throws
  {
    let script = """
      for id, name, args in calls():
        fields(id, {"leads": os.getsid(0) == os.getpid(), "folder": os.getcwd(),
          "ignored": [int(s) for s in signal.valid_signals() if s not in
            (signal.SIGPIPE, signal.SIGXFSZ) and signal.getsignal(s) == signal.SIG_IGN],
          "open": sorted(os.listdir("/proc/self/fd"))})
      """
    var config = PythonServer.config(script)
    config.directory = "/"
    let server = MCPConnection(config: config)
    let seen = try? await server.call("look")
    await server.shutdown()
    #expect(seen == ["leads": true, "folder": "/", "ignored": [], "open": ["0", "1", "2", "3"]])
  }

  @Test func `shutting down ends the whole tree, however deaf`() async throws {
    let script = """
      signal.signal(signal.SIGTERM, signal.SIG_IGN)
      child = subprocess.Popen(["sleep", "1000"])
      for id, name, args in calls():
        if name == "pids": fields(id, {"pids": [os.getpid(), child.pid]})
      while True: signal.pause()
      """
    let pids = try await PythonServer.connected(script, grace: .milliseconds(10)) {
      server async throws in
      try await server.call("pids")["pids"]?.array?.compactMap(\.int) ?? []
    }
    #expect(pids.count == 2)
    for pid in pids { await Self.waitUntilGone(pid) }
  }

  @Test func `a crash is told at once though a child holds the pipes, and the child is ended`()
    async throws
  {
    let script = """
      child = subprocess.Popen(["sleep", "1000"])
      for id, name, args in calls():
        if name == "pids": fields(id, {"child": child.pid})
        else: os._exit(4)
      """
    let child = try await PythonServer.connected(script) { server async throws in
      let child = try await server.call("pids")["child"]?.int
      let failure = await server.failure("crash")
      #expect(failure.kind == .serverGone)
      #expect(failure.message.hasSuffix("the MCP server “test” exited with status 4"))
      return child
    }
    await Self.waitUntilGone(try #require(child))
  }

  @Test func `a server that closes its output is ended, and the call says how`() async throws {
    let script = """
      for id, name, args in calls():
        os.close(1)
        while True: signal.pause()
      """
    try await PythonServer.connected(script, grace: .milliseconds(10)) { server async throws in
      let failure = await server.failure("any")
      #expect(failure.kind == .serverGone)
      #expect(failure.message.hasSuffix("the MCP server “test” was ended by signal 15"))
    }
  }

  @Test func `a server that closes its input is ended, and the call says how`() async throws {
    let script = """
      for id, name, args in calls():
        os.close(0)
        fields(id, {})
        while True: signal.pause()
      """
    try await PythonServer.connected(script, grace: .milliseconds(10)) { server async throws in
      _ = try await server.call("closes")
      let failure = await server.failure("any")
      #expect(failure.kind == .serverGone)
      #expect(failure.message.hasSuffix("the MCP server “test” was ended by signal 15"))
    }
  }

  @Test func `a server that reads nothing holds up neither its callers nor its end`() async throws {
    let script = """
      for id, name, args in calls():
        fields(id, {})
        while True: signal.pause()
      """
    let text = JSONValue.string(String(repeating: "x", count: 300_000))
    try await PythonServer.connected(script, grace: .milliseconds(10)) { server async throws in
      #expect(try await server.call("ready") == [:])
      async let late = server.failure("one", ["text": text], timeout: .milliseconds(20))
      let call = Task { await server.failure("two", ["text": text]) }
      #expect(await late.kind == .timedOut)
      call.cancel()
      #expect(await call.value.kind == .cancelled)
    }
  }

  /// A process that nobody reaps is gone too.
  private static func waitUntilGone(_ pid: Int) async {
    while kill(pid_t(pid), 0) == 0, !isZombie(pid) { await Task.yield() }
  }

  private static func isZombie(_ pid: Int) -> Bool {
    guard let file = unsafe fopen("/proc/\(pid)/stat", "r") else { return true }
    defer { unsafe fclose(file) }
    var buffer = [UInt8](repeating: 0, count: 256)
    let count = unsafe buffer.withUnsafeMutableBytes { unsafe fread($0.baseAddress, 1, 256, file) }
    let text = String(decoding: buffer[..<count], as: UTF8.self)
    return text.split(separator: ")").last?.hasPrefix(" Z") ?? true
  }

  @Test func `after a shutdown calls in flight and later ones fail`() async throws {
    let server = MCPConnection(config: PythonServer.config(Self.hanging))
    let call = Task { await server.failure("hang") }
    while try await server.call("look")["hanging"] == [] {}
    await server.shutdown()
    let gone = MCPFailure(.serverGone, "the MCP server “test” was shut down")
    #expect(await call.value == gone)
    #expect(await server.failure("look") == gone)
  }

  @Test func `tools are listed page by page and name their server`() async throws {
    func config(_ name: String, _ tools: String) -> MCPServerConfig {
      PythonServer.config(
        """
        pages = \(tools)
        for m in messages():
          at = int(m["params"].get("cursor", "0"))
          page = {"tools": [{"name": n, "inputSchema": {}} for n in pages[at]]}
          if at + 1 < len(pages): page["nextCursor"] = str(at + 1)
          reply(m["id"], page)
        """,
        name: name
      )
    }
    let servers = MCPServers(
      configs: [
        config("a", #"[["x"], ["y"], ["both"]]"#), config("b", #"[["both", "z"]]"#),
        MCPServerConfig(
          name: "broken",
          command: ["/no/such/program"],
          directory: nil,
          environment: [:]
        ),
      ],
      // Starting Python takes long where everything is tested at once.
      listingTime: .seconds(120)
    )
    #expect(servers.serverNames == ["a", "b", "broken"])
    #expect(
      await servers.known()
        == KnownServers(
          names: ["a", "b", "broken"],
          tools: ["a": ["x", "y", "both"], "b": ["both", "z"]]
        )
    )
    await #expect(
      throws: MCPFailure(
        .unknownServer,
        "runtime.toml names no MCP server “brokn”; “broken” was meant?"
      )
    ) {
      try await servers.call(server: "brokn", tool: "x", arguments: [:], timeout: nil)
    }
    await servers.shutdown()
  }
}
