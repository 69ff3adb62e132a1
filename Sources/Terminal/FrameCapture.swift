import CNcurses
import Glibc

/// Holds back what ncurses writes while it draws a frame, so that the terminal gets it in one piece.
///
/// ncurses writes to a descriptor, not to a stream that could be ours: the descriptor is made to lead
/// into memory for as long as it draws. Everything else it does, entering, leaving, asking for
/// settings, finds the terminal there.
final class FrameCapture {
  private let descriptor: Int32
  private let terminal: Int32
  private let memory: Int32

  /// Nil when the system has no memory to write to; frames are written directly then.
  /// - Parameter descriptor: what ncurses writes to.
  init?(_ descriptor: Int32) {
    self.descriptor = descriptor
    terminal = fcntl(descriptor, F_DUPFD_CLOEXEC, 3)
    memory = cncurses_memory()
    guard terminal >= 0, memory >= 0 else { return nil }
  }

  deinit {
    for copy in [terminal, memory] where copy >= 0 { close(copy) }
  }

  /// The bytes that are written by `draw`; none when they had to be written directly.
  func bytes(of draw: () -> Void) -> [UInt8] {
    let isLed = lead(to: memory)
    draw()
    guard isLed else { return [] }
    _ = lead(to: terminal)
    var bytes = [UInt8](repeating: 0, count: max(0, lseek(memory, 0, SEEK_CUR)))
    let count = unsafe pread(memory, &bytes, bytes.count, 0)
    lseek(memory, 0, SEEK_SET)
    return Array(bytes.prefix(max(0, count)))
  }

  private func lead(to target: Int32) -> Bool {
    while dup2(target, descriptor) < 0 {
      guard errno == EINTR || errno == EBUSY else { return false }
    }
    return fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0
  }
}
