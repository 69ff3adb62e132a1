import Foundation
import Glibc
import JSON
import TestHouse
import Testing

@testable import LocalRuntime

/// Steps of each kind in runs of the built program.
@Suite struct StepProgramTests {
  private static let graph = #"""
    {"steps":[
      {"id":"write","type":"llm_call","name":"Write","depends_on":[],"model":"m-1",
       "prompt":"Greet {{input.name}}","timeout_s":30},
      {"id":"count-it","type":"lua_script","name":"Count","depends_on":["write"],"timeout_s":30,
       "script":"return { words = #steps.write.result.text, name = input.name, list = input.list }"},
      {"id":"send","type":"mcp_call","name":"Send","depends_on":["count-it"],"timeout_s":30,
       "server_url":"https://mcp.elsewhere/mail","tool_name":"echo",
       "tool_args":{"words":"{{steps.count-it.result.words}}","text":"{{steps.write.result.text}}"}}
    ]}
    """#

  /// A program that serves a folder, with an endpoint for models that a script answers for.
  private struct Served {
    let folder: TestFolder
    let endpoint: RawServer
    let program: TestProgram
    let peer: Peer

    init(_ script: @escaping RawServer.Script) async throws {
      folder = try TestFolder()
      endpoint = try RawServer(script)
      let config = """
        [llm.local]
        base_url = "\(endpoint.url("/v1"))"
        key_env = "LOCAL_KEY"
        [mcp.demo]
        command = ["\(try TestProgram.path)", "demo-tools"]
        aliases = ["https://mcp.elsewhere/mail"]
        """
      try config.write(toFile: "\(folder.path)/runtime.toml", atomically: true, encoding: .utf8)
      program = try TestProgram(
        [
          "serve", "--data", "\(folder.path)/data", "--announce", "json", "--config",
          "\(folder.path)/runtime.toml",
        ],
        environment: ["LOCAL_KEY": "sk-secret"]
      )
      peer = try await program.peer().peer
    }

    func publish(_ graph: String) async throws -> String {
      let created = try await peer.send(
        "POST",
        "/v1/workflows",
        #"{"name":"Flow","graph":\#(graph)}"#
      )
      let id = try #require(created.json["id"]?.string, "\(created.text)")
      let published = try await peer.send("POST", "/v1/workflows/\(id)/versions", "{}")
      #expect(published.status == 201, "\(published.text)")
      return id
    }

    func start(_ workflow: String, _ run: String, _ input: String = "{}") async throws {
      let started = try await peer.send(
        "POST",
        "/v1/workflows/\(workflow)/command",
        #"{"command":"start","params":{"run_id":"\#(run)","trigger_payload":\#(input)}}"#
      )
      #expect(started.status == 200, "\(started.text)")
    }

    /// The run, once it has ended.
    func ended(_ workflow: String, _ run: String) async throws -> JSONValue {
      try await peer.get("/v1/workflows/\(workflow)/runs/\(run)") {
        ["completed", "failed", "stopped"].contains($0["status"]?.string ?? "")
      }
    }

    func result(_ workflow: String, _ run: String, _ step: String) async throws -> JSONValue? {
      let context = try await peer.send("GET", "/v1/workflows/\(workflow)/runs/\(run)/context")
      return context.json["steps"]?[step]?["result"]
    }

    func end() async throws {
      endpoint.stop()
      program.send(SIGTERM)
      #expect(try await program.end() == .init(code: 0, wasKilled: false, errors: ""))
    }
  }

  private static let answer = RawServer.Action.answer(
    headers: ["Content-Type: application/json"],
    body: Array(
      #"{"model":"m","choices":[{"message":{"content":"Hello Ada"}}],"usage":{"prompt_tokens":3,"completion_tokens":2}}"#
        .utf8
    )
  )

  @Test func `a model, a script and a tool hand on to each other`() async throws {
    let served = try await Served { _ in [Self.answer] }
    let flow = try await served.publish(Self.graph)
    try await served.start(flow, "r1", #"{"name":"Ada","list":[]}"#)
    let run = try await served.ended(flow, "r1")
    #expect(run["status"] == "completed", "\(JSONWriter.text(run))")
    let written = try await served.result(flow, "r1", "write")
    #expect(written?["text"] == "Hello Ada")
    #expect(written?["tokens_in"] == 3)
    #expect(written?["tokens_out"] == 2)
    #expect(
      try await served.result(flow, "r1", "count-it") == ["list": [], "name": "Ada", "words": 9]
    )
    #expect(
      try await served.result(flow, "r1", "send") == ["words": 9, "text": "Hello Ada"]
    )
    let request = try #require(served.endpoint.received.first)
    #expect(request.header("Authorization") == "Bearer sk-secret")
    let events = try await served.peer.send("GET", "/v1/workflows/\(flow)/runs/r1/events").text
    #expect(events.contains("\"llm_output\""))
    #expect(!events.contains("sk-secret"))
    try await served.end()
  }

  @Test func `scripts that loop or eat memory fail their own runs only`() async throws {
    let served = try await Served { _ in [Self.answer] }
    func script(_ text: String, _ seconds: String) -> String {
      #"{"steps":[{"id":"calc","type":"lua_script","name":"Calc","depends_on":[],"timeout_s":\#(seconds),"script":"\#(text)"}]}"#
    }
    let endless = try await served.publish(script("while true do end", "0.5"))
    let hungry = try await served.publish(
      script("local t = {} while true do t[#t+1] = ('x'):rep(4096) .. #t end", "30")
    )
    let good = try await served.publish(script("return { ok = true }", "30"))
    try await served.start(endless, "r1")
    try await served.start(hungry, "r2")
    for number in 0..<4 { try await served.start(good, "g\(number)") }
    for number in 0..<4 {
      #expect(try await served.ended(good, "g\(number)")["status"] == "completed")
    }
    let late = try await served.ended(endless, "r1")
    #expect(late["failure"]?["code"] == "RUN_STALLED_OR_TIMED_OUT")
    let full = try await served.ended(hungry, "r2")
    #expect(
      full["failure"]?["message"] == "the script of step “calc” wanted more than 128 MiB of memory"
    )
    try await served.end()
  }
}
