import JSON
import Runs

/// Billing: what is left of the budget, and what actions cost. Amounts are in microcredits.
extension Router {
  /// What is left; without a budget there is no limit, and no number that would say so.
  func billingUsage() -> Answer {
    let spent = engine.ledger.spent
    var body: JSONObject = [:]
    if let budget = engine.ledger.budget {
      let left = budget.remaining(after: spent)
      body["trial_remaining"] = Self.amount(left.trial)
      body["included_remaining"] = Self.amount(left.included)
      body["payg_remaining"] = Self.amount(left.payAsYouGo)
      body["total_remaining_microcredits"] = Self.amount(left.total)
    } else {
      for name in [
        "trial_remaining", "included_remaining", "payg_remaining", "total_remaining_microcredits",
      ] {
        body[name] = .null
      }
    }
    body["unlimited"] = .bool(engine.ledger.budget == nil)
    body["spent_microcredits"] = Self.amount(spent)
    return Answer(200, .object(body))
  }

  /// What actions cost.
  func actionPricing() -> Answer {
    let prices = engine.prices
    var actions: [JSONValue] = [
      Self.action(ChargedAction.step.rawValue, "step", prices.step.microcredits),
      Self.action(ChargedAction.toolCall.rawValue, "call", prices.toolCall.microcredits),
    ]
    for (tool, price) in prices.tools.sorted(by: { $0.key < $1.key }) {
      actions.append(
        Self.action(
          ChargedAction.toolCall.rawValue,
          "call",
          price.microcredits,
          ["tool": .string(tool)]
        )
      )
    }
    actions += Self.tokens(prices.tokens, [:])
    for (model, price) in prices.models.sorted(by: { $0.key < $1.key }) {
      actions += Self.tokens(price, ["model": .string(model)])
    }
    return Answer(200, ["actions": .array(actions)])
  }

  private static func tokens(_ price: TokenPrice, _ more: JSONObject) -> [JSONValue] {
    [
      action("\(ChargedAction.tokens.rawValue).input", "million_tokens", price.read, more),
      action("\(ChargedAction.tokens.rawValue).output", "million_tokens", price.written, more),
    ]
  }

  private static func action(
    _ name: String,
    _ unit: String,
    _ price: Int64,
    _ more: JSONObject = [:]
  ) -> JSONValue {
    let action: JSONObject = [
      "action": .string(name), "unit": .string(unit), "microcredits": .int(Int(price)),
    ]
    return .object(action.merging(more))
  }

  private static func amount(_ credits: Credits) -> JSONValue { .int(Int(credits.microcredits)) }
}
