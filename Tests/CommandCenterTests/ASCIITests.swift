import Cells
import CommandCenter
import Runs
import TestHouse
import Testing

/// Where the terminal or the locale shows no UTF-8, every screen is ASCII and can be read.
@Suite struct ASCIITests {
  /// Each kind of screen, with signs in ASCII.
  private static func desks() throws -> [Desk] {
    try PropertyTests.desks().map { desk in
      var desk = desk
      desk.model.glyphs = .ascii
      return desk
    }
  }

  @Test func `no screen has a byte beyond ASCII, nor a sign that has no twin`() throws {
    for desk in try ASCIITests.desks() {
      for (columns, rows) in [(80, 24), (40, 12), (120, 40), (30, 6)] {
        var desk = desk
        desk.send(.resized(Size(columns: columns, rows: rows)))
        let frame = desk.frame
        let text = frame.lines().joined(separator: "\n")
        #expect(text.utf8.allSatisfy { $0 < 0x80 })
        #expect(frame.lines().allSatisfy { $0.utf8.count == columns })
        #expect((frame.title ?? "").utf8.allSatisfy { $0 < 0x80 })
        // The key of help is the one question mark of ours, and what help searches asks nothing.
        let marks = text.replacing("? help", with: "").replacing(" ?  ", with: "")
        #expect(!marks.contains("?"), "\(text)")
      }
    }
  }

  @Test func `help names keys that have no sign in ASCII`() throws {
    var desk = Sample.desk(glyphs: .ascii)
    desk.press("?")
    expectScreen(desk.frame, "help-ascii")
    #expect(desk.text.contains("j Down"))
    #expect(desk.text.contains("approve ..."))
  }

  @Test func `events read well in ASCII`() {
    var desk = RunScreenTests.at(Sample.triage, Sample.triageDetail)
    desk.model.glyphs = .ascii
    expectScreen(desk.frame, "run-events-ascii")
  }

  @Test func `foreign letters become question marks, each in its columns`() {
    var run = Sample.triage
    run.workflowName = "größe 漢字"
    var desk = Sample.desk(Sample.reading(runs: [run], tasks: []), glyphs: .ascii)
    desk.press("g")
    #expect(desk.text.contains("gr??e ? ? "))
    #expect(desk.frame.lines().allSatisfy { $0.utf8.count == 80 })
  }
}
