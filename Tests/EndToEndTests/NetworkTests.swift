import Glibc
import JSON
import TestHouse
import Testing

extension EndToEnd {
  /// The built front before nginx and behind a proxy: TLS with a private authority, certificates that
  /// are not good, a server that is down behind its gateway.
  @Suite struct NetworkTests {
    private let scene: Scene
    private let certificates: Certificates
    private let run: StartedRun

    init() throws {
      scene = try Scene()
      certificates = try Certificates(in: scene.home)
      run = try scene.start("refund", Graphs.approval)
      _ = try run.task()
    }

    private func nginx(
      _ kind: Certificates.Kind = .valid,
      clients: String? = nil
    ) throws -> Nginx {
      let tls = try certificates.server(kind)
      return try Nginx(before: scene.runtime.port, home: scene.home, tls: tls, clients: clients)
    }

    /// A home whose config has one profile.
    private func home(url: String, _ lines: [String] = []) throws -> TemporaryHome {
      let home = try TemporaryHome()
      try home.write(scene.runtime.token, to: "config/command-center/token")
      let profile =
        ["[profile.prod]", "url = \"\(url)\"", "token_file = \"token\""] + lines
      try home.write(
        profile.joined(separator: "\n") + "\n",
        to: "config/command-center/config.toml"
      )
      return home
    }

    private var authority: String { "ca_file = \"\(certificates.authority)\"" }

    private func window(_ home: TemporaryHome, _ peers: any Sendable...) throws -> TerminalWindow {
      try TerminalWindow(
        .program([BuiltProgram.front.path()]),
        columns: 180,
        home: home,
        environment: home.environment,
        peers: [scene.runtime] + peers
      )
    }

    /// What the shell's inbox says.
    private func inbox(
      _ home: TemporaryHome,
      _ variables: [String: String] = [:]
    ) throws -> Child.Report {
      try Child.run(
        [BuiltProgram.front.path(), "inbox", "-o", "json"],
        environment: home.environment.merging(variables) { _, new in new },
        in: home
      )
    }

    @Test func `a private authority is trusted once the profile names it, also for decisions`()
      throws
    {
      let nginx = try nginx()
      let window = try window(home(url: nginx.url, [authority]), nginx)
      try window.waitFor("AWAITING APPROVAL 1", run.short, "live")
      // A poll without news is a 304 through the gateway, whose compression changes the ETag.
      try window.press("r")
      _ = try Waiting.until("a poll that brings nothing") {
        try nginx.requests().contains { $0.hasPrefix("HTTP/2.0 TLSv1.3 304 ") } ? true : nil
      }
      try window.press("a")
      try window.waitFor("leave it waiting")
      try window.press("y")
      try window.waitFor("approved refund \(run.short)")
      try run.waitFor("completed")
      let post = try Waiting.until("the command in nginx's log") {
        try nginx.requests().first { $0.contains(" POST ") }
      }
      #expect(post.hasPrefix("HTTP/1.1 TLSv1.3 200 "))
    }

    @Test func `a gateway whose server is down is said, and passes`() throws {
      let nginx = try nginx()
      let window = try window(home(url: nginx.url, [authority]), nginx)
      try window.waitFor("AWAITING APPROVAL 1", run.short, "live")
      try scene.runtime.kill(SIGKILL)
      for _ in 0..<3 { try window.press("r") }
      try window.waitFor(
        "old · SERVER FAULT",
        "\(nginx.place) has a problem of its own (502: Bad Gateway). Retry in",
        run.short
      )
      try window.expectKeys()
      let again = try scene.runtime.restarted()
      try window.press("r")
      try window.waitFor("1 pending   live")
      _ = again
    }

    @Test(
      arguments: [
        (.expired, "the certificate has expired; the server needs a new one. Retry in"),
        (.selfSigned, "the certificate is signed by itself; to trust it, name its file as ca_file"),
        (.otherHost, "the certificate is for another host (SSL: no alternative certificate"),
      ] as [(Certificates.Kind, String)]
    )
    func `a certificate that cannot be trusted is said with the reason`(
      kind: Certificates.Kind,
      words: String
    ) throws {
      let nginx = try nginx(kind)
      let window = try window(home(url: nginx.url, [authority]), nginx)
      let screen = try window.waitFor("\(nginx.place): \(words)", "Nothing was read yet.")
      #expect(screen[0].hasSuffix("NOT TRUSTED"))
      try window.expectKeys()
    }

    @Test func `a client certificate is shown where the profile names one`() throws {
      let nginx = try nginx(clients: certificates.authority)
      let pair = certificates.client
      let with = try home(
        url: nginx.url,
        [authority, "client_cert = \"\(pair.certificate)\"", "client_key = \"\(pair.key)\""]
      )
      #expect(try inbox(with).status == 0)
      let without = try inbox(home(url: nginx.url, [authority]))
      #expect(without.status == 1)
      #expect(
        without.complaints.contains(
          "\(nginx.place) does not accept this (400: No required SSL certificate was sent)"
        )
      )
    }

    @Test(arguments: ["CURL_CA_BUNDLE", "SSL_CERT_FILE"])
    func `the variables that name authorities are obeyed`(variable: String) throws {
      let nginx = try nginx()
      let home = try home(url: nginx.url)
      let bare = try inbox(home)
      #expect(bare.status == 3)
      #expect(
        bare.complaints.contains("authority that is not known here; name its file as ca_file")
      )
      let told = try inbox(home, [variable: certificates.authority])
      #expect(told.status == 0, "\(told.complaints)")
      #expect(told.output.contains(run.id))
      let missing = try inbox(home, [variable: "/nowhere/ca.pem"])
      #expect(missing.status == 3)
      #expect(missing.complaints.contains("/nowhere/ca.pem"))
    }

    @Test func `a proxy is used where the profile or the environment names one`() throws {
      let nginx = try nginx()
      let proxy = try ConnectProxy(to: nginx.port, authorization: "Basic dTpw")
      let url = "https://\(Certificates.host):4443"
      let known = "http://u:p@127.0.0.1:\(proxy.port)"
      let tunnel = "CONNECT \(Certificates.host):4443 HTTP/1.1"
      let window = try window(home(url: url, [authority, "proxy = \"\(known)\""]), nginx, proxy)
      try window.waitFor("AWAITING APPROVAL 1", run.short, "live")
      #expect(Set(proxy.asked) == [tunnel])
      let plain = try home(url: url, [authority])
      for name in ["https_proxy", "HTTPS_PROXY", "ALL_PROXY"] {
        #expect(try inbox(plain, [name: known]).status == 0, "\(name)")
      }
      let wrong = try inbox(plain, ["https_proxy": "http://u:secret@127.0.0.1:\(proxy.port)"])
      #expect(wrong.status == 3)
      #expect(wrong.complaints.contains("the proxy wants another user and password (407)"))
      #expect(!wrong.complaints.contains("secret"))
      let asked = proxy.asked.count
      for name in ["no_proxy", "NO_PROXY"] {
        let spared = try inbox(plain, ["https_proxy": known, name: "other.test, .example"])
        #expect(spared.status == 3)
        #expect(spared.complaints.contains("\(Certificates.host):4443: no such host"))
      }
      // Loopback is never asked of a proxy.
      let near = try home(url: nginx.url, [authority, "proxy = \"\(known)\""])
      #expect(try inbox(near).status == 0)
      #expect(proxy.asked.count == asked)
    }

    @Test func `a proxy that is not there is said, and its password is not`() throws {
      let nobody = try LoopbackSocket()
      defer { nobody.close() }
      let url = "https://\(Certificates.host):4443"
      let proxy = "proxy = \"http://u:secret@127.0.0.1:\(nobody.port)\""
      let window = try window(home(url: url, [authority, proxy]))
      let screen = try window.waitFor(
        "\(Certificates.host):4443: the proxy 127.0.0.1 refused the connection; check the proxy "
          + "setting. Retry in"
      )
      #expect(screen[0].hasSuffix("OFFLINE"))
      #expect(!screen.contains { $0.contains("secret") })
    }
  }
}
