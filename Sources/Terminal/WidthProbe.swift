internal import Cells
import Glibc

/// Asks the terminal how wide it draws what terminals disagree about.
///
/// Each sample is written at the start of a line, and the terminal is asked where its cursor stands
/// (DSR 6). The line is cleared, the terminal's settings are put back, and what comes late is dropped.
package struct WidthProbe: Sendable {
  /// A text whose width is not the same everywhere.
  package struct Sample: Hashable, Sendable {
    package var name: String
    package var text: String
    /// The columns that we reckon with.
    package var expected: Int

    init(_ name: String, _ text: String) {
      self.name = name
      self.text = text
      expected = Text.width(text)
    }
  }

  /// What came of it.
  package enum Finding: Hashable, Sendable {
    /// The columns that the terminal took, by sample.
    case measured([Measure])
    /// The terminal says nothing.
    case silent
    /// It was not asked; why.
    case notAsked(String)
  }

  /// A sample and what the terminal made of it.
  package struct Measure: Hashable, Sendable {
    package var sample: Sample
    package var columns: Int
  }

  /// What is written.
  package static let samples = [
    Sample("letters", "ab"), Sample("signs of ours", "◆●‖○⇣✗■✓"),
    Sample("ambiguous", "①±…§"), Sample("lines", "─│┌█░"), Sample("wide", "漢字"),
    Sample("full width", "Ａ"), Sample("emoji", "🙂"), Sample("combining", "e\u{301}o\u{308}"),
    Sample("replacement", "\u{FFFD}"),
  ]

  /// How long the first answer may take; slow links need most of it.
  private static let patience = 1500
  /// How long the next may take, and how long late ones are waited for.
  private static let pause = 500

  private let input: Int32
  private let output: Int32

  /// A probe of a terminal.
  package init(input: Int32 = STDIN_FILENO, output: Int32 = STDOUT_FILENO) {
    self.input = input
    self.output = output
  }

  /// Asks.
  /// - Parameter environment: A terminal without UTF-8 is not asked.
  /// - Returns: What came of it, within three seconds.
  package func measure(_ environment: TerminalEnvironment) -> Finding {
    guard isatty(input) == 1, isatty(output) == 1 else {
      return .notAsked("standard input and output are not both a terminal")
    }
    guard !["", "dumb"].contains(environment.term) else {
      return .notAsked("the terminal is not one that answers")
    }
    guard environment.promisesUTF8 else { return .notAsked("the locale has no UTF-8") }
    guard Descriptor.isForeground(input) else {
      return .notAsked("another job has the terminal")
    }
    var saved = termios()
    guard unsafe tcgetattr(input, &saved) == 0 else {
      return .notAsked("the terminal's settings cannot be read")
    }
    // What would end or stop us waits until the terminal is as it was.
    var blocked = sigset_t()
    var before = sigset_t()
    unsafe sigemptyset(&blocked)
    for signal in [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP] {
      unsafe sigaddset(&blocked, signal)
    }
    unsafe pthread_sigmask(SIG_BLOCK, &blocked, &before)
    defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
    var quiet = saved
    quiet.c_lflag &= ~tcflag_t(ICANON | ECHO)
    // Now, and not once all is written: a terminal that was stopped with Ctrl-S never has written it.
    guard unsafe tcsetattr(input, TCSANOW, &quiet) == 0 else {
      return .notAsked("the terminal's settings cannot be changed")
    }
    defer {
      // What is still there would be typed into the shell.
      tcflush(input, TCIFLUSH)
      unsafe tcsetattr(input, TCSANOW, &saved)
    }
    return ask()
  }

  private func ask() -> Finding {
    let question = Self.samples.map { "\r\($0.text)\u{1B}[6n" }.joined() + "\r\u{1B}[K"
    Descriptor.write(question, to: output)
    var answers = CursorReports()
    var patience = Self.patience
    while answers.columns.count < Self.samples.count, wait(patience) {
      guard case .bytes(let bytes) = Descriptor.readAvailable(input), !bytes.isEmpty else { break }
      answers.take(bytes)
      patience = answers.columns.isEmpty ? Self.patience : Self.pause
    }
    let columns = answers.columns
    guard columns.count == Self.samples.count else {
      while wait(Self.pause), case .bytes(let bytes) = Descriptor.readAvailable(input) {
        // A terminal that is typed into without end is left alone in the end.
        answers.take(bytes)
        guard !bytes.isEmpty, answers.count < 4096 else { break }
      }
      return .silent
    }
    return .measured(
      zip(Self.samples, columns).map { Measure(sample: $0, columns: $1 - 1) }
    )
  }

  /// Whether something can be read, or the terminal is gone, within so many milliseconds.
  private func wait(_ milliseconds: Int) -> Bool {
    var entry = pollfd(fd: input, events: Int16(POLLIN), revents: 0)
    while true {
      let ready = unsafe poll(&entry, 1, Int32(milliseconds))
      if ready < 0, errno == EINTR { continue }
      return ready > 0
    }
  }
}

/// Finds reports of the cursor (`ESC [ row ; column R`) among whatever else is typed.
struct CursorReports {
  private(set) var columns: [Int] = []
  /// The bytes that were looked at.
  private(set) var count = 0
  private var numbers: [Int] = []
  private var state = State.outside

  private enum State {
    case outside
    case escape
    case inside
  }

  mutating func take(_ bytes: [UInt8]) {
    for byte in bytes { take(byte) }
  }

  private mutating func take(_ byte: UInt8) {
    count += 1
    switch (state, byte) {
    case (_, 0x1B): state = .escape
    case (.escape, 0x5B):
      state = .inside
      numbers = [0]
    case (.inside, 0x30...0x39):
      numbers[numbers.count - 1] = min(99_999, numbers[numbers.count - 1] * 10 + Int(byte) - 0x30)
    case (.inside, 0x3B) where numbers.count < 4: numbers.append(0)
    case (.inside, 0x52):
      if numbers.count == 2 { columns.append(numbers[1]) }
      state = .outside
    default: state = .outside
    }
  }
}
