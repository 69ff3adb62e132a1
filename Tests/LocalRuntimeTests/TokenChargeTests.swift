import JSON
import Runs
import Testing

@testable import LocalRuntime

@Suite struct TokenChargeTests {
  /// What a run costs whose model answered by the name `answered`.
  private func cost(
    _ fields: String,
    _ models: [String: TokenPrice],
    result: JSONObject
  ) throws -> (credits: Credits?, model: JSONValue?) {
    var rules = RunMachine.Rules()
    rules.prices.step = Credits(microcredits: 0)
    rules.prices.tokens = TokenPrice(read: 1_000_000)
    rules.prices.models = models
    var bench = try Bench(
      #"{"id":"a","type":"llm_call","prompt":"p",\#(fields)}"#,
      rules: rules
    )
    let tokens: JSONObject = ["text": "x", "tokens_in": 2, "tokens_out": 0]
    try bench.succeed("a", .object(tokens.merging(result)))
    return (bench.state.run.credits, bench.event("credits_charged", "a")?.data["model"])
  }

  @Test func `tokens cost what the model costs that was asked for, whatever it calls itself`()
    throws
  {
    let prices = ["small": TokenPrice(read: 5_000_000), "small-2026": TokenPrice(read: 9_000_000)]
    let asked = try cost(#""model":"small""#, prices, result: ["model": "small-2026"])
    #expect(asked.credits == Credits(microcredits: 10))
    #expect(asked.model == "small")
    let referred = try cost(
      #""model_ref":"direct.local.small""#,
      prices,
      result: ["model": "other", "requested_model": "small"]
    )
    #expect(referred.credits == Credits(microcredits: 10))
    #expect(referred.model == "small")
  }

  @Test func `the answered name counts where the one that was asked for has no price`() throws {
    let prices = ["small-2026": TokenPrice(read: 9_000_000)]
    let answered = try cost(#""model":"small""#, prices, result: ["model": "small-2026"])
    #expect(answered.credits == Credits(microcredits: 18))
    #expect(answered.model == "small-2026")
    let neither = try cost(#""model":"small""#, prices, result: ["model": "third"])
    #expect(neither.credits == Credits(microcredits: 2))
    #expect(neither.model == "small")
  }
}
