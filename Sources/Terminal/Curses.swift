import CNcurses
import CTermGuard
import Glibc

/// The one screen of ncurses, and the streams it keeps.
@safe final class Curses {
  /// The name of the description that was loaded.
  let description: String
  /// What ncurses sends first.
  let entering: String
  /// The bytes that undo what ncurses does to a terminal, without delays.
  let leaving: String
  /// What ncurses writes to.
  var descriptor: Int32 { unsafe fileno(writing) }

  private let screen: OpaquePointer
  private let reading: UnsafeMutablePointer<FILE>
  private let writing: UnsafeMutablePointer<FILE>

  /// Starts ncurses for output; bytes are read by others.
  init(
    environment: TerminalEnvironment,
    input: Int32,
    output: Int32
  ) throws(TerminalFailure) {
    // Copies, closed on exec: children must not hold the terminal open.
    guard let reading = unsafe fdopen(fcntl(input, F_DUPFD_CLOEXEC, 3), "r"),
      let writing = unsafe fdopen(fcntl(output, F_DUPFD_CLOEXEC, 3), "w")
    else { throw .system("open the terminal", errno) }
    // The size comes from the terminal; from LINES and COLUMNS only where it has none.
    use_env(Descriptor.size(output) == nil)
    use_tioctl(true)
    // ncurses would answer signals itself; they are the loop's.
    termguard_keep()
    defer { termguard_put_back() }
    var found: (OpaquePointer, String)?
    for name in environment.descriptions {
      if let screen = unsafe newterm(name, writing, reading) {
        unsafe found = (screen, name)
        break
      }
    }
    guard let (screen, name) = unsafe found else {
      unsafe fclose(reading)
      unsafe fclose(writing)
      throw .unknown(environment.term)
    }
    unsafe self.screen = screen
    unsafe self.reading = reading
    unsafe self.writing = writing
    description = name
    entering = Self.string("smcup") ?? ""
    leaving = ["rmkx", "sgr0", "op", "cnorm", "rmcup"].compactMap(Self.string).joined()
    guard Self.string("cup") != nil else {
      endwin()
      end()
      throw .incapable(name)
    }
    raw()
    noecho()
    nonl()
    unsafe leaveok(cncurses_screen(), true)
    curs_set(0)
  }

  /// Forgets the screen, behind `endwin`.
  func end() {
    unsafe delscreen(screen)
    unsafe fclose(reading)
    unsafe fclose(writing)
  }

  private static func string(_ name: String) -> String? {
    guard let found = unsafe cncurses_string(name) else { return nil }
    return Modes.undelayed(unsafe String(cString: found))
  }
}
