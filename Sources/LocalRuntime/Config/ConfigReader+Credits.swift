import JSON
import Runs

/// What is said of credits: prices and the budget.
extension ConfigReader {
  private static let largestAmount = 1e9
  private static let largestTokenPrice = 1000.0

  /// `[prices]`: a step, a call of a tool, a token; tools and models with prices of their own.
  func prices(_ table: Keyed) throws(ConfigMistake) -> Prices {
    try check(
      table,
      known: [
        "step", "tool_call", "llm_token", "llm_token_in", "llm_token_out", "tools", "models",
      ]
    )
    var prices = Prices()
    if let price = try credits("step", table) { prices.step = price }
    if let price = try credits("tool_call", table) { prices.toolCall = price }
    prices.tokens = try tokens(table, prefix: "llm_token", otherwise: TokenPrice())
    if let tools = try self.table("tools", table) {
      for name in tools.members.keys.sorted() { prices.tools[name] = try credits(name, tools) }
    }
    if let models = try self.table("models", table) {
      for name in models.members.keys.sorted() {
        guard let model = try self.table(name, models) else { continue }
        try check(model, known: ["token", "token_in", "token_out"])
        prices.models[name] = try tokens(model, prefix: "token", otherwise: prices.tokens)
      }
    }
    return prices
  }

  private func tokens(
    _ table: Keyed,
    prefix: String,
    otherwise: TokenPrice
  ) throws(ConfigMistake) -> TokenPrice {
    let both = try tokenPrice(prefix, table)
    return TokenPrice(
      read: try tokenPrice("\(prefix)_in", table) ?? both ?? otherwise.read,
      written: try tokenPrice("\(prefix)_out", table) ?? both ?? otherwise.written
    )
  }

  /// Credits for one token, as microcredits for a million of them.
  private func tokenPrice(_ key: String, _ table: Keyed) throws(ConfigMistake) -> Int64? {
    let amount = try amount(key, table, upTo: Self.largestTokenPrice)
    return amount.map { Int64(($0 * 1e12).rounded()) }
  }

  /// `budget`: a number of credits, or a table of the three kinds that are spent one after the other.
  func budget(_ key: String, _ root: Keyed) throws(ConfigMistake) -> Budget? {
    guard let value = root.members[key] else { return nil }
    var budget = Budget()
    guard case .object = value, let table = try table(key, root) else {
      budget.included = try credits(key, root) ?? budget.included
      return budget
    }
    try check(table, known: ["trial", "included", "payg"])
    if let amount = try credits("trial", table) { budget.trial = amount }
    if let amount = try credits("included", table) { budget.included = amount }
    if let amount = try credits("payg", table) { budget.payAsYouGo = amount }
    return budget
  }

  /// An amount of credits, to the nearest microcredit.
  func credits(_ key: String, _ table: Keyed) throws(ConfigMistake) -> Credits? {
    let amount = try amount(key, table, upTo: Self.largestAmount)
    return amount.map { Credits(microcredits: Int64(($0 * 1_000_000).rounded())) }
  }

  private func amount(
    _ key: String,
    _ table: Keyed,
    upTo largest: Double
  ) throws(ConfigMistake) -> Double? {
    guard let value = table.members[key] else { return nil }
    guard case .number(let number) = value else {
      throw wrongType(table.path(of: key), value, "a number of credits")
    }
    let amount = number.double
    guard amount >= 0, amount <= largest else {
      throw mistake(
        "“\(table.path(of: key))” is \(number.text), not from 0 to \(Int(largest)) credits"
      )
    }
    return amount
  }
}
