import JSON
import RunClient
import Runs
import RuntimeAPI
import Testing
import Transport

@Suite struct CommandTests {
  private static let verbs: [Verb] = [
    .approve, .reject, .pause, .resume, .stop(.graceful), .stop(.immediate),
  ]

  /// A status in which each verb is legal.
  private static func legal(_ verb: Verb) -> RunStatus { verb == .resume ? .paused : .running }

  private static func world(_ verb: Verb) -> World {
    World(legal(verb), task: verb == .approve || verb == .reject ? .pending : .none)
  }

  @Test(arguments: verbs)
  func `a decision is read again, recorded, sent once with its key, and seen to be done`(
    _ verb: Verb
  ) throws {
    var world = Self.world(verb)
    world.reply = {
      $0.perform(verb)
      return Fed.json("{}")
    }
    let carried = try carryOut(decide(verb, saw: Self.legal(verb)), in: &world)
    #expect(carried.outcome.word == "done")
    #expect(carried.stages == [.readingAgain, .recording, .sending, .confirming])
    #expect(world.commands.map(\.key) == [DecisionID("key-1")])
    #expect(carried.lines == [.sending(decide(verb, saw: Self.legal(verb)), at: start)])
    #expect(carried.waits.isEmpty)
  }

  @Test(arguments: [
    (Verb.pause, "queued running"), (.resume, "paused"),
    (.stop(.graceful), "queued running paused"),
    (.stop(.immediate), "queued running paused draining"),
  ])
  func `the shell sends only what the present status allows`(
    _ verb: Verb,
    _ allowed: String
  ) throws {
    let all = "queued running paused draining completed failed stopped other".split(separator: " ")
    for word in all {
      var world = World(RunStatus(String(word)))
      let carried = try carryOut(decide(verb, saw: nil), in: &world)
      // A word that we do not know is a live run.
      let isLegal = allowed.contains(word) || (word == "other" && allowed.contains("running"))
      #expect(world.commands.count == (isLegal ? 1 : 0), "\(verb.word) on \(word)")
      if !isLegal { #expect(carried.outcome.word == "refused illegal", "\(verb.word) on \(word)") }
    }
  }

  @Test(arguments: verbs)
  func `a run in another phase than was seen gets nothing`(_ verb: Verb) throws {
    for now in [RunStatus.queued, .running, .paused, .draining, .failed, .completed, .stopped]
    where now.phase != Self.legal(verb).phase {
      var world = Self.world(verb)
      world.status = now
      let carried = try carryOut(decide(verb, saw: Self.legal(verb)), in: &world)
      #expect(carried.outcome.word == "changed status", "\(verb.word) on \(now.word)")
      #expect(world.commands.isEmpty)
      #expect(carried.lines.isEmpty)
    }
  }

  @Test func `another word of the same phase is no change`() throws {
    var world = World(.queued)
    world.reply = {
      $0.perform(.pause)
      return Fed.json("{}")
    }
    let carried = try carryOut(decide(.pause, saw: .pending), in: &world)
    #expect(carried.outcome.word == "done")
  }

  @Test func `a task that asks something else now gets no answer`() throws {
    var world = World(.paused, task: .pending)
    world.payload = #"{"title":"pay twice?"}"#
    let carried = try carryOut(decide(.approve, saw: .paused), in: &world)
    guard case .changed(.payload(let task)) = carried.outcome else {
      Issue.record("the payload differs: \(carried.outcome)")
      return
    }
    #expect(task.payload["title"] == "pay twice?")
    #expect(world.commands.isEmpty)
  }

  @Test(arguments: [RunStatus?.none, .running])
  func `a task that somebody answered is said to be answered, and by whom`(
    _ saw: RunStatus?
  ) throws {
    var world = World(.running, task: .answered(approved: false, by: "alex"))
    let carried = try carryOut(decide(.approve, saw: saw), in: &world)
    #expect(carried.outcome == .changed(.answered(by: "alex", at: nil, approved: false)))
    #expect(world.commands.isEmpty)
  }

  @Test func `where a run's tasks cannot be listed, the list of all tasks tells`() throws {
    var world = World(.paused, task: .pending)
    world.servesTask = false
    world.servesRunTasks = false
    world.reply = {
      $0.task = .none
      return Fed.json("{}")
    }
    let carried = try carryOut(decide(.approve, saw: .paused), in: &world)
    #expect(carried.outcome.word == "done")
    #expect(world.commands.count == 1)
    let again = try carryOut(decide(.approve, saw: .paused), in: &world)
    #expect(again.outcome.word == "answered", "the task of another run is not this one")
  }

  @Test func `a task that is in no list any more is answered by nobody knows whom`() throws {
    var world = World(.running, task: .none)
    let carried = try carryOut(decide(.approve, saw: .running), in: &world)
    #expect(carried.outcome == .changed(.answered(by: nil, at: nil, approved: nil)))
  }

  @Test(arguments: verbs)
  func `a run that is gone gets nothing`(_ verb: Verb) throws {
    var world = World(nil)
    let carried = try carryOut(decide(verb, saw: .running), in: &world)
    #expect(carried.outcome == .changed(.gone))
    #expect(world.commands.isEmpty)
  }

  @Test(arguments: [Fed.failure(.timedOut), Fed.status(401), Fed.status(500), Fed.json("<html>")])
  func `when it cannot be read again nothing is sent`(
    _ answer: Result<Response, Transport.Failure>
  ) throws {
    var job = CommandJob(decide(.pause, saw: .running), backend: backend)
    let moves = job.begin(now: start)
    let asks = moves.compactMap { if case .ask(let ask) = $0 { ask } else { nil } }
    let ask = try #require(asks.first)
    let after = job.receive(Answer(answer, at: start), for: ask.number)
    guard case .finish(.notSent(let fault)) = try #require(after.last) else {
      Issue.record("\(after)")
      return
    }
    #expect(fault.sentence.contains("api:443"))
  }

  @Test func `what cannot be recorded is sent only by those who said so`() throws {
    let full = Fault(.local, "the journal cannot be written: the disk is full")
    var world = World(.running)
    let carried = try carryOut(decide(.pause, saw: .running), in: &world, journal: full)
    #expect(carried.outcome == .notSent(full))
    #expect(world.commands.isEmpty)
    world.reply = {
      $0.perform(.pause)
      return Fed.json("{}")
    }
    var insisting = decide(.pause, saw: .running)
    insisting.allowsUnrecorded = true
    let insisted = try carryOut(insisting, in: &world, journal: full)
    #expect(insisted.outcome.word == "done")
  }

  /// Each answer, what the server had done by then, and what is to be said.
  @Test(arguments: [
    (Fed.json("{}"), true, "done"),
    (Fed.json("{}"), false, "done, not read back"),
    (Fed.json("<html>proxy</html>"), true, "done"),
    (Fed.json("<html>proxy</html>"), false, "unknown"),
    (Fed.status(302), false, "refused other"),
    (Fed.status(400), false, "refused invalid"),
    (Fed.status(401), false, "refused unauthenticated"),
    (Fed.status(403), false, "refused forbidden"),
    (Fed.status(404), false, "refused notFound"),
    (Fed.status(409), false, "refused illegal"),
    (Fed.status(422), false, "refused invalid"),
    (Fed.status(429), false, "refused busy"),
    (Fed.status(500), true, "done"),
    (Fed.status(500), false, "refused other"),
    (Fed.status(502), true, "done"),
    (Fed.status(502), false, "unknown"),
    (Fed.status(503), true, "done"),
    (Fed.status(503), false, "refused busy"),
    (Fed.status(504), false, "unknown"),
    (Fed.failure(.cut), true, "done"),
    (Fed.failure(.cut), false, "unknown"),
    (Fed.failure(.timedOut), true, "done"),
    (Fed.failure(.timedOut), false, "unknown"),
    (Fed.failure(.refused, sent: false), false, "not sent"),
  ])
  func `each answer to each verb is one outcome, and nothing is sent twice`(
    _ answer: Result<Response, Transport.Failure>,
    _ isPerformed: Bool,
    _ word: String
  ) throws {
    for verb in Self.verbs {
      var world = Self.world(verb)
      world.reply = {
        if isPerformed { $0.perform(verb) }
        return answer
      }
      let carried = try carryOut(decide(verb, saw: Self.legal(verb)), in: &world)
      #expect(carried.outcome.word == word, "\(verb.word)")
      #expect(world.commands.count == 1, "\(verb.word)")
    }
  }

  @Test func `what is not seen at once is looked for again, and not for ever`() throws {
    var world = World(.running)
    let carried = try carryOut(decide(.pause, saw: .running), in: &world)
    #expect(carried.waits == CommandJob.confirmPauses)
    guard case .done(let confirmation) = carried.outcome else {
      Issue.record("the server said yes: \(carried.outcome)")
      return
    }
    #expect(confirmation.status == .running)
    #expect(!confirmation.readBack)
  }

  @Test(arguments: [
    (Fed.json("{}"), "done, not read back"), (Fed.status(409), "refused illegal"),
    (Fed.status(404), "refused notFound"), (Fed.status(500), "unknown"),
    (Fed.failure(.cut), "unknown"),
  ])
  func `when reading back fails too, only what is known is said`(
    _ answer: Result<Response, Transport.Failure>,
    _ word: String
  ) throws {
    var world = World(.running)
    world.reply = {
      $0.readAfter = Fed.failure(.timedOut)
      return answer
    }
    let carried = try carryOut(decide(.pause, saw: .running), in: &world)
    #expect(carried.outcome.word == word)
    #expect(world.commands.count == 1)
  }

  @Test func `a lost answer whose task was answered otherwise is not ours`() throws {
    var world = World(.running, task: .pending)
    world.reply = {
      $0.task = .answered(approved: false, by: "alex")
      return Fed.failure(.cut)
    }
    let carried = try carryOut(decide(.approve, saw: .running), in: &world)
    #expect(carried.outcome == .changed(.answered(by: "alex", at: nil, approved: false)))
  }

  @Test func `a lost answer whose task is gone from the list is unknown, and says what is seen`()
    throws
  {
    var world = World(.running, task: .pending)
    world.servesTask = false
    world.reply = {
      $0.task = .none
      return Fed.failure(.cut)
    }
    let carried = try carryOut(decide(.approve, saw: .running), in: &world)
    guard case .unknown(let fault) = carried.outcome else {
      Issue.record("nobody knows: \(carried.outcome)")
      return
    }
    #expect(fault.sentence.contains("does not wait any more"))
    #expect(fault.sentence.contains("cut"))
  }

  @Test func `a yes is believed when the task is gone from the list`() throws {
    var world = World(.running, task: .pending)
    world.servesTask = false
    world.reply = {
      $0.task = .none
      return Fed.json(#"{"status":"completed"}"#)
    }
    let carried = try carryOut(decide(.approve, saw: .running), in: &world)
    #expect(carried.outcome.word == "done")
  }

  @Test func `a conflict says who answered, when and how`() throws {
    let details = #"""
      {"error":"task already completed","code":"CONFLICT","details":
       {"completed_by":"alex","completed_at":"2026-04-10T11:00:00Z","approved":true}}
      """#
    var world = World(.running, task: .pending)
    world.servesTask = false
    world.reply = {
      $0.task = .none
      return Fed.status(409, details)
    }
    let carried = try carryOut(decide(.reject, saw: .running), in: &world)
    #expect(
      carried.outcome
        == .changed(
          .answered(
            by: "alex",
            at: Timestamp(iso8601: "2026-04-10T11:00:00Z"),
            approved: true
          )
        )
    )
  }

  @Test func `a conflict says how the run stands now and who brought it there`() throws {
    var world = World(.running)
    world.reply = {
      $0.status = .stopped
      return Fed.status(409, #"{"error":"no","details":{"status":"stopped"}}"#)
    }
    let carried = try carryOut(decide(.pause, saw: .running), in: &world)
    guard case .changed(.status(let saw, let now)) = carried.outcome else {
      Issue.record("it was stopped meanwhile: \(carried.outcome)")
      return
    }
    #expect(saw == .running)
    #expect(now.status == .stopped)
    #expect(now.statusBy == "alex")
  }

  @Test func `a conflict is told from its details when nothing can be read`() throws {
    var world = World(.running)
    world.reply = {
      $0.readAfter = Fed.failure(.timedOut)
      return Fed.status(
        409,
        #"{"error":"no","details":{"status":"draining","status_by":"kim"}}"#
      )
    }
    let carried = try carryOut(decide(.pause, saw: .running), in: &world)
    guard case .changed(.status(_, let now)) = carried.outcome else {
      Issue.record("the details say it: \(carried.outcome)")
      return
    }
    #expect(now.status == .draining)
    #expect(now.statusBy == "kim")
  }

  @Test func `a 404 for a run that is gone by then says so`() throws {
    var world = World(.running)
    world.reply = {
      $0.status = nil
      return Fed.missing
    }
    let carried = try carryOut(decide(.pause, saw: .running), in: &world)
    #expect(carried.outcome == .changed(.gone))
  }

  @Test func `a lost resume of a run that was stopped is not called done`() throws {
    var world = World(.paused)
    world.reply = {
      $0.status = .stopped
      return Fed.failure(.cut)
    }
    let carried = try carryOut(decide(.resume, saw: .paused), in: &world)
    #expect(carried.outcome.word == "changed status")
  }

  @Test func `a start names its run, and is done when that run is there`() throws {
    var world = World(nil)
    world.reply = {
      $0.status = .running
      return Fed.json(#"{"run_id":"r1","status":"running"}"#)
    }
    let carried = try carryOut(decide(.start, saw: nil), in: &world)
    guard case .done(let confirmation) = carried.outcome else {
      Issue.record("it is there: \(carried.outcome)")
      return
    }
    #expect(confirmation.readBack)
    #expect(confirmation.run == reference)
    #expect(carried.stages == [.recording, .sending, .confirming])
    let params = try #require(world.commands.first?.body?["params"])
    #expect(params["run_id"] == "r1")
  }

  @Test func `a server that names the run otherwise is asked for that one`() throws {
    var job = CommandJob(decide(.start, saw: nil), backend: backend)
    var moves = job.begin(now: start)
    moves = job.recorded(nil, now: start)
    guard case .ask(let send) = try #require(moves.last) else { return }
    moves = job.receive(Answer(Fed.json(#"{"run_id":"r9"}"#), at: start), for: send.number)
    guard case .ask(let read) = try #require(moves.last) else { return }
    #expect(read.call.path == "/v1/workflows/w/runs/r9")
    moves = job.receive(
      Answer(Fed.json(#"{"id":"r9","status":"running"}"#), at: start),
      for: read.number
    )
    guard case .finish(.done(let confirmation)) = try #require(moves.last) else { return }
    #expect(confirmation.run?.run == RunID("r9"))
  }

  @Test(arguments: [
    (Fed.failure(.cut), RunStatus?.some(.queued), "done"),
    (Fed.failure(.cut), nil, "unknown"),
    (Fed.status(409), .some(.running), "done"),
    (Fed.status(409), nil, "refused illegal"),
    (Fed.status(404), nil, "refused notFound"),
    (Fed.status(422), nil, "refused invalid"),
    (Fed.status(500), nil, "refused other"),
  ])
  func `a start is judged by whether its run is there`(
    _ answer: Result<Response, Transport.Failure>,
    _ then: RunStatus?,
    _ word: String
  ) throws {
    var world = World(nil)
    world.reply = {
      $0.status = then
      return answer
    }
    let carried = try carryOut(decide(.start, saw: nil), in: &world)
    #expect(carried.outcome.word == word)
    #expect(world.commands.count == 1)
  }

  @Test func `an answer that comes late changes nothing`() throws {
    var job = CommandJob(decide(.pause, saw: .running), backend: backend)
    _ = job.begin(now: start)
    let running = Answer(Fed.json(#"{"id":"r1","status":"running"}"#), at: start)
    _ = job.receive(running, for: 1)
    let sending = job.recorded(nil, now: start)
    #expect(job.receive(running, for: 1).isEmpty)
    #expect(job.recorded(nil, now: start).isEmpty, "the line is written once")
    #expect(sending.count == 2)
  }
}
