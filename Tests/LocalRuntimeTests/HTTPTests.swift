import FlyingSocks
import Foundation
import Glibc
import JSON
import Testing

@testable import LocalRuntime

/// A peer that says exactly these bytes.
struct RawPeer {
  let socket: Socket

  init(_ place: ListenPlace) throws {
    switch place {
    case .address(let address):
      socket = try Socket(domain: AF_INET, type: .stream)
      try socket.connect(to: sockaddr_in.inet(ip4: address.host, port: address.port))
    case .socket(let path):
      socket = try Socket(domain: AF_UNIX, type: .stream)
      try socket.connect(to: sockaddr_un.unix(path: path))
    }
    var patience = timeval(tv_sec: 20, tv_usec: 0)
    let size = socklen_t(MemoryLayout<timeval>.size)
    unsafe setsockopt(socket.file.rawValue, SOL_SOCKET, SO_RCVTIMEO, &patience, size)
  }

  func say(_ text: String) throws { try say(Array(text.utf8)) }

  func say(_ bytes: [UInt8]) throws {
    var at = 0
    while at < bytes.count { at = try socket.write(Data(bytes), from: at) }
  }

  /// All that comes until the other side ends it.
  func hearAll() async -> String { await hear { _ in false } }

  /// What comes until so much of it is there; waits on a thread of its own, as it blocks.
  func hear(until wanted: @escaping @Sendable (String) -> Bool) async -> String {
    let socket = socket
    return await withCheckedContinuation { continuation in
      Thread.detachNewThread {
        var bytes: [UInt8] = []
        while let piece = try? socket.read(atMost: 4096) {
          bytes += piece
          if wanted(String(decoding: bytes, as: UTF8.self)) { break }
        }
        continuation.resume(returning: String(decoding: bytes, as: UTF8.self))
      }
    }
  }

  func close() { try? socket.close() }
}

@Suite struct HTTPTests {
  private func head(_ text: String) throws(RequestMistake) -> RequestHead {
    try RequestHead(Array(text.replacingOccurrences(of: "\n", with: "\r\n").utf8)[...])
  }

  @Test func `a head is read with its headers in lower case and repeated ones joined`() throws {
    let head = try head("POST /v1/x?y=1 HTTP/1.1\nHost: h\nX-A: 1\nx-a:  2 \nContent-Length: 3\n\n")
    #expect(head.method == "POST")
    #expect(head.target == "/v1/x?y=1")
    #expect(head.headers["x-a"] == "1, 2")
    #expect(head.body == .length(3))
    #expect(head.keepsAlive)
    #expect(try !self.head("GET / HTTP/1.0\n\n").keepsAlive)
    #expect(try !self.head("GET / HTTP/1.1\nHost: h\nConnection: close\n\n").keepsAlive)
    #expect(try self.head("GET http://h/a?b HTTP/1.1\nHost: h\n\n").target == "/a?b")
  }

  @Test(
    arguments: [
      ("nonsense\n\n", 400), ("GET  / HTTP/1.1\nHost: h\n\n", 400), ("GET / HTTP/2.0\n\n", 505),
      ("GET / HTTP/1.1\n\n", 400), ("G@T / HTTP/1.1\nHost: h\n\n", 400),
      ("GET x HTTP/1.1\nHost: h\n\n", 400), ("GET / HTTP/1.1\nHost: h\nHost: i\n\n", 400),
      ("GET / HTTP/1.1\nHost: h\nno colon\n\n", 400), ("GET / HTTP/1.1\nHost: h\n folded\n\n", 400),
      ("GET / HTTP/1.1\nHost: h\nA : b\n\n", 400), ("GET / HTTP/1.1\nHost: h\nA: b\u{1}\n\n", 400),
      ("GET / HTTP/1.1\nHost: h\nContent-Length: -1\n\n", 400),
      ("GET / HTTP/1.1\nHost: h\nContent-Length: 1\nTransfer-Encoding: chunked\n\n", 400),
      ("GET / HTTP/1.1\nHost: h\nContent-Length: 99999999999999999999\n\n", 400),
      ("GET / HTTP/1.1\nHost: h\nTransfer-Encoding: gzip\n\n", 501),
      ("POST / HTTP/1.0\nTransfer-Encoding: chunked\n\n", 400),
      ("GET /\(String(repeating: "x", count: 9000)) HTTP/1.1\nHost: h\n\n", 414),
      ("GET / HTTP/1.1\nHost: h\n\(String(repeating: "a: b\n", count: 120))\n", 431),
    ] as [(String, Int)]
  )
  func `what could be taken for two requests, or for none, is refused`(
    _ text: String,
    _ status: Int
  ) {
    let mistake = #expect(throws: RequestMistake.self) { try head(text) }
    #expect(mistake?.status == status)
  }

  @Test func `the end of a head is found whole or in pieces, and a head without end is refused`()
    throws
  {
    let whole = Array("GET / HTTP/1.1\r\nHost: h\r\n\r\nrest".utf8)
    for size in 1...whole.count {
      var search = RequestHead.Search()
      var end: Int?
      // Bytes before the head are none of its.
      let bytes = Array("..".utf8) + whole
      for count in stride(from: size, to: whole.count + size, by: size) where end == nil {
        end = try search.end(in: bytes[2..<min(bytes.count, 2 + count)])
      }
      #expect(end == whole.count - 4)
    }
    let endless = [UInt8](repeating: 0x61, count: RequestHead.longest + 1)
    var search = RequestHead.Search()
    #expect(throws: RequestMistake.self) { _ = try search.end(in: endless[...]) }
  }

  @Test func `a chunked body is put together from pieces of any size`() throws {
    let wire = Array("4\r\nWiki\r\n6;x=y\r\npedia \r\n0\r\nTrailer: t\r\n\r\nNEXT".utf8)
    for size in 1...wire.count {
      var decoder = ChunkDecoder()
      var body: [UInt8] = []
      var at = 0
      while !decoder.isDone {
        let piece = wire[at..<min(wire.count, at + size)]
        at += try decoder.take(piece) { body += $0 }
      }
      #expect(String(decoding: body, as: UTF8.self) == "Wikipedia ")
      #expect(String(decoding: wire[at...], as: UTF8.self) == "NEXT")
    }
    for broken in [
      "x\r\n", "\r\n", "4\r\nWikiX\r\n", "FFFFFFFFFFFFFFFFF\r\n", "4\nWiki\r\n", "4\r\nWiki\n",
      "4;a\rb\r\n", "4;a\u{0}\r\n", "0\r\nTrailer: t\n",
    ] {
      var decoder = ChunkDecoder()
      #expect(throws: RequestMistake.self) {
        _ = try decoder.take(Array(broken.utf8)[...]) { _ in }
      }
    }
  }

  @Test func `a broken request is answered in the envelope, and the connection ended`()
    async throws
  {
    let server = try await TestServer()
    let peer = try RawPeer(server.listener.place)
    try peer.say("GET / HTTP/1.1\r\nno colon\r\n\r\n")
    let answer = await peer.hearAll()
    #expect(answer.hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
    #expect(answer.contains("Connection: close\r\n"))
    #expect(answer.contains(#""code":"BAD_REQUEST""#))
    peer.close()
    await server.listener.stop()
  }

  @Test func `requests that came at once are answered one after the other`() async throws {
    let server = try await TestServer()
    let peer = try RawPeer(server.listener.place)
    let one = "GET /v1/runs HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer \(TestServer.token)\r\n"
    try peer.say("\(one)\r\n\(one)Connection: close\r\n\r\n")
    let answer = await peer.hearAll()
    #expect(answer.components(separatedBy: "HTTP/1.1 200 OK\r\n").count == 3)
    peer.close()
    await server.listener.stop()
  }

  @Test func `a body is asked for that waits to be, and chunks are taken`() async throws {
    let server = try await TestServer()
    let peer = try RawPeer(server.listener.place)
    try peer.say(
      "POST /v1/workflows HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer \(TestServer.token)\r\n"
        + "Connection: close\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n"
    )
    #expect(await peer.hear { $0.hasSuffix("\r\n\r\n") } == "HTTP/1.1 100 Continue\r\n\r\n")
    let body = #"{"name":"n","graph":{"steps":[]}}"#
    try peer.say("\(String(body.utf8.count, radix: 16))\r\n\(body)\r\n0\r\n\r\n")
    #expect(await peer.hearAll().hasPrefix("HTTP/1.1 201 Created\r\n"))
    peer.close()
    await server.listener.stop()
  }

  @Test(
    arguments: [
      ("", 5, "401 Unauthorized"),
      ("Authorization: Bearer \(TestServer.token)\r\n", 5 << 20, "413 Content Too Large"),
    ]
  )
  func `a body that is not taken is not asked for`(
    _ header: String,
    _ length: Int,
    _ status: String
  ) async throws {
    let server = try await TestServer()
    let peer = try RawPeer(server.listener.place)
    try peer.say(
      "POST /v1/workflows HTTP/1.1\r\nHost: h\r\n\(header)Content-Length: \(length)\r\n"
        + "Expect: 100-continue\r\n\r\n"
    )
    let answer = await peer.hearAll()
    #expect(answer.hasPrefix("HTTP/1.1 \(status)\r\n"))
    #expect(answer.contains("Connection: close\r\n"))
    peer.close()
    await server.listener.stop()
  }

  @Test func `requests that are never ended lock nobody out`() async throws {
    var limits = Listener.Limits()
    limits.strangers = 20
    // Nobody is sent away because of the time.
    limits.patience.head = .seconds(600)
    let server = try await TestServer(limits: limits)
    var begun: [RawPeer] = []
    for _ in 0..<20 {
      let peer = try RawPeer(server.listener.place)
      try peer.say("GET /v1/")
      begun.append(peer)
    }
    #expect(try await server.get("/v1/runs").status == 200)
    // One made room; the connections after it have places of their own again.
    #expect(await begun[0].hearAll() == "")
    for peer in begun { peer.close() }
    await server.listener.stop()
  }

  @Test func `strangers by the hundred take no place from the others`() async throws {
    var limits = Listener.Limits()
    limits.strangers = 20
    let server = try await TestServer(limits: limits)
    var idle: [RawPeer] = []
    for number in 0..<100 {
      let peer = try RawPeer(server.listener.place)
      // Half of them begin a request that never ends.
      if number % 2 == 0 { try peer.say("GET /v1/") }
      idle.append(peer)
    }
    #expect(try await server.get("/v1/runs").status == 200)
    // The first ones made room: their connections have ended.
    #expect(await idle[1].hearAll() == "")
    #expect(try await server.get("/v1/runs").status == 200)
    for peer in idle { peer.close() }
    await server.listener.stop()
  }

  @Test func `a thousand who come, and go or stay, keep nobody from an answer`() async throws {
    let server = try await TestServer()
    let place = server.listener.place
    let flood = Task.detached {
      var staying: [RawPeer] = []
      for number in 0..<1000 {
        // Whom the listener refuses or sends away counts as one who has come.
        guard let peer = try? RawPeer(place) else { continue }
        if number % 3 == 0 { staying.append(peer) } else { peer.close() }
      }
      return staying
    }
    for _ in 0..<100 { #expect(try await server.get("/v1/runs").status == 200) }
    let staying = await flood.value
    #expect(!staying.isEmpty)
    #expect(try await server.get("/v1/runs").status == 200)
    for peer in staying { peer.close() }
    await server.listener.stop()
  }

  @Test func `whoever is slow is sent away`() async throws {
    var limits = Listener.Limits()
    limits.patience.head = .milliseconds(100)
    limits.patience.stranger = .milliseconds(100)
    let server = try await TestServer(limits: limits)
    let silent = try RawPeer(server.listener.place)
    let slow = try RawPeer(server.listener.place)
    try slow.say("GET /healthz HTT")
    #expect(await slow.hearAll() == "")
    #expect(await silent.hearAll() == "")
    slow.close()
    silent.close()
    await server.listener.stop()
  }

  @Test
  func `a socket in the file system is its owner's, and one that was left behind is replaced`()
    async throws
  {
    let folder = try TestFolder()
    let path = "\(folder.path)/api.sock"
    // Left behind by a runtime that was killed.
    let stale = try Socket(domain: AF_UNIX, type: .stream)
    try stale.bind(to: sockaddr_un.unix(path: path))
    try stale.close()
    let (socket, _) = try ListenPlace.socket(path).open()
    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    #expect(mode == 0o600)
    let refusal = #expect(throws: RuntimeMistake.self) { try ListenPlace.socket(path).open() }
    #expect(refusal?.sentence.contains("another program listens on \(path)") == true)
    try socket.close()
    let file = "\(folder.path)/file"
    try Data("x".utf8).write(to: URL(fileURLWithPath: file))
    let other = #expect(throws: RuntimeMistake.self) { try ListenPlace.socket(file).open() }
    #expect(other?.sentence.contains("is there and no socket") == true)
  }
}
