import RunClient
import Runs
import RuntimeAPI
import Testing
import Transport

@Suite struct DetailTests {
  private static let root = "/v1/workflows/w/runs/r1"
  private static let running = #"{"id":"r1","workflow_id":"w","status":"running","version":2}"#

  /// Answers for a run that is there, but for what `special` answers.
  private func look(
    known: RunDetail? = nil,
    knowledge: Knowledge = Knowledge(),
    _ special: (Call) -> Result<Response, Transport.Failure>?
  ) throws -> Conversation<RunDetail> {
    try feed(backend.detail(reference, known: known, knowledge: knowledge)) { call in
      if let answer = special(call) { return answer }
      switch call.path {
      case Self.root: return Fed.json(Self.running)
      case "/v1/workflows/w/versions":
        return Fed.json(#"[{"version":2,"graph_snapshot":{"steps":[{"id":"a","type":"x"}]}}]"#)
      default: return Fed.json("[]")
      }
    }
  }

  private static func events(_ numbers: ClosedRange<Int>) -> String {
    let items = numbers.map { #"{"seq":\#($0),"event_type":"e\#($0)"}"# }
    return "[\(items.joined(separator: ","))]"
  }

  @Test func `run, events, tasks and the graph of its version are one detail`() throws {
    let talk = try look { call in
      switch call.path {
      case "\(Self.root)/events": Fed.json(#"{"events":\#(Self.events(1...3))}"#)
      case "\(Self.root)/tasks/pending": Fed.json(#"[{"id":"t","step_id":"a"},{"id":1,"run":2}]"#)
      default: nil
      }
    }
    let detail = try talk.result.get()
    #expect(detail.run.status == .running)
    #expect(detail.events.map(\.sequence) == [1, 2, 3])
    #expect(detail.tasks.map(\.id.text) == ["t", "1"])
    #expect(detail.graph?.steps.map(\.id.text) == ["a"])
    #expect(detail.fault == nil)
    #expect(talk.learnt.offers(.run))
    #expect(talk.learnt.graphs.count == 1)
  }

  @Test func `a server without GET run is read by its summary, and asked for it first next time`()
    throws
  {
    let answer = { (call: Call) -> Result<Response, Transport.Failure>? in
      switch call.path {
      case Self.root: Fed.missing
      case "\(Self.root)/summary": Fed.json(#"{"status":"failed","failure_code":"X"}"#)
      default: nil
      }
    }
    let first = try look(answer)
    #expect(try first.result.get().run.status == .failed)
    #expect(try first.result.get().run.id.text == "r1")
    #expect(!first.learnt.offers(.run))
    let second = try look(knowledge: first.learnt, answer)
    #expect(!second.asked.contains("GET \(Self.root)"))
    #expect(try second.result.get().run.status == .failed)
  }

  @Test(arguments: [Fed.missing, Fed.json(#"{"steps":[]}"#)])
  func `without a summary either, the feed tells`(
    _ summary: Result<Response, Transport.Failure>
  ) throws {
    let talk = try look { call in
      switch call.path {
      case Self.root: Fed.missing
      case "\(Self.root)/summary": summary
      case "/v1/runs": Fed.json(Fed.runs(3))
      default: nil
      }
    }
    #expect(try talk.result.get().run.id.text == "r1")
    #expect(talk.learnt.offers(.run), "a run that is only in the feed says nothing about GET run")
  }

  @Test func `a run that is nowhere is not found`() throws {
    let talk = try look { call in
      switch call.path {
      case "/v1/runs": Fed.json(Fed.runs(1))
      default: Fed.missing
      }
    }
    #expect(talk.result.fault?.kind == .notFound)
    #expect(talk.result.fault?.sentence.contains("r1") == true)
  }

  @Test func `only events behind the known ones are asked for`() throws {
    let known = RunDetail(
      run: Run(id: RunID("r1"), status: .running),
      events: [RunEvent(type: "e7", sequence: 7)],
      at: start
    )
    let talk = try look(known: known) {
      $0.path == "\(Self.root)/events" ? Fed.json(Self.events(8...9)) : nil
    }
    #expect(talk.asked.contains("GET \(Self.root)/events?limit=500&after=7"))
    #expect(try talk.result.get().events.map(\.sequence) == [7, 8, 9])
  }

  @Test func `a server that ignores after has sent everything`() throws {
    let known = RunDetail(
      run: Run(id: RunID("r1"), status: .running),
      events: [RunEvent(type: "e2", sequence: 2)],
      at: start
    )
    let talk = try look(known: known) {
      $0.path == "\(Self.root)/events" ? Fed.json(Self.events(1...3)) : nil
    }
    #expect(try talk.result.get().events.map(\.sequence) == [1, 2, 3])
    #expect(talk.asked.filter { $0.contains("/events") }.count == 1)
  }

  @Test func `events without numbers replace what is known, in the order listed`() throws {
    let known = RunDetail(
      run: Run(id: RunID("r1"), status: .running),
      events: [RunEvent(type: "b")],
      at: start
    )
    let talk = try look(known: known) {
      $0.path == "\(Self.root)/events" ? Fed.json(#"[{"type":"b"},{"type":"a"}]"#) : nil
    }
    #expect(try talk.result.get().events.map(\.type) == ["b", "a"])
    #expect(talk.asked.contains("GET \(Self.root)/events?limit=500"))
  }

  @Test func `full pages are followed by after`() throws {
    let talk = try look { call in
      guard call.path == "\(Self.root)/events" else { return nil }
      let after = call.query.first { $0.name == "after" }.flatMap { Int($0.value) } ?? 0
      return Fed.json(Self.events((after + 1)...min(after + 500, 1200)))
    }
    let events = try talk.result.get().events
    #expect(events.count == 1200)
    #expect(events.map(\.sequence) == (1...1200).map(Optional.some))
  }

  @Test func `a long log is read from where its newest part begins`() throws {
    let talk = try look { call in
      if call.path == Self.root {
        return Fed.json(#"{"id":"r1","status":"running","last_event_seq":30000}"#)
      }
      guard call.path == "\(Self.root)/events" else { return nil }
      let after = call.query.first { $0.name == "after" }.flatMap { Int($0.value) } ?? 0
      guard after < 30_000 else { return nil }
      return Fed.json(Self.events((after + 1)...min(after + 500, 30_000)))
    }
    let detail = try talk.result.get()
    #expect(detail.events.count == 10_000)
    #expect(detail.events.first?.sequence == 20_001)
    #expect(detail.events.last?.sequence == 30_000)
    #expect(detail.isCut)
  }

  @Test(arguments: [(Int.max, -1), (Int.max, Int.min), (Int.min, Int.min + 1)])
  func `numbers of events may be any`(newest: Int, last: Int) throws {
    let talk = try look { call in
      if call.path == Self.root {
        return Fed.json(#"{"id":"r1","status":"running","last_event_seq":\#(newest)}"#)
      }
      let event = #"{"seq":\#(last),"event_type":"e"}"#
      return call.path == "\(Self.root)/events" ? Fed.json("[\(event)]") : nil
    }
    #expect(try talk.result.get().events.last?.sequence == last)
  }

  @Test func `events that cannot be read leave the known ones and say why`() throws {
    let known = RunDetail(
      run: Run(id: RunID("r1"), status: .running),
      events: [RunEvent(type: "e", sequence: 1)],
      at: start
    )
    let talk = try look(known: known) {
      $0.path == "\(Self.root)/events" ? Fed.status(503) : nil
    }
    let detail = try talk.result.get()
    #expect(detail.events.count == 1)
    #expect(detail.fault?.kind == .server)
  }

  @Test func `the graph of another version is not shown`() throws {
    let talk = try look { call in
      switch call.path {
      case "/v1/workflows/w/versions": Fed.missing
      case "/v1/workflows/w":
        Fed.json(#"{"id":"w","version":3,"graph":{"steps":[{"id":"z","type":"x"}]}}"#)
      default: nil
      }
    }
    #expect(try talk.result.get().graph == nil)
    let again = try look(knowledge: talk.learnt) { _ in nil }
    #expect(!again.asked.contains { $0.contains("versions") }, "it is not asked for at every look")
  }

  @Test func `a known graph is not fetched again`() throws {
    let first = try look { _ in nil }
    let second = try look(known: try first.result.get()) { _ in nil }
    #expect(!second.asked.contains { $0.contains("versions") })
    let third = try look(knowledge: first.learnt) { _ in nil }
    #expect(!third.asked.contains { $0.contains("versions") })
    #expect(try third.result.get().graph == first.result.get().graph)
  }

  @Test func `the newest graph is the workflow's own`() throws {
    let job = backend.graph(WorkflowID("w"), version: nil, knowledge: Knowledge())
    let talk = try feed(job) { _ in
      Fed.json(#"{"id":"w","definition":{"steps":[{"id":"a","type":"x"}]}}"#)
    }
    #expect(try talk.result.get()?.steps.count == 1)
    #expect(talk.asked == ["GET /v1/workflows/w"])
  }

  @Test func `lists for the shell name their own calls`() throws {
    let runs = try feed(
      backend.list(.runs(workflow: WorkflowID("w"), statuses: [.failed, .stopped]))
    ) { _ in Fed.json(#"[{"id":"r1","status":"failed"}]"#) }
    #expect(runs.asked == ["GET /v1/workflows/w/runs?limit=100&status=failed&status=stopped"])
    guard case .runs(let listed) = try runs.result.get().items else {
      Issue.record("runs were asked for")
      return
    }
    #expect(listed.first?.workflow == WorkflowID("w"))
    let tasks = try feed(backend.list(.tasks)) { _ in
      Fed.json(#"[{"id":"t","run_id":"r"},{"id":"u","run_id":"r","status":"completed"}]"#)
    }
    #expect(tasks.asked == ["GET /v1/tasks/pending"])
    guard case .tasks(let waiting) = try tasks.result.get().items else {
      Issue.record("tasks were asked for")
      return
    }
    #expect(waiting.map(\.id.text) == ["t"])
  }
}
