import CTermGuard
import Glibc

/// A signal that the loop answers.
package enum Signal: Hashable, Sendable, CaseIterable {
  /// The window has another size.
  case resize
  /// SIGTERM.
  case terminate
  /// SIGINT.
  case interrupt
  /// The terminal went away.
  case hangUp
  /// SIGTSTP: give the terminal back and stop.
  case suspend
  /// Continued after a stop.
  case resume
  /// A child ended.
  case childEnded

  var number: Int32 {
    switch self {
    case .resize: SIGWINCH
    case .terminate: SIGTERM
    case .interrupt: SIGINT
    case .hangUp: SIGHUP
    case .suspend: SIGTSTP
    case .resume: SIGCONT
    case .childEnded: SIGCHLD
    }
  }
}

/// Signals as something that a loop can wait for: a pipe with one byte for each.
///
/// There is one relay in a process. Signals that were ignored at the start stay ignored (`nohup`).
package final class Signals {
  /// Readable when signals came; non-blocking, closed on exec.
  package let descriptor: Int32

  /// Begins to relay the given signals.
  package init(
    _ signals: [Signal] = [
      .resize, .terminate, .interrupt, .hangUp, .suspend, .resume, .childEnded,
    ]
  ) throws(TerminalFailure) {
    let numbers = signals.map(\.number)
    descriptor = unsafe numbers.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return -1 }
      return unsafe termguard_relay(base, buffer.count)
    }
    guard descriptor >= 0 else { throw .system("make a pipe for signals", errno) }
  }

  deinit { termguard_relay_end() }

  /// The signals that came since the last call, in order, each at most once.
  package func drain() -> [Signal] {
    var signals: [Signal] = []
    var bytes = [UInt8](repeating: 0, count: 256)
    while true {
      let count = unsafe read(descriptor, &bytes, bytes.count)
      guard count > 0 else {
        if count < 0, errno == EINTR { continue }
        return signals
      }
      for byte in bytes[..<count] {
        guard let signal = Signal.allCases.first(where: { $0.number == Int32(byte) }),
          !signals.contains(signal)
        else { continue }
        signals.append(signal)
      }
    }
  }
}
