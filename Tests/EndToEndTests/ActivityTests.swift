import Foundation
import JSON
import TestHouse
import Testing

extension EndToEnd {
  /// What was decided on this machine, and runs that look stuck.
  @Suite struct Activity {
    @Test func `what was decided stands in the list, and is there after a restart`() throws {
      let scene = try Scene()
      let run = try scene.start("refund", Graphs.approval)
      _ = try run.task()
      let window = try scene.front()
      try window.waitFor("AWAITING APPROVAL 1", run.short)
      try window.press("a")
      try window.waitFor("leave it waiting")
      try window.press("y")
      try window.waitFor("approved refund \(run.short), confirmed by the server")
      try window.press("2")
      let screen = try window.waitFor("[2 Activity]", "approve", "refund", run.short, "confirmed")
      #expect(screen.contains { $0.contains("approve") && $0.contains(" ms") })
      try window.press("Enter")
      try window.waitFor("outcome", "decided", "key", "journal", run.id)
      try window.press("Enter")
      try window.waitFor("[1 Events]", "run_started")
      try window.press("Escape")
      try window.waitFor("outcome", "decided")
      try window.press("Escape")
      try window.waitFor("Your decisions and commands")
      try window.press("q")
      try window.waitFor("[1 Inbox")
      try window.press("q")
      #expect(try window.waitForEnd() == .exited(0))
      try window.close()
      let again = try scene.front()
      try again.waitFor("[1 Inbox")
      try again.press("2")
      try again.waitFor("approve", "refund", run.short, "confirmed")
    }

    @Test func `what was decided is written to files that are the operator's alone`() throws {
      let scene = try Scene()
      let run = try scene.start("refund", Graphs.approval)
      let task = try run.task()
      let waiting = try scene.start("payback", Graphs.approval)
      _ = try waiting.task()
      let window = try scene.front()
      try window.waitFor("AWAITING APPROVAL 2", run.short)
      try window.press("/")
      try window.type("refund")
      try window.press("Enter")
      try window.press("x")
      try window.waitFor("leave it waiting")
      try window.press("y")
      try window.waitFor("rejected refund \(run.short), confirmed by the server")
      try window.press(":")
      try window.type("export")
      try window.press("Enter")
      try window.waitFor("activity written to")
      try window.press(":")
      try window.type("handover --since 1h")
      try window.press("Enter")
      try window.waitFor("handover written to")

      let folder = scene.home.path("state/command-center/exports")
      let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
      try #require(names.count == 2, "\(names)")
      for name in names {
        let facts = try FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)")
        #expect(facts[.posixPermissions] as? Int == 0o600)
      }
      let lines = try TextFile.read("\(folder)/\(names[0])").split(separator: "\n")
      try #require(lines.count == 1, "\(lines)")
      let line = try JSONValue(parsing: String(lines[0]))
      #expect(line["verb"] == "reject")
      #expect(line["outcome"] == "done")
      #expect(line["run_id"]?.string == run.id)
      #expect(line["task_id"]?.string == task)
      let handover = try TextFile.read("\(folder)/\(names[1])")
      #expect(handover.contains("## Decisions (1)"))
      #expect(handover.contains(run.id))
      #expect(handover.contains("## Waits for an approval (1)"))
      #expect(handover.contains(waiting.id))
      #expect(try run.task(task)["result"]?["approved"]?.bool == false)
    }

    /// Sleeps for as long as its input says.
    private static let dozing: JSONValue = [
      "steps": [
        [
          "id": "enrich", "type": "mcp_call", "instance_id": "demo", "tool_name": "sleep",
          "tool_args": ["seconds": "{{input.seconds}}"], "timeout_s": 3600,
        ]
      ]
    ]

    @Test func `a run that hangs in a tool is told with its evidence, until something happens`()
      throws
    {
      let scene = try Scene()
      try scene.home.write("stuck_after = 2\n", to: "config/command-center/config.toml")
      let path = "/v1/workflows"
      let created = try scene.runtime.ask(
        "POST",
        path,
        ["name": "lead-enrich", "graph": Self.dozing]
      )
      let workflow = try #require(created.body["id"]?.string, "\(created)")
      _ = try scene.runtime.ask("POST", "\(path)/\(workflow)/versions", ["changelog": "x"])
      let start = { (seconds: JSONValue) throws -> StartedRun in
        let started = try scene.runtime.ask(
          "POST",
          "\(path)/\(workflow)/command",
          ["command": "start", "params": ["seconds": seconds]]
        )
        let id = try #require(started.body["run_id"]?.string, "\(started)")
        return StartedRun(runtime: scene.runtime, workflow: workflow, id: id)
      }
      for _ in 0..<3 { try start(0).waitFor("completed") }
      let run = try start(3000)
      try run.waitFor("running")
      let window = try scene.front()
      try window.waitFor("lead-enrich", run.short, "stuck? no event")
      try window.press("Enter")
      try window.waitFor(
        "enrich usually takes 0.",
        "(3 runs)",
        "next: status: running, nobody is asked"
      )
      try window.press("Escape")
      try window.waitFor("RUNNING NOW 1")
      try window.press("/")
      try window.type("stuck")
      try window.waitFor("1 of 1 shown")
      try window.press("Escape")
      // Paused, it is held by somebody, and not stuck.
      try window.press("p")
      try window.waitFor("paused by operator")
      try window.waitForNo("stuck?")
    }
  }
}
