import Glibc

/// Reading and writing a terminal's descriptor, which blocks and is shared with other programs: its
/// flags are left alone.
enum Descriptor {
  enum Reading {
    case bytes([UInt8])
    case closed
  }

  /// How much one call reads at most.
  private static let readLimit = 1 << 18

  /// Everything that can be read without waiting.
  static func readAvailable(_ descriptor: Int32) -> Reading {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while bytes.count < readLimit {
      switch readiness(descriptor) {
      case .nothing: return .bytes(bytes)
      case .closed: return bytes.isEmpty ? .closed : .bytes(bytes)
      case .readable: break
      }
      let count = unsafe read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR || errno == EAGAIN { return .bytes(bytes) }
      // What was read before the end is given first; the end comes again.
      guard count > 0 else { return bytes.isEmpty ? .closed : .bytes(bytes) }
      bytes += buffer[..<count]
    }
    return .bytes(bytes)
  }

  /// Whether a read would give something at once: bytes, or the end.
  static func hasUnread(_ descriptor: Int32) -> Bool { readiness(descriptor) != .nothing }

  private enum Readiness {
    case nothing
    case readable
    case closed
  }

  /// A closed terminal is readable for ever: the other bits are looked at first.
  private static func readiness(_ descriptor: Int32) -> Readiness {
    var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard unsafe poll(&entry, 1, 0) > 0 else { return .nothing }
    let events = Int32(entry.revents)
    if events & (Int32(POLLHUP) | Int32(POLLERR) | Int32(POLLNVAL)) != 0 { return .closed }
    return events & Int32(POLLIN) != 0 ? .readable : .nothing
  }

  /// Writes all of it, or as much as a terminal takes that has not gone away.
  static func write(_ text: String, to descriptor: Int32) {
    write(Array(text.utf8)[...], to: descriptor)
  }

  /// The same with bytes.
  static func write(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) {
    var bytes = bytes
    while !bytes.isEmpty {
      let count = unsafe bytes.withUnsafeBytes { buffer in
        unsafe Glibc.write(descriptor, buffer.baseAddress, buffer.count)
      }
      if count > 0 {
        bytes = bytes.dropFirst(count)
      } else if errno == EAGAIN {
        var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        guard unsafe poll(&entry, 1, 1000) > 0 else { return }
      } else if errno != EINTR {
        return
      }
    }
  }

  /// Makes the terminal listen to a group of processes, also from the background.
  static func setForeground(_ descriptor: Int32, _ group: pid_t) {
    var blocked = sigset_t()
    var before = sigset_t()
    unsafe sigemptyset(&blocked)
    unsafe sigaddset(&blocked, SIGTTOU)
    unsafe pthread_sigmask(SIG_BLOCK, &blocked, &before)
    tcsetpgrp(descriptor, group)
    unsafe pthread_sigmask(SIG_SETMASK, &before, nil)
  }

  /// Whether the terminal listens to this process and not to another job of its shell.
  static func isForeground(_ descriptor: Int32) -> Bool {
    let group = tcgetpgrp(descriptor)
    return group < 0 || group == getpgrp()
  }

  /// The size of the terminal's window; nil where it has none.
  static func size(_ descriptor: Int32) -> (columns: Int, rows: Int)? {
    var window = winsize()
    guard unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &window) == 0, window.ws_col > 0,
      window.ws_row > 0
    else { return nil }
    return (Int(window.ws_col), Int(window.ws_row))
  }
}
