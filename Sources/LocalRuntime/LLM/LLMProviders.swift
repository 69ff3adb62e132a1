import JSON

/// An endpoint for language models that speaks as OpenAI's does: `[llm.NAME]`.
struct LLMProvider: Sendable, Equatable {
  /// What graphs may call it in `llm_credential_id`, and at the beginning of a `model_ref`.
  var name: String
  /// `https://api.openai.com/v1`, without a slash at its end.
  var baseURL: String
  /// The models it has, as it calls them; empty when it takes any.
  var models: [String] = []
  /// Where its key comes from, for sentences: `the variable OPENAI_API_KEY`; nil when it wants none.
  var keySource: String?
  /// The key; nil when it wants none, or there is none.
  var key: String?
  /// Why there is no key, though it wants one: `the variable OPENAI_API_KEY is not set`.
  var keyTrouble: String?
  /// How long it may say nothing.
  var stall = Duration.seconds(120)
}

/// The endpoints of the configuration, and which of them a step means.
struct LLMProviders: Sendable {
  let all: [LLMProvider]

  /// An endpoint and the model it is asked for.
  struct Choice: Sendable, Equatable {
    var provider: LLMProvider
    var model: String
  }

  /// Chooses by `llm_credential_id`, where it names an endpoint, then by the model.
  ///
  /// A `model_ref` such as `direct.openai.gpt-4.1` names an endpoint and a model; a model without
  /// that goes to the endpoint that lists it, else to the only one that takes any.
  /// - Throws: ``StepFailure`` that says what to write into the configuration.
  func choice(
    model: String?,
    reference: String?,
    credential: String?
  ) throws(StepFailure) -> Choice {
    guard !all.isEmpty else {
      throw Self.failure("no language model is configured; write [llm.NAME] into runtime.toml")
    }
    let named = all.first { $0.name == credential }
    if let model = model.filled {
      if let named { return Choice(provider: named, model: model) }
      return Choice(provider: try provider(of: model), model: model)
    }
    guard let reference = reference.filled else {
      throw Self.failure("the step names no model; write “model” or “model_ref”")
    }
    let parts = reference.split(separator: ".").map(String.init)
    // Models have dots in their names, so the vendor is looked for in front and the rest is theirs.
    for start in 0..<min(2, parts.count) {
      let rest = parts[(start + 1)...].joined(separator: ".")
      if let provider = all.first(where: { $0.name == parts[start] }), !rest.isEmpty {
        return Choice(provider: named ?? provider, model: rest)
      }
    }
    for start in 0..<min(3, parts.count) {
      let rest = parts[start...].joined(separator: ".")
      if let provider = named ?? all.first(where: { $0.models.contains(rest) }),
        provider.models.contains(rest)
      {
        return Choice(provider: provider, model: rest)
      }
    }
    let model = parts.count > 2 ? parts[2...].joined(separator: ".") : reference
    if let named { return Choice(provider: named, model: model) }
    return Choice(provider: try provider(of: model), model: model)
  }

  private func provider(of model: String) throws(StepFailure) -> LLMProvider {
    if let listed = all.first(where: { $0.models.contains(model) }) { return listed }
    let open = all.filter(\.models.isEmpty)
    if open.count == 1, let only = open.first { return only }
    let known = all.flatMap(\.models)
    let meant = Spelling.nearest(to: model, in: known).map { "; “\($0)” was meant?" } ?? ""
    let names = all.map { "[llm.\($0.name)]" }.joined(separator: ", ")
    throw Self.failure(
      open.isEmpty
        ? "no endpoint of runtime.toml has the model “\(model)”\(meant.isEmpty ? "." : meant) "
          + "Known are \(names)"
        : "which endpoint has the model “\(model)”? List it under “models” of one of \(names)"
    )
  }

  private static func failure(_ sentence: String) -> StepFailure {
    StepFailure(code: "LLM_REQUEST_FAILED", message: sentence)
  }
}

extension String? {
  /// The text, when there is one that is not empty.
  fileprivate var filled: String? { self?.isEmpty == false ? self : nil }
}
