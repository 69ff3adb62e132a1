import JSON
import Runs
import Testing

@testable import LocalRuntime

/// Which failures of tools are tried again.
@Suite struct PassingTroubleTests {
  @Test(arguments: [
    "429 Too Many Requests", "HTTP 503", "the service answered (503)", "status=429: slow down",
    "HTTP/1.1 503: away", "Rate limit exceeded", "you are being rate-limited",
    "rate_limit_exceeded",
    "Too many requests", "The service is temporarily unavailable.", "Request timed out",
    "connect ETIMEDOUT 10.0.0.1:443", "gateway timeout", "failed (code 429)", "error 503.",
  ])
  func `what passes is known by its words`(words: String) {
    #expect(PassingTrouble.isTold(in: words))
  }

  @Test(arguments: [
    "", "card declined", "invoice 14290 is not there", "ticket-429 is closed",
    "$503.20 is too much",
    "503.20 is too much", "room B503", "“timeout_s” must be a number", "the timeouts are wrong",
    "order 4.429 of 7", "separate limits", "401 Unauthorized", "500 Internal Server Error",
  ])
  func `what would fail again is not taken for it`(words: String) {
    #expect(!PassingTrouble.isTold(in: words))
  }

  @Test func `a tool that is too busy may be tried again, whichever way it says so`() async throws {
    let script = """
      for id, name, args in calls():
        if name == "error": send({"jsonrpc": "2.0", "id": id, "error": args})
        else: reply(id, {"content": [{"type": "text", "text": args["text"]}], "isError": True})
      """
    let servers = MCPServers(configs: [PythonServer.config(script)])
    let executor = MCPExecutor(servers: servers)
    func failure(_ tool: String, _ arguments: JSONObject) async -> StepFailure {
      let raw: JSONObject = ["instance_id": "test", "tool_name": .string(tool)]
      return await executor.failure(attempt(.mcpCall, raw, id: "c", parameters: arguments))
    }
    let busy = await failure("sad", ["text": "Too many requests"])
    #expect(
      busy == StepFailure(code: "MCP_TOOL_FAILED", message: "Too many requests", isTransient: true)
    )
    #expect(await failure("sad", ["text": "card declined"]).isTransient == false)
    #expect(await failure("error", ["code": 429, "message": "slow down"]).isTransient)
    #expect(await failure("error", ["code": -32_603, "message": "rate limited"]).isTransient)
    let broken = await failure("error", ["code": -32_603, "message": "no"])
    #expect(broken.code == "MCP_TOOL_FAILED")
    #expect(!broken.isTransient)
    // The name of a tool is no word of its failure.
    #expect(await failure("error timeout", ["text": "no"]).isTransient == false)
    await servers.shutdown()
  }

  @Test func `a step with retries tries a busy tool again, and a refused one not`() throws {
    var bench = try Bench(call("a", #""retry_count":1"#))
    try bench.fail("a", "Too many requests", isTransient: PassingTrouble.isTold(in: "429"))
    #expect(bench.status == .running)
    try bench.pass(.seconds(1))
    #expect(bench.begun == ["a/1", "a/2"])
    try bench.fail("a", "card declined", isTransient: PassingTrouble.isTold(in: "card declined"))
    #expect(bench.status == .failed)
  }
}
