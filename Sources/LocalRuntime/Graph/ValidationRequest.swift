import JSON

/// What a check of a graph is asked to look at.
///
/// Fields that the product has and this runtime does not look at are let through.
struct ValidationRequest: Sendable, Equatable {
  /// The checks to make; nil for all.
  var checks: Set<String>?
  var skippedChecks: Set<String> = []
  /// Only issues of these steps, and of the graph itself; empty for all.
  var stepIDs: Set<String> = []
  /// The input of a start to be tried; nil when none was given.
  var payload: JSONObject?
  /// What a start would lay over the input of single steps.
  var stepPayloads: [String: JSONObject] = [:]
  /// Results that steps are taken to have.
  var outputs: [String: JSONValue] = [:]

  /// Everything, without an input.
  init() {}

  /// Reads the body of a request; what has the wrong type is left aside, as the product does.
  /// - Parameters:
  ///   - body: The body.
  ///   - setup: What the workflow's forms are filled with; it lies beneath the params that ask for it,
  ///     and is what is tried when there are none.
  ///   - graph: What is checked; its own params lie beneath the input.
  init(_ body: JSONObject, setup: JSONObject? = nil, graph: JSONValue = .null) {
    if let names = Self.words(body["checks"]), !names.isEmpty { checks = names }
    skippedChecks = Self.words(body["skip_checks"]) ?? []
    stepIDs = Self.words(body["step_ids"]) ?? []
    var params = (body["params"] ?? body["payload"])?.object
    let wantsSetup = params?["use_run_setup_defaults"]?.bool
    if let setup, wantsSetup ?? (params ?? [:]).isEmpty {
      params = StartParams.laid(params ?? [:], over: setup)
    }
    if let named = params?["trigger_payload"] {
      payload = named.object ?? [:]
    } else if let params {
      // As in a start: what has no meaning of its own is the input.
      let bare = params.members.filter { !StartParams.named.contains($0.key) }
      if !bare.isEmpty || wantsSetup == true { payload = JSONObject(bare) }
    }
    if let own = graph["params"]?.object { payload = payload.map { own.merging($0) } }
    for member in params?["trigger_steps"]?.object?.members ?? [] {
      stepPayloads[member.key] = member.value.object ?? [:]
    }
    for member in body["mock_step_outputs"]?.object?.members ?? [] {
      outputs[member.key] = member.value
    }
  }

  /// Whether a check is to be made.
  ///
  /// Without the shape of the graph nothing else can be told.
  func wants(_ check: GraphCheck) -> Bool {
    if check == .graph { return true }
    return checks?.contains(check.rawValue) ?? true && !skippedChecks.contains(check.rawValue)
  }

  /// Whether an issue of a step, or of the graph, is to be told.
  func wants(step: String?) -> Bool {
    guard let step, !stepIDs.isEmpty else { return true }
    return stepIDs.contains(step)
  }

  private static func words(_ value: JSONValue?) -> Set<String>? {
    value?.array.map { Set($0.compactMap(\.string)) }
  }
}
