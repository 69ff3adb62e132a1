internal import Glibc
internal import Runs

/// A program to be started: no shell, no signal blocked or ignored, only the variables and
/// descriptors that it is given.
struct Spawn {
  /// The program and its arguments.
  var words: [String]
  /// All the variables that it gets.
  var environment: [String: String]
  /// Its standard input, output and error.
  var streams: [Descriptor]
  /// Whether it leaves the terminal: it can neither read nor write there, not even by `/dev/tty`.
  ///
  /// Without, it has a group of its own, so that Ctrl-C is for the front.
  var leavesTerminal = false
  /// Whether a name without a slash is looked for in the folders of `PATH`.
  var isNamed = false

  /// Starts it.
  /// - Returns: Its process.
  func start() throws(SpawnFailure) -> pid_t {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    for (target, stream) in streams.enumerated() {
      unsafe posix_spawn_file_actions_adddup2(&actions, stream.number, Int32(target))
    }
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    unsafe sigemptyset(&none)
    var all = sigset_t()
    unsafe sigfillset(&all)
    unsafe posix_spawnattr_setsigmask(&attributes, &none)
    unsafe posix_spawnattr_setsigdefault(&attributes, &all)
    unsafe posix_spawnattr_setpgroup(&attributes, 0)
    let place = leavesTerminal ? Spawn.newSession : POSIX_SPAWN_SETPGROUP
    let flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | place
    unsafe posix_spawnattr_setflags(&attributes, Int16(flags))
    let variables = environment.map { "\($0.key)=\($0.value)" }
    let arguments = unsafe words.map { unsafe strdup($0) } + [nil]
    let values = unsafe variables.map { unsafe strdup($0) } + [nil]
    let copies = unsafe arguments + values
    defer {
      for index in unsafe copies.indices { unsafe free(copies[index]) }
    }
    var process: pid_t = 0
    let result =
      isNamed
      ? unsafe posix_spawnp(&process, words[0], &actions, &attributes, arguments, values)
      : unsafe posix_spawn(&process, words[0], &actions, &attributes, arguments, values)
    guard result == 0 else { throw SpawnFailure(code: result) }
    return process
  }

  /// `POSIX_SPAWN_SETSID`, which the C library keeps behind a macro for its own extensions.
  private static let newSession: Int32 = 0x80
}

/// The system's number for why a program was not started.
struct SpawnFailure: Error {
  var code: Int32
}

/// A descriptor of ours that no other child gets.
struct Descriptor {
  let number: Int32

  func close() { _ = Glibc.close(number) }

  /// What can be read at once, after `poll` said that there is something; empty at the end.
  func take() -> [UInt8] {
    var piece = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = unsafe read(number, &piece, piece.count)
      if count < 0, errno == EINTR { continue }
      return Array(piece.prefix(max(0, count)))
    }
  }

  /// Waits for the end of what can be read, and takes it; whether the end came in time.
  func ends(within milliseconds: Int, _ take: ([UInt8]) -> Void = { _ in }) -> Bool {
    let deadline = SystemClock.now() + .milliseconds(milliseconds)
    while true {
      let left = (deadline - SystemClock.now()).inMilliseconds
      guard left > 0 else { return false }
      var ready = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
      guard unsafe poll(&ready, 1, Int32(left)) > 0 else { continue }
      let bytes = self.take()
      if bytes.isEmpty { return true }
      take(bytes)
    }
  }

  /// What comes until the end, or until the time is over: a child's child may hold a pipe open.
  func rest(within milliseconds: Int) -> [UInt8] {
    var rest: [UInt8] = []
    _ = ends(within: milliseconds) { rest += $0 }
    return rest
  }
}

/// Two connected descriptors.
struct Pipe {
  let read: Descriptor
  let write: Descriptor

  init() throws(Fault) {
    var ends: [Int32] = [-1, -1]
    guard unsafe pipe(&ends) == 0 else {
      throw Fault(.local, "no pipe to a child could be made: error \(errno)")
    }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    read = Descriptor(number: ends[0])
    write = Descriptor(number: ends[1])
  }
}
