internal import CPty
internal import Glibc

/// A program that was started here, and ends here.
final class ChildProcess {
  /// What one of its standard descriptors is.
  enum Stream {
    /// A descriptor of ours.
    case descriptor(CInt)
    /// A file or device that the child opens itself: a terminal becomes its controlling one.
    case path(String)
  }

  let pid: pid_t
  /// When it was about to be started.
  let startedAt: Int64
  private var isOver = false

  /// Starts a program in a session of its own.
  /// - Throws: ``Mistake`` when the system refuses.
  init(
    _ path: String,
    _ arguments: [String],
    environment: [String],
    input: Stream,
    output: Stream,
    errors: Stream
  ) throws(Mistake) {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    for (number, stream) in [input, output, errors].enumerated() {
      switch stream {
      case .descriptor(let descriptor):
        unsafe posix_spawn_file_actions_adddup2(&actions, descriptor, CInt(number))
      case .path(let path):
        unsafe posix_spawn_file_actions_addopen(&actions, CInt(number), path, O_RDWR, 0)
      }
    }
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    // The broken pipes that we ignore are the child's own business again.
    var defaults = sigset_t()
    unsafe sigemptyset(&defaults)
    unsafe sigaddset(&defaults, SIGPIPE)
    unsafe posix_spawnattr_setsigdefault(&attributes, &defaults)
    let flags = cpty_spawn_session | Int16(POSIX_SPAWN_SETSIGDEF)
    unsafe posix_spawnattr_setflags(&attributes, flags)

    var pid: pid_t = 0
    var start: Int64 = 0
    let code = unsafe withCStrings([path] + arguments) { arguments in
      unsafe withCStrings(environment) { environment in
        start = MonotonicClock.now()
        return unsafe posix_spawn(&pid, path, &actions, &attributes, arguments, environment)
      }
    }
    guard code == 0 else { throw .system("\(path) cannot be started", code: code) }
    self.pid = pid
    startedAt = start
  }

  deinit {
    guard !isOver else { return }
    kill(pid, SIGKILL)
    var status: CInt = 0
    unsafe waitpid(pid, &status, 0)
  }

  /// Sends a signal.
  func signal(_ number: CInt) {
    if !isOver { kill(pid, number) }
  }

  /// Whether it has ended, looked at now.
  func hasEnded() -> Bool {
    var status: CInt = 0
    if !isOver, unsafe waitpid(pid, &status, WNOHANG) == pid { isOver = true }
    return isOver
  }
}

/// Calls `body` with a null-terminated list of C strings that lives as long as the call.
private func withCStrings<Result>(
  _ texts: [String],
  _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
  var pointers = unsafe texts.map { unsafe strdup($0) } + [nil]
  defer {
    for index in unsafe pointers.indices { unsafe free(pointers[index]) }
  }
  return unsafe pointers.withUnsafeMutableBufferPointer { buffer in
    guard let base = buffer.baseAddress else { preconditionFailure("the end mark is in it") }
    return unsafe body(base)
  }
}
