import Cells
import Terminal
import Testing

extension ScreenTests {
  /// Descriptions of terminals are one to a process, as the screen is.
  @Suite(.serialized) struct PainterTests {
    private let frame: Frame = {
      var frame = Frame(size: Size(columns: 6, rows: 2))
      frame.put("ab", column: 0, row: 0, look: .failure)
      frame.put("c漢", column: 2, row: 0, look: Look(.text, selected: true))
      return frame
    }()
    private let theme = Theme.resolve(
      name: "t",
      roles: [
        "text": ThemeEntry(foreground: "#ffffff", background: "terminal"),
        "failure": ThemeEntry(foreground: "bright-red", bold: true, underline: true),
        "selection": ThemeEntry(foreground: "200", background: "blue", reverse: true),
      ],
      palette: [:]
    ).theme

    @Test(arguments: [
      (ColorDepth.direct, "38;5;200;44", "38;2;255;255;255"),
      (.palette256, "38;5;200;44", "38;5;231"), (.sixteen, "95;44", "97"),
    ])
    func `a frame is written in the colours of the depth`(
      depth: ColorDepth,
      bar: String,
      text: String
    ) {
      let esc = "\u{1B}["
      #expect(
        Painter(depth: depth).text(frame, theme: theme)
          == "\(esc)0;1;4;91mab\(esc)0;7;\(bar)mc漢\(esc)0;\(text)m \(esc)0m\n"
          + "\(esc)0;\(text)m      \(esc)0m\n"
      )
    }

    @Test func `without colours only marks are written, plain nothing but text`() {
      #expect(
        Painter(depth: .mono).text(frame, theme: theme)
          == "\u{1B}[0;1;4mab\u{1B}[0;7mc漢\u{1B}[0m \u{1B}[0m\n\u{1B}[0m      \u{1B}[0m\n"
      )
      #expect(Painter(depth: nil).text(frame, theme: theme) == "abc漢\n\n")
      #expect(Painter(depth: nil, unicode: false).text(frame, theme: theme) == "abc?\n\n")
    }

    @Test(
      arguments: [
        ("xterm-256color", [:], .palette256), ("xterm", [:], .sixteen), ("vt100", [:], .mono),
        ("dumb", [:], nil), ("", [:], nil), ("no-such-terminal", [:], nil),
        ("xterm-256color", ["NO_COLOR": "1"], nil),
      ] as [(String, [String: String], ColorDepth?)]
    )
    func `the terminal's description says how many colours there are`(
      term: String,
      more: [String: String],
      depth: ColorDepth?
    ) throws {
      let pty = try Pty()
      let environment = TerminalEnvironment(more.merging(["TERM": term]) { $1 })
      #expect(Painter(environment: environment, output: pty.terminal).depth == depth)
      #expect(pty.written() == "")
    }

    @Test func `what is no terminal gets plain text`() {
      let environment = TerminalEnvironment(["TERM": "xterm-256color"])
      #expect(Painter(environment: environment, output: -1).depth == nil)
    }
  }
}
