import JSON
import RunClient
import Runs
import RuntimeAPI
import Testing

@Suite struct ContextTests {
  @Test func `a context is read whole, whatever stands in it`() throws {
    let talk = try feed(backend.context(reference)) { _ in
      Fed.json(#"{"input":{"order":42.00},"steps":{"a":{"result":{"ok":true}}},"variables":{}}"#)
    }
    #expect(talk.asked == ["GET /v1/workflows/w/runs/r1/context"])
    let context = try talk.result.get()
    #expect(context["steps"]?["a"]?["result"]?["ok"] == true)
    #expect(context["input"]?["order"] == .number(try #require(JSONNumber("42.00"))))
  }

  @Test(arguments: [404, 405, 501])
  func `a server that has no context of it says so`(status: Int) throws {
    let talk = try feed(backend.context(reference)) { _ in Fed.status(status) }
    let fault = try #require(talk.result.fault)
    #expect(fault.kind == .notFound)
    #expect(fault.sentence == "api:443 does not have the context of run r1")
  }

  @Test(arguments: ["[]", "7", "<html>", "{\"input\":"])
  func `what is no object is not the API's`(body: String) throws {
    let talk = try feed(backend.context(reference)) { _ in Fed.json(body) }
    #expect(talk.result.fault?.kind == .notTheAPI)
  }
}
