import JSON
import TestHouse
import Testing

extension EndToEnd {
  /// What a server, a network or a setting can get wrong; each is said in one sentence, and the keys
  /// answer meanwhile.
  @Suite struct BadInput {
    /// A front on a server that answers a feed, in a window with room for whole sentences.
    private func front(_ feed: FaultServer.Answer) throws -> (FaultServer, TerminalWindow) {
      let server = try FaultServer()
      server.answer("GET /v1/runs", feed)
      return (server, try open(server.url, peers: [server]))
    }

    private func open(_ url: String, peers: [any Sendable] = []) throws -> TerminalWindow {
      try Front.open(home: TemporaryHome(), url: url, token: "any", columns: 180, peers: peers)
    }

    /// Checks that keys do what they do.
    private func expectKeys(_ window: TerminalWindow) throws {
      try window.expectKeys()
      try window.press("q")
      #expect(try window.waitForEnd() == .exited(0))
    }

    @Test func `nobody listens`() throws {
      let socket = try LoopbackSocket()
      defer { socket.close() }
      let window = try open("http://127.0.0.1:\(socket.port)")
      let screen = try window.waitFor(
        "127.0.0.1:\(socket.port): connection refused; is the server running? Retry in",
        "Nothing was read yet."
      )
      #expect(screen[0].hasSuffix("OFFLINE"))
      try expectKeys(window)
    }

    @Test func `the address is another server's`() throws {
      let missing = FaultServer.Answer.json(#"{"error":"no such page"}"#, status: "404 Not Found")
      let (server, window) = try front(missing)
      let screen = try window.waitFor(
        "\(server.place) does not have this (404: no such page). Retry in",
        "Nothing was read yet."
      )
      #expect(screen[0].hasSuffix("NOT THE API"))
      try expectKeys(window)
    }

    @Test func `the address redirects`() throws {
      let answer = RawServer.Action.answer(
        "301 Moved Permanently",
        headers: ["Location: https://elsewhere.example/v1/runs"]
      )
      let (server, window) = try front(.init([answer]))
      try window.waitFor(
        "\(server.place) redirects to https://elsewhere.example/v1/runs (301); redirects are not "
          + "followed: correct the url of the profile. Retry in"
      )
      try expectKeys(window)
    }

    @Test func `the token is wrong`() throws {
      let scene = try Scene()
      let window = try scene.front(columns: 180, token: "crt_not_the_right_one")
      let screen = try window.waitFor(
        "127.0.0.1:\(scene.runtime.port) does not accept the token (401",
        "; set a valid one and try again. Retry in",
        "Nothing was read yet."
      )
      #expect(screen[0].hasSuffix("TOKEN REFUSED"))
      #expect(!screen.contains { $0.contains("crt_not_the_right_one") })
      try expectKeys(window)
    }

    @Test func `the token is refused after a while`() throws {
      let (server, window) = try front(.json(#"{"runs":[\#(run("r1", "running"))]}"#))
      try window.waitFor("RUNNING NOW 1", "live")
      server.answer(
        "GET /v1/runs",
        .json(#"{"error":"token expired","code":"UNAUTHORIZED"}"#, status: "401 Unauthorized")
      )
      try window.press("r")
      let screen = try window.waitFor(
        "\(server.place) does not accept the token (401: token expired); set a valid one",
        "RUNNING NOW 1"
      )
      #expect(screen[0].hasSuffix("old · TOKEN REFUSED"))
      try expectKeys(window)
    }

    @Test func `a web page instead of the API`() throws {
      let (server, window) = try front(.html("<!DOCTYPE html><h1>It works</h1>"))
      let screen = try window.waitFor(
        "\(server.place) answered with a web page instead of the API; check the url of the profile "
          + "and any proxy between. Retry in"
      )
      #expect(screen[0].hasSuffix("NOT THE API"))
      #expect(!screen.contains { $0.contains("It works") })
      try expectKeys(window)
    }

    @Test func `JSON that ends in the middle`() throws {
      let body = #"{"runs":[{"id":"r1","status":"runn"#
      let (server, window) = try front(.json(body))
      try window.waitFor(
        "\(server.place) gave an answer that cannot be read: the JSON ends after \(body.count) "
          + "bytes, in the middle of a value. Retry in"
      )
      try expectKeys(window)
    }

    @Test func `JSON of another shape`() throws {
      let (server, window) = try front(.json(#"{"pods":[]}"#))
      let screen = try window.waitFor("\(server.place) gave an answer that cannot be read: ")
      #expect(screen[0].hasSuffix("NOT THE API"))
      try expectKeys(window)
    }

    @Test func `a status that nobody knows`() throws {
      let (_, window) = try front(.json(#"{"runs":[\#(run("r1", "hibernating"))]}"#))
      try window.waitFor("RUNNING NOW 1", "hibernating", "live")
      try window.press("s")
      try window.waitFor("Stop  odd  r1", "hibernating")
      try window.press("Escape")
      try window.waitForNo("A stopped run cannot be resumed.")
      try expectKeys(window)
    }

    @Test func `one item that is no run costs itself alone`() throws {
      let feed =
        #"{"runs":[\#(run("r1", "running")),{"status":"running"},7,\#(run("r2", "paused"))]}"#
      let (_, window) = try front(.json(feed))
      try window.waitFor("RUNNING NOW 2", "r1", "r2", "live")
      try window.waitFor("2 items could not be read")
      try expectKeys(window)
    }

    @Test func `a task list that cannot be read is said`() throws {
      let (server, window) = try front(.json(#"{"runs":[\#(run("r1", "paused"))]}"#))
      server.answer("GET /v1/tasks/pending", .json(#"{"error":"down"}"#, status: "503 Unavailable"))
      try window.press("r")
      try window.waitFor("RUNNING NOW 1", "paused, reason unknown")
      try expectKeys(window)
    }

    @Test func `names full of escape sequences stay text`() throws {
      let hostile = #"evil\u001b]0;owned\u0007\u001b[2J\u001b[31m\u009b32m\u202ename"#
      let server = try FaultServer()
      let run =
        #"{"id":"r1\u001b[5m","workflow_id":"w1","workflow_name":"\#(hostile)","status":"\#(hostile)"}"#
      let task =
        #"{"id":"t1","run_id":"r2","workflow_id":"w1","workflow_name":"\#(hostile)","#
        + #""task_payload":{"title":"\#(hostile)","a\u001b[8mb":"\#(hostile)"}}"#
      server.answer("GET /v1/runs", .json(#"{"runs":[\#(run)]}"#))
      server.answer("GET /v1/tasks/pending", .json(#"{"tasks":[\#(task)]}"#))
      let home = try TemporaryHome()
      let window = try Front.shell(home: home, url: server.url, token: "any", peers: [server])
      let title = try window.title()
      let record = home.path("record")
      try window.record(to: record)
      try window.type("command-center\n")
      try window.waitFor("AWAITING APPROVAL 1", "RUNNING NOW 1", "live")
      try window.press("a")
      try window.waitFor("leave it waiting", "Approve")
      #expect(!(try window.title()).contains("owned"))
      try window.press("Escape")
      try window.waitForNo("Esc  no")
      try window.press("q")
      try window.waitForNo("AWAITING APPROVAL 1")
      let bytes = try TextFile.bytes(record)
      #expect(bytes.contains(Array("evil".utf8)))
      for sequence in [
        "\u{1B}]0;owned", "\u{1B}[31m\u{9B}", "\u{1B}[2J\u{1B}[31m", "\u{9B}", "\u{202E}",
        "\u{1B}[5m", "\u{1B}[8m",
      ] {
        #expect(!bytes.contains(Array(sequence.utf8)), "\(sequence.debugDescription)")
      }
      // Not even its rests act: the terminal's own title sequence ends in the only bells there are.
      let bells = bytes.split(separator: 7, omittingEmptySubsequences: false).dropLast()
      #expect(bells.allSatisfy { $0.contains(Array("\u{1B}]2;".utf8)) })
      #expect(try window.title() != "owned")
      #expect(!title.isEmpty)
    }

    private func run(_ id: String, _ status: String) -> String {
      #"{"id":"\#(id)","workflow_id":"w1","workflow_name":"odd","status":"\#(status)"}"#
    }
  }
}
