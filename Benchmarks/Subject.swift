internal import Glibc

/// One of the two programs that are measured side by side.
struct Program {
  let path: String
  var arguments: [String] = []
}

/// A program at work: on a terminal of ours, against a canned server of its own.
final class Subject {
  /// Bytes that the program painted, and when they were read.
  struct Chunk {
    let at: Int64
    let bytes: [UInt8]
  }

  /// Text that stands on the screen as soon as any frame does, and as soon as runs are shown.
  enum Mark {
    static let frame = Array("Inbox".utf8)
    static let rows = Array(CannedRuns.workflows[1].utf8)
  }

  let process: ChildProcess
  /// Bytes that were painted after each poll, in the order of the polls.
  private(set) var bytesOfPolls: [Int] = []
  private let terminal: PseudoTerminal
  private let server: ServerProcess
  private let program: Program
  private let home: TemporaryFolder

  /// Starts a program.
  convenience init(
    _ program: Program,
    size: Size,
    runs: Int = 40,
    changesEveryPoll: Bool = false
  ) throws(Mistake) {
    try self.init(
      program,
      size: size,
      server: ServerProcess(runs: runs, changesEveryPoll: changesEveryPoll),
      home: TemporaryFolder()
    )
  }

  /// Starts a program once more: against the server of one that ran before, with what that left in
  /// its home.
  convenience init(_ program: Program, size: Size, after before: Subject) throws(Mistake) {
    try self.init(program, size: size, server: before.server, home: before.home)
  }

  private init(
    _ program: Program,
    size: Size,
    server: ServerProcess,
    home: TemporaryFolder
  ) throws(Mistake) {
    self.program = program
    self.server = server
    self.home = home
    terminal = try PseudoTerminal(size)
    process = try ChildProcess(
      program.path,
      program.arguments,
      environment: Subject.environment(url: server.url, home: home.path),
      input: .path(terminal.path),
      output: .path(terminal.path),
      errors: .path(terminal.path)
    )
  }

  private static func environment(url: String, home: String) -> [String] {
    let folders = ["CONFIG", "STATE", "CACHE", "DATA"].map { "XDG_\($0)_HOME=\(home)/\($0)" }
    return folders + [
      "HOME=\(home)", "PATH=/usr/bin:/bin", "TERM=xterm-256color", "LANG=C.UTF-8",
      "COMMAND_CENTER_URL=\(url)", "COMMAND_CENTER_TOKEN=pat_benchmark",
    ]
  }

  // MARK: What is painted

  /// Reads what is painted until `enough`, and then until nothing came for `quiet`.
  ///
  /// The time that the silence takes is in no chunk.
  /// - Throws: ``Mistake`` when it does not come to that within `limit`, or the program ends.
  func read(
    quiet: Int64,
    limit: Int64 = .milliseconds(30_000),
    until enough: ([UInt8]) -> Bool
  ) throws(Mistake) -> [Chunk] {
    var chunks: [Chunk] = []
    var all: [UInt8] = []
    var isEnough = false
    let deadline = MonotonicClock.now() + limit
    while true {
      let wait = isEnough ? quiet : deadline - MonotonicClock.now()
      if Descriptor.ready([terminal.master], within: wait).isEmpty {
        if isEnough { return chunks }
        throw Mistake("\(program.path) did not paint what was waited for:\n\(tail(of: all))")
      }
      guard let bytes = Descriptor.read(terminal.master), !bytes.isEmpty else {
        throw Mistake("\(program.path) has left its terminal:\n\(tail(of: all))")
      }
      chunks.append(Chunk(at: MonotonicClock.now(), bytes: bytes))
      all += bytes
      isEnough = isEnough || enough(all)
    }
  }

  /// Waits until runs stand on the screen and it is quiet.
  func waitForRows() throws(Mistake) {
    _ = try read(quiet: .milliseconds(50)) { $0.firstIndex(of: Mark.rows) != nil }
  }

  /// Forgets what was painted by now.
  func discard() {
    while !Descriptor.ready([terminal.master], within: 0).isEmpty {
      guard let bytes = Descriptor.read(terminal.master), !bytes.isEmpty else { return }
    }
  }

  private func tail(of bytes: [UInt8]) -> String {
    let text = String(decoding: bytes.suffix(600), as: UTF8.self)
    return text.unicodeScalars.map { $0.value < 32 ? $0.escaped(asASCII: true) : String($0) }
      .joined()
  }

  // MARK: What is done to it

  /// Types a key and reads what it paints.
  /// - Parameters:
  ///   - key: One key.
  ///   - quiet: After how many nanoseconds of silence all is painted.
  /// - Returns: Nanoseconds from the key to the last byte, and how many bytes there were.
  /// - Throws: ``Mistake`` when nothing is painted within a second.
  func press(
    _ key: Unicode.Scalar,
    quiet: Int64
  ) throws(Mistake) -> (time: Int64, bytes: Int) {
    discard()
    let start = MonotonicClock.now()
    guard Descriptor.write(terminal.master, Array(String(key).utf8)) else {
      throw Mistake("\(program.path) takes no keys.")
    }
    let chunks = try read(quiet: quiet, limit: .milliseconds(1000)) { !$0.isEmpty }
    let last = chunks.last?.at ?? start
    return (last - start, chunks.reduce(0) { $0 + $1.bytes.count })
  }

  /// Types a text that is not measured, and waits until all it paints is painted.
  func type(_ text: String) throws(Mistake) {
    guard Descriptor.write(terminal.master, Array(text.utf8)) else {
      throw Mistake("\(program.path) takes no keys.")
    }
    _ = try read(quiet: .milliseconds(100)) { !$0.isEmpty }
  }

  /// Takes the terminal away.
  func hangUp() { terminal.hangUp() }

  /// Waits until the program has ended, reading what it still paints.
  /// - Returns: When it was seen to have ended.
  /// - Throws: ``Mistake`` when it does not end within five seconds.
  func waitForEnd() throws(Mistake) -> Int64 {
    let deadline = MonotonicClock.now() + .milliseconds(5000)
    while MonotonicClock.now() < deadline {
      if process.hasEnded() { return MonotonicClock.now() }
      if terminal.master < 0 || !isStillRead() {
        usleep(50)
      }
    }
    throw Mistake("\(program.path) did not end within five seconds.")
  }

  /// Reads on for a moment; false when the other side is closed.
  private func isStillRead() -> Bool {
    guard !Descriptor.ready([terminal.master], within: 0).isEmpty else {
      usleep(50)
      return true
    }
    return Descriptor.read(terminal.master).map { !$0.isEmpty } ?? false
  }

  // MARK: Side by side

  /// Lets programs work side by side until `done`, or for so many nanoseconds, and counts what each
  /// paints after its polls.
  static func run(
    _ subjects: [Subject],
    for limit: Int64,
    until done: () -> Bool = { false }
  ) throws(Mistake) {
    let deadline = MonotonicClock.now() + limit
    while !done() {
      let left = deadline - MonotonicClock.now()
      guard left > 0 else { return }
      let descriptors = subjects.flatMap { [$0.server.reports, $0.terminal.master] }
      let ready = Descriptor.ready(descriptors, within: left)
      for subject in subjects {
        // First the poll, then what it made the program paint.
        if ready.contains(subject.server.reports) {
          subject.bytesOfPolls += Array(repeating: 0, count: subject.server.polls())
        }
        guard ready.contains(subject.terminal.master) else { continue }
        guard let bytes = Descriptor.read(subject.terminal.master), !bytes.isEmpty else {
          throw Mistake("\(subject.program.path) has left its terminal.")
        }
        if let last = subject.bytesOfPolls.indices.last {
          subject.bytesOfPolls[last] += bytes.count
        }
      }
    }
  }

  /// Lets programs work until each has polled so often, and until what the last poll made it paint
  /// is painted.
  static func run(_ subjects: [Subject], polls: Int) throws(Mistake) {
    let limit = Int64.milliseconds(20_000 * (polls + 1))
    try run(subjects, for: limit) { subjects.allSatisfy { $0.bytesOfPolls.count >= polls } }
    guard subjects.allSatisfy({ $0.bytesOfPolls.count >= polls }) else {
      throw Mistake("A program did not poll \(polls) times within \(limit / 1_000_000_000) s.")
    }
    try run(subjects, for: .milliseconds(1000))
  }
}
