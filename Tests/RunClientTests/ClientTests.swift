import JSON
import RunClient
import Runs
import TestHouse
import Testing
import Transport

@Suite(.timeLimit(.minutes(1)))
struct ClientTests {
  private static func answer(_ text: String, headers: [String] = []) -> RawServer.Action {
    .answer(headers: headers, body: Array(text.utf8))
  }

  private static let running = #"{"id":"r1","status":"running"}"#

  @Test func `a server that closes after reading a command sees it once`() throws {
    try withHouse(
      answering: { request in
        request.method == "POST" ? [.close] : [Self.answer(Self.running)]
      },
      body: { house, peer in
        let (outcome, isRecorded) = try house.outcome(of: decide(.pause, saw: .running))
        guard case .unknown(let fault) = outcome else {
          Issue.record("nobody knows: \(outcome)")
          return
        }
        #expect(fault.sentence.contains("the connection ended before an answer came"))
        #expect(fault.sentence.contains("the run is running"))
        #expect(isRecorded)
        let commands = peer.received.filter { $0.method == "POST" }
        #expect(commands.count == 1)
        #expect(commands.first?.header("Idempotency-Key") == "key-1")
        let others = peer.received.filter { $0.method == "GET" }.map(\.connection)
        #expect(!others.contains(commands.first?.connection ?? -1), "a connection of its own")
        let stages = house.events.compactMap {
          if case .stage(_, let stage) = $0 { stage } else { nil }
        }
        #expect(stages == [.readingAgain, .recording, .sending, .confirming])
      }
    )
  }

  @Test func `a command carries who asks, its key and its body, and its journal line came first`()
    throws
  {
    try withHouse(
      answering: { request in
        request.method == "POST" ? [Self.answer("{}")] : [Self.answer(Self.running)]
      },
      body: { house, peer in
        house.client.carryOut(decide(.stop(.immediate), saw: .running), now: house.now)
        let recorded: Bool = try house.run {
          if case .outcome(_, _, let recorded) = $0 { recorded } else { nil }
        }
        #expect(recorded)
        let command = try #require(peer.received.first { $0.method == "POST" })
        #expect(command.line == "POST /v1/workflows/w/command HTTP/1.1")
        #expect(command.header("Authorization") == "Bearer pat_1")
        #expect(command.header("X-Tenant-Id") == "acme")
        #expect(command.header("X-Project-Id") == "payments")
        #expect(command.header("Accept") == "application/json")
        #expect(command.header("Content-Type") == "application/json")
        #expect(
          String(decoding: command.body, as: UTF8.self)
            == #"{"command":"stop","params":{"mode":"immediate","run_id":"r1"}}"#
        )
      }
    )
  }

  @Test func `the journal has a line before the command leaves and one when it is settled`() throws
  {
    let peer = try RawServer { _ in [Self.answer(Self.running)] }
    defer { peer.stop() }
    try withTemporaryFolder { folder in
      let house = try House(peer, folder: folder)
      house.client.carryOut(decide(.pause, saw: .running), now: house.now)
      let path = "\(folder)/\(start.iso8601)-1.jsonl"
      try house.run {
        if case .stage(_, .sending) = $0 { () } else { nil }
      }
      #expect(try contents(path).contains(#""phase":"sending""#))
      #expect(!peer.received.contains { $0.method == "POST" })
      try house.run { if case .outcome = $0 { () } else { nil } }
      let lines = try contents(path).split(separator: "\n")
      #expect(lines.count == 2)
      #expect(lines.last?.contains(#""outcome":"done""#) == true)
      #expect(try !contents(path).contains("pat_1"))
    }
  }

  @Test func `what cannot be recorded is not sent`() throws {
    let peer = try RawServer { _ in [Self.answer(Self.running)] }
    defer { peer.stop() }
    let house = try House(peer, folder: "/proc/none/journal")
    let (outcome, isRecorded) = try house.outcome(of: decide(.pause, saw: .running))
    #expect(outcome.word == "not sent")
    #expect(!isRecorded)
    #expect(!peer.received.contains { $0.method == "POST" })
    let insisting = try House(peer, folder: "/proc/none/journal")
    var decision = decide(.pause, saw: .running)
    decision.allowsUnrecorded = true
    let second = try insisting.outcome(of: decision)
    #expect(second.outcome.word == "done, not read back")
    #expect(!second.isRecorded)
    #expect(peer.received.filter { $0.method == "POST" }.count == 1)
  }

  @Test func `a tenant with a line break in it is refused before anything leaves`() throws {
    try withHouse(
      answering: { _ in [Self.answer("[]")] },
      tenant: "acme\r\nX-Admin: yes",
      body: { house, peer in
        let fault = try #require(try house.poll().fault)
        #expect(fault.kind == .local)
        #expect(fault.sentence.contains("X-Tenant-Id"))
        let (outcome, _) = try house.outcome(of: decide(.start, saw: nil))
        #expect(outcome.word == "not sent")
        #expect(peer.received.isEmpty)
      }
    )
  }

  @Test func `a redirected command goes nowhere else`() throws {
    try withHouse(
      answering: { request in
        request.method == "POST"
          ? [.answer("302 Found", headers: ["Location: /else"])] : [Self.answer(Self.running)]
      },
      body: { house, peer in
        let (outcome, _) = try house.outcome(of: decide(.pause, saw: .running))
        guard case .refused(let refusal) = outcome else {
          Issue.record("it was redirected: \(outcome)")
          return
        }
        #expect(refusal.sentence.contains("redirects to /else"))
        #expect(!peer.received.contains { $0.line.contains("/else") })
      }
    )
  }

  @Test func `two decisions about one run go one after the other, about two at once`() throws {
    let gate = try Gate()
    let peer = try RawServer { request in
      if request.method == "POST" { return [.hold(gate), Self.answer("{}")] }
      return [Self.answer(Self.running)]
    }
    defer { peer.stop() }
    try withTemporaryFolder { folder in
      let house = try House(peer, folder: folder)
      var second = decide(.stop(.graceful), saw: .running)
      second.id = DecisionID("key-2")
      var other = decide(.pause, saw: .running)
      other.id = DecisionID("key-3")
      other.subject = .run(RunReference(workflow: WorkflowID("w"), run: RunID("r2")))
      for decision in [decide(.pause, saw: .running), second, other, other] {
        house.client.carryOut(decision, now: house.now)
      }
      var sending: Set<DecisionID> = []
      try house.run { event in
        if case .stage(let id, .sending) = event { sending.insert(id) }
        return sending.count == 2 ? () : nil
      }
      #expect(sending == [DecisionID("key-1"), DecisionID("key-3")])
      gate.open()
      var outcomes: [DecisionID] = []
      try house.run { event in
        if case .outcome(let decision, _, _) = event { outcomes.append(decision.id) }
        return outcomes.count == 3 ? () : nil
      }
      #expect(outcomes.last == DecisionID("key-2"))
      #expect(peer.received.filter { $0.method == "POST" }.count == 3)
      #expect(house.client.isIdle)
    }
  }

  @Test func `polls keep their pace, and what is the same is not news`() throws {
    try withHouse(
      answering: { request in
        if request.header("If-None-Match") == "\"v1\"" { return [.answer("304 Not Modified")] }
        return [Self.answer("[]", headers: ["ETag: \"v1\""])]
      },
      body: { house, peer in
        house.client.setPace(.lively, now: house.now)
        var changes: [Bool] = []
        var times: [Timestamp] = []
        try house.run { event in
          if case .reading(let reading, let changed) = event {
            changes.append(changed)
            times.append(reading.at)
          }
          return changes.count == 3 ? () : nil
        }
        #expect(changes == [true, false, false])
        #expect(times == [start, start + .seconds(3), start + .seconds(6)])
        #expect(peer.connections == 1)
        house.client.setPace(.stopped, now: house.now)
        #expect(house.client.nextDeadline == nil)
        #expect(house.client.isIdle)
      }
    )
  }

  @Test func `a server that breaks and comes back is found again`() throws {
    try withHouse(
      answering: { $0.connection < 2 ? [.reset] : [Self.answer("[]")] },
      body: { house, _ in
        house.client.setPace(.lively, now: house.now)
        var misses: [Int] = []
        var tries: [Timestamp] = []
        let reading: Reading = try house.run { event in
          switch event {
          case .pollFailed(let fault, let next, let missed):
            #expect(fault.kind == .unreachable)
            misses.append(missed)
            tries.append(next)
            return nil
          case .reading(let reading, _): return reading
          default: return nil
          }
        }
        #expect(misses == [1, 2])
        #expect(tries == [start + .seconds(3), start + .seconds(9)])
        #expect(reading.at == start + .seconds(9))
        #expect(house.client.nextDeadline == start + .seconds(12))
      }
    )
  }

  @Test func `what was asked with the old token says nothing of the new one`() throws {
    let gate = try Gate()
    let peer = try RawServer { request in
      guard request.header("Authorization") == "Bearer pat_1" else { return [Self.answer("[]")] }
      return [.hold(gate), .answer("401 Unauthorized")]
    }
    defer { peer.stop() }
    try withTemporaryFolder { folder in
      let house = try House(peer, folder: folder)
      house.client.setPace(.lively, now: house.now)
      _ = house.client.advance(now: house.now)
      _ = try Waiting.until("the poll") {
        _ = house.pool.wait(milliseconds: 10)
        return peer.received.isEmpty ? nil : true
      }
      house.client.setToken("pat_2")
      gate.open()
      let reading = try house.poll().get().reading
      #expect(reading.at == start)
      #expect(house.events.allSatisfy { if case .pollFailed = $0 { false } else { true } })
    }
  }

  @Test func `a long body is decoded on the worker`() throws {
    let name = String(repeating: "x", count: Client.errandBytes)
    let body = #"[{"id":"r1","workflow_name":"\#(name)","status":"running"}]"#
    try withHouse(
      answering: { request in
        [Self.answer(request.line.contains("/runs") ? body : "[]")]
      },
      body: { house, _ in
        let reading = try house.poll().get().reading
        #expect(reading.runs.first?.workflowName?.utf8.count == Client.errandBytes)
        #expect(house.errands == 2, "the job has grown large: what follows goes there too")
      }
    )
  }

  @Test func `answers that come while the worker has the job wait for it`() throws {
    let filler = String(repeating: "x", count: Client.errandBytes)
    try withHouse(
      answering: { request in
        if request.line.contains("/events") {
          return [Self.answer(#"[{"seq":1,"event_type":"\#(filler)"}]"#)]
        }
        if request.line.contains("/tasks") {
          return [Self.answer(#"[{"id":"t","task_payload":{"title":"\#(filler)"}}]"#)]
        }
        return [Self.answer(Self.running)]
      },
      body: { house, _ in
        house.isWorkerSlow = true
        house.client.load(reference, known: nil)
        let result = try house.run {
          if case .detail(_, let result) = $0 { result } else { nil }
        }
        let detail = try result.get()
        #expect(detail.run.status == .running)
        #expect(detail.events.count == 1)
        #expect(detail.tasks.count == 1)
        #expect(house.errands >= 2)
      }
    )
  }

  @Test func `a look that is wished for during another follows it, and a dropped one says nothing`()
    throws
  {
    let gate = try Gate()
    let peer = try RawServer { request in
      let isRun = request.line.contains("/runs/r1 ") || request.line.contains("/runs/r2 ")
      return isRun ? [.hold(gate), Self.answer(Self.running)] : [Self.answer("[]")]
    }
    defer { peer.stop() }
    try withTemporaryFolder { folder in
      let house = try House(peer, folder: folder)
      let other = RunReference(workflow: WorkflowID("w"), run: RunID("r2"))
      house.client.load(other, known: nil)
      for _ in 0..<3 { house.client.load(reference, known: nil) }
      house.client.drop(other)
      gate.open()
      var told: [RunReference] = []
      try house.run { event in
        if case .detail(let run, let result) = event {
          told.append(run)
          #expect(result.fault == nil)
        }
        return told.count == 2 ? () : nil
      }
      #expect(told == [reference, reference])
      #expect(house.client.isIdle)
    }
  }

  @Test func `graphs and lists come as they are wished for`() throws {
    try withHouse(
      answering: { request in
        request.line.contains("/v1/workflows/w ")
          ? [Self.answer(#"{"id":"w","graph":{"steps":[{"id":"a","type":"x"}]}}"#)]
          : [Self.answer(#"{"workflows":[{"id":"w","name":"refunds"}]}"#)]
      },
      body: { house, _ in
        house.client.loadGraph(WorkflowID("w"), version: nil)
        let graph = try house.run { if case .graph(_, nil, let graph?) = $0 { graph } else { nil } }
        #expect(graph.steps.map(\.id.text) == ["a"])
        house.client.list(.workflows)
        let listed: Listed = try house.run {
          if case .listing(.workflows, .success(let listed)) = $0 { listed } else { nil }
        }
        #expect(listed.items == .workflows([Workflow(id: WorkflowID("w"), name: "refunds")]))
        #expect(house.client.isIdle)
      }
    )
  }
}
