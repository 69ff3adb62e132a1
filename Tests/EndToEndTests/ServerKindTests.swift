import Glibc
import JSON
import Runs
import TestHouse
import Testing

extension EndToEnd {
  /// The program against servers that offer little, or speak in older shapes.
  @Suite struct ServerKinds {
    private static var now: Timestamp { Timestamp(milliseconds: Int64(time(nil)) * 1000) }

    /// A window with the front in it, for a tenant and a project.
    private func front(_ server: ScriptedServer) throws -> TerminalWindow {
      let home = try TemporaryHome()
      var environment = try Front.environment(home, url: server.url, token: "pat_1")
      environment["COMMAND_CENTER_TENANT"] = "acme"
      environment["COMMAND_CENTER_PROJECT"] = "payments"
      return try TerminalWindow(
        .program([BuiltProgram.front.path()]),
        columns: 110,
        home: home,
        environment: environment,
        peers: [server]
      )
    }

    private func decide(_ server: ScriptedServer, run: String) throws {
      let window = try front(server)
      let screen = try window.waitFor(
        "AWAITING APPROVAL 1",
        "RUNNING NOW 1",
        "FAILED RECENTLY 1",
        "MCP_TOOL_FAILED",
        "Pay back 420?",
        "live"
      )
      #expect(screen.contains { $0.contains("refund-approvals") })
      #expect(screen.contains { $0.contains("nightly-digest") })
      #expect(!screen.contains { $0.contains("not read") })
      try window.press("Enter")
      try window.waitFor("[4 Task]", "Behind it: Pay (only if approved)")
      try window.press("1")
      try window.waitFor("[1 Events]", "step_completed", "Check risk")
      try window.press("2")
      try window.waitFor("[2 Steps]", "Success", "Waiting", "Review")
      try window.press("Escape")
      try window.waitFor("AWAITING APPROVAL 1")
      try window.press("a")
      try window.waitFor("Approve  refund-approvals  \(run)", "leave it waiting", "Pay back 420?")
      #expect(server.records.task.isPending)
      try window.press("y")
      try window.waitFor("approved refund-approvals \(run), confirmed by the server")
      try window.waitFor("nothing pending")
      #expect(!server.records.task.isPending)
      #expect(server.commands.count == 1)
      try window.press("q")
      #expect(try window.waitForEnd() == .exited(0))
    }

    @Test func `a server that offers only what is documented is served in full`() throws {
      let server = try DocumentedServer.started(now: Self.now)
      try decide(server, run: String(DocumentedServer.runs[0].prefix(8)))
    }

    @Test func `a server of the older shapes is served in full`() throws {
      let server = try OlderServer.started(now: Self.now)
      try decide(server, run: OlderServer.runs[0])
    }
  }
}
