import TestHouse
import Testing
import Transport

/// TLS, HTTP/2 and gzip as nginx speaks them.
@Suite(.timeLimit(.minutes(1)))
struct TLSTests {
  private static let body = #"{"runs":[\#(String(repeating: " ", count: 4000))]}"#
  private let home: TemporaryHome
  private let certificates: Certificates

  init() throws {
    home = try TemporaryHome()
    certificates = try Certificates(in: home)
  }

  private func withNginx(
    _ kind: Certificates.Kind = .valid,
    clients: String? = nil,
    _ body: (Nginx) throws -> Void
  ) throws {
    let server = try RawServer { _ in
      [.answer(headers: ["Content-Type: application/json"], body: Array(Self.body.utf8))]
    }
    defer { server.stop() }
    let tls = try certificates.server(kind)
    try body(try Nginx(before: server.port, home: home, tls: tls, clients: clients))
  }

  private func pool(
    _ authority: String? = nil,
    client: Certificates.Pair? = nil
  ) throws -> TransferPool {
    try TransferPool(
      settings: TransportSettings(
        userAgent: "command-center/test",
        caFile: authority,
        clientCertificate: client?.certificate,
        clientKey: client?.key
      )
    )
  }

  @Test func `a read goes over HTTP 2, compressed, and a command over HTTP 1`() throws {
    try withNginx { nginx in
      let pool = try pool(certificates.authority)
      let read = try pool.answer(Request(url: "\(nginx.url)/v1/runs"))
      #expect(read.httpVersion == "2")
      #expect(read.body == Array(Self.body.utf8))
      #expect(read.bytesReceived < 1000)
      let command = try pool.answer(Request(method: "POST", url: "\(nginx.url)/v1", body: []))
      #expect(command.httpVersion == "1.1")
      let log = try Waiting.until("two lines of nginx's log") {
        let lines = try nginx.requests()
        return lines.count == 2 ? lines : nil
      }
      #expect(log[0].hasPrefix("HTTP/2.0 TLSv1.3 200 "))
      #expect(log[1].hasPrefix("HTTP/1.1 TLSv1.3 200 "))
    }
  }

  @Test(
    arguments: [
      (.valid, "is from an authority that is not known here; name its file as ca_file"),
      (.selfSigned, "is signed by itself; to trust it, name its file as ca_file"),
    ] as [(Certificates.Kind, String)]
  )
  func `without its authority a certificate is not trusted`(
    kind: Certificates.Kind,
    words: String
  ) throws {
    try withNginx(kind) { nginx in
      let request = Request(method: "POST", url: nginx.url)
      let failure = try pool(certificates.stranger).failure(request)
      #expect(failure.code == .tls)
      #expect(!failure.sent)
      #expect(failure.sentence == "\(nginx.place): the certificate \(words)")
    }
  }

  @Test(
    arguments: [
      (.expired, "has expired; the server needs a new one"),
      (.notYetValid, "is not valid yet; is the clock of this machine right?"),
      (.otherHost, "is for another host (SSL: no alternative certificate subject name matches "),
    ] as [(Certificates.Kind, String)]
  )
  func `a certificate that is not good here is refused with the reason`(
    kind: Certificates.Kind,
    words: String
  ) throws {
    try withNginx(kind) { nginx in
      let request = Request(method: "POST", url: nginx.url)
      let failure = try pool(certificates.authority).failure(request)
      #expect(failure.code == .tls)
      #expect(!failure.sent)
      #expect(failure.sentence.hasPrefix("\(nginx.place): the certificate \(words)"))
    }
  }

  @Test func `a certificate that is signed by itself is trusted once it is named`() throws {
    try withNginx(.selfSigned) { nginx in
      let pool = try pool(certificates.server(.selfSigned).certificate)
      #expect(try pool.answer(Request(url: nginx.url)).status == 200)
    }
  }

  @Test func `a client certificate is shown to who wants one`() throws {
    try withNginx(clients: certificates.authority) { nginx in
      let with = try pool(certificates.authority, client: certificates.client)
      #expect(try with.answer(Request(url: nginx.url)).status == 200)
      let without = try pool(certificates.authority).answer(Request(url: nginx.url))
      #expect(without.status == 400)
      #expect(String(decoding: without.body, as: UTF8.self).contains("No required SSL certificate"))
    }
  }

  @Test func `a server that ends the handshake for want of a client certificate says so`() throws {
    let pair = try certificates.server(.valid)
    let socket = try LoopbackSocket()
    defer { socket.close() }
    try socket.lend()
    let port = socket.port
    let peer = try Child(
      [
        "/usr/bin/openssl", "s_server", "-accept", "127.0.0.1:\(port)", "-cert", pair.certificate,
        "-key", pair.key, "-Verify", "1", "-verify_return_error", "-CAfile",
        certificates.authority, "-www", "-quiet",
      ],
      environment: home.environment
    )
    _ = try Waiting.until("openssl to listen") { LoopbackSocket.isOpen(port) ? true : nil }
    let failure = try pool(certificates.authority).failure(
      Request(url: "https://127.0.0.1:\(port)/")
    )
    #expect(failure.code == .tls)
    #expect(
      failure.sentence
        == "127.0.0.1:\(port): the server wants a client certificate; name one as client_cert, and "
        + "its key as client_key"
    )
    peer.end()
  }

  @Test func `a client key that is not there is said`() throws {
    try withNginx { nginx in
      let pair = Certificates.Pair(
        certificate: certificates.client.certificate,
        key: "/nowhere/client.key"
      )
      let pool = try pool(certificates.authority, client: pair)
      let failure = try pool.failure(Request(url: nginx.url))
      #expect(failure.code == .tls)
      #expect(failure.sentence.contains("the client certificate or its key cannot be used"))
      #expect(!failure.sent)
    }
  }

  @Test func `a server that is down behind nginx is a 502`() throws {
    let nobody = try LoopbackSocket()
    defer { nobody.close() }
    let tls = try certificates.server(.valid)
    let nginx = try Nginx(before: nobody.port, home: home, tls: tls)
    let answer = try pool(certificates.authority).answer(Request(url: nginx.url))
    #expect(answer.status == 502)
    #expect(String(decoding: answer.body, as: UTF8.self).contains("<title>502 Bad Gateway</title>"))
  }
}
