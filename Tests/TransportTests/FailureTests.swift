import Glibc
import TestHouse
import Testing
import Transport

@Suite(.timeLimit(.minutes(1)))
struct FailureTests {
  @Test func `nothing listens`() throws {
    let socket = try LoopbackSocket()
    defer { socket.close() }
    let failure = try TransferPool.make().failure(
      Request(method: "POST", url: "http://127.0.0.1:\(socket.port)/", body: [])
    )
    #expect(failure.code == .refused)
    #expect(!failure.sent)
    #expect(
      failure.sentence
        == "127.0.0.1:\(socket.port): connection refused; is the server running?"
    )
  }

  @Test func `a name that no resolver can have`() throws {
    let label = String(repeating: "a", count: 64)
    let failure = try TransferPool.make().failure(Request(url: "http://\(label).test/"))
    #expect(failure.code == .couldNotResolve)
    #expect(!failure.sent)
    #expect(failure.sentence == "\(label).test:80: no such host; check the URL and the network")
  }

  @Test func `no connection comes about in time`() throws {
    let socket = try LoopbackSocket()
    try socket.listen(backlog: 0)
    // A queue that is full: the system lets further ones wait.
    let knocking = try (0..<4).map { _ in try LoopbackSocket.knock(at: socket.port) }
    defer {
      for descriptor in knocking { close(descriptor) }
      socket.close()
    }
    let failure = try TransferPool.make().failure(
      Request(
        method: "POST",
        url: "http://127.0.0.1:\(socket.port)/",
        limits: Limits(connectMilliseconds: 100)
      )
    )
    #expect(failure.code == .timedOut)
    #expect(!failure.sent)
    #expect(failure.sentence.contains("no connection within 100 ms"))
  }

  @Test func `no answer comes in time`() throws {
    let gate = try Gate()
    let server = try RawServer { _ in [.hold(gate)] }
    defer { server.stop() }
    let failure = try TransferPool.make().failure(
      Request(method: "POST", url: server.url(), limits: Limits(totalMilliseconds: 200))
    )
    #expect(failure.code == .timedOut)
    #expect(failure.sent)
    #expect(failure.sentence.contains("no answer within 200 ms"))
  }

  @Test func `an answer that hangs in its body`() throws {
    let gate = try Gate()
    let server = try RawServer { _ in
      [.send(text: "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"), .hold(gate)]
    }
    defer { server.stop() }
    let failure = try TransferPool.make().failure(
      Request(url: server.url(), limits: Limits(totalMilliseconds: 200))
    )
    #expect(failure.code == .timedOut)
    #expect(failure.sent)
    #expect(failure.sentence.contains("not complete after 200 ms"))
  }

  @Test(arguments: [
    "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
    "HTTP/1.1 200 OK\r\nContent-Le",
  ])
  func `an answer that is cut`(bytes: String) throws {
    let server = try RawServer { _ in [.send(text: bytes), .close] }
    defer { server.stop() }
    let failure = try TransferPool.make().failure(Request(url: server.url()))
    #expect(failure.code == .cut)
    #expect(failure.sent)
    #expect(failure.sentence.hasSuffix("the connection ended before the answer was complete"))
  }

  @Test func `a connection that is reset after the command`() throws {
    let server = try RawServer { _ in [.reset] }
    defer { server.stop() }
    let failure = try TransferPool.make().failure(Request(method: "POST", url: server.url()))
    #expect(failure.code == .cut)
    #expect(failure.sent)
    #expect(server.received.count == 1)
  }

  @Test(arguments: ["hello, I am no web server\r\n", "SSH-2.0-OpenSSH_9.2\r\n"])
  func `a peer that does not speak HTTP`(greeting: String) throws {
    let server = try RawServer { _ in [.send(text: greeting), .close] }
    defer { server.stop() }
    let failure = try TransferPool.make().failure(Request(url: server.url()))
    #expect(failure.code == .protocolBroken)
    #expect(failure.sent)
    #expect(failure.sentence.hasSuffix("is this the right port?"))
  }

  @Test func `a peer that does not speak TLS`() throws {
    let socket = try LoopbackSocket()
    try socket.listen(backlog: 1)
    let peer = try Thread {
      let descriptor = accept(socket.descriptor, nil, nil)
      var text = Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8)
      _ = unsafe send(descriptor, &text, text.count, Int32(MSG_NOSIGNAL))
      _ = shutdown(descriptor, Int32(SHUT_WR))
      var rest = [UInt8](repeating: 0, count: 4_096)
      while unsafe recv(descriptor, &rest, rest.count, 0) > 0 {}
      close(descriptor)
    }
    defer {
      peer.join()
      socket.close()
    }
    let failure = try TransferPool.make().failure(
      Request(method: "POST", url: "https://127.0.0.1:\(socket.port)/")
    )
    #expect(failure.code == .tls)
    #expect(!failure.sent)
    #expect(failure.sentence.hasSuffix("does the server speak https on this port?"))
  }

  @Test func `a TLS greeting that nobody answers leaves nothing sent`() throws {
    let server = try RawServer { _ in [] }
    defer { server.stop() }
    let failure = try TransferPool.make().failure(
      Request(
        method: "POST",
        url: "https://127.0.0.1:\(server.port)/",
        limits: Limits(totalMilliseconds: 200)
      )
    )
    #expect(failure.code == .timedOut)
    #expect(!failure.sent)
  }

  @Test func `a CA file that is not there`() throws {
    let server = try RawServer { _ in [] }
    defer { server.stop() }
    let failure = try TransferPool.make(caFile: "/nowhere/ca.pem").failure(
      Request(url: "https://127.0.0.1:\(server.port)/")
    )
    #expect(failure.code == .tls)
    #expect(!failure.sent)
    #expect(failure.sentence.contains("/nowhere/ca.pem"))
  }

  @Test func `a body over the bound`() throws {
    let server = try RawServer { _ in [.answer(body: Array(repeating: 65, count: 2_001))] }
    defer { server.stop() }
    let pool = try TransferPool.make()
    let limits = Limits(maximumBodyBytes: 2_000)
    let failure = try pool.failure(Request(url: server.url(), limits: limits))
    #expect(failure.code == .bodyTooLarge)
    #expect(failure.sent)
    #expect(failure.sentence.hasSuffix("the answer is larger than 1 kB; it was cut off"))
    let whole = Limits(maximumBodyBytes: 2_001)
    #expect(try pool.answer(Request(url: server.url(), limits: whole)).body.count == 2_001)
  }

  @Test func `a compressed body that would fill the memory is cut at the bound`() throws {
    let bomb = Gzip.zeros(megabytes: 64)
    let server = try RawServer { _ in [.answer(headers: ["Content-Encoding: gzip"], body: bomb)] }
    defer { server.stop() }
    #expect(bomb.count < 1 << 20)
    let failure = try TransferPool.make().failure(
      Request(url: server.url(), limits: Limits(maximumBodyBytes: 1 << 20))
    )
    #expect(failure.code == .bodyTooLarge)
    #expect(failure.sentence.contains("larger than 1 MB"))
  }

  @Test func `a compressed body that is damaged`() throws {
    let server = try RawServer { _ in
      [.answer(headers: ["Content-Encoding: gzip"], body: Array("not gzip at all".utf8))]
    }
    defer { server.stop() }
    let failure = try TransferPool.make().failure(Request(url: server.url()))
    #expect(failure.code == .protocolBroken)
  }

  @Test(arguments: [(lines: 100, length: 20), (lines: 1, length: 200_000)])
  func `headers over the bound`(lines: Int, length: Int) throws {
    let line = "X-Line: " + String(repeating: "0", count: length) + "\r\n"
    let all = String(repeating: line, count: lines)
    let server = try RawServer { _ in
      [.send(text: "HTTP/1.1 200 OK\r\n\(all)Content-Length: 0\r\n\r\n")]
    }
    defer { server.stop() }
    let failure = try TransferPool.make().failure(
      Request(url: server.url(), limits: Limits(maximumHeaderBytes: 1_024))
    )
    #expect(failure.code == .headersTooLarge)
    #expect(failure.sentence.contains("larger than 1 kB"))
  }
}
