import TestHouse
import Testing
import Transport

@Suite(.timeLimit(.minutes(1)))
struct ExchangeTests {
  @Test func `two polls share one connection`() throws {
    let server = try RawServer { _ in [.answer(text: "hello")] }
    defer { server.stop() }
    let pool = try TransferPool.make()
    let first = try pool.answer(Request(url: server.url("/a")))
    let second = try pool.answer(Request(url: server.url("/b")))
    #expect(first.status == 200)
    #expect(second.body == Array("hello".utf8))
    #expect(first.httpVersion == "1.1")
    #expect(first.bytesReceived > 5)
    #expect(server.received.map(\.line) == ["GET /a HTTP/1.1", "GET /b HTTP/1.1"])
    #expect(server.connections == 1)
  }

  @Test func `a command sent to a server that closes after reading arrives once`() throws {
    let server = try RawServer { $0.method == "GET" ? [.answer(text: "primed")] : [.close] }
    defer { server.stop() }
    let pool = try TransferPool.make()
    _ = try pool.answer(Request(url: server.url()))
    let failure = try pool.failure(
      Request(method: "POST", url: server.url("/stop"), body: Array("{}".utf8))
    )
    #expect(failure.code == .cut)
    #expect(failure.sent)
    #expect(
      failure.sentence
        == "127.0.0.1:\(server.port): the connection ended before an answer came"
    )
    #expect(server.received.filter { $0.method == "POST" }.map(\.connection) == [1])
  }

  @Test func `a command leaves the kept connection alone`() throws {
    let server = try RawServer { _ in [.answer()] }
    defer { server.stop() }
    let pool = try TransferPool.make()
    for method in ["GET", "POST", "GET", "POST"] {
      _ = try pool.answer(Request(method: method, url: server.url()))
    }
    #expect(server.received.map(\.connection) == [0, 1, 0, 2])
  }

  @Test func `what is asked is what arrives`() throws {
    let server = try RawServer { _ in [.answer("201 Created")] }
    defer { server.stop() }
    let body: [UInt8] = [0, 1, 2, 255] + Array(repeating: 7, count: 2 << 20)
    let response = try TransferPool.make().answer(
      Request(
        method: "PATCH",
        url: server.url("/a/../b%2Fc?x=1&y=%20"),
        headers: [
          Header(name: "X-Tenant-Id", value: "north"), Header(name: "X-Empty", value: ""),
          Header(name: "Content-Type", value: "application/json"),
        ],
        body: body
      )
    )
    #expect(response.status == 201)
    let request = try #require(server.received.first)
    #expect(request.line == "PATCH /a/../b%2Fc?x=1&y=%20 HTTP/1.1")
    #expect(request.header("x-tenant-id") == "north")
    #expect(request.header("x-empty")?.isEmpty == true)
    #expect(request.header("content-type") == "application/json")
    #expect(request.header("user-agent") == "command-center/test")
    #expect(request.header("accept-encoding") == "gzip, deflate")
    #expect(request.header("expect") == nil)
    #expect(request.body == body)
  }

  @Test(arguments: ["POST", "PUT", "DELETE"])
  func `a command without a body says that it has none`(method: String) throws {
    let server = try RawServer { _ in [.answer("204 No Content")] }
    defer { server.stop() }
    let response = try TransferPool.make().answer(Request(method: method, url: server.url()))
    #expect(response.status == 204)
    let request = try #require(server.received.first)
    #expect(request.method == method)
    #expect(request.header("content-length") == "0")
    #expect(request.header("content-type") == nil)
  }

  @Test func `the question for headers alone has an answer without a body`() throws {
    let server = try RawServer { _ in
      [.send(text: "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n")]
    }
    defer { server.stop() }
    let response = try TransferPool.make().answer(Request(method: "HEAD", url: server.url()))
    #expect(response.body.isEmpty)
    #expect(response.headers["content-length"] == "500")
  }

  @Test func `headers are found in any case and all of a name are kept`() throws {
    let server = try RawServer { _ in
      [.answer(headers: ["ETag: \"7\"", "Link: one", "X-Long: a", " b", "link:  two  "])]
    }
    defer { server.stop() }
    let headers = try TransferPool.make().answer(Request(url: server.url())).headers
    #expect(headers["etag"] == "\"7\"")
    #expect(headers.values(for: "LINK") == ["one", "two"])
    #expect(headers["x-long"] == "a b")
    #expect(headers["absent"] == nil)
  }

  @Test func `the headers are those of the last answer, not of an interim one`() throws {
    let server = try RawServer { _ in
      [.send(text: "HTTP/1.1 103 Early Hints\r\nLink: early\r\n\r\n"), .answer(text: "done")]
    }
    defer { server.stop() }
    let response = try TransferPool.make().answer(Request(url: server.url()))
    #expect(response.status == 200)
    #expect(response.headers["link"] == nil)
  }

  @Test func `a redirect is an answer and nobody follows it`() throws {
    let server = try RawServer { _ in [.answer("302 Found", headers: ["Location: /elsewhere"])] }
    defer { server.stop() }
    let response = try TransferPool.make().answer(
      Request(method: "POST", url: server.url("/here"), body: [])
    )
    #expect(response.status == 302)
    #expect(response.headers["location"] == "/elsewhere")
    #expect(server.received.map(\.line) == ["POST /here HTTP/1.1"])
  }

  @Test func `an answer that comes byte by byte is whole`() throws {
    let bytes =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    let server = try RawServer { _ in [.sendByteByByte(Array(bytes.utf8))] }
    defer { server.stop() }
    #expect(
      try TransferPool.make().answer(Request(url: server.url())).body == Array("abcde".utf8)
    )
  }

  @Test func `a compressed answer is decoded`() throws {
    let text = Array(String(repeating: "runs ", count: 2_000).utf8)
    let server = try RawServer { _ in
      [.answer(headers: ["Content-Encoding: gzip"], body: Gzip.stored(text))]
    }
    defer { server.stop() }
    #expect(try TransferPool.make().answer(Request(url: server.url())).body == text)
  }

  @Test func `exchanges run side by side and end in their own order`() throws {
    let gate = try Gate()
    let server = try RawServer { request in
      request.line.contains("/slow")
        ? [.hold(gate), .answer(text: "slow")] : [.answer(text: "quick")]
    }
    defer { server.stop() }
    let pool = try TransferPool.make()
    let slow = pool.start(Request(url: server.url("/slow")))
    let quick = pool.start(Request(url: server.url("/quick")))
    let first = pool.drive(until: 1)
    gate.open()
    let second = pool.drive(until: 1)
    #expect(first.map(\.id) == [quick])
    #expect(second.map(\.id) == [slow])
    #expect(pool.runningCount == 0)
  }

  @Test func `a proxy is asked for hosts elsewhere and never for loopback`() throws {
    let proxy = try RawServer { _ in [.answer(text: "by proxy")] }
    let server = try RawServer { _ in [.answer(text: "directly")] }
    defer {
      proxy.stop()
      server.stop()
    }
    let pool = try TransferPool.make(proxy: proxy.url(""))
    let far = try pool.answer(Request(url: "http://runs.example/v1"))
    let near = try pool.answer(Request(url: server.url("/v1")))
    let named = try pool.answer(Request(url: "http://localhost:\(server.port)/v1"))
    #expect(far.body == Array("by proxy".utf8))
    #expect(near.body == Array("directly".utf8))
    #expect(named.body == Array("directly".utf8))
    #expect(proxy.received.map(\.line) == ["GET http://runs.example/v1 HTTP/1.1"])
  }
}
