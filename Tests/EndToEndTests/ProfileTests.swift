import Glibc
import JSON
import TestHouse
import Testing

extension EndToEnd {
  /// Several servers, their tokens, and what was seen of them last.
  @Suite struct Profiles {
    private static let config = "config/command-center/config.toml"

    /// A window on what the config of a home says.
    private func open(
      _ home: TemporaryHome,
      _ arguments: [String] = [],
      variables: [String: String] = [:],
      peers: [any Sendable] = []
    ) throws -> TerminalWindow {
      try TerminalWindow(
        .program([BuiltProgram.front.path()] + arguments),
        home: home,
        environment: home.environment.merging(variables) { _, new in new },
        peers: peers
      )
    }

    private func profile(_ name: String, _ url: String, _ more: String = "") -> String {
      "[profile.\(name)]\nurl = \"\(url)\"\n\(more)\n"
    }

    @Test func `the form of the first screen writes a profile and opens it`() throws {
      let scene = try Scene()
      let run = try scene.start("refund", Graphs.approval)
      let window = try open(scene.home, peers: [scene.runtime])
      try window.waitFor("Command Center has no profile yet.")
      try window.press("2", "C-u")
      try window.type("http://example.com")
      try window.press("BTab", "Enter")
      try window.waitFor("would send the token in the clear")
      #expect(!TextFile.exists(scene.home.path(Self.config)))
      try window.press("Tab", "C-u")
      try window.type(scene.runtime.url)
      try window.press("Tab", "Tab", "Tab")
      try window.type(scene.runtime.token)
      let screen = try window.waitFor("token    ****")
      #expect(!screen.joined().contains(scene.runtime.token))
      try window.press("Enter", "Enter")
      try window.waitFor("AWAITING APPROVAL 1", run.short, "live", "now on prod")
      let config = try TextFile.read(scene.home.path(Self.config))
      #expect(config.contains("token_file = \"prod.token\""))
      #expect(!config.contains(scene.runtime.token))
      try window.press("q")
      #expect(try window.waitForEnd() == .exited(0))
    }

    @Test func `another profile is a line away, and each keeps its filter`() throws {
      let scene = try Scene()
      _ = try scene.start("refund", Graphs.approval).task()
      let other = try Scene()
      _ = try other.start("invoices", Graphs.approval).task()
      try scene.home.write(
        "default_profile = \"one\"\n"
          + profile("one", scene.runtime.url, "token_env = \"ONE\"")
          + profile("two", other.runtime.url, "token_env = \"TWO\"\nread_only = true")
          + profile("three", "http://127.0.0.1:1", "token_file = \"nowhere\""),
        to: Self.config
      )
      let window = try open(
        scene.home,
        variables: ["ONE": scene.runtime.token, "TWO": other.runtime.token],
        peers: [scene.runtime, other.runtime]
      )
      try window.waitFor("AWAITING APPROVAL 1", "refund", "live")
      try window.press("/")
      try window.type("refund")
      try window.press("Enter")
      try window.waitFor("1 of 1 shown")
      try window.type(":profile three")
      try window.press("Enter")
      try window.waitFor("there is no", "write the token", "live")
      try window.type(":profile tw")
      try window.press("Tab", "Enter")
      let screen = try window.waitFor("invoices", "live")
      #expect(screen[0].contains("two") && screen[0].contains("READ-ONLY"))
      #expect(!screen.joined().contains("refund"))
      #expect(try window.title() == "Command Center · two")
      try window.press("a")
      try window.waitFor("the profile two is read-only")
      try window.type(":profile one")
      try window.press("Enter")
      try window.waitFor("refund", "1 of 1 shown", "live")
    }

    @Test func `a profile is left while its server hangs`() throws {
      let gate = try Gate()
      let server = try FaultServer()
      server.answer("GET /v1/runs", FaultServer.Answer([.hold(gate), .close]))
      let other = try FaultServer()
      let home = try TemporaryHome()
      try home.write(
        "default_profile = \"slow\"\n" + profile("slow", server.url) + profile("quick", other.url),
        to: Self.config
      )
      let window = try open(home, peers: [server, other])
      try window.waitFor("Waiting for the first answer")
      _ = try Waiting.until("the poll") { server.received("GET").isEmpty ? nil : true }
      try window.type(":profile quick")
      try window.press("Enter")
      try window.waitFor("Nothing needs you.", "live")
      gate.open()
      try window.expectKeys()
      #expect(try window.screen()[0].contains("quick"))
      try window.press("q")
      #expect(try window.waitForEnd() == .exited(0))
    }

    @Test func `a token is what a program prints, and is fetched again when it is refused`() throws
    {
      let server = try FaultServer()
      let home = try TemporaryHome()
      try home.write("pat_one\n", to: "token")
      try home.write(
        profile("prod", server.url, "token_command = [\"cat\", \"\(home.path("token"))\"]"),
        to: Self.config
      )
      let log = home.path("log")
      let window = try open(home, ["--log", log], peers: [server])
      try window.waitFor("Nothing needs you.", "live")
      #expect(server.received("GET")[0].header("Authorization") == "Bearer pat_one")
      try home.write("pat_two\n", to: "token")
      let refused = FaultServer.Answer.json(
        #"{"error":"expired: pat_one"}"#,
        status: "401 Unauthorized"
      )
      server.answer("GET /v1/runs", refused)
      try window.press("r")
      _ = try Waiting.until("the new token to be sent") {
        server.received("GET").contains { $0.header("Authorization") == "Bearer pat_two" }
          ? true : nil
      }
      try window.waitFor("TOKEN REFUSED", "t new token")
      try window.expectKeys()
      server.answer("GET /v1/runs", .json(#"{"runs":[]}"#))
      try window.press("r")
      try window.waitFor("live")
      try window.press("q")
      #expect(try window.waitForEnd() == .exited(0))
      let lines = try TextFile.read(log)
      #expect(lines.contains("GET /v1/runs?limit=100 401"), "\(lines)")
      #expect(!lines.contains("pat_one") && !lines.contains("pat_two"), "\(lines)")
    }

    @Test func `a program that fails, or prints no token, says so in place`() throws {
      let server = try FaultServer()
      let home = try TemporaryHome()
      let script = "cat '\(home.path("token"))' || exit 3"
      try home.write(
        profile("prod", server.url, "token_command = [\"sh\", \"-c\", \"\(script)\"]"),
        to: Self.config
      )
      let window = try open(home, peers: [server])
      try window.waitFor("NO TOKEN", "token_command sh ended with 3: cat:", "tries")
      try window.expectKeys()
      #expect(server.received("GET").isEmpty)
      try home.write("two words", to: "token")
      try window.press("r")
      try window.waitFor("NO TOKEN", "the token has a blank")
      try home.write("pat_good", to: "token")
      try window.press("r")
      try window.waitFor("Nothing needs you.", "live")
      #expect(server.received("GET").allSatisfy { $0.header("Authorization") == "Bearer pat_good" })
    }

    @Test func `a token that is typed replaces the one on disk once the server takes it`() throws {
      let scene = try Scene()
      _ = try scene.start("refund", Graphs.approval).task()
      let file = "config/command-center/prod.token"
      try scene.home.write("pat_expired\n", to: file)
      try scene.home.write(
        profile("prod", scene.runtime.url, "token_file = \"prod.token\""),
        to: Self.config
      )
      let window = try open(scene.home, peers: [scene.runtime])
      try window.waitFor("TOKEN REFUSED", "t new token")
      try window.press("t")
      try window.waitFor("Paste it here")
      try window.type("pat_wrong")
      try window.waitFor("9 characters")
      try window.press("Enter")
      try window.waitFor("the server refuses the token that was typed")
      #expect(try TextFile.read(scene.home.path(file)) == "pat_expired\n")
      try window.press("t")
      try window.waitFor("Paste it here")
      try window.type(scene.runtime.token)
      try window.press("Enter")
      try window.waitFor("AWAITING APPROVAL 1", "live", "the token is kept in")
      #expect(try TextFile.read(scene.home.path(file)) == "\(scene.runtime.token)\n")
    }

    @Test func `a token that a slow program prints comes behind the one that was typed`() throws {
      let server = try FaultServer()
      let home = try TemporaryHome()
      let (go, done) = (home.path("go"), home.path("done"))
      let script =
        "while [ ! -e '\(go)' ]; do sleep 0.05; done; printf pat_late; : > '\(done)'"
      try home.write(
        profile("prod", server.url, "token_command = [\"sh\", \"-c\", \"\(script)\"]"),
        to: Self.config
      )
      let window = try open(home, peers: [server])
      try window.waitFor("waiting for the token")
      try window.press("r")
      try window.press("t")
      try window.waitFor("Paste it here")
      try window.type("pat_typed")
      try window.press("Enter")
      try window.waitFor("Nothing needs you.", "live")
      try home.write("", to: "go")
      _ = try Waiting.until("the program's end") {
        unsafe access(done, F_OK) == 0 ? true : nil
      }
      // What it printed is on its way to the loop: polls that begin later tell which token counts.
      for _ in 0..<3 {
        let calls = server.received("GET").count
        try window.press("r")
        _ = try Waiting.until("another poll") {
          server.received("GET").count > calls + 1 ? true : nil
        }
      }
      let sent = Set(server.received("GET").map { $0.header("Authorization") ?? "none" })
      #expect(sent == ["Bearer pat_typed"])
    }

    @Test func `what a token's program complains of is no command to the terminal`() throws {
      let home = try TemporaryHome()
      let script = "printf 'not \\\\033[31mred' >&2; exit 3"
      try home.write(
        profile("prod", "http://127.0.0.1:1", "token_command = [\"sh\", \"-c\", \"\(script)\"]"),
        to: Self.config
      )
      let report = try Verb.run(["inbox"], url: nil, home: home)
      #expect(report.status == 2)
      #expect(report.complaints.contains("ended with 3: not \u{FFFD}[31mred"), "\(report)")
    }

    @Test func `who gives up typing a token finds the terminal as it was`() throws {
      let home = try TemporaryHome()
      let window = try TerminalWindow(.shell, home: home, environment: home.environment)
      let before = try window.modes()
      let program = try BuiltProgram.front.path()
      try window.type("'\(program)' profiles add prod --url https://x --token-stdin")
      try window.press("Enter")
      try window.waitFor("Token for prod:")
      try window.press("C-c")
      try window.waitFor("was interrupted; nothing is written", TerminalWindow.prompt)
      #expect(try window.modes() == before)
      #expect(unsafe access(home.path(Self.config), F_OK) != 0)
    }

    @Test func `a token from the environment is nowhere to be seen once it is read`() throws {
      let scene = try Scene()
      let window = try scene.front()
      try window.waitFor("Nothing needs you.", "live")
      let pid = try window.pid()
      let started = String(decoding: try TextFile.bytes("/proc/\(pid)/environ"), as: UTF8.self)
      #expect(started.contains("COMMAND_CENTER_URL"))
      #expect(!started.contains(scene.runtime.token))
      let words = String(decoding: try TextFile.bytes("/proc/\(pid)/cmdline"), as: UTF8.self)
      #expect(!words.contains(scene.runtime.token))
    }

    @Test func `what was seen last is there at the next start, as old as it is`() throws {
      let scene = try Scene()
      let run = try scene.start("refund", Graphs.approval)
      _ = try run.task()
      let first = try scene.front()
      try first.waitFor("AWAITING APPROVAL 1", "live")
      try first.press("q")
      #expect(try first.waitForEnd() == .exited(0))
      let kept = scene.home.path("cache/command-center/snapshots/env")
      #expect(!(try TextFile.read(kept)).contains(scene.runtime.token))
      try first.close()
      try scene.runtime.kill(SIGTERM)
      let second = try scene.front()
      let screen = try second.waitFor("OFFLINE", run.short, "AWAITING APPROVAL 1")
      #expect(screen[0].contains("data "), "\(screen[0])")
      try second.expectKeys()
      try second.press("a")
      try second.waitFor("Approve")
      try second.press("y")
      try second.waitFor("connection refused")
      let again = try scene.runtime.restarted()
      try second.press("r")
      try second.waitFor("AWAITING APPROVAL 1", "live")
      _ = again
    }

    @Test func `a broken snapshot is one sentence and costs nothing else`() throws {
      let scene = try Scene()
      let kept = "cache/command-center/snapshots/env"
      try scene.home.write("{\"snapshot\":1", to: kept)
      let window = try scene.front()
      try window.waitFor("what was seen last cannot be read", "another version", "live")
      try window.press("q")
      #expect(try window.waitForEnd() == .exited(0))
      #expect(try TextFile.read(scene.home.path(kept)).hasPrefix("{\"snapshot\":1,\"url\""))
    }

    @Test func `a theme is drawn while its name stands in the line`() throws {
      let scene = try Scene()
      let home = scene.home
      try home.write(
        "[roles]\ntext = { fg = \"#00ff00\" }\n",
        to: "config/command-center/themes/mine.toml"
      )
      try home.write("[roles\n", to: "config/command-center/themes/broken.toml")
      let window = try scene.front()
      try window.waitFor("Nothing needs you.", "live")
      try window.type(":theme broken")
      try window.press("Enter")
      try window.waitFor("broken.toml", "expected")
      try window.type(":theme mine")
      try window.press("Enter")
      try window.waitFor("theme mine, until you leave")
      try window.type(":quit")
      try window.press("Enter")
      #expect(try window.waitForEnd() == .exited(0))
    }

    @Test func `profiles are added, listed and chosen in the shell`() throws {
      let scene = try Scene()
      _ = try scene.start("refund", Graphs.approval).task()
      let run = { (words: [String]) in try Verb.run(words, url: nil, home: scene.home) }
      let empty = try run(["profiles"])
      #expect(empty.status == 0 && empty.output.contains("no profiles"), "\(empty)")
      try scene.home.write(scene.runtime.token, to: "token")
      let added = try run(
        [
          "profiles", "add", "here", "--url", scene.runtime.url, "--token-file",
          scene.home.path("token"),
        ]
      )
      #expect(added.status == 0, "\(added)")
      let second = try run(
        [
          "profiles", "add", "there", "--url", "http://127.0.0.1:1", "--token-command", "pass",
          "show", "x",
        ]
      )
      #expect(second.status == 0, "\(second)")
      let again = try run(["profiles", "add", "there", "--url", "http://127.0.0.1:1"])
      #expect(again.status == 2 && again.complaints.contains("take another name"), "\(again)")
      let bad = try run(["profiles", "add", "bad", "--url", "ftp://x"])
      #expect(bad.status == 2 && bad.complaints.contains("neither https:// nor http://"), "\(bad)")
      #expect(try run(["inbox"]).output.contains("refund"))
      #expect(try run(["profiles", "use", "there"]).status == 0)
      #expect(try run(["inbox"]).status == 2)
      let listed = try run(["profiles", "-o", "json"])
      let value = try JSONValue(parsing: Array(listed.output.utf8))
      #expect(value.array?.map { $0["name"]?.string } == ["here", "there"])
      #expect(value.array?.map { $0["default"]?.bool } == [false, true])
      #expect(value.array?.last?["token"]?.string == "command pass")
      let wrong = try run(["profiles", "use", "hre"])
      #expect(wrong.status == 2 && wrong.complaints.contains("here was meant?"), "\(wrong)")
    }

    @Test func `the list of profiles shows no password of an address`() throws {
      let home = try TemporaryHome()
      try home.write(profile("prod", "https://me:pat_secret@api.example.com"), to: Self.config)
      for form in ["table", "json"] {
        let report = try Verb.run(["profiles", "-o", form], url: nil, home: home)
        #expect(report.status == 0, "\(report)")
        #expect(report.output.contains("https://api.example.com"), "\(report)")
        #expect(!report.output.contains("pat_secret"), "\(report)")
      }
    }

    @Test func `help names the levels of a log by their words`() throws {
      let help = try Verb.run(["inbox", "--help"], url: "http://127.0.0.1:1").output
      let words = help.split { " \n".contains($0) }.joined(separator: " ")
      #expect(words.contains("debug (each exchange too; the default)"), "\(words)")
      #expect(words.contains("(values: debug, info, error)"), "\(words)")
    }

    @Test func `a log that cannot be written is a mistake of the caller`() throws {
      let report = try Verb.run(["inbox", "--log", "/nowhere/log"], url: "http://127.0.0.1:1")
      #expect(report.status == 2, "\(report)")
      #expect(report.complaints.contains("the log /nowhere/log cannot be opened"), "\(report)")
    }
  }
}
