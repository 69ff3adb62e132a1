import Glibc
import JSON
import TestHouse
import Testing

extension EndToEnd {
  /// A protected profile: what can be taken back, what asks for its name, how it is left.
  @Suite struct ProtectedProfiles {
    /// Longer than any test looks at what is held.
    private static let long = 60

    /// A front on a protected profile, and a run that waits for an answer.
    private func waiting(
      undo seconds: Int = long
    ) throws -> (scene: Scene, run: StartedRun, task: String, window: TerminalWindow) {
      let scene = try Scene()
      let run = try scene.start("refund", Graphs.approval)
      let task = try run.task()
      let window = try scene.protectedFront(undo: seconds)
      try window.waitFor("prod  PROTECTED", "AWAITING APPROVAL 1", run.short, "live")
      return (scene, run, task, window)
    }

    /// A front on a protected profile, and a run that is at work.
    private func busy(
      undo seconds: Int = long
    ) throws -> (scene: Scene, run: StartedRun, window: TerminalWindow) {
      let scene = try Scene()
      let run = try scene.start("digest", Graphs.busy)
      try run.waitFor("running")
      let window = try scene.protectedFront(undo: seconds)
      try window.waitFor("PROTECTED", "RUNNING NOW 1", run.short, "live")
      return (scene, run, window)
    }

    private func approve(_ run: StartedRun, _ window: TerminalWindow) throws {
      try window.press("a")
      try window.waitFor("Approve  refund  \(run.short)")
      try window.press("y")
      try window.waitFor("approving \(run.short) in ", "u: take back", "approve: not sent yet")
    }

    // MARK: The undo window

    @Test func `what is not taken back is sent by itself, once`() throws {
      let (scene, run, task, window) = try waiting(undo: 3)
      try approve(run, window)
      #expect(try run.task(task)["status"]?.string == "pending")
      #expect(try scene.journal().allSatisfy { $0["phase"]?.string == "held" })
      try window.waitFor("approved refund \(run.short), confirmed by the server")
      #expect(try run.task(task)["result"]?["approved"]?.bool == true)
      #expect(try run.events("task_completed").count == 1)
      #expect(try scene.journal().map { $0["phase"]?.string } == ["held", "sending", "settled"])
    }

    @Test func `u takes back the newest, on record, and the rows are as before`() throws {
      let scene = try Scene()
      let one = try scene.start("refund", Graphs.approval)
      let task = try one.task()
      let other = try scene.start("digest", Graphs.busy)
      try other.waitFor("running")
      let window = try scene.protectedFront(undo: Self.long)
      try window.waitFor("AWAITING APPROVAL 1", "RUNNING NOW 1", "live")
      try approve(one, window)
      try window.press("x")
      try window.waitFor("\(one.short): approve is not sent yet; u takes it back")
      try window.press("]", "s")
      try window.waitFor("Stop  digest")
      try window.press("g")
      try window.waitFor("stopping gracefully \(other.short) in ", ", and 1 before it")
      try window.press("u")
      try window.waitFor(
        "taken back: stop gracefully digest \(other.short); nothing was sent",
        "approving \(one.short) in "
      )
      try window.press("u")
      let screen = try window.waitFor(
        "taken back: approve refund \(one.short); nothing was sent"
      )
      #expect(!screen.contains { $0.contains("not sent yet") || $0.contains("u: take back") })
      try window.press("u")
      try window.waitFor("nothing is left to take back")
      _ = try Waiting.until("both withdrawals on record") {
        try scene.journal().count == 4 ? true : nil
      }
      let phases = try scene.journal().map { $0["phase"]?.string }
      #expect(phases == ["held", "held", "withdrawn", "withdrawn"])
      #expect(try one.task(task)["status"]?.string == "pending")
      #expect(try other.status() == "running")
    }

    @Test func `u after a pause resumes, once`() throws {
      let (_, run, window) = try busy()
      try window.press("p")
      try window.waitFor("paused digest \(run.short), confirmed by the server", "u take back")
      #expect(try run.status() == "paused")
      try window.press("u")
      try window.waitFor("resumed digest \(run.short), confirmed by the server")
      #expect(try run.status() == "running")
      try window.press("u")
      try window.waitFor("nothing is left to take back")
      #expect(try run.status() == "running")
      #expect(try run.events("state_changed").count { $0["data"]?["to"]?.string == "paused" } == 1)
    }

    @Test func `a program that was away sends nothing on its return`() throws {
      let scene = try Scene()
      let run = try scene.start("refund", Graphs.approval)
      let task = try run.task()
      try scene.writeProtected(undo: 8)
      let window = try scene.protectedShell()
      try window.type("command-center\n")
      try window.waitFor("PROTECTED", "AWAITING APPROVAL 1", run.short, "live")
      try approve(run, window)
      try window.press("C-z")
      try window.waitFor(TerminalWindow.prompt)
      // It is away for longer than its window lasts.
      try window.type("sleep 9; fg\n")
      try window.waitFor("approving \(run.short) in ", "u: take back")
      try window.press("u")
      try window.waitFor("taken back: approve refund \(run.short); nothing was sent")
      #expect(try run.task(task)["status"]?.string == "pending")
    }

    @Test func `another profile has to wait for what is held`() throws {
      let scene = try Scene()
      let run = try scene.start("refund", Graphs.approval)
      _ = try run.task()
      let window = try scene.protectedFront(
        undo: Self.long,
        more: "[profile.other]\nurl = \"\(scene.runtime.url)\"\ntoken_env = \"PROD\""
      )
      try window.waitFor("AWAITING APPROVAL 1", run.short, "live")
      try approve(run, window)
      try window.type(":profile other")
      try window.press("Enter")
      try window.waitFor(
        "approve refund \(run.short) is not sent yet: take it back with u or wait"
      )
      try window.press("u")
      try window.waitFor("taken back")
      try window.type(":profile other")
      try window.press("Enter")
      try window.waitFor("now on other")
    }

    // MARK: The name

    @Test func `an immediate stop wants the profile's name, typed or pasted`() throws {
      let (_, run, window) = try busy(undo: 3)
      try window.press("s")
      try window.waitFor("Stop  digest  \(run.short)")
      // The name was typed before its prompt was there.
      try window.type("iprod\r")
      try window.waitFor("The profile prod is protected. Type its name:")
      try window.press("Enter")
      try window.waitFor("nothing was typed")
      try window.type("staging")
      try window.press("Enter")
      try window.waitFor("staging is not the name of this profile; nothing was sent")
      try window.press("Escape")
      try window.waitForNo("Type its name")
      try window.waitFor("A stopped run cannot be resumed.")
      #expect(try run.status() == "running")
      try window.press("i")
      try window.waitFor("Type its name")
      try window.paste("prod\n")
      try window.waitFor("Type its name", "prod")
      try window.press("Enter")
      try window.waitFor("stopping \(run.short) in ", "u: take back")
      try window.waitFor("stopped digest \(run.short), confirmed by the server")
      #expect(try run.status() == "stopped")
    }

    @Test func `a bulk wants the name, and is one thing in the window`() throws {
      let scene = try Scene()
      let runs = try (0..<2).map { _ in try scene.start("refund", Graphs.approval) }
      let tasks = try runs.map { try $0.task() }
      let window = try scene.protectedFront(undo: Self.long)
      try window.waitFor("PROTECTED", "AWAITING APPROVAL 2", "live")
      try window.press("g", "Space", "G", "V", "a")
      try window.waitFor("Review 2 decisions before they are sent")
      // The name was typed before its prompt was there.
      try window.type("yprod\r")
      try window.waitFor("The profile prod is protected. Type its name:")
      #expect(try scene.journal().isEmpty)
      try window.type("prod")
      try window.press("Enter")
      try window.waitFor("sending 2 decisions in ", "u: take back")
      try window.press("u")
      try window.waitFor("taken back: 2 decisions; nothing was sent", "0 of 2 done, 2 taken back")
      for (run, task) in zip(runs, tasks) {
        #expect(try run.task(task)["status"]?.string == "pending")
      }
    }

    // MARK: Leaving

    @Test(arguments: ["q", "C-c", ":quit"])
    func `leaving asks what becomes of what is held`(way: String) throws {
      let (scene, run, task, window) = try waiting()
      try approve(run, window)
      let leave = {
        if way == ":quit" {
          try window.type(way)
          try window.press("Enter")
        } else {
          try window.press(way)
        }
      }
      try leave()
      try window.waitFor(
        "A decision is not sent yet",
        "withdraw and leave",
        "waits for your answer"
      )
      try window.press("q", "C-c")
      try window.press("Escape")
      try window.waitForNo("withdraw and leave")
      try window.waitFor("approving \(run.short) in ")
      try leave()
      try window.waitFor("withdraw and leave")
      try window.press("w")
      #expect(try window.waitForEnd() == .exited(0))
      #expect(try run.task(task)["status"]?.string == "pending")
      let record = try scene.journal()
      #expect(record.map { $0["phase"]?.string } == ["held", "withdrawn"])
      #expect(record.first?["run_id"]?.string == run.id)
    }

    @Test func `leaving can send at once, and waits for the outcome`() throws {
      let (scene, run, task, window) = try waiting()
      try approve(run, window)
      // The answer was typed before the question was there.
      try window.type("qs")
      try window.waitFor("send, then leave")
      #expect(try run.task(task)["status"]?.string == "pending")
      try window.press("s")
      #expect(try window.waitForEnd() == .exited(0))
      #expect(try run.task(task)["result"]?["approved"]?.bool == true)
      #expect(try scene.journal().last?["outcome"]?.string == "done")
    }

    @Test(arguments: [SIGTERM, SIGHUP])
    func `a program that is told to end withdraws on record`(signal: Int32) throws {
      let (scene, run, task, window) = try waiting()
      try approve(run, window)
      try #require(kill(try window.pid(), signal) == 0)
      #expect(try window.waitForEnd() == .exited(128 + signal))
      #expect(try scene.journal().map { $0["phase"]?.string } == ["held", "withdrawn"])
      #expect(try run.task(task)["status"]?.string == "pending")
    }

    @Test func `a terminal that is gone withdraws on record`() throws {
      let (scene, run, task, window) = try waiting()
      try approve(run, window)
      let front = try window.pid()
      try window.close()
      _ = try Waiting.until("the front to end") { Processes.isAlive(front) ? nil : true }
      #expect(try scene.journal().map { $0["phase"]?.string } == ["held", "withdrawn"])
      #expect(try run.task(task)["status"]?.string == "pending")
    }
  }

  /// The questions themselves, in any profile.
  @Suite struct Questions {
    @Test func `a comment goes with the answer`() throws {
      let scene = try Scene()
      let run = try scene.start("refund", Graphs.approval)
      let task = try run.task()
      let window = try scene.front()
      try window.waitFor("AWAITING APPROVAL 1", run.short)
      try window.press("a")
      try window.waitFor("with a comment")
      // Neither the text before its line nor the yes before the question counts.
      try window.type("cy")
      try window.waitFor("Comment on")
      try window.type("looks fine to me\ry")
      try window.waitFor("Comment  looks fine to me", "with a comment")
      #expect(try run.task(task)["status"]?.string == "pending")
      try window.press("y")
      try window.waitFor("approved refund \(run.short), confirmed by the server")
      let result = try run.task(task)["result"]
      #expect(result?["approved"]?.bool == true)
      #expect(result?["comment"]?.string == "looks fine to me")
    }

    @Test func `old data is said in the question, and a failed reading names the way to insist`()
      throws
    {
      let scene = try Scene()
      let run = try scene.start("refund", Graphs.approval)
      _ = try run.task()
      let window = try scene.front(columns: 160)
      try window.waitFor("AWAITING APPROVAL 1", run.short, "live")
      try scene.runtime.kill(SIGKILL)
      for _ in 0..<3 { try window.press("r") }
      try window.waitFor("OFFLINE")
      try window.press("a")
      try window.waitFor("This data is old. It is read again before sending.")
      try window.press("y")
      try window.waitFor(
        "approve refund \(run.short) was not sent",
        "To insist: :approve! \(run.short)"
      )
    }

    @Test func `a journal that cannot be written is said before, and stops nothing`() throws {
      let scene = try Scene()
      let run = try scene.start("digest", Graphs.busy)
      try run.waitFor("running")
      // A file stands where the folder should be.
      try scene.home.write("", to: "state/command-center/journal")
      let window = try scene.front(columns: 120)
      try window.waitFor("RUNNING NOW 1", run.short, "live")
      try window.press("p")
      try window.waitFor(
        "paused digest \(run.short)",
        "not recorded: the journal cannot be written"
      )
      try window.press("s")
      try window.waitFor("A stopped run cannot be resumed.", "It will not be recorded: the journal")
      try window.press("i")
      try window.waitFor("stopped digest \(run.short)", "not recorded")
      #expect(try run.status() == "stopped")
    }

    @Test func `read-only is switched on and off by a line`() throws {
      let scene = try Scene()
      let run = try scene.start("refund", Graphs.approval)
      _ = try run.task()
      let window = try scene.front()
      try window.waitFor("AWAITING APPROVAL 1", run.short, "live")
      try window.type(":read-only\r")
      let screen = try window.waitFor("read-only from now on")
      #expect(screen[0].contains("READ-ONLY"))
      try window.press("a")
      try window.waitFor("read-only: switched on here, and off again with :read-only")
      try window.type(":read-only\r")
      try window.waitFor("no longer read-only")
      try window.press("a")
      try window.waitFor("Approve  refund  \(run.short)")
    }

    @Test(arguments: [true, false])
    func `read-only is in the header, and verbs say whose word it is`(byConfig: Bool) throws {
      let scene = try Scene()
      let run = try scene.start("refund", Graphs.approval)
      let task = try run.task()
      try scene.writeProtected(undo: 0, top: byConfig ? "read_only = true" : "")
      let window = try scene.configured(byConfig ? [] : ["--read-only"])
      let screen = try window.waitFor("AWAITING APPROVAL 1", run.short, "live")
      #expect(screen[0].contains("PROTECTED  READ-ONLY"))
      try window.press("a")
      try window.waitFor(
        byConfig
          ? "read-only: the config says read_only = true" : "read-only: started with --read-only"
      )
      #expect(try run.task(task)["status"]?.string == "pending")
    }
  }
}

extension Scene {
  static let config = "config/command-center/config.toml"

  /// Writes the config of a protected profile.
  func writeProtected(undo seconds: Int, top: String = "", more: String = "") throws {
    try home.write(
      """
      default_profile = "prod"
      \(top)
      [profile.prod]
      url = "\(runtime.url)"
      token_env = "PROD"
      protected = true
      undo_window = \(seconds)
      \(more)
      """,
      to: Scene.config
    )
  }

  /// A window on what the config says.
  func configured(_ arguments: [String] = []) throws -> TerminalWindow {
    try TerminalWindow(
      .program([BuiltProgram.front.path()] + arguments),
      home: home,
      environment: home.environment.merging(["PROD": runtime.token]) { _, new in new },
      peers: [runtime]
    )
  }

  /// A window on a protected profile whose decisions can be taken back for so many seconds.
  func protectedFront(undo seconds: Int, more: String = "") throws -> TerminalWindow {
    try writeProtected(undo: seconds, more: more)
    return try configured()
  }

  /// A shell that finds the front and the token of the protected profile.
  func protectedShell() throws -> TerminalWindow {
    var environment = try Front.environment(home, url: "", token: "")
    environment["COMMAND_CENTER_URL"] = nil
    environment["COMMAND_CENTER_TOKEN"] = nil
    environment["PROD"] = runtime.token
    return try TerminalWindow(.shell, home: home, environment: environment, peers: [runtime])
  }

  /// What the journals of the home say, line by line.
  func journal() throws -> [JSONValue] {
    let folder = home.path("state/command-center/journal")
    return try TextFile.names(in: folder).flatMap { name in
      try TextFile.bytes("\(folder)/\(name)").split(separator: 0x0A).map { line in
        try JSONValue(parsing: Array(line))
      }
    }
  }
}
