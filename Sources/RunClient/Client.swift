internal import JSON
package import Runs
internal import RuntimeAPI
package import Transport

/// Keeps the inbox read, answers questions about runs, carries decisions out.
///
/// It neither waits nor looks at a clock: whoever owns the loop waits in the pool, then calls
/// ``advance(now:)``. Not `Sendable`: one thread owns it.
package final class Client {
  /// How many bytes a piece of work takes in before the worker goes on with it.
  package static let errandBytes = 64 << 10
  /// Longer than any loop sleeps: what happened less often was not looked at, since the machine slept
  /// or the clock was set.
  package static let sleepBound = Duration.seconds(120)
  /// How long a call of a poll goes unanswered before that is told: as long as three polls are apart
  /// while something happens.
  package static let silenceBound = Duration.seconds(9)

  /// The server that is asked.
  package internal(set) var server: Server
  /// How it is spoken to.
  package let backend: any Backend

  private let pool: TransferPool
  let journal: Journal
  let random: () -> Double
  private let tellsExchanges: Bool

  var poller = Poller()
  var known = KnownInbox()
  var knowledge = Knowledge()
  var flights: [Int: Flight] = [:]
  private var lastFlight = 0
  private var routes: [TransferID: Route] = [:]
  /// The loads that come after the one in flight for the same run.
  private var nextLoads: [RunReference: RunDetail?] = [:]
  /// The workflows whose past is wanted, read one after the other when nothing else is to be done.
  private var histories: [(workflow: WorkflowID, version: Int?)] = []
  /// The decisions that are not under way.
  var dispatcher = Dispatcher()
  /// What is to be on record though nothing waits for it; written together.
  var notes: [JournalEntry] = []
  private var errands: [Errand] = []
  /// What the errands that are out belong to, by errand; nil for those that belong to no flight.
  private var out: [Int: Int?] = [:]
  private var lastErrand = 0
  /// The errands that write to the journal and are not back.
  private var records: Set<Int> = []
  var events: [ClientEvent] = []
  var now = Timestamp(milliseconds: 0)
  /// When the client was last looked after.
  var seen: Timestamp?
  /// Set while connections may be dead without anybody having said so.
  var freshUntil: Timestamp?

  /// A client of a server.
  /// - Parameters:
  ///   - server: Where it is and who asks.
  ///   - backend: How it is spoken to.
  ///   - pool: Carries the calls; nobody else starts any in it or takes what is finished.
  ///   - journal: Where decisions are recorded before they are sent.
  ///   - tellsExchanges: Whether each exchange is an event too.
  ///   - random: Evenly spread from 0 up to 1.
  package init(
    server: Server,
    backend: any Backend,
    pool: TransferPool,
    journal: Journal,
    tellsExchanges: Bool = false,
    random: @escaping () -> Double
  ) {
    self.server = server
    self.backend = backend
    self.pool = pool
    self.journal = journal
    self.tellsExchanges = tellsExchanges
    self.random = random
  }

  // MARK: What is wanted

  /// Looks at a run; of what is `known` only the news is fetched.
  ///
  /// While a look at the same run is under way the wish waits for its end; the newest wish stands.
  package func load(_ run: RunReference, known: RunDetail?) {
    if flight(loading: run) != nil {
      nextLoads[run] = .some(known)
    } else {
      launch(.detail(run, backend.detail(run, known: known, knowledge: knowledge)))
    }
  }

  /// Gives up looking at a run that nobody sees any more.
  package func drop(_ run: RunReference) {
    nextLoads[run] = nil
    if let id = flight(loading: run) { cancel(id) }
  }

  /// Reads the graph of a version of a workflow, or the newest.
  package func loadGraph(_ workflow: WorkflowID, version: Int?) {
    let job = backend.graph(workflow, version: version, knowledge: knowledge)
    launch(.graph(workflow, version: version, job))
  }

  /// Reads a run's context.
  package func loadContext(_ run: RunReference) {
    launch(.context(run, backend.context(run)))
  }

  /// Reads what there is to know before a run is started, with the input of a run, or of the newest.
  package func loadStart(_ workflow: WorkflowID, input run: RunReference?) {
    launch(.start(workflow, backend.start(workflow, input: run, knowledge: knowledge)))
  }

  /// Reads how long the steps of a workflow took in a few of its last runs.
  ///
  /// Nobody waits for it: one is read at a time, a call after the other, and none while polls fail
  /// or the server wants no calls.
  package func loadHistory(_ workflow: WorkflowID, version: Int?) {
    guard !histories.contains(where: { $0.workflow == workflow }) else { return }
    histories.append((workflow, version))
  }

  /// Reads a list once.
  package func list(_ wanted: WantedList) {
    launch(.listing(wanted, backend.list(wanted)))
  }

  // MARK: The loop's side

  /// When ``advance(now:)`` must be called though no transfer has moved, and ``takeErrands()`` after
  /// it; nil when nothing is due.
  package var nextDeadline: Timestamp? {
    if !events.isEmpty || !errands.isEmpty || !notes.isEmpty { return now }
    let dues = flights.values.flatMap { [$0.due, $0.silentAt] } + [poller.due]
    return dues.compactMap(\.self).min()
  }

  /// Whether nothing is under way, waits its turn or waits to be told.
  package var isIdle: Bool {
    flights.isEmpty && dispatcher.isIdle && histories.isEmpty && errands.isEmpty && notes.isEmpty
      && out.isEmpty && events.isEmpty && poller.due == nil
  }

  /// Takes what the pool has finished, goes on with everything, begins what is due.
  package func advance(now: Timestamp) -> [ClientEvent] {
    see(now)
    for (transfer, result) in pool.finished() {
      guard let route = routes.removeValue(forKey: transfer) else { continue }
      if tellsExchanges { events.append(.exchanged(route.words(result))) }
      take(Answer(result, at: now), on: route)
    }
    for (id, flight) in flights where flight.due.map({ $0 <= now }) ?? false { wake(id) }
    tellSilence()
    if let due = poller.due, due <= now {
      let isWhole = poller.wantsWhole(now)
      poller.begin(isWhole: isWhole)
      events.append(.pollStarted)
      let job = backend.refresh(known: known, knowledge: knowledge, isWhole: isWhole)
      launch(.refresh(job))
    }
    startHistory()
    defer { events = [] }
    return events
  }

  /// Whether something is on its way into the journal.
  package var isRecording: Bool { !records.isEmpty || !notes.isEmpty }

  /// The errands that came up since the last call, to be done in order.
  package func takeErrands() -> [Errand] {
    defer { errands = [] }
    if !notes.isEmpty {
      // Ahead of what came up since: a plan stands before what is sent of it.
      let later = errands
      errands = []
      let isTold = notes.contains { if case .held = $0 { false } else { true } }
      record(of: nil, isTold: isTold) { [journal, notes] () throws(Fault) in
        try journal.append(notes)
      }
      errands += later
      notes = []
    }
    return errands
  }

  /// Takes back what an errand came to; ``advance(now:)`` tells what follows.
  package func returned(_ id: Int, _ result: ErrandResult, now: Timestamp) {
    self.now = now
    records.remove(id)
    guard let belongs = out.removeValue(forKey: id) else { return }
    guard let owner = belongs else { return returned(result) }
    guard flights[owner] != nil else { return }
    flights[owner]?.isAway = false
    switch result.content {
    case .advanced(let work, let moves):
      flights[owner]?.work = work
      perform(moves, of: owner)
    case .recorded(let fault): recorded(fault, of: owner)
    case .claimed, .noted: break
    }
    catchUp(owner)
  }

  /// Takes back what belongs to no flight.
  private func returned(_ result: ErrandResult) {
    switch result.content {
    case .recorded(let fault): events.append(.journal(fault))
    case .claimed(let claim, let contents):
      tell(dispatcher.settle(claim, contents))
      startQueued()
    case .advanced, .noted: break
    }
  }
}

extension Client {
  private func startHistory() {
    guard let next = histories.first, !poller.isHeldBack(now),
      !flights.values.contains(where: { if case .history = $0.work { true } else { false } })
    else { return }
    histories.removeFirst()
    let job = backend.history(next.workflow, version: next.version, knowledge: knowledge)
    launch(.history(next.workflow, job))
  }

  // MARK: Flights

  private func flight(loading run: RunReference) -> Int? {
    flights.first { if case .detail(run, _) = $0.value.work { true } else { false } }?.key
  }

  @discardableResult
  func launch(_ work: Work) -> Int {
    lastFlight += 1
    let id = lastFlight
    var work = work
    let moves = work.begin(now)
    flights[id] = Flight(work: work, heardAt: now)
    perform(moves, of: id)
    land(id)
    return id
  }

  func cancel(_ id: Int) {
    guard let flight = flights.removeValue(forKey: id) else { return }
    for transfer in flight.transfers {
      routes[transfer] = nil
      pool.cancel(transfer)
    }
  }

  private func take(_ answer: Answer, on route: Route) {
    if let rest = answer.rest { poller.leaveAlone(for: rest, now) }
    guard let flight = flights[route.flight] else { return }
    flights[route.flight]?.heardAt = answer.receivedAt
    flights[route.flight]?.isToldSilent = false
    if flight.isAway {
      flights[route.flight]?.waiting.append((answer, route.number))
      return
    }
    let bytes = flight.bytes + ((try? answer.result.get())?.body.count ?? 0)
    flights[route.flight]?.bytes = bytes
    if bytes > Client.errandBytes || flight.work.isLarge {
      send(route.flight) { [work = flight.work] in
        var work = work
        let moves = work.receive(answer, for: route.number)
        return ErrandResult(content: .advanced(work, moves))
      }
      return
    }
    let moves = flights[route.flight]?.work.receive(answer, for: route.number) ?? []
    perform(moves, of: route.flight)
    land(route.flight)
  }

  /// Goes on with a flight whose work is back.
  private func catchUp(_ id: Int) {
    while let flight = flights[id], !flight.isAway, let next = flight.waiting.first {
      flights[id]?.waiting.removeFirst()
      take(next.answer, on: Route(flight: id, number: next.number))
    }
    land(id)
  }

  private func wake(_ id: Int) {
    guard case .command(var job) = flights[id]?.work else { return }
    let moves = job.wake(now: max(now, flights[id]?.wakeAt ?? now))
    flights[id]?.alarm = nil
    flights[id]?.work = .command(job)
    perform(moves, of: id)
  }

  func send(
    _ owner: Int?,
    isRecord: Bool = false,
    _ work: @escaping @Sendable () -> ErrandResult
  ) {
    lastErrand += 1
    if let owner { flights[owner]?.isAway = true }
    out[lastErrand] = .some(owner)
    if isRecord { records.insert(lastErrand) }
    errands.append(Errand(id: lastErrand, isRecord: isRecord, work: work))
  }

  func perform(_ moves: [Move], of id: Int) {
    for move in moves {
      guard let flight = flights[id] else { return }
      switch move {
      case .ask(let ask):
        var request = server.request(ask)
        if let freshUntil, now < freshUntil { request.connection = .fresh }
        let transfer = pool.start(request)
        let name = tellsExchanges ? "\(ask.call.method) \(ask.call.target)" : ""
        routes[transfer] = Route(flight: id, number: ask.number, call: name)
        flights[id]?.transfers.insert(transfer)
      case .record(let entry): write(entry, of: id)
      case .wait(let until):
        flights[id]?.wakeAt = until
        flights[id]?.alarm = until
      case .stage(let stage):
        if let decision = flight.decision { events.append(.stage(decision.id, stage)) }
      case .finish(let outcome):
        guard case .command(let job) = flight.work else { return }
        flights[id]?.outcome = outcome
        write(.settled(job.decision, outcome, later: job.purpose.isLater, at: now), of: id)
      case .leave(let fault):
        guard case .command(let job) = flight.work else { return }
        over(id, job) { $0.left(job, fault) }
      }
    }
  }

  // MARK: Ends

  /// Takes a question that is answered out of flight and tells what it brought.
  private func land(_ id: Int) {
    guard let flight = flights[id], !flight.isAway else { return }
    switch flight.work {
    case .refresh(let job):
      guard let result = job.result else { return }
      end(id)
      landed(result)
    case .detail(let run, let job):
      guard let result = job.result else { return }
      end(id)
      events.append(.detail(run, result))
      if let known = nextLoads.removeValue(forKey: run) {
        load(run, known: (try? result.get()) ?? known)
      }
    case .graph(let workflow, let version, let job):
      guard let result = job.result else { return }
      end(id)
      events.append(.graph(workflow, version: version, (try? result.get()) ?? nil))
    case .context(let run, let job):
      guard let result = job.result else { return }
      end(id)
      events.append(.context(run, result))
    case .start(let workflow, let job):
      guard let result = job.result else { return }
      end(id)
      events.append(.facts(workflow, result))
    case .listing(let wanted, let job):
      guard let result = job.result else { return }
      end(id)
      events.append(.listing(wanted, result))
    case .history(let workflow, let job):
      guard let result = job.result else { return }
      end(id)
      events.append(.history(workflow, result))
      startHistory()
    case .command: return
    }
  }

  private func end(_ id: Int) {
    if let learnt = flights[id]?.work.learnt { knowledge.merge(learnt) }
    cancel(id)
  }
}
