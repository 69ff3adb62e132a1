internal import Glibc
internal import JSON
package import Runs
internal import Synchronization

/// What the program did, line by line in a file, for a report of a mistake: exchanges with the
/// server, signals, what was wrong; never a token, a header or a body.
package final class Log: Sendable {
  /// How much a line matters.
  package enum Level: Int, Sendable, CaseIterable, Comparable {
    /// Everything, each exchange among it.
    case debug
    /// What changed: profiles, polls that failed and came back, decisions.
    case info
    /// What went wrong.
    case error

    /// The level of a word.
    package init?(word: String) {
      guard let level = Level.allCases.first(where: { $0.word == word }) else { return nil }
      self = level
    }

    /// The word of the level, as options and lines have it.
    package var word: String {
      switch self {
      case .debug: "debug"
      case .info: "info"
      case .error: "error"
      }
    }

    /// Debug is the least.
    package static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }
  }

  /// The file.
  package let path: String
  private let least: Level
  private let state: Mutex<State>

  private struct State {
    let descriptor: Int32
    var written = 0
    var isFull = false
    /// What must not stand in any line.
    var secrets: [String] = []
  }

  /// The most that one session writes, in bytes: a log must not fill the disk it is to explain.
  private static let bound = 64 << 20

  /// Opens a log; lines go behind what stands there.
  /// - Parameters:
  ///   - path: The file; made with mode 0600.
  ///   - least: Lines that matter less are left out.
  /// - Throws: A fault `local` that says why there is no log.
  package init(path: String, least: Level) throws(Fault) {
    let flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK
    let descriptor = unsafe open(path, flags, 0o600)
    guard descriptor >= 0 else {
      throw Fault(.local, "the log \(path) cannot be opened: \(StateFolder.words(errno))")
    }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw Fault(.local, "the log \(path) is no file; name one, or one that is to be made")
    }
    self.path = path
    self.least = least
    state = Mutex(State(descriptor: descriptor))
  }

  deinit { state.withLock { _ = close($0.descriptor) } }

  /// Keeps a text out of every line from now on.
  package func conceal(_ secret: String?) {
    guard let secret, secret.utf8.count >= 4 else { return }
    state.withLock { state in
      if !state.secrets.contains(secret) { state.secrets.append(secret) }
    }
  }

  /// Writes a line: the moment, the level, the subject in a word, and words about it.
  package func write(_ level: Level, _ subject: String, _ words: String, at now: Timestamp) {
    guard level >= least else { return }
    state.withLock { state in
      guard !state.isFull else { return }
      var words = words
      for secret in state.secrets { words = words.replacing(secret, with: "(not shown)") }
      var line = Log.line(level, subject, words, now)
      if state.written + line.count > Log.bound {
        state.isFull = true
        line = Log.line(.error, "log", "is full; nothing more is written", now)
      }
      state.written += line.count
      // One write a line: what does not fit on the disk is lost, and nothing waits for it.
      _ = unsafe line.withUnsafeBytes { bytes in
        unsafe Glibc.write(state.descriptor, bytes.baseAddress, bytes.count)
      }
    }
  }

  private static func line(
    _ level: Level,
    _ subject: String,
    _ words: String,
    _ now: Timestamp
  ) -> [UInt8] {
    // Text from outside stays on its line, and is no command for the terminal that shows the log.
    let quoted = JSONWriter.text(.string(words)).dropFirst().dropLast()
    let safe = quoted.unicodeScalars.map { scalar in
      scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .format
        ? "?" : Character(scalar)
    }
    return Array("\(now.iso8601) \(level.word) \(subject): \(String(safe))\n".utf8)
  }
}
