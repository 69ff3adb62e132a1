import JSON
import Runs
import Testing

@testable import LocalRuntime

@Suite struct ContextTests {
  @Test func `a value for which there is no room is told of, and those after it may fit`() throws {
    var text = ContextText(room: 20)
    text.add("a", input: #"{"n":1}"#, result: #""012345678901""#)
    text.add("b", input: "{}", result: "1.50")
    text.add("c", input: "{}", result: nil)
    let steps = try JSONValue(parsing: "{\(text.members)}")
    #expect(steps["a"]?["input"] == ["n": 1])
    #expect(steps["a"]?["result"] == .null)
    #expect(steps["a"]?["result_truncated"]?.string?.hasPrefix("14 bytes") == true)
    #expect(JSONWriter.text(steps["b"]?["result"] ?? .null) == "1.50")
    #expect(steps["c"] == ["input": [:]])
  }

  @Test func `a context has what steps received and made, digit by digit, and is bounded`()
    async throws
  {
    let server = try await TestServer()
    let long = (1...9).map { "a\($0)" }
    _ = try await server.runtime.publish(
      (long.map { call($0) } + [call("c"), call("d", after: long + ["c"])]).joined(separator: ",")
    )
    #expect(try await server.start(input: #"{"n":1.10}"#).status == 200)
    // A megabyte each, as JSON; eight of them have room.
    let text = String(repeating: "é\n", count: 250_000)
    for step in long { await server.runtime.gate.end(step, .success(["text": .string(text)])) }
    let number = try #require(JSONNumber("2.50"))
    await server.runtime.gate.end("c", .success(["n": .number(number)]))
    await server.runtime.gate.until { $0.inFlight == ["d"] }
    let context = try await server.get("/v1/workflows/flow/runs/run/context")
    #expect(context.status == 200)
    #expect(context.text.utf8.count < 9 << 20)
    let steps = try #require(context.json["steps"])
    #expect(JSONWriter.text(context.json["input"] ?? .null) == #"{"n":1.10}"#)
    for step in long.prefix(8) { #expect(steps[step]?["result"]?["text"] == .string(text)) }
    #expect(steps["a9"]?["result"] == .null)
    #expect(steps["a9"]?["result_truncated"]?.string?.contains("bytes") == true)
    #expect(JSONWriter.text(steps["c"]?["result"] ?? .null) == #"{"n":2.50}"#)
    #expect(steps["d"]?.object?.members.map(\.key) == ["input"])
    let summary = try await server.get("/v1/workflows/flow/runs/run/summary").json
    #expect(summary["step_outcomes"] == ["running": 1, "success": 10])
    await server.runtime.gate.end("d")
    await server.listener.stop()
  }
}
