import Glibc

/// A real terminal with a program in it: one window of a tmux server that is the test's own.
package final class TerminalWindow: Sendable {
  /// What runs in the window.
  package enum Content: Sendable {
    /// A program alone; its end leaves the window as it was, with its exit status.
    ///
    /// It sees the variables besides what the window has; nil takes one away.
    case program([String], variables: [String: String?] = [:])
    /// A shell with job control, whose prompt is ``prompt``.
    case shell
  }

  /// What a terminal is set to, beyond what is on it.
  package struct Modes: Hashable, Sendable, CustomStringConvertible {
    /// What `stty -a` says, without the size.
    package var line: String
    /// Alternate screen, cursor, application keys, mouse, as the terminal keeps them.
    package var screen: String

    package var description: String { "\(screen)\n\(line)" }
  }

  /// What the shell asks with.
  package static let prompt = "ready>"

  private static let tmux = "/usr/bin/tmux"
  private static let pane = "main:0.0"
  private let home: TemporaryHome
  private let environment: [String: String]
  private let socket: String
  private let peers: [any Sendable]

  /// Opens a window.
  /// - Parameters:
  ///   - content: What runs in it.
  ///   - columns: Its width.
  ///   - rows: Its height.
  ///   - home: Where the server's socket lies.
  ///   - environment: What programs in it see, besides what tmux adds.
  ///   - peers: What lives at least as long as the window: servers that it talks to.
  /// - Throws: ``WaitMistake`` with tmux's words when there is no window.
  package init(
    _ content: Content,
    columns: Int = 80,
    rows: Int = 24,
    home: TemporaryHome,
    environment: [String: String],
    peers: [any Sendable] = []
  ) throws {
    self.home = home
    self.peers = peers
    socket = home.path("tmux")
    var environment = environment
    environment["PS1"] = "\(Self.prompt) "
    environment["TERM"] = "xterm-256color"
    self.environment = environment
    let command: [String] =
      switch content {
      // A single word would be given to a shell, which would stand between.
      case .program(let command, let variables):
        ["/usr/bin/env"] + variables.flatMap { $1 == nil ? ["-u", $0] : [] }
          + variables.compactMap { name, value in value.map { "\(name)=\($0)" } } + command
      case .shell: ["/bin/sh", "-i"]
      }
    let settings = [
      "start-server", ";", "set-option", "-g", "status", "off", ";",
      "set-option", "-g", "default-terminal", "tmux-256color", ";",
      "set-option", "-g", "remain-on-exit", "on", ";",
      "set-option", "-g", "escape-time", "0", ";",
      // Programs may set tmux's clipboard, which is one of its buffers.
      "set-option", "-s", "set-clipboard", "on", ";",
      "new-session", "-d", "-s", "main", "-x", "\(columns)", "-y", "\(rows)", "-c", home.folder,
      "--",
    ]
    try tmux(settings + command)
    if case .shell = content { try waitFor(Self.prompt) }
  }

  deinit { _ = try? tmux("kill-server") }

  // MARK: Doing

  /// Presses keys, named as tmux names them.
  package func press(_ keys: String...) throws {
    try tmux(["send-keys", "-t", Self.pane, "--"] + keys)
  }

  /// Types text, all of it in one write.
  package func type(_ text: String) throws {
    try tmux("send-keys", "-t", Self.pane, "-l", "--", text)
  }

  /// Pastes text as tmux does, in brackets where the program asked for them.
  package func paste(_ text: String) throws {
    try tmux("set-buffer", "-b", "pasted", "--", text)
    try tmux("paste-buffer", "-p", "-b", "pasted", "-t", Self.pane)
  }

  /// Presses and lets go the mouse, at a place counted from zero.
  package func click(column: Int, row: Int) throws {
    let place = "\(column + 1);\(row + 1)"
    try type("\u{1B}[<0;\(place)M\u{1B}[<0;\(place)m")
  }

  /// Gives the window another size.
  package func resize(columns: Int, rows: Int) throws {
    try tmux("resize-window", "-t", Self.pane, "-x", "\(columns)", "-y", "\(rows)")
  }

  /// Takes the terminal away, as a lost connection does.
  package func close() throws {
    try tmux("kill-server")
  }

  /// Keeps every byte that programs write to the terminal from now on in a file.
  package func record(to file: String) throws {
    try tmux("pipe-pane", "-t", Self.pane, "-O", "cat > '\(file)'")
  }

  // MARK: Looking

  /// The lines on the screen, without blanks at their ends.
  package func screen() throws -> [String] {
    var text = try tmux("capture-pane", "-p", "-t", Self.pane)
    if text.last == "\n" { text.removeLast() }
    return text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      String(line.reversed().drop { $0 == " " }.reversed())
    }
  }

  /// The process that tmux started in the window.
  package func pid() throws -> Int32 {
    guard let pid = Int32(try format("#{pane_pid}")) else {
      throw WaitMistake(description: "tmux names no process")
    }
    return pid
  }

  /// How the program of the window ended; nil while it runs.
  package func ending() throws -> Child.Ending? {
    let fields = try format("#{pane_dead},#{pane_dead_status},#{pane_dead_signal}")
      .split(separator: ",", omittingEmptySubsequences: false)
    guard fields.count == 3, fields[0] == "1" else { return nil }
    if let status = Int32(fields[1]) { return .exited(status) }
    if let signal = Int32(fields[2]) { return .signalled(signal) }
    // Its terminal is closed, but the process not buried yet; tmux at times misses the signal that
    // says so, and looks when it is told again.
    if let server = Int32(try format("#{pid}")) { kill(server, SIGCHLD) }
    return nil
  }

  /// The title that programs gave the terminal.
  package func title() throws -> String { try format("#{pane_title}") }

  /// What was copied last.
  package func clipboard() throws -> String { try tmux("show-buffer") }

  /// Whether a full-screen program has the terminal.
  package func isAlternate() throws -> Bool { try format("#{alternate_on}") == "1" }

  package func modes() throws -> Modes {
    let tty = try format("#{pane_tty}")
    let report = try Child.run(
      ["/usr/bin/stty", "-a", "-F", tty],
      environment: environment,
      in: home
    )
    let line = report.output.split(separator: ";").filter { part in
      !["rows", "columns"].contains { part.contains($0) }
    }
    return Modes(
      line: line.joined(separator: ";"),
      screen: try format(
        "alternate #{alternate_on} cursor #{cursor_flag} keypad #{keypad_flag} "
          + "application #{keypad_cursor_flag} mouse #{mouse_any_flag} #{mouse_sgr_flag} "
          + "origin #{origin_flag} wrap #{wrap_flag} insert #{insert_flag}"
      )
    )
  }

  // MARK: Waiting

  /// Waits until the screen is as wanted.
  /// - Returns: The screen.
  @discardableResult
  package func waitFor(
    _ what: String,
    within patience: Duration = Waiting.patience,
    _ isThere: ([String]) throws -> Bool
  ) throws -> [String] {
    var last: [String] = []
    let situation = { Self.drawn(last) }
    return try Waiting.until(what, within: patience, situation: situation) {
      last = try screen()
      return try isThere(last) ? last : nil
    }
  }

  /// Waits until texts are on the screen, all at once.
  @discardableResult
  package func waitFor(_ texts: String...) throws -> [String] {
    try waitFor("“\(texts.joined(separator: "”, “"))” on the screen") { screen in
      texts.allSatisfy { text in screen.contains { $0.contains(text) } }
    }
  }

  /// Waits until a text has left the screen.
  @discardableResult
  package func waitForNo(_ text: String) throws -> [String] {
    try waitFor("“\(text)” to leave the screen") { screen in
      !screen.contains { $0.contains(text) }
    }
  }

  /// Waits for the end of the window's program.
  package func waitForEnd() throws -> Child.Ending {
    let pid = try pid()
    let situation = {
      let state = (try? TextFile.read("/proc/\(pid)/status")) ?? "it is not there"
      return "\(Self.drawn((try? self.screen()) ?? []))\n\(state)"
    }
    return try Waiting.until("the end of process \(pid)", situation: situation) { try ending() }
  }

  /// A screen as failures show it.
  private static func drawn(_ screen: [String]) -> String {
    let rule = "+" + String(repeating: "-", count: 80)
    return ([rule] + screen.map { "|\($0)" } + [rule]).joined(separator: "\n")
  }

  // MARK: tmux

  private func format(_ format: String) throws -> String {
    let text = try tmux("display-message", "-p", "-t", Self.pane, format)
    return text.last == "\n" ? String(text.dropLast()) : text
  }

  @discardableResult
  private func tmux(_ words: String...) throws -> String { try tmux(words) }

  @discardableResult
  private func tmux(_ words: [String]) throws -> String {
    let report = try Child.run(
      [Self.tmux, "-S", socket, "-f", "/dev/null"] + words,
      environment: environment,
      in: home
    )
    guard report.status == 0 else {
      throw WaitMistake(
        description: "tmux \(words.joined(separator: " ")): \(report.ending) \(report.complaints)"
      )
    }
    return report.output
  }
}
