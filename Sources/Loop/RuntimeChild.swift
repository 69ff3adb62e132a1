internal import Glibc
internal import JSON
package import Runs

/// A runtime of our own: started as a child, gone when we are.
///
/// `posix_spawn` rather than swift-subprocess: that one's child lives within an async body, while
/// this house has one synchronous loop that the child outlives and precedes. What the child gets is
/// the same: no shell, no signal blocked or ignored, a group of its own (Ctrl-C is for the front),
/// only the variables and descriptors it is given.
@safe package final class RuntimeChild {
  /// Where it listens.
  package let url: String
  /// The file of mode 0600 with its token.
  package let tokenFile: String

  private let process: pid_t
  /// Our end of its standard input: it ends when this closes, however we end.
  private var lifeline: Descriptor?
  /// Our end of its standard output: ends when it does.
  private let voice: Descriptor
  private var isOver = false

  /// How long it may take to say where it listens.
  private static let patience = Duration.seconds(30)
  /// The longest it may take to end by itself, then after SIGTERM, in milliseconds.
  private static let grace = [5_000, 2_000]
  /// The longest announcement, and the last of its complaints that are kept, in bytes.
  private static let bound = 64 << 10

  /// Starts a runtime and waits until it says where it listens.
  ///
  /// - Parameters:
  ///   - program: The path of its executable.
  ///   - arguments: What it is asked, `demo` or `serve` first; how it announces itself is added.
  ///   - environment: All the variables that it gets.
  /// - Throws: A fault `local` whose sentence says why there is no runtime.
  package init(
    program: String,
    arguments: [String],
    environment: [String: String]
  ) throws(Fault) {
    let input = try Pipe()
    let output = try Pipe()
    let errors = try Pipe()
    do throws(SpawnFailure) {
      process = try Spawn(
        words: [program] + arguments + ["--announce", "json", "--lifeline"],
        environment: environment,
        streams: [input.read, output.write, errors.write]
      ).start()
    } catch {
      throw Fault(.local, RuntimeChild.missing(program, error.code))
    }
    lifeline = input.write
    voice = output.read
    // The child has its own copies; ours would keep the pipes open for ever.
    for copy in [input.read, output.write, errors.write] { copy.close() }
    do throws(Fault) {
      let line = try RuntimeChild.listen(output.read, errors.read)
      guard let value = try? JSONValue(parsing: line), let url = value["url"]?.string,
        let file = value["token_file"]?.string
      else {
        throw Fault(.local, "the runtime \(program) says where it listens in a way of its own")
      }
      self.url = url
      tokenFile = RuntimeChild.absolute(file)
    } catch {
      // Every stored property must have a value before the child can be ended by `stop`.
      url = ""
      tokenFile = ""
      stop()
      throw error
    }
  }

  deinit { stop() }

  /// Lets it end by itself, for a program that must leave at once: closes its standard input and
  /// waits for nothing.
  package func release() {
    guard !isOver else { return }
    isOver = true
    lifeline?.close()
    lifeline = nil
  }

  /// Ends it: asks by closing its standard input, then by SIGTERM, then ends it by SIGKILL.
  package func stop() {
    guard !isOver else { return }
    isOver = true
    lifeline?.close()
    lifeline = nil
    for (patience, signal) in zip(RuntimeChild.grace, [SIGTERM, SIGKILL]) {
      if voice.ends(within: patience), reap(wait: true) { return }
      if reap(wait: false) { return }
      kill(process, signal)
    }
    _ = reap(wait: true)
  }

  /// Takes the child's status, so that no zombie stays; whether it was there to take.
  private func reap(wait: Bool) -> Bool {
    var status: Int32 = 0
    while true {
      let found = unsafe waitpid(process, &status, wait ? 0 : WNOHANG)
      if found < 0, errno == EINTR { continue }
      return found != 0
    }
  }
}

// MARK: Starting

extension RuntimeChild {
  private static func missing(_ program: String, _ code: Int32) -> String {
    let reason =
      switch code {
      case ENOENT:
        "it is not there; install it beside command-center, or set COMMAND_CENTER_RUNTIME"
      case EACCES: "it may not be executed"
      case ENOEXEC: "it is no program of this machine"
      default: "error \(code)"
      }
    return "the runtime \(program) cannot be started: \(reason)"
  }

  /// A path of the child's as one that means the same to everybody: it works in the folder that we
  /// work in.
  private static func absolute(_ path: String) -> String {
    guard !path.hasPrefix("/"), let folder = unsafe getcwd(nil, 0) else { return path }
    defer { unsafe free(folder) }
    return unsafe "\(String(cString: folder))/\(path)"
  }

  /// Waits for the line on standard output that says where it listens.
  private static func listen(
    _ output: Descriptor,
    _ errors: Descriptor
  ) throws(Fault) -> [UInt8] {
    defer { errors.close() }
    let deadline = SystemClock.now() + patience
    var line: [UInt8] = []
    var complaints: [UInt8] = []
    var open = (output: true, errors: true)
    while open.output {
      let left = (deadline - SystemClock.now()).inMilliseconds
      guard left > 0 else {
        throw Fault(.local, "the runtime did not say within 30 s where it listens")
      }
      var descriptors = [
        pollfd(fd: output.number, events: Int16(POLLIN), revents: 0),
        pollfd(fd: open.errors ? errors.number : -1, events: Int16(POLLIN), revents: 0),
      ]
      guard unsafe poll(&descriptors, 2, Int32(left)) > 0 else { continue }
      if descriptors[1].revents != 0 {
        let bytes = errors.take()
        open.errors = !bytes.isEmpty
        complaints = (complaints + bytes).suffix(bound)
      }
      guard descriptors[0].revents != 0 else { continue }
      let bytes = output.take()
      open.output = !bytes.isEmpty
      line += bytes
      if let end = line.firstIndex(of: 0x0A) { return Array(line[..<end]) }
      guard line.count < bound else { break }
    }
    // It has ended: what it still had to say stands in the pipe.
    if open.errors { complaints = (complaints + errors.rest(within: 1_000)).suffix(bound) }
    let last = String(decoding: complaints, as: UTF8.self).split(separator: "\n").last
    throw Fault(
      .local,
      "the runtime did not start: \(last.map(String.init) ?? "it ended without a word")"
    )
  }
}
