import Crypto
import Foundation
import JSON
import Runs

/// Answers requests: who asks, what is asked for, and each answer in the one shape of the API.
struct Router: Sendable {
  let store: Store
  let engine: Engine
  let tokens: Tokens
  let settings: Settings
  /// What is known of the MCP servers, for checks of graphs.
  let knownServers: @Sendable () async -> KnownServers
  let limits = RateLimits()
  let random: @Sendable () -> UInt64
  /// Told when a trigger was made, changed or removed.
  let triggersChanged: @Sendable () -> Void
  private let turnstile = Turnstile()
  private let validators = Validators()

  /// What the configuration says of answers.
  struct Settings: Sendable, Equatable {
    /// The only workspace that is answered for; nil takes any.
    var tenant: String?
    /// The only project that is answered for; nil takes any.
    var project: String?
    var limits = RuntimeConfig.Limits()

    /// What holds without a configuration.
    init() {}

    /// What a configuration says.
    init(_ config: RuntimeConfig) {
      tenant = config.tenant
      project = config.project
      limits = config.limits
    }
  }

  /// A router over an engine and its store.
  init(
    engine: Engine,
    tokens: Tokens,
    settings: Settings = Settings(),
    random: @escaping @Sendable () -> UInt64 = Self.systemRandom,
    triggersChanged: @escaping @Sendable () -> Void = {},
    knownServers: @escaping @Sendable () async -> KnownServers
  ) {
    self.engine = engine
    store = engine.store
    self.tokens = tokens
    self.settings = settings
    self.random = random
    self.triggersChanged = triggersChanged
    self.knownServers = knownServers
  }

  private static let systemRandom: @Sendable () -> UInt64 = {
    var generator = SystemRandomNumberGenerator()
    return generator.next()
  }

  /// The longest body of a request that is worth keeping: none from whoever has no token.
  func room(for request: Request) -> Int {
    if case .webhook = Route(request.path), request.method == "POST" {
      return request.headers["x-agentruntime-signature"] == nil ? 0 : Self.longestDelivery
    }
    return (try? caller(request)) == nil ? 0 : Listener.maximumBody
  }

  /// Whether whoever sends a request has a token.
  func isKnown(_ request: Request) -> Bool { (try? caller(request)) != nil }

  private func caller(_ request: Request) throws(Rejection) -> Caller {
    try tokens.caller(request.authorization, now: engine.clock.now())
  }

  /// Answers a request; whatever goes wrong is an answer too.
  func answer(_ request: Request) async -> Answer {
    guard request.method == "HEAD" else { return await considered(request) }
    var reading = request
    reading.method = "GET"
    var answer = await considered(reading)
    // The head says what a GET would bring.
    answer.headers["Content-Length"] = String(answer.body.utf8.count)
    answer.headers["Content-Type"] = answer.headers["Content-Type"] ?? "application/json"
    answer.body = ""
    return answer
  }

  private func considered(_ request: Request) async -> Answer {
    var headers: [String: String] = [:]
    var answer: Answer
    do throws(Rejection) {
      answer = try await admitted(request, &headers)
    } catch {
      answer = Answer(error)
      if error.status == 405, let route = Route(request.path) {
        answer.headers["Allow"] = Self.methods(of: route).joined(separator: ", ")
      }
    }
    answer.headers.merge(headers) { own, _ in own }
    return answer
  }

  private func admitted(
    _ request: Request,
    _ headers: inout [String: String]
  ) async throws(Rejection) -> Answer {
    guard let route = Route(request.path) else {
      if request.path.first == "v1" { _ = try caller(request) }
      throw Rejection(404, "NOT_FOUND", "nothing stands at \(request.method) \(request.target)")
    }
    if route == .health, request.method == "GET" { return await health() }
    if route == .document, request.method == "GET" { return document(request) }
    if case .webhook(let id) = route, request.method == "POST" {
      return try await ingress(id, request, &headers)
    }
    let caller = try caller(request)
    try count(caller.id, settings.limits.requestsPerMinute, &headers)
    try checkPlace(request)
    guard route.methods.contains(request.method) else {
      let known = Self.methods(of: route)
      throw Rejection(
        405,
        "METHOD_NOT_ALLOWED",
        "\(request.method) is not known here; \(known.joined(separator: ", ")) is",
        details: ["allow": .array(known.map { .string($0) })]
      )
    }
    try caller.check(route.access(request.method))
    switch request.method {
    case "GET": return try await read(route, request)
    case "POST":
      return await once(request, by: caller.id) { receipt throws(Rejection) in
        try await post(route, request, by: caller, receipt)
      }
    default: return try await change(route, request, by: caller)
    }
  }

  private static func methods(of route: Route) -> [String] {
    route.methods + (route.methods.contains("GET") ? ["HEAD"] : [])
  }

  /// - Throws: ``Rejection``, 429, when there were too many requests within a minute.
  func count(
    _ key: String,
    _ limit: Int,
    _ headers: inout [String: String]
  ) throws(Rejection) {
    let now = engine.clock.now()
    let standing = limits.count(key, atMost: limit, now: now)
    headers = standing.headers
    guard standing.isOver else { return }
    let seconds = Int(max(1, ((standing.reset - now).inMilliseconds + 999) / 1000))
    throw Rejection(
      429,
      "RATE_LIMITED",
      "more than \(limit) requests within a minute; wait \(seconds) s",
      details: ["retry_after_s": .int(seconds)]
    )
  }

  /// - Throws: ``Rejection``, 403, when the request is meant for another workspace or project.
  private func checkPlace(_ request: Request) throws(Rejection) {
    for (header, own) in [("X-Tenant-Id", settings.tenant), ("X-Project-Id", settings.project)] {
      guard let own, let sent = request.headers[header.lowercased()], sent != own else { continue }
      throw .forbidden(
        "\(header) is “\(sent)”, and this runtime answers for “\(own)”; correct the header or leave "
          + "it out",
        details: ["header": .string(header)]
      )
    }
  }

  // MARK: Reading

  private func read(_ route: Route, _ request: Request) async throws(Rejection) -> Answer {
    if case .live(let workflow) = route { return try await live(workflow, request) }
    // Taken before anything is read: what is committed meanwhile makes the next look a real one.
    let count = store.changeCount
    if !route.dependsOnTime, let tag = validators.tag(of: request.target, count: count),
      Validators.matches(request.ifNoneMatch, tag)
    {
      return notModified(tag)
    }
    var answer = try await get(route, request)
    let tag = validators.remember(answer.body, of: request.target, count: count)
    if Validators.matches(request.ifNoneMatch, tag) { return notModified(tag) }
    answer.headers["ETag"] = tag
    answer.headers["Cache-Control"] = "no-cache"
    return answer
  }

  private func notModified(_ tag: String) -> Answer {
    var answer = Answer(304, text: "")
    answer.headers["ETag"] = tag
    return answer
  }

  private func get(_ route: Route, _ request: Request) async throws(Rejection) -> Answer {
    switch route {
    case .runs(let workflow): try await runs(of: workflow, request)
    case .run(let run): try await row(of: run)
    case .summary(let run): try await summary(of: run)
    case .context(let run): try await context(of: run)
    case .events(let run): try await events(of: run, request)
    case .pendingTasks(let run): try await pendingTasks(of: run, request)
    case .task(let task): try await row(of: task)
    case .workflows: try await workflows(request)
    case .workflow(let id): try await workflow(id)
    case .versions(let id): try await versions(of: id, request)
    case .version(let id, let number): try await version(number, of: id)
    case .tokens: try await tokenList()
    case .triggers(let id): try await triggers(of: id, request)
    case .trigger(let id, let trigger): try await self.trigger(trigger, of: id)
    case .webhooks: try await webhooks(request)
    case .webhook(let id): try await webhook(id)
    case .analytics(let question): try await analytics(question, request)
    case .billingUsage: billingUsage()
    case .actionPricing: actionPricing()
    case .live, .health, .document, .completion, .command, .validation, .token:
      throw Rejection(404, "NOT_FOUND", "nothing can be read at \(request.target)")
    }
  }

  // MARK: Acting

  private func post(
    _ route: Route,
    _ request: Request,
    by caller: Caller,
    _ receipt: ReceiptMaker?
  ) async throws(Rejection) -> Answer {
    switch route {
    case .command(let workflow):
      try await command(workflow, try request.object(), by: caller, receipt)
    case .completion(let task):
      try await complete(task, try request.object(), by: caller, receipt)
    case .workflows: try await create(request, receipt)
    case .versions(let id): try await publish(id, try request.object(), by: caller, receipt)
    case .tokens: try await makeToken(try request.object(), by: caller, receipt)
    case .triggers(let id):
      try await makeTrigger(of: id, try request.object(), by: caller, receipt)
    case .webhooks: try await makeWebhook(request, by: caller, receipt)
    case .validation(let id): try await validate(id, try request.object())
    default: throw Rejection(404, "NOT_FOUND", "nothing can be posted to \(request.target)")
    }
  }

  private func change(
    _ route: Route,
    _ request: Request,
    by caller: Caller
  ) async throws(Rejection) -> Answer {
    switch (route, request.method) {
    case (.workflow(let id), "PATCH"): try await edit(id, try request.object())
    case (.workflow(let id), "DELETE"): try await archive(id)
    case (.token(let id), "DELETE"): try await revoke(id, by: caller)
    case (.triggers(let id), "PATCH"): try await editTrigger(nil, of: id, request, by: caller)
    case (.triggers(let id), "DELETE"): try await removeTrigger(nil, of: id, request)
    case (.trigger(let id, let trigger), "PATCH"):
      try await editTrigger(trigger, of: id, request, by: caller)
    case (.trigger(let id, let trigger), "DELETE"):
      try await removeTrigger(trigger, of: id, request)
    case (.webhook(let id), "PATCH"):
      try await editWebhook(id, try request.object(), by: caller)
    case (.webhook(let id), "DELETE"): try await removeWebhook(id)
    default: throw Rejection(404, "NOT_FOUND", "nothing can be changed at \(request.target)")
    }
  }

  /// Reads the store; what goes wrong there is a 503 here.
  func reading<Value>(
    _ read: () async throws(StoreMistake) -> Value
  ) async throws(Rejection) -> Value {
    do throws(StoreMistake) {
      return try await read()
    } catch {
      throw .unwritable(error)
    }
  }

  /// Does what must not be done twice at a time.
  func alone<Value: Sendable>(
    _ subject: String,
    _ work: () async throws(Rejection) -> Value
  ) async throws(Rejection) -> Value {
    // The separator keeps these apart from the keys of requests.
    let outcome: Result<Value, Rejection> = await turnstile.pass("\u{1E}\(subject)") {
      do throws(Rejection) {
        return .success(try await work())
      } catch {
        return .failure(error)
      }
    }
    return try outcome.get()
  }

  // MARK: Once

  /// Makes the record of an answer, to be written with what it answers for.
  struct ReceiptMaker: Sendable {
    var key: String
    var request: [UInt8]
    var at: Timestamp

    /// The record of an answer.
    func record(_ answer: Answer) -> StoredAnswer {
      StoredAnswer(
        key: key,
        request: request,
        status: answer.status,
        body: answer.body,
        at: at
      )
    }

    /// Records the answer that the state calls for to which a run was led.
    func keeping(_ answer: @escaping @Sendable (RunState) -> Answer) -> LiveRun.Receipt {
      { state in record(answer(state)) }
    }
  }

  /// Answers a request that carries an idempotency key once: a repetition gets the first answer.
  func once(
    _ request: Request,
    by owner: String,
    _ work: (ReceiptMaker?) async throws(Rejection) -> Answer
  ) async -> Answer {
    guard let key = request.idempotencyKey else { return await attempt(nil, work) }
    guard (1...255).contains(key.utf8.count) else {
      return Answer(.malformed("“Idempotency-Key” must be 1 to 255 bytes long"))
    }
    // The key belongs to whoever sent it; another one's same key is another key.
    let receipt = ReceiptMaker(
      key: "\(owner)\u{1F}\(key)",
      request: Self.digest(of: request),
      at: engine.clock.now()
    )
    return await turnstile.pass(receipt.key) {
      do throws(Rejection) {
        if let known = try await kept(receipt) { return known }
        let answer = await attempt(receipt, work)
        // Answers about a trouble of ours are not kept: the same request may go better later.
        guard answer.status < 500, try await kept(receipt) == nil else { return answer }
        try await reading { () throws(StoreMistake) in try await store.save(receipt.record(answer))
        }
        return answer
      } catch {
        return Answer(error)
      }
    }
  }

  private func attempt(
    _ receipt: ReceiptMaker?,
    _ work: (ReceiptMaker?) async throws(Rejection) -> Answer
  ) async -> Answer {
    do throws(Rejection) {
      return try await work(receipt)
    } catch {
      return Answer(error)
    }
  }

  private func kept(_ receipt: ReceiptMaker) async throws(Rejection) -> Answer? {
    let known = try await reading { () throws(StoreMistake) in
      try await store.answer(receipt.key, now: receipt.at)
    }
    guard let known else { return nil }
    guard known.request == receipt.request else {
      throw Rejection(
        409,
        "CONFLICT",
        "this Idempotency-Key was used for another request; give each request a key of its own"
      )
    }
    return Answer(known.status, text: known.body)
  }

  private static func digest(of request: Request) -> [UInt8] {
    var hash = SHA256()
    hash.update(data: Data("\(request.method) \(request.target)\n".utf8))
    hash.update(data: Data(request.body))
    return Array(hash.finalize())
  }
}
