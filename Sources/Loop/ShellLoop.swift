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
  private let journals: JournalFolder?
  /// What is to be told before anything else is waited for.
  private var pending: [ShellMessage] = []
  private var ending: Int32?
  /// When the verb wants to be told the time.
  private var alarm: Timestamp?
  /// The decisions that have gone out and of which nothing is known yet.
  private var sending: Set<DecisionID> = []
  /// The signal that wants the program to end.
  private var signal: Int32?
  private let output = Output()
  /// Whether what was left open before is settled.
  private var isSettled = true

  /// How long a wait is at most, in milliseconds.
  private static let longestWait: Int64 = 60_000
  /// How long a verb waits for what was left open before, and then goes on without it.
  private static let settlingBound = Duration.seconds(5)

  /// A loop for a verb.
  /// - Parameters:
  ///   - task: The verb.
  ///   - connection: How the server is asked; nil for verbs that ask none.
  ///   - signals: Tells of interrupt, termination and hang-up.
  ///   - showsProgress: Whether standard error is a terminal.
  ///   - log: Where exchanges are written down.
  ///   - painter: Writes frames to standard output.
  ///   - journals: What was decided on this machine; nil for verbs that do not tell it.
  package init(
    _ task: ShellTask,
    connection: Connection?,
    signals: Signals,
    showsProgress: Bool,
    log: Log? = nil,
    painter: Painter = Painter(depth: nil),
    journals: JournalFolder? = nil
  ) {
    self.log = log
    self.journals = journals
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
    Glibc.signal(SIGPIPE, SIG_IGN)
    if task.settlesFirst, let connection { settle(connection) }
    if ending == nil { perform(task.begin(at: SystemClock.now())) }
    takePending()
    while ending == nil, let connection {
      takeWhatCame(connection)
      takePending()
      guard ending == nil else { break }
      wait(connection)
    }
    connection?.pool.abandon()
    return ending ?? 0
  }

  /// Reads back what programs that ended too early left open, before anything new is decided.
  ///
  /// A server that hangs does not hold up a stop: what is read back later is told when it comes, and
  /// what is not by the end waits for another start.
  private func settle(_ connection: Connection) {
    isSettled = false
    let begun = SystemClock.now()
    let bound = begun + ShellLoop.settlingBound
    connection.client.settleUnfinished(now: begun)
    while !isSettled, ending == nil {
      takeWhatCame(connection)
      let now = SystemClock.now()
      // A clock that was set back does not make it longer.
      guard !isSettled, ending == nil, now < bound, now >= begun else { break }
      wait(connection, until: bound)
    }
  }

  private func takeWhatCame(_ connection: Connection) {
    let client = connection.client
    let now = SystemClock.now()
    if let due = alarm, now >= due {
      alarm = nil
      perform(task.receive(.woke, at: now))
    }
    for event in client.advance(now: SystemClock.now()) {
      log?.write(event, at: SystemClock.now())
      if case .unfinished(let unfinished) = event {
        isSettled = true
        for line in task.lines(unfinished, at: SystemClock.now()) { output.complain(line) }
      }
      note(event)
      guard let message = ShellMessage(event) else { continue }
      perform(task.receive(message, at: SystemClock.now()))
    }
    for errand in client.takeErrands() {
      client.returned(errand.id, errand.work(), now: SystemClock.now())
    }
  }

  private func takePending() {
    while ending == nil, !pending.isEmpty {
      perform(task.receive(pending.removeFirst(), at: SystemClock.now()))
    }
  }

  private func note(_ event: ClientEvent) {
    switch event {
    case .stage(let id, let stage):
      if stage == .sending || stage == .confirming { sending.insert(id) }
    case .outcome(let decision, _, _): sending.remove(decision.id)
    default: break
    }
  }

  private func wait(_ connection: Connection, until bound: Timestamp? = nil) {
    let now = SystemClock.now()
    let times = [connection.client.nextDeadline, alarm, bound].compactMap(\.self)
    let due = times.min().map { max(0, ($0 - now).inMilliseconds) }
    let ready = connection.pool.wait(
      watching: [Watch(descriptor: signals.descriptor)],
      milliseconds: Int(min(due ?? ShellLoop.longestWait, ShellLoop.longestWait))
    )
    guard ready.contains(where: { $0.descriptor == signals.descriptor }) else { return }
    for signal in signals.drain() { end(by: signal) }
  }

  private func end(by signal: Signal) {
    switch signal {
    case .interrupt: self.signal = SIGINT
    case .terminate: self.signal = SIGTERM
    case .hangUp: self.signal = SIGHUP
    case .resize, .suspend, .resume, .childEnded: return
    }
    perform(task.receive(.interrupted, at: SystemClock.now()))
  }

  // MARK: Effects

  private func perform(_ effects: [ShellEffect]) {
    let client = connection?.client
    let now = SystemClock.now()
    for effect in effects where ending == nil {
      switch effect {
      case .poll: client?.pollNow(now: now)
      case .keepPolling(let pace): client?.setPace(pace, now: now)
      case .runs(let workflow, let statuses):
        client?.list(.runs(workflow: workflow, statuses: statuses))
      case .load(let run, let known): client?.load(run, known: known)
      case .context(let run): client?.loadContext(run)
      case .workflows: client?.list(.workflows)
      case .graph(let workflow): client?.loadGraph(workflow, version: nil)
      case .records:
        let contents = journals?.read()
        pending.append(
          .records(
            contents?.records ?? [],
            remarks: contents?.remarks ?? [],
            isUnread: contents?.isUnread ?? false
          )
        )
      case .carryOut(let decision): client?.carryOut(decision, now: now)
      case .wait(let until): alarm = until
      case .out(let text): write(text)
      case .paint(let frame, let theme): write(painter.text(frame, theme: theme))
      case .progress(let text): if showsProgress { output.complain(text) }
      case .complain(let text): output.complain(text)
      case .finish(let code): ending = output.isCut && code == .done ? 1 : code.rawValue
      case .leave: leave()
      }
    }
  }

  private func leave() {
    if !sending.isEmpty {
      output.complain("interrupted after the command was sent: look with show what became of it")
    }
    ending = 128 + (signal ?? SIGINT)
  }

  private func write(_ text: String) {
    output.write(text)
    // What is followed or watched has no end of its own: without a reader it is over.
    if output.isUnread, sending.isEmpty, task.isEndless { ending = 0 }
  }
}

/// Standard output and standard error of a verb.
private final class Output {
  /// Nobody reads standard output any more.
  private(set) var isUnread = false
  /// Standard output did not take all of it.
  private(set) var isCut = false

  func complain(_ text: String) {
    _ = Output.write("command-center: \(text)\n", to: STDERR_FILENO)
  }

  func write(_ text: String) {
    guard !isUnread, !isCut else { return }
    switch Output.write(text, to: STDOUT_FILENO) {
    case 0: break
    case EPIPE: isUnread = true
    default:
      isCut = true
      complain("standard output could not be written; the answer is cut")
    }
  }

  /// Writes all of a text.
  /// - Returns: 0, or the system's number for what went wrong.
  private static func write(_ text: String, to descriptor: Int32) -> Int32 {
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
    case .pollStarted, .pollSilent, .exchanged, .history, .journal, .unfinished, .withdrawn,
      .underWay, .facts:
      return nil
    case .reading(let reading, _): self = .reading(.success(reading))
    case .pollFailed(let fault, _, _): self = .reading(.failure(fault))
    case .detail(let run, let result): self = .detail(run, result)
    case .context(_, let result): self = .context(result)
    case .graph(_, _, let graph): self = .graph(graph)
    case .stage(_, let stage): self = .stage(stage)
    case .outcome(let decision, let outcome, let recorded):
      self = .outcome(decision, outcome, recorded: recorded)
    case .listing(.workflows, let result):
      self = .workflows(
        result.map { if case .workflows(let workflows) = $0.items { workflows } else { [] } }
      )
    case .listing(.runs, let result):
      self = .reading(
        result.map { listed in
          let runs = if case .runs(let runs) = listed.items { runs } else { [Run]() }
          return Reading(
            runs: runs,
            tasks: [],
            at: listed.at,
            unreadable: listed.unreadable,
            isCut: listed.isCut
          )
        }
      )
    case .listing(.tasks, _): return nil
    }
  }
}
