import JSON
import RunClient
import Runs
import TestHouse
import Testing
import Transport

/// Everything an operator does, against servers that offer little and against servers of old shapes.
@Suite(.timeLimit(.minutes(1)))
struct ServerKindTests {
  /// A kind of server, with the identities that it uses.
  enum Kind: String, CaseIterable, Sendable {
    case documented, older

    func started() throws -> ScriptedServer {
      switch self {
      case .documented: try DocumentedServer.started(now: start)
      case .older: try OlderServer.started(now: start)
      }
    }

    var workflows: [String] {
      self == .documented ? DocumentedServer.workflows : OlderServer.workflows
    }

    /// Waits for an approval; runs; has failed.
    var runs: [RunReference] {
      let ids = self == .documented ? DocumentedServer.runs : OlderServer.runs
      return zip([workflows[0], workflows[1], workflows[1]], ids).map {
        RunReference(workflow: WorkflowID($0), run: RunID($1))
      }
    }

    var task: TaskReference {
      let id = self == .documented ? DocumentedServer.task : OlderServer.task
      return TaskReference(run: runs[0], task: TaskID(id))
    }
  }

  private func withHouse(_ kind: Kind, body: (House, ScriptedServer) throws -> Void) throws {
    let server = try kind.started()
    try withTemporaryFolder { folder in
      try body(House(url: server.url, folder: "\(folder)/journal"), server)
    }
  }

  private func look(_ run: RunReference, _ house: House) throws -> RunDetail {
    house.client.load(run, known: nil)
    return try house.run { event -> Result<RunDetail, Fault>? in
      if case .detail(run, let result) = event { result } else { nil }
    }.get()
  }

  private func decision(
    _ verb: Verb,
    _ subject: Subject,
    saw status: RunStatus,
    payload: JSONObject? = nil
  ) -> Decision {
    Decision(
      id: DecisionID("key-\(verb.word)-\(status.word)"),
      verb: verb,
      subject: subject,
      title: "x",
      seen: Seen(status: status, payload: payload),
      madeAt: start
    )
  }

  @Test(arguments: Kind.allCases)
  func `the inbox is whole, with names, tasks and times`(_ kind: Kind) throws {
    try withHouse(kind) { house, server in
      let reading = try house.poll().get().reading
      #expect(reading.runs.map(\.id) == kind.runs.map(\.run))
      #expect(reading.runs.map(\.status) == [.paused, .running, .failed])
      #expect(
        reading.runs.map(\.title) == ["refund-approvals", "nightly-digest", "nightly-digest"]
      )
      #expect(reading.runs[2].endedAt == start + .seconds(-800))
      #expect(reading.runs[2].failure != nil)
      #expect(reading.unreadable == 0 && !reading.isCut && reading.taskFault == nil)
      let task = try #require(reading.tasks?.first)
      #expect(task.id == kind.task.task)
      #expect(task.run == kind.runs[0].run)
      #expect(task.workflowName == "refund-approvals")
      #expect(task.payload["amount"] == 420)
      #expect((task.payload["title"] ?? task.payload["prompt"])?.string == "Pay back 420?")
      let again = try house.poll().get()
      #expect(!again.changed)
      #expect(server.lines.count { $0.contains("/v1/workflows ") } == 1)
    }
  }

  @Test(arguments: Kind.allCases)
  func `polls find out what the server lacks and go on without`(_ kind: Kind) throws {
    try withHouse(kind) { house, server in
      house.client.setPace(.lively, now: house.now)
      for second in 0..<10 {
        house.now = start + .seconds(3 * second)
        house.settle()
      }
      #expect(house.readings == 10)
      #expect(server.lines.count { $0.contains("updated_since") } <= 1)
      let failures = house.events.count { if case .pollFailed = $0 { true } else { false } }
      #expect(failures == 0)
    }
  }

  @Test(arguments: Kind.allCases)
  func `each run can be opened, with its events, its graph and its task`(_ kind: Kind) throws {
    try withHouse(kind) { house, server in
      let waiting = try look(kind.runs[0], house)
      #expect(waiting.fault == nil)
      #expect(waiting.run.status == .paused)
      #expect(waiting.graph?.steps.map(\.id.text) == ["check", "review", "pay"])
      #expect(waiting.events.count == 5)
      #expect(waiting.events.compactMap(\.step?.text) == ["check", "check", "review", "review"])
      #expect(waiting.events.allSatisfy { $0.at != nil })
      #expect(waiting.tasks.map(\.id) == [kind.task.task])
      #expect(waiting.tasks.first?.step == StepID("review"))
      let steps = StepLedger.steps(
        graph: waiting.graph,
        events: waiting.events,
        run: waiting.run,
        waiting: Set(waiting.tasks.map(\.step))
      )
      #expect(steps.map(\.outcome) == [.success, .waiting, .pending])
      let failed = try look(kind.runs[2], house)
      #expect(failed.run.failure != nil)
      #expect(failed.events.last?.type == "step_failed")
      // What is not there is not asked for again: of one kind the single run, of the other both.
      let before = server.lines.count
      _ = try look(kind.runs[1], house)
      let asked = server.lines.dropFirst(before)
      let run = kind.runs[1]
      #expect(!asked.contains { $0.contains("/runs/\(run.run) ") })
    }
  }

  @Test(arguments: Kind.allCases, [true, false])
  func `a task is answered once, and it is seen`(_ kind: Kind, _ approved: Bool) throws {
    try withHouse(kind) { house, server in
      let task = try #require(try look(kind.runs[0], house).tasks.first)
      let verb: Verb = approved ? .approve : .reject
      let answer = decision(verb, .task(kind.task), saw: .paused, payload: task.payload)
      let (outcome, isRecorded) = try house.outcome(of: answer)
      #expect(outcome.word == "done")
      #expect(isRecorded)
      #expect(server.commands.count == 1)
      #expect(!server.records.task.isPending)
      let events = server.records.runs[0].events
      #expect(events.contains { $0.type == "step_started" && $0.step == "pay" } == approved)
      var second = answer
      second.id = DecisionID("key-2")
      let late = try house.outcome(of: second).outcome
      #expect(late.word == "answered" || late.word == "changed status")
      #expect(server.commands.count == 1, "what is answered is not answered again")
      let reading = try house.poll().get().reading
      #expect(reading.tasks == [])
      #expect(reading.runs.first?.status == .completed)
    }
  }

  @Test(arguments: Kind.allCases)
  func `a run is paused, resumed, drained and stopped, each seen on the server`(
    _ kind: Kind
  ) throws {
    try withHouse(kind) { house, server in
      let steps: [(Verb, RunStatus, RunStatus)] = [
        (.pause, .running, .paused), (.resume, .paused, .running),
        (.stop(.graceful), .running, .draining), (.stop(.immediate), .draining, .stopped),
      ]
      for (verb, before, after) in steps {
        let outcome = try house.outcome(of: decision(verb, .run(kind.runs[1]), saw: before)).outcome
        guard case .done(let confirmation) = outcome else {
          Issue.record("\(verb.word): \(outcome)")
          return
        }
        #expect(confirmation.readBack)
        #expect(confirmation.status == after)
        #expect(server.records.runs[1].status == after)
      }
      #expect(server.commands.count == 4)
      let refused = try house.outcome(of: decision(.pause, .run(kind.runs[1]), saw: .running))
      #expect(refused.outcome.word == "changed status")
      #expect(server.commands.count == 4)
    }
  }

  @Test func `a command without tenant is refused in the server's words`() throws {
    let server = try DocumentedServer.started(now: start)
    try withTemporaryFolder { folder in
      let house = try House(url: server.url, folder: folder, tenant: nil)
      let fault = try #require(try house.poll().fault)
      #expect(fault.kind == .forbidden)
      #expect(fault.sentence.contains("403: no access to this tenant or project"))
    }
  }
}
