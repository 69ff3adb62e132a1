import FlyingFox
import FlyingSocks
import Foundation
import Glibc

/// Serves a router over HTTP.
actor Listener {
  /// Longer bodies are refused.
  static let maximumBody = 4 << 20
  /// Of a body that is too long so much is read and dropped, so that its sender hears why.
  private static let maximumDropped = 64 << 20

  private let server: HTTPServer
  private let running: Task<Void, Never>
  /// Where it listens.
  nonisolated let address: ListenAddress

  /// Listens.
  /// - Throws: ``RuntimeMistake`` when it cannot.
  init(router: Router, address wanted: ListenAddress) async throws(RuntimeMistake) {
    let server = HTTPServer(
      config: try Self.configuration(wanted),
      handler: Doorman(router: router)
    )
    let (outcomes, outcome) = AsyncStream<String?>.makeStream()
    running = Task {
      do { try await server.run() } catch { outcome.yield(error.localizedDescription) }
    }
    let waiting = Task {
      if (try? await server.waitUntilListening(timeout: 30)) != nil { outcome.yield(nil) }
    }
    var iterator = outcomes.makeAsyncIterator()
    let first = await iterator.next()
    waiting.cancel()
    if let failure = first ?? "it did not begin" {
      throw RuntimeMistake(
        "cannot listen on \(wanted.text): \(failure); choose another port with --port"
      )
    }
    var address = wanted
    switch await server.listeningAddress {
    case .ip4(_, let port), .ip6(_, let port): address.port = port
    default: break
    }
    self.address = address
    self.server = server
  }

  private static func configuration(
    _ address: ListenAddress
  ) throws(RuntimeMistake) -> HTTPServer.Configuration {
    let pool = PatientPool(inner: HTTPServer.defaultPool())
    let host = address.host == "localhost" ? "127.0.0.1" : address.host
    do {
      if host.contains(":") {
        return HTTPServer.Configuration(
          address: try sockaddr_in6.inet6(ip6: host, port: address.port),
          timeout: 60,
          sharedRequestReplaySize: 4096,
          pool: pool,
          logger: .disabled
        )
      }
      return HTTPServer.Configuration(
        address: try sockaddr_in.inet(ip4: host, port: address.port),
        timeout: 60,
        pool: pool,
        logger: .disabled
      )
    } catch {
      throw RuntimeMistake("listen: “\(host)” is no address; write one like 127.0.0.1")
    }
  }

  /// Stops listening; requests in progress have a moment to be answered.
  func stop() async {
    await server.stop(timeout: 0.25)
    await running.value
  }

  /// Translates between the library's requests and ours.
  private struct Doorman: HTTPHandler {
    let router: Router

    func handleRequest(_ request: HTTPRequest) async throws -> HTTPResponse {
      let (path, query) = Request.split(
        path: request.target.path(percentEncoded: true),
        query: request.target.query(percentEncoded: true)
      )
      var plain = Request(
        method: request.method.rawValue,
        path: path,
        query: query,
        target: request.target.rawValue,
        body: []
      )
      plain.authorization = request.headers[.authorization]
      plain.ifNoneMatch = request.headers[.ifNoneMatch]
      plain.idempotencyKey = request.headers[HTTPHeader("Idempotency-Key")]
      guard let body = try await Self.body(of: request, isKept: router.admits(plain)) else {
        return response(
          Answer(
            Rejection(
              413,
              "PAYLOAD_TOO_LARGE",
              "the body is longer than \(Listener.maximumBody) bytes"
            )
          )
        )
      }
      plain.body = body
      return response(await router.answer(plain))
    }

    /// The body, or nil when it is too long.
    ///
    /// What stays unread would be taken for the next request, so all of it is read; of a peer without
    /// a token nothing is kept.
    private static func body(of request: HTTPRequest, isKept: Bool) async throws -> [UInt8]? {
      var body: [UInt8] = []
      var count = 0
      for try await piece in request.bodySequence {
        count += piece.count
        if isKept, count <= Listener.maximumBody { body += piece }
        guard count <= Listener.maximumDropped else { throw SocketError.disconnected }
      }
      return count <= Listener.maximumBody ? body : nil
    }

    private func response(_ answer: Answer) -> HTTPResponse {
      var headers = HTTPHeaders([.contentType: "application/json"])
      headers[HTTPHeader("Date")] = HTTPDate.text(router.engine.clock.now())
      for (name, value) in answer.headers { headers[HTTPHeader(name)] = value }
      if answer.body.isEmpty { headers[.contentType] = nil }
      return HTTPResponse(
        statusCode: HTTPStatusCode(answer.status, phrase: Self.phrase(answer.status)),
        headers: headers,
        body: Data(answer.body.utf8)
      )
    }

    private static func phrase(_ status: Int) -> String {
      switch status {
      case 200: "OK"
      case 201: "Created"
      case 304: "Not Modified"
      case 400: "Bad Request"
      case 401: "Unauthorized"
      case 404: "Not Found"
      case 405: "Method Not Allowed"
      case 409: "Conflict"
      case 413: "Payload Too Large"
      case 422: "Unprocessable Content"
      case 503: "Service Unavailable"
      default: "Status \(status)"
      }
    }
  }
}

/// Bounds what a peer that says nothing can hold: how many connections wait, and for how long.
private struct PatientPool: AsyncSocketPool {
  /// More waiting connections than this are closed.
  private static let maximumWaiting = 256
  /// Longer than the slowest poll of a client that keeps its connection.
  private static let patience = Duration.seconds(90)

  let inner: any AsyncSocketPool
  private let waiting = Census()

  init(inner: some AsyncSocketPool) { self.inner = inner }

  func prepare() async throws { try await inner.prepare() }

  func run() async throws { try await inner.run() }

  func suspendSocket(_ socket: Socket, untilReadyFor events: Socket.Events) async throws {
    // The socket that listens has no peer, and waits as long as it likes.
    guard (try? socket.remotePeer()) != nil else {
      Self.sendAtOnce(socket)
      try await inner.suspendSocket(socket, untilReadyFor: events)
      return
    }
    guard await waiting.enter(atMost: Self.maximumWaiting) else { throw SocketError.disconnected }
    do {
      try await wait(socket, events)
      await waiting.leave()
    } catch {
      await waiting.leave()
      throw error
    }
  }

  /// Connections inherit this: head and body of an answer go out as two writes, and the second would
  /// wait 40 ms for the other side's acknowledgement of the first.
  private static func sendAtOnce(_ socket: Socket) {
    var one: Int32 = 1
    let size = socklen_t(MemoryLayout<Int32>.size)
    unsafe setsockopt(socket.file.rawValue, Int32(IPPROTO_TCP), TCP_NODELAY, &one, size)
  }

  private func wait(_ socket: Socket, _ events: Socket.Events) async throws {
    let inner = inner
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await inner.suspendSocket(socket, untilReadyFor: events) }
      group.addTask {
        try await Task.sleep(for: Self.patience)
        throw SocketError.disconnected
      }
      try await group.next()
      group.cancelAll()
    }
  }

  private actor Census {
    private var count = 0

    func enter(atMost limit: Int) -> Bool {
      guard count < limit else { return false }
      count += 1
      return true
    }

    func leave() { count -= 1 }
  }
}
