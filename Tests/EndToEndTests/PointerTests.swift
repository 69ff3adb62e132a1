import TestHouse
import Testing

extension EndToEnd {
  /// Mouse, clipboard and paste in a real terminal.
  @Suite struct Pointers {
    private let home: TemporaryHome
    private let server: FaultServer

    init() throws {
      home = try TemporaryHome()
      server = try FaultServer()
      server.answer("GET /v1/runs", Feed.running(38))
    }

    private func open(
      variables: [String: String?] = [:],
      behind wrapper: [String] = []
    ) throws -> TerminalWindow {
      let window = try Front.open(
        home: home,
        url: server.url,
        token: "any",
        variables: variables,
        behind: wrapper,
        peers: [server]
      )
      try window.waitFor("RUNNING NOW 38", "live")
      return window
    }

    private func waitForMark(_ window: TerminalWindow, on name: String) throws {
      try window.waitFor("the cursor on \(name)") { screen in
        screen.contains { $0.hasPrefix("▌") && $0.contains(name) }
      }
    }

    @Test func `a click selects, the wheel scrolls, and neither opens anything`() throws {
      let window = try open()
      #expect(try window.modes().screen.contains("mouse 1 1"))
      let name = try #require(try window.screen()[5].split(separator: " ").dropFirst().first)
      try window.click(column: 20, row: 5)
      try waitForMark(window, on: "\(name) ")
      let top = try window.screen()[3]
      try window.type("\u{1B}[<65;20;6M")
      try window.waitFor("the list three lines further up") { screen in
        screen[2].hasPrefix("▌") && screen[2].contains("\(name) ") && !screen.contains(top)
      }
      try window.type("\u{1B}[<64;20;6M")
      try waitForMark(window, on: "\(name) ")
      try window.click(column: 5, row: 23)
      try window.click(column: 5, row: 0)
      try window.expectKeys()
      try window.press("q")
      #expect(try window.waitForEnd() == .exited(0))
      #expect(try window.modes().screen.contains("mouse 0 0"))
    }

    @Test func `mouse = false leaves the mouse to the terminal`() throws {
      try home.write("mouse = false\n", to: "config/command-center/config.toml")
      let window = try open()
      #expect(try window.modes().screen.contains("mouse 0 0"))
      try window.press("y")
      try window.waitFor("sent to the clipboard")
    }

    @Test func `y sends the id to the clipboard`() throws {
      let window = try open()
      let record = home.path("record")
      try window.record(to: record)
      let short = try #require(
        try window.screen().first { $0.hasPrefix("▌") }?.split(separator: " ").dropFirst(2).first
      )
      let id = "\(short)-7425-40de-944b-e07fc1f90ae7"
      try window.press("y")
      try window.waitFor("sent to the clipboard: \(id)")
      #expect(try window.clipboard() == id)
      let bytes = try Waiting.until("the sequence in the record") {
        let bytes = try TextFile.read(record)
        return bytes.contains("\u{1B}Ptmux;\u{1B}\u{1B}]52;c;") ? bytes : nil
      }
      #expect(bytes.contains("\u{1B}]52;c;"))
      // On the run, too.
      try window.press("Enter")
      try window.waitFor("1 Events")
      try window.press("y")
      try window.waitFor("sent to the clipboard: \(id)")
    }

    @Test(arguments: ["linux", "vt100"])
    func `a terminal without a clipboard is said to have none`(term: String) throws {
      let window = try open(variables: ["TERM": term, "TMUX": nil])
      let record = home.path("record")
      try window.record(to: record)
      #expect(try window.modes().screen.contains("mouse 0 0"))
      try window.press("y")
      try window.waitFor("this terminal takes no clipboard; id 10")
      try window.press("q")
      #expect(try window.waitForEnd() == .exited(0))
      let bytes = try TextFile.read(record)
      for sequence in ["]52;", "?1000", "]2;"] { #expect(!bytes.contains(sequence)) }
    }

    @Test func `a paste outside of a prompt does nothing, and in one it is text`() throws {
      let window = try open()
      let before = try window.screen()
      try window.paste("ayq\u{0D}\u{1B}[B/")
      try window.expectKeys()
      #expect(try window.screen() == before)
      try window.press("/")
      try window.waitFor("keep filter")
      try window.paste("flow-3\n")
      try window.waitFor("/ flow-3", "9 of 38 shown")
    }

    @Test func `a click before its question was painted decides nothing, nor one on it`() throws {
      let window = try open()
      try window.type("s\u{1B}[<0;5;6M\u{1B}[<0;5;6my")
      let screen = try window.waitFor("A stopped run cannot be resumed.")
      for (row, line) in screen.enumerated() where line.contains("immediately") {
        try window.click(column: 14, row: row)
      }
      try window.type("\u{1B}[<65;20;6M")
      try window.press("Escape")
      try window.waitForNo("A stopped run cannot be resumed.")
      #expect(server.received("POST").isEmpty)
      try window.expectKeys()
    }

    @Test func `in GNU screen all works, and the id is passed on to the terminal outside`() throws {
      try home.write("startup_message off\n", to: "screenrc")
      let command = ["/usr/bin/screen", "-c", home.path("screenrc"), "-q", "-U"]
      let folder = home.path("run/screen")
      try home.write("", to: "run/screen/.made")
      let window = try open(variables: ["SCREENDIR": folder, "TMUX": nil], behind: command)
      let record = home.path("record")
      try window.record(to: record)
      try window.click(column: 20, row: 5)
      try window.waitFor("the clicked row") { $0[5].hasPrefix("▌") }
      try window.press("y")
      try window.waitFor("sent to the clipboard: 10")
      _ = try Waiting.until("the sequence outside of screen") {
        try TextFile.read(record).contains("\u{1B}]52;c;MTA") ? true : nil
      }
      try window.resize(columns: 120, rows: 30)
      try window.waitFor("120 columns") { $0[0].count == 119 && $0.count == 30 }
      try window.press("q")
      #expect(try window.waitForEnd() == .exited(0))
    }
  }
}
