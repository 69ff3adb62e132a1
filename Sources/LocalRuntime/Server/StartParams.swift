import JSON

/// Reads the params of a start.
enum StartParams {
  /// Params with a meaning of their own; others are the input.
  static let named: Set<String> = [
    "run_id", "trigger_type", "trigger_payload", "trigger_steps", "excluded_step_ids",
    "use_run_setup_defaults",
  ]
  private static let triggers: Set<String> = [
    "api", "studio", "manual", "webhook", "cron", "autopilot",
  ]

  /// What the params ask for: bare keys are the input, unless there is a `trigger_payload`.
  /// - Throws: ``Rejection``, 422, with what is wrong.
  static func read(_ params: JSONObject, workflow: String) throws(Rejection) -> StartRequest {
    try checkForeign(params)
    var request = StartRequest(workflow: workflow)
    if let value = params["run_id"], !value.isNull { request.runID = try runID(value) }
    if let value = params["trigger_type"], !value.isNull {
      guard let word = value.string, triggers.contains(word) else {
        let words = triggers.sorted().joined(separator: ", ")
        throw .invalid("“trigger_type” must be one of \(words)")
      }
      request.trigger = word
    }
    request.triggerSteps = try steps(params)
    request.excluded = Set(try excluded(params))
    request.input =
      try payload(params).map { .object($0) }
      ?? .object(JSONObject(params.members.filter { !named.contains($0.key) }))
    return request
  }

  /// Params of the product that this runtime has nothing for, and what they would need.
  ///
  /// Taken for input, they would be a start of something else than was asked for.
  private static let foreign = [
    "segment_id": "segments of end users", "external_user_id": "end users", "team_id": "teams",
    "resume_from_run_id": "resuming of runs that have ended",
    "reuse_completed_steps": "resuming of runs that have ended",
  ]

  /// - Throws: ``Rejection``, 422, when params ask for what this runtime does not have.
  static func checkForeign(_ params: JSONObject) throws(Rejection) {
    for member in params.members where !member.value.isNull {
      guard let thing = foreign[member.key] else { continue }
      throw .invalid(
        "this runtime has no \(thing), which “\(member.key)” asks for; leave it out, or write it into "
          + "“trigger_payload” if it is input"
      )
    }
  }

  /// Lays params over what a workflow's forms are filled with, where they ask for that.
  /// - Throws: ``Rejection``, 422, when `use_run_setup_defaults` is neither true nor false.
  static func wantsDefaults(_ params: JSONObject) throws(Rejection) -> Bool {
    guard let value = params["use_run_setup_defaults"], !value.isNull else { return false }
    guard let wanted = value.bool else {
      throw .invalid("“use_run_setup_defaults” must be true or false, not \(value.typeName)")
    }
    return wanted
  }

  /// Params over others that lie beneath them: what both name, the upper ones decide; of
  /// `trigger_payload` and `trigger_steps` each member by itself.
  static func laid(_ upper: JSONObject, over lower: JSONObject) -> JSONObject {
    var merged = lower.keeping(["trigger_payload", "trigger_steps", "excluded_step_ids"])
    let over = upper.members.compactMap { [merged] member -> JSONObject.Member? in
      // Three at most lie beneath, so that this is no search.
      switch (member.key, merged[member.key], member.value) {
      case ("trigger_payload", .object(let below)?, .object(let above)),
        ("trigger_steps", .object(let below)?, .object(let above)):
        JSONObject.Member(member.key, .object(below.merging(above)))
      case (_, _?, .null): nil
      default: member
      }
    }
    merged = merged.merging(JSONObject(over))
    // Bare keys are the input only when there is no payload.
    if upper["trigger_payload"] == nil, case .object(let payload)? = merged["trigger_payload"] {
      let bare = JSONObject(upper.members.filter { !named.contains($0.key) })
      merged["trigger_payload"] = .object(payload.merging(bare))
    }
    return merged
  }

  // MARK: Fields

  static func payload(_ params: JSONObject) throws(Rejection) -> JSONObject? {
    try object("trigger_payload", params)
  }

  static func steps(_ params: JSONObject) throws(Rejection) -> JSONObject {
    let steps = try object("trigger_steps", params) ?? [:]
    if let odd = steps.members.first(where: { $0.value.object == nil && $0.value != true }) {
      throw .invalid(
        "“trigger_steps.\(odd.key)” must be an object of what the step is given, not "
          + odd.value.typeName
      )
    }
    return steps
  }

  static func excluded(_ params: JSONObject) throws(Rejection) -> [String] {
    guard let value = params["excluded_step_ids"], !value.isNull else { return [] }
    let ids = (value.array ?? []).compactMap(\.string)
    guard let items = value.array, items.count == ids.count else {
      throw .invalid("“excluded_step_ids” must be a list of step ids")
    }
    return ids
  }

  private static func object(
    _ name: String,
    _ params: JSONObject
  ) throws(Rejection) -> JSONObject? {
    guard let value = params[name], !value.isNull else { return nil }
    guard let object = value.object else {
      throw .invalid("“\(name)” must be an object, not \(value.typeName)")
    }
    return object
  }

  private static func runID(_ value: JSONValue) throws(Rejection) -> String {
    guard let id = value.string, (1...128).contains(id.utf8.count),
      id.utf8.allSatisfy({ byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
        default: false
        }
      })
    else {
      throw .invalid("“run_id” must be 1 to 128 letters, digits, dots, hyphens or underscores")
    }
    return id
  }
}
