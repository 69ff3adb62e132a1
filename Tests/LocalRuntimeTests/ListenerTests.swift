import FlyingSocks
import Glibc
import JSON
import Synchronization
import Testing

@testable import LocalRuntime

/// A pool that works until the test breaks it.
private struct BreakablePool: AsyncSocketPool {
  struct Broken: Error {}

  let pool = SocketPool<ePoll>.ePoll(maxEvents: 64)
  let breaks: AsyncStream<Void>

  func prepare() async throws { try await pool.prepare() }

  func run() async throws {
    let pool = pool
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await pool.run() }
      group.addTask { [breaks] in
        for await _ in breaks { break }
        throw Broken()
      }
      defer { group.cancelAll() }
      try await group.next()
    }
  }

  func suspendSocket(_ socket: Socket, untilReadyFor events: Socket.Events) async throws {
    try await pool.suspendSocket(socket, untilReadyFor: events)
  }
}

@Suite struct ListenerTests {
  @Test func `a listener that cannot serve any more says so and can still be ended`() async throws {
    let runtime = try await TestRuntime()
    let router = Router(engine: runtime.engine, tokens: Tokens(hashes: [:])) {
      KnownServers(names: [])
    }
    let said = Said()
    let log = RuntimeLog(form: .text, level: .error, now: runtime.time.clock.now) { said.say($0) }
    let (breaks, cut) = AsyncStream<Void>.makeStream()
    let listener = try await Listener(
      router: router,
      place: .address(.standard),
      log: log,
      pool: BreakablePool(breaks: breaks)
    )
    let peer = Peer(url: listener.place.url, token: nil)
    #expect(try await peer.send("GET", "/healthz").status == 200)
    cut.yield()
    let failure = await listener.failures.first { _ in true }
    #expect(failure?.sentence.hasPrefix("nobody is served any more") == true)
    #expect(said.sentences.count == 1)
    await listener.stop()
  }

  @Test func `a listener that is ended tells of no failure`() async throws {
    let server = try await TestServer()
    await server.listener.stop()
    #expect(await server.listener.failures.first { _ in true } == nil)
  }

  @Test func `a long answer reaches whoever takes it slowly`() async throws {
    var limits = Listener.Limits()
    limits.patience.write = .seconds(2)
    let server = try await TestServer(limits: limits)
    let text = String(repeating: "x", count: 4_090_000)
    let body = #"{"name":"w","example_trigger_payload":"\#(text)","graph":{"steps":[]}}"#
    for _ in 0..<2 { #expect(try await server.post("/v1/workflows", body).status == 201) }
    let peer = try RawPeer(server.listener.place)
    // Little of it lies in the system between the two.
    var room: Int32 = 64 << 10
    let size = socklen_t(MemoryLayout<Int32>.size)
    unsafe setsockopt(peer.socket.file.rawValue, SOL_SOCKET, SO_RCVBUF, &room, size)
    let token = "Authorization: Bearer \(TestServer.token)\r\nConnection: close\r\n"
    try peer.say("GET /v1/workflows HTTP/1.1\r\nHost: h\r\n\(token)\r\n")
    var heard = 0
    // Longer than one piece may take.
    for _ in 0..<39 {
      heard += try Self.take(200 << 10, peer)
      try await Task.sleep(for: .milliseconds(100))
    }
    heard += await peer.hearAll().utf8.count
    #expect(heard > 2 * text.utf8.count)
    peer.close()
    await server.listener.stop()
  }

  /// Takes about so many bytes.
  private static func take(_ count: Int, _ peer: RawPeer) throws -> Int {
    var taken = 0
    while taken < count { taken += try peer.socket.read(atMost: 16 << 10).count }
    return taken
  }

  @Test func `a body that comes slowly is waited for, of a known caller, for as long as it comes`()
    async throws
  {
    var limits = Listener.Limits()
    limits.patience.body = .seconds(2)
    let server = try await TestServer(limits: limits)
    let body = #"{"name":"slow","graph":{"steps":[]}}"#
    for (token, isTaken) in [(TestServer.token, true), ("crt_nobody_knows_this", false)] {
      let peer = try RawPeer(server.listener.place)
      try peer.say(
        "POST /v1/workflows HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer \(token)\r\n"
          + "Connection: close\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
      )
      let bytes = Array(body.utf8)
      for start in stride(from: 0, to: bytes.count, by: 6) {
        // Whoever was sent away cannot say more.
        guard (try? peer.say(Array(bytes[start..<min(bytes.count, start + 6)]))) != nil else {
          break
        }
        try await Task.sleep(for: .milliseconds(700))
      }
      #expect(await peer.hearAll().prefix(12) == (isTaken ? "HTTP/1.1 201" : ""))
      peer.close()
    }
    await server.listener.stop()
  }
}
