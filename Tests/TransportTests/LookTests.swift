import TestHouse
import Testing

@testable import Transport

/// Looking at the way to a server.
@Suite struct LookTests {
  /// A server behind TLS, and the authority that signed for it.
  private struct Scene {
    let home: TemporaryHome
    let certificates: Certificates
    let server: RawServer
    let front: TLSFront

    init(_ kind: Certificates.Kind) throws {
      home = try TemporaryHome()
      certificates = try Certificates(in: home)
      server = try RawServer { _ in [.answer(text: "{}")] }
      front = try TLSFront(certificates.server(kind), before: server.port, home: home)
    }

    func look(authority: String? = nil, trusting: Bool = true) -> Look {
      defer { server.stop() }
      return Inspection.look(
        at: front.url,
        settings: TransportSettings(
          userAgent: "test",
          caFile: authority ?? certificates.authority
        ),
        trusting: trusting,
        milliseconds: 20_000
      )
    }
  }

  @Test func `a trusted server is seen with its chain, and is sent nothing`() throws {
    let scene = try Scene(.valid)
    let look = scene.look()
    #expect(look.failure == nil)
    #expect(look.distrust == nil)
    #expect(look.address == "127.0.0.1:\(scene.front.port)")
    #expect(look.encryption?.hasPrefix("TLSv1.") == true)
    let leaf = try #require(look.certificates.first)
    #expect(leaf.subject == "CN = localhost")
    #expect(leaf.issuer == "CN = Test authority")
    #expect(leaf.names.contains("IP Address:127.0.0.1"))
    #expect(leaf.ends.hasSuffix("GMT"))
    #expect(look.timing.handshake >= look.timing.connect)
    #expect(scene.server.received.isEmpty)
  }

  @Test(
    arguments: [
      (.expired, "has expired"), (.notYetValid, "is not valid yet"),
      (.selfSigned, "is signed by itself"), (.otherHost, nil),
    ] as [(Certificates.Kind, String?)]
  )
  func `what is not trusted is refused, and can be looked at all the same`(
    kind: Certificates.Kind,
    words: String?
  ) throws {
    let refused = try Scene(kind).look()
    #expect(refused.failure?.code == .tls)
    #expect(refused.distrust?.hasPrefix(words ?? "none") ?? (words == nil), "\(refused)")
    let scene = try Scene(kind)
    let look = scene.look(trusting: false)
    #expect(look.failure == nil)
    #expect(look.distrust == nil)
    #expect(look.certificates.count == 1)
    #expect(scene.server.received.isEmpty)
    if kind == .expired { #expect(look.certificates.first?.ends == "Feb  1 00:00:00 2024 GMT") }
    if kind == .otherHost { #expect(look.certificates.first?.names == ["DNS:elsewhere.example"]) }
  }

  @Test func `an authority that signed nothing is not enough`() throws {
    let scene = try Scene(.valid)
    let look = scene.look(authority: scene.certificates.stranger)
    #expect(look.failure?.code == .tls)
    #expect(look.failure?.sentence.contains("not known here") == true)
    #expect(look.distrust?.contains("ca_file") == true)
  }

  @Test func `a server that is not there, and one that never shakes hands, are failures`() throws {
    let socket = try LoopbackSocket()
    let settings = TransportSettings(userAgent: "test")
    let absent = Inspection.look(
      at: "http://127.0.0.1:\(socket.port)",
      settings: settings,
      milliseconds: 20_000
    )
    #expect(absent.failure?.code == .refused)
    #expect(absent.address == nil)
    try socket.listen(backlog: 4)
    defer { socket.close() }
    let silent = Inspection.look(
      at: "https://127.0.0.1:\(socket.port)",
      settings: settings,
      milliseconds: 100
    )
    #expect(silent.failure?.code == .timedOut)
    #expect(silent.certificates == [])
    let odd = Inspection.look(at: "gopher://x", settings: settings, milliseconds: 100)
    #expect(odd.failure?.code == .badURL)
  }

  @Test func `an answer tells how long its parts took`() throws {
    let server = try RawServer { _ in [.answer(text: "{}")] }
    defer { server.stop() }
    let timing = try TransferPool.make().answer(Request(url: server.url())).timing
    #expect(timing.connect > 0)
    #expect(timing.handshake == 0)
    #expect(timing.firstByte >= timing.connect)
    #expect(timing.total >= timing.firstByte)
  }

  // MARK: Names

  @Test func `names have addresses, or a reason`() {
    #expect(
      NameLookup.addresses(of: "127.0.0.1", milliseconds: 20_000) == .addresses(["127.0.0.1"])
    )
    guard case .addresses(let own) = NameLookup.addresses(of: "localhost", milliseconds: 20_000)
    else {
      Issue.record("localhost has no address")
      return
    }
    #expect(own.contains("127.0.0.1") || own.contains("::1"))
    guard case .none(let reason) = NameLookup.addresses(of: "a..b", milliseconds: 20_000) else {
      Issue.record("a..b has an address")
      return
    }
    #expect(!reason.isEmpty)
  }

  @Test(
    arguments: [
      ("api.example.com", ["example.com"], "example.com"),
      ("api.example.com", ["x", ".example.com"], ".example.com"),
      ("example.com", [".Example.COM"], ".Example.COM"),
      ("badexample.com", ["example.com"], nil), ("api.example.com", [], nil),
      ("api.example.com.", ["example.com"], "example.com"),
      ("10.1.2.3", ["10.0.0.0/8"], "10.0.0.0/8"),
      ("11.1.2.3", ["10.0.0.0/8"], nil), ("10.1.2.3", ["10.1.2.3"], "10.1.2.3"),
      ("10.1.2.3", ["10.1.2.0/33"], nil), ("any", ["*"], "*"), ("127.3.4.5", [], "127.0.0.0/8"),
      ("localhost", [], "localhost"), ("::1", [], "::1"), ("fd00::1", ["fd00::/8"], "fd00::/8"),
      ("2001::1", ["fd00::/8"], nil),
    ] as [(String, [String], String?)]
  )
  func `a list says which hosts are reached without a proxy`(
    host: String,
    list: [String],
    entry: String?
  ) {
    #expect(NoProxy.entry(for: host, in: list) == entry)
  }
}
