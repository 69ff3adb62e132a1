import CommandCenter
import Glibc
import Settings
import Terminal

/// Standard input of verbs that ask for something.
enum StandardInput {
  /// The longest secret that is read, in bytes.
  private static let bound = 64 << 10

  /// Reads a secret to the end of its line; a terminal is asked and does not show what is typed.
  /// - Throws: ``Mistake`` when nothing comes, too much, or a signal to end.
  static func secret(_ question: String) throws(Mistake) -> Secret {
    var before = termios()
    let isTerminal = unsafe tcgetattr(STDIN_FILENO, &before) == 0
    // Whoever gives up must find a terminal that shows what is typed.
    let signals = isTerminal ? try? Signals([.interrupt, .terminate, .hangUp]) : nil
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
    let text = String(decoding: try line(signals), as: UTF8.self)
    guard !text.isEmpty else { throw Mistake("standard input", "has no token in it") }
    return Secret(text)
  }

  /// Reads all there is, or a file of that name.
  /// - Throws: ``Mistake`` when it cannot be read, or is longer than the bound.
  static func bytes(of file: String = "-", bound: Int) throws(Mistake) -> [UInt8] {
    let isInput = file == "-"
    let name = isInput ? "standard input" : file
    let descriptor =
      isInput ? STDIN_FILENO : unsafe open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard descriptor >= 0 else { throw Mistake(name, "cannot be opened: \(words(errno))") }
    defer { if !isInput { close(descriptor) } }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = unsafe read(descriptor, &piece, piece.count)
      if count < 0, errno == EINTR { continue }
      if count < 0, errno == EAGAIN, isInput {
        // Somebody who shares it made it non-blocking.
        var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        _ = unsafe poll(&ready, 1, -1)
        continue
      }
      guard count >= 0 else { throw Mistake(name, "cannot be read: \(words(errno))") }
      guard count > 0 else { return bytes }
      bytes += piece[..<count]
      guard bytes.count <= bound else {
        throw Mistake(name, "is longer than \(bound >> 10) KiB")
      }
    }
  }

  /// The system's words for one of its numbers.
  private static func words(_ code: Int32) -> String {
    unsafe String(cString: strerror(code))
  }

  private static func line(_ signals: Signals?) throws(Mistake) -> [UInt8] {
    var line: [UInt8] = []
    var byte: UInt8 = 0
    while true {
      if let signals {
        var ready = [
          pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0),
          pollfd(fd: signals.descriptor, events: Int16(POLLIN), revents: 0),
        ]
        guard unsafe poll(&ready, 2, -1) > 0 else { continue }
        guard ready[1].revents == 0 else {
          throw Mistake("standard input", "was interrupted; nothing is written")
        }
      }
      let count = unsafe read(STDIN_FILENO, &byte, 1)
      if count < 0, errno == EINTR { continue }
      guard count == 1, byte != 0x0A else { return line }
      line.append(byte)
      guard line.count <= bound else { throw Mistake("standard input", "is longer than 64 KiB") }
    }
  }
}
