import JSON
import Runs
import Testing

@testable import LocalRuntime

private func credits(_ whole: Int64) -> Credits { Credits(microcredits: whole * 1_000_000) }

/// Limits with a budget and the prices of a step and of a call.
private func limits(_ budget: Budget?, step: Int64 = 5, call: Int64 = 0) -> Engine.Limits {
  var limits = Engine.Limits()
  limits.budget = budget
  limits.rules.prices.step = credits(step)
  limits.rules.prices.toolCall = credits(call)
  return limits
}

private func included(_ whole: Int64) -> Budget {
  var budget = Budget()
  budget.included = credits(whole)
  return budget
}

@Suite struct LedgerTests {
  @Test func `a budget is spent trial first, then included, then pay as you go`() {
    var budget = Budget()
    (budget.trial, budget.included, budget.payAsYouGo) = (credits(2), credits(10), credits(5))
    let some = budget.remaining(after: credits(7))
    #expect(some.trial == credits(0))
    #expect(some.included == credits(5))
    #expect(some.payAsYouGo == credits(5))
    #expect(budget.remaining(after: credits(0)) == budget)
    #expect(budget.remaining(after: credits(16)).payAsYouGo == credits(1))
    #expect(budget.remaining(after: credits(99)).total == credits(0))
  }

  @Test(
    arguments: [
      (1, 0, 150_000, 0, 1), (1_000_000, 0, 150_000, 0, 150_000), (0, 0, 1, 1, 0),
      (999_999, 1, 1, 1, 1), (1_000_000, 1, 1, 1, 2), (.max, .max, .max, .max, .max),
      (-5, 3, 1_000_000, 1_000_000, 3),
    ] as [(Int, Int, Int64, Int64, Int64)]
  )
  func `tokens are priced exactly and rounded up once a call`(
    _ read: Int,
    _ written: Int,
    _ priceRead: Int64,
    _ priceWritten: Int64,
    _ expected: Int64
  ) {
    let price = TokenPrice(read: priceRead, written: priceWritten)
    #expect(price.price(read: read, written: written).microcredits == expected)
  }

  @Test func `two changes never spend the same credits, and what is owed is taken anyway`() {
    let ledger = Ledger(budget: included(10))
    #expect(ledger.take(wanted: credits(6), owed: credits(0)))
    #expect(!ledger.take(wanted: credits(6), owed: credits(0)))
    #expect(ledger.take(wanted: credits(0), owed: credits(6)))
    #expect(ledger.available == credits(0))
    ledger.giveBack(wanted: credits(6), owed: credits(0))
    #expect(ledger.available == credits(4))
  }

  @Test func `a step that cannot be paid fails before it is begun, and its run with it`()
    async throws
  {
    let runtime = try await TestRuntime(limits: limits(included(12)))
    _ = try await runtime.publish(
      [call("a"), call("b", after: ["a"]), call("c", after: ["b"])]
        .joined(separator: ",")
    )
    try await runtime.start()
    await runtime.gate.end("a")
    await runtime.gate.end("b")
    let run = try await runtime.run(is: .failed)
    #expect(run.failure?.code == "INSUFFICIENT_CREDITS")
    #expect(run.failure?.step == StepID("c"))
    #expect(run.credits == credits(10))
    #expect(await runtime.gate.record.begun == ["a", "b"])
    #expect(try await runtime.event("step_started", "c") == nil)
    let ended = try await runtime.events().last
    #expect(ended?["data"]?["failure_code"] == "INSUFFICIENT_CREDITS")
  }

  @Test func `no run starts on an empty budget, and a start that is repeated still answers`()
    async throws
  {
    let runtime = try await TestRuntime(limits: limits(included(5)))
    _ = try await runtime.publish(call("a"))
    try await runtime.start()
    await runtime.gate.end("a")
    try await runtime.run(is: .completed)
    let refusal = await #expect(throws: Rejection.self) { try await runtime.start(run: "second") }
    #expect(refusal?.status == 422)
    #expect(refusal?.code == "INSUFFICIENT_CREDITS")
    #expect(try await runtime.store.run("second") == nil)
    try await runtime.start()
  }

  @Test func `no run starts on less than a step costs`() async throws {
    let runtime = try await TestRuntime(limits: limits(included(8)))
    _ = try await runtime.publish(call("a"))
    try await runtime.start()
    await runtime.gate.end("a")
    try await runtime.run(is: .completed)
    let refusal = await #expect(throws: Rejection.self) { try await runtime.start(run: "second") }
    #expect(refusal?.code == "INSUFFICIENT_CREDITS")
    #expect(
      refusal?.message.hasPrefix("a step costs 5.00 credits, and 3.00 are left") == true,
      "\(refusal?.message ?? "")"
    )
    #expect(try await runtime.store.run("second") == nil)
  }

  @Test func `a tool is charged when it is called, in full even when that is more than was left`()
    async throws
  {
    let runtime = try await TestRuntime(limits: limits(included(13), step: 5, call: 3))
    _ = try await runtime.publish([call("a"), call("b", after: ["a"])].joined(separator: ","))
    try await runtime.start()
    await runtime.gate.end("a")
    // Left are 5: enough for the step, not for the call that it is going to make.
    let run = try await runtime.run(is: .failed)
    #expect(run.failure?.code == "INSUFFICIENT_CREDITS")
    #expect(run.credits == credits(8))
    #expect(runtime.engine.ledger.available == credits(5))
  }

  @Test func `the price of a call is set aside when its step begins, so that two never share it`()
    async throws
  {
    let runtime = try await TestRuntime(limits: limits(included(13), step: 5, call: 3))
    _ = try await runtime.publish([call("a"), call("b")].joined(separator: ","))
    try await runtime.start()
    let run = try await runtime.run(is: .failed)
    #expect(run.failure?.code == "INSUFFICIENT_CREDITS")
    await runtime.gate.until { $0.inFlight.isEmpty }
    // The call of the first was never made, or was made and charged; nothing stays set aside.
    let spent = runtime.engine.ledger.spent.microcredits
    #expect(runtime.engine.ledger.available == credits(13) + Credits(microcredits: -spent))
  }

  /// What is left of a budget once a machine has begun a run.
  private func begun(_ step: String, funds: Int64, _ prices: Prices) throws -> RunChange {
    let graph = try WorkflowGraph(JSONValue(parsing: "{\"steps\":[\(step)]}"))
    var rules = RunMachine.Rules()
    rules.prices = prices
    rules.servers = KnownServers(names: ["mail"], aliases: ["https://mail.example": "mail"])
    var machine = RunMachine(
      RunState(run: Run(id: RunID("run"), status: .pending), graph: graph),
      rules: rules,
      funds: credits(funds),
      now: Timestamp(milliseconds: 0),
      newID: { "name" }
    )
    machine.begin(by: "maria")
    return machine.finish().change
  }

  @Test func `what is set aside is the price of the server that is going to be called`() throws {
    var prices = Prices()
    prices.tools = ["mail.t": credits(4), "other.t": credits(7), "t": credits(1)]
    let byAddress =
      #"{"id":"a","type":"mcp_call","server_url":"https://mail.example/","tool_name":"t"}"#
    #expect(try begun(byAddress, funds: 100, prices).held == credits(4))
    // Nobody knows yet which server has it: the dearest is set aside.
    let unnamed = #"{"id":"a","type":"mcp_call","tool_name":"t"}"#
    #expect(try begun(unnamed, funds: 100, prices).held == credits(7))
    #expect(try begun(unnamed, funds: 11, prices).actions.isEmpty)
    #expect(try begun(unnamed, funds: 12, prices).actions.count == 1)
  }

  @Test func `a model whose tokens have a price is not asked when nothing is left for them`() throws
  {
    var prices = Prices()
    let step = #"{"id":"a","type":"llm_call","model":"m","prompt":"p"}"#
    #expect(try begun(step, funds: 5, prices).actions.count == 1)
    prices.models = ["m": TokenPrice(read: 1)]
    #expect(try begun(step, funds: 5, prices).actions.isEmpty)
    #expect(try begun(step, funds: 6, prices).actions.count == 1)
  }

  @Test func `a charge that cannot be written is given back`() async throws {
    let runtime = try await TestRuntime(limits: limits(included(100)), isFull: true)
    _ = try await runtime.publish(call("a"))
    try await runtime.setRoom(0)
    let huge: JSONValue = ["text": .string(String(repeating: "x", count: 100_000))]
    await #expect(throws: Rejection.self) { try await runtime.start(input: huge) }
    #expect(runtime.engine.ledger.spent == credits(0))
    try await runtime.setRoom(1000)
    try await runtime.start(input: huge)
    #expect(runtime.engine.ledger.spent == credits(5))
    await runtime.gate.end("a")
    try await runtime.run(is: .completed)
  }

  /// All that a runtime says of what was spent.
  private func accounts(_ runtime: TestRuntime) async throws -> Set<Int64> {
    var events: Int64 = 0
    var runs: Int64 = 0
    for row in try await runtime.store.runs(RunQuery(limit: 500)).rows {
      let run = try JSONValue(parsing: row)
      runs += run["credits"].flatMap { Credits($0) }?.microcredits ?? 0
      for event in try await runtime.events(run["id"]?.string ?? "")
      where event["event_type"] == "credits_charged" {
        events += Int64(event["data"]?["microcredits"]?.int ?? 0)
      }
    }
    return [
      events, runs, try await runtime.store.spent().microcredits,
      runtime.engine.ledger.spent.microcredits,
    ]
  }

  @Test(arguments: 0..<6)
  func `whatever happens, events, runs, analytics and ledger tell one sum`(
    _ seed: UInt64
  )
    async throws
  {
    var random = Dice(seed: seed)
    var runtime = try await TestRuntime(limits: limits(nil, step: 5, call: 1))
    _ = try await runtime.publish(
      [
        call("a", #""retry_count":1"#), call("b", after: ["a"]), call("c", after: ["a"]),
        ask("d", after: ["b"]),
      ].joined(separator: ",")
    )
    for number in 0..<8 {
      let run = "run-\(number)"
      try await runtime.start(run: run)
      await runtime.gate.until { $0.inFlight.contains("a") }
      switch random.roll(5) {
      case 0: try await runtime.tell(.stop(.immediate), run)
      case 1:
        await runtime.gate.end("a", .failure(StepFailure(code: "X", message: "no")))
        try await runtime.run(run, is: .failed)
      case 2:
        await runtime.gate.end("a")
        await runtime.gate.end("b")
        await runtime.gate.end("c")
        try await runtime.answer(try await runtime.task(run), random.roll(2) == 0)
        try await runtime.run(run, is: .completed)
      case 3:
        await runtime.gate.end("a")
        await runtime.gate.until { $0.inFlight.contains("b") }
        try await runtime.tell(.stop(.immediate), run)
      default:
        // Killed in the middle: what was in flight is begun again, or fails.
        runtime = try await runtime.restarted()
        await runtime.gate.end("a")
        await runtime.gate.until { $0.inFlight.contains("b") && $0.inFlight.contains("c") }
        try await runtime.tell(.stop(.immediate), run)
      }
      await runtime.gate.until { $0.inFlight.isEmpty }
      let sums = try await accounts(runtime)
      #expect(sums.count == 1, "after \(run): \(sums)")
    }
  }
}
