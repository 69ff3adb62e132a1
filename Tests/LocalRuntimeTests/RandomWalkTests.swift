import JSON
import Runs
import Testing

@testable import LocalRuntime

/// Random graphs, random outcomes, commands and crashes at any moment: what must always hold, holds.
@Suite struct RandomWalkTests {
  @Test(arguments: 0..<24)
  func `every run settles, whatever happens to it`(_ seed: UInt64) throws {
    for round in 0..<10 {
      var walk = try RandomWalk(seed: seed * 1000 + UInt64(round))
      do {
        try walk.run()
      } catch {
        Issue.record("seed \(walk.seed): \(error)\n\(walk.story)")
        throw error
      }
    }
  }
}

/// One run that random things happen to.
struct RandomWalk {
  let seed: UInt64
  private var random: Dice
  private var bench: Bench
  private var actions: [String] = []
  private let source: String

  init(seed: UInt64) throws {
    self.seed = seed
    var dice = Dice(seed: seed)
    var graph = RandomGraph()
    var made = graph.make(&dice)
    // Some cannot be run, such as those that nothing would ever close.
    while !RandomGraph.isSound(made) {
      graph = RandomGraph()
      made = graph.make(&dice)
    }
    source = made
    var rules = RunMachine.Rules()
    rules.maximumInFlight = dice.roll(3) + 1
    let items: JSONValue = .array((0..<dice.roll(6)).map { .int($0) })
    let given: JSONObject = dice.roll(2) == 0 ? ["s1": [:]] : [:]
    bench = try Bench(
      source,
      input: ["items": items, "yes": true, "no": false],
      triggerSteps: graph.ids.contains("s1") ? given : [:],
      rules: rules
    )
    random = dice
  }

  /// What happened, for whoever has to find out why.
  var story: String {
    ([source] + actions + bench.log).joined(separator: "\n")
  }

  mutating func run() throws {
    try check()
    for _ in 0..<60 where !bench.status.isTerminal {
      try act()
      try check()
    }
    // Now everything goes well: the run must end.
    var left = 2000
    while !bench.status.isTerminal, try settleOne(), left > 0 {
      left -= 1
      try check()
    }
    let isIdleEpisode = bench.state.graph.isEpisode && bench.status == .running
    if isIdleEpisode, !bench.status.isTerminal { try bench.tell(.stop(.immediate)) }
    try check()
    try #require(bench.status.isTerminal, "the run does not end")
  }

  // MARK: What happens

  private mutating func act() throws {
    switch random.roll(20) {
    case 0...7: try endOne()
    case 8: try tell(.pause)
    case 9...10: try tell(.resume)
    case 11 where random.roll(4) == 0: try tell(.stop(.graceful))
    case 12 where random.roll(12) == 0: try tell(.stop(.immediate))
    case 13...14: try crash()
    case 15...16: try pass(.seconds(random.roll(8)))
    case 17: try takeOff()
    case 18 where bench.state.run.pendingTasks != 0: try answer()
    default: try endOne()
    }
  }

  private mutating func endOne() throws {
    let places = (Array(bench.flights.keys) + bench.calls.keys).sorted()
    guard !places.isEmpty else { return try pass(.seconds(1)) }
    let place = places[random.roll(places.count)]
    switch random.roll(10) {
    case 0:
      actions.append("fail \(place)")
      try bench.fail(place)
    case 1:
      actions.append("fail for a while \(place)")
      try bench.fail(place, isTransient: true)
    case 2 where bench.calls[place] != nil:
      actions.append("stopped \(place)")
      try bench.fail(place, code: "RUN_STOPPED")
    default:
      actions.append("succeed \(place)")
      try bench.succeed(place, ["pass": .bool(random.roll(3) == 0), "n": 1])
    }
  }

  /// The next thing that brings the run nearer to its end; false when there is none.
  private mutating func settleOne() throws -> Bool {
    if bench.status == .paused {
      try tell(.resume)
    } else if bench.state.run.pendingTasks != 0 {
      try answer()
    } else if let place = (Array(bench.flights.keys) + bench.calls.keys).min() {
      actions.append("succeed \(place)")
      try bench.succeed(place, ["pass": true, "n": 1])
    } else if let wake = bench.state.nextWake {
      try pass(max(.zero, wake - bench.now))
    } else {
      return false
    }
    return true
  }

  private mutating func tell(_ command: RunCommand) throws {
    actions.append("\(command)")
    // Refused where it is not legal.
    do { try bench.tell(command) } catch is Rejection {}
  }

  private mutating func answer() throws {
    actions.append("answer")
    try bench.answer(random.roll(4) != 0)
  }

  private mutating func crash() throws {
    actions.append("crash")
    let before = bench.events
    if random.roll(2) == 0 { bench.sleep(.seconds(random.roll(40))) }
    try bench.crash()
    try #require(Array(bench.events.prefix(before.count)) == before)
  }

  private mutating func pass(_ duration: Duration) throws {
    actions.append("pass \(duration)")
    try bench.pass(duration)
  }

  private mutating func takeOff() throws {
    guard let place = bench.flights.keys.min() else { return }
    actions.append("take off \(place)")
    try bench.takeOff(place)
  }

  // MARK: What must hold

  private func check() throws {
    let state = bench.state
    try #require(bench.events.compactMap(\.sequence) == Array(1...bench.events.count))
    try #require(Set(bench.begun).count == bench.begun.count, "an attempt was begun twice")
    try checkFlights(state)
    try checkAttempts(state)
    if let wake = state.nextWake {
      try #require(wake > bench.now, "something was due and did not happen")
    }
    try #require(comparable(bench.kept) == comparable(state), "the store holds another run")
    for step in state.graph.steps {
      guard case .forEach(let each)? = step.loop?.kind else { continue }
      let active = (state.rounds[step.id] ?? [:]).values.count { $0.own.outcome == .running }
      try #require(active <= each.maximumParallel)
    }
    if state.run.status.isTerminal { try checkEnd(state) }
  }

  /// What executes according to the run is exactly what an engine executes.
  private func checkFlights(_ state: RunState) throws {
    let running = state.inFlight.filter { place in
      state[place]?.outcome == .running && state.step(at: place)?.loop == nil
    }
    let flying = Array(bench.flights.keys) + bench.calls.keys
    try #require(Set(running.map(\.text)) == Set(flying))
    for (place, call) in bench.flights {
      try #require(state[StepPlace(text: place)]?.attempts == call.attempt)
    }
  }

  /// No step was begun again that was not marked as tried again.
  private func checkAttempts(_ state: RunState) throws {
    var retries: [String: Int] = [:]
    var starts: [String: Int] = [:]
    for event in bench.events {
      let round = (event.data["index"] ?? event.data["iteration"])?.int ?? -1
      let place = "\(event.step?.text ?? "") \(round)"
      if event.type == "step_retried" { retries[place, default: 0] += 1 }
      if event.type == "step_started" { starts[place, default: 0] += 1 }
    }
    for (place, count) in starts {
      try #require(count <= 1 + retries[place, default: 0], "\(place) was begun again")
    }
  }

  private func checkEnd(_ state: RunState) throws {
    let unsettled = state.steps.filter { !$0.value.outcome.isSettled }
    let pending = state.tasks.filter { $0.value.isPending }
    try #require(unsettled.isEmpty && state.rounds.isEmpty && pending.isEmpty)
    try #require(bench.flights.isEmpty && bench.calls.isEmpty)
    try #require(state.run.currentSteps.isEmpty && state.run.pendingTasks == 0)
    try #require(state.run.steps?.settled == state.graph.steps.count)
    try #require(state.run.endedAt != nil)
    try #require((state.run.failure == nil) == (state.run.status == .completed))
    // Each step has ended once, begun or not; what a client reads leaves nothing in the air.
    for step in state.graph.steps {
      let ends = bench.events.count { event in
        ["step_completed", "step_failed", "step_cancelled"].contains(event.type)
          && event.step?.text == step.id
      }
      try #require(ends == 1, "\(step.id) has ended \(ends) times")
    }
    for step in state.graph.steps where step.loop != nil {
      guard state.steps[step.id]?.outcome == .success else { continue }
      try checkResult(state.steps[step.id]?.result, of: step)
    }
  }

  private func checkResult(_ result: JSONValue?, of step: GraphStep) throws {
    guard case .forEach? = step.loop?.kind else {
      try #require(result?["iterations"]?.array?.count == result?["iteration_count"]?.int)
      return
    }
    let entries = result?["results"]?.array ?? []
    try #require(entries.compactMap { $0["index"]?.int } == Array(0..<entries.count))
    try #require(entries.count == bench.state.items(of: step.id).count)
    try #require(entries.count { $0["error"] != nil } == result?["failed_count"]?.int)
  }

  /// The state without what is not kept: the time of attempts, which a restart ends.
  private func comparable(_ state: RunState) -> RunState {
    var state = state
    state.drainsUntil = nil
    for id in state.steps.keys where state.graph.step(id)?.type.keepsTime == false {
      state.steps[id]?.deadline = nil
    }
    for (loop, rounds) in state.rounds {
      for (index, round) in rounds {
        for id in round.steps.keys {
          state.rounds[loop]?[index]?.steps[id]?.deadline = nil
        }
      }
    }
    return state
  }
}

/// Random graphs of every type of step.
private struct RandomGraph {
  private(set) var ids: [String] = []

  static func isSound(_ steps: String) -> Bool {
    (try? WorkflowGraph(JSONValue(parsing: "{\"steps\":[\(steps)]}"))) != nil
  }

  mutating func make(_ dice: inout Dice) -> String {
    let count = dice.roll(6) + 1
    var steps: [String] = []
    for index in 0..<count {
      let after = ids.filter { _ in dice.roll(3) == 0 }
      let id = "s\(index)"
      steps.append(step(id, after, &dice))
      ids.append(id)
    }
    return steps.joined(separator: ",")
  }

  private func step(_ id: String, _ after: [String], _ dice: inout Dice) -> String {
    let more = controls(&dice)
    switch dice.roll(9) {
    case 0: return ask(id, after: after, more)
    case 1: return child(id, after: after, more)
    case 2...4:
      let policy = Loop.ErrorPolicy.allCases[dice.roll(4)].rawValue
      let time = dice.roll(3) == 0 ? #","for_each_item_timeout_s":7"# : ""
      return each(
        id,
        after: after,
        body(&dice),
        #""for_each_error_policy":"\#(policy)","for_each_max_parallel":\#(dice.roll(3) + 1)\#(time),"#
          + more
      )
    case 5...6:
      let test =
        dice.roll(2) == 0
        ? #""while_condition":"{{body.i0.pass}}""# : #""while_eval_script":"return {}""#
      let time = dice.roll(3) == 0 ? #","while_iteration_timeout_s":7"# : ""
      let mode = dice.roll(2) == 0 ? "until" : "while"
      return repeated(
        id,
        after: after,
        body(&dice),
        #""while_mode":"\#(mode)","while_max_iterations":\#(dice.roll(4) + 1),\#(test)\#(time),"#
          + more
      )
    default:
      return dice.roll(2) == 0 ? script(id, after: after, more) : call(id, after: after, more)
    }
  }

  private func body(_ dice: inout Dice) -> [String] {
    var steps: [String] = []
    for index in 0...dice.roll(3) {
      let after = index > 0 && dice.roll(2) == 0 ? ["i\(index - 1)"] : []
      let id = "i\(index)"
      switch dice.roll(4) {
      case 0: steps.append(child(id, after: after, controls(&dice, isInner: true)))
      case 1: steps.append(script(id, after: after, controls(&dice, isInner: true)))
      default: steps.append(call(id, after: after, controls(&dice, isInner: true)))
      }
    }
    return steps
  }

  private func controls(_ dice: inout Dice, isInner: Bool = false) -> String {
    var fields = [#""retry_count":\#(dice.roll(4) == 0 ? 2 : 0)"#]
    if dice.roll(4) == 0 { fields.append(#""timeout_s":5"#) }
    if dice.roll(5) == 0 { fields.append(#""idempotent":true"#) }
    if dice.roll(8) == 0 { fields.append(#""condition":"{{input.no}}""#) }
    if dice.roll(8) == 0 { fields.append(#""skip_when":"{{input.yes}}""#) }
    if dice.roll(12) == 0 { fields.append(#""enabled":false"#) }
    if !isInner, dice.roll(15) == 0 { fields.append(#""no_auto_start":true"#) }
    if !isInner, dice.roll(8) == 0 { fields.append(#""terminal":true"#) }
    return fields.joined(separator: ",")
  }
}

/// Random numbers that are the same for the same seed.
struct Dice {
  private var state: UInt64

  init(seed: UInt64) { state = seed &+ 0x9E37_79B9_7F4A_7C15 }

  /// From 0 up to below a number.
  mutating func roll(_ sides: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    mixed ^= mixed >> 31
    return Int(mixed % UInt64(max(1, sides)))
  }
}
