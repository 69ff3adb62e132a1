internal import CommandCenter
internal import Glibc
internal import Runs

/// The operator's editor: the program, and what it is given.
package struct EditorProgram: Sendable {
  /// The program, looked for in `PATH`, and what stands before the file.
  package var words: [String]
  /// All the variables that it gets.
  package var environment: [String: String]
  /// Where the folder for its file may be made, the best first.
  package var folders: [String]

  /// An editor.
  package init(words: [String], environment: [String: String], folders: [String]) {
    self.words = words
    self.environment = environment
    self.folders = folders
  }
}

/// An editor at work.
///
/// It has a group of its own, which the terminal listens to: Ctrl-C and Ctrl-Z are its own. When it
/// stops, this program stops with it, as one job of the operator's shell.
struct Editor {
  /// How an editor stands.
  enum State: Equatable {
    case running
    /// It stopped itself, by this signal.
    case stopped(Int32)
    /// It ended; the sentence says how, unless it ended well.
    case ended(String?)
  }

  let wish: EditorWish
  let file: EditorFile
  let process: pid_t
  /// The program's name, for sentences.
  private let name: String
  /// Whether it waits to be continued.
  var isStopped = false

  /// Starts an editor on a file.
  /// - Throws: A fault `local` that says why it does not run.
  init(_ program: EditorProgram, on file: EditorFile, for wish: EditorWish) throws(Fault) {
    let word = program.words.first ?? ""
    let name = word.split(separator: "/").last.map(String.init) ?? word
    let spawn = Spawn(
      words: program.words + [file.path],
      environment: program.environment,
      streams: [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO].map { Descriptor(number: $0) },
      isNamed: true
    )
    do throws(SpawnFailure) {
      process = try spawn.start()
    } catch {
      let reason =
        switch error.code {
        case ENOENT: "is not there; check VISUAL, EDITOR and PATH"
        case EACCES: "may not be executed"
        default: "cannot be started: \(Words.of(error.code))"
        }
      throw Fault(.local, "the editor \(name) \(reason)")
    }
    self.wish = wish
    self.file = file
    self.name = name
  }

  /// How it stands now; its status is taken when it has ended.
  func state() -> State {
    var status: Int32 = 0
    while true {
      let found = unsafe waitpid(process, &status, WNOHANG | WUNTRACED)
      if found < 0, errno == EINTR { continue }
      // Whoever ignores the end of children is not told how they ended.
      if found < 0 { return .ended(nil) }
      guard found == process else { return .running }
      break
    }
    if status & 0xFF == 0x7F { return .stopped(status >> 8 & 0xFF) }
    let signal = status & 0x7F
    if signal != 0 { return .ended("the editor \(name) was killed by signal \(signal)") }
    let code = status >> 8 & 0xFF
    return .ended(code == 0 ? nil : "the editor \(name) ended with \(code)")
  }

  /// Lets it go on.
  func resume() { kill(-process, SIGCONT) }

  /// Ends it, and waits no longer for it than somebody who hangs up waits for this program.
  func end() {
    for signal in [SIGHUP, SIGTERM] { kill(-process, signal) }
    resume()
    for _ in 0..<8 {
      if case .ended = state() { return }
      _ = poll(nil, 0, 5)
    }
    kill(-process, SIGKILL)
    var status: Int32 = 0
    while unsafe waitpid(process, &status, 0) < 0, errno == EINTR {}
  }

  /// What it has left in its file.
  func outcome(_ complaint: String?) -> (outcome: EditorOutcome, keepsFile: Bool) {
    do throws(EditorFile.Unreadable) {
      let text = try file.text()
      guard let complaint else { return (.saved(text), false) }
      return (.failed(complaint, text: text), false)
    } catch {
      switch error {
      case .gone(let sentence): return (.failed(complaint ?? sentence, text: nil), false)
      case .unusable(let sentence):
        return (.failed("\(sentence); the next time the editor opens it again", text: nil), true)
      }
    }
  }
}
