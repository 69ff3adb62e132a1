internal import Glibc
package import Runs

/// Runs the program that prints a profile's token.
package enum TokenCommand {
  /// How long it may take.
  private static let patience = Duration.seconds(10)
  /// The most that it may print, in bytes.
  private static let bound = 64 << 10

  /// Runs it; blocks until it has ended, for ten seconds at most.
  ///
  /// It has no terminal: whatever asks for a passphrase there would ask through our screen.
  /// - Parameters:
  ///   - words: The program, looked for in `PATH`, and its arguments.
  ///   - environment: All the variables that it gets.
  /// - Returns: What it printed.
  /// - Throws: A fault `local` that says what the program did; nothing that it printed is in it, but
  ///   the last line of its complaints is.
  package static func run(
    _ words: [String],
    environment: [String: String]
  ) throws(Fault) -> String {
    let name = words.first ?? ""
    let output = try Pipe()
    defer { output.read.close() }
    let errors: Pipe
    do throws(Fault) {
      errors = try Pipe()
    } catch {
      output.write.close()
      throw error
    }
    defer { errors.read.close() }
    let process = try start(words, environment, output.write, errors.write)
    let deadline = SystemClock.uptime() + patience
    var heard = hear(output.read, errors.read, until: deadline)
    var status = heard.end == .ended ? reap(process, until: deadline) : nil
    if status == nil {
      if heard.end == .ended { heard.end = .late }
      kill(-process, SIGKILL)
      status = reap(process, until: nil)
    }
    let told = { (said: String) in Fault(.local, "token_command \(name) \(said)") }
    switch heard.end {
    case .late: throw told("did not end within 10 s and was stopped; try it in a shell")
    case .endless: throw told("printed more than 64 KiB; it has to print the token alone")
    case .ended: break
    }
    let code = status ?? 0
    guard code == 0 else {
      let last = String(decoding: heard.complaints, as: UTF8.self)
        .split(whereSeparator: \.isNewline).last
      let how =
        code & 0x7F == 0 ? "ended with \(code >> 8 & 0xFF)" : "was killed by signal \(code & 0x7F)"
      throw told(last.map { "\(how): \($0)" } ?? "\(how) without a word; try it in a shell")
    }
    guard let text = String(validating: heard.printed, as: UTF8.self) else {
      throw told("printed something that is no text; it has to print the token alone")
    }
    return text
  }

  private static func start(
    _ words: [String],
    _ environment: [String: String],
    _ output: Descriptor,
    _ errors: Descriptor
  ) throws(Fault) -> pid_t {
    let nothing = Descriptor(number: unsafe open("/dev/null", O_RDONLY | O_CLOEXEC))
    // The child has its own copies; ours would keep the pipes open for ever.
    defer { for copy in [nothing, output, errors] { copy.close() } }
    let spawn = Spawn(
      words: words,
      environment: environment,
      streams: [nothing, output, errors],
      leavesTerminal: true,
      isNamed: true
    )
    do throws(SpawnFailure) {
      return try spawn.start()
    } catch {
      let reason =
        switch error.code {
        case ENOENT: "is not there; check token_command and PATH"
        case EACCES: "may not be executed"
        default: "cannot be started: error \(error.code)"
        }
      throw Fault(.local, "token_command \(words.first ?? "") \(reason)")
    }
  }

  /// What was heard of it.
  private struct Heard {
    enum End {
      case ended
      case late
      case endless
    }

    var printed: [UInt8] = []
    var complaints: [UInt8] = []
    var end = End.ended
  }

  /// Reads until both pipes end, the time is over, or it is too much.
  private static func hear(
    _ output: Descriptor,
    _ errors: Descriptor,
    until deadline: Timestamp
  ) -> Heard {
    var heard = Heard()
    var open = (output: true, errors: true)
    while open.output || open.errors {
      let left = (deadline - SystemClock.uptime()).inMilliseconds
      guard left > 0 else {
        heard.end = .late
        return heard
      }
      var descriptors = [
        pollfd(fd: open.output ? output.number : -1, events: Int16(POLLIN), revents: 0),
        pollfd(fd: open.errors ? errors.number : -1, events: Int16(POLLIN), revents: 0),
      ]
      guard unsafe poll(&descriptors, 2, Int32(left)) > 0 else { continue }
      if descriptors[0].revents != 0 {
        let bytes = output.take()
        open.output = !bytes.isEmpty
        heard.printed += bytes
      }
      if descriptors[1].revents != 0 {
        let bytes = errors.take()
        open.errors = !bytes.isEmpty
        heard.complaints = (heard.complaints + bytes).suffix(4096)
      }
      guard heard.printed.count <= bound else {
        heard.end = .endless
        return heard
      }
    }
    return heard
  }

  /// Takes the child's status, so that no zombie stays; nil when it has none in time.
  ///
  /// A child that has closed its pipes is about to end: nothing is told of that end that could be
  /// waited for, so it is asked for a few times.
  private static func reap(_ process: pid_t, until deadline: Timestamp?) -> Int32? {
    var status: Int32 = 0
    while true {
      let found = unsafe waitpid(process, &status, deadline == nil ? 0 : WNOHANG)
      if found < 0, errno == EINTR { continue }
      if found != 0 { return status }
      if let deadline, SystemClock.uptime() >= deadline { return nil }
      _ = poll(nil, 0, 5)
    }
  }
}
