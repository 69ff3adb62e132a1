import TestHouse
import Testing

extension EndToEnd {
  /// The front over a line with a round trip of 300 ms and 8,000 bytes a second.
  @Suite struct SlowLinks {
    private let home: TemporaryHome
    private let server: FaultServer

    init() throws {
      home = try TemporaryHome()
      server = try FaultServer()
      server.answer("GET /v1/runs", Feed.running(38))
      try home.write("low_bandwidth = true\n", to: "config/command-center/config.toml")
    }

    private func open(_ link: SlowLink, columns: Int = 120, rows: Int = 40) throws -> TerminalWindow
    {
      let window = try Front.open(
        home: home,
        url: server.url,
        token: "any",
        columns: columns,
        rows: rows,
        behind: link.command,
        peers: [server]
      )
      try window.waitFor("RUNNING NOW 38", "live")
      try link.waitForRest()
      return window
    }

    /// The row under the cursor, without the rest of its line.
    private func marked(_ screen: [String]) -> String? {
      screen.first { $0.dropFirst(2).first == "▌" }.map { String($0.dropFirst(3).prefix(8)) }
    }

    /// Waits until the cursor is on another row, and all of that has arrived.
    private func waitForMove(
      _ window: TerminalWindow,
      _ link: SlowLink,
      from old: String?
    ) throws -> String? {
      try window.waitFor("the cursor on another row") { screen in
        marked(screen).map { $0 != old } ?? false
      }
      try link.waitForRest()
      return marked(try window.screen())
    }

    @Test func `a key is answered in one exchange of few bytes`() throws {
      let link = SlowLink(in: home)
      let window = try open(link)
      var row = marked(try window.screen())
      var costs: [Int] = []
      for _ in 0..<5 {
        let before = try link.waitForRest()
        try window.press("j")
        row = try waitForMove(window, link, from: row)
        let loads = Array(try link.loads().dropFirst(before.count))
        // One key there, its paint back: nothing is asked of the terminal, nothing waits for it.
        #expect(loads.first == .up(1))
        #expect(loads.bytesUp == 1)
        costs.append(loads.bytesDown)
      }
      #expect(costs.allSatisfy { (1...110).contains($0) }, "\(costs)")
    }

    @Test func `a poll writes what is new in it, and nothing when nothing is`() throws {
      let link = SlowLink(in: home)
      let window = try open(link, columns: 120, rows: 40)
      for done in 4...6 {
        let before = try link.waitForRest()
        server.answer("GET /v1/runs", Feed.running(38) { $0 == 30 ? done : 3 })
        try window.press("r")
        try window.waitFor("\(done)/9")
        let cost = Array(try link.waitForRest().dropFirst(before.count)).bytesDown
        // 250 bytes a second would be 750 a poll.
        #expect(cost <= 150)
      }
      let before = try link.waitForRest()
      let polls = { server.received("GET").count { $0.line.contains("/v1/runs") } }
      let known = polls()
      _ = try Waiting.until("two more polls") { polls() >= known + 3 ? true : nil }
      #expect(try link.loads() == before)
    }

    @Test func `a sequence that the line tears is still one key`() throws {
      let link = SlowLink(in: home, tears: true)
      let window = try open(link, columns: 80, rows: 24)
      let first = marked(try window.screen())
      try window.press("Down")
      let second = try waitForMove(window, link, from: first)
      try window.press("Down")
      let third = try waitForMove(window, link, from: second)
      try window.press("Up")
      #expect(try waitForMove(window, link, from: third) == second)
      try window.click(column: 10, row: 5)
      #expect(try waitForMove(window, link, from: second) == third)
      #expect(Set([first, second, third]).count == 3)
      try window.press("?")
      try window.waitFor("DECIDE")
      try window.press("Escape")
      try window.waitForNo("DECIDE")
      try link.waitForRest()
      // Nothing of it was taken for letters: no question, no filter, no note.
      let screen = try window.screen()
      #expect(screen[2].contains("RUNNING NOW 38"))
      #expect(screen[23].contains("open"))
      #expect(screen[22].hasSuffix("d"))
      try window.press("q")
      #expect(try window.waitForEnd() == .exited(0))
    }

    @Test func `a change of size and the program's end pass through the line`() throws {
      let link = SlowLink(in: home)
      let window = try open(link, columns: 80, rows: 24)
      try window.resize(columns: 120, rows: 40)
      try window.waitFor("120 columns") { $0[0].count == 119 && $0.count == 40 }
      try window.press("q")
      #expect(try window.waitForEnd() == .exited(0))
      #expect(try link.loads().bytesUp == 1)
    }
  }
}
