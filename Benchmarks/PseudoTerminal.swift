internal import CPty
internal import Glibc

/// A terminal of which we are the screen and the keyboard.
final class PseudoTerminal {
  /// The path by which a program opens it.
  let path: String
  /// Our side of it.
  private(set) var master: CInt

  /// Opens a terminal of a size in cells.
  init(_ size: Size) throws(Mistake) {
    var name = [CChar](repeating: 0, count: Int(PATH_MAX))
    master = unsafe cpty_open(&name, UInt(name.count))
    path = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    guard master >= 0 else { throw .system("No pseudo terminal is to be had") }
    var cells = winsize(
      ws_row: UInt16(size.rows),
      ws_col: UInt16(size.columns),
      ws_xpixel: 0,
      ws_ypixel: 0
    )
    guard unsafe ioctl(master, UInt(TIOCSWINSZ), &cells) == 0 else {
      throw .system("The pseudo terminal takes no size")
    }
  }

  deinit { hangUp() }

  /// Takes the terminal away from whoever uses it.
  func hangUp() {
    guard master >= 0 else { return }
    close(master)
    master = -1
  }
}

/// A size in cells.
struct Size {
  let columns: Int
  let rows: Int

  static let small = Size(columns: 80, rows: 24)
  static let large = Size(columns: 120, rows: 40)

  var words: String { "\(columns)x\(rows)" }
}
