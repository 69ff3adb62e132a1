import JSON
import TestHouse
import Testing

extension EndToEnd {
  /// Filters, filters that are tabs, and failures that are done until they change.
  @Suite struct Filters {
    @Test func `a filter becomes a tab that the next start has too`() throws {
      let scene = try Scene()
      let refund = try scene.start("refund", Graphs.approval)
      _ = try refund.task()
      let other = try scene.start("billing", Graphs.approval)
      _ = try other.task()
      let window = try scene.front()
      try window.waitFor("[1 Inbox 2]", refund.short, other.short)
      try window.press("/")
      try window.type("workflow:ref age:")
      try window.waitFor("age: wants a duration such as 10m, 2h, 3d")
      try window.type(">=0s")
      try window.waitFor("1 of 2 shown", refund.short)
      try window.waitForNo(other.short)
      try window.press("Enter")
      try window.press("S")
      try window.waitFor("Name of the tab:")
      try window.type("money")
      try window.press("Enter")
      try window.waitFor("1 Inbox 2  [2 money 1]", "saved as the tab money")
      let config = try TextFile.read(scene.home.path("config/command-center/config.toml"))
      #expect(config == "[filters]\nmoney = \"workflow:ref age:>=0s\"\n")
      try window.press("q")
      #expect(try window.waitForEnd() == .exited(0))
      try window.close()

      let next = try scene.front()
      try next.waitFor("[1 Inbox 2]  2 money 1", other.short)
      try next.press("2")
      try next.waitFor("1 Inbox 2  [2 money 1]", refund.short)
      try next.waitForNo(other.short)
    }

    @Test func `a failure that is done stays so over a restart, until its cause strikes again`()
      throws
    {
      let scene = try Scene()
      let first = try scene.start("triage", Graphs.failing)
      try first.waitFor("failed")
      let window = try scene.front()
      try window.waitFor("FAILED RECENTLY 1", first.short)
      try window.press("d")
      try window.waitFor("Nothing needs you.", "1 hidden")
      try window.press("q")
      #expect(try window.waitForEnd() == .exited(0))
      try window.close()

      let next = try scene.front()
      try next.waitFor("Nothing needs you.", "1 hidden", "live")
      try next.press("D")
      try next.waitFor("FAILED RECENTLY 0, 1 hidden", first.short)
      try next.press("D")
      try next.waitFor("Nothing needs you.")
      let again = try first.again()
      try again.waitFor("failed")
      try next.press("r")
      try next.waitFor("FAILED RECENTLY 2", first.short, again.short)
    }
  }
}

extension StartedRun {
  /// Starts another run of the same workflow.
  fileprivate func again() throws -> StartedRun {
    let started = try runtime.ask(
      "POST",
      "/v1/workflows/\(workflow)/command",
      ["command": "start", "params": ["order": 7]]
    )
    let id = try #require(started.body["run_id"]?.string, "\(started)")
    return StartedRun(runtime: runtime, workflow: workflow, id: id)
  }
}
