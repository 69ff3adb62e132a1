import JSON
import TestHouse
import Testing

extension EndToEnd {
  /// The line behind `:`, in a real terminal on a real runtime.
  @Suite struct CommandLine {
    @Test func `a stop by its id drains the run, as the runtime's record has it`() throws {
      let scene = try Scene()
      let run = try scene.start("digest", Graphs.busy)
      try run.waitFor("running")
      let window = try scene.front()
      try window.waitFor("RUNNING NOW 1", run.short, "crunch")
      try window.press(":")
      try window.type("sto")
      try window.waitFor(":stop [--graceful|--now] [RUN …]")
      try window.press("Tab")
      try window.type(String(run.short.prefix(4)))
      try window.waitFor("\(run.short)", "digest")
      try window.press("Tab")
      try window.type("--graceful")
      try window.press("Enter")
      let screen = try window.waitFor("Stop  digest  \(run.short)", "gracefully")
      #expect(!screen.contains { $0.contains("immediately") }, "\(screen)")
      #expect(try run.status() == "running")
      try window.press("g")
      try window.waitFor("stopping gracefully digest \(run.short), confirmed by the server")
      #expect(try run.status() == "draining")
      let changes = try run.events("state_changed").compactMap { $0["data"]?["to"]?.string }
      #expect(changes.count { $0 == "draining" } == 1)
    }

    @Test func `a filter names every run before one of them is stopped`() throws {
      let scene = try Scene()
      let runs = [try scene.start("digest", Graphs.busy), try scene.start("report", Graphs.busy)]
      for run in runs { try run.waitFor("running") }
      let window = try scene.front()
      try window.waitFor("RUNNING NOW 2", runs[0].short, runs[1].short)
      try window.press(":")
      try window.type("stop --graceful status:running")
      try window.press("Enter")
      try window.waitFor("Review 2 decisions", runs[0].short, runs[1].short, "2 stop gracefully")
      for run in runs { #expect(try run.status() == "running") }
      try window.press("y")
      for run in runs {
        try run.waitFor("draining")
        let changes = try run.events("state_changed").compactMap { $0["data"]?["to"]?.string }
        #expect(changes.count { $0 == "draining" } == 1)
      }
    }

    @Test func `a start in plain words is shown, confirmed, and on the runtime's record once`()
      throws
    {
      let scene = try Scene()
      let run = try scene.start("refund-approvals", Graphs.approval)
      _ = try run.task()
      let window = try scene.front()
      try window.waitFor("AWAITING APPROVAL 1")
      try window.press(":")
      try window.type("run refund appr ")
      // What the workflow takes comes in while the line is typed.
      try window.waitFor("run refund appr order=")
      try window.type("order=42")
      try window.waitFor("run refund appr order=42")
      try window.press("Enter")
      try window.waitFor("Start  refund-approvals", "order", "42", "in the shell:")
      try window.press("Enter")
      try window.waitFor("started refund-approvals")
      let runs = try scene.runtime.ask("GET", "/v1/workflows/\(run.workflow)/runs").body
      #expect(runs["runs"]?.array?.count == 2, "\(runs)")
    }

    @Test func `earlier lines come back after a restart, and no blank one`() throws {
      let scene = try Scene()
      let first = try scene.front()
      try first.waitFor("live")
      for line in ["sort workflow", " sort age"] {
        try first.press(":")
        try first.type(line)
        try first.press("Enter")
        try first.waitFor("sorted")
      }
      try first.press("q")
      #expect(try first.waitForEnd() == .exited(0))
      try first.close()
      let second = try scene.front()
      try second.waitFor("live")
      try second.press(":")
      try second.press("Up")
      let screen = try second.waitFor(":sort workflow")
      #expect(!screen.contains { $0.contains("sort age") })
    }

    @Test func `lists, a run's context and doctor are had from the line, at 40 columns too`() throws
    {
      let scene = try Scene()
      let run = try scene.start("refund-approvals", Graphs.approval)
      _ = try run.task()
      let window = try scene.front()
      try window.waitFor("AWAITING APPROVAL 1", run.short)
      let send = { (line: String) in
        try window.press(":")
        try window.type(line)
        try window.press("Enter")
      }
      try send("runs status:failed")
      try window.waitFor("Nothing passes this filter", "no run of the inbox passes")
      try send("tasks")
      try window.waitFor("section:awaiting", run.short)
      try send("context \(run.short)")
      try window.waitFor("Context  \(run.short)", "input.order", "7")
      try window.press("Escape")
      try send("workflows refund")
      try window.waitFor("Workflows", "refund-approvals", "1 of 1")
      try window.press("Escape")
      try send("doctor")
      try window.waitFor("Doctor", "terminal", "locale")
      try window.press("G")
      let found = try window.waitFor("Doctor", "agrees with the server")
      #expect(!found.contains { $0.contains("bad ") }, "\(found)")
      #expect(!found.contains { $0.contains(scene.runtime.token) }, "\(found)")
      try window.resize(columns: 40, rows: 12)
      try window.waitFor("Doctor", "more below")
      try window.press("G")
      try window.waitFor("end")
      try window.press("Escape")
      try window.waitFor("AWAITING APPROVAL 1")
      try send("serve")
      try window.waitFor("another shell")
    }

    @Test func `a mistake keeps the line and says what is wrong`() throws {
      let scene = try Scene()
      let window = try scene.front()
      try window.waitFor("live")
      try window.press(":")
      try window.type("stop zzz --now")
      try window.press("Enter")
      try window.waitFor("no run in the inbox has an id that begins with zzz", ":stop zzz --now")
      try window.press("Escape")
      try window.waitForNo(":stop zzz")
    }
  }
}
