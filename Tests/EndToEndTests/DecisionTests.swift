import JSON
import TestHouse
import Testing

extension EndToEnd {
  @Suite struct Decisions {
    @Test func `the demo fills all four sections of the inbox`() throws {
      let scene = try Scene(.demo)
      let window = try scene.front()
      let screen = try window.waitFor(
        "AWAITING APPROVAL",
        "STOPPING GRACEFULLY",
        "RUNNING NOW",
        "FAILED RECENTLY"
      )
      #expect(screen.first?.contains("pending") == true)
      #expect(screen.first?.hasSuffix("live") == true)
      #expect(screen.contains { $0.contains("refund-approvals") })
      #expect(screen.contains { $0.contains("order-triage") && $0.contains("MCP_TOOL_FAILED") })
    }

    @Test(arguments: [("a", true), ("x", false)])
    func `an answer given in the dialog is on the runtime's record once`(
      key: String,
      approved: Bool
    ) throws {
      let scene = try Scene()
      let run = try scene.start("refund", Graphs.approval)
      let task = try run.task()
      let window = try scene.front()
      try window.waitFor("AWAITING APPROVAL 1", run.short, "Pay back 420 to alex")
      try window.press(key)
      try window.waitFor(
        approved ? "Approve  refund  \(run.short)" : "Reject  refund  \(run.short)",
        "leave it waiting",
        "The parcel came broken.",
        "If approved",
        "Pay runs"
      )
      #expect(try run.task(task)["status"]?.string == "pending")
      try window.press("y")
      let word = approved ? "approved" : "rejected"
      try window.waitFor("\(word) refund \(run.short), confirmed by the server")
      let record = try run.task(task)
      #expect(record["status"]?.string == "completed")
      #expect(record["completed_by"]?.string == "operator")
      #expect(record["result"]?["approved"]?.bool == approved)
      #expect(try run.events("task_completed").count == 1)
      try run.waitFor("completed")
      let pays = try run.events("step_started").count { $0["step_id"]?.string == "pay" }
      #expect(pays == (approved ? 1 : 0))
      try window.waitFor("nothing pending")
    }

    @Test func `pause and resume are one key each way`() throws {
      let scene = try Scene()
      let run = try scene.start("digest", Graphs.busy)
      try run.waitFor("running")
      let window = try scene.front()
      try window.waitFor("RUNNING NOW 1", run.short)
      try window.press("p")
      try window.waitFor(
        "paused digest \(run.short), confirmed by the server",
        "paused by operator"
      )
      #expect(try run.status() == "paused")
      #expect(try run.read()["status_by"]?.string == "operator")
      try window.waitFor("p resume")
      try window.press("p")
      try window.waitFor("resumed digest \(run.short), confirmed by the server")
      #expect(try run.status() == "running")
      let changes = try run.events("state_changed").compactMap { $0["data"]?["to"]?.string }
      #expect(changes.suffix(2) == ["paused", "running"])
    }

    @Test func `a graceful stop drains, and an immediate one ends the run`() throws {
      let scene = try Scene()
      let run = try scene.start("digest", Graphs.busy)
      try run.waitFor("running")
      let window = try scene.front()
      try window.waitFor("RUNNING NOW 1", run.short, "crunch")
      try window.press("s")
      try window.waitFor("Stop  digest  \(run.short)", "gracefully", "immediately")
      try window.press("g")
      try window.waitFor("stopping gracefully digest \(run.short), confirmed by the server")
      #expect(try run.status() == "draining")
      try window.waitFor("STOPPING GRACEFULLY 1", "1 draining")
      try window.press("]")
      try window.press("[")
      try window.press("s")
      try window.waitFor("this run is stopping gracefully already", "immediately")
      try window.press("i")
      try window.waitFor("stopped digest \(run.short), confirmed by the server")
      #expect(try run.status() == "stopped")
      #expect(try run.read()["status_by"]?.string == "operator")
      try window.waitFor("FAILED RECENTLY 1", "stopped   by operator")
    }

    @Test func `a failed run tells its cause and what became of each step`() throws {
      let scene = try Scene()
      let run = try scene.start("triage", Graphs.failing)
      try run.waitFor("failed")
      let window = try scene.front()
      try window.waitFor("FAILED RECENTLY 1", "MCP_TOOL_FAILED", "401 from the tracker")
      try window.press("Enter")
      try window.waitFor("[1 Events]", "step_failed", "cause. MCP_TOOL_FAILED")
      try window.press("2")
      let screen = try window.waitFor("[2 Steps]", "Failed", "Cancelled", "Skipped (Blocked)")
      let line = { (name: String) in screen.first { $0.contains(name) } ?? "" }
      #expect(line("Create ticket").contains("Failed"))
      #expect(line("Create ticket").contains("401 from the tracker"))
      #expect(line("Index").contains("Cancelled"))
      #expect(line("Index").contains("in flight when Create ticket"))
      #expect(line("Notify").contains("Skipped (Blocked)"))
      #expect(line("Notify").contains("blocked by Create ticket"))
      #expect(!screen.contains { $0.contains("Running") || $0.contains("Pending") })
      try window.press("Escape")
      try window.waitFor("FAILED RECENTLY 1")
    }
  }
}
