import JSON
import TestHouse
import Testing

extension EndToEnd {
  @Suite struct Guards {
    @Test func `a yes typed before its dialog was painted answers nothing`() throws {
      let scene = try Scene()
      let run = try scene.start("refund", Graphs.approval)
      let task = try run.task()
      let window = try scene.front()
      try window.waitFor("AWAITING APPROVAL 1", run.short)
      try window.type("ay")
      try window.waitFor("Esc  no")
      try window.press("Escape")
      let screen = try window.waitForNo("Esc  no")
      // The line above the keys says what became of a decision, and of one on its way.
      #expect(screen[22] == "")
      #expect(try run.task(task)["status"]?.string == "pending")
    }

    @Test func `the key that opens a question does not answer it`() throws {
      let scene = try Scene()
      let run = try scene.start("digest", Graphs.busy)
      try run.waitFor("running")
      let window = try scene.front()
      try window.waitFor("RUNNING NOW 1", run.short)
      try window.type("ss")
      try window.waitFor("A stopped run cannot be resumed.")
      try window.press("s")
      try window.press("Enter")
      try window.press("Escape")
      let screen = try window.waitForNo("A stopped run cannot be resumed.")
      #expect(screen[22] == "")
      #expect(try run.status() == "running")
    }

    @Test func `Enter does not approve`() throws {
      let scene = try Scene()
      let run = try scene.start("refund", Graphs.approval)
      let task = try run.task()
      let window = try scene.front()
      try window.waitFor("AWAITING APPROVAL 1", run.short)
      try window.press("a")
      try window.waitFor("Esc  no")
      try window.press("Enter", "a", "Space")
      try window.press("Escape")
      let screen = try window.waitForNo("Esc  no")
      #expect(screen[22] == "")
      #expect(try run.task(task)["status"]?.string == "pending")
    }

    @Test func `pasted text presses no keys`() throws {
      let scene = try Scene()
      let run = try scene.start("refund", Graphs.approval)
      let task = try run.task()
      let window = try scene.front()
      try window.waitFor("AWAITING APPROVAL 1", run.short)
      try window.type("\u{1B}[200~ayq\u{1B}[201~")
      try window.expectKeys()
      let screen = try window.waitFor("AWAITING APPROVAL 1")
      #expect(screen[22] == "")
      #expect(try run.task(task)["status"]?.string == "pending")
    }

    @Test func `what somebody else answered meanwhile is not answered again`() throws {
      let scene = try Scene()
      let run = try scene.start("refund", Graphs.approval)
      let task = try run.task()
      let window = try scene.front()
      try window.waitFor("AWAITING APPROVAL 1", run.short)
      try window.press("a")
      try window.waitFor("Esc  no")
      try run.answer(task, approved: false)
      try window.press("y")
      try window.waitFor(
        "refund \(run.short) changed while you decided",
        "already rejected by alex",
        "Nothing was sent."
      )
      try window.press("y")
      try window.press("Escape")
      try window.waitForNo("Nothing was sent.")
      let record = try run.task(task)
      #expect(record["completed_by"]?.string == "alex")
      #expect(record["result"]?["approved"]?.bool == false)
      #expect(try run.events("task_completed").count == 1)
    }

    @Test func `a run that ended meanwhile is not stopped again`() throws {
      let scene = try Scene()
      let run = try scene.start("digest", Graphs.busy)
      try run.waitFor("running")
      let window = try scene.front()
      try window.waitFor("RUNNING NOW 1", run.short)
      try window.press("s")
      try window.waitFor("A stopped run cannot be resumed.")
      try run.stop()
      try run.waitFor("stopped")
      try window.press("i")
      try window.waitFor(
        "digest \(run.short) changed while you decided",
        "you saw    running",
        "it is now  stopped",
        "by alex",
        "Nothing was sent."
      )
      try window.press("Escape")
      try window.waitForNo("Nothing was sent.")
      #expect(try run.read()["status_by"]?.string == "alex")
      try window.waitFor("FAILED RECENTLY 1")
    }
  }
}
