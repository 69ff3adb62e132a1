import Foundation
import JSON
import Runs
import Testing

@testable import LocalRuntime

/// A client of the live stream that nobody here wrote: Python's `websockets`.
final class LiveClient: Sendable {
  private static let script = """
    import asyncio, json, os, sys
    import websockets
    from websockets.asyncio.client import connect

    async def main():
      url, token, mode = sys.argv[1], sys.argv[2], sys.argv[3]
      say = lambda value: print(json.dumps(value), flush=True)
      headers = {"Authorization": "Bearer " + token} if token else {}
      try:
        async with connect(url, additional_headers=headers, max_size=None, max_queue=1) as ws:
          say({"opened": True})
          if mode == "sleepy":
            # Reads nothing until it is told to.
            ws.transport.pause_reading()
            await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
            ws.transport.resume_reading()
          elif mode == "flood":
            await ws.send("x" * 100000)
          elif mode == "chatty":
            await ws.send("hello")
            await (await ws.ping())
            say({"pong": True})
          async for message in ws:
            say({"event": json.loads(message)} if mode != "sleepy" else {"size": len(message)})
          say({"closed": ws.close_code})
      except websockets.exceptions.ConnectionClosed as end:
        say({"closed": end.rcvd.code if end.rcvd else None})
      except websockets.exceptions.InvalidStatus as end:
        say({"status": end.response.status_code, "body": json.loads(end.response.body)})

    asyncio.run(main())
    """

  private let process: Process
  private let input = Pipe()
  private let lines: AsyncStream<JSONValue>

  init(
    _ server: TestServer,
    _ path: String,
    token: String = TestServer.token,
    mode: String = "plain"
  )
    throws
  {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().path
    let python = "\(root)/.build/python/bin/python"
    try #require(FileManager.default.isExecutableFile(atPath: python), "run tools/python")
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: python)
    process.arguments = [
      "-c", Self.script, server.url.replacingOccurrences(of: "http:", with: "ws:") + path, token,
      mode,
    ]
    process.standardInput = input
    process.standardOutput = output
    let (lines, line) = AsyncStream<JSONValue>.makeStream()
    self.lines = lines
    self.process = process
    try process.run()
    let handle = output.fileHandleForReading
    DispatchQueue.global().async {
      var rest = Data()
      while true {
        let piece = handle.availableData
        if piece.isEmpty { break }
        rest += piece
        while let end = rest.firstIndex(of: 10) {
          if let value = try? JSONValue(parsing: Array(rest[rest.startIndex..<end])) {
            line.yield(value)
          }
          rest = Data(rest[rest.index(after: end)...])
        }
      }
      line.finish()
    }
  }

  deinit { process.terminate() }

  /// Lets a sleepy client read.
  func wake() throws { try input.fileHandleForWriting.write(contentsOf: Data("\n".utf8)) }

  /// What it says, up to the first thing that is wanted.
  @discardableResult
  func hear(until wanted: (JSONValue) -> Bool) async throws -> [JSONValue] {
    var heard: [JSONValue] = []
    for await line in lines {
      heard.append(line)
      if wanted(line) { return heard }
    }
    Issue.record("the client ended before: \(heard.suffix(3))")
    return heard
  }

  func untilOpen() async throws { try await hear { $0["opened"] != nil } }

  /// The events up to the end of so many runs, as `run seq`.
  func events(ends: Int = 1) async throws -> [String] {
    var left = ends
    let lines = try await hear { line in
      let isEnd =
        line["event"]?["event_type"] == "state_changed"
        && line["event"]?["data"]?["to"] == "completed"
      if isEnd { left -= 1 }
      return left == 0
    }
    return lines.compactMap { line in
      guard let event = line["event"] else { return nil }
      return "\(event["run_id"]?.string ?? "") \(event["seq"]?.int ?? 0)"
    }
  }
}

@Suite struct LiveTests {
  private func server(_ limits: Listener.Limits = Listener.Limits()) async throws -> TestServer {
    let server = try await TestServer(limits: limits)
    _ = try await server.runtime.publish(call("a"))
    _ = try await server.runtime.publish(call("a"), id: "other")
    return server
  }

  private func finish(_ server: TestServer, _ run: String) async throws {
    await server.runtime.gate.end("a")
    try await server.runtime.run(run, is: .completed)
  }

  @Test func `a run's events come from the store and then live, none left out and none twice`()
    async throws
  {
    let server = try await server()
    _ = try await server.start("one")
    await server.runtime.gate.until { $0.inFlight.contains("a") }
    try await server.runtime.run("one") { ($0.lastEvent ?? 0) >= 5 }
    let client = try LiveClient(server, "/v1/workflows/flow/stream?run_id=one")
    try await client.hear { $0["event"]?["seq"] == 5 }
    let late = try LiveClient(server, "/v1/workflows/flow/stream?run_id=one&after=3")
    try await late.hear { $0["event"]?["seq"] == 5 }
    try await finish(server, "one")
    let last = try await server.runtime.events("one").count
    #expect(try await client.events() == (6...last).map { "one \($0)" })
    #expect(try await late.events() == (6...last).map { "one \($0)" })
    let again = try LiveClient(server, "/v1/workflows/flow/stream?run_id=one&after=2")
    #expect(try await again.events() == (3...last).map { "one \($0)" })
    await server.listener.stop()
  }

  @Test func `a workflow's stream has all its runs, and no other's, from its opening on`()
    async throws
  {
    let server = try await server()
    let client = try LiveClient(server, "/v1/workflows/flow/stream")
    try await client.untilOpen()
    _ = try await server.start("one")
    _ = try await server.post(
      "/v1/workflows/other/command",
      #"{"command":"start","params":{"run_id":"stranger"}}"#
    )
    await server.runtime.gate.until { $0.begun.count == 2 }
    try await server.runtime.tell(.stop(.immediate), "one")
    await server.runtime.gate.until { $0.cancelled.contains("a") }
    _ = try await server.start("two")
    await server.runtime.gate.until { $0.begun.count == 3 }
    try await finish(server, "two")
    let expected = try await ["one", "two"].asyncMap { run in
      (1...(try await server.runtime.events(run).count)).map { "\(run) \($0)" }
    }
    let heard = try await client.events()
    #expect(heard.filter { $0.hasPrefix("one") } == expected[0])
    #expect(heard.filter { $0.hasPrefix("two") } == expected[1])
    #expect(heard.count == expected[0].count + expected[1].count)
    await server.listener.stop()
  }

  @Test(
    arguments: [
      ("/v1/workflows/flow/stream", "nonsense", 401), ("/v1/workflows/none/stream", "", 404),
      ("/v1/workflows/flow/stream?run_id=none", "", 404),
      ("/v1/workflows/flow/stream?after=3", "", 400),
      ("/v1/workflows/flow/stream?run_id=x&after=-1", "", 404),
    ] as [(String, String, Int)]
  )
  func `what cannot be streamed is answered as any request is`(
    _ path: String,
    _ token: String,
    _ status: Int
  ) async throws {
    let server = try await server()
    let client = try LiveClient(server, path, token: token.isEmpty ? TestServer.token : token)
    let said = try await client.hear { $0["status"] != nil }.last
    #expect(said?["status"]?.int == status)
    #expect(said?["body"]?["error"]?.string?.isEmpty == false)
    let plain = try await server.get("/v1/workflows/flow/stream")
    #expect(plain.status == 426)
    await server.listener.stop()
  }

  @Test func `a client may ping and say things, but not much`() async throws {
    let server = try await server()
    let chatty = try LiveClient(server, "/v1/workflows/flow/stream", mode: "chatty")
    try await chatty.hear { $0["pong"] == true }
    let flood = try LiveClient(server, "/v1/workflows/flow/stream", mode: "flood")
    #expect(try await flood.hear { $0["closed"] != nil }.last?["closed"] == 1009)
    await server.listener.stop()
    #expect(try await chatty.hear { $0["closed"] != nil }.last?["closed"] == 1001)
  }

  @Test func `a reader that is too slow is told so, and the others are served`() async throws {
    var limits = Listener.Limits()
    limits.patience.live.write = .milliseconds(50)
    limits.patience.live.stall = .seconds(60)
    let server = try await server(limits)
    let slow = try LiveClient(server, "/v1/workflows/flow/stream", mode: "sleepy")
    try await slow.untilOpen()
    let quick = try LiveClient(server, "/v1/workflows/flow/stream")
    try await quick.untilOpen()
    let text = String(repeating: "x", count: 200_000)
    for number in 0..<40 {
      _ = try await server.start("run-\(number)", input: "{\"text\":\"\(text)\"}")
      await server.runtime.gate.until { $0.begun.count == number + 1 }
      try await finish(server, "run-\(number)")
    }
    _ = try await quick.events(ends: 40)
    try slow.wake()
    #expect(try await slow.hear { $0["closed"] != nil }.last?["closed"] == 1013)
    await server.listener.stop()
  }

  @Test func `a stream ends with the token that it was opened with`() async throws {
    var limits = Listener.Limits()
    limits.patience.live.ping = .milliseconds(50)
    limits.patience.live.silentPings = .max
    let server = try await server(limits)
    let made = try await server.post(
      "/v1/pats",
      #"{"display_name":"watcher","scopes":["workflow:read"]}"#
    ).json
    let token = try #require(made["token"]?.string)
    let watcher = try LiveClient(server, "/v1/workflows/flow/stream", token: token)
    try await watcher.untilOpen()
    let id = try #require(made["id"]?.string)
    #expect(try await server.send("DELETE", "/v1/pats/\(id)").status == 204)
    #expect(try await watcher.hear { $0["closed"] != nil }.last?["closed"] == 1008)
    await server.listener.stop()
  }

  @Test func `so many streams are served and no more`() async throws {
    var limits = Listener.Limits()
    limits.liveStreams = 2
    let server = try await server(limits)
    var open: [LiveClient] = []
    for _ in 0..<2 {
      let client = try LiveClient(server, "/v1/workflows/flow/stream")
      try await client.untilOpen()
      open.append(client)
    }
    let third = try LiveClient(server, "/v1/workflows/flow/stream")
    #expect(try await third.hear { $0["status"] != nil }.last?["status"] == 503)
    await server.listener.stop()
  }
}

extension Array {
  fileprivate func asyncMap<Result>(
    _ transform: (Element) async throws -> Result
  ) async rethrows -> [Result] {
    var results: [Result] = []
    for element in self { results.append(try await transform(element)) }
    return results
  }
}
