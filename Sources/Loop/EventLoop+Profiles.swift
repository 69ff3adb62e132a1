internal import Cells
internal import CommandCenter
internal import RunClient
internal import Runs
internal import Transport

/// What is done beside the loop for a profile.
struct Errands {
  /// What came of a piece of work.
  struct Done: Sendable {
    /// The profile's number: what came of one that was left meanwhile is dropped.
    var epoch: Int
    var content: Content
  }

  /// By what it was.
  enum Content: Sendable {
    /// A token, and the number of the wish that it answers.
    case fetched(Result<String?, Fault>, number: Int)
    case kept(Result<String?, Fault>)
    case saved(Fault?)
    case shelved([ShelfFault])
    /// How many files of editors were removed that programs left which were killed.
    case swept(Int)
    /// What came of looking at the journals, or of writing a file.
    case activity(ActivityMessage)
    /// What was found when everything was looked over.
    case examined([ReportLine])
  }

  /// Why something could not be kept.
  struct ShelfFault: Sendable {
    var subject: ShelfSubject
    var fault: Fault
  }

  /// Counts the profiles that were opened.
  var epoch = 0
  /// A reading that is newer than what is kept on disk.
  var unsaved: Reading?
  /// Whether a reading is on its way to the disk.
  var isSaving = false
  /// Whether it says anything else than what is kept.
  var isNews = false
  /// When the last one was given away to be kept, by the clock that nobody sets.
  var savedAt: Timestamp?
  /// A token that was typed, until the server has taken it: only then does it replace one on disk.
  var untried: Secret?
  /// Counts the tokens that were fetched and typed: of two, the one that was wanted last counts.
  var lastToken = 0
  /// Whether what programs that ended too early left open was looked for.
  var hasSettled = false
  /// Whether it was said already that readings cannot be kept.
  var complained = false
  /// What is to be kept and was not given away yet.
  var wanted: [ShelfEntry] = []
  /// What was given away to be kept, until it is.
  var shelving: [ShelfEntry] = []
  /// Who writes them.
  let shelfTurn = ShelfTurn()
  /// The shelves of which it was said that they cannot be written.
  var unkept: Set<ShelfSubject> = []

  /// How often a reading is kept at most: a disk has better things to do.
  static let pause = Duration.seconds(15)
}

extension EventLoop {
  // MARK: Opening and leaving

  /// Shows what was kept of the profile and begins to poll, once there is a token.
  func begin() {
    if let snapshot = profile.opening.snapshot { handle(.inbox(.snapshot(snapshot))) }
    start()
  }

  private func start() {
    let now = SystemClock.now()
    log?.write(.info, "profile", "\(model.profile.name) at \(client.server.url)", at: now)
    log?.conceal(client.server.token)
    switch model.access.state {
    case .fetching: fetchToken()
    case .missing: break
    case .ready:
      client.setPace(.lively, now: now)
      client.pollNow(now: now)
    }
  }

  /// Opens a profile of the config; one that cannot be opened leaves everything as it is.
  func open(profile name: String) {
    let next: OpenProfile
    do throws(Fault) {
      next = try wiring.open(profile: name)
    } catch {
      handle(.profile(.refused(error.sentence)))
      return
    }
    leaveProfile(isHurried: false)
    profile = next
    errands = Errands(epoch: errands.epoch + 1)
    worker = Worker(waking: next.connection.pool.waker)
    clerk = Worker(waking: next.connection.pool.waker)
    physician = nil
    events = []
    isFolding = false
    theme = next.theme
    painted = nil
    handle(.profile(.opened(next.opening)))
    start()
  }

  /// Writes a profile into the config and opens it.
  func add(_ draft: ProfileDraft) {
    do throws(Fault) {
      try wiring.add(draft)
    } catch {
      handle(.profile(.refused(error.sentence)))
      return
    }
    open(profile: draft.name)
  }

  /// Writes a filter into the config.
  func save(_ filter: SavedFilter) {
    do throws(Fault) {
      let all = try wiring.save(filter)
      handle(.filter(.saved(filter, among: all)))
    } catch {
      handle(.filter(.refused(error.sentence)))
    }
  }

  /// Keeps the last reading, unless there is no time for it.
  func leaveProfile(isHurried: Bool) {
    shelveRest(isHurried: isHurried)
    guard !isHurried else { return }
    // Else a program that is left at once would end before its first reading is kept.
    if errands.isSaving { clerk.finish(withinMilliseconds: 200) }
    guard let file = profile.snapshots, let reading = errands.unsaved else { return }
    errands.unsaved = nil
    do throws(Fault) {
      try file.save(reading)
    } catch {
      log?.write(.error, "snapshot", error.sentence, at: SystemClock.now())
    }
  }

  // MARK: Beside the loop

  /// Takes what was done beside the loop.
  func take(_ done: Errands.Done) {
    guard done.epoch == errands.epoch else { return }
    let now = SystemClock.now()
    switch done.content {
    case .fetched(_, let number) where number != errands.lastToken: break
    case .fetched(.success(let token), _):
      client.setToken(token)
      log?.conceal(token)
      handle(.access(.fetched))
      client.setPace(model.link.pace, now: now)
      client.pollNow(now: now)
    case .fetched(.failure(let fault), _):
      log?.write(.error, "token", fault.sentence, at: now)
      handle(.access(.failed(fault.sentence)))
    case .kept(.success(let file)): handle(.access(.taken(keptIn: file)))
    case .kept(.failure(let fault)): handle(.access(.unkept(fault.sentence)))
    case .saved(let fault):
      errands.isSaving = false
      guard let fault, !errands.complained else { return }
      errands.complained = true
      log?.write(.error, "snapshot", fault.sentence, at: now)
    case .shelved(let faults):
      tell(faults)
    case .swept(let count):
      if count > 0 { log?.write(.info, "editor", "\(count) left files removed", at: now) }
    case .activity(let message): handle(.activity(message))
    case .examined(let lines): handle(.report(.examined(lines)))
    }
  }

  /// Fetches the token from where the profile says.
  func fetchToken() {
    errands.lastToken += 1
    clerk.take {
      [fetch = profile.token.fetch, epoch = errands.epoch, number = errands.lastToken] in
      Errands.Done(epoch: epoch, content: .fetched(fetch(), number: number))
    }
  }

  /// Uses a token that was typed from now on.
  func use(_ token: Secret) {
    let now = SystemClock.now()
    errands.lastToken += 1
    client.setToken(token.text)
    log?.conceal(token.text)
    client.setPace(model.link.pace, now: now)
    client.pollNow(now: now)
    errands.untried = token
  }

  /// Keeps a token that was typed once the server has taken it, and drops one that it refuses.
  private func settleToken(_ event: ClientEvent) {
    guard let token = errands.untried else { return }
    switch event {
    case .reading:
      errands.untried = nil
      clerk.take { [keep = profile.token.keep, epoch = errands.epoch] in
        Errands.Done(epoch: epoch, content: .kept(keep(token)))
      }
    case .pollFailed(let fault, _, _) where fault.kind == .unauthenticated:
      errands.untried = nil
      handle(.access(.refused))
    default: break
    }
  }

  /// Has what programs that ended too early left open read back, once the server answers.
  private func settleUnfinished(_ event: ClientEvent) {
    guard case .reading = event, !errands.hasSettled else { return }
    errands.hasSettled = true
    client.settleUnfinished(now: SystemClock.now())
  }

  /// Keeps the newest reading from time to time.
  func saveSnapshot() {
    guard errands.isNews, let reading = errands.unsaved, let file = profile.snapshots else {
      return
    }
    let now = SystemClock.uptime()
    if let last = errands.savedAt, now - last < Errands.pause { return }
    errands.savedAt = now
    errands.unsaved = nil
    errands.isNews = false
    errands.isSaving = true
    clerk.take { [epoch = errands.epoch] in
      do throws(Fault) {
        try file.save(reading)
        return Errands.Done(epoch: epoch, content: .saved(nil))
      } catch {
        return Errands.Done(epoch: epoch, content: .saved(error))
      }
    }
  }

  // MARK: Shelves

  /// Gives away what is to be kept, in one piece while the disk is at work.
  func fillShelves() {
    guard !errands.wanted.isEmpty, errands.shelving.isEmpty else { return }
    guard let folder = profile.shelves else {
      errands.wanted = []
      return
    }
    errands.shelving = errands.wanted
    errands.wanted = []
    clerk.take { [entries = errands.shelving, turn = errands.shelfTurn, epoch = errands.epoch] in
      Errands.Done(epoch: epoch, content: .shelved(turn.keep(entries, in: folder)))
    }
  }

  /// Says once of each shelf that it cannot be written.
  private func tell(_ faults: [Errands.ShelfFault]) {
    let subjects = Set(errands.shelving.map(\.shelf))
    errands.shelving = []
    errands.unkept.subtract(subjects.subtracting(faults.map(\.subject)))
    for fault in faults where errands.unkept.insert(fault.subject).inserted {
      log?.write(.error, "shelf", fault.fault.sentence, at: SystemClock.now())
      handle(.unkept(fault.subject, fault.fault))
    }
  }

  /// Keeps what is left before the profile is: what was given away may not be written yet, and is
  /// laid on the shelf again, which changes nothing.
  private func shelveRest(isHurried: Bool) {
    let rest = errands.shelving + errands.wanted
    errands.shelving = []
    errands.wanted = []
    guard let folder = profile.shelves, !rest.isEmpty else { return }
    for unkept in errands.shelfTurn.keepLast(rest, in: folder, isHurried: isHurried) {
      log?.write(.error, "shelf", unkept.fault.sentence, at: SystemClock.now())
    }
  }

  // MARK: Looks

  /// Draws with another theme; one that cannot be read leaves the last good one.
  func useTheme(_ name: String, isPreview: Bool) {
    do throws(Fault) {
      theme = try wiring.theme(name)
      painted = nil
      handle(.theme(.used(name, isPreview: isPreview)))
    } catch {
      handle(.theme(.refused(error.sentence)))
    }
  }

  // MARK: The record

  /// Remembers what is to be kept, and writes what happened down.
  func note(_ event: ClientEvent) {
    if case .reading(let reading, let changed) = event {
      errands.unsaved = reading
      errands.isNews = errands.isNews || changed
    }
    settleToken(event)
    settleUnfinished(event)
    log?.write(event, at: SystemClock.now())
  }
}
