import JSON
import TestHouse
import Testing

extension EndToEnd {
  /// The verb that looks everything over.
  @Suite struct Doctor {
    private static let token = "crt_doctors_own_token"

    private func doctor(
      _ home: TemporaryHome,
      _ words: [String] = [],
      _ more: [String: String] = [:]
    ) throws -> Child.Report {
      var environment = home.environment.merging(more) { $1 }
      environment["TERM"] = "xterm-256color"
      return try Child.run(
        [BuiltProgram.front.path(), "doctor"] + words,
        environment: environment,
        in: home
      )
    }

    /// A profile of a server behind TLS.
    private func profile(_ url: String, _ home: TemporaryHome, _ more: String = "") throws {
      try home.write(Self.token, to: "token")
      try home.write(
        """
        [profile.prod]
        url = "\(url)"
        tenant = "acme"
        token_file = "\(home.path("token"))"
        \(more)
        """,
        to: "config/command-center/config.toml"
      )
    }

    private func check(_ name: String, _ report: Child.Report) throws -> JSONValue {
      let items = try #require(try JSONValue(parsing: report.output).array)
      return try #require(items.first { $0["check"]?.string == name }, "\(report.output)")
    }

    @Test(
      arguments: [
        (.valid, "ok", "ok", 0), (.endingSoon, "ok", "note", 0), (.expired, "bad", "bad", 3),
        (.notYetValid, "bad", "bad", 3), (.otherHost, "bad", "ok", 3),
        (.selfSigned, "bad", "ok", 3),
      ] as [(Certificates.Kind, String, String, Int32)]
    )
    func `TLS and the certificate are told as they are`(
      kind: Certificates.Kind,
      tls: String,
      certificate: String,
      status: Int32
    ) throws {
      let home = try TemporaryHome()
      let certificates = try Certificates(in: home)
      let server = try FaultServer()
      let port = try #require(server.place.split(separator: ":").last.flatMap { Int($0) })
      let front = try TLSFront(certificates.server(kind), before: port, home: home)
      try profile(front.url, home, "ca_file = \"\(certificates.authority)\"")
      let report = try doctor(home, ["-o", "json"])
      #expect(report.status == status, "\(report)")
      #expect(try check("tls", report)["verdict"]?.string == tls)
      let shown = try check("certificate", report)
      #expect(shown["verdict"]?.string == certificate)
      #expect(shown["facts"]?["subject"]?.string?.isEmpty == false)
      #expect(try check("authorities", report)["facts"]?["source"] == "profile.prod.ca_file")
      // A server that is not trusted is sent nothing.
      #expect(server.received("GET").isEmpty == (status != 0))
      if status == 0 {
        #expect(try check("/v1/runs", report)["facts"]?["tls_ms"]?.int != nil)
        #expect(try check("permissions", report)["facts"]?["reads_tasks"] == true)
      }
    }

    @Test func `no secret is in the report, whatever the server says`() throws {
      let home = try TemporaryHome()
      let certificates = try Certificates(in: home)
      let server = try FaultServer()
      let port = try #require(server.place.split(separator: ":").last.flatMap { Int($0) })
      let front = try TLSFront(certificates.server(.valid), before: port, home: home)
      server.answer(
        "GET /v1/runs",
        .json(#"{"error":"wrong token \#(Self.token)","code":"UNAUTHORIZED"}"#, status: "401 X")
      )
      try profile(
        front.url,
        home,
        """
        ca_file = "\(certificates.authority)"
        client_cert = "\(certificates.client.certificate)"
        client_key = "\(certificates.client.key)"
        proxy = "http://ann:pr0xy-pa55@127.0.0.1:9"
        """
      )
      let key = try TextFile.read(certificates.client.key).split(separator: "\n")[1]
      for form in ["table", "json", "jsonl"] {
        let report = try doctor(home, ["-o", form])
        #expect(report.status == 4, "\(report)")
        for secret in [Self.token, "pr0xy-pa55", String(key)] {
          #expect(!(report.output + report.complaints).contains(secret))
        }
        #expect(report.output.contains("wrong token (not shown)"))
        #expect(report.output.contains("http://127.0.0.1:9"))
        #expect(report.output.contains("fits 127.0.0.0/8"))
      }
    }

    @Test func `where the token cannot be had, the way is followed all the same`() throws {
      let home = try TemporaryHome()
      let server = try FaultServer()
      try home.write(
        """
        [profile.prod]
        url = "\(server.url)"
        token_command = ["false"]
        """,
        to: "config/command-center/config.toml"
      )
      let report = try doctor(home, ["-o", "json"])
      #expect(report.status == 2, "\(report)")
      let token = try check("token", report)
      #expect(token["verdict"]?.string == "bad")
      #expect(token["detail"]?.string?.contains("token_command false ended with 1") == true)
      #expect(try check("connection", report)["verdict"]?.string == "ok")
      #expect(server.received("GET").isEmpty, "nothing is asked without a token")
    }

    @Test func `in a terminal the report fits it, and widths are measured`() throws {
      let scene = try Scene()
      let window = try scene.shell()
      try window.resize(columns: 80, rows: 60)
      let before = try window.modes()
      try window.type("command-center doctor 2>/dev/null; echo o''ver\n")
      let screen = try window.waitFor("the end of the report") { $0.contains("over") }
      #expect(try window.modes() == before)
      #expect(screen.contains { $0.contains("widths") && $0.contains("as wide as we reckon") })
      #expect(screen.contains { $0.hasPrefix("ok    clock") })
      #expect(screen.contains { $0.hasPrefix("ok    parts") })
      #expect(screen.allSatisfy { $0.count <= 80 })
    }

    @Test func `folders that cannot be written are told before anything is lost`() throws {
      let home = try TemporaryHome()
      try home.write("", to: "state/command-center")
      try home.write("", to: "cache/command-center")
      let report = try doctor(home)
      #expect(report.status == 1, "\(report)")
      let place = home.path("")
      #expect(
        report.output.contains(
          "\(place)state/command-center is no folder: decisions will not be recorded; move it away"
        )
      )
      #expect(report.output.contains("is no folder: what was seen last will not be kept"))
    }

    @Test(
      arguments: [
        (["HOME": ""], "HOME is not set", 2), (["COMMAND_CENTER_PROFILE": "x"], "names x", 2),
        (["COMMAND_CENTER_URL": "ftp://x"], "begins with neither", 2),
        ([:], "no server is set up", 2),
        (["COMMAND_CENTER_URL": "http://a..b", "COMMAND_CENTER_TOKEN": "t"], "in the clear", 2),
        (["COMMAND_CENTER_URL": "https://a..b"], "has no address", 3),
      ] as [([String: String], String, Int32)]
    )
    func `what is wrong in the settings is a line of the report`(
      variables: [String: String],
      words: String,
      status: Int32
    ) throws {
      let report = try doctor(try TemporaryHome(), [], variables)
      #expect(report.status == status, "\(report)")
      #expect(report.output.contains(words), "\(report)")
      #expect(report.output.contains("ok    version"))
    }
  }
}
