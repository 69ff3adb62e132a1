import Glibc
import JSON
import TestHouse
import Testing

extension EndToEnd {
  /// Many decisions at once: what the pages said agrees with the runtime's record, item by item.
  @Suite struct Bulks {
    /// Marks everything that waits and opens its review.
    private static func review(_ count: Int, _ key: String, in window: TerminalWindow) throws {
      try window.waitFor("AWAITING APPROVAL \(count)", " live")
      // Off whatever has left since, and on the first that waits.
      try window.press("G", "g", "*")
      try window.waitFor("\(count) marked")
      try window.press(key)
      try window.waitFor("Review \(count) decisions", "acting on \(count) marked")
    }

    @Test func `a hundred approvals are reviewed with mixed verdicts, and the record agrees`()
      throws
    {
      let approvals = try Approvals(100)
      let window = try approvals.scene.front()
      try Bulks.review(100, "a", in: window)
      // Of five, one gets a no, one is dropped, which moves on by itself.
      try window.type(String(repeating: "jxjj j", count: 20))
      try window.waitFor("60 approve, 20 reject", "20 dropped")
      let reviewed = try window.items(of: approvals.runs)
      #expect(reviewed.values.count { $0.words == "a approve" } == 60)
      #expect(reviewed.values.count { $0.words == "x reject" } == 20)
      #expect(reviewed.values.count { $0.words == "- dropped" } == 20)
      #expect(try approvals.answers().isEmpty)
      try window.press("y")
      try window.waitFor("all 80 done")
      let sent = approvals.runs.filter { reviewed[$0.short]?.words != "- dropped" }
      let shown = try window.items(of: sent)
      let record = try approvals.answers()
      for run in approvals.runs {
        let words = try #require(reviewed[run.short]).words
        switch words {
        case "a approve":
          #expect(record[run.short] == .init(by: "operator", isYes: true))
          #expect(shown[run.short]?.words == "✓ approved")
        case "x reject":
          #expect(record[run.short] == .init(by: "operator", isYes: false))
          #expect(shown[run.short]?.words == "✓ rejected")
        default: #expect(record[run.short] == nil)
        }
        #expect(
          shown[run.short]?.remark.hasPrefix("confirmed by the server") ?? (words == "- dropped")
        )
      }
      let journal = try JournalLines(approvals.scene.home)
      #expect(journal.planned == Set(sent.map(\.short)))
      #expect(journal.settled.values.allSatisfy { $0.outcome == "done" })
      try window.press("Escape")
      try window.waitFor("AWAITING APPROVAL 20", "20 marked")
    }

    @Test func `two operators fight over a hundred approvals, and each is told the truth`() throws {
      let approvals = try Approvals(100)
      let (one, other) = (try TemporaryHome(), try TemporaryHome())
      let runtime = approvals.scene.runtime
      let operators = [
        (name: "operator", key: "a", word: "approved", home: one, token: runtime.token),
        (name: "alex", key: "x", word: "rejected", home: other, token: RuntimeProcess.alexToken),
      ]
      let windows = try operators.map { someone in
        try Front.open(
          home: someone.home,
          url: runtime.url,
          token: someone.token,
          peers: [runtime]
        )
      }
      // Singly: both have the question about the same run before them, and answer at once.
      let singly = Array(approvals.runs.prefix(8))
      for (round, run) in singly.enumerated() {
        for (someone, window) in zip(operators, windows) {
          try window.waitFor("AWAITING APPROVAL \(100 - round)")
          try window.press("G", "g", someone.key)
          try window.waitFor("refund  \(run.short)", "leave it waiting")
        }
        // Turn about: whoever is asked first by the test has the start.
        let order = round % 2 == 0 ? [0, 1] : [1, 0]
        for turn in order { try windows[turn].press("y") }
        for (someone, window) in zip(operators, windows) {
          let won = "\(someone.word) refund \(run.short), confirmed by the server"
          let rival = operators.first { $0.name != someone.name }
          let lost = "already \(rival?.word ?? "") by \(rival?.name ?? "")"
          try window.waitFor("“\(won)” or “\(lost)”") { screen in
            screen.contains { $0.contains(won) || $0.contains(lost) }
          }
          let answer = try #require(try approvals.answer(of: run))
          let isWinner = answer.by == someone.name
          let text = try window.screen().joined(separator: "\n")
          #expect(text.contains(isWinner ? won : lost))
          #expect(answer.isYes == (answer.by == "operator"))
          try window.press("Escape")
        }
      }
      // In bulk: both have marked all that is left, and send at once.
      let rest = Array(approvals.runs.dropFirst(singly.count))
      for (someone, window) in zip(operators, windows) {
        try Bulks.review(rest.count, someone.key, in: window)
      }
      for window in windows { try window.press("y") }
      for window in windows {
        try window.waitFor("all of the bulk to have ended") { screen in
          screen[1].hasPrefix(" all \(rest.count) done") || screen[1].contains("not done")
        }
      }
      let record = try approvals.answers()
      #expect(record.count == 100)
      for (someone, window) in zip(operators, windows) {
        let rival = try #require(operators.first { $0.name != someone.name })
        let shown = try window.items(of: rest)
        let journal = try JournalLines(someone.home)
        for run in rest {
          let item = try #require(shown[run.short])
          if record[run.short]?.by == someone.name {
            #expect(item.words == "✓ \(someone.word)")
            #expect(journal.settled[run.short]?.outcome == "done")
          } else {
            #expect(record[run.short]?.by == rival.name)
            #expect(item.words == "! not done")
            #expect(item.remark.hasPrefix("already \(rival.word) by \(rival.name)"), "\(item)")
            #expect(journal.settled[run.short]?.outcome == "changed")
          }
        }
        for run in singly {
          let isWinner = record[run.short]?.by == someone.name
          #expect(journal.settled[run.short]?.outcome == (isWinner ? "done" : "changed"))
        }
      }
      #expect(record.values.allSatisfy { $0.isYes == ($0.by == "operator") })
    }

    /// A window on approvals, behind a proxy.
    private static func spoiled(
      _ approvals: Approvals,
      _ proxy: FaultProxy
    ) throws -> TerminalWindow {
      try Front.open(
        home: approvals.scene.home,
        url: proxy.url,
        token: approvals.scene.runtime.token,
        peers: [approvals.scene.runtime, proxy]
      )
    }

    /// The calls that answer tasks.
    private static let answers = ServerFault.Calls { method, path in
      method == "POST" && path.hasSuffix("/complete")
    }

    @Test func `a bulk is ended after those in flight, and the rest stays marked`() throws {
      let approvals = try Approvals(30)
      let proxy = try FaultProxy(before: approvals.scene.runtime.port)
      let window = try Bulks.spoiled(approvals, proxy)
      try Bulks.review(30, "a", in: window)
      let held = try proxy.impose(ServerFault("held", on: Bulks.answers, .hold(.request)))
      try window.press("y")
      try proxy.waitForHits(of: held, 4)
      try window.waitFor("0 of 30 settled")
      try window.press("Escape")
      try window.waitFor("26 of 30 settled", "stopping after those in flight")
      // At most four were under way, and none begins any more.
      #expect(proxy.count(of: "held") == 4)
      try proxy.lift(held)
      try window.waitFor("4 of 30 done, 26 taken back")
      let shown = try window.items(of: approvals.runs)
      let record = try approvals.answers()
      let journal = try JournalLines(approvals.scene.home)
      #expect(record.count == 4)
      for run in approvals.runs {
        let isDone = record[run.short] != nil
        #expect(shown[run.short]?.words == (isDone ? "✓ approved" : "- taken back"))
        #expect(journal.settled[run.short]?.outcome == (isDone ? "done" : nil))
        #expect(journal.withdrawn.contains(run.short) == !isDone)
      }
      try window.press("Escape")
      try window.waitFor("AWAITING APPROVAL 26", "26 marked")
    }

    @Test func `what failed is tried again, and nothing is done twice`() throws {
      let approvals = try Approvals(20)
      let proxy = try FaultProxy(before: approvals.scene.runtime.port)
      let window = try Bulks.spoiled(approvals, proxy)
      try Bulks.review(20, "a", in: window)
      let busy = HTTPAnswer("503 Service Unavailable", body: Array("busy".utf8))
      let refused = try proxy.impose(
        ServerFault("refused", on: Bulks.answers, .answer(busy), times: 5)
      )
      try window.press("y")
      try window.waitFor("15 of 20 done, 5 refused", "r retry failed ones")
      #expect(try approvals.answers().count == 15)
      try proxy.lift(refused)
      try window.press("r")
      try window.waitFor("all 20 done")
      let record = try approvals.answers()
      #expect(record.count == 20)
      #expect(record.values.allSatisfy { $0 == .init(by: "operator", isYes: true) })
    }

    @Test func `a bulk cut short by a kill is settled and its rest offered again`() throws {
      let approvals = try Approvals(24)
      let proxy = try FaultProxy(before: approvals.scene.runtime.port)
      let window = try Front.shell(
        home: approvals.scene.home,
        url: proxy.url,
        token: approvals.scene.runtime.token,
        peers: [approvals.scene.runtime, proxy]
      )
      try window.type("command-center\n")
      try Bulks.review(24, "a", in: window)
      // The server does what it is asked, but its answers do not come.
      let held = try proxy.impose(ServerFault("held", on: Bulks.answers, .hold(.performed)))
      try window.press("y")
      try proxy.waitForHits(of: held, 4)
      let done = try Waiting.until("four to be answered") {
        let answers = try approvals.answers()
        return answers.count == 4 ? answers : nil
      }
      kill(try window.frontOfShell(), SIGKILL)
      try window.waitFor("Killed")
      try proxy.lift(held)
      // Somebody answers one of the rest meanwhile.
      let other = try #require(approvals.runs.last { done[$0.short] == nil })
      try approvals.answer(other, approved: false)
      try window.type("stty sane; clear; command-center\n")
      try window.waitFor("AWAITING APPROVAL 19", "20 decisions of", "b reviews")
      try window.press("b")
      try window.waitFor("Review 19 decisions, the rest of a bulk", "1 gone")
      try window.press("y")
      try window.waitFor("all 19 done")
      let record = try approvals.answers()
      #expect(record.count == 24)
      for run in approvals.runs {
        let isOther = run.id == other.id
        #expect(record[run.short] == .init(by: isOther ? "alex" : "operator", isYes: !isOther))
      }
      // Nothing is left to offer.
      try window.press("Escape")
      try window.waitFor("nothing pending")
      try window.press("q")
      try window.waitFor(TerminalWindow.prompt)
      try window.type("clear; command-center\n")
      let screen = try window.waitFor("nothing pending")
      #expect(!screen.contains { $0.contains("never sent") })
    }
  }
}
