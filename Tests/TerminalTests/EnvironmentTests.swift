import Terminal
import Testing

@Suite struct EnvironmentTests {
  @Test(
    arguments: [
      ([:], "C"), (["LANG": "de_DE.UTF-8"], "de_DE.UTF-8"),
      (["LANG": "de_DE.UTF-8", "LC_CTYPE": "C"], "C"),
      (["LANG": "C", "LC_CTYPE": "C", "LC_ALL": "C.UTF-8"], "C.UTF-8"),
      (["LANG": "C.UTF-8", "LC_ALL": ""], "C.UTF-8"),
    ] as [([String: String], String)]
  )
  func `the first variable that says something names the locale`(
    variables: [String: String],
    locale: String
  ) {
    #expect(TerminalEnvironment(variables).locale == locale)
  }

  @Test func `colours are promised and refused`() {
    #expect(TerminalEnvironment(["COLORTERM": "truecolor"]).promisesDirectColor)
    #expect(TerminalEnvironment(["COLORTERM": "24bit"]).promisesDirectColor)
    #expect(!TerminalEnvironment(["COLORTERM": "yes"]).promisesDirectColor)
    #expect(TerminalEnvironment(["NO_COLOR": "1"]).refusesColor)
    #expect(!TerminalEnvironment(["NO_COLOR": ""]).refusesColor)
  }

  @Test func `tmux is known by its variable and by its name`() {
    #expect(TerminalEnvironment(["TERM": "screen-256color", "TMUX": "/tmp/x,1,0"]).isInsideTmux)
    #expect(TerminalEnvironment(["TERM": "tmux-256color"]).isInsideTmux)
    #expect(!TerminalEnvironment(["TERM": "xterm-256color"]).isInsideTmux)
  }

  @Test(arguments: [
    TerminalFailure.notATerminal("Standard input"), .unnamed, .unknown("xyz"), .incapable("dumb"),
    .system("open the terminal", 5),
  ])
  func `a failure is one sentence`(failure: TerminalFailure) {
    let sentence = failure.description
    #expect(sentence.hasSuffix("."))
    #expect(!sentence.contains("\n"))
    #expect(sentence.dropLast().split(separator: ". ").count == 1)
  }

  @Test func `a name from the environment cannot act on the terminal`() {
    #expect(!TerminalFailure.unknown("x\u{1B}[2J").description.contains("\u{1B}"))
  }
}
