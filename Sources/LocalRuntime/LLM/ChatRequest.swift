import JSON

/// What a language model is asked, as its endpoint wants it.
struct ChatRequest: Sendable, Equatable {
  /// Members of `llm_params` that are ours to decide, or stand elsewhere in the request.
  private static let reserved: Set<String> = [
    "stream", "stream_options", "system", "system_prompt", "messages", "model",
  ]

  var model: String
  var messages: [JSONValue]
  /// What is passed on as it stands: `temperature`, `max_tokens` and whatever else.
  var parameters: JSONObject

  /// Reads the resolved parameters of a step.
  /// - Throws: ``StepFailure`` when they say nothing to ask, or say it in a way that nobody reads.
  init(_ step: JSONObject, model: String) throws(StepFailure) {
    self.model = model
    let given = step["llm_params"] ?? [:]
    guard given.isNull || given.object != nil else {
      throw Self.failure("“llm_params” is \(given.typeName), not an object")
    }
    let parameters = given.object ?? [:]
    let system = step["system_prompt"] ?? parameters["system"] ?? parameters["system_prompt"]
    var messages: [JSONValue] = []
    if let system, !system.isNull {
      guard let text = system.string else {
        throw Self.failure("the system prompt is \(system.typeName), not a text")
      }
      if !text.isEmpty { messages.append(Self.message("system", text)) }
    }
    let conversation = step["messages"] ?? parameters["messages"] ?? .null
    guard conversation.isNull || conversation.array != nil else {
      throw Self.failure("“messages” is \(conversation.typeName), not a list")
    }
    messages += conversation.array ?? []
    switch step["prompt"] {
    case nil, .null: break
    case .string(let text): if !text.isEmpty { messages.append(Self.message("user", text)) }
    // A template that stands alone may give anything; a model reads JSON well.
    case let value?: messages.append(Self.message("user", JSONWriter.text(value)))
    }
    guard messages.contains(where: { $0["role"] != "system" }) else {
      throw Self.failure("the prompt is empty")
    }
    self.messages = messages
    self.parameters = JSONObject(
      parameters.members.filter { !Self.reserved.contains($0.key) }
    )
  }

  /// The body of the request.
  func body(streamed: Bool) -> [UInt8] {
    var body: JSONObject = ["model": .string(model), "messages": .array(messages)]
    body = parameters.merging(body)
    if streamed {
      body["stream"] = true
      body["stream_options"] = ["include_usage": true]
    }
    return JSONWriter.bytes(.object(body))
  }

  private static func message(_ role: String, _ text: String) -> JSONValue {
    ["role": .string(role), "content": .string(text)]
  }

  private static func failure(_ sentence: String) -> StepFailure {
    StepFailure(code: "LLM_REQUEST_FAILED", message: sentence)
  }
}
