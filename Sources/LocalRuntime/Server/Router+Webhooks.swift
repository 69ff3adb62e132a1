import JSON
import Runs

extension Router {
  private static let mostWebhooks = 1000

  func webhooks(_ request: Request) async throws(Rejection) -> Answer {
    let (limit, offset) = try request.place()
    let page = try await reading { () throws(StoreMistake) in
      try await store.webhooks(limit: limit, offset: offset)
    }
    return list("subscriptions", page)
  }

  func webhook(_ id: String) async throws(Rejection) -> Answer {
    Answer(200, try await found(webhook: id).webhook.json)
  }

  /// A webhook and its secret.
  func found(
    webhook id: String
  ) async throws(Rejection) -> (webhook: StoredWebhook, secret: String) {
    let found = try await reading { () throws(StoreMistake) in try await store.webhook(id) }
    guard let found else { throw .missing("webhook", id) }
    return found
  }

  /// Makes a webhook; its secret is answered this once.
  func makeWebhook(
    _ request: Request,
    by caller: Caller,
    _ receipt: ReceiptMaker?
  ) async throws(Rejection) -> Answer {
    let body = try request.object()
    guard let workflow = body["workflow_id"]?.string else {
      throw .invalid("“workflow_id” must be the id of a workflow")
    }
    guard body["name"] != nil else { throw .invalid("“name” is missing") }
    let target = try await inUse(workflow)
    guard target.version != nil else {
      throw .taken(
        "workflow “\(target.name)” is a draft; publish a version before subscribing it",
        details: ["status": "draft"]
      )
    }
    let total = try await reading { () throws(StoreMistake) in
      try await store.webhooks(limit: 1, offset: 0).total
    }
    guard total < Self.mostWebhooks else {
      throw .taken("there are \(total) webhooks; delete those that nobody uses")
    }
    let now = engine.clock.now()
    var webhook = StoredWebhook(
      id: engine.clock.newID(),
      workflow: workflow,
      name: "",
      automation: caller.id,
      createdAt: now,
      updatedAt: now
    )
    webhook.tenant = settings.tenant ?? request.headers["x-tenant-id"]
    webhook.project = settings.project ?? request.headers["x-project-id"]
    try fill(&webhook, body, by: caller)
    let secret = TokenFile.make(prefix: "whsec_", random: random)
    let path = "/v1/inbound-webhooks/\(webhook.id)"
    let answer = Answer(
      201,
      [
        "subscription": webhook.json, "signing_secret": .string(secret),
        "ingress_url": .string(Self.address(request) + path), "ingress_path": .string(path),
      ]
    )
    let made = webhook
    try await reading { () throws(StoreMistake) in
      try await store.save(made, secret: secret, answer: receipt?.record(answer))
    }
    return answer
  }

  func editWebhook(
    _ id: String,
    _ body: JSONObject,
    by caller: Caller
  ) async throws(Rejection) -> Answer {
    try await alone("webhook \(id)") { () throws(Rejection) in
      var webhook = try await found(webhook: id).webhook
      try fill(&webhook, body, by: caller)
      webhook.updatedAt = engine.clock.now()
      let changed = webhook
      try await reading { () throws(StoreMistake) in try await store.save(changed) }
      return Answer(200, changed.json)
    }
  }

  func removeWebhook(_ id: String) async throws(Rejection) -> Answer {
    try await alone("webhook \(id)") { () throws(Rejection) in
      _ = try await found(webhook: id)
      try await reading { () throws(StoreMistake) in try await store.remove(webhook: id) }
      return Answer(204, text: "")
    }
  }

  /// Where the request found us, as it says itself.
  private static func address(_ request: Request) -> String {
    let host = request.headers["host"] ?? ""
    let isSound =
      !host.isEmpty
      && host.utf8.allSatisfy { byte in
        switch byte {
        case 0x30...0x3A, 0x41...0x5B, 0x5D, 0x61...0x7A, 0x2D, 0x2E: true
        default: false
        }
      }
    return isSound ? "http://\(host)" : ""
  }

  // MARK: Fields

  private func fill(
    _ webhook: inout StoredWebhook,
    _ body: JSONObject,
    by caller: Caller
  ) throws(Rejection) {
    if let value = body["name"] {
      guard let name = value.string, (1...200).contains(name.utf8.count) else {
        throw .invalid("“name” must be a text of 1 to 200 bytes")
      }
      webhook.name = name
    }
    if let value = body["enabled"], !value.isNull {
      guard let enabled = value.bool else {
        throw .invalid("“enabled” must be true or false, not \(value.typeName)")
      }
      webhook.isEnabled = enabled
    }
    if let value = body["extras"] {
      guard let extras = value.isNull ? [:] : value.object else {
        throw .invalid("“extras” must be an object, not \(value.typeName)")
      }
      try StartParams.checkForeign(extras)
      let known = extras.keeping(StoredTrigger.paramNames)
      try Rejection.checkDepth(.object(known), "“extras”")
      _ = try StartParams.read(known, workflow: webhook.workflow)
      _ = try StartParams.wantsDefaults(known)
      webhook.extras = known
    }
    if let token = try automation(body, by: caller) { webhook.automation = token }
  }

  /// The token in whose name runs are to be started: pasted once, or by its id.
  private func automation(_ body: JSONObject, by caller: Caller) throws(Rejection) -> String? {
    let now = engine.clock.now()
    let id = body["automation_pat_id"] ?? .null
    guard id.isNull || id.string != nil else {
      throw .invalid("“automation_pat_id” must be the id of a token")
    }
    var named: Caller?
    if let bearer = body["automation_bearer"], !bearer.isNull {
      guard let token = bearer.string,
        let known = try? tokens.caller(token: token, now: now)
      else { throw .invalid("“automation_bearer” is no token that this runtime accepts") }
      guard id.isNull || id.string == known.id else {
        throw .invalid("“automation_pat_id” and “automation_bearer” are not of one token")
      }
      named = known
    } else if let id = id.string {
      guard let known = tokens.known(id) else {
        throw .invalid("“automation_pat_id” names no token of this runtime: “\(id)”")
      }
      try Tokens.check(known, now: now)
      named = known.caller
    }
    guard let named else { return nil }
    try named.check(.acting)
    // Without the token itself, nobody may borrow from one that can do more.
    guard
      body["automation_bearer"]?.string != nil
        || (caller.scopes.isSuperset(of: named.scopes) && caller.role >= named.role)
    else {
      throw .forbidden("the automation token may do more than yours; paste it as automation_bearer")
    }
    return named.id
  }
}
