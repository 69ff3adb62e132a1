import Glibc
import JSON
import TestHouse
import Testing

extension EndToEnd {
  @Suite struct Terminals {
    @Test func `the screen is right after every change of size`() throws {
      let scene = try Scene()
      let run = try scene.start("refund", Graphs.approval)
      _ = try run.task()
      let window = try scene.front()
      try window.waitFor("AWAITING APPROVAL 1", run.short)
      let pid = try window.pid()
      for (columns, rows) in [(40, 12), (120, 40), (200, 50), (1, 1), (39, 7), (80, 24)] {
        try window.resize(columns: columns, rows: rows)
      }
      try window.waitFor("AWAITING APPROVAL 1", run.short, "live")
      try window.resize(columns: 120, rows: 40)
      let wide = try window.waitFor("waits for you", "Pay back 420 to alex", "Pay runs")
      #expect(wide.count == 40)
      try window.resize(columns: 200, rows: 50)
      try window.waitFor("200 columns") { $0.count == 50 && $0[0].count == 199 }
      try window.resize(columns: 40, rows: 12)
      try window.waitFor("40 columns") { screen in
        screen.count == 12 && screen[0].count <= 40
          && screen.contains { $0.contains("AWAITING APPROVAL 1") }
      }
      try window.resize(columns: 39, rows: 7)
      try window.waitFor("needs 40 columns")
      try window.resize(columns: 1, rows: 1)
      try window.waitFor("one cell") { $0.count == 1 }
      try window.resize(columns: 80, rows: 24)
      try window.waitFor("AWAITING APPROVAL 1", run.short, "Pay back 420 to alex")
      #expect(try window.ending() == nil)
      #expect(try window.pid() == pid)
      try window.press("q")
      #expect(try window.waitForEnd() == .exited(0))
    }

    @Test func `a dialog survives a storm of sizes`() throws {
      let scene = try Scene()
      let run = try scene.start("refund", Graphs.approval)
      let task = try run.task()
      let window = try scene.front()
      try window.waitFor("AWAITING APPROVAL 1", run.short)
      try window.press("a")
      try window.waitFor("leave it waiting")
      for step in 0..<30 {
        try window.resize(columns: 1 + step * 53 % 200, rows: 1 + step * 17 % 50)
      }
      try window.resize(columns: 80, rows: 24)
      try window.waitFor("Approve  refund  \(run.short)", "leave it waiting")
      try window.press("y")
      try window.waitFor("approved refund \(run.short), confirmed by the server")
      #expect(try run.task(task)["result"]?["approved"]?.bool == true)
    }

    @Test func `suspended, the terminal is the shell's, and fg brings the screen back`() throws {
      let scene = try Scene()
      let window = try scene.shell()
      let before = try window.modes()
      try window.type("echo the line before\ncommand-center\n")
      try window.waitFor("Nothing needs you.", "live")
      #expect(try window.isAlternate())
      let during = try window.modes()
      #expect(during.screen.contains("mouse 1 1"))
      let front = try window.frontOfShell()
      for _ in 0..<2 {
        try window.press("C-z")
        try window.waitFor("the line before", TerminalWindow.prompt)
        #expect(Processes.isStopped(front))
        #expect(try window.modes() == before)
        try window.type("fg\n")
        try window.waitFor("Nothing needs you.", "live")
        #expect(try window.modes() == during)
        // Brackets around what is pasted were asked for again as well.
        try window.paste("q")
        try window.expectKeys()
      }
      try window.press("q")
      try window.waitForNo("Nothing needs you.")
      #expect(try window.modes() == before)
    }

    @Test(arguments: [
      (SIGTERM, "TERM"), (SIGINT, "INT"), (SIGHUP, "HUP"), (SIGSEGV, "SEGV"), (SIGABRT, "ABRT"),
      (SIGQUIT, "QUIT"), (SIGBUS, "BUS"), (SIGTRAP, "TRAP"),
    ])
    func `a signal leaves the terminal as it was`(signal: Int32, name: String) throws {
      let scene = try Scene()
      let window = try scene.shell()
      let before = try window.modes()
      try window.type("echo the line before\ncommand-center; echo left with $?\n")
      try window.waitFor("Nothing needs you.", "live")
      #expect(try window.modes().screen.contains("mouse 1 1"))
      let front = try window.frontOfShell()
      try #require(kill(front, signal) == 0)
      let screen = try window.waitFor("the line before", "left with \(128 + signal)")
      #expect(!screen.contains { $0.contains("Nothing needs you.") })
      try window.waitFor("the prompt") { $0.contains(TerminalWindow.prompt) }
      #expect(try window.modes() == before)
      #expect(!Processes.isAlive(front))
    }

    @Test func `q gives the terminal back`() throws {
      let scene = try Scene()
      let window = try scene.shell()
      let before = try window.modes()
      try window.type("echo the line before\ncommand-center; echo left with $?\n")
      try window.waitFor("Nothing needs you.", "live")
      try window.press("q")
      try window.waitFor("the line before", "left with 0")
      #expect(try window.modes() == before)
    }

    @Test func `a terminal that is gone ends the front`() throws {
      let scene = try Scene()
      let window = try scene.front()
      try window.waitFor("Nothing needs you.", "live")
      let front = try window.pid()
      try window.close()
      _ = try Waiting.until("the end of the front") { Processes.isAlive(front) ? nil : true }
    }
  }
}
