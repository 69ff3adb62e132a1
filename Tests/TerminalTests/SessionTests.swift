import Cells
import Glibc
import Terminal
import Testing

/// ncurses and signals are one to a process: these run one after the other.
@Suite(.serialized) struct ScreenTests {
  @Suite(.serialized) struct SessionTests {}
  @Suite(.serialized) struct SignalTests {}
}

private let esc = "\u{1B}"

private func frame(_ lines: [String], columns: Int = 20, rows: Int = 4, look: Look = .text) -> Frame
{
  var frame = Frame(size: Size(columns: columns, rows: rows))
  for (row, line) in lines.enumerated() { frame.put(line, column: 0, row: row, look: look) }
  return frame
}

extension ScreenTests.SessionTests {
  @Test func `a frame is written once`() throws {
    let pty = try Pty()
    let session = try pty.session()
    #expect(session.size == Size(columns: 20, rows: 4))
    session.present(frame(["first line", "second line"]), theme: .builtin)
    let first = pty.written()
    #expect(first.contains("\(esc)[?1049h"))
    #expect(first.contains("first line"))
    #expect(first.contains("second line"))
    #expect(first.contains("\(esc)[?2004h"))
    session.present(frame(["first line", "second line"]), theme: .builtin)
    #expect(pty.written() == "")
  }

  @Test func `only what differs is written`() throws {
    let pty = try Pty()
    let session = try pty.session()
    session.present(frame(["steps 4/9", "second line"]), theme: .builtin)
    _ = pty.written()
    session.present(frame(["steps 5/9", "second line"]), theme: .builtin)
    let difference = pty.written()
    #expect(difference.contains("5"))
    #expect(!difference.contains("steps"))
    #expect(!difference.contains("second"))
    #expect(difference.utf8.count < 60)
  }

  @Test func `another look of the same text is a difference`() throws {
    let pty = try Pty()
    let session = try pty.session()
    session.present(frame(["order"]), theme: .builtin)
    _ = pty.written()
    session.present(frame(["order"], look: .failure), theme: .builtin)
    #expect(pty.written().contains("order"))
  }

  @Test func `after an invalidation all is written again`() throws {
    let pty = try Pty()
    let session = try pty.session()
    session.present(frame(["first line"]), theme: .builtin)
    _ = pty.written()
    session.invalidate()
    session.present(frame(["first line"]), theme: .builtin)
    #expect(pty.written().contains("first line"))
  }

  @Test func `another theme paints all again`() throws {
    let pty = try Pty()
    let session = try pty.session()
    session.present(frame(["first line"]), theme: .builtin)
    _ = pty.written()
    let entries = ["text": ThemeEntry(foreground: "red")]
    let other = Theme.resolve(name: "red", roles: entries, palette: [:]).theme
    session.present(frame(["first line"]), theme: other)
    let all = pty.written()
    #expect(all.contains("first line"))
    #expect(all.contains("\(esc)[31m"))
  }

  @Test func `wide and combining characters stand where the frame has them`() throws {
    let pty = try Pty()
    let session = try pty.session()
    session.present(frame(["漢字 e\u{301}|", "a👍b"]), theme: .builtin)
    let bytes = pty.written()
    #expect(bytes.contains("漢字 e\u{301}|"))
    #expect(bytes.contains("a👍b"))
    session.present(frame(["漢x  e\u{301}|", "a👍b"]), theme: .builtin)
    let difference = pty.written()
    #expect(difference.contains("x"))
    #expect(!difference.contains("👍"))
  }

  @Test func `foreign text brings no sequence to the terminal`() throws {
    let pty = try Pty()
    let session = try pty.session()
    session.present(frame(["a\(esc)]52;c;YQ==\u{7}b\u{9B}2Jc"]), theme: .builtin)
    let bytes = pty.written()
    #expect(!bytes.contains("\(esc)]52"))
    #expect(!bytes.contains("\u{7}"))
    #expect(!bytes.contains("\u{9B}"))
    #expect(bytes.contains("\u{FFFD}]52;c"))
  }

  @Test func `without UTF-8 everything is ASCII`() throws {
    let pty = try Pty()
    let session = try pty.session(["LANG": "C"])
    #expect(!session.unicode)
    session.present(frame(["◆ ─ é 漢|", "● wait…"]), theme: .builtin)
    let bytes = pty.written()
    #expect(bytes.utf8.allSatisfy { $0 < 0x80 })
    #expect(bytes.contains("! - ? ? |"))
    #expect(bytes.contains("* wait~"))
  }

  @Test func `a locale that is not installed does not cost UTF-8`() throws {
    let pty = try Pty()
    #expect(try pty.session(["LANG": "xx_YY.UTF-8"]).unicode)
  }

  @Test func `NO_COLOR leaves attributes and takes colours away`() throws {
    let pty = try Pty()
    let session = try pty.session(["LANG": "C.UTF-8", "NO_COLOR": "1"])
    #expect(session.depth == .mono)
    session.present(frame(["urgent"], look: Look(.failure, selected: true)), theme: .builtin)
    let bytes = pty.written()
    #expect(bytes.contains("urgent"))
    #expect(try !bytes.contains(Regex("\(esc)\\[[0-9;]*[34][0-9]")))
    #expect(try bytes.contains(Regex("\(esc)\\[[0-9;]*7m|\(esc)\\[7m")))
  }

  @Test(arguments: [
    ("xterm-256color", ColorDepth.palette256), ("xterm", .sixteen), ("linux", .sixteen),
    ("vt100", .mono), ("screen-256color", .palette256), ("tmux-256color", .palette256),
  ])
  func `terminals show as many colours as they have`(term: String, depth: ColorDepth) throws {
    let pty = try Pty()
    let session = try pty.session(term: term)
    #expect(session.depth == depth)
    session.present(frame(["urgent"], look: .failure), theme: .builtin)
    #expect(pty.written().contains("urgent"))
  }

  @Test func `the terminal is given back as it was, once`() throws {
    let pty = try Pty()
    let before = pty.settings
    let session = try pty.session(mouse: true)
    session.present(frame(["first line"]), theme: .builtin)
    #expect(pty.settings != before)
    #expect(pty.written().contains("\(esc)[?1000h\(esc)[?1006h"))
    session.restore()
    let bytes = pty.written()
    for sequence in ["[?2004l", "[?1000l", "[?1006l", "[?1049l", "[?12l\(esc)[?25h"] {
      #expect(bytes.contains(esc + sequence), "\(sequence)")
    }
    #expect(pty.settings == before)
    session.restore()
    session.present(frame(["too late"]), theme: .builtin)
    session.bell()
    #expect(pty.written() == "")
  }

  @Test func `letting go of the session gives the terminal back`() throws {
    let pty = try Pty()
    let before = pty.settings
    do {
      let session = try pty.session()
      session.present(frame(["first line"]), theme: .builtin)
    }
    #expect(pty.settings == before)
    #expect(pty.written().contains("\(esc)[?1049l"))
  }

  @Test func `the cursor shows where the frame has it`() throws {
    let pty = try Pty()
    let session = try pty.session()
    session.present(frame(["name"]), theme: .builtin)
    _ = pty.written()
    var asking = frame(["name"])
    asking.cursor = Position(column: 4, row: 0)
    session.present(asking, theme: .builtin)
    let bytes = pty.written()
    #expect(bytes.contains("\(esc)[?25h"))
    #expect(!bytes.contains("name"))
    session.present(frame(["name"]), theme: .builtin)
    #expect(pty.written().contains("\(esc)[?25l"))
  }

  @Test func `the title is written when it changes`() throws {
    let pty = try Pty()
    let session = try pty.session()
    var titled = frame(["x"])
    titled.title = "2 pending\u{7}\(esc)"
    session.present(titled, theme: .builtin)
    #expect(pty.written().contains("\(esc)]2;2 pending\u{FFFD}\u{7}"))
    titled.put("y", column: 0, row: 0, look: .text)
    session.present(titled, theme: .builtin)
    #expect(!pty.written().contains("]2;"))
  }

  @Test func `a resize is seen and painted whole`() throws {
    let pty = try Pty()
    let session = try pty.session()
    session.present(frame(["first line"]), theme: .builtin)
    _ = pty.written()
    pty.resize(columns: 30, rows: 6)
    session.resized()
    #expect(session.size == Size(columns: 30, rows: 6))
    session.present(frame(["first line"], columns: 30, rows: 6), theme: .builtin)
    #expect(pty.written().contains("first line"))
  }

  @Test(arguments: [(1, 1), (2, 1), (1, 9), (3, 2)] as [(UInt16, UInt16)])
  func `the smallest windows are drawn in`(columns: UInt16, rows: UInt16) throws {
    let pty = try Pty()
    let session = try pty.session()
    session.present(frame(["first line"]), theme: .builtin)
    pty.resize(columns: columns, rows: rows)
    session.resized()
    // The frame of the old size may still be on its way.
    session.present(frame(["漢字漢字"]), theme: .builtin)
    session.present(
      frame(["漢字"], columns: Int(columns), rows: Int(rows)),
      theme: .builtin
    )
    #expect(session.size == Size(columns: Int(columns), rows: Int(rows)))
  }

  @Test func `what is typed is read without waiting`() throws {
    let pty = try Pty()
    let session = try pty.session()
    #expect(session.readInput() == .inputs([], escapePending: false))
    try pty.type("a\(esc)[A\u{3}\r")
    let control = Input.key(Key(.character("c"), control: true))
    #expect(session.hasUnreadInput)
    #expect(
      session.readInput()
        == .inputs(
          [.key(Key("a")), .key(Key(.up)), control, .key(Key(.enter))],
          escapePending: false
        )
    )
    try pty.type(esc)
    #expect(session.readInput() == .inputs([], escapePending: true))
    #expect(!session.hasUnreadInput)
    #expect(session.settleEscape() == [.key(Key(.escape))])
  }

  @Test func `what was typed before a question does not answer it`() throws {
    let pty = try Pty()
    let session = try pty.session()
    try pty.type("yyy\(esc)[1;")
    session.dropPendingInput()
    try pty.type("5Cy")
    #expect(
      session.readInput()
        == .inputs([.key(Key(.right, control: true)), .key(Key("y"))], escapePending: false)
    )
  }

  @Test func `a closed window is noticed`() throws {
    let pty = try Pty()
    let session = try pty.session()
    session.present(frame(["first line"]), theme: .builtin)
    pty.hangUp()
    #expect(session.readInput() == .closed)
    session.present(frame(["another"]), theme: .builtin)
    session.restore()
  }

  @Test func `the clipboard gets clean text, and no more than fits`() throws {
    let pty = try Pty()
    let session = try pty.session()
    session.present(frame([]), theme: .builtin)
    _ = pty.written()
    #expect(session.setClipboard("a31f8c02") == .sent)
    #expect(pty.written() == "\(esc)]52;c;YTMxZjhjMDI=\u{7}")
    #expect(session.setClipboard("a\nb\u{202E}") == .sent)
    #expect(pty.written() == "\(esc)]52;c;YQpi77+9\u{7}")
    #expect(session.setClipboard(String(repeating: "x", count: 60_000)) == .tooLong)
    #expect(pty.written() == "")
  }

  @Test func `inside of tmux the clipboard is also asked past it`() throws {
    let pty = try Pty()
    let session = try pty.session(term: "tmux-256color")
    session.present(frame([]), theme: .builtin)
    _ = pty.written()
    session.setClipboard("ab")
    let plain = "\(esc)]52;c;YWI=\u{7}"
    #expect(pty.written() == "\(plain)\(esc)Ptmux;\(esc)\(plain)\(esc)\\")
  }

  @Test func `GNU screen is asked to pass the text on, piece by piece`() throws {
    let pty = try Pty()
    let session = try pty.session(
      term: "screen.xterm-256color",
      ["LANG": "C.UTF-8", "STY": "1.x", "TMUX": "/tmp/outer,1,0"]
    )
    session.present(frame([]), theme: .builtin)
    _ = pty.written()
    session.setClipboard("ab")
    #expect(pty.written() == "\(esc)P\(esc)]52;c;YWI=\u{7}\(esc)\\")
    session.setClipboard(String(repeating: "x", count: 600))
    let pieces = pty.written().split(separator: "\(esc)\\")
    #expect(pieces.count == 2)
    #expect(pieces.allSatisfy { $0.hasPrefix("\(esc)P") && $0.utf8.count < 768 })
    let joined = pieces.map { $0.dropFirst(2) }.joined()
    let encoded = String(repeating: "eHh4", count: 200)
    #expect(joined == "\(esc)]52;c;\(encoded)\u{7}")
  }

  @Test func `between two multiplexers the sequence goes out plain`() throws {
    let pty = try Pty()
    let both = ["LANG": "C.UTF-8", "STY": "1.x", "TMUX": "/tmp/x,1,0"]
    let session = try pty.session(term: "screen-256color", both)
    session.present(frame([]), theme: .builtin)
    _ = pty.written()
    session.setClipboard("ab")
    #expect(pty.written() == "\(esc)]52;c;YWI=\u{7}")
  }

  @Test(arguments: ["linux", "vt100"])
  func `a terminal that knows neither mouse nor clipboard is not sent them`(term: String) throws {
    let pty = try Pty()
    let session = try pty.session(term: term, mouse: true)
    session.present(frame(["first line"]), theme: .builtin)
    #expect(session.setClipboard("ab") == .unknown)
    session.restore()
    let bytes = pty.written()
    #expect(bytes.contains("first line"))
    for sequence in ["?1000", "?1006", "]52;", "]2;"] { #expect(!bytes.contains(sequence)) }
  }

  @Test(arguments: [
    ("xterm-kitty", "xterm-256color"), ("alacritty", "xterm-256color"),
    ("ghostty", "xterm-256color"), ("tmux-direct", "screen"),
    ("screen.no-such-256color", "screen-256color"),
  ])
  func `a terminal that is not described here is taken for its nearest kin`(
    term: String,
    kin: String
  ) throws {
    let pty = try Pty()
    let session = try pty.session(term: term)
    // Where ncurses-term is installed, the terminal's own description is there.
    #expect([kin, term].contains(session.description))
    session.present(frame(["first line"]), theme: .builtin)
    #expect(pty.written().contains("first line"))
  }

  @Test func `what is no screen is said in one sentence`() throws {
    let pty = try Pty()
    #expect(throws: TerminalFailure.unknown("no-such-terminal")) {
      try pty.session(term: "no-such-terminal")
    }
    #expect(throws: TerminalFailure.incapable("dumb")) { try pty.session(term: "dumb") }
    #expect(throws: TerminalFailure.unnamed) { try pty.session(term: "") }
    let null = unsafe open("/dev/null", O_RDWR)
    defer { close(null) }
    let options = Session.Options(environment: TerminalEnvironment(["TERM": "xterm"]))
    #expect(throws: TerminalFailure.notATerminal("Standard output")) {
      try Session(options, input: pty.terminal, output: null)
    }
    #expect(throws: TerminalFailure.notATerminal("Standard input")) {
      try Session(options, input: null, output: pty.terminal)
    }
    #expect(pty.written() == "")
    #expect(TerminalFailure.unknown("x").description.contains("TERM is \"x\""))
  }
}

extension ScreenTests.SignalTests {
  /// Sends signals to this process, each one when the one before has come through.
  private func send(_ numbers: [Int32], through signals: Signals) throws -> [Signal] {
    var came: [Signal] = []
    for number in numbers {
      kill(getpid(), number)
      try #require(isReadable(signals.descriptor, milliseconds: 10_000))
      came += signals.drain()
    }
    return came
  }

  @Test func `signals are read from a descriptor`() throws {
    let signals = try Signals([.resize, .terminate, .hangUp])
    #expect(signals.drain() == [])
    #expect(try send([SIGWINCH, SIGTERM], through: signals) == [.resize, .terminate])
    #expect(!isReadable(signals.descriptor, milliseconds: 0))
  }

  @Test func `an ignored signal stays ignored`() throws {
    let before = signal(SIGHUP, SIG_IGN)
    defer { _ = signal(SIGHUP, before) }
    let signals = try Signals([.hangUp, .resize])
    kill(getpid(), SIGHUP)
    #expect(try send([SIGWINCH], through: signals) == [.resize])
  }

  @Test func `ncurses does not take the signals of the loop`() throws {
    // Begun in the background of a shell the tests ignore it, and what is ignored is not relayed.
    let before = signal(SIGINT, SIG_DFL)
    defer { _ = signal(SIGINT, before) }
    let pty = try Pty()
    let session = try pty.session()
    let signals = try Signals([.resize, .interrupt])
    #expect(try send([SIGINT, SIGWINCH], through: signals) == [.interrupt, .resize])
    session.restore()
  }

  @Test func `without a session signals do what they did before`() throws {
    let pty = try Pty()
    let signals = try Signals([.resize])
    try pty.session().restore()
    #expect(try send([SIGWINCH], through: signals) == [.resize])
  }
}
