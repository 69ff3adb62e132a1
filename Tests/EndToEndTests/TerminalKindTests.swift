import JSON
import TestHouse
import Testing

extension EndToEnd {
  /// The terminals and locales that operators have.
  @Suite struct TerminalKinds {
    private let home: TemporaryHome
    private let server: FaultServer

    init() throws {
      home = try TemporaryHome()
      server = try FaultServer()
      server.answer("GET /v1/runs", Feed.running(8))
    }

    private func open(
      _ variables: [String: String?],
      columns: Int = 80,
      rows: Int = 24
    ) throws -> TerminalWindow {
      try Front.open(
        home: home,
        url: server.url,
        token: "any",
        columns: columns,
        rows: rows,
        variables: variables,
        peers: [server]
      )
    }

    /// Goes through the screens and leaves.
    /// - Returns: Every byte that was written meanwhile.
    private func tour(_ window: TerminalWindow) throws -> String {
      try window.waitFor("RUNNING NOW 8", "live")
      let record = home.path("record")
      try window.record(to: record)
      // All is painted again for the record.
      try window.resize(columns: 82, rows: 26)
      try window.waitFor("82 columns") { $0[0].count == 81 }
      try window.press("j")
      try window.press("Down")
      try window.waitFor("the third row") { screen in
        screen.firstIndex { $0.hasPrefix("▌") || $0.hasPrefix(">") } == 5
      }
      try window.expectKeys()
      try window.press("s")
      try window.waitFor("A stopped run cannot be resumed.")
      try window.press("Escape")
      try window.waitForNo("A stopped run cannot be resumed.")
      try window.press("Enter")
      try window.waitFor("1 Events")
      try window.press("Escape")
      try window.waitFor("RUNNING NOW 8")
      try window.resize(columns: 40, rows: 10)
      try window.waitFor("40 columns") { $0[0].count == 39 && $0.count == 10 }
      try window.press("q")
      #expect(try window.waitForEnd() == .exited(0))
      return try TextFile.read(record)
    }

    private static var colour: Regex<Substring> { #/\u{1B}\[(?:[0-9]+;)*[34][0-9][0-9;:]*m/# }
    private static var manyColours: Regex<Substring> { #/\u{1B}\[[0-9;]*[34]8[;:]5/# }

    @Test(arguments: ["xterm-256color", "screen-256color", "tmux-256color"])
    func `256 colours where they are promised`(term: String) throws {
      let bytes = try tour(try open(["TERM": term]))
      #expect(bytes.contains(Self.manyColours))
    }

    @Test(arguments: ["linux", "xterm", "screen"])
    func `few colours where there are few`(term: String) throws {
      let bytes = try tour(try open(["TERM": term]))
      #expect(!bytes.contains(Self.manyColours))
      #expect(bytes.contains(Self.colour))
    }

    @Test(arguments: [("vt100", nil), ("xterm-256color", "1")] as [(String, String?)])
    func `no colour where there is none, or none is wanted`(term: String, refusal: String?) throws {
      let bytes = try tour(try open(["TERM": term, "NO_COLOR": refusal]))
      #expect(!bytes.contains(Self.colour))
      #expect(bytes.contains("\u{1B}[7m") || bytes.contains(#/\u{1B}\[[0-9;]*7m/#))
    }

    @Test(arguments: ["truecolor", "24bit", "yes"])
    func `a promise of direct colour never costs the screen`(promise: String) throws {
      let bytes = try tour(try open(["TERM": "xterm-256color", "COLORTERM": promise]))
      #expect(bytes.contains(Self.colour))
    }

    @Test(arguments: ["xterm-kitty", "alacritty", "xterm-ghostty", "tmux-direct", "foot"])
    func `a terminal that this machine does not know is taken for its nearest kin`(
      term: String
    ) throws {
      _ = try tour(try open(["TERM": term]))
    }

    @Test(arguments: [
      ("dumb", "TERM is \"dumb\", which cannot move the cursor: use the verbs that print"),
      ("no-such-terminal", "TERM is \"no-such-terminal\", and no description of it is installed"),
      ("", "TERM is not set: set it to what this terminal is"),
    ])
    func `what cannot be drawn on is said in one sentence`(term: String, sentence: String) throws {
      let window = try Front.shell(home: home, url: server.url, token: "any", peers: [server])
      let before = try window.modes()
      try window.resize(columns: 200, rows: 24)
      try window.type("TERM='\(term)' command-center; echo left with $?\n")
      try window.waitFor(sentence, "left with 1")
      #expect(try window.modes() == before)
    }

    @Test(arguments: ["C", "POSIX", "de_DE.ISO-8859-1", "xx_YY"])
    func `without UTF-8 not one byte is beyond ASCII`(locale: String) throws {
      let bytes = try tour(try open(["LC_ALL": locale]))
      #expect(bytes.utf8.allSatisfy { $0 < 0x80 })
    }

    @Test func `without any locale not one byte is beyond ASCII`() throws {
      let variables: [String: String?] = ["LANG": nil, "LC_ALL": nil, "LC_CTYPE": nil]
      #expect(try tour(try open(variables)).utf8.allSatisfy { $0 < 0x80 })
    }

    @Test func `glyphs = "ascii" leaves not one byte beyond ASCII`() throws {
      try home.write("glyphs = \"ascii\"\n", to: "config/command-center/config.toml")
      let window = try open([:])
      try window.waitFor("RUNNING NOW 8 ---", ">* flow-")
      #expect(try tour(window).utf8.allSatisfy { $0 < 0x80 })
    }

    @Test(arguments: ["C.UTF-8", "xx_YY.UTF-8", "C.utf8"])
    func `UTF-8 is used where it is promised, installed or not`(locale: String) throws {
      #expect(try tour(try open(["LC_ALL": locale])).contains("▌"))
    }

    @Test(arguments: ["linux", "vt100", "xterm-256color"])
    func `a storm of sizes from one cell to 500x200 ends well`(term: String) throws {
      let window = try open(["TERM": term])
      try window.waitFor("RUNNING NOW 8", "live")
      let pid = try window.pid()
      for step in 0..<40 {
        try window.resize(columns: 1 + step * 137 % 500, rows: 1 + step * 61 % 200)
      }
      for (columns, rows) in [(1, 1), (500, 200), (1, 200), (500, 1), (2, 2), (80, 24)] {
        try window.resize(columns: columns, rows: rows)
      }
      try window.waitFor("RUNNING NOW 8", "live")
      try window.expectKeys()
      try window.resize(columns: 500, rows: 200)
      try window.waitFor("500 columns") { $0.count == 200 && $0[0].count == 499 }
      #expect(try window.pid() == pid)
      try window.press("q")
      #expect(try window.waitForEnd() == .exited(0))
    }
  }
}
