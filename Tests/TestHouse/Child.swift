import Glibc
import Synchronization

/// A program that a test started, with a pipe to its standard input and one from its output.
///
/// It inherits no other descriptor, so that no pipe or socket of a test stays open in it.
package final class Child: Sendable {
  /// How a program ended.
  package enum Ending: Hashable, Sendable {
    case exited(Int32)
    case signalled(Int32)
  }

  /// What a program said until it ended.
  package struct Report: Sendable {
    package var ending: Ending
    package var output: String
    package var complaints: String

    /// The exit status; nil when a signal ended it.
    package var status: Int32? { if case .exited(let status) = ending { status } else { nil } }
  }

  private struct State {
    var input: Int32
    var output: Int32
    var ending: Ending?
  }

  package let pid: Int32
  private let state: Mutex<State>

  /// Starts a program.
  /// - Parameters:
  ///   - command: The path of the program and its arguments.
  ///   - environment: All of its environment.
  ///   - complaints: The file that standard error goes to.
  /// - Throws: ``SystemMistake`` when it cannot be started.
  package init(
    _ command: [String],
    environment: [String: String],
    complaints: String = "/dev/null"
  ) throws {
    let input = try Pipe()
    let output = try Pipe()
    defer {
      close(input.reading)
      close(output.writing)
    }
    do {
      pid = try Child.spawn(
        command,
        environment,
        input: input.reading,
        output: output.writing,
        complaints: complaints
      )
    } catch {
      close(input.writing)
      close(output.reading)
      throw error
    }
    state = Mutex(State(input: input.writing, output: output.reading))
  }

  /// Nothing that a test started outlives it.
  deinit { end() }

  /// Runs a program to its end.
  package static func run(
    _ command: [String],
    environment: [String: String],
    input: String = "",
    in home: TemporaryHome
  ) throws -> Report {
    let complaints = home.path("complaints")
    unsafe unlink(complaints)
    let child = try Child(command, environment: environment, complaints: complaints)
    child.write(input)
    child.endInput()
    let output = try child.readAll()
    let ending = try child.wait()
    return Report(
      ending: ending,
      output: output,
      complaints: try TextFile.read(complaints)
    )
  }

  // MARK: Talking to it

  package func write(_ text: String) {
    let descriptor = state.withLock(\.input)
    let bytes = Array(text.utf8)
    guard descriptor >= 0, !bytes.isEmpty else { return }
    _ = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
  }

  /// Ends its standard input.
  package func endInput() {
    state.withLock { state in
      if state.input >= 0 { close(state.input) }
      state.input = -1
    }
  }

  /// The next line of its output.
  package func readLine() throws -> String {
    var line: [UInt8] = []
    while line.last != UInt8(ascii: "\n") {
      guard let byte = try read(atMost: 1).first else {
        throw WaitMistake(
          description: "the output ended after “\(String(decoding: line, as: UTF8.self))”"
        )
      }
      line.append(byte)
    }
    return String(decoding: line.dropLast(), as: UTF8.self)
  }

  private func readAll() throws -> String {
    var bytes: [UInt8] = []
    while true {
      let piece = try read(atMost: 65_536)
      if piece.isEmpty { return String(decoding: bytes, as: UTF8.self) }
      bytes += piece
    }
  }

  /// What there is next, nothing at the end; fails when nothing comes within the kit's patience.
  private func read(atMost limit: Int) throws -> ArraySlice<UInt8> {
    let descriptor = state.withLock(\.output)
    var polled = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    let patience = Int32(Waiting.patience.components.seconds) * 1000
    let ready = unsafe poll(&polled, 1, patience)
    guard ready != 0 else { throw WaitMistake(description: "process \(pid) says nothing") }
    var bytes = [UInt8](repeating: 0, count: limit)
    let count = unsafe Glibc.read(descriptor, &bytes, limit)
    try SystemMistake.check("read", Int32(count))
    return bytes[..<count]
  }

  // MARK: Ending it

  /// Sends it a signal, unless it has ended.
  package func send(_ signal: Int32) {
    state.withLock { state in
      guard state.ending == nil else { return }
      _ = kill(pid, signal)
    }
  }

  /// How it ended; nil while it runs.
  package var ending: Ending? {
    state.withLock { state in
      if let ending = state.ending { return ending }
      var status: Int32 = 0
      guard unsafe waitpid(pid, &status, WNOHANG) == pid else { return nil }
      let signal = status & 0x7F
      state.ending = signal == 0 ? .exited((status >> 8) & 0xFF) : .signalled(signal)
      return state.ending
    }
  }

  /// Waits for its end.
  @discardableResult
  package func wait() throws -> Ending {
    try Waiting.until("the end of process \(pid)") { ending }
  }

  /// Ends it whatever it does.
  package func end() {
    endInput()
    send(SIGKILL)
    state.withLock { state in
      if state.output >= 0 { close(state.output) }
      state.output = -1
      guard state.ending == nil else { return }
      var status: Int32 = 0
      _ = unsafe waitpid(pid, &status, 0)
      state.ending = .signalled(SIGKILL)
    }
  }

  // MARK: Starting it

  private static func spawn(
    _ command: [String],
    _ environment: [String: String],
    input: Int32,
    output: Int32,
    complaints: String
  ) throws -> Int32 {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_adddup2(&actions, input, 0)
    unsafe posix_spawn_file_actions_adddup2(&actions, output, 1)
    let flags = O_WRONLY | O_CREAT | O_APPEND
    unsafe posix_spawn_file_actions_addopen(&actions, 2, complaints, flags, 0o600)
    // Everything else that this process has open, and what its threads open meanwhile.
    let highest = TextFile.names(in: "/proc/self/fd").compactMap { Int32($0) }.max() ?? 0
    for descriptor in 3...(highest + 32) {
      unsafe posix_spawn_file_actions_addclose(&actions, descriptor)
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
    unsafe posix_spawnattr_setflags(
      &attributes,
      Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF)
    )
    var pid: Int32 = 0
    let code = unsafe withStrings(command) { arguments in
      unsafe withStrings(environment.map { "\($0.key)=\($0.value)" }) { variables in
        unsafe posix_spawn(&pid, command[0], &actions, &attributes, arguments, variables)
      }
    }
    guard code == 0 else { throw SystemMistake(call: "posix_spawn of \(command[0])", code: code) }
    return pid
  }

  /// The texts as C wants them, for the time of a call.
  private static func withStrings(
    _ texts: [String],
    _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Int32
  ) -> Int32 {
    var pointers = unsafe texts.map { unsafe strdup($0) } + [nil]
    defer {
      for index in unsafe pointers.indices { unsafe free(pointers[index]) }
    }
    return unsafe pointers.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return EINVAL }
      return unsafe body(base)
    }
  }
}

/// What the system tells of processes that a test did not start itself.
package enum Processes {
  /// Whether a process is there and not only waits to be buried.
  package static func isAlive(_ pid: Int32) -> Bool {
    state(of: pid).map { $0.state != "Z" } ?? false
  }

  /// Whether a process is stopped by a signal.
  package static func isStopped(_ pid: Int32) -> Bool { state(of: pid)?.state == "T" }

  /// The processes that a process started.
  package static func children(of parent: Int32) -> [Int32] {
    TextFile.names(in: "/proc").compactMap { Int32($0) }.filter { state(of: $0)?.parent == parent }
  }

  /// The name of a process's program, as far as the system keeps it: 15 characters.
  package static func name(of pid: Int32) -> String? {
    (try? TextFile.read("/proc/\(pid)/comm"))?.split(separator: "\n").first.map(String.init)
  }

  private static func state(of pid: Int32) -> (state: Substring, parent: Int32)? {
    // The name stands in brackets and may hold anything; what follows the last one is fields.
    guard let text = try? TextFile.read("/proc/\(pid)/stat"), let end = text.lastIndex(of: ")")
    else { return nil }
    let fields = text[text.index(after: end)...].split(separator: " ")
    guard fields.count > 1, let parent = Int32(fields[1]) else { return nil }
    return (fields[0], parent)
  }
}
