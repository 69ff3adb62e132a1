internal import JSON
package import Runs
internal import RuntimeAPI
package import Transport

/// Keeps the inbox read, answers questions about runs, carries decisions out.
///
/// It neither waits nor looks at a clock: whoever owns the loop waits in the pool, then calls
/// ``advance(now:)``. Not `Sendable`: one thread owns it.
package final class Client {
  /// Bodies longer than this are decoded on the worker.
  package static let errandBytes = 256 << 10

  /// The server that is asked.
  package private(set) var server: Server
  /// How it is spoken to.
  package let backend: any Backend

  private let pool: TransferPool
  private let journal: Journal
  private let allowsUnrecorded: Bool
  private let random: () -> Double
  private let tellsExchanges: Bool

  private var poller = Poller()
  private var known = KnownInbox()
  private var knowledge = Knowledge()
  private var flights: [Int: Flight] = [:]
  private var lastFlight = 0
  private var routes: [TransferID: Route] = [:]
  /// The loads that come after the one in flight for the same run.
  private var nextLoads: [RunReference: RunDetail?] = [:]
  /// The decisions behind the one in flight for the same run.
  private var queue: [Decision] = []
  private var errands: [Errand] = []
  /// What the errands that are out belong to, by errand.
  private var out: [Int: Int] = [:]
  private var lastErrand = 0
  private var events: [ClientEvent] = []
  private var now = Timestamp(milliseconds: 0)

  /// A client of a server.
  /// - Parameters:
  ///   - server: Where it is and who asks.
  ///   - backend: How it is spoken to.
  ///   - pool: Carries the calls; nobody else starts any in it or takes what is finished.
  ///   - journal: Where decisions are recorded before they are sent.
  ///   - allowsUnrecorded: Whether a decision is sent when the journal cannot be written.
  ///   - tellsExchanges: Whether each exchange is an event too.
  ///   - random: Evenly spread from 0 up to 1.
  package init(
    server: Server,
    backend: any Backend,
    pool: TransferPool,
    journal: Journal,
    allowsUnrecorded: Bool = false,
    tellsExchanges: Bool = false,
    random: @escaping () -> Double
  ) {
    self.server = server
    self.backend = backend
    self.pool = pool
    self.journal = journal
    self.allowsUnrecorded = allowsUnrecorded
    self.tellsExchanges = tellsExchanges
    self.random = random
  }

  // MARK: What is wanted

  /// Sets how often the inbox is read.
  package func setPace(_ pace: Pace, now: Timestamp) { poller.setPace(pace) }

  /// Sends another token from now on.
  package func setToken(_ token: String?) { server.token = token }

  /// Reads the inbox at once, in spite of failures before.
  package func pollNow(now: Timestamp) { poller.pollNow(now) }

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

  /// Carries a decision out; decisions about one run go one after the other.
  package func carryOut(_ decision: Decision, now: Timestamp) {
    let isKnown =
      queue.contains { $0.id == decision.id }
      || flights.values.contains { $0.decision?.id == decision.id }
    guard !isKnown else { return }
    self.now = max(self.now, now)
    queue.append(decision)
    startQueued()
  }

  /// Reads a list once.
  package func list(_ wanted: WantedList) {
    launch(.listing(wanted, backend.list(wanted)))
  }

  // MARK: The loop's side

  /// When ``advance(now:)`` must be called though no transfer has moved, and ``takeErrands()`` after
  /// it; nil when nothing is due.
  package var nextDeadline: Timestamp? {
    if !events.isEmpty || !errands.isEmpty { return now }
    return (flights.values.compactMap(\.due) + [poller.due].compactMap(\.self)).min()
  }

  /// Whether nothing is under way, waits its turn or waits to be told.
  package var isIdle: Bool {
    flights.isEmpty && queue.isEmpty && errands.isEmpty && out.isEmpty && events.isEmpty
      && poller.due == nil
  }

  /// Takes what the pool has finished, goes on with everything, begins what is due.
  package func advance(now: Timestamp) -> [ClientEvent] {
    self.now = now
    for (transfer, result) in pool.finished() {
      guard let route = routes.removeValue(forKey: transfer) else { continue }
      if tellsExchanges { events.append(.exchanged(route.words(result))) }
      take(Answer(result, at: now), on: route)
    }
    for (id, flight) in flights where flight.due.map({ $0 <= now }) ?? false { wake(id) }
    if let due = poller.due, due <= now {
      poller.begin()
      events.append(.pollStarted)
      launch(.refresh(backend.refresh(known: known)))
    }
    defer { events = [] }
    return events
  }

  /// The errands that came up since the last call, to be done in order.
  package func takeErrands() -> [Errand] {
    defer { errands = [] }
    return errands
  }

  /// Takes back what an errand came to; ``advance(now:)`` tells what follows.
  package func returned(_ id: Int, _ result: ErrandResult, now: Timestamp) {
    self.now = max(self.now, now)
    guard let owner = out.removeValue(forKey: id), flights[owner] != nil else { return }
    flights[owner]?.isAway = false
    switch result.content {
    case .advanced(let work, let moves):
      flights[owner]?.work = work
      perform(moves, of: owner)
    case .recorded(let fault): recorded(fault, of: owner)
    }
    catchUp(owner)
  }
}

/// A piece of work in flight.
private struct Flight {
  var work: Work
  var transfers: Set<TransferID> = []
  /// Whether the work is on the worker.
  var isAway = false
  /// Answers that came while the work was away.
  var waiting: [(answer: Answer, number: Int)] = []
  var wakeAt: Timestamp?
  /// Set while the last line of a decision is being written.
  var outcome: Outcome?

  /// When it is to go on by itself; not while the work is away, which would come back as it was.
  var due: Timestamp? { isAway ? nil : wakeAt }

  var decision: Decision? { if case .command(let job) = work { job.decision } else { nil } }
}

/// Whose answer a transfer brings.
private struct Route {
  var flight: Int
  var number: Int
  /// The call, as a log names it.
  var call = ""

  /// The call and what came of it, in a line.
  func words(_ result: Result<Response, Transport.Failure>) -> String {
    switch result {
    case .success(let response):
      "\(call) \(response.status) HTTP/\(response.httpVersion), \(response.milliseconds) ms, "
        + "\(response.bytesReceived) bytes"
    case .failure(let failure): "\(call) \(failure.code): \(failure.sentence)"
    }
  }
}

extension Client {
  // MARK: Flights

  private func flight(loading run: RunReference) -> Int? {
    flights.first { if case .detail(run, _) = $0.value.work { true } else { false } }?.key
  }

  @discardableResult
  private func launch(_ work: Work) -> Int {
    lastFlight += 1
    let id = lastFlight
    var work = work
    let moves = work.begin(now)
    flights[id] = Flight(work: work)
    perform(moves, of: id)
    land(id)
    return id
  }

  private func cancel(_ id: Int) {
    guard let flight = flights.removeValue(forKey: id) else { return }
    for transfer in flight.transfers {
      routes[transfer] = nil
      pool.cancel(transfer)
    }
  }

  private func take(_ answer: Answer, on route: Route) {
    guard let flight = flights[route.flight] else { return }
    if flight.isAway {
      flights[route.flight]?.waiting.append((answer, route.number))
      return
    }
    if case .success(let response) = answer.result, response.body.count > Client.errandBytes {
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
    flights[id]?.wakeAt = nil
    guard case .command(var job) = flights[id]?.work else { return }
    let moves = job.wake(now: now)
    flights[id]?.work = .command(job)
    perform(moves, of: id)
  }

  private func send(_ owner: Int, _ work: @escaping @Sendable () -> ErrandResult) {
    lastErrand += 1
    flights[owner]?.isAway = true
    out[lastErrand] = owner
    errands.append(Errand(id: lastErrand, work: work))
  }

  private func perform(_ moves: [Move], of id: Int) {
    for move in moves {
      guard let flight = flights[id] else { return }
      switch move {
      case .ask(let ask):
        let transfer = pool.start(server.request(ask))
        let name = tellsExchanges ? "\(ask.call.method) \(ask.call.target)" : ""
        routes[transfer] = Route(flight: id, number: ask.number, call: name)
        flights[id]?.transfers.insert(transfer)
      case .record(let entry): write(entry, of: id)
      case .wait(let until): flights[id]?.wakeAt = until
      case .stage(let stage):
        if let decision = flight.decision { events.append(.stage(decision.id, stage)) }
      case .finish(let outcome):
        guard let decision = flight.decision else { return }
        flights[id]?.outcome = outcome
        write(.settled(decision, outcome, at: now), of: id)
      }
    }
  }

  // MARK: Decisions

  private func write(_ entry: JournalEntry, of id: Int) {
    send(id) { [journal] in
      do throws(Fault) {
        try journal.append(entry)
        return ErrandResult(content: .recorded(nil))
      } catch {
        return ErrandResult(content: .recorded(error))
      }
    }
  }

  private func recorded(_ fault: Fault?, of id: Int) {
    guard case .command(var job) = flights[id]?.work else { return }
    if let outcome = flights[id]?.outcome {
      let isRecorded = fault == nil && job.wasRecorded ?? true
      knowledge.merge(job.learnt)
      flights[id] = nil
      events.append(.outcome(job.decision, outcome, recorded: isRecorded))
      startQueued()
      return
    }
    let moves = job.recorded(fault, now: now)
    flights[id]?.work = .command(job)
    perform(moves, of: id)
  }

  private func startQueued() {
    var busy = Set(flights.values.compactMap { $0.decision?.subject.run })
    for decision in queue where busy.insert(decision.subject.run).inserted {
      queue.removeAll { $0.id == decision.id }
      let job = CommandJob(
        decision,
        backend: backend,
        knowledge: knowledge,
        allowsUnrecorded: allowsUnrecorded
      )
      launch(.command(job))
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
    case .listing(let wanted, let job):
      guard let result = job.result else { return }
      end(id)
      events.append(.listing(wanted, result))
    case .command: return
    }
  }

  private func end(_ id: Int) {
    if let learnt = flights[id]?.work.learnt { knowledge.merge(learnt) }
    cancel(id)
  }

  private func landed(_ result: Result<Refreshed, Fault>) {
    switch result {
    case .success(let refreshed):
      known = refreshed.known
      poller.succeeded(now)
      events.append(.reading(refreshed.reading, changed: refreshed.changed))
    case .failure(let fault):
      let next = poller.failed(fault, now, random: random())
      events.append(.pollFailed(fault, nextTry: next, missed: poller.missed))
    }
  }
}
