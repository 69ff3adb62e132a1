import Glibc
import Terminal
import Testing

/// A pseudo terminal: what a session writes can be read, what is typed can be written.
@safe final class Pty {
  private(set) var controller: Int32 = -1
  let terminal: Int32

  init(columns: UInt16 = 20, rows: UInt16 = 4) throws {
    var window = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
    var ends: (Int32, Int32) = (-1, -1)
    try #require(unsafe openpty(&ends.0, &ends.1, nil, nil, &window) == 0)
    controller = ends.0
    terminal = ends.1
  }

  deinit {
    hangUp()
    close(terminal)
  }

  /// A session on this terminal.
  func session(
    term: String = "xterm-256color",
    _ more: [String: String] = ["LANG": "C.UTF-8"],
    mouse: Bool = false
  ) throws -> Session {
    let environment = TerminalEnvironment(more.merging(["TERM": term]) { $1 })
    return try Session(
      Session.Options(environment: environment, mouse: mouse),
      input: terminal,
      output: terminal
    )
  }

  /// What was written since the last call; writing is done when the session's call has returned.
  func written() -> String {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while isReadable(controller, milliseconds: 0) {
      let count = unsafe read(controller, &buffer, buffer.count)
      guard count > 0 else { break }
      bytes += buffer[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Types, and waits until the terminal has it.
  func type(_ text: String) throws {
    let bytes = Array(text.utf8)
    try #require(unsafe write(controller, bytes, bytes.count) == bytes.count)
    try #require(isReadable(terminal, milliseconds: 10_000))
  }

  func resize(columns: UInt16, rows: UInt16) {
    var window = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
    _ = unsafe ioctl(controller, UInt(TIOCSWINSZ), &window)
  }

  /// The window is closed.
  func hangUp() {
    guard controller >= 0 else { return }
    close(controller)
    controller = -1
  }

  /// The settings of the line, as far as sessions change them.
  var settings: [UInt32] {
    var modes = termios()
    guard unsafe tcgetattr(terminal, &modes) == 0 else { return [] }
    return [modes.c_iflag, modes.c_oflag, modes.c_cflag, modes.c_lflag]
  }
}

func isReadable(_ descriptor: Int32, milliseconds: Int32) -> Bool {
  var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
  return unsafe poll(&entry, 1, milliseconds) > 0
}
