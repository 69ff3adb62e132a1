import JSON
import RunClient
import Runs
import RuntimeAPI
import Testing
import Transport

/// Decisions that are bound, and made once.
@Suite struct OnceTests {
  // MARK: Conditions

  /// Conditions and what becomes of a pause of a running run whose newest event is 57.
  private static let conditions: [(Set<RunStatus>?, Int?, String)] = [
    ([.running], nil, "done"),
    ([.paused, .running], nil, "done"),
    ([.paused], nil, "changed status"),
    // Word for word: what is of the same class is still another word.
    ([.queued], nil, "changed status"),
    (nil, 57, "done"),
    (nil, 56, "changed events"),
    ([.running], 58, "changed events"),
  ]

  @Test(arguments: conditions)
  func `a condition that is not met sends nothing`(
    _ statuses: Set<RunStatus>?,
    _ lastEvent: Int?,
    _ word: String
  ) throws {
    var world = World(.running)
    world.lastEvent = 57
    world.reply = {
      $0.perform(.pause)
      return Fed.json("{}")
    }
    var decision = decide(.pause, saw: nil)
    decision.conditions = Conditions(statuses: statuses, lastEvent: lastEvent)
    let carried = try carryOut(decision, in: &world)
    #expect(carried.outcome.word == word)
    #expect(world.commands.count == (word == "done" ? 1 : 0))
  }

  @Test func `where the newest event is not told, nothing can depend on it`() throws {
    var world = World(.running)
    var decision = decide(.pause, saw: nil)
    decision.conditions = Conditions(lastEvent: 1)
    #expect(try carryOut(decision, in: &world).outcome.word == "refused illegal")
    #expect(world.commands.isEmpty)
  }

  @Test func `who came first is told before a condition is`() throws {
    var world = World(.running, task: .answered(approved: true, by: "kim"))
    var decision = decide(.approve, saw: nil)
    decision.conditions = Conditions(statuses: [.paused])
    let carried = try carryOut(decision, in: &world)
    #expect(carried.outcome == .changed(.answered(by: "kim", at: nil, approved: true)))
  }

  @Test func `a payload that only the digest is known of is compared by that`() throws {
    var world = World(.running, task: .pending)
    var decision = decide(.approve, saw: .running)
    decision.seen = Seen(status: .running, digest: Digest.of(["title": "pay twice?"]))
    #expect(try carryOut(decision, in: &world).outcome.word == "changed payload")
    #expect(world.commands.isEmpty)
  }

  // MARK: Insisting

  @Test func `who insists sends though reading first failed, once and on record`() throws {
    var world = World(.running)
    world.readAfter = nil
    world.failsFirst = true
    world.reply = {
      $0.perform(.stop(.immediate))
      return Fed.json("{}")
    }
    var decision = decide(.stop(.immediate), saw: .running)
    #expect(try carryOut(decision, in: &world).outcome.word == "not sent")
    #expect(world.commands.isEmpty)
    decision.insists = true
    let carried = try carryOut(decision, in: &world)
    #expect(carried.outcome.word == "done")
    #expect(carried.lines == [.sending(decision, at: start)])
    #expect(world.commands.count == 1)
  }

  @Test func `insisting does not wave away a condition`() throws {
    var world = World(.running)
    world.failsFirst = true
    var decision = decide(.pause, saw: .running)
    decision.insists = true
    decision.conditions = Conditions(statuses: [.running])
    #expect(try carryOut(decision, in: &world).outcome.word == "not sent")
    #expect(world.commands.isEmpty)
  }

  @Test func `insisting does not wave away what has changed`() throws {
    var world = World(.paused)
    var decision = decide(.stop(.immediate), saw: .running)
    decision.insists = true
    #expect(try carryOut(decision, in: &world).outcome.word == "changed status")
    #expect(world.commands.isEmpty)
  }

  // MARK: Again

  private static let verbs: [Verb] = [
    .approve, .reject, .pause, .resume, .stop(.graceful), .stop(.immediate), .start,
  ]

  private static func world(_ verb: Verb) -> World {
    switch verb {
    case .approve, .reject: World(.running, task: .pending)
    case .resume: World(.paused)
    case .start: World(nil)
    default: World(.running)
    }
  }

  @Test(arguments: verbs)
  func `what reading shows to be done is not sent again`(_ verb: Verb) throws {
    var world = Self.world(verb)
    world.perform(verb)
    world.since = start
    world.answeredAt = start
    let decision = decide(verb, saw: verb == .resume ? .paused : .running)
    let carried = try carryOut(decision, for: .again(sentAt: start), in: &world)
    #expect(carried.outcome.word == "done", "\(verb.word)")
    #expect(world.commands.isEmpty)
    #expect(carried.lines.isEmpty)
  }

  @Test(arguments: verbs)
  func `what reading shows not to be done is sent again under its key`(_ verb: Verb) throws {
    var world = Self.world(verb)
    world.reply = {
      $0.perform(verb)
      return Fed.json("{}")
    }
    let decision = decide(verb, saw: verb == .resume ? .paused : .running)
    let carried = try carryOut(decision, for: .again(sentAt: start), in: &world)
    #expect(carried.outcome.word == "done", "\(verb.word)")
    #expect(world.commands.map(\.key) == [decision.id])
    #expect(carried.lines == [.sending(decision, at: start)])
  }

  @Test(arguments: verbs)
  func `what cannot be read back is not sent again, whoever insists`(_ verb: Verb) throws {
    var world = Self.world(verb)
    world.failsFirst = true
    var decision = decide(verb, saw: .running)
    decision.insists = true
    let carried = try carryOut(decision, for: .again(sentAt: start), in: &world)
    #expect(carried.outcome.word == "unknown", "\(verb.word)")
    #expect(world.commands.isEmpty)
  }

  @Test(arguments: [Verb.approve, .pause, .resume, .stop(.immediate)])
  func `what somebody else did long after is not called ours`(_ verb: Verb) throws {
    var world = Self.world(verb)
    world.perform(verb)
    world.since = start + .seconds(600)
    world.answeredAt = start + .seconds(600)
    let decision = decide(verb, saw: verb == .resume ? .paused : .running)
    let carried = try carryOut(decision, for: .again(sentAt: start), in: &world)
    #expect(["unknown", "answered", "changed status"].contains(carried.outcome.word))
    #expect(world.commands.isEmpty)
  }

  @Test func `an approval without our values is somebody else's`() throws {
    var world = World(.running, task: .pending)
    world.reply = {
      $0.task = .answered(approved: true, by: "kim")
      return Fed.failure(.cut)
    }
    var decision = decide(.approve, saw: .running)
    decision.fields = ["amount": 400]
    let carried = try carryOut(decision, in: &world)
    #expect(carried.outcome == .changed(.answered(by: "kim", at: nil, approved: true)))
    world = World(.running, task: .pending)
    world.reply = {
      $0.task = .answered(approved: true, by: "me")
      $0.result = ["amount": 400]
      return Fed.failure(.cut)
    }
    guard case .done(let confirmation) = try carryOut(decision, in: &world).outcome else {
      Issue.record("the values are ours")
      return
    }
    #expect(confirmation.by == "me", "it is said who, since no answer came")
  }

  // MARK: Reading back

  @Test(arguments: verbs)
  func `what a program left open is read back and never sent`(_ verb: Verb) throws {
    for isPerformed in [true, false] {
      var world = Self.world(verb)
      if isPerformed { world.perform(verb) }
      world.since = start
      world.answeredAt = start
      let decision = decide(verb, saw: verb == .resume ? .paused : .running)
      let carried = try carryOut(decision, for: .readBack(sentAt: start, later: true), in: &world)
      #expect(carried.outcome.word == (isPerformed ? "done" : "unknown"), "\(verb.word)")
      #expect(world.commands.isEmpty)
      #expect(carried.lines.isEmpty)
      #expect(carried.waits == (isPerformed ? [] : CommandJob.confirmPauses))
    }
  }

  @Test func `what was sent long ago is looked for once`() throws {
    var world = World(.running)
    let long = CommandJob.Purpose.readBack(sentAt: start + .seconds(-3600), later: true)
    let carried = try carryOut(decide(.pause, saw: .running), for: long, in: &world)
    #expect(carried.waits.isEmpty)
    guard case .unknown(let fault) = carried.outcome else {
      Issue.record("nobody knows: \(carried.outcome)")
      return
    }
    #expect(fault.sentence == "no answer to it came; the run is running")
  }

  @Test func `of a run that is gone nobody knows what was done to it`() throws {
    var world = World(.running)
    world.reply = {
      $0.status = nil
      return Fed.failure(.cut)
    }
    let carried = try carryOut(decide(.pause, saw: .running), in: &world)
    guard case .unknown(let fault) = carried.outcome else {
      Issue.record("nobody knows: \(carried.outcome)")
      return
    }
    #expect(fault.sentence.hasSuffix("; the server has no run r1"))
  }

  @Test func `a pause of which nobody says when it came is not claimed later`() throws {
    var world = World(.paused)
    let long = CommandJob.Purpose.readBack(sentAt: start + .seconds(-3600), later: true)
    let carried = try carryOut(decide(.pause, saw: .running), for: long, in: &world)
    guard case .unknown(let fault) = carried.outcome else {
      Issue.record("nobody knows: \(carried.outcome)")
      return
    }
    #expect(fault.sentence == "no answer to it came; the run is paused by alex")
  }

  @Test func `what cannot be read back stays open`() throws {
    var world = World(.running)
    world.isOut = true
    let purpose = CommandJob.Purpose.readBack(sentAt: start, later: true)
    let carried = try carryOut(decide(.pause, saw: .running), for: purpose, in: &world)
    #expect(carried.left?.kind == .timedOut)
    #expect(world.commands.isEmpty)
  }

  // MARK: Starts

  private static func run(_ id: String, _ began: Timestamp, input: String? = "{}") -> String {
    let input = input.map { #","input":\#($0)"# } ?? ""
    return #"{"id":"\#(id)","status":"running","created_at":"\#(began.iso8601)"\#(input)}"#
  }

  @Test func `a start that is lost lists what it may have made, and claims none of it`() throws {
    var world = World(nil)
    world.others = [
      Self.run("old", start + .seconds(-600)), Self.run("same", start + .seconds(1)),
      Self.run("other-input", start, input: #"{"order":1}"#),
      Self.run("untold", start + .seconds(2), input: nil),
      Self.run("later", start + .seconds(300)),
    ]
    world.reply = { _ in Fed.failure(.cut) }
    let carried = try carryOut(decide(.start, saw: nil), in: &world)
    guard case .unknown(let fault) = carried.outcome else {
      Issue.record("nobody knows: \(carried.outcome)")
      return
    }
    #expect(
      fault.sentence.hasSuffix(
        "the server has no run r1; it may be same (running) or untold (running): look before "
          + "starting it again"
      )
    )
    world = World(nil)
    world.reply = { _ in Fed.failure(.cut) }
    let again = try carryOut(decide(.start, saw: nil), in: &world)
    guard case .unknown(let none) = again.outcome else {
      Issue.record("nobody knows: \(again.outcome)")
      return
    }
    #expect(none.sentence.hasSuffix("the server has no run r1, nor one of that input begun since"))
  }

  @Test func `a start is not sent again while it may have made another run`() throws {
    var world = World(nil)
    world.others = [Self.run("same", start)]
    let carried = try carryOut(decide(.start, saw: nil), for: .again(sentAt: start), in: &world)
    #expect(carried.outcome.word == "unknown")
    #expect(world.commands.isEmpty)
  }

  @Test func `a server that takes no run id is sent none, and is asked for candidates`() throws {
    let capabilities = Capabilities(
      pausesRuns: true,
      stopModes: [.immediate],
      takesRunID: false,
      answersCarryFields: true
    )
    let other = AgentRuntimeBackend(place: "here:1", capabilities: capabilities)
    var world = World(nil)
    world.others = [Self.run("same", start)]
    world.reply = { _ in Fed.failure(.cut) }
    let carried = try carryOut(decide(.start, saw: nil), by: other, in: &world)
    guard case .unknown(let fault) = carried.outcome else {
      Issue.record("nobody knows: \(carried.outcome)")
      return
    }
    #expect(fault.sentence.contains("it may be same (running)"))
    let params = try #require(world.commands.first?.body?["params"])
    #expect(params["run_id"] == nil)
    world = World(nil)
    let unnamed = try carryOut(decide(.start, saw: nil), by: other, in: &world)
    #expect(unnamed.outcome.word == "unknown", "a yes that names no run is of no use")
    world = World(.running)
    world.reply = { _ in Fed.json(#"{"run_id":"r1"}"#) }
    let named = try carryOut(decide(.start, saw: nil), by: other, in: &world)
    #expect(named.outcome.word == "done")
  }
}
