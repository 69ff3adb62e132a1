import JSON

/// The connection to one MCP server: started at its first call, again at the first call after it
/// ended, shared by any number of calls at once.
actor MCPConnection: MCPPeer {
  /// How long the handshake may take.
  private static let handshakeTime = Duration.seconds(30)
  /// A call without a time of its own.
  private static let standardTime = Duration.seconds(3600)
  /// More bytes than this waiting for a server that does not read are refused.
  private static let maximumQueue = 64 * 1024 * 1024
  /// How much of a server's standard error is kept for sentences.
  private static let tailBytes = 2048

  private typealias Answer = Result<JSONValue, MCPFailure>

  /// A call that has no answer yet.
  private struct Pending {
    let method: String
    let params: JSONObject
    /// What it is called in sentences.
    let label: String
    /// To be told once the server may have it.
    let departed: @Sendable () -> Void
    let continuation: CheckedContinuation<Answer, Never>
    var timer: Task<Void, Never>?
    var sent = false
  }

  private enum Stage {
    case handshake(id: Int)
    case ready
    /// It was told to end; calls wait for the next.
    case ending
  }

  /// One life of the server's process.
  private struct Life {
    let number: Int
    var stage: Stage
    let outgoing: AsyncStream<[UInt8]>.Continuation
    let stop: AsyncStream<Never>.Continuation
    var task: Task<Void, Never>?
    var handshakeTimer: Task<Void, Never>?
    var queued = 0
    var tail: [UInt8] = []
    var toolsOffered = true
  }

  nonisolated let name: String
  var toolList = MCPToolList()
  /// Lines of the server that were no message; for reports.
  private(set) var strayLines = 0
  /// How often the server was started.
  private(set) var starts = 0

  private let config: MCPServerConfig
  private let runner: MCPRunner
  private var life: Life?
  private var pending: [Int: Pending] = [:]
  private var nextID = 1
  private var closed = false

  /// A connection that starts nothing yet.
  init(config: MCPServerConfig, runner: @escaping MCPRunner = MCPProcess.runner()) {
    self.config = config
    self.runner = runner
    name = config.name
  }

  // MARK: For callers

  /// Ends the server and every call.
  ///
  /// Its input is closed, then after a bounded time its process
  /// group is asked and then forced to end. No call succeeds afterwards.
  func shutdown() async {
    closed = true
    failAll { _ in MCPFailure(.serverGone, "the MCP server “\(self.name)” was shut down") }
    let task = life?.task
    end()
    await task?.value
  }

  // MARK: Calls

  func request(
    _ method: String,
    _ params: JSONObject,
    _ label: String,
    _ timeout: Duration?,
    departed: @escaping @Sendable () -> Void
  ) async throws(MCPFailure) -> JSONValue {
    let id = nextID
    nextID += 1
    let answer: Answer = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let call = Pending(
          method: method,
          params: params,
          label: label,
          departed: departed,
          continuation: continuation
        )
        begin(id, call, timeout ?? Self.standardTime)
      }
    } onCancel: {
      Task { await self.cancel(id) }
    }
    return try answer.get()
  }

  private func begin(_ id: Int, _ call: Pending, _ timeout: Duration) {
    if Task.isCancelled {
      return call.continuation.resume(returning: .failure(Self.cancelled(call)))
    }
    if closed {
      let failure = MCPFailure(.serverGone, "the MCP server “\(name)” was shut down")
      return call.continuation.resume(returning: .failure(failure))
    }
    var call = call
    call.timer = Task {
      try? await Task.sleep(for: timeout)
      if !Task.isCancelled { self.expire(id, timeout) }
    }
    pending[id] = call
    if life == nil { start() }
    if case .ready? = life?.stage { send(id) }
  }

  private func send(_ id: Int) {
    guard let call = pending[id] else { return }
    let line = MCPMessage.request(id: .int(id), method: call.method, params: call.params).line
    if line.count > MCPMessage.maximumBytes {
      let mebibytes = MCPMessage.maximumBytes / 1_048_576
      let what = "the arguments for \(call.label) are larger than \(mebibytes) MiB"
      return finish(id, .failure(MCPFailure(.toolError, what)))
    }
    guard write(line) else {
      let what = "\(call.label) could not be called: the server does not read its input"
      return finish(id, .failure(MCPFailure(.protocolBroken, what)))
    }
    pending[id]?.sent = true
    call.departed()
  }

  private func write(_ line: [UInt8]) -> Bool {
    guard let life, life.queued + line.count <= Self.maximumQueue else { return false }
    self.life?.queued += line.count
    life.outgoing.yield(line)
    return true
  }

  private func finish(_ id: Int, _ answer: Answer) {
    guard let call = pending.removeValue(forKey: id) else { return }
    call.timer?.cancel()
    call.continuation.resume(returning: answer)
  }

  private func cancel(_ id: Int) {
    guard let call = pending[id] else { return }
    abandon(id, reason: "the caller no longer waits")
    finish(id, .failure(Self.cancelled(call)))
  }

  private func expire(_ id: Int, _ timeout: Duration) {
    guard let call = pending[id] else { return }
    abandon(id, reason: "timed out")
    let what = "\(call.label) did not answer within \(timeout)"
    finish(id, .failure(MCPFailure(.timedOut, what)))
  }

  /// Tells the server that nobody waits for an answer.
  private func abandon(_ id: Int, reason: String) {
    guard let call = pending[id], call.sent, case .ready? = life?.stage else { return }
    let params: JSONObject = ["requestId": .int(id), "reason": .string(reason)]
    _ = write(MCPMessage.notification(method: "notifications/cancelled", params: params).line)
  }

  private static func cancelled(_ call: Pending) -> MCPFailure {
    MCPFailure(.cancelled, "the call of \(call.label) was cancelled")
  }

  private func failAll(_ failure: (Pending) -> MCPFailure) {
    for (id, call) in pending { finish(id, .failure(failure(call))) }
  }

  // MARK: The server's life

  private func start() {
    starts += 1
    let number = starts
    let (outgoing, outgoingEnd) = AsyncStream.makeStream(of: [UInt8].self)
    let (stop, stopEnd) = AsyncStream.makeStream(of: Never.self)
    let handshake = nextID
    nextID += 1
    life = Life(
      number: number,
      stage: .handshake(id: handshake),
      outgoing: outgoingEnd,
      stop: stopEnd
    )
    let channel = MCPChannel(outgoing: outgoing, stop: stop) { [weak self] delivery in
      await self?.receive(delivery, life: number)
    }
    let (config, runner) = (config, runner)
    life?.task = Task {
      let ending = await runner(config, channel)
      self.ended(ending, life: number)
    }
    life?.handshakeTimer = Task {
      try? await Task.sleep(for: Self.handshakeTime)
      if !Task.isCancelled { self.handshakeExpired(life: number) }
    }
    _ = write(
      MCPMessage.request(id: .int(handshake), method: "initialize", params: MCPMessage.greeting)
        .line
    )
  }

  private func handshakeExpired(life number: Int) {
    guard let life, life.number == number, case .handshake = life.stage else { return }
    giveUp(
      .notStarted,
      "the MCP server “\(name)” did not answer “initialize” within "
        + "\(Self.handshakeTime)"
    )
  }

  private func shakeHands(_ answer: Answer) {
    life?.handshakeTimer?.cancel()
    switch answer {
    case .failure(let failure): giveUp(.notStarted, failure.message)
    case .success(let value):
      do throws(MCPFailure) {
        _ = try MCPMessage.version(in: value, of: "the MCP server “\(name)”")
      } catch {
        return giveUp(error.kind, error.message)
      }
      _ = write(MCPMessage.notification(method: "notifications/initialized", params: [:]).line)
      life?.stage = .ready
      for id in pending.keys.sorted() { send(id) }
    }
  }

  /// Fails every call and ends the server; the next call waits for a new one.
  private func giveUp(_ kind: MCPFailure.Kind, _ what: String) {
    failAll { _ in MCPFailure(kind, what) }
    end()
  }

  private func end() {
    life?.stage = .ending
    life?.handshakeTimer?.cancel()
    life?.outgoing.finish()
    life?.stop.finish()
  }

  private func ended(_ ending: MCPEnding, life number: Int) {
    guard let life, life.number == number else { return }
    self.life = nil
    // The next one may have others.
    toolList.forget()
    life.handshakeTimer?.cancel()
    life.outgoing.finish()
    life.stop.finish()
    let what = "the MCP server “\(name)” \(ending.what)\(Self.complaint(life.tail))"
    switch life.stage {
    case .handshake: failAll { _ in MCPFailure(.notStarted, what) }
    case .ready:
      failAll { MCPFailure(.serverGone, "\($0.label) did not answer: \(what)") }
    case .ending: if !closed, !pending.isEmpty { start() }
    }
  }

  private static func complaint(_ tail: [UInt8]) -> String {
    let text = String(decoding: tail, as: UTF8.self)
    let lines = text.split(whereSeparator: \.isNewline).suffix(5)
      .map { $0.split(separator: " ").joined(separator: " ") }
    return lines.isEmpty ? "" : "; its last words: \(lines.joined(separator: " / "))"
  }

  // MARK: What comes from the server

  private func receive(_ delivery: MCPDelivery, life number: Int) {
    guard life?.number == number else { return }
    switch delivery {
    case .wrote(let count): life?.queued -= count
    case .complaint(let bytes):
      life?.tail += bytes
      if let count = life?.tail.count, count > Self.tailBytes {
        life?.tail.removeFirst(count - Self.tailBytes)
      }
    case .oversized(let beginning): refuse(beginning)
    case .line(let line):
      guard let messages = MCPMessage.messages(in: line) else {
        strayLines += 1
        return
      }
      for message in messages { receive(message) }
    }
  }

  /// Fails the call that a message is the answer to which is too large; when that cannot be told,
  /// the server is ended.
  private func refuse(_ beginning: [UInt8]) {
    let size = "sent a message larger than \(MCPMessage.maximumBytes / 1_048_576) MiB"
    if let id = MCPMessage.identity(in: beginning), let call = pending[id], call.sent {
      return finish(id, .failure(MCPFailure(.protocolBroken, "\(call.label) \(size)")))
    }
    giveUp(.protocolBroken, "the MCP server “\(name)” \(size) and was ended")
  }

  private func receive(_ message: MCPMessage) {
    switch message {
    case .response(let id, let result): settle(id, .success(result))
    case .refusal(let id, let code, let message):
      guard let number = id.int else { return }
      let what = pending[number]?.label ?? "the MCP server “\(name)”"
      settle(id, .failure(.refusal(what, code: code, words: message)))
    case .request(let id, "ping", _): _ = write(MCPMessage.response(id: id, result: [:]).line)
    case .request(let id, let method, _):
      let refusal = MCPMessage.refusal(
        id: id,
        code: MCPMessage.methodNotFound,
        message: "this client has no “\(method)”"
      )
      _ = write(refusal.line)
    case .notification("notifications/tools/list_changed", _): toolList.forget()
    case .notification: break
    }
  }

  private func settle(_ id: JSONValue, _ answer: Answer) {
    // An answer to a call that was given up is late, not wrong.
    guard let number = id.int else { return }
    if case .handshake(number)? = life?.stage { return shakeHands(answer) }
    if pending[number]?.sent == true { finish(number, answer) }
  }
}
