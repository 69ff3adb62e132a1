internal import Cells
package import CommandCenter
internal import Glibc
package import RunClient
internal import Runs
package import Terminal
internal import Transport
internal import Triage

/// Turns what happens into messages, lays them on the model, does the effects, and paints.
///
/// One thread, asleep in one call: libcurl's sockets, the terminal and the signals are waited for
/// together. Everything that is ready is taken before the model is drawn once.
package final class EventLoop {
  /// Why the loop ended.
  package enum Ending: Sendable, Equatable {
    /// The operator left, and chose what comes next.
    case left(Departing)
    /// A signal, or the terminal, ended the program; this is its number.
    case signalled(Int32)
  }

  let session: Session
  private let signals: Signals
  let wiring: any Wiring
  let log: Log?
  /// Whom the front talks to.
  var profile: OpenProfile
  /// Does the client's errands; a client that is left takes its worker along.
  var worker: Worker<ErrandDone>
  /// Does what belongs to the profile but not to its client: tokens, snapshots.
  var clerk: Worker<Errands.Done>
  /// Looks over what the program needs: that may take long, and nothing else waits for it.
  var physician: Worker<Errands.Done>?
  var errands = Errands()
  var theme: Theme
  var model: Model
  var painted: Frame?
  /// Whether anything happened since the model was drawn last; most turns only move bytes.
  private var isDirty = true
  /// When an Esc that nothing followed is taken for the key.
  private var escapeDeadline: Timestamp?
  /// Keys typed before the next frame is on the screen were not meant for it.
  var dropsInput = false
  /// The operator's editor, while it has the terminal.
  var editor: Editor?
  /// Files that an editor left and that are no text: the next wish for the same opens them again.
  var keptFiles: [EditorWish.Subject: EditorFile] = [:]
  private var ending: Ending?
  /// What the client told and the application was not told yet.
  var events: [ClientEvent] = []
  /// Whether a reading is being folded; what comes after it waits for it.
  var isFolding = false

  /// How long an Esc waits for the rest of a sequence.
  ///
  /// Slow links split sequences; people do not notice a delay this short, nor a longer one there.
  private var escapeDelay: Duration { .milliseconds(model.config.lowBandwidth ? 150 : 40) }
  /// The longest sleep: bounds what a clock that was set back can do.
  private static let longestSleep = 60_000
  /// A reading of more runs is folded on the worker; fewer take less than a handover.
  private static let foldedAtOnce = 500

  /// A loop over what it is given; it owns all of it until it ends.
  package init(
    session: Session,
    signals: Signals,
    profile: OpenProfile,
    wiring: any Wiring,
    model: Model,
    log: Log? = nil
  ) {
    self.session = session
    self.signals = signals
    self.profile = profile
    self.wiring = wiring
    self.model = model
    self.log = log
    theme = profile.theme
    let waker = profile.connection.pool.waker
    worker = Worker(waking: waker)
    clerk = Worker(waking: waker)
  }

  var client: Client { profile.connection.client }
  private var pool: TransferPool { profile.connection.pool }

  /// Runs until the operator leaves or the program is told to end; the terminal is given back.
  /// - Parameter polling: Whether the profile is asked at once; the first screen asks nobody.
  /// - Returns: Why it ended.
  package func run(polling: Bool = true) -> Ending {
    let size = session.size
    let terminal = "\(session.description), \(size.columns)x\(size.rows)"
    log?.write(.info, "start", terminal, at: SystemClock.now())
    if polling { begin() }
    paint()
    sweepEditorFiles()
    while ending == nil {
      takeWhatCame()
      guard ending == nil else { break }
      paint()
      sleep()
    }
    abandonEditor()
    // What was not sent is withdrawn before the terminal goes, and the disk works meanwhile.
    if case .signalled = ending { handle(.ending) }
    for errand in client.takeErrands() { worker.take { .returned(errand.id, errand.work()) } }
    session.restore()
    finishRecords()
    leaveProfile(isHurried: ending.map { if case .signalled = $0 { true } else { false } } ?? false)
    // What encrypts is torn down with the program: who still uses it is given a moment to be done.
    if case .left = ending { physician?.finish(withinMilliseconds: 200) }
    // Whoever leaves does not wait for a name that is being resolved.
    pool.abandon()
    log?.write(.info, "end", "\(ending.map { "\($0)" } ?? "done")", at: SystemClock.now())
    return ending ?? .left(.done)
  }

  /// Puts on record what was to be when the end came.
  private func finishRecords() {
    let records = client.takeErrands().filter(\.isRecord)
    guard client.isRecording else { return }
    worker.finish(withinMilliseconds: EventLoop.recordingBound)
    for record in records { _ = record.work() }
  }

  /// How long the end waits for the disk, in milliseconds.
  private static let recordingBound = 500

  // MARK: One turn

  private func takeWhatCame() {
    watchEditor()
    for result in worker.results() {
      switch result {
      case .returned(let id, let result): client.returned(id, result, now: SystemClock.now())
      case .folded(let reading, let inbox):
        isFolding = false
        handle(.inbox(.reading(reading, changed: true, folded: inbox)))
      }
    }
    for done in clerk.results() { take(done) }
    for done in physician?.results() ?? [] { take(done) }
    for event in client.advance(now: SystemClock.now()) {
      note(event)
      events.append(event)
    }
    handleEvents()
    let now = SystemClock.now()
    if let deadline = escapeDeadline, now >= deadline {
      settleEscape()
    }
    if let wake = model.nextWake, now >= wake { handle(.tick) }
    for errand in client.takeErrands() {
      worker.take { .returned(errand.id, errand.work()) }
    }
    saveSnapshot()
    fillShelves()
  }

  private func handleEvents() {
    while !isFolding, !events.isEmpty {
      let event = events.removeFirst()
      if case .reading(let reading, changed: true) = event,
        reading.runs.count > EventLoop.foldedAtOnce
      {
        isFolding = true
        worker.take {
          [
            arrangement = model.inbox.arrangement, lookout = model.lookout,
            before = model.inbox.inbox
          ] in
          var inbox = Inbox(reading, arrangement, lookout: lookout, after: before)
          inbox.prepareLongSearch()
          return .folded(reading, inbox)
        }
      } else if let message = Message(event) {
        handle(message)
      }
    }
  }

  /// Takes an Esc for the key that nothing followed.
  private func settleEscape() {
    // What followed may be there, and not read yet: painting over a slow line takes its time.
    guard !session.hasUnreadInput else { return read() }
    escapeDeadline = nil
    handle(session.settleEscape())
  }

  private func handle(_ inputs: [Input]) {
    // The client may have opened a question in this turn, which is not on the screen yet.
    guard !dropsInput else { return }
    for input in inputs where ending == nil {
      switch input {
      case .key(let key): handle(.key(key))
      case .paste(let text): handle(.paste(text))
      case .pointer(let pointer): handle(.pointer(pointer))
      case .focus: break
      }
      // A question has been opened: the keys behind it were not meant as its answer.
      if dropsInput { return }
    }
  }

  func handle(_ message: Message) {
    let now = SystemClock.now()
    isDirty = true
    for effect in update(&model, message, at: now) { perform(effect, now: now) }
  }

  private func perform(_ effect: Effect, now: Timestamp) {
    switch effect {
    case .refresh: client.pollNow(now: now)
    case .pace(let pace): client.setPace(pace, now: now)
    case .load(let run): client.load(run, known: model.details[run])
    case .edit(let wish): edit(wish)
    case .loadWorkflows: client.list(.workflows)
    case .loadStart(let workflow, let run): client.loadStart(workflow, input: run)
    case .readActivity: readActivity()
    case .examine: examine()
    case .loadContext(let run): client.loadContext(run)
    case .export(let kind): export(kind)
    case .loadHistory(let workflow, let version):
      client.loadHistory(workflow, version: version)
    case .carryOut(let decision): client.carryOut(decision, now: now)
    case .hold(let decision): client.hold(decision, now: now)
    case .withdraw(let decision, let why): client.withdraw(decision, why: why, now: now)
    case .plan(let batch, let decisions): client.plan(batch, decisions, now: now)
    case .probeJournal: client.probeJournal(now: now)
    case .open(let name): open(profile: name)
    case .add(let draft): add(draft)
    case .renewToken: fetchToken()
    case .useToken(let token): use(token)
    case .saveFilter(let filter): save(filter)
    case .keep(let entry): errands.wanted.append(entry)
    case .useTheme(let name, let isPreview): useTheme(name, isPreview: isPreview)
    case .copy(let text): handle(.copy(text, CopyOutcome(session.setClipboard(text))))
    case .dropInput: dropsInput = true
    case .suspend: suspend()
    case .quit(let next): ending = .left(next)
    }
  }

  private func paint() {
    if model.size != session.size { handle(.resized(session.size)) }
    guard isDirty || painted == nil else { return }
    isDirty = false
    let frame = view(model)
    guard frame != painted || dropsInput else { return }
    session.present(frame, theme: theme)
    painted = frame
    if dropsInput {
      session.dropPendingInput()
      escapeDeadline = nil
      dropsInput = false
    }
  }

  private func sleep() {
    let now = SystemClock.now()
    // Nobody tells that a stopped editor was brought to the front again.
    let look = editor == nil ? nil : now + .seconds(1)
    let deadlines = [client.nextDeadline, model.nextWake, escapeDeadline, look].compactMap { $0 }
    let wait = deadlines.min().map { max(0, ($0 - now).inMilliseconds) }
    let ready = pool.wait(
      watching: editor == nil
        ? [Watch(descriptor: STDIN_FILENO), Watch(descriptor: signals.descriptor)]
        : [Watch(descriptor: signals.descriptor)],
      milliseconds: Int(min(wait ?? Int64(EventLoop.longestSleep), Int64(EventLoop.longestSleep)))
    )
    for event in ready where event.descriptor == signals.descriptor { takeSignals() }
    for event in ready where event.descriptor == STDIN_FILENO && ending == nil {
      // A terminal that went away is readable for ever; reading it says nothing.
      if event.hungUp || event.failed {
        ending = .signalled(SIGHUP)
      } else if event.readable {
        read()
      }
    }
  }

  private func read() {
    switch session.readInput() {
    case .closed: ending = .signalled(SIGHUP)
    case .inputs(let inputs, let escapePending):
      escapeDeadline = escapePending ? SystemClock.now() + escapeDelay : nil
      handle(inputs)
    }
  }

  private func takeSignals() {
    for signal in signals.drain() {
      switch signal {
      case .resize:
        session.resized()
        painted = nil
      case .suspend where editor != nil, .resume where editor != nil: watchEditor()
      case .suspend: suspend()
      case .resume:
        session.resumed()
        painted = nil
      case .terminate: ending = .signalled(SIGTERM)
      case .interrupt: ending = .signalled(SIGINT)
      case .hangUp: ending = .signalled(SIGHUP)
      case .childEnded: watchEditor()
      }
    }
  }

  private func suspend() {
    session.suspend()
    painted = nil
    // What is on the screen may be hours old.
    handle(.resumed)
  }
}

/// What came of work that was done off the loop's thread.
enum ErrandDone: Sendable {
  /// An errand of the client's, by its name.
  case returned(Int, ErrandResult)
  /// A reading, folded.
  case folded(Reading, Inbox)
}

extension CopyOutcome {
  fileprivate init(_ outcome: ClipboardOutcome) {
    self =
      switch outcome {
      case .sent: .sent
      case .tooLong: .tooLong
      case .unknown: .noClipboard
      }
  }
}

extension Message {
  /// What the client tells, as a message; nil for what the application need not know.
  fileprivate init?(_ event: ClientEvent) {
    switch event {
    case .pollStarted, .exchanged, .listing(.runs, _), .listing(.tasks, _): return nil
    case .context(let run, let result): self = .report(.context(run, result))
    case .listing(.workflows, let result): self = .workflow(.listed(result.map(\.workflows)))
    case .facts(let workflow, let result): self = .workflow(.facts(workflow, result))
    case .reading(let reading, let changed):
      self = .inbox(.reading(reading, changed: changed))
    case .pollSilent(let since): self = .inbox(.silent(since: since))
    case .pollFailed(let fault, let nextTry, let missed):
      self = .inbox(.failed(fault, nextTry: nextTry, missed: missed))
    case .detail(let run, let result): self = .run(.detail(run, result))
    case .graph(let workflow, let version, let graph):
      self = .run(.graph(workflow, version: version, graph))
    case .history(let workflow, let result): self = .run(.history(workflow, result))
    case .stage(let id, let stage): self = .decision(.stage(id, stage))
    case .outcome(let decision, let outcome, let recorded):
      self = .decision(.outcome(decision, outcome, recorded: recorded))
    case .withdrawn(let decision): self = .decision(.withdrawn(decision))
    case .underWay(let decision): self = .decision(.underWay(decision))
    case .journal(let fault): self = .decision(.journal(fault))
    case .unfinished(let unfinished): self = .decision(.unfinished(unfinished))
    }
  }
}
