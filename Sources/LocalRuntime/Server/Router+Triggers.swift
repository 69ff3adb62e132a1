import JSON
import Runs

extension Router {
  private static let mostTriggers = 100

  func triggers(of workflow: String, _ request: Request) async throws(Rejection) -> Answer {
    try await require(workflow: workflow)
    let (limit, offset) = try request.place()
    let page = try await reading { () throws(StoreMistake) in
      try await store.triggers(of: workflow, limit: limit, offset: offset)
    }
    return list("triggers", page)
  }

  func trigger(_ id: String, of workflow: String) async throws(Rejection) -> Answer {
    Answer(200, try await found(id, of: workflow).json)
  }

  private func found(_ id: String, of workflow: String) async throws(Rejection) -> StoredTrigger {
    let trigger = try await reading { () throws(StoreMistake) in try await store.trigger(id) }
    guard let trigger, trigger.workflow == workflow else { throw .missing("trigger", id) }
    return trigger
  }

  func makeTrigger(
    of workflow: String,
    _ body: JSONObject,
    by caller: Caller,
    _ receipt: ReceiptMaker?
  ) async throws(Rejection) -> Answer {
    let target = try await inUse(workflow)
    guard target.version != nil else {
      throw .taken(
        "workflow “\(target.name)” is a draft; publish a version before giving it a trigger",
        details: ["status": "draft"]
      )
    }
    try await checkTools(of: workflow, by: caller)
    let known = try await reading { () throws(StoreMistake) in
      try await store.triggers(of: workflow, limit: 1, offset: 0)
    }
    guard known.total < Self.mostTriggers else {
      throw .taken("the workflow has \(known.total) triggers; delete those that nobody needs")
    }
    let now = engine.clock.now()
    var trigger = StoredTrigger(
      id: engine.clock.newID(),
      workflow: workflow,
      cron: "",
      createdAt: now,
      updatedAt: now,
      createdBy: caller.name,
      automation: caller.id
    )
    try TriggerFields.read(body, into: &trigger, isNew: true)
    try arm(&trigger)
    let answer = Answer(201, trigger.json)
    let made = trigger
    try await reading { () throws(StoreMistake) in
      try await store.save(made, answer: receipt?.record(answer))
    }
    triggersChanged()
    return answer
  }

  /// Changes a trigger; what is not named stays.
  func editTrigger(
    _ id: String?,
    of workflow: String,
    _ request: Request,
    by caller: Caller
  ) async throws(Rejection) -> Answer {
    let body = try request.object()
    try await checkTools(of: workflow, by: caller)
    let id = try Self.trigger(id, request, body)
    return try await alone("trigger \(id)") { () throws(Rejection) in
      _ = try await inUse(workflow)
      var trigger = try await found(id, of: workflow)
      try TriggerFields.read(body, into: &trigger, isNew: false)
      try arm(&trigger)
      trigger.automation = caller.id
      trigger.updatedAt = engine.clock.now()
      let changed = trigger
      try await reading { () throws(StoreMistake) in try await store.save(changed) }
      triggersChanged()
      return Answer(200, changed.json)
    }
  }

  func removeTrigger(
    _ id: String?,
    of workflow: String,
    _ request: Request
  ) async throws(Rejection) -> Answer {
    let id = try Self.trigger(id, request, try request.object())
    return try await alone("trigger \(id)") { () throws(Rejection) in
      // Not read: what cannot be read must be possible to take away.
      let isThere = try await reading { () throws(StoreMistake) in
        try await store.hasTrigger(id, of: workflow)
      }
      guard isThere else { throw .missing("trigger", id) }
      try await reading { () throws(StoreMistake) in try await store.remove(trigger: id) }
      triggersChanged()
      return Answer(204, text: "")
    }
  }

  /// The id of a trigger: in the path, the query or the body.
  private static func trigger(
    _ id: String?,
    _ request: Request,
    _ body: JSONObject
  ) throws(Rejection) -> String {
    let named =
      id ?? request.parameter("trigger_id") ?? request.parameter("id")
      ?? body["trigger_id"]?.identity ?? body["id"]?.identity
    guard let named else {
      throw .invalid("name the trigger: …/triggers/ID, or “trigger_id” in the query or the body")
    }
    return named
  }

  /// The token in whose name a trigger starts a run now.
  /// - Throws: ``Rejection``, 403, when it was revoked, has expired, or may not start this run; 503 when
  ///   that cannot be read.
  func automation(of trigger: StoredTrigger) async throws(Rejection) -> Caller {
    guard let known = tokens.known(trigger.automation) else {
      throw .forbidden(
        "the token that the trigger was set with was revoked; change it with another"
      )
    }
    do throws(Rejection) {
      try Tokens.check(known, now: engine.clock.now())
    } catch {
      throw .forbidden(error.message)
    }
    try known.caller.check(.acting)
    try await checkTools(of: trigger.workflow, by: known.caller)
    return known.caller
  }

  /// Sets when the trigger comes due.
  /// - Throws: ``Rejection``, 422, when its schedule cannot be read or never comes.
  private func arm(_ trigger: inout StoredTrigger) throws(Rejection) {
    do throws(CronExpression.Mistake) {
      let schedule = try Schedule(cron: trigger.cron, zone: trigger.zone)
      guard let next = schedule.next(after: engine.clock.now()) else {
        throw CronExpression.Mistake(sentence: "“\(trigger.cron)” never comes due")
      }
      trigger.next = trigger.isEnabled ? next : nil
    } catch {
      throw .invalid(error.sentence)
    }
  }
}

/// Reads what a trigger is made or changed with; its fields stand in `config`, or beside it.
enum TriggerFields {
  private static let longestGrace = 7 * 24 * 60

  static func read(
    _ body: JSONObject,
    into trigger: inout StoredTrigger,
    isNew: Bool
  ) throws(Rejection) {
    if let type = body["type"], type != "cron", !type.isNull {
      throw .invalid("“type” must be cron; this runtime starts nothing upon other events")
    }
    let config = body["config"] ?? [:]
    guard let inner = config.isNull ? [:] : config.object else {
      throw .invalid("“config” must be an object, not \(config.typeName)")
    }
    let fields = body.merging(inner)
    try StartParams.checkForeign(fields)
    if let name = try text("name", fields, atMost: 200) { trigger.name = name }
    if let enabled = try truth("enabled", fields) { trigger.isEnabled = enabled }
    if let cron = try text("cron", fields, atMost: 256) { trigger.cron = cron }
    guard !isNew || !trigger.cron.isEmpty else {
      throw .invalid("“cron” is missing; write five fields such as “0 9 * * 1-5”, or @daily")
    }
    if let zone = try text("timezone", fields, atMost: 64) { trigger.zone = zone }
    if let word = try text("catchup_policy", fields, atMost: 64) {
      guard let policy = StoredTrigger.CatchUp(rawValue: word) else {
        let known = StoredTrigger.CatchUp.allCases.map(\.rawValue).joined(separator: " or ")
        throw .invalid("“catchup_policy” must be \(known)")
      }
      trigger.catchUp = policy
    }
    if let grace = fields["grace_minutes"], !grace.isNull {
      guard let minutes = grace.int, (1...longestGrace).contains(minutes) else {
        throw .invalid("“grace_minutes” must be a whole number from 1 to \(longestGrace)")
      }
      trigger.graceMinutes = minutes
    }
    var params = trigger.params
    // The older name of the payload.
    if let older = fields["body"], !older.isNull, fields["trigger_payload"] == nil {
      params["trigger_payload"] = older
    }
    for name in StoredTrigger.paramNames {
      guard let value = fields[name] else { continue }
      // As a choice between two values, nil would be a JSON null.
      if value.isNull { params[name] = nil } else { params[name] = value }
    }
    _ = try StartParams.read(params, workflow: trigger.workflow)
    _ = try StartParams.wantsDefaults(params)
    // It is kept within the trigger, and could not be read again there.
    try Rejection.checkDepth(.object(params), "what the trigger starts with")
    trigger.params = params
  }

  private static func text(
    _ name: String,
    _ fields: JSONObject,
    atMost longest: Int
  ) throws(Rejection) -> String? {
    guard let value = fields[name], !value.isNull else { return nil }
    guard let text = value.string, (1...longest).contains(text.utf8.count) else {
      throw .invalid("“\(name)” must be a text of 1 to \(longest) bytes")
    }
    return text
  }

  private static func truth(_ name: String, _ fields: JSONObject) throws(Rejection) -> Bool? {
    guard let value = fields[name], !value.isNull else { return nil }
    guard let truth = value.bool else {
      throw .invalid("“\(name)” must be true or false, not \(value.typeName)")
    }
    return truth
  }
}
