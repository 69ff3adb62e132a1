import TestHouse
import Testing
import Transport

@Suite(.timeLimit(.minutes(1)))
struct RefusedRequestTests {
  @Test(arguments: [
    Header(name: "X-Name", value: "a\r\nX-Injected: b"),
    Header(name: "X-Name", value: "a\nb"),
    Header(name: "X-Name", value: "a\u{0}b"),
    Header(name: "X-Name\r\nX-Injected", value: "b"),
    Header(name: "X Name", value: "b"),
    Header(name: "", value: "b"),
    Header(name: "Content-Length", value: "5"),
    Header(name: "transfer-encoding", value: "chunked"),
  ])
  func `a header that would be read as something else`(header: Header) throws {
    let server = try RawServer { _ in [.answer()] }
    defer { server.stop() }
    let pool = try TransferPool.make()
    let failure = try pool.failure(Request(url: server.url(), headers: [header]))
    #expect(failure.code == .badRequest)
    #expect(!failure.sent)
    #expect(failure.sentence.hasPrefix("127.0.0.1:\(server.port): "))
    #expect(server.connections == 0)
  }

  @Test(arguments: ["GET / HTTP/1.1\r\nX: y", "", "GE T", "PÖST"])
  func `a method that is no word`(method: String) throws {
    let server = try RawServer { _ in [.answer()] }
    defer { server.stop() }
    let failure = try TransferPool.make().failure(Request(method: method, url: server.url()))
    #expect(failure.code == .badRequest)
    #expect(server.connections == 0)
  }

  @Test(arguments: [
    ("", "the URL is empty"),
    ("runs.example/v1", "no scheme; write http:// or https:// in front"),
    ("http://", "host"),
    ("http://runs.example:99999/", "the port is not a number"),
    ("file:///etc/passwd", "write an http or https URL"),
    ("ftp://runs.example/", "ftp is not supported"),
    ("http://runs.example/a b", "not a URL"),
    ("http://runs.example/\r\nHost: x", "control character"),
    ("http://runs.example/\u{0}", "control character"),
    ("http://me:secret@runs.example/", "give a token instead"),
  ])
  func `a URL that cannot be used`(url: String, words: String) throws {
    let failure = try TransferPool.make().failure(Request(url: url))
    #expect(failure.code == .badURL)
    #expect(!failure.sent)
    #expect(failure.sentence.contains(words), "\(failure.sentence)")
    #expect(!failure.sentence.contains("secret"))
  }

  @Test func `a setting with a line break in it`() {
    #expect {
      _ = try TransferPool(settings: TransportSettings(userAgent: "a\r\nX-Injected: b"))
    } throws: { error in
      (error as? Failure)?.code == .badSetting
    }
  }

  @Test func `a token does not show in a description`() {
    let request = Request(
      url: "https://runs.example/",
      headers: [Header(name: "authorization", value: "Bearer geheim")]
    )
    #expect(!"\(request)".contains("geheim"))
  }
}
