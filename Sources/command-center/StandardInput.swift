import CommandCenter
import Glibc
import Settings

/// Standard input of verbs that ask for something.
enum StandardInput {
  /// The longest secret that is read, in bytes.
  private static let bound = 64 << 10

  /// Reads a secret to the end of its line; a terminal is asked and does not show what is typed.
  /// - Throws: ``Mistake`` when nothing comes, or too much.
  static func secret(_ question: String) throws(Mistake) -> Secret {
    var before = termios()
    let isTerminal = unsafe tcgetattr(STDIN_FILENO, &before) == 0
    if isTerminal {
      var silent = before
      silent.c_lflag &= ~tcflag_t(ECHO)
      unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent)
      Terse.ask(question)
    }
    defer {
      if isTerminal {
        unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &before)
        Terse.complain("")
      }
    }
    var line: [UInt8] = []
    var byte: UInt8 = 0
    while true {
      let count = unsafe read(STDIN_FILENO, &byte, 1)
      if count < 0, errno == EINTR { continue }
      guard count == 1, byte != 0x0A else { break }
      line.append(byte)
      guard line.count <= bound else { throw Mistake("standard input", "is longer than 64 KiB") }
    }
    let text = String(decoding: line, as: UTF8.self)
    guard !text.isEmpty else { throw Mistake("standard input", "has no token in it") }
    return Secret(text)
  }
}
