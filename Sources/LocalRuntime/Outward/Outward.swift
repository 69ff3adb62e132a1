import Dispatch
import Synchronization
import Transport

/// The HTTP that the runtime speaks to others: language models, MCP servers.
///
/// It is the `Transport` room, libcurl, driven by one thread: its bounds, its refusal of redirects,
/// its reading of certificates and its sentences are those of the front, tried against every fault
/// there is a test for. Foundation's session, which FlyingFox brings along, is libcurl too, but
/// bounds neither headers nor bodies and gives codes for sentences; another library would be a
/// second way to do the same.
///
/// Each exchange has a connection of its own, so it leaves at most once; giving one up closes it.
final class Outward: Sendable {
  /// What comes of an exchange, in this order; the last is always `end`.
  enum Part: Sendable {
    /// The request is on its way to the server; once. Left out when it cannot be told, where a failure
    /// says whether the request was sent.
    case sent
    /// The status and the headers, once.
    case head(Int, ResponseHeaders)
    case body([UInt8])
    /// Nil when the answer came whole.
    case end(Transport.Failure?)
  }

  private enum Order: Sendable {
    case begin(Int, Transport.Request, AsyncStream<Part>.Continuation)
    case giveUp(Int)
  }

  private struct State {
    var orders: [Order] = []
    var waker: Waker?
    var isRunning = false
    var isEnded = false
    var lastNumber = 0
  }

  private let settings: TransportSettings
  private let state = Mutex(State())

  /// A way out; its thread begins with the first exchange.
  init(settings: TransportSettings) {
    self.settings = settings
  }

  /// A way out as an environment asks for: a proxy, authorities of its own.
  convenience init(environment: [String: String]) {
    let first = { (names: [String]) in names.compactMap { environment[$0] }.first { !$0.isEmpty } }
    let direct = (first(["no_proxy", "NO_PROXY"]) ?? "").split(separator: ",").map(String.init)
    self.init(
      settings: TransportSettings(
        userAgent: "command-center-runtime",
        proxy: first(["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]),
        noProxy: direct,
        caFile: first(["SSL_CERT_FILE", "CURL_CA_BUNDLE"]),
        keptConnections: 1,
        openConnections: 256
      )
    )
  }

  deinit { end() }

  /// Begins an exchange; when nobody reads what comes of it any more, it is given up.
  func send(_ request: Transport.Request) -> AsyncStream<Part> {
    var request = request
    request.connection = .fresh
    let (parts, part) = AsyncStream.makeStream(of: Part.self)
    let (number, mustBegin) = state.withLock { state -> (Int?, Bool) in
      guard !state.isEnded else { return (nil, false) }
      state.lastNumber += 1
      state.orders.append(.begin(state.lastNumber, request, part))
      defer { state.isRunning = true }
      return (state.lastNumber, !state.isRunning)
    }
    guard let number else {
      part.yield(.end(Self.ending))
      part.finish()
      return parts
    }
    part.onTermination = { [weak self] reason in
      if case .cancelled = reason { self?.order(.giveUp(number)) }
    }
    if mustBegin { begin() } else { wake() }
    return parts
  }

  /// Gives up every exchange and ends the thread.
  ///
  /// What the thread has not taken yet, it never will: that is told here.
  func end() {
    let orders = state.withLock { state in
      state.isEnded = true
      defer { state.orders = [] }
      return state.orders
    }
    wake()
    Self.refuse(orders, Self.ending)
  }

  private static let ending = Failure(
    code: .cancelled,
    sentence: "the runtime is ending",
    sent: false
  )

  private static func refuse(_ orders: [Order], _ failure: Failure) {
    for case .begin(_, _, let part) in orders {
      part.yield(.end(failure))
      part.finish()
    }
  }

  private func order(_ order: Order) {
    state.withLock { $0.orders.append(order) }
    wake()
  }

  private func wake() { state.withLock(\.waker)?.wake() }

  private func begin() {
    let settings = settings
    // The thread must not keep this object: its end is the thread's end.
    DispatchQueue(label: "outward").async { [weak self] in
      let pool: TransferPool
      do throws(Failure) {
        pool = try TransferPool(settings: settings)
      } catch {
        self?.refuseAll(error)
        return
      }
      self?.state.withLock { $0.waker = pool.waker }
      var exchanges = Exchanges(pool: pool)
      while let orders = self?.takeOrders() {
        for order in orders {
          switch order {
          case .begin(let number, let request, let part): exchanges.begin(number, request, part)
          case .giveUp(let number): exchanges.giveUp(number)
          }
        }
        exchanges.move()
      }
      exchanges.giveUpAll()
    }
  }

  /// What was ordered since the last time; nil when it is over.
  private func takeOrders() -> [Order]? {
    state.withLock { state in
      guard !state.isEnded else { return nil }
      defer { state.orders = [] }
      return state.orders
    }
  }

  private func refuseAll(_ failure: Failure) {
    let orders = state.withLock { state in
      defer {
        state.orders = []
        state.isRunning = false
      }
      return state.orders
    }
    Self.refuse(orders, failure)
  }
}

/// The exchanges of the thread, and what was told of them.
private struct Exchanges {
  private struct Exchange {
    var id: TransferID
    var part: AsyncStream<Outward.Part>.Continuation
    var wasSent = false
    var hasHead = false
  }

  private let pool: TransferPool
  private var running: [Int: Exchange] = [:]

  init(pool: TransferPool) {
    self.pool = pool
  }

  mutating func begin(
    _ number: Int,
    _ request: Transport.Request,
    _ part: AsyncStream<Outward.Part>.Continuation
  ) {
    running[number] = Exchange(id: pool.start(request), part: part)
  }

  mutating func giveUp(_ number: Int) {
    guard let exchange = running.removeValue(forKey: number) else { return }
    pool.cancel(exchange.id)
  }

  mutating func giveUpAll() {
    for number in running.keys {
      guard let exchange = running[number] else { continue }
      pool.cancel(exchange.id)
      exchange.part.yield(
        .end(Failure(code: .cancelled, sentence: "the runtime is ending", sent: true))
      )
      exchange.part.finish()
    }
    running = [:]
  }

  /// Waits until something happens, and tells it.
  mutating func move() {
    _ = pool.wait(milliseconds: 60_000)
    for number in running.keys.sorted() {
      guard let exchange = running[number] else { continue }
      if !exchange.wasSent, pool.hasSent(exchange.id) {
        running[number]?.wasSent = true
        exchange.part.yield(.sent)
      }
      guard let progress = pool.take(exchange.id) else { continue }
      tell(number, progress.status, progress.headers, progress.body)
    }
    for (id, result) in pool.finished() {
      guard let number = running.first(where: { $0.value.id == id })?.key else { continue }
      var failure: Failure?
      switch result {
      case .success(let response): tell(number, response.status, response.headers, response.body)
      case .failure(let why): failure = why
      }
      let exchange = running.removeValue(forKey: number)
      exchange?.part.yield(.end(failure))
      exchange?.part.finish()
    }
  }

  private mutating func tell(
    _ number: Int,
    _ status: Int,
    _ headers: ResponseHeaders,
    _ body: [UInt8]
  ) {
    guard let exchange = running[number] else { return }
    if !exchange.hasHead {
      running[number]?.hasHead = true
      if !exchange.wasSent { exchange.part.yield(.sent) }
      exchange.part.yield(.head(status, headers))
    }
    if !body.isEmpty { exchange.part.yield(.body(body)) }
  }
}
