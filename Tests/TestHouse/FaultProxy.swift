import Glibc
import Synchronization

/// A proxy before a real server that passes calls on byte for byte and can spoil any of them.
///
/// Faults are imposed and lifted while it runs; the log tells what was done to which call. It is
/// gone, with its connections, once nobody holds it.
package final class FaultProxy: Sendable {
  /// One exchange of the log.
  package struct Entry: Sendable {
    package var method: String
    /// Without its query.
    package var path: String
    /// The name of the fault that it met.
    package var fault: String?
    /// Whether all of the request was given to the server.
    package var reachedServer: Bool
    /// The status that the client was sent, as far as it was.
    package var status: Int?
    /// Whether the client was sent a whole answer; said before its last byte leaves, so that
    /// whoever sees what it led to can rely on it.
    package var isWhole: Bool
    package var began: ContinuousClock.Instant
    /// When the last byte was about to leave, or nothing more was done; nil while it is under way.
    package var ended: ContinuousClock.Instant?
  }

  /// A fault that is at work.
  package struct Imposed: Hashable, Sendable {
    let number: Int
  }

  private let core: ProxyCore
  private let trap: RawServer

  /// Begins to listen.
  /// - Parameter port: Where the server is, on this machine.
  /// - Throws: ``SystemMistake`` when there is no socket to be had.
  package init(before port: Int) throws {
    let trap = try RawServer { _ in [.answer(text: "nobody should be here")] }
    self.trap = trap
    core = try ProxyCore(before: port, elsewhere: trap.url("/v1/runs"))
    try core.open()
  }

  deinit {
    core.stop()
    trap.stop()
  }

  package var port: Int { core.port }
  package var url: String { "http://127.0.0.1:\(port)" }
  package var place: String { "127.0.0.1:\(port)" }

  /// How many connections came to where redirects point.
  package var strayConnections: Int { trap.connections }

  /// Where redirects point.
  package var elsewhere: String { trap.url("/v1/runs") }

  /// The exchanges so far, in the order in which they began.
  package var log: [Entry] { core.log }

  /// How many exchanges a fault of this name has spoiled so far, those under way included.
  package func count(of name: String) -> Int { core.count(of: name) }

  /// Begins a fault; of several that fit a call, the one that was imposed first hits it.
  @discardableResult
  package func impose(_ fault: ServerFault) throws -> Imposed {
    Imposed(number: try core.impose(fault))
  }

  /// Ends a fault: what it held goes on.
  package func lift(_ imposed: Imposed) throws { try core.lift(imposed.number) }

  /// Waits until a fault has hit so many calls more; begun ones count.
  package func waitForHits(of imposed: Imposed, _ count: Int = 1) throws {
    _ = try Waiting.until("a call to meet fault \(imposed.number)") {
      core.hits(of: imposed.number) >= count ? true : nil
    }
  }
}

/// A fault at work: what it is, whom it holds, whom it has hit.
struct FaultAtWork: Sendable {
  var number: Int
  var fault: ServerFault
  var gate: Gate
  var hits = 0

  var isSpent: Bool { fault.times.map { hits >= $0 } ?? false }
}

/// What the threads of the proxy share.
final class ProxyCore: Sendable {
  private struct State {
    var faults: [FaultAtWork] = []
    var lastFault = 0
    var counts: [String: Int] = [:]
    var log: [FaultProxy.Entry] = []
    var clients: Set<Int32> = []
    var threads: [Int: Thread] = [:]
    /// Connections whose thread is about to end.
    var over: [Int] = []
    var lastThread = 0
    var listener: Int32?
    var isStopped = false

    /// Ends all connections; their threads close them.
    func endClients() {
      for descriptor in clients { _ = shutdown(descriptor, Int32(SHUT_RDWR)) }
    }

    /// Ends what listens and all connections; their threads close them.
    mutating func shutDown() {
      endClients()
      if let listener { _ = shutdown(listener, Int32(SHUT_RDWR)) }
      listener = nil
    }
  }

  let upstream: Int
  /// Where redirects point.
  let elsewhere: String
  var port: Int { place.port }
  /// Keeps the port when nobody listens.
  private let place: LoopbackSocket
  private let state = Mutex(State())

  init(before upstream: Int, elsewhere: String) throws {
    self.upstream = upstream
    self.elsewhere = elsewhere
    place = try LoopbackSocket()
  }

  var log: [FaultProxy.Entry] { state.withLock(\.log) }

  func count(of name: String) -> Int { state.withLock { $0.counts[name] ?? 0 } }

  func hits(of number: Int) -> Int {
    state.withLock { state in state.faults.first { $0.number == number }?.hits ?? .max }
  }

  // MARK: Faults

  func impose(_ fault: ServerFault) throws -> Int {
    let gate = try Gate()
    let number = state.withLock { state in
      state.lastFault += 1
      state.faults.append(FaultAtWork(number: state.lastFault, fault: fault, gate: gate))
      return state.lastFault
    }
    if case .refuse = fault.deed {
      state.withLock { $0.shutDown() }
    } else if fault.boundary == .connection {
      // Who has a connection already must make a new one to meet it.
      state.withLock { $0.endClients() }
    }
    return number
  }

  func lift(_ number: Int) throws {
    let lifted = state.withLock { state in
      guard let index = state.faults.firstIndex(where: { $0.number == number }) else {
        return nil as FaultAtWork?
      }
      return state.faults.remove(at: index)
    }
    lifted?.gate.open()
    if case .refuse = lifted?.fault.deed { try open() }
  }

  /// The fault that a call meets; it counts as hit.
  func claim(_ method: String, _ path: String) -> FaultAtWork? {
    claim { work in
      work.fault.boundary != .connection && work.fault.calls.include(method, path)
    }
  }

  /// The fault that a new connection meets, before it is known what is asked on it.
  func claimConnection() -> FaultAtWork? { claim { $0.fault.boundary == .connection } }

  private func claim(_ fits: (FaultAtWork) -> Bool) -> FaultAtWork? {
    state.withLock { state in
      guard let index = state.faults.firstIndex(where: { !$0.isSpent && fits($0) }) else {
        return nil
      }
      state.faults[index].hits += 1
      state.counts[state.faults[index].fault.name, default: 0] += 1
      return state.faults[index]
    }
  }

  /// Begins a line of the log.
  func begin(_ entry: FaultProxy.Entry) -> Int {
    state.withLock { state in
      state.log.append(entry)
      return state.log.count - 1
    }
  }

  /// Writes a line of the log as it is now.
  func amend(_ line: Int, _ entry: FaultProxy.Entry) { state.withLock { $0.log[line] = entry } }

  // MARK: Connections

  /// Begins to listen, now or again.
  func open() throws {
    let listener = try place.sibling()
    try listener.listen(backlog: 64)
    state.withLock { $0.listener = listener.descriptor }
    try start { [self] in acceptAll(listener) }
  }

  /// Ends every connection and waits for the threads.
  func stop() {
    let gates = state.withLock { state in
      state.isStopped = true
      state.shutDown()
      return state.faults.map(\.gate)
    }
    for gate in gates { gate.open() }
    while let thread = state.withLock({ $0.threads.popFirst()?.value }) { thread.join() }
    place.close()
  }

  private func start(_ body: @escaping @Sendable () -> Void) throws {
    let ended = try state.withLock { state in
      guard !state.isStopped else { return [] as [Thread] }
      state.lastThread += 1
      let number = state.lastThread
      state.threads[number] = try Thread { [self] in
        body()
        self.state.withLock { $0.over.append(number) }
      }
      defer { state.over = [] }
      return state.over.compactMap { state.threads.removeValue(forKey: $0) }
    }
    for thread in ended { thread.join() }
  }

  private func acceptAll(_ listener: LoopbackSocket) {
    defer { listener.close() }
    while true {
      let descriptor = accept(listener.descriptor, nil, nil)
      if descriptor < 0, errno == EINTR || errno == ECONNABORTED { continue }
      // Shut down; whoever listens again does so with another socket and another thread.
      guard descriptor >= 0 else { return }
      let isWanted = state.withLock { state in
        guard !state.isStopped, state.listener == listener.descriptor else { return false }
        state.clients.insert(descriptor)
        return true
      }
      guard isWanted,
        (try? start { [self] in serve(descriptor) }) != nil
      else {
        state.withLock { _ = $0.clients.remove(descriptor) }
        close(descriptor)
        continue
      }
    }
  }

  private func serve(_ descriptor: Int32) {
    defer {
      // Taken out of the set first: nobody may shut down a number that is someone else's.
      state.withLock { _ = $0.clients.remove(descriptor) }
      close(descriptor)
    }
    if let work = claimConnection() {
      let way = ProxiedExchange(client: descriptor, core: self)
      guard way.connectionMeets(work) else { return }
    }
    var reader = RequestReader(descriptor: descriptor)
    while let (head, body) = reader.nextRequest() {
      var exchange = ProxiedExchange(client: descriptor, core: self)
      guard exchange.run(head: head, body: body) else { return }
    }
  }
}
