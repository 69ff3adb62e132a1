import RunClient
import Runs
import RuntimeAPI
import Testing
import Transport

/// What a server does not offer is found out once.
@Suite struct WaysTests {
  private static let root = "/v1/workflows/w/runs"

  private func look(
    _ run: String,
    _ knowledge: Knowledge,
    _ special: (Call) -> Result<Response, Transport.Failure>?
  ) throws -> Conversation<RunDetail> {
    let wanted = RunReference(workflow: WorkflowID("w"), run: RunID(run))
    return try feed(backend.detail(wanted, known: nil, knowledge: knowledge)) { call in
      if let answer = special(call) { return answer }
      switch call.path {
      case "/v1/runs": return Fed.json(Fed.runs(9))
      case "\(Self.root)/\(run)/events", "/v1/tasks/pending": return Fed.json("[]")
      case "\(Self.root)/\(run)/tasks/pending": return Fed.json("[]")
      default: return Fed.missing
      }
    }
  }

  @Test func `a way that does not find three runs that are there is given up`() throws {
    var knowledge = Knowledge()
    for run in 1...3 {
      let talk = try look("r\(run)", knowledge) { _ in nil }
      #expect(talk.asked.contains("GET \(Self.root)/r\(run)"))
      #expect(talk.asked.contains("GET \(Self.root)/r\(run)/summary"))
      knowledge.merge(talk.learnt)
    }
    #expect(!knowledge.offers(.run) && !knowledge.offers(.summary))
    let talk = try look("r4", knowledge) { _ in nil }
    #expect(try talk.result.get().run.id.text == "r4")
    #expect(!talk.asked.contains { $0.hasPrefix("GET \(Self.root)/r4 ") || $0.contains("summary") })
  }

  @Test func `the same run missed three times says nothing about the way`() throws {
    var knowledge = Knowledge()
    for _ in 0..<4 { knowledge.merge(try look("r1", knowledge) { _ in nil }.learnt) }
    #expect(knowledge.offers(.run) && knowledge.offers(.summary))
  }

  @Test func `runs that are nowhere say nothing about the way`() throws {
    var knowledge = Knowledge()
    for run in 20...25 {
      let talk = try look("r\(run)", knowledge) { _ in nil }
      #expect(talk.result.fault?.kind == .notFound)
      knowledge.merge(talk.learnt)
    }
    #expect(knowledge.offers(.run) && knowledge.offers(.summary))
  }

  @Test(arguments: [405, 501])
  func `a way that is not allowed is given up at once`(_ status: Int) throws {
    let talk = try look("r1", Knowledge()) { call in
      call.path.hasSuffix("/r1") || call.path.hasSuffix("/summary") ? Fed.status(status) : nil
    }
    #expect(try talk.result.get().run.id.text == "r1")
    #expect(!talk.learnt.offers(.run) && !talk.learnt.offers(.summary))
  }

  @Test func `a way that has worked once is not given up for a run that it does not find`() throws {
    var knowledge = Knowledge()
    let working = try look("r1", knowledge) { call in
      call.path == "\(Self.root)/r1" ? Fed.json(#"{"id":"r1","status":"running"}"#) : nil
    }
    knowledge.merge(working.learnt)
    for run in 2...6 {
      let talk = try look("r\(run)", knowledge) { call in
        call.path.hasSuffix("/summary") ? Fed.json(#"{"status":"failed"}"#) : nil
      }
      knowledge.merge(talk.learnt)
    }
    #expect(knowledge.offers(.run))
    #expect(knowledge.proven == [.run, .summary, .runTasks])
  }

  @Test func `the versions of a workflow that is there are not asked for again`() throws {
    let answer = { (call: Call) -> Result<Response, Transport.Failure>? in
      switch call.path {
      case "\(Self.root)/r1": Fed.json(#"{"id":"r1","status":"running","version":3}"#)
      case "\(Self.root)/r2": Fed.json(#"{"id":"r2","status":"running","version":4}"#)
      case "/v1/workflows/w": Fed.json(#"{"id":"w","graph":{"steps":[{"id":"a","type":"x"}]}}"#)
      default: nil
      }
    }
    let first = try look("r1", Knowledge(), answer)
    #expect(try first.result.get().graph?.steps.count == 1)
    #expect(!first.learnt.offers(.versions))
    let second = try look("r2", first.learnt, answer)
    #expect(!second.asked.contains { $0.contains("versions") })
    #expect(try second.result.get().graph?.steps.count == 1)
  }

  @Test func `a workflow that is gone says nothing about versions`() throws {
    let talk = try look("r1", Knowledge()) { call in
      call.path == "\(Self.root)/r1"
        ? Fed.json(#"{"id":"r1","status":"running","version":3}"#) : nil
    }
    #expect(talk.learnt.offers(.versions))
  }

  @Test func `a run whose own tasks cannot be listed has those of the whole list`() throws {
    let tasks = #"[{"id":"t","run_id":"r1","task_payload":{}},{"id":"u","run_id":"r2"}]"#
    let answer = { (call: Call) -> Result<Response, Transport.Failure>? in
      switch call.path {
      case "\(Self.root)/r1/tasks/pending": Fed.status(405)
      case "/v1/tasks/pending": Fed.json(tasks)
      default: nil
      }
    }
    let first = try look("r1", Knowledge(), answer)
    #expect(try first.result.get().tasks.map(\.id.text) == ["t"])
    #expect(try first.result.get().fault == nil)
    #expect(!first.learnt.offers(.runTasks))
    let second = try look("r1", first.learnt, answer)
    #expect(!second.asked.contains("GET \(Self.root)/r1/tasks/pending"))
    #expect(try second.result.get().tasks.map(\.id.text) == ["t"])
  }

  @Test func `without any list of tasks a look says so and does not ask again`() throws {
    let answer = { (call: Call) -> Result<Response, Transport.Failure>? in
      call.path.hasSuffix("/tasks/pending") ? Fed.status(501) : nil
    }
    let first = try look("r1", Knowledge(), answer)
    let said = try first.result.get().fault
    #expect(said?.sentence.contains("api:443 has no list of the tasks that wait (501)") == true)
    let second = try look("r1", first.learnt, answer)
    #expect(!second.asked.contains { $0.contains("tasks") })
    #expect(try second.result.get().fault?.kind == .notFound)
  }

  @Test(arguments: [404, 405, 501])
  func `a server without a list of tasks is asked for it now and then, and it is said once`(
    _ status: Int
  ) throws {
    var isThere = false
    let answer = { (call: Call) -> Result<Response, Transport.Failure> in
      if call.path == "/v1/runs" { return Fed.json(Fed.runs(2)) }
      return isThere ? Fed.json("[]") : Fed.status(status)
    }
    var known = KnownInbox()
    var knowledge = Knowledge()
    var times = 0
    for number in 0..<41 {
      isThere = number == 40
      let talk = try feed(backend.refresh(known: known, knowledge: knowledge), answer)
      let refreshed = try talk.result.get()
      times += talk.asked.contains("GET /v1/tasks/pending") ? 1 : 0
      #expect(refreshed.changed == (number == 0 || number == 40), "poll \(number)")
      #expect((refreshed.reading.tasks == nil) == (number < 40))
      #expect((refreshed.reading.taskFault?.kind == .notFound) == (number < 40))
      known = refreshed.known
      knowledge.merge(talk.learnt)
      if number == 0 { #expect(!knowledge.offers(.tasks)) }
    }
    #expect(times == 3)
    #expect(knowledge.offers(.tasks))
  }

  @Test func `a server without a list of workflows is asked for it once`() throws {
    let answer = { (call: Call) -> Result<Response, Transport.Failure> in
      switch call.path {
      case "/v1/runs": Fed.json(#"[{"id":"r1","workflow_id":"w","status":"running"}]"#)
      case "/v1/workflows": Fed.missing
      default: Fed.json("[]")
      }
    }
    var known = KnownInbox()
    var knowledge = Knowledge()
    var times = 0
    for _ in 0..<50 {
      let talk = try feed(backend.refresh(known: known, knowledge: knowledge), answer)
      known = try talk.result.get().known
      knowledge.merge(talk.learnt)
      times += talk.asked.contains("GET /v1/workflows") ? 1 : 0
    }
    #expect(times == 1)
  }

  @Test func `what two jobs learnt at once is kept of both`() {
    var knowledge = Knowledge()
    var first = Knowledge()
    var second = Knowledge()
    first.doubt(.run, for: RunID("a"))
    first.doubt(.run, for: RunID("b"))
    first.miss(.versions)
    second.doubt(.run, for: RunID("c"))
    second.prove(.versions)
    knowledge.merge(first)
    #expect(knowledge.offers(.run) && !knowledge.offers(.versions))
    knowledge.merge(second)
    #expect(!knowledge.offers(.run) && knowledge.offers(.versions))
  }
}
