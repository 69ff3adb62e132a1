import Glibc
import Testing

@testable import Terminal

@Suite struct WidthProbeTests {
  private let environment = TerminalEnvironment(["TERM": "xterm-256color", "LANG": "C.UTF-8"])

  /// What a terminal answers that draws every sample as wide as we reckon, but for changes.
  private func answers(_ changes: [String: Int] = [:]) -> String {
    WidthProbe.samples.map { sample in
      "\u{1B}[7;\((changes[sample.name] ?? sample.expected) + 1)R"
    }.joined()
  }

  private func settings(_ pty: Pty) throws -> termios {
    var settings = termios()
    try #require(unsafe tcgetattr(pty.terminal, &settings) == 0)
    return settings
  }

  private func measure(_ typed: String, _ pty: Pty) throws -> WidthProbe.Finding {
    // Without a line's end nothing is readable yet: a terminal that is asked answers later, too.
    let bytes = Array(typed.utf8)
    try #require(unsafe write(pty.controller, bytes, bytes.count) == bytes.count)
    let before = try settings(pty)
    let finding = WidthProbe(input: pty.terminal, output: pty.terminal).measure(environment)
    let after = try settings(pty)
    #expect(before.c_lflag == after.c_lflag)
    #expect(before.c_iflag == after.c_iflag)
    // Whatever came is gone: it would be typed into the shell.
    var left: Int32 = -1
    #expect(unsafe ioctl(pty.terminal, UInt(FIONREAD), &left) == 0)
    #expect(left == 0)
    return finding
  }

  @Test func `each sample is written, asked for and cleared away`() throws {
    let pty = try Pty()
    let finding = try measure(answers(), pty)
    guard case .measured(let measures) = finding else {
      Issue.record("\(finding)")
      return
    }
    #expect(measures.map(\.sample) == WidthProbe.samples)
    #expect(measures.allSatisfy { $0.columns == $0.sample.expected })
    let written = pty.written()
    #expect(written.contains("\r漢字\u{1B}[6n"))
    #expect(written.hasSuffix("\r\u{1B}[K"))
  }

  @Test func `what differs is told, whatever else is typed meanwhile`() throws {
    let pty = try Pty()
    let text =
      "ls\u{1B}[A" + answers(["ambiguous": 8, "emoji": 1]).replacing("\u{1B}", with: "x\u{1B}")
    guard case .measured(let measures) = try measure(text, pty) else {
      Issue.record("not measured")
      return
    }
    let wrong = measures.filter { $0.columns != $0.sample.expected }
    #expect(wrong.map(\.sample.name) == ["ambiguous", "emoji"])
    #expect(wrong.map(\.columns) == [8, 1])
  }

  @Test(arguments: ["", "\u{1B}[7;3R\u{1B}[7;", "\u{1B}[R\u{1B}[1R\u{1B}[1;2;3R", "hello"])
  func `a terminal that says nothing, or half of it, is silent and is left as it was`(
    typed: String
  ) throws {
    #expect(try measure(typed, Pty()) == .silent)
  }

  @Test func `what is no terminal, cannot answer, or has no UTF-8 is not asked`() throws {
    guard case .notAsked = WidthProbe(input: -1, output: -1).measure(environment) else {
      Issue.record("it was asked")
      return
    }
    for variables in [["TERM": "dumb", "LANG": "C.UTF-8"], ["TERM": "xterm", "LANG": "C"]] {
      let pty = try Pty()
      let probe = WidthProbe(input: pty.terminal, output: pty.terminal)
      guard case .notAsked = probe.measure(TerminalEnvironment(variables)) else {
        Issue.record("\(variables)")
        return
      }
      #expect(pty.written() == "")
    }
  }

  @Test func `a terminal that has gone is no reason to stay`() throws {
    let pty = try Pty()
    pty.hangUp()
    let finding = WidthProbe(input: pty.terminal, output: pty.terminal).measure(environment)
    if case .measured = finding { Issue.record("\(finding)") }
  }
}
