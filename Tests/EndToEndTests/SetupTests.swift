import Glibc
import JSON
import TestHouse
import Testing

extension EndToEnd {
  /// What is set up, and what is wrong with it.
  @Suite struct Setup {
    private static let file = "config/command-center/config.toml"

    @Test(arguments: [
      ("[profile.prod\nurl = 1\n", ", line 1, column"),
      ("[profile.prod]\nurl = 7\n", "profile.prod.url is"),
      (
        "[profile.prod]\nurls = \"https://a\"\n",
        "profile.prod.urls is no setting; profile.prod.url was meant?"
      ),
      ("default_profile = \"prod\"\n", "default_profile names prod"),
      ("[profile.prod]\nurl = \"ftp://a\"\n", "begins with neither https:// nor http://"),
      ("[profile.prod]\nurl = \"http://example.com\"\n", "would send the token in the clear"),
      (
        "[profile.prod]\nurl = \"http://127.0.0.1:1\"\ntoken_file = \"/nowhere/token\"\n",
        "/nowhere/token"
      ),
    ])
    func `a mistake in the config is one sentence and 2`(text: String, sentence: String) throws {
      let home = try TemporaryHome()
      try home.write(text, to: Self.file)
      for words in [["inbox"], []] {
        let report = try Verb.run(words, url: nil, home: home)
        #expect(report.status == 2, "\(report)")
        #expect(report.output.isEmpty)
        #expect(report.complaints.hasPrefix("command-center: "))
        #expect(report.complaints.contains(sentence), "\(report.complaints)")
        #expect(report.complaints.split(separator: "\n").count == 1)
      }
    }

    @Test func `a profile of the config is used, and its token file read`() throws {
      let scene = try Scene()
      let run = try scene.start("refund", Graphs.approval)
      _ = try run.task()
      try scene.home.write(scene.runtime.token + "\n", to: "token")
      try scene.home.write(
        """
        default_profile = "here"
        [profile.here]
        url = "\(scene.runtime.url)"
        token_file = "\(scene.home.path("token"))"
        read_only = true
        """,
        to: Self.file
      )
      let window = try TerminalWindow(
        .program([BuiltProgram.front.path()]),
        home: scene.home,
        environment: scene.home.environment,
        peers: [scene.runtime]
      )
      let screen = try window.waitFor("AWAITING APPROVAL 1", run.short)
      #expect(screen[0].contains("here") && screen[0].contains("READ-ONLY"))
      try window.press("a")
      try window.waitFor("the profile here is read-only")
      #expect(try window.title() == "Command Center · here")
    }

    @Test func `a theme that is not there does not keep the inbox away`() throws {
      let scene = try Scene()
      let window = try Front.open(
        home: scene.home,
        url: scene.runtime.url,
        token: scene.runtime.token,
        columns: 120,
        arguments: ["--theme", "midnigth"],
        peers: [scene.runtime]
      )
      try window.waitFor("there is no theme midnigth; midnight was meant?", "live")
      try window.expectKeys()
    }

    @Test func `without a terminal the front says so`() throws {
      let scene = try Scene()
      let report = try scene.verb([])
      #expect(report.status == 1, "\(report)")
      #expect(report.output.isEmpty)
      #expect(report.complaints.contains("terminal"))
    }

    @Test func `the first screen leads into the demo, which leaves nothing behind`() throws {
      let home = try TemporaryHome()
      let window = try TerminalWindow(
        .program([BuiltProgram.front.path()]),
        home: home,
        environment: home.environment
      )
      try window.waitFor("Command Center has no profile yet.", "Nothing is sent anywhere")
      #expect(TextFile.names(in: home.path("tmp")).isEmpty)
      try window.press("2")
      try window.waitFor("Connect to AgentRuntime", "https://api.agentruntime.io")
      try window.press("Escape")
      try window.waitFor("Command Center has no profile yet.")
      try window.press("1")
      try window.waitFor("AWAITING APPROVAL", "RUNNING NOW", "live")
      let child = try Demo.child(of: window.pid())
      try window.press("q")
      #expect(try window.waitForEnd() == .exited(0))
      try Demo.waitForNothing(of: child, in: home)
    }
  }

  /// The demo's runtime goes when the front goes, however that is.
  @Suite struct DemoEndings {
    @Test func `q ends the demo and leaves nothing behind`() throws {
      let (home, window) = try Demo.open()
      let child = try Demo.child(of: window.pid())
      try window.press("q")
      #expect(try window.waitForEnd() == .exited(0))
      #expect(!Processes.isAlive(child))
      #expect(TextFile.names(in: home.path("tmp")).isEmpty)
    }

    @Test(arguments: [SIGKILL, SIGTERM, SIGHUP, SIGSEGV])
    func `a front that is ended takes its runtime along`(signal: Int32) throws {
      let (home, window) = try Demo.open()
      let front = try window.pid()
      let child = try Demo.child(of: front)
      #expect(TextFile.names(in: home.path("tmp")).count == 1)
      try #require(kill(front, signal) == 0)
      _ = try window.waitForEnd()
      try Demo.waitForNothing(of: child, in: home)
    }

    @Test func `a terminal that is gone takes the demo along`() throws {
      let (home, window) = try Demo.open()
      let front = try window.pid()
      let child = try Demo.child(of: front)
      try window.close()
      _ = try Waiting.until("the end of the front") { Processes.isAlive(front) ? nil : true }
      try Demo.waitForNothing(of: child, in: home)
    }

    @Test func `a folder that was named is kept`() throws {
      let (home, window) = try Demo.open(["--data", "kept"])
      try window.press("q")
      #expect(try window.waitForEnd() == .exited(0))
      #expect(!TextFile.names(in: home.path("kept")).isEmpty)
    }
  }
}

/// The demo in a window.
enum Demo {
  static func open(_ more: [String] = []) throws -> (TemporaryHome, TerminalWindow) {
    let home = try TemporaryHome()
    let window = try TerminalWindow(
      .program([BuiltProgram.front.path(), "demo"] + more),
      home: home,
      environment: home.environment
    )
    try window.waitFor("AWAITING APPROVAL", "RUNNING NOW", "live")
    return (home, window)
  }

  /// The runtime that a front has started.
  static func child(of front: Int32) throws -> Int32 {
    let situation = {
      Processes.children(of: front).map { "\($0) \(Processes.name(of: $0) ?? "")" }
        .joined(separator: "\n")
    }
    return try Waiting.until("the front to have a runtime", situation: situation) {
      Processes.children(of: front).first { Processes.name(of: $0) == "command-center-" }
    }
  }

  /// Waits until neither the runtime nor its folder is there.
  static func waitForNothing(of child: Int32, in home: TemporaryHome) throws {
    _ = try Waiting.until("the end of the runtime and its folder") {
      !Processes.isAlive(child) && TextFile.names(in: home.path("tmp")).isEmpty ? true : nil
    }
  }
}
