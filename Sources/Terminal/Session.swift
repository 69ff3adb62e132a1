import CNcurses
import CTermGuard
package import Cells
import Glibc

/// The terminal while it is ours: frames go out, inputs come in, and every way out gives it back.
///
/// Owned by the loop and used on its thread only (it is not `Sendable`). There is one at a time in a
/// process: ncurses and the guard against fatal signals have global state.
@safe package final class Session {
  /// What the screen is asked for.
  package struct Options: Sendable {
    package var environment: TerminalEnvironment
    /// Reports of presses and of the wheel.
    package var mouse: Bool
    /// Reports of the window's focus.
    package var focus: Bool
    /// ASCII signs also where the locale has UTF-8.
    package var asciiGlyphs: Bool

    package init(
      environment: TerminalEnvironment,
      mouse: Bool = false,
      focus: Bool = false,
      asciiGlyphs: Bool = false
    ) {
      self.environment = environment
      self.mouse = mouse
      self.focus = focus
      self.asciiGlyphs = asciiGlyphs
    }
  }

  /// The size of the window, as of the last `resized()`.
  package private(set) var size: Size
  /// The terminal and the locale show UTF-8; else everything is written in ASCII.
  package let unicode: Bool
  /// The name of the terminal's description that is used.
  package let description: String

  private let input: Int32
  private let output: Int32
  private let options: Options
  private let modes: Modes
  private var curses: Curses?
  private var saved: termios
  private var brushes: Brushes
  private var decoder = InputDecoder()
  private let capture: FrameCapture?
  private var saver = StyleSaver()
  private var shown: Shown?
  private var title: String?
  /// What is on the screen is not known: the next frame is written whole.
  private var isStale = true
  /// Our own modes have to be turned on behind what ncurses writes next.
  private var owesModes = true
  /// The continuation that follows our own stop is known already.
  private var expectsResume = false
  /// A program that we have started has the terminal, until it is taken back.
  private var isLent = false
  /// Another program has the terminal; nothing is written or read until we are continued in front.
  private var isAway = false

  private struct Shown {
    var frame: Frame
    var theme: Theme
  }

  /// Takes the terminal.
  /// - Parameters:
  ///   - options: what is asked for.
  ///   - input: the descriptor that keys are read from.
  ///   - output: the descriptor that frames are written to.
  /// - Throws: why there is no screen; the terminal is as it was.
  package init(
    _ options: Options,
    input: Int32 = STDIN_FILENO,
    output: Int32 = STDOUT_FILENO
  ) throws(TerminalFailure) {
    guard isatty(input) == 1 else { throw .notATerminal("Standard input") }
    guard isatty(output) == 1 else { throw .notATerminal("Standard output") }
    let environment = options.environment
    guard !environment.term.isEmpty else { throw .unnamed }
    guard environment.term != "dumb" else { throw .incapable("dumb") }
    var saved = termios()
    guard unsafe tcgetattr(input, &saved) == 0 else {
      throw .system("read the terminal's settings", errno)
    }
    unicode = Self.takeLocale(environment) && !options.asciiGlyphs
    let curses = try Curses(environment: environment, input: input, output: output)
    self.curses = curses
    capture = FrameCapture(curses.descriptor)
    self.saved = saved
    self.input = input
    self.output = output
    self.options = options
    modes = Modes(options: options, entering: curses.entering)
    description = curses.description
    brushes = Brushes(description: curses.description, refusesColor: environment.refusesColor)
    let window = Descriptor.size(output) ?? (columns: 80, rows: 24)
    size = Size(columns: window.columns, rows: window.rows)
    resizeterm(Int32(size.rows), Int32(size.columns))
    try arm(curses)
  }

  deinit { restore() }

  /// How many colours are shown.
  package var depth: ColorDepth { brushes.depth }

  /// Makes ncurses use the locale of characters; returns whether that is UTF-8.
  private static func takeLocale(_ environment: TerminalEnvironment) -> Bool {
    for name in environment.locales where unsafe setlocale(LC_CTYPE, name) != nil {
      return unsafe String(cString: cncurses_codeset()) == "UTF-8"
    }
    return false
  }

  private func arm(_ curses: Curses) throws(TerminalFailure) {
    let bytes = Array((modes.off + curses.leaving).utf8CString.dropLast())
    let code = unsafe bytes.withUnsafeBufferPointer { buffer -> Int32 in
      guard let base = buffer.baseAddress else { return 0 }
      return unsafe termguard_arm(
        output,
        &saved,
        base,
        buffer.count,
        options.environment.wantsBacktrace
      )
    }
    guard code == 0 else {
      restore()
      throw .system("guard the terminal against fatal signals", code)
    }
  }

  // MARK: Output

  /// Shows a frame: only what differs from the one before is written, nothing when nothing does.
  package func present(_ frame: Frame, theme: Theme) {
    guard isOurs else {
      shown = Shown(frame: frame, theme: theme)
      return
    }
    let old = !isStale && brushes.use(theme) ? shown?.frame : nil
    if old == nil {
      _ = brushes.use(theme)
      let ground = brushes.brush(.text)
      cncurses_background(ground.attributes, ground.pair)
      unsafe werase(cncurses_screen())
    }
    frame.forEachChangedRow(since: old) { row, cells in put(cells, row: row) }
    place(frame.cursor)
    write()
    if owesModes {
      owesModes = false
      Descriptor.write(modes.on, to: output)
    }
    show(title: frame.title)
    shown = Shown(frame: frame, theme: theme)
    isStale = false
  }

  /// Lets ncurses write what it has, and passes on what is needed of that.
  private func write() {
    if isStale { saver = StyleSaver() }
    let draw = {
      unsafe wnoutrefresh(cncurses_screen())
      doupdate()
    }
    // Coming back from elsewhere, ncurses sets the terminal up while it draws, and must find it.
    guard let capture, !isendwin() else { return draw() }
    Descriptor.write(saver.saved(capture.bytes(of: draw))[...], to: output)
  }

  /// The next frame is written whole, whatever is on the screen.
  package func invalidate() {
    guard isOurs else { return }
    isStale = true
    title = nil
    cncurses_repaint()
  }

  /// Puts a row's cells.
  ///
  /// A blank takes the brush of what stands before it where nobody could see the difference: each
  /// change of brush costs some twenty bytes on the line to the terminal. Where the brush of what
  /// follows is the blank's own the change costs no more before it.
  private func put(_ cells: ArraySlice<Cell>, row: Int) {
    var last: Look?
    var next = cells.startIndex
    for (column, cell) in zip(0..., cells) where cell.width > 0 {
      let index = cells.startIndex + column
      if cell.isBlank, next <= index {
        next = cells[index...].firstIndex { $0.width > 0 && !$0.isBlank } ?? cells.endIndex
      }
      let isOwn = cell.isBlank && next < cells.endIndex && cells[next].look == cell.look
      if cell.isBlank, !isOwn, let last, brushes.areAlike(cell.look, last) {
        put(cell, at: Position(column: column, row: row), brush: brushes.brush(last))
      } else {
        put(cell, at: Position(column: column, row: row), brush: brushes.brush(cell.look))
        // Blanks are never bold: they would differ, unseen, once the word before them is not.
        last = cell.look
        last?.bold = false
      }
    }
  }

  private func put(_ cell: Cell, at position: Position, brush: Brush) {
    guard position.row < size.rows, position.column + cell.width <= size.columns else { return }
    let row = Int32(position.row)
    let column = Int32(position.column)
    var glyph: (wchar_t, wchar_t, wchar_t, wchar_t, wchar_t) = (0, 0, 0, 0, 0)
    let scalar = cell.scalar
    // The library's widths decide what ncurses does: where they differ from ours, it must not see it.
    let isPlain =
      scalar.isASCII || unicode && Int(cncurses_width(wchar_t(scalar.value))) == cell.width
    if isPlain {
      glyph.0 = wchar_t(scalar.value)
      if cell.hasMarks, unicode {
        let marks = cell.marks.map { wchar_t($0.value) }.filter { cncurses_width($0) == 0 }
        if marks.count > 0 { glyph.1 = marks[0] }
        if marks.count > 1 { glyph.2 = marks[1] }
        if marks.count > 2 { glyph.3 = marks[2] }
      }
    } else {
      glyph.0 = unicode ? 0xFFFD : wchar_t(Glyphs.asciiTwin(of: scalar).value)
    }
    write(glyph, row: row, column: column, brush: brush)
    if !isPlain, cell.width == 2 {
      write((0x20, 0, 0, 0, 0), row: row, column: column + 1, brush: brush)
    }
  }

  private func write(
    _ glyph: (wchar_t, wchar_t, wchar_t, wchar_t, wchar_t),
    row: Int32,
    column: Int32,
    brush: Brush
  ) {
    unsafe withUnsafeBytes(of: glyph) { bytes in
      let text = unsafe bytes.assumingMemoryBound(to: wchar_t.self)
      guard let base = text.baseAddress else { return }
      unsafe cncurses_put(row, column, base, brush.attributes, brush.pair)
    }
  }

  private func place(_ cursor: Position?) {
    let screen = unsafe cncurses_screen()
    guard let cursor, cursor.row < size.rows, cursor.column < size.columns else {
      curs_set(0)
      unsafe leaveok(screen, true)
      return
    }
    curs_set(1)
    unsafe leaveok(screen, false)
    unsafe wmove(screen, Int32(max(0, cursor.row)), Int32(max(0, cursor.column)))
  }

  private func show(title new: String?) {
    guard let new, new != title, options.environment.isXtermLike else { return }
    title = new
    var shown = Text.truncated(new, to: 200)
    if !unicode {
      shown = String(String.UnicodeScalarView(shown.unicodeScalars.map(Glyphs.asciiTwin)))
    }
    Descriptor.write("\u{1B}]2;\(shown)\u{7}", to: output)
  }

  /// Rings, or flashes, as the terminal is set to.
  package func bell() {
    guard isOurs else { return }
    Descriptor.write("\u{7}", to: output)
  }

  /// Asks the terminal to take the text, sanitised line by line, into its clipboard.
  @discardableResult
  package func setClipboard(_ text: String) -> ClipboardOutcome {
    guard isOurs, options.environment.isXtermLike else { return .unknown }
    let multiplexer = options.environment.multiplexer
    guard let sequence = Clipboard.sequence(for: text, inside: multiplexer) else { return .tooLong }
    Descriptor.write(sequence, to: output)
    return .sent
  }

  // MARK: Input

  /// What a reading gave.
  package enum ReadOutcome: Equatable, Sendable {
    /// What was done, possibly nothing; when an Esc is pending, call `settleEscape()` unless more
    /// comes within a moment.
    case inputs([Input], escapePending: Bool)
    /// The terminal is gone.
    case closed
  }

  /// Reads what is there, without waiting.
  package func readInput() -> ReadOutcome {
    guard isOurs else { return .inputs([], escapePending: false) }
    return switch Descriptor.readAvailable(input) {
    case .closed: .closed
    case .bytes(let bytes):
      .inputs(decoder.feed(bytes), escapePending: decoder.isPending)
    }
  }

  /// Whether something is there to be read.
  package var hasUnreadInput: Bool { isOurs && Descriptor.hasUnread(input) }

  /// Nothing followed an Esc: it is the key.
  package func settleEscape() -> [Input] { decoder.settle() }

  /// Forgets what was typed and not read yet: it was meant for what the screen showed before.
  package func dropPendingInput() {
    guard isOurs else { return }
    // Decoded first, so that no sequence is cut in the middle and its rest taken for letters.
    if case .bytes(let bytes) = Descriptor.readAvailable(input) { _ = decoder.feed(bytes) }
    if decoder.isPending { _ = decoder.settle() }
  }

  // MARK: Leaving and coming back

  /// The window has another size: asks for it, and paints whole the next time.
  package func resized() {
    guard isOurs, let window = Descriptor.size(output) else { return }
    size = Size(columns: window.columns, rows: window.rows)
    resizeterm(Int32(size.rows), Int32(size.columns))
    invalidate()
  }

  /// Gives the terminal back and stops the process.
  ///
  /// Returns when it is continued: with the screen as it was, or in the background without one, until
  /// it is in front again.
  package func suspend() {
    guard isOurs else { return }
    Descriptor.write(modes.off, to: output)
    endwin()
    isAway = true
    termguard_stop()
    if Descriptor.isForeground(output) {
      expectsResume = true
      comeBack()
    }
  }

  /// The process was continued after a stop: takes the terminal again, if it is in front.
  package func resumed() {
    guard curses != nil, !isLent else { return }
    if expectsResume {
      expectsResume = false
      return
    }
    // From the background, setting the terminal would stop the process once more.
    isAway = !Descriptor.isForeground(output)
    if !isAway { comeBack() }
  }

  private func comeBack() {
    guard let curses else { return }
    if isendwin() {
      // Whoever had the terminal meanwhile may have changed it; that is what it gets back.
      var now = termios()
      if unsafe tcgetattr(input, &now) == 0 { saved = now }
    } else {
      endwin()
    }
    isAway = false
    try? arm(curses)
    owesModes = true
    let before = shown
    resized()
    invalidate()
    if let before { present(before.frame, theme: before.theme) }
  }

  // MARK: Lending

  /// Gives the terminal back as it was, for a program of ours that is about to have it.
  package func lend() {
    guard isOurs else { return }
    Descriptor.write(modes.off, to: output)
    endwin()
    unsafe tcsetattr(input, TCSANOW, &saved)
    // Whatever kills us now must not write over what that program shows.
    termguard_disarm()
    isLent = true
    isAway = true
  }

  /// Makes the terminal listen to the group of a program that it was lent to.
  package func give(to group: Int32) {
    guard isLent else { return }
    Descriptor.setForeground(output, group)
  }

  /// Whether the terminal listens to this program.
  package var isInFront: Bool { Descriptor.isForeground(output) }

  /// Stops this program as the one that has the terminal has stopped itself.
  ///
  /// For the operator's shell both are one job. Returns when it is continued.
  package func stopWhileLent() {
    guard isLent else { return }
    Descriptor.setForeground(output, getpgrp())
    unsafe tcsetattr(input, TCSANOW, &saved)
    termguard_stop()
    // Somebody may have stayed without a shell that could continue him: then nothing has stopped.
    expectsResume = false
  }

  /// Takes the terminal back from a program that has ended.
  /// - Parameter isClean: Whether it ended well; else what it may have left turned on is turned off.
  package func takeBack(isClean: Bool) {
    guard isLent else { return }
    leaveLent(isClean: isClean)
    comeBack()
  }

  private func leaveLent(isClean: Bool) {
    isLent = false
    Descriptor.setForeground(output, getpgrp())
    unsafe tcsetattr(input, TCSANOW, &saved)
    guard !isClean, let curses else { return }
    Descriptor.write(modes.off + Modes.foreign(options) + curses.leaving, to: output)
  }

  /// Gives the terminal back as it was; once, however often it is called.
  package func restore() {
    if isLent {
      leaveLent(isClean: false)
    }
    guard let curses else { return }
    self.curses = nil
    if !isAway {
      Descriptor.write(modes.off, to: output)
      endwin()
      unsafe tcsetattr(input, TCSANOW, &saved)
    }
    curses.end()
    termguard_disarm()
  }

  /// Whether the terminal can be written and read now; takes it again when it is ours again.
  ///
  /// Shells do not tell a job that already runs when they bring it to the front.
  private var isOurs: Bool {
    guard curses != nil, !isLent else { return false }
    if isAway, Descriptor.isForeground(output) { comeBack() }
    return !isAway
  }
}
