import TestHouse
import Testing
import Transport

/// https through a proxy that makes tunnels.
@Suite(.timeLimit(.minutes(1)))
struct ProxyTests {
  private static let url = "https://\(Certificates.host):4443/"
  private let home: TemporaryHome
  private let certificates: Certificates
  private let server: RawServer
  private let nginx: Nginx

  init() throws {
    home = try TemporaryHome()
    certificates = try Certificates(in: home)
    server = try RawServer { _ in [.answer(text: "there")] }
    nginx = try Nginx(before: server.port, home: home, tls: certificates.server(.valid))
  }

  private func pool(_ proxy: String, noProxy: [String] = []) throws -> TransferPool {
    try TransferPool(
      settings: TransportSettings(
        userAgent: "command-center/test",
        proxy: proxy,
        noProxy: noProxy,
        caFile: certificates.authority
      )
    )
  }

  @Test func `a tunnel is made and TLS goes through it, to the server's own certificate`() throws {
    defer { server.stop() }
    let proxy = try ConnectProxy(to: nginx.port)
    let answer = try pool(proxy.url).answer(Request(url: Self.url))
    #expect(answer.status == 200)
    #expect(answer.httpVersion == "2")
    #expect(proxy.asked == ["CONNECT \(Certificates.host):4443 HTTP/1.1"])
    let command = try pool(proxy.url).answer(Request(method: "POST", url: Self.url, body: []))
    #expect(command.status == 200)
    #expect(server.received.map(\.method) == ["GET", "POST"])
    #expect(server.received.allSatisfy { $0.header("Proxy-Authorization") == nil })
  }

  @Test func `user and password stand in the proxy's URL and nowhere else`() throws {
    defer { server.stop() }
    // operator:open sesame
    let proxy = try ConnectProxy(
      to: nginx.port,
      authorization: "Basic b3BlcmF0b3I6b3BlbiBzZXNhbWU="
    )
    let known = try pool("http://operator:open%20sesame@127.0.0.1:\(proxy.port)")
    #expect(try known.answer(Request(url: Self.url)).status == 200)
    for wrong in ["http://127.0.0.1:\(proxy.port)", "http://operator:shut@127.0.0.1:\(proxy.port)"]
    {
      let failure = try pool(wrong).failure(Request(method: "POST", url: Self.url, body: []))
      #expect(failure.code == .couldNotConnect)
      #expect(!failure.sent)
      #expect(
        failure.sentence
          == "\(Certificates.host):4443: the proxy wants another user and password (407); write "
          + "the proxy as http://user:password@host:port"
      )
    }
  }

  @Test func `a proxy that refuses is said to, and not the server`() throws {
    defer { server.stop() }
    let nobody = try LoopbackSocket()
    defer { nobody.close() }
    let pool = try pool("http://user:secret@127.0.0.1:\(nobody.port)")
    let failure = try pool.failure(Request(method: "POST", url: Self.url, body: []))
    #expect(failure.code == .couldNotConnect)
    #expect(!failure.sent)
    #expect(
      failure.sentence
        == "\(Certificates.host):4443: the proxy 127.0.0.1 refused the connection; check the "
        + "proxy setting"
    )
  }

  @Test func `a proxy that cannot reach the server says so`() throws {
    defer { server.stop() }
    let nobody = try LoopbackSocket()
    defer { nobody.close() }
    let proxy = try ConnectProxy(to: nobody.port)
    let failure = try pool(proxy.url).failure(Request(method: "POST", url: Self.url, body: []))
    #expect(failure.code == .couldNotConnect)
    #expect(!failure.sent)
    #expect(failure.sentence.hasSuffix("the proxy answered 502; check the proxy setting"))
  }

  @Test func `loopback is never asked of the proxy, nor is what no_proxy names`() throws {
    defer { server.stop() }
    let proxy = try ConnectProxy(to: nginx.port)
    #expect(try pool(proxy.url).answer(Request(url: nginx.url)).status == 200)
    let spared = try pool(proxy.url, noProxy: [".example"]).failure(Request(url: Self.url))
    #expect(spared.code == .couldNotResolve)
    #expect(proxy.asked.isEmpty)
  }
}
