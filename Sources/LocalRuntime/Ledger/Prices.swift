package import Runs

/// What actions cost.
///
/// Every amount is a whole number of microcredits; nothing is ever rounded but the price of tokens,
/// once a call and upwards.
package struct Prices: Sendable, Equatable {
  /// One step that is begun, however often it is tried.
  package var step = Credits(microcredits: 5_000_000)
  /// One call of a tool that has no price of its own, on top of its step.
  package var toolCall = Credits(microcredits: 0)
  /// By `SERVER.TOOL` or `TOOL`; the longer name counts.
  package var tools: [String: Credits] = [:]
  /// Tokens of a language model that has no price of its own, on top of the step.
  package var tokens = TokenPrice()
  /// By the model's name.
  package var models: [String: TokenPrice] = [:]

  /// The prices that hold when the configuration names none.
  package init() {}

  /// What a call of a tool costs.
  func call(of tool: String, server: String?) -> Credits {
    if let server, let price = tools["\(server).\(tool)"] { return price }
    return tools[tool] ?? toolCall
  }

  /// The most that a call of a tool costs on any server.
  func highestCall(of tool: String) -> Credits {
    let named = tools.filter { $0.key.hasSuffix(".\(tool)") }.values
    return named.reduce(call(of: tool, server: nil)) { max($0, $1) }
  }

  /// Whether the tokens of a model have a price, or may have when it is not known which model.
  func chargesTokens(of model: String?) -> Bool {
    guard let model, !model.contains("{{") else {
      return !tokens.isFree || models.values.contains { !$0.isFree }
    }
    return !(models[model] ?? tokens).isFree
  }

  /// What an answer of a model costs.
  func tokens(of model: String, read: Int, written: Int) -> Credits {
    (models[model] ?? tokens).price(read: read, written: written)
  }
}

/// What tokens of a language model cost.
package struct TokenPrice: Sendable, Equatable {
  /// Microcredits for a million tokens that the model reads.
  package var read: Int64 = 0
  /// Microcredits for a million tokens that the model writes.
  package var written: Int64 = 0

  /// A price; nothing when it is not said.
  package init(read: Int64 = 0, written: Int64 = 0) {
    self.read = read
    self.written = written
  }

  var isFree: Bool { read <= 0 && written <= 0 }

  /// The price of one call, rounded up to a whole microcredit.
  func price(read tokensIn: Int, written tokensOut: Int) -> Credits {
    let exact =
      Int128(max(0, tokensIn)) * Int128(read) + Int128(max(0, tokensOut)) * Int128(written)
    let whole = (exact + 999_999) / 1_000_000
    return Credits(microcredits: Int64(clamping: whole))
  }
}
