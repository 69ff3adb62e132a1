import JSON
import TestHouse
import Testing

extension EndToEnd {
  /// The verb that lists and shows themes.
  @Suite struct Themes {
    @Test func `themes are listed without a server, broken ones with what is wrong`() throws {
      let home = try TemporaryHome()
      try home.write("[roles]\ntitel = {}", to: "config/command-center/themes/broken.toml")
      try home.write("theme = \"paper\"", to: "config/command-center/config.toml")
      let report = try Verb.run(["themes"], url: nil, home: home)
      #expect(report.status == 0, "\(report)")
      for name in ["broken", "colour-blind", "high-contrast", "midnight", "monochrome", "terminal"]
      {
        #expect(report.output.contains("\n\(name) "))
      }
      #expect(report.output.contains("\npaper          in use  "))
      #expect(
        report.complaints
          == "command-center: \(home.path("config/command-center/themes/broken.toml")): roles.titel "
          + "is no role; roles.title was meant?\n"
      )
    }

    @Test(arguments: [
      ("papr", "there is no theme papr; paper was meant?"),
      ("../x", "../x is no name of a theme; write the file's name without .toml"),
    ])
    func `a theme that is not there is 2`(name: String, words: String) throws {
      let report = try Verb.run(["themes", name], url: nil)
      #expect(report.status == 2, "\(report)")
      #expect(report.output == "")
      #expect(report.complaints == "command-center: \(words)\n")
    }

    @Test func `a sample is plain where it is no terminal, and has colours in one`() throws {
      let home = try TemporaryHome()
      let plain = try Verb.run(["themes", "high-contrast"], url: nil, home: home)
      #expect(plain.status == 0, "\(plain)")
      #expect(plain.output.contains("▌◆ crm-sync edit            Update 3 fields"))
      #expect(!plain.output.contains("\u{1B}"))

      let window = try Front.shell(home: home, url: "http://127.0.0.1:1", token: "any")
      let coloured = home.path("coloured")
      try window.record(to: coloured)
      try window.type("command-center themes high-contrast; echo sh''own\n")
      try window.waitFor { $0.contains("shown") }
      // The last line of the sample stands on the bar, which this theme reverses.
      #expect(try TextFile.read(coloured).contains("\u{1B}[0;1;7;38;5;231;48;5;16m"))

      let refused = home.path("refused")
      try window.record(to: refused)
      try window.type("clear; NO_COLOR=1 command-center themes paper; echo pl''ainly\n")
      try window.waitFor { $0.contains("plainly") }
      #expect(!(try TextFile.read(refused).contains("\u{1B}[0;")))
    }
  }
}

extension TerminalWindow {
  /// Waits for a line that a test can tell by its own.
  fileprivate func waitFor(_ isThere: ([String]) -> Bool) throws {
    try waitFor("the end of the verb", isThere)
  }
}
