import JSON
import Runs
import Transport

/// One request to the endpoint of a language model, and what came of it.
struct ChatExchange {
  /// What an answer may have, text and all around it: 32 MiB.
  private static let maximumBody = 32 * 1024 * 1024
  /// An event of a stream is a few words long; this leaves room for tools that put pictures in.
  private static let maximumEvent = 4 * 1024 * 1024
  /// How long a step without a time of its own may take.
  private static let standardTime = Duration.seconds(600)

  /// How it ended.
  enum Outcome: Sendable, Equatable {
    case answered(ChatAnswer)
    case failed(StepFailure)
    /// The endpoint does not stream; it may answer when it is asked without.
    case unstreamed(StepFailure)
  }

  let choice: LLMProviders.Choice
  let outward: Outward
  let clock: RuntimeClock
  let timeout: Duration?

  private var answer = ChatAnswer()
  private var status = 0
  private var headers = ResponseHeaders()
  private var isStream = false
  private var events = ServerSentEvents(limit: ChatExchange.maximumEvent)
  private var body: [UInt8] = []
  private var delta: Delta

  init(
    choice: LLMProviders.Choice,
    outward: Outward,
    clock: RuntimeClock,
    timeout: Duration?
  ) {
    self.choice = choice
    self.outward = outward
    self.clock = clock
    self.timeout = timeout
    delta = Delta(clock: clock)
  }

  /// Sends the request and reads the answer, noting its text as it comes.
  mutating func perform(
    _ bytes: [UInt8],
    note: @Sendable (StepNote) -> Void
  ) async -> Outcome {
    switch await exchange(bytes, note: note) {
    case .answered(let answer): .answered(answer)
    case .failed(let failure): .failed(hidden(failure))
    case .unstreamed(let failure): .unstreamed(hidden(failure))
    }
  }

  private mutating func exchange(
    _ bytes: [UInt8],
    note: @Sendable (StepNote) -> Void
  ) async -> Outcome {
    var mistake: ChatAnswer.Mistake?
    reading: for await part in outward.send(request(bytes)) {
      switch part {
      case .sent: break
      case .head(let status, let headers):
        self.status = status
        self.headers = headers
        let type = headers["Content-Type"]?.lowercased() ?? ""
        isStream = (200..<300).contains(status) && type.hasPrefix("text/event-stream")
      case .body(let bytes):
        do throws(ChatAnswer.Mistake) {
          try take(bytes, note)
        } catch {
          mistake = error
          break reading
        }
      case .end(let failure):
        delta.flush(note)
        return ended(failure, note)
      }
      // Whatever the endpoint does with its connection afterwards.
      if answer.isOver { break reading }
    }
    delta.flush(note)
    if let mistake { return .failed(failure(mistake)) }
    if Task.isCancelled { return .failed(failed("\(place): the call was cancelled")) }
    return .answered(answer)
  }

  // MARK: What comes

  private mutating func take(
    _ bytes: [UInt8],
    _ note: @Sendable (StepNote) -> Void
  ) throws(ChatAnswer.Mistake) {
    guard isStream else {
      body += bytes
      return
    }
    guard let whole = events.feed(bytes) else {
      throw ChatAnswer.Mistake(words: "sent an event that has no end")
    }
    for event in whole { delta.take(try answer.take(event: event), note) }
  }

  private mutating func ended(
    _ failure: Transport.Failure?,
    _ note: @Sendable (StepNote) -> Void
  ) -> Outcome {
    if let failure {
      // The model had ended; what is lost is at most the count of its tokens.
      return answer.isDone ? .answered(answer) : .failed(self.failure(failure))
    }
    guard (200..<300).contains(status) else { return refused() }
    do throws(ChatAnswer.Mistake) {
      if isStream {
        if let event = events.finish() { delta.take(try answer.take(event: event), note) }
        try answer.checkEnd()
      } else {
        try answer.take(body: body)
        delta.take(answer.text, note)
      }
      delta.flush(note)
      return .answered(answer)
    } catch {
      return .failed(self.failure(error))
    }
  }

  // MARK: The request

  private func request(_ bytes: [UInt8]) -> Transport.Request {
    var headers = [
      Header(name: "Content-Type", value: "application/json"),
      Header(name: "Accept", value: "text/event-stream, application/json"),
    ]
    if let key = choice.provider.key {
      headers.append(Header(name: "Authorization", value: "Bearer \(key)"))
    }
    let time = timeout ?? Self.standardTime
    let stall = max(1, Int(choice.provider.stall / .seconds(1)))
    return Transport.Request(
      method: "POST",
      url: "\(choice.provider.baseURL)/chat/completions",
      headers: headers,
      body: bytes,
      limits: Limits(
        connectMilliseconds: 10_000,
        totalMilliseconds: max(1, Int(time / .milliseconds(1))),
        lowSpeed: Limits.LowSpeed(bytesPerSecond: 1, seconds: stall),
        maximumBodyBytes: Self.maximumBody
      )
    )
  }

  // MARK: Sentences

  private var place: String { "the model “\(choice.model)” of [llm.\(choice.provider.name)]" }

  private var secrets: Secrets { Secrets(key: choice.provider.key) }

  private func hidden(_ failure: StepFailure) -> StepFailure {
    var failure = failure
    failure.message = secrets.hidden(in: failure.message)
    return failure
  }

  private func failed(_ sentence: String) -> StepFailure {
    StepFailure(code: "LLM_REQUEST_FAILED", message: sentence)
  }

  private func failure(_ mistake: ChatAnswer.Mistake) -> StepFailure {
    StepFailure(
      code: "LLM_REQUEST_FAILED",
      message: "\(place) \(mistake.words)",
      isTransient: mistake.isTransient
    )
  }

  private func failure(_ failure: Transport.Failure) -> StepFailure {
    let sentence = "\(place) gave no answer: \(failure.sentence)"
    switch failure.code {
    case .timedOut:
      return StepFailure(
        code: "RUN_STALLED_OR_TIMED_OUT",
        message: sentence,
        isTransient: true
      )
    case .couldNotResolve, .couldNotConnect, .refused, .cut:
      return StepFailure(code: "LLM_REQUEST_FAILED", message: sentence, isTransient: true)
    default: return failed(sentence)
    }
  }

  /// What an answer means that is no success.
  private func refused() -> Outcome {
    let body = secrets.hidden(in: body)
    let value = try? JSONValue(parsing: body)
    let words =
      value.map { ": \(ChatAnswer.words(of: $0["error"] ?? $0))" }
      ?? (body.isEmpty ? "" : ": \(ChatAnswer.beginning(of: body))")
    switch status {
    case 300..<400:
      let target = headers["Location"].map { " to \(Secrets.bare($0))" } ?? ""
      return .failed(failed("\(place) is elsewhere: the endpoint redirects\(target); see base_url"))
    case 401, 403:
      let key = choice.provider.keySource.map { "the key of \($0)" } ?? "a request without a key"
      return .failed(failed("\(place) refused \(key) (\(status))\(words)"))
    case 408, 409, 425, 429, 500...:
      return .failed(
        StepFailure(
          code: "LLM_REQUEST_FAILED",
          message: "\(place) cannot answer now (\(status))\(words)",
          isTransient: true,
          retryAfter: retryAfter
        )
      )
    case 400, 422:
      let failure = failed("\(place) refused the request (\(status))\(words)")
      return words.contains("stream") ? .unstreamed(failure) : .failed(failure)
    default: return .failed(failed("\(place) refused the request (\(status))\(words)"))
    }
  }

  /// What the endpoint asks to wait, an hour at most.
  private var retryAfter: Duration? {
    guard let seconds = headers["Retry-After"].flatMap({ Double($0) }), seconds >= 0 else {
      return nil
    }
    return .seconds(min(seconds, 3600))
  }
}

/// The text of a model on its way into the run's events: gathered, since an event a token would be
/// thousands.
private struct Delta {
  private static let pause = Duration.milliseconds(500)
  private static let longest = 4096

  private let clock: RuntimeClock
  private var text = ""
  private var since: Timestamp

  init(clock: RuntimeClock) {
    self.clock = clock
    since = clock.now()
  }

  mutating func take(_ piece: String, _ note: @Sendable (StepNote) -> Void) {
    text += piece
    if text.utf8.count >= Self.longest || clock.now() - since >= Self.pause { flush(note) }
  }

  mutating func flush(_ note: @Sendable (StepNote) -> Void) {
    since = clock.now()
    guard !text.isEmpty else { return }
    note(StepNote(type: "llm_output", data: ["delta": .string(text)]))
    text = ""
  }
}
