import JSON
import Transport

/// One request to an MCP server over HTTP, and the answer to it among what comes back.
struct MCPExchange {
  /// How it ended.
  enum Outcome: Sendable {
    case answered(JSONValue)
    /// The server knows the session no more.
    case forgotten
    case failed(MCPFailure)
  }

  /// What was asked for, in sentences.
  let label: String
  let outward: Outward
  let request: Transport.Request
  /// The identity of the message that is to be answered.
  let id: Int
  /// Whether it begins a session: then there is none to be forgotten.
  var isHandshake = false

  /// Sends it and reads until the answer is there.
  /// - Parameters:
  ///   - receive: Takes every other message.
  ///   - head: Takes the headers.
  ///   - departed: Told, perhaps more than once, that the server may have the request.
  /// - Returns: How it ended.
  func perform(
    _ receive: (MCPMessage) async -> Void,
    head: (ResponseHeaders) -> Void = { _ in },
    departed: () -> Void = {}
  ) async -> Outcome {
    let outcome = await exchange(receive, head: head, departed: departed)
    guard case .failed(let failure) = outcome else { return outcome }
    return .failed(
      MCPFailure(
        failure.kind,
        secrets.hidden(in: failure.message),
        isTransient: failure.isTransient
      )
    )
  }

  private func exchange(
    _ receive: (MCPMessage) async -> Void,
    head: (ResponseHeaders) -> Void,
    departed: () -> Void
  ) async -> Outcome {
    var status = 0
    var headers = ResponseHeaders()
    var isStream = false
    var body: [UInt8] = []
    var events = ServerSentEvents(limit: MCPMessage.maximumBytes)
    for await part in outward.send(request) {
      switch part {
      case .sent: departed()
      case .head(let code, let lines):
        status = code
        headers = lines
        head(headers)
        let type = headers["Content-Type"]?.lowercased() ?? ""
        isStream = (200..<300).contains(status) && type.hasPrefix("text/event-stream")
      case .body(let bytes):
        guard isStream else {
          body += bytes
          guard body.count <= MCPMessage.maximumBytes else { return .failed(tooLarge) }
          continue
        }
        guard let whole = events.feed(bytes) else { return .failed(tooLarge) }
        for event in whole {
          if let outcome = await self.outcome(event, receive) { return outcome }
        }
      case .end(let failure?):
        if failure.sent { departed() }
        return .failed(Self.failure(failure, label))
      case .end(nil):
        guard (200..<300).contains(status) else { return refused(status, headers, body) }
        if let rest = isStream ? events.finish() : body,
          let outcome = await self.outcome(rest, receive)
        {
          return outcome
        }
        return .failed(unanswered(isStream, body))
      }
    }
    return .failed(MCPFailure(.cancelled, "the call of \(label) was cancelled"))
  }

  /// The answer, when it is among the messages of some bytes.
  private func outcome(
    _ bytes: [UInt8],
    _ receive: (MCPMessage) async -> Void
  ) async -> Outcome? {
    var outcome: Outcome?
    for message in MCPMessage.messages(in: bytes) ?? [] {
      switch message {
      case .response(let answered, let result) where answered.int == id:
        outcome = .answered(result)
      case .refusal(let answered, let code, let words) where answered.int == id:
        outcome = .failed(.refusal(label, code: code, words: words))
      default: await receive(message)
      }
    }
    return outcome
  }

  // MARK: Sentences

  private var secrets: Secrets { Secrets(headers: request.headers) }

  private var tooLarge: MCPFailure {
    MCPFailure(
      .protocolBroken,
      "\(label) sent a message larger than \(MCPMessage.maximumBytes / 1_048_576) MiB"
    )
  }

  private func unanswered(_ isStream: Bool, _ body: [UInt8]) -> MCPFailure {
    if isStream {
      return MCPFailure(.serverGone, "\(label) ended its stream without an answer")
    }
    return MCPFailure(
      .protocolBroken,
      "\(label) answered no message of the protocol: \(ChatAnswer.beginning(of: secrets.hidden(in: body)))"
    )
  }

  private func refused(_ status: Int, _ headers: ResponseHeaders, _ body: [UInt8]) -> Outcome {
    let body = secrets.hidden(in: body)
    var words = body.isEmpty ? "" : ": \(ChatAnswer.beginning(of: body))"
    for case .refusal(_, _, let text) in MCPMessage.messages(in: body) ?? [] {
      words = ": \(MCPToolResult.cut(text))"
    }
    switch status {
    case 404 where !isHandshake: return .forgotten
    case 401, 403:
      return .failed(
        MCPFailure(
          isHandshake ? .notStarted : .toolError,
          "\(label) refused what authenticates this runtime (\(status)); see “headers” of its "
            + "table in runtime.toml\(words)"
        )
      )
    case 300..<400:
      let target = headers["Location"].map { " to \(Secrets.bare($0))" } ?? ""
      return .failed(
        MCPFailure(.protocolBroken, "\(label) redirects\(target), which is not followed; see “url”")
      )
    case 408, 429, 500...:
      return .failed(
        MCPFailure(
          isHandshake ? .notStarted : .serverGone,
          "\(label) cannot answer now (\(status))\(words)"
        )
      )
    default:
      return .failed(
        MCPFailure(
          isHandshake ? .notStarted : .toolError,
          "\(label) refused the request (\(status))\(words)"
        )
      )
    }
  }

  /// What a failure of the exchange means.
  static func failure(_ failure: Transport.Failure, _ label: String) -> MCPFailure {
    let sentence = "\(label) gave no answer: \(failure.sentence)"
    return switch failure.code {
    case .timedOut: MCPFailure(.timedOut, sentence)
    case .cancelled: MCPFailure(.cancelled, sentence)
    case .couldNotResolve, .couldNotConnect, .refused, .tls: MCPFailure(.notStarted, sentence)
    case .bodyTooLarge, .headersTooLarge, .protocolBroken, .badURL, .badRequest:
      MCPFailure(.protocolBroken, sentence)
    default: MCPFailure(.serverGone, sentence)
    }
  }
}
