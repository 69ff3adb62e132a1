internal import Glibc
package import RunClient
internal import Runs
package import Shell
package import Terminal
internal import Transport

/// Drives one verb of the command line: without a terminal, on one thread, everything in its turn.
package final class ShellLoop {
  private var task: ShellTask
  private let connection: Connection?
  private let signals: Signals
  private let showsProgress: Bool
  private let log: Log?
  private let painter: Painter
  private var ending: Int32?
  /// Whether a command has gone out of which nothing is known yet.
  private var isSending = false
  /// Nobody reads standard output any more.
  private var isUnread = false
  /// Standard output did not take all of it.
  private var isCut = false

  /// How long a wait is at most, in milliseconds.
  private static let longestWait: Int64 = 60_000

  /// A loop for a verb.
  /// - Parameters:
  ///   - task: The verb.
  ///   - connection: How the server is asked; nil for verbs that ask none.
  ///   - signals: Tells of interrupt, termination and hang-up.
  ///   - showsProgress: Whether standard error is a terminal.
  ///   - log: Where exchanges are written down.
  ///   - painter: Writes frames to standard output.
  package init(
    _ task: ShellTask,
    connection: Connection?,
    signals: Signals,
    showsProgress: Bool,
    log: Log? = nil,
    painter: Painter = Painter(depth: nil)
  ) {
    self.log = log
    self.task = task
    self.connection = connection
    self.signals = signals
    self.showsProgress = showsProgress
    self.painter = painter
  }

  /// Does the verb.
  /// - Returns: The exit code of the program.
  package func run() -> Int32 {
    // A reader that has seen enough (`| head`) must not kill us while a command is under way.
    signal(SIGPIPE, SIG_IGN)
    perform(task.begin(at: SystemClock.now()))
    while ending == nil, let connection {
      takeWhatCame(connection)
      guard ending == nil else { break }
      wait(connection)
    }
    connection?.pool.abandon()
    return ending ?? 0
  }

  private func takeWhatCame(_ connection: Connection) {
    let client = connection.client
    for event in client.advance(now: SystemClock.now()) {
      log?.write(event, at: SystemClock.now())
      guard let message = ShellMessage(event) else { continue }
      if case .stage(let stage) = message { isSending = stage == .sending || stage == .confirming }
      perform(task.receive(message, at: SystemClock.now()))
    }
    for errand in client.takeErrands() {
      client.returned(errand.id, errand.work(), now: SystemClock.now())
    }
  }

  private func wait(_ connection: Connection) {
    let now = SystemClock.now()
    let due = connection.client.nextDeadline.map { max(0, ($0 - now).inMilliseconds) }
    let ready = connection.pool.wait(
      watching: [Watch(descriptor: signals.descriptor)],
      milliseconds: Int(min(due ?? ShellLoop.longestWait, ShellLoop.longestWait))
    )
    guard ready.contains(where: { $0.descriptor == signals.descriptor }) else { return }
    for signal in signals.drain() { end(by: signal) }
  }

  private func end(by signal: Signal) {
    let number: Int32
    switch signal {
    case .interrupt: number = SIGINT
    case .terminate: number = SIGTERM
    case .hangUp: number = SIGHUP
    case .resize, .suspend, .resume, .childEnded: return
    }
    if isSending {
      complain("interrupted after the command was sent: look with show what became of it")
    }
    ending = 128 + number
  }

  // MARK: Effects

  private func perform(_ effects: [ShellEffect]) {
    for effect in effects where ending == nil {
      switch effect {
      case .poll: connection?.client.pollNow(now: SystemClock.now())
      case .load(let run): connection?.client.load(run, known: nil)
      case .workflows: connection?.client.list(.workflows)
      case .graph(let workflow): connection?.client.loadGraph(workflow, version: nil)
      case .carryOut(let decision):
        connection?.client.carryOut(decision, now: SystemClock.now())
      case .out(let text): write(text)
      case .paint(let frame, let theme): write(painter.text(frame, theme: theme))
      case .progress(let text): if showsProgress { complain(text) }
      case .complain(let text): complain(text)
      case .finish(let code): ending = isCut && code == .done ? 1 : code.rawValue
      }
    }
  }

  private func complain(_ text: String) {
    _ = Output.write("command-center: \(text)\n", to: STDERR_FILENO)
  }

  private func write(_ text: String) {
    guard !isUnread, !isCut else { return }
    switch Output.write(text, to: STDOUT_FILENO) {
    case 0: break
    case EPIPE: isUnread = true
    default:
      isCut = true
      complain("standard output could not be written; the answer is cut")
    }
  }
}

/// Bytes to a descriptor.
enum Output {
  /// Writes all of a text.
  /// - Returns: 0, or the system's number for what went wrong.
  static func write(_ text: String, to descriptor: Int32) -> Int32 {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes { bytes in
        unsafe Glibc.write(descriptor, bytes.baseAddress, bytes.count)
      }
      if count > 0 {
        rest = rest.dropFirst(count)
      } else if errno == EAGAIN {
        // Somebody who shares the terminal made it non-blocking.
        var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        _ = unsafe poll(&ready, 1, -1)
      } else if errno != EINTR {
        return errno
      }
    }
    return 0
  }
}

extension ShellMessage {
  /// What the client tells, as a message; nil for what no verb needs to know.
  fileprivate init?(_ event: ClientEvent) {
    switch event {
    case .pollStarted, .exchanged, .context, .journal, .unfinished: return nil
    case .reading(let reading, _): self = .reading(.success(reading))
    case .pollFailed(let fault, _, _): self = .reading(.failure(fault))
    case .detail(_, let result): self = .detail(result)
    case .graph(_, _, let graph): self = .graph(graph)
    case .stage(_, let stage): self = .stage(stage)
    case .outcome(let decision, let outcome, let recorded):
      self = .outcome(decision, outcome, recorded: recorded)
    case .listing(.workflows, let result):
      self = .workflows(result.map(\.workflows))
    case .listing(.tasks, _), .listing(.runs, _), .facts: return nil
    }
  }
}
