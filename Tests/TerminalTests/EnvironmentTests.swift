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

  @Test(
    arguments: [
      ("xterm-256color", [:], nil), ("screen-256color", ["TMUX": "/tmp/x,1,0"], .tmux),
      ("tmux-256color", [:], .tmux), ("screen", ["STY": "1.x"], .screen),
      ("screen.xterm-256color", ["STY": "1.x", "TMUX": "/tmp/x,1,0"], .screen),
      ("tmux-256color", ["STY": "1.x", "TMUX": "/tmp/x,1,0"], .tmux),
      ("screen-256color", ["STY": "1.x", "TMUX": "/tmp/x,1,0"], .unclear),
      ("screen", [:], nil),
    ] as [(String, [String: String], Multiplexer?)]
  )
  func `tmux and screen are known by their variables and by the terminal's name`(
    term: String,
    variables: [String: String],
    multiplexer: Multiplexer?
  ) {
    let environment = TerminalEnvironment(variables.merging(["TERM": term]) { $1 })
    #expect(environment.multiplexer == multiplexer)
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
