import Glibc
import JSON
import TestHouse
import Testing

extension EndToEnd {
  @Suite struct Outages {
    @Test func `a server that died is said to be gone, and is live again by itself`() throws {
      let scene = try Scene()
      let one = try scene.start("refund", Graphs.approval)
      let other = try scene.start("refund", Graphs.approval)
      _ = try one.task()
      _ = try other.task()
      let window = try scene.front(columns: 110)
      try window.waitFor("AWAITING APPROVAL 2", one.short, other.short, "live")
      try scene.runtime.kill(SIGKILL)
      let place = "127.0.0.1:\(scene.runtime.port)"
      // The polls find it out by themselves; this only makes them quicker.
      for _ in 0..<3 { try window.press("r") }
      let screen = try window.waitFor(
        "OFFLINE",
        "\(place): connection refused; is the server running? Retry in",
        one.short,
        other.short,
        "last known state"
      )
      #expect(screen[0].contains("old · OFFLINE"))
      #expect(!screen[0].contains("live"))
      let selected = try #require(screen.first { $0.hasPrefix("▌") })
      try window.press("j")
      try window.waitFor("the selection on another row") { screen in
        screen.contains { $0.hasPrefix("▌") && $0.prefix(30) != selected.prefix(30) }
      }
      try window.expectKeys()
      let again = try scene.runtime.restarted()
      // The pause after so many failures is up to 36 seconds.
      let back = try window.waitFor("the truth line to say live", within: .seconds(60)) {
        $0[0].hasSuffix("live")
      }
      #expect(back.contains { $0.contains("AWAITING APPROVAL 2") })
      #expect(!back.contains { $0.contains("connection refused; is the server running? Retry") })
      let tasks = try again.ask("GET", "/v1/tasks/pending").body["tasks"]?.array
      #expect(tasks?.count == 2)
    }

    @Test func `a decision that cannot be read for first is not sent`() throws {
      let scene = try Scene()
      let run = try scene.start("refund", Graphs.approval)
      let task = try run.task()
      let window = try scene.front(columns: 110)
      try window.waitFor("AWAITING APPROVAL 1", run.short, "live")
      try window.press("a")
      try window.waitFor("leave it waiting")
      try scene.runtime.kill(SIGKILL)
      try window.press("y")
      try window.waitFor(
        "approve refund \(run.short) was not sent: 127.0.0.1:\(scene.runtime.port): connection refused"
      )
      let again = try scene.runtime.restarted()
      let record = try again.ask("GET", "\(run.path)/tasks/\(task)").body
      #expect(record["status"]?.string == "pending")
    }

    @Test func `a command whose connection ends is sent once, and its outcome is unknown`() throws {
      let (server, window) = try Self.stopping(later: [:])
      let screen = try window.waitFor("stop now odd run-1: outcome unknown.")
      let line = try #require(screen.first { $0.contains("outcome unknown") })
      #expect(
        line.contains(
          "\(server.place): the connection ended before an answer came; the run is running"
        )
      )
      #expect(server.received("POST").count == 1)
      #expect(server.received("POST").first?.header("Idempotency-Key")?.count == 36)
      try window.expectKeys()
      #expect(server.received("POST").count == 1)
    }

    @Test func `a command whose answer is lost is confirmed by reading back`() throws {
      let stopped = FaultServer.Answer.json(Self.run("stopped"))
      let (server, window) = try Self.stopping(later: [
        "GET /v1/workflows/w1/runs/run-1": stopped,
        "GET /v1/runs": .json(#"{"runs":[\#(Self.run("stopped"))]}"#),
      ])
      try window.waitFor(
        "stopped odd run-1, confirmed by the server; the run is stopped",
        "FAILED RECENTLY 1"
      )
      #expect(server.received("POST").count == 1)
    }

    /// A front that has just stopped a run whose server ends the connection instead of answering.
    private static func stopping(
      later: [String: FaultServer.Answer]
    ) throws -> (FaultServer, TerminalWindow) {
      let home = try TemporaryHome()
      let server = try FaultServer()
      server.answer("GET /v1/runs", .json(#"{"runs":[\#(run("running"))]}"#))
      server.answer("GET /v1/workflows/w1/runs/run-1", .json(run("running")))
      server.answer("GET /v1/workflows/w1/runs/run-1/events", .json(#"{"events":[]}"#))
      server.answer("POST /v1/workflows/w1/command", .init([.close], later: later))
      let window = try Front.open(
        home: home,
        url: server.url,
        token: "any",
        columns: 200,
        rows: 30,
        peers: [server]
      )
      try window.waitFor("RUNNING NOW 1", "run-1")
      try window.press("s")
      try window.waitFor("A stopped run cannot be resumed.")
      try window.press("i")
      return (server, window)
    }

    private static func run(_ status: String) -> String {
      #"{"id":"run-1","workflow_id":"w1","workflow_name":"odd","status":"\#(status)"}"#
    }
  }
}
