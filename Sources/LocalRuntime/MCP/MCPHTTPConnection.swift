import JSON
import Transport

/// The conversation with one MCP server over streamable HTTP: a session begun at its first call, and
/// again when the server has forgotten it, shared by any number of calls at once.
///
/// Each message is a request of its own; its answer is JSON, or a stream of events that holds it. The
/// stream a server may keep open for what it has to say by itself is not asked for: nothing that it
/// could say there matters to a call.
actor MCPHTTPConnection: MCPPeer {
  /// How long the handshake may take.
  private static let handshakeTime = Duration.seconds(30)
  /// A call without a time of its own.
  private static let standardTime = Duration.seconds(3600)
  /// How long the words that nobody waits for may take: of a cancelled call, of the end.
  private static let farewellTime = Duration.seconds(5)
  /// How long a list of tools is believed: of a change the server can speak only within the answer to
  /// a call, and one without sessions is never seen to have begun anew.
  static let toolsLifetime = Duration.seconds(60)

  /// A session as the server began it.
  private struct Session: Sendable, Equatable {
    /// Nil when the server keeps none.
    var id: String?
    var version: String
    var number: Int
  }

  nonisolated let name: String
  var toolList: MCPToolList
  /// How many sessions were begun.
  private(set) var starts = 0

  private let endpoint: MCPServerConfig.Endpoint
  private let outward: Outward
  private var session: Session?
  private var opening: Task<Result<Session, MCPFailure>, Never>?
  private var nextID = 1
  private var closed = false

  /// A conversation that has said nothing yet.
  init(
    name: String,
    endpoint: MCPServerConfig.Endpoint,
    outward: Outward,
    toolsLifetime: Duration = MCPHTTPConnection.toolsLifetime
  ) {
    self.name = name
    self.endpoint = endpoint
    self.outward = outward
    toolList = MCPToolList(lifetime: toolsLifetime)
  }

  /// Tells the server that the session is over, and waits for that a little.
  func shutdown() async {
    closed = true
    opening?.cancel()
    _ = await opening?.value
    guard let session else { return }
    self.session = nil
    await end(session)
  }

  private func end(_ session: Session) async {
    guard session.id != nil else { return }
    var request = Transport.Request(method: "DELETE", url: endpoint.url)
    request.headers = headers(session)
    request.limits = Self.limits(Self.farewellTime)
    for await _ in outward.send(request) {}
  }

  // MARK: Calls

  /// Makes a request within a session; begins a new one, once, when the server has forgotten it.
  func request(
    _ method: String,
    _ params: JSONObject,
    _ label: String,
    _ timeout: Duration?,
    departed: @escaping @Sendable () -> Void
  ) async throws(MCPFailure) -> JSONValue {
    let deadline = ContinuousClock.now + (timeout ?? Self.standardTime)
    var hasDeparted = false
    for attempt in 1...2 {
      let session = try await openSession(within: deadline)
      let id = nextID
      nextID += 1
      let message = MCPMessage.request(id: .int(id), method: method, params: params)
      let exchange = MCPExchange(
        label: label,
        outward: outward,
        request: try post(message, session, deadline - .now),
        id: id
      )
      let outcome = await exchange.perform {
        self.receive($0, session)
      } departed: {
        if !hasDeparted { departed() }
        hasDeparted = true
      }
      switch outcome {
      case .answered(let value): return value
      case .forgotten where attempt == 1:
        if self.session == session { forget() }
      case .forgotten:
        throw MCPFailure(.serverGone, "\(label): the server forgets each session at once")
      case .failed(let failure):
        if failure.kind == .timedOut || failure.kind == .cancelled { abandon(id, session, failure) }
        if failure.kind == .timedOut {
          let time = timeout ?? Self.standardTime
          throw MCPFailure(.timedOut, "\(label) did not answer within \(time)")
        }
        throw failure
      }
    }
    throw MCPFailure(.serverGone, "\(label) was not called")
  }

  private func forget() {
    session = nil
    toolList.forget()
  }

  /// Tells the server that nobody waits for an answer: closing the connection does not say it.
  private func abandon(_ id: Int, _ session: Session, _ failure: MCPFailure) {
    let reason = failure.kind == .timedOut ? "timed out" : "the caller no longer waits"
    say(
      .notification(
        method: "notifications/cancelled",
        params: ["requestId": .int(id), "reason": .string(reason)]
      ),
      session
    )
  }

  /// Sends a message that has no answer, without waiting for it.
  private func say(_ message: MCPMessage, _ session: Session) {
    guard !closed, let request = try? post(message, session, Self.farewellTime) else { return }
    let outward = outward
    Task { for await _ in outward.send(request) {} }
  }

  /// What the server says besides the answer.
  private func receive(_ message: MCPMessage, _ session: Session) {
    switch message {
    case .request(let id, "ping", _): say(.response(id: id, result: [:]), session)
    case .request(let id, let method, _):
      let words = "this client has no “\(method)”"
      say(.refusal(id: id, code: MCPMessage.methodNotFound, message: words), session)
    case .notification("notifications/tools/list_changed", _): toolList.forget()
    case .notification, .response, .refusal: break
    }
  }

  // MARK: The session

  private func openSession(
    within deadline: ContinuousClock.Instant
  ) async throws(MCPFailure)
    -> Session
  {
    if let session { return session }
    guard !closed else {
      throw MCPFailure(.serverGone, "the MCP server “\(name)” was shut down")
    }
    if let trouble = endpoint.trouble {
      throw MCPFailure(.notStarted, "the MCP server “\(name)” cannot be called: \(trouble)")
    }
    // One handshake for all who wait for it; who gives up leaves it to the others.
    let task: Task<Result<Session, MCPFailure>, Never>
    if let opening {
      task = opening
    } else {
      task = Task { await self.shakeHands() }
      opening = task
    }
    let (outcomes, outcome) = AsyncStream.makeStream(of: Result<Session, MCPFailure>.self)
    let waiting = Task {
      outcome.yield(await task.value)
      outcome.finish()
    }
    let timer = Task {
      guard (try? await Task.sleep(until: deadline)) != nil else { return }
      outcome.finish()
    }
    defer {
      waiting.cancel()
      timer.cancel()
    }
    for await result in outcomes { return try result.get() }
    if Task.isCancelled {
      throw MCPFailure(.cancelled, "the call of the MCP server “\(name)” was cancelled")
    }
    throw MCPFailure(.timedOut, "the MCP server “\(name)” did not answer “initialize” in time")
  }

  private func shakeHands() async -> Result<Session, MCPFailure> {
    defer { opening = nil }
    do throws(MCPFailure) {
      let session = try await initialize()
      self.session = session
      return .success(session)
    } catch {
      return .failure(error)
    }
  }

  private func initialize() async throws(MCPFailure) -> Session {
    starts += 1
    let label = "the MCP server “\(name)”"
    let id = nextID
    nextID += 1
    let message = MCPMessage.request(
      id: .int(id),
      method: "initialize",
      params: MCPMessage.greeting
    )
    var exchange = MCPExchange(
      label: label,
      outward: outward,
      request: try post(message, nil, Self.handshakeTime),
      id: id
    )
    exchange.isHandshake = true
    var sessionID: String?
    let value: JSONValue
    let outcome = await exchange.perform { _ in
    } head: {
      sessionID = $0["Mcp-Session-Id"]
    }
    switch outcome {
    case .answered(let answer): value = answer
    case .forgotten:
      throw MCPFailure(.notStarted, "\(label): nothing is at \(Secrets.bare(endpoint.url))")
    case .failed(let failure) where failure.kind == .timedOut:
      throw MCPFailure(.notStarted, failure.message)
    case .failed(let failure): throw failure
    }
    let version = try MCPMessage.version(in: value, of: label)
    let session = Session(id: sessionID, version: version, number: starts)
    do throws(MCPFailure) {
      try await begin(session, label)
    } catch {
      // Not a part of this task: that may have been cancelled.
      await Task { await self.end(session) }.value
      throw error
    }
    return session
  }

  /// Says that calls follow; they may only when the server has taken this.
  private func begin(_ session: Session, _ label: String) async throws(MCPFailure) {
    let ready = MCPMessage.notification(method: "notifications/initialized", params: [:])
    for await part in outward.send(try post(ready, session, Self.handshakeTime)) {
      switch part {
      case .head(let status, _) where !(200..<300).contains(status):
        throw MCPFailure(
          .notStarted,
          "\(label) did not take “notifications/initialized” (\(status))"
        )
      case .end(let failure?): throw MCPExchange.failure(failure, label)
      case .sent, .head, .body, .end(nil): break
      }
    }
    guard !closed, !Task.isCancelled else {
      throw MCPFailure(.serverGone, "\(label) was shut down")
    }
  }

  // MARK: Requests

  private func post(
    _ message: MCPMessage,
    _ session: Session?,
    _ time: Duration
  ) throws(MCPFailure) -> Transport.Request {
    let body = Array(message.line.dropLast())
    guard body.count <= MCPMessage.maximumBytes else {
      let mebibytes = MCPMessage.maximumBytes / 1_048_576
      throw MCPFailure(
        .toolError,
        "the arguments for the MCP server “\(name)” are larger than \(mebibytes) MiB"
      )
    }
    var request = Transport.Request(method: "POST", url: endpoint.url, body: body)
    request.headers = headers(session)
    request.limits = Self.limits(time)
    return request
  }

  private func headers(_ session: Session?) -> [Header] {
    var headers = [
      Header(name: "Content-Type", value: "application/json"),
      Header(name: "Accept", value: "application/json, text/event-stream"),
    ]
    if let session {
      headers.append(Header(name: "MCP-Protocol-Version", value: session.version))
      if let id = session.id { headers.append(Header(name: "Mcp-Session-Id", value: id)) }
    }
    return headers + endpoint.headers
  }

  private static func limits(_ time: Duration) -> Limits {
    Limits(
      connectMilliseconds: 10_000,
      totalMilliseconds: max(1, Int(time / .milliseconds(1))),
      // A stream may hold more than the answer: notes on the way.
      maximumBodyBytes: 2 * MCPMessage.maximumBytes
    )
  }
}
