import JSON
import Runs

extension Router {
  /// A delivery's body is not longer than this.
  static let longestDelivery = 1 << 20

  /// Takes a delivery: whoever knows the webhook's secret starts a run.
  ///
  /// A timed delivery is taken once: the id of its run follows from what was signed, so the run itself
  /// is the record, also across restarts. The same delivery under its `Idempotency-Key` gets the first
  /// answer again. The untimed form has a bearer beside it, and nothing by which a repetition could be
  /// known but such a key.
  func ingress(
    _ id: String,
    _ request: Request,
    _ headers: inout [String: String]
  ) async throws(Rejection) -> Answer {
    let now = engine.clock.now()
    let limit = settings.limits.webhooksPerMinute
    guard
      let signature = request.headers["x-agentruntime-signature"].flatMap(WebhookSignature.init)
    else {
      // Nobody's yet: counted for all together, before anything is read.
      try count("unsigned", limit, &headers)
      throw Self.unsigned
    }
    let webhook: StoredWebhook
    let secret: String
    do throws(Rejection) {
      (webhook, secret) = try await found(webhook: id)
    } catch {
      // Together, too: ids that somebody makes up are no keys to count by.
      if error.status == 404 { try count("unknown webhooks", limit, &headers) }
      throw error
    }
    guard signature.isRight(request.body, secret: secret) else {
      // Counted apart, so that nobody without the secret uses up what its owner has.
      try count("unsigned \(id)", limit, &headers)
      throw Self.unsigned
    }
    guard signature.isTimely(now: now) else {
      throw .unauthorized("the delivery was signed more than five minutes from now; sign it anew")
    }
    try count("webhook \(id)", limit, &headers)
    let automation = try automation(of: webhook, signature, request)
    guard webhook.isEnabled else {
      throw .forbidden("the webhook “\(webhook.name)” is switched off")
    }
    return await once(request, by: "webhook \(id)") { receipt throws(Rejection) in
      try await deliver(request, signature, webhook, by: automation, receipt)
    }
  }

  private static let unsigned = Rejection.unauthorized(
    "X-Agentruntime-Signature is missing or wrong; send sha256=HEX or t=SECONDS,v1=HEX, the HMAC "
      + "of the body with the webhook's secret"
  )

  /// The token in whose name the run is started.
  /// - Throws: ``Rejection``; 401 without the bearer that the untimed form needs, 403 when it is
  ///   another's or may not start runs.
  private func automation(
    of webhook: StoredWebhook,
    _ signature: WebhookSignature,
    _ request: Request
  ) throws(Rejection) -> Caller {
    let now = engine.clock.now()
    let isTimed = if case .timed = signature { true } else { false }
    if !isTimed || request.authorization != nil {
      let caller = try tokens.caller(request.authorization, now: now)
      guard caller.id == webhook.automation else {
        throw .forbidden("the bearer is not the automation token of “\(webhook.name)”")
      }
    }
    guard let known = tokens.known(webhook.automation) else {
      throw .forbidden("the automation token of “\(webhook.name)” was revoked; set another one")
    }
    do throws(Rejection) {
      try Tokens.check(known, now: now)
    } catch {
      throw .forbidden(error.message)
    }
    try known.caller.check(.acting)
    return known.caller
  }

  private func deliver(
    _ request: Request,
    _ signature: WebhookSignature,
    _ webhook: StoredWebhook,
    by caller: Caller,
    _ receipt: ReceiptMaker?
  ) async throws(Rejection) -> Answer {
    try request.checkEncoding()
    let body = try Self.payload(request)
    var params = StartParams.laid(["trigger_payload": .object(body)], over: webhook.extras)
    if try StartParams.wantsDefaults(webhook.extras) {
      params = StartParams.laid(params, over: try await found(webhook.workflow).runSetup ?? [:])
    }
    var start = try StartParams.read(params, workflow: webhook.workflow)
    start.trigger = "webhook"
    start.mayCallTools = caller.scopes.contains(.execute)
    start.runID = signature.run(of: webhook.id, body: request.body)
    try await checkTools(of: webhook.workflow, by: caller)
    let asked = start
    return try await alone("delivery \(asked.runID ?? engine.clock.newID())") {
      () throws(Rejection) in
      if let id = asked.runID,
        try await reading({ () throws(StoreMistake) in try await store.runRow(id) }) != nil
      {
        throw .taken(
          "this delivery was taken before; what is signed anew is a new one",
          details: ["run_id": .string(id)]
        )
      }
      let state = try await engine.start(
        asked,
        by: caller.name,
        receipt: receipt?.keeping { state in Self.started(state) }
      )
      return Self.started(state)
    }
  }

  private static func payload(_ request: Request) throws(Rejection) -> JSONObject {
    guard !request.body.isEmpty else { return [:] }
    let value: JSONValue
    do throws(JSONMistake) {
      value = try JSONValue(parsing: request.body)
    } catch {
      throw .malformed("the body: \(error.sentence)")
    }
    guard let object = value.object else {
      throw .invalid(
        "the body becomes the run's input and must be an object, not \(value.typeName)"
      )
    }
    return object
  }

  /// - Throws: ``Rejection``, 403, when a start would call tools for a token without `mcp:execute`.
  ///
  /// What is published by the time that a called workflow starts is looked at then; here the caller
  /// hears at once what is known already.
  func checkTools(of workflow: String, by caller: Caller) async throws(Rejection) {
    guard !caller.scopes.contains(.execute) else { return }
    try await checkTools(from: [workflow], by: caller)
  }

  /// - Throws: ``Rejection``, 403, when a graph that is to be published calls tools, itself or through
  ///   the workflows it calls, for a token without `mcp:execute`: who starts it may be another, whose
  ///   token has that.
  func checkTools(in graph: WorkflowGraph, by caller: Caller) async throws(Rejection) {
    guard !caller.scopes.contains(.execute) else { return }
    try Self.checkTools(in: graph, by: caller)
    try await checkTools(from: graph.calledWorkflows, by: caller)
  }

  private func checkTools(
    from workflows: [String],
    by caller: Caller
  ) async throws(Rejection) {
    var waiting = workflows
    var seen = Set(workflows)
    while let id = waiting.popLast() {
      let graph = try await reading { () throws(StoreMistake) -> WorkflowGraph? in
        guard let version = try await store.workflow(id)?.version else { return nil }
        return try await store.snapshot(of: id, version: version)
      }
      guard let graph else { continue }
      try Self.checkTools(in: graph, by: caller)
      waiting += graph.calledWorkflows.filter { seen.insert($0).inserted }
    }
  }

  private static func checkTools(in graph: WorkflowGraph, by caller: Caller) throws(Rejection) {
    guard let step = graph.firstToolCall else { return }
    throw .forbidden(
      "step “\(step.id)” calls a tool, and the token of \(caller.name) lacks the scope mcp:execute",
      details: ["scope": "mcp:execute"]
    )
  }
}
