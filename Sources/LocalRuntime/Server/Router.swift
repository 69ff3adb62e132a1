import Crypto
import Foundation
import JSON
import Runs

/// Answers requests: who asks, what is asked for, and each answer in the one shape of the API.
struct Router: Sendable {
  let store: Store
  let engine: Engine
  let tokens: Tokens
  /// What is known of the MCP servers, for checks of graphs.
  let knownServers: @Sendable () async -> KnownServers
  private let validators = Validators()
  private let turnstile = Turnstile()

  /// A router over an engine and its store.
  init(
    engine: Engine,
    tokens: Tokens,
    knownServers: @escaping @Sendable () async -> KnownServers
  ) {
    self.engine = engine
    store = engine.store
    self.tokens = tokens
    self.knownServers = knownServers
  }

  /// Whether whoever sends a request has a token; only then is its body worth keeping.
  func admits(_ request: Request) -> Bool {
    (try? tokens.name(request.authorization)) != nil
  }

  /// Answers a request; whatever goes wrong is an answer too.
  func answer(_ request: Request) async -> Answer {
    do throws(Rejection) {
      guard let route = Route(request.path) else {
        if request.path.first == "v1" { _ = try tokens.name(request.authorization) }
        throw Rejection(404, "NOT_FOUND", "nothing stands at \(request.method) \(request.target)")
      }
      if route == .health, request.method == "GET" || request.method == "HEAD" {
        return Answer(200, ["status": "ok"])
      }
      let name = try tokens.name(request.authorization)
      guard route.methods.contains(request.method) else {
        throw Rejection(
          405,
          "METHOD_NOT_ALLOWED",
          "\(request.method) is not known here; \(route.methods.joined(separator: ", ")) is",
          details: ["allow": .array(route.methods.map { .string($0) })]
        )
      }
      switch request.method {
      case "GET": return try await read(route, request)
      case "POST":
        return await once(request, by: name) { receipt throws(Rejection) in
          try await post(route, request, by: name, receipt)
        }
      default: return try await change(route, request)
      }
    } catch {
      var answer = Answer(error)
      if error.status == 405, let route = Route(request.path) {
        answer.headers["Allow"] = route.methods.joined(separator: ", ")
      }
      return answer
    }
  }

  // MARK: Reading

  private func read(_ route: Route, _ request: Request) async throws(Rejection) -> Answer {
    // Taken before anything is read: what is committed meanwhile makes the next look a real one.
    let count = store.changeCount
    if let tag = validators.tag(of: request.target, count: count),
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
    case .run(let run), .summary(let run): try await row(of: run)
    case .context(let run): try await context(of: run)
    case .events(let run): try await events(of: run, request)
    case .pendingTasks(let run): try await pendingTasks(of: run, request)
    case .task(let task): try await row(of: task)
    case .workflows: try await workflows(request)
    case .workflow(let id): try await workflow(id)
    case .versions(let id): try await versions(of: id, request)
    case .health, .completion, .command, .validation:
      throw Rejection(404, "NOT_FOUND", "nothing can be read at \(request.target)")
    }
  }

  // MARK: Acting

  private func post(
    _ route: Route,
    _ request: Request,
    by name: String,
    _ receipt: ReceiptMaker?
  ) async throws(Rejection) -> Answer {
    switch route {
    case .command(let workflow):
      try await command(workflow, try request.object(), by: name, receipt)
    case .completion(let task): try await complete(task, try request.object(), by: name, receipt)
    case .workflows: try await create(try request.object(), receipt)
    case .versions(let id): try await publish(id, try request.object(), by: name, receipt)
    case .validation(let id): try await validate(id, try request.object())
    default: throw Rejection(404, "NOT_FOUND", "nothing can be posted to \(request.target)")
    }
  }

  private func change(_ route: Route, _ request: Request) async throws(Rejection) -> Answer {
    guard case .workflow(let id) = route else {
      throw Rejection(404, "NOT_FOUND", "nothing can be changed at \(request.target)")
    }
    return request.method == "DELETE"
      ? try await remove(id) : try await edit(id, try request.object())
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
  private func once(
    _ request: Request,
    by name: String,
    _ work: (ReceiptMaker?) async throws(Rejection) -> Answer
  ) async -> Answer {
    guard let key = request.idempotencyKey else { return await attempt(nil, work) }
    guard (1...255).contains(key.utf8.count) else {
      return Answer(.malformed("“Idempotency-Key” must be 1 to 255 bytes long"))
    }
    // The key belongs to whoever sent it; another person's same key is another key.
    let receipt = ReceiptMaker(
      key: "\(name)\u{1F}\(key)",
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
