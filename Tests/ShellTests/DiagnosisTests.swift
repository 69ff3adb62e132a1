import Cells
import JSON
import Runs
import Shell
import Testing

/// What was found, turned into checks.
@Suite struct DiagnosisTests {
  // MARK: Terminal

  private func terminal(
    _ term: String = "xterm-256color",
    _ change: (inout Diagnosis.TerminalFacts) -> Void = { _ in }
  ) -> Check {
    var facts = Diagnosis.TerminalFacts(
      term: term,
      description: (term, .palette256, true),
      size: Size(columns: 80, rows: 24),
      locale: "C.UTF-8",
      isUTF8: true,
      refusesColor: false
    )
    change(&facts)
    return Diagnosis.terminal(facts)[1]
  }

  @Test func `a terminal is told with its size and colours`() {
    #expect(terminal().words == "xterm-256color, 80x24, 256 colours")
    #expect(terminal().facts["columns"] == 80)
    #expect(terminal { $0.refusesColor = true }.words.hasSuffix("no colours (NO_COLOR)"))
    #expect(
      terminal { $0.description = ("xterm-direct", .direct, true) }.words
        == "xterm-256color (described as xterm-direct), 80x24, direct colours"
    )
    #expect(terminal { $0.size = nil }.words.hasSuffix("standard output is no terminal"))
  }

  @Test func `what keeps the front from opening is a note`() {
    for check in [
      terminal("dumb"), terminal(""), terminal { $0.description = nil },
      terminal { $0.description = ("x", .mono, false) },
      terminal { $0.size = Size(columns: 39, rows: 24) },
    ] {
      #expect(check.verdict == .note, "\(check.words)")
    }
    #expect(terminal { $0.description = nil }.words.contains("install ncurses-term"))
  }

  @Test func `a locale without UTF-8 is a note`() {
    let facts = Diagnosis.TerminalFacts(
      term: "xterm",
      description: nil,
      size: nil,
      locale: "C",
      isUTF8: false,
      refusesColor: false
    )
    #expect(Diagnosis.terminal(facts)[0].words == "C has no UTF-8: signs are ASCII")
  }

  @Test func `widths that differ are named, with what to do when they are of our signs`() {
    func measured(_ columns: [String: Int]) -> Check {
      let names = ["letters", "signs of ours", "ambiguous"]
      return Diagnosis.widths(
        .measured(
          names.map { .init(name: $0, text: "①±", expected: 2, columns: columns[$0] ?? 2) }
        )
      )
    }
    #expect(measured([:]).words == "3 kinds of text are drawn as wide as we reckon")
    let some = measured(["ambiguous": 4])
    #expect(some.verdict == .note)
    #expect(some.words.contains("ambiguous ①± (4, not 2)"))
    #expect(!some.words.contains("glyphs"))
    #expect(measured(["signs of ours": 3]).words.hasSuffix("set glyphs = \"ascii\" in the config"))
    #expect(Diagnosis.widths(.silent).verdict == .note)
    #expect(Diagnosis.widths(.notAsked("no UTF-8")).words == "not measured: no UTF-8")
  }

  // MARK: The way

  private func way(_ change: (inout Diagnosis.WayFacts) -> Void = { _ in }) -> Diagnosis.WayFacts {
    var way = Diagnosis.WayFacts(host: "api.example.com", isSecure: true)
    change(&way)
    return way
  }

  @Test func `the proxy is told with where it comes from, or why it is not used`() {
    #expect(Diagnosis.proxy(way()).words == "none")
    let proxied = way {
      $0.proxy = "http://proxy:3128"
      $0.proxySource = "https_proxy"
      $0.proxyHost = "proxy"
    }
    #expect(Diagnosis.proxy(proxied).words == "http://proxy:3128, from https_proxy")
    var excepted = proxied
    excepted.exception = "example.com"
    excepted.exceptionSource = "NO_PROXY"
    #expect(
      Diagnosis.proxy(excepted).words
        == "http://proxy:3128, from https_proxy, is not used: api.example.com fits example.com of "
        + "NO_PROXY"
    )
    #expect(Diagnosis.proxy(excepted).facts["used"] == false)
    // Behind a proxy only its own name is looked up here.
    #expect(proxied.lookedUp == "proxy")
    #expect(excepted.lookedUp == "api.example.com")
    #expect(
      Diagnosis.names(.addresses(["10.0.0.1"]), milliseconds: 3, proxied).words
        == "the proxy proxy is 10.0.0.1 (3 ms); the proxy looks api.example.com up"
    )
  }

  @Test func `a name without an address ends the way`() {
    let found = Diagnosis.names(.addresses(["::1", "1.2.3.4"]), milliseconds: 12, way())
    #expect(found.words == "api.example.com is ::1, 1.2.3.4 (12 ms)")
    for check in [
      Diagnosis.names(.none("Name or service not known"), milliseconds: 5, way()),
      Diagnosis.names(.late, milliseconds: 5000, way()),
    ] {
      #expect(check.verdict == .bad)
      #expect(check.code == .notReachable)
    }
  }

  private func certificate(_ begins: String, _ ends: String) -> Diagnosis.Shown {
    Diagnosis.Shown(
      subject: "CN = api",
      issuer: "CN = Authority",
      names: ["DNS:api.example.com", "IP Address:10.0.0.1", "DNS:b", "DNS:c"],
      begins: begins,
      ends: ends
    )
  }

  private func checks(
    _ certificate: Diagnosis.Shown,
    _ change: (inout Diagnosis.HandshakeFacts) -> Void = { _ in }
  ) throws -> [Check] {
    var handshake = Diagnosis.HandshakeFacts(
      address: "10.0.0.1:443",
      encryption: "TLSv1.3 / X",
      certificates: [certificate],
      connectMilliseconds: 8,
      handshakeMilliseconds: 21
    )
    change(&handshake)
    return Diagnosis.connection(
      handshake,
      way(),
      systemAuthorities: "/etc/ca.crt",
      at: try #require(Timestamp(iso8601: "2026-11-01T00:00:00Z"))
    )
  }

  @Test func `a certificate is told with who, for whom, and how long`() throws {
    let all = try checks(certificate("Jan  1 00:00:00 2026 GMT", "Dec 31 12:00:00 2026 GMT"))
    #expect(all.map(\.subject) == ["connection", "tls", "certificate", "authorities"])
    #expect(all.allSatisfy { $0.verdict == .good })
    #expect(all[0].words == "10.0.0.1:443 in 8 ms")
    #expect(all[1].words == "TLSv1.3 / X, handshake in 21 ms")
    #expect(
      all[2].words
        == "CN = api for api.example.com, 10.0.0.1, b and 1 more, by CN = Authority, ends on "
        + "2026-12-31, in 60 days"
    )
    #expect(all[2].facts["days_left"] == 60)
    #expect(all[3].words == "the system's, /etc/ca.crt")
  }

  @Test(
    arguments: [
      ("Nov 14 23:00:00 2026 GMT", .note, "in 13 days: it is time to renew it"),
      ("Nov 15 01:00:00 2026 GMT", .good, "in 14 days"),
      ("Oct 30 00:00:00 2026 GMT", .bad, "2 days ago: the server needs a new one"),
      ("yesterday", .note, "its end cannot be read"),
    ] as [(String, Check.Verdict, String)]
  )
  func `a certificate that ends soon is a note, one that has ended is bad`(
    ends: String,
    verdict: Check.Verdict,
    words: String
  ) throws {
    let check = try checks(certificate("Jan  1 00:00:00 2026 GMT", ends))[2]
    #expect(check.verdict == verdict)
    #expect(check.words.hasSuffix(words), "\(check.words)")
  }

  @Test func `a chain that is not trusted is told with its reason, and shown`() throws {
    let future = certificate("Jan  1 00:00:00 2045 GMT", "Jan  1 00:00:00 2046 GMT")
    let all = try checks(future) {
      $0.failure = "api: the certificate is not trusted"
      $0.isAboutTrust = true
      $0.distrust = "is not valid yet"
    }
    #expect(all[1].verdict == .bad)
    #expect(all[1].code == .notReachable)
    #expect(all[1].words == "the certificate is not valid yet")
    #expect(all[2].words.hasSuffix("begins on 2045-01-01 only: is this machine's clock right?"))
  }

  @Test func `without a connection nothing else is told`() throws {
    let all = try checks(certificate("", "")) { $0.failure = "refused" }
    #expect(all == [Check("connection", .bad, "refused", code: .notReachable)])
  }

  // MARK: The server

  private func visit(
    _ part: String,
    _ path: String = "/v1/x",
    _ change: (inout Diagnosis.VisitFacts) -> Void = { _ in }
  ) -> Diagnosis.VisitFacts {
    var visit = Diagnosis.VisitFacts(part, path: path)
    visit.httpVersion = "2"
    visit.count = 4
    visit.isOffered = true
    visit.firstByte = 30
    visit.total = 31
    change(&visit)
    return visit
  }

  private func check(_ subject: String, _ visits: [Diagnosis.VisitFacts]) -> Check? {
    Diagnosis.server(visits, hasToken: true).first { $0.subject == subject }
  }

  @Test func `each call is told with its times`() {
    let first = visit("runs", "/v1/runs") {
      $0.connect = 8
      $0.handshake = 21
    }
    let all = Diagnosis.server([first, visit("tasks", "/v1/tasks/pending")], hasToken: true)
    #expect(all[0].words == "4 in 31 ms (connect 8, TLS 21, first byte 30)")
    #expect(all[1].words == "4 in 31 ms (first byte 30)")
    #expect(all[2].words == "HTTP/2")
    #expect(all.map(\.subject).suffix(2) == ["permissions", "clock"])
  }

  @Test(arguments: faults)
  func `a fault of a needed call is bad and has its code`(kind: Fault.Kind, wanted: ExitCode) {
    let bad = visit("runs", "/v1/runs") { $0.fault = Fault(kind, "wrong") }
    let found = check("/v1/runs", [bad])
    #expect(found?.verdict == .bad)
    #expect(found?.code == wanted)
    let names = visit("workflows", "/v1/workflows") { $0.fault = Fault(kind, "wrong") }
    #expect(check("/v1/workflows", [names])?.verdict == .note)
  }

  @Test func `what the token may do is told as far as it shows`() {
    let runs = visit("runs")
    let tasks = visit("tasks")
    #expect(
      check("permissions", [runs, tasks])?.words
        == "may read runs and tasks; whether it may act is not known without acting"
    )
    let forbidden = visit("tasks") { $0.fault = Fault(.forbidden, "no") }
    let half = check("permissions", [runs, forbidden])
    #expect(half?.verdict == .bad)
    #expect(half?.code == .refused)
    #expect(half?.words.contains("may read runs; may not read tasks (403") == true)
    #expect(half?.facts["acts"] == .null)
    let stranger = visit("runs") { $0.fault = Fault(.unauthenticated, "no") }
    #expect(check("permissions", [stranger])?.words.contains("is not accepted (401)") == true)
    #expect(
      Diagnosis.server([stranger], hasToken: false).first { $0.subject == "permissions" }?.words
        == "the server wants a token and none is set"
    )
    let broken = visit("tasks") { $0.fault = Fault(.server, "no") }
    #expect(check("permissions", [runs, broken])?.words.contains("tasks not known") == true)
  }

  @Test(
    arguments: [
      (Duration.seconds(2), .good, "agrees with the server's (± 1 s)"),
      (.seconds(90), .note, "the server's is 1m30s ahead (± 1 s): ages are off by as much"),
      (.seconds(-61), .note, "the server's is 1m01s behind (± 1 s): ages are off by as much"),
    ] as [(Duration, Check.Verdict, String)]
  )
  func `a clock that is off is a note`(skew: Duration, verdict: Check.Verdict, words: String) {
    let dated = visit("runs") {
      $0.skew = skew
      $0.uncertainty = .milliseconds(520)
    }
    // A slower answer tells it worse.
    let slow = visit("tasks") {
      $0.skew = .seconds(500)
      $0.uncertainty = .seconds(4)
    }
    let clock = check("clock", [slow, dated])
    #expect(clock?.verdict == verdict)
    #expect(clock?.words == words)
    #expect(check("clock", [visit("runs")])?.verdict == .note)
  }

  @Test func `optional parts are told as had, not had and not known`() {
    let visits = [
      visit("runs"), visit("summary"), visit("run") { $0.isOffered = false },
      visit("analytics") { $0.isOffered = nil },
    ]
    let parts = check("parts", visits)
    #expect(
      parts?.words == "has summaries; does not have single runs; not known: events, versions, "
        + "analytics, updated_since, ETag"
    )
    #expect(parts?.facts["run"] == false)
    #expect(parts?.facts["analytics"] == .null)
    #expect(parts?.verdict == .good)
  }
}
