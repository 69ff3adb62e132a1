import JSON
import Runs

/// Charges: each one an event, and in the run's sum with it.
///
/// A step is charged when it is begun the first time, a step of a loop for each iteration; a tool when
/// it is called; tokens when the model has answered.
extension RunMachine {
  /// Why a step is not begun that cannot be paid.
  static let insufficient = StepFailure(
    code: "INSUFFICIENT_CREDITS",
    message: "the budget is spent; raise “budget” in runtime.toml and start a new run"
  )

  /// Whether an attempt of a step can be paid: its own price when it is the first, and the price of
  /// the tool that it is going to call; of tokens, whose number nobody knows yet, the first one.
  func affords(_ step: GraphStep, isFirst: Bool) -> Bool {
    guard let funds else { return true }
    let own = isFirst ? rules.prices.step : Credits(microcredits: 0)
    let price = own + callPrice(of: step)
    if step.type == .llmCall, rules.prices.chargesTokens(of: step.raw["model"]?.string) {
      return price < funds
    }
    // What costs nothing goes on when nothing is left.
    return price.microcredits == 0 || price <= funds
  }

  /// The price of the tool that a step calls; the highest that it can be when the server is looked
  /// for only then.
  private func callPrice(of step: GraphStep) -> Credits {
    guard step.type == .mcpCall else { return Credits(microcredits: 0) }
    let tool = step.toolName ?? ""
    guard let server = rules.servers.server(of: step) ?? step.server else {
      return rules.prices.highestCall(of: tool)
    }
    return rules.prices.call(of: tool, server: server)
  }

  /// Sets aside the price of the tool that an attempt is going to call, so that nobody else spends it
  /// before.
  mutating func hold(for step: GraphStep, at place: StepPlace) {
    let price = callPrice(of: step)
    guard funds != nil, price.microcredits > 0 else { return }
    state.held[place] = price
    change.held = change.held + price
    lower(price)
  }

  /// Gives free what was set aside for an attempt.
  mutating func release(_ place: StepPlace) {
    guard let price = state.held.removeValue(forKey: place) else { return }
    let back = Credits(microcredits: -price.microcredits)
    change.held = change.held + back
    lower(back)
  }

  /// Charges for a step that is begun the first time; ``affords(_:isFirst:)`` was asked before.
  mutating func charge(_ step: StepPlace) {
    book(rules.prices.step, for: ChargedAction.step, step: step, data: [:], isOwed: false)
  }

  /// Charges for what an attempt did on its way: a call of a tool.
  mutating func charge(_ step: StepPlace, for note: StepNote) {
    guard note.type == "tool_called" else { return }
    let tool = note.data["tool"]?.string ?? ""
    let price = rules.prices.call(of: tool, server: note.data["server"]?.string)
    book(
      price,
      for: ChargedAction.toolCall,
      step: step,
      data: ["tool": .string(tool)],
      isOwed: true
    )
  }

  /// Charges for the tokens that a model read and wrote.
  mutating func charge(_ step: StepPlace, model: String, tokensIn: Int, tokensOut: Int) {
    book(
      rules.prices.tokens(of: model, read: tokensIn, written: tokensOut),
      for: ChargedAction.tokens,
      step: step,
      data: [
        "model": .string(model), "tokens_in": .int(tokensIn), "tokens_out": .int(tokensOut),
      ],
      isOwed: true
    )
  }

  /// Charges for what a result of a step says that it used.
  ///
  /// The price is that of the model that was asked for: endpoints answer with names of their own, of a
  /// day or of a machine. Only where that one has no price the answered name counts.
  mutating func charge(_ step: StepPlace, ofType type: StepType, for result: JSONValue) {
    guard type == .llmCall else { return }
    let answered = result["model"]?.string ?? ""
    let asked =
      result["requested_model"]?.string ?? state[step]?.input?["model"]?.string ?? answered
    let prices = rules.prices.models
    charge(
      step,
      model: prices[asked] == nil && prices[answered] != nil ? answered : asked,
      tokensIn: UsageReading.tokens(result["tokens_in"]?.int),
      tokensOut: UsageReading.tokens(result["tokens_out"]?.int)
    )
  }

  private mutating func book(
    _ price: Credits,
    for action: ChargedAction,
    step: StepPlace,
    data: JSONObject,
    isOwed: Bool
  ) {
    guard price.microcredits > 0 else { return }
    add(price, isOwed: isOwed)
    let amount: JSONObject = [
      "action": .string(action.rawValue), "credits": .string(price.text),
      "microcredits": .int(Int(price.microcredits)),
    ]
    emit("credits_charged", step: step, data: amount.merging(data))
  }
}
