import JSON
import RunClient
import Runs
import RuntimeAPI
import Testing
import Transport

@Suite struct StartJobTests {
  private static let workflow = Fed.json(
    #"{"id":"w","name":"W","version":2,"graph":{"steps":[],"input_schema":{"draft":true}}}"#
  )
  private static let versions = Fed.json(
    """
    {"versions":[
      {"version":1,"graph_snapshot":{"steps":[],"input_schema":{"old":true}}},
      {"version":2,"published_at":"2026-04-10T10:50:00Z",
       "graph_snapshot":{"steps":[],"input_schema":{"new":true}}}]}
    """
  )

  private func facts(
    of run: RunReference? = nil,
    _ answers: [String: Result<Response, Transport.Failure>]
  ) throws -> Conversation<StartFacts> {
    try feed(backend.start(WorkflowID("w"), input: run, knowledge: Knowledge())) { call in
      answers[String(call.target.prefix { $0 != "?" })] ?? Fed.missing
    }
  }

  @Test func `the newest published version counts, and the input of the newest run`() throws {
    let talk = try facts([
      "/v1/workflows/w": StartJobTests.workflow, "/v1/workflows/w/versions": StartJobTests.versions,
      "/v1/workflows/w/runs": Fed.json(
        #"{"runs":[{"id":"r9","status":"failed","version":1,"input":{"order":42.00}}]}"#
      ),
    ])
    let facts = try talk.result.get()
    #expect(facts.version == 2)
    #expect(facts.publishedAt == start + .seconds(-600))
    #expect(facts.schema == ["new": true])
    #expect(facts.run?.id == RunID("r9"))
    #expect(facts.input.map { JSONWriter.text(.object($0)) } == #"{"order":42.00}"#)
    #expect(!talk.asked.contains { $0.contains("context") })
  }

  @Test func `a feed without inputs leads to the run's context`() throws {
    let talk = try facts([
      "/v1/workflows/w": StartJobTests.workflow,
      "/v1/workflows/w/runs": Fed.json(#"{"runs":[{"id":"r1","status":"completed"}]}"#),
      "/v1/workflows/w/runs/r1/context": Fed.json(#"{"input":{"a":1},"steps":{}}"#),
    ])
    let facts = try talk.result.get()
    #expect(facts.input == ["a": 1])
    // Without a list of versions the workflow's own graph is what there is.
    #expect(facts.schema == ["draft": true])
    #expect(facts.version == 2)
  }

  @Test func `a run that is started again gives its own input`() throws {
    let talk = try facts(
      of: reference,
      [
        "/v1/workflows/w": StartJobTests.workflow,
        "/v1/workflows/w/runs/r1": Fed.json(#"{"id":"r1","status":"failed","version":1}"#),
        "/v1/workflows/w/runs/r1/context": Fed.json(#"{"input":{"a":1}}"#),
      ]
    )
    let facts = try talk.result.get()
    #expect(facts.run?.version == 1)
    #expect(facts.input == ["a": 1])
    #expect(!talk.asked.contains { $0.contains("limit=1") })
  }

  @Test func `what cannot be read is left out, and only nothing at all is a fault`() throws {
    let some = try facts(["/v1/workflows/w/runs": Fed.json(#"{"runs":[]}"#)]).result.get()
    #expect(some == StartFacts())
    let none = try facts([:])
    #expect(none.result.fault?.kind == .notFound)
    let garbage = try facts(["/v1/workflows/w": Fed.json("<html>")])
    #expect(garbage.result.fault?.kind == .notTheAPI)
  }
}
