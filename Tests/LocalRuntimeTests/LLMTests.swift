import Glibc
import JSON
import Runs
import TestHouse
import Testing

@testable import LocalRuntime

/// Endpoints of language models, most of them misbehaving.
@Suite struct LLMTests {
  /// An endpoint that answers each request with what a script says, and whoever calls it.
  private struct Endpoint {
    let server: RawServer
    let executor: LLMExecutor

    init(
      key: String? = "sk-1",
      stall: Duration = .seconds(60),
      _ script: @escaping RawServer.Script
    ) throws {
      server = try RawServer(script)
      var provider = LLMProvider(name: "local", baseURL: server.url("/v1"))
      provider.keySource = "the variable LOCAL_KEY"
      provider.key = key
      if key == nil { provider.keyTrouble = "the variable LOCAL_KEY is not set" }
      provider.stall = stall
      executor = LLMExecutor(
        providers: LLMProviders(all: [provider]),
        outward: Outward(environment: [:]),
        clock: HandClock().clock
      )
    }
  }

  private static func call(
    _ parameters: JSONObject = ["model": "m-1", "prompt": "Say hi"],
    timeout: Double? = 30
  ) -> StepCall {
    attempt(.llmCall, id: "write", timeout: timeout, parameters: parameters)
  }

  private static let head = RawServer.Action.send(
    text: "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
  )

  private static func event(_ json: String) -> RawServer.Action {
    .send(text: "data: \(json)\n\n")
  }

  private static func words(_ text: String) -> RawServer.Action {
    event(#"{"model":"m-1-2026","choices":[{"index":0,"delta":{"content":"\#(text)"}}]}"#)
  }

  private static let stop = event(#"{"choices":[{"delta":{},"finish_reason":"stop"}]}"#)
  private static let usage = event(
    #"{"choices":[],"usage":{"prompt_tokens":12,"completion_tokens":3}}"#
  )

  @Test func `a streamed answer is put together, its tokens counted`() async throws {
    let endpoint = try Endpoint { _ in
      [
        Self.head, .send(text: ": waiting\n\n"), Self.words("Hel"), Self.words("lo"), Self.stop,
        Self.usage, Self.event("[DONE]"), .close,
      ]
    }
    defer { endpoint.server.stop() }
    let notes = Notes()
    let result = try await endpoint.executor.execute(
      Self.call([
        "model": "m-1", "prompt": "Say hi", "system_prompt": "Be brief",
        "llm_params": ["temperature": 1, "max_tokens": 5, "stream": false],
      ]),
      note: notes.take
    )
    #expect(
      result == [
        "model": "m-1-2026", "requested_model": "m-1", "text": "Hello", "tokens_in": 12,
        "tokens_out": 3, "latency_ms": 0,
      ]
    )
    #expect(notes.all == [StepNote(type: "llm_output", data: ["delta": "Hello"])])
    let request = try #require(endpoint.server.received.first)
    #expect(request.line == "POST /v1/chat/completions HTTP/1.1")
    #expect(request.header("Authorization") == "Bearer sk-1")
    #expect(
      try JSONValue(parsing: request.body) == [
        "temperature": 1, "max_tokens": 5, "model": "m-1",
        "messages": [
          ["role": "system", "content": "Be brief"], ["role": "user", "content": "Say hi"],
        ],
        "stream": true, "stream_options": ["include_usage": true],
      ]
    )
  }

  @Test func `an answer in single bytes is the same answer`() async throws {
    let text =
      "data: {\"choices\":[{\"delta\":{\"content\":\"ü\"}}]}\r\n\r\ndata: [DONE]\r\n\r\n"
    let endpoint = try Endpoint { _ in [Self.head, .sendByteByByte(Array(text.utf8)), .close] }
    defer { endpoint.server.stop() }
    let result = try await endpoint.executor.result(Self.call())
    #expect(result["text"] == "ü")
    #expect(result["model"] == "m-1")
    #expect(result["tokens_out"] == 0)
  }

  @Test func `the end of the answer is the end, whatever the endpoint does then`() async throws {
    let gate = try TestHouse.Gate()
    let endpoint = try Endpoint { _ in
      [Self.head, Self.words("Hi"), Self.event("[DONE]"), .hold(gate)]
    }
    defer { endpoint.server.stop() }
    #expect(try await endpoint.executor.result(Self.call(timeout: nil))["text"] == "Hi")
    let cutting = try Endpoint { _ in
      [
        .send(
          text: "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 9999\r\n\r\n"
        ), Self.words("Ho"), Self.stop, .close,
      ]
    }
    defer { cutting.server.stop() }
    #expect(try await cutting.executor.result(Self.call())["text"] == "Ho")
  }

  private static let whole = #"""
    {"model":"m","choices":[{"message":{"role":"assistant","content":"Hi"}}],
    "usage":{"prompt_tokens":4,"completion_tokens":2}}
    """#

  @Test func `an endpoint that does not stream is taken at its whole answer`() async throws {
    let endpoint = try Endpoint { _ in
      [.answer(headers: ["Content-Type: application/json"], body: Array(Self.whole.utf8))]
    }
    defer { endpoint.server.stop() }
    let notes = Notes()
    let result = try await endpoint.executor.execute(Self.call(), note: notes.take)
    #expect(
      result == [
        "model": "m", "requested_model": "m-1", "text": "Hi", "tokens_in": 4, "tokens_out": 2,
        "latency_ms": 0,
      ]
    )
    #expect(notes.all.map(\.data) == [["delta": "Hi"]])
  }

  @Test func `an endpoint that refuses to stream is asked without`() async throws {
    let endpoint = try Endpoint { request in
      String(decoding: request.body, as: UTF8.self).contains("\"stream\"")
        ? [
          .answer(
            "400 Bad Request",
            body: Array(#"{"error":{"message":"stream is not supported"}}"#.utf8)
          )
        ] : [.answer(text: Self.whole)]
    }
    defer { endpoint.server.stop() }
    #expect(try await endpoint.executor.result(Self.call())["text"] == "Hi")
    #expect(endpoint.server.received.count == 2)
  }

  @Test(
    arguments: [
      (
        "401 Unauthorized", [], #"{"error":{"message":"bad key"}}"#,
        StepFailure(
          code: "LLM_REQUEST_FAILED",
          message:
            "the model “m-1” of [llm.local] refused the key of the variable LOCAL_KEY (401): bad key"
        )
      ),
      (
        "429 Too Many Requests", ["Retry-After: 7"], "slow down",
        StepFailure(
          code: "LLM_REQUEST_FAILED",
          message: "the model “m-1” of [llm.local] cannot answer now (429): “slow down”",
          isTransient: true,
          retryAfter: .seconds(7)
        )
      ),
      (
        "503 Service Unavailable", [], "",
        StepFailure(
          code: "LLM_REQUEST_FAILED",
          message: "the model “m-1” of [llm.local] cannot answer now (503)",
          isTransient: true
        )
      ),
      (
        "404 Not Found", [], #"{"error":"no such model"}"#,
        StepFailure(
          code: "LLM_REQUEST_FAILED",
          message: "the model “m-1” of [llm.local] refused the request (404): no such model"
        )
      ),
      (
        "302 Found", ["Location: http://127.0.0.1:1/"], "",
        StepFailure(
          code: "LLM_REQUEST_FAILED",
          message: "the model “m-1” of [llm.local] is elsewhere: the endpoint redirects to "
            + "http://127.0.0.1:1/; see base_url"
        )
      ),
      (
        "200 OK", [], "<html>Welcome</html>",
        StepFailure(
          code: "LLM_REQUEST_FAILED",
          message: "the model “m-1” of [llm.local] answered no JSON object: “<html>Welcome</html>”"
        )
      ),
      (
        "200 OK", [], "{}",
        StepFailure(
          code: "LLM_REQUEST_FAILED",
          message:
            "the model “m-1” of [llm.local] answered without “choices”, so there is no text in it"
        )
      ),
    ] as [(String, [String], String, StepFailure)]
  )
  func `an answer that is none is one sentence`(
    status: String,
    headers: [String],
    body: String,
    failure: StepFailure
  ) async throws {
    let endpoint = try Endpoint { _ in
      [.answer(status, headers: headers, body: Array(body.utf8))]
    }
    defer { endpoint.server.stop() }
    #expect(await endpoint.executor.failure(Self.call()) == failure)
  }

  @Test(arguments: [#"{"error":{"message":"bad key sk-secret-1"}}"#, "no: sk-secret-1"])
  func `a key that comes back in a complaint is not repeated`(body: String) async throws {
    let endpoint = try Endpoint(key: "sk-secret-1") { _ in
      [.answer("401 Unauthorized", body: Array(body.utf8))]
    }
    defer { endpoint.server.stop() }
    let failure = await endpoint.executor.failure(Self.call())
    #expect(!failure.message.contains("secret"))
    #expect(failure.message.contains(" …"))
  }

  @Test func `garbage in the stream ends the call and closes the connection`() async throws {
    let gate = try TestHouse.Gate()
    let endpoint = try Endpoint { _ in
      [Self.head, Self.words("He"), Self.event("\u{1}\u{2} no json"), .hold(gate)]
    }
    defer { endpoint.server.stop() }
    let notes = Notes()
    await #expect(
      throws: StepFailure(
        code: "LLM_REQUEST_FAILED",
        message: "the model “m-1” of [llm.local] sent an event that is no JSON object: "
          + "“\u{1}\u{2} no json”"
      )
    ) { try await endpoint.executor.execute(Self.call(), note: notes.take) }
    // What came before it stands in the events.
    #expect(notes.all.map(\.data) == [["delta": "He"]])
  }

  @Test func `an error in the stream may pass, and so may a stream that breaks off`() async throws {
    let endpoint = try Endpoint { _ in
      [Self.head, Self.event(#"{"error":{"message":"overloaded"}}"#), .close]
    }
    defer { endpoint.server.stop() }
    let reported = await endpoint.executor.failure(Self.call())
    #expect(reported.message == "the model “m-1” of [llm.local] reported: overloaded")
    #expect(reported.isTransient)
    let broken = try Endpoint { _ in [Self.head, Self.words("He"), .close] }
    defer { broken.server.stop() }
    let cut = await broken.executor.failure(Self.call())
    #expect(
      cut.message
        == "the model “m-1” of [llm.local] ended the stream before the answer was whole"
    )
    #expect(cut.isTransient)
  }

  @Test(arguments: [
    [], [event(#"{"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":0}}"#)],
    [event(#"{"model":"m-1","choices":[null]}"#)],
  ])
  func `an end without any answer before it is no answer, and may pass`(
    before: [RawServer.Action]
  ) async throws {
    let endpoint = try Endpoint { _ in [Self.head] + before + [Self.event("[DONE]"), .close] }
    defer { endpoint.server.stop() }
    #expect(
      await endpoint.executor.failure(Self.call())
        == StepFailure(
          code: "LLM_REQUEST_FAILED",
          message: "the model “m-1” of [llm.local] ended without an answer",
          isTransient: true
        )
    )
  }

  @Test func `an answer that is empty is an answer, and the name of its model is cut`()
    async throws
  {
    let name = String(repeating: "é", count: 150)
    let endpoint = try Endpoint { _ in
      [
        Self.head, Self.event(#"{"model":"\#(name)","choices":[{"delta":{}}]}"#),
        Self.event("[DONE]"), .close,
      ]
    }
    defer { endpoint.server.stop() }
    let result = try await endpoint.executor.result(Self.call())
    #expect(result["text"] == "")
    #expect(result["model"]?.string == String(repeating: "é", count: 100))
    #expect(result["requested_model"] == "m-1")
  }

  @Test func `an endless event and an endless text are refused`() async throws {
    let endpoint = try Endpoint { _ in
      [Self.head, .send(Array(repeating: UInt8(ascii: "x"), count: 5 << 20)), .close]
    }
    defer { endpoint.server.stop() }
    #expect(
      await endpoint.executor.failure(Self.call()).message
        == "the model “m-1” of [llm.local] sent an event that has no end"
    )
    let text = String(repeating: "x", count: 1 << 20)
    let chatty = try Endpoint { _ in
      [Self.head] + (0..<5).map { _ in Self.words(text) } + [.close]
    }
    defer { chatty.server.stop() }
    #expect(
      await chatty.executor.failure(Self.call()).message
        == "the model “m-1” of [llm.local] answered more than 4 MiB of text"
    )
  }

  @Test func `an endpoint that says nothing any more is given up`() async throws {
    let gate = try TestHouse.Gate()
    let endpoint = try Endpoint(stall: .seconds(1)) { _ in
      [Self.head, Self.words("He"), .hold(gate)]
    }
    defer { endpoint.server.stop() }
    let failure = await endpoint.executor.failure(Self.call())
    #expect(failure.code == "RUN_STALLED_OR_TIMED_OUT")
    #expect(failure.isTransient)
  }

  @Test func `a step's time ends the call`() async throws {
    let gate = try TestHouse.Gate()
    let endpoint = try Endpoint { _ in [.hold(gate)] }
    defer { endpoint.server.stop() }
    let failure = await endpoint.executor.failure(Self.call(timeout: 0.2))
    #expect(failure.code == "RUN_STALLED_OR_TIMED_OUT")
  }

  @Test func `cancelling closes the connection`() async throws {
    let socket = try LoopbackSocket()
    try socket.listen(backlog: 1)
    defer { socket.close() }
    let (happenings, happening) = AsyncStream<String>.makeStream()
    let thread = try TestHouse.Thread {
      let peer = accept(socket.descriptor, nil, nil)
      var buffer = [UInt8](repeating: 0, count: 65_536)
      while true {
        let count = unsafe buffer.withUnsafeMutableBytes {
          unsafe read(peer, $0.baseAddress, $0.count)
        }
        guard count > 0 else { break }
        happening.yield("asked")
      }
      happening.yield("left")
      close(peer)
    }
    let executor = LLMExecutor(
      providers: LLMProviders(all: [
        LLMProvider(name: "local", baseURL: "http://127.0.0.1:\(socket.port)")
      ]),
      outward: Outward(environment: [:]),
      clock: HandClock().clock
    )
    let call = Task { await executor.failure(Self.call()) }
    for await what in happenings {
      if what == "asked" { call.cancel() }
      if what == "left" { break }
    }
    #expect(
      await call.value.message == "the model “m-1” of [llm.local]: the call was cancelled"
    )
    thread.join()
  }

  @Test func `nobody there is said, and may pass`() async throws {
    let endpoint = try Endpoint { _ in [] }
    endpoint.server.stop()
    let failure = await endpoint.executor.failure(Self.call())
    #expect(failure.code == "LLM_REQUEST_FAILED")
    #expect(failure.isTransient)
  }

  @Test(
    arguments: [
      (JSONObject(), "the step names no model; write “model” or “model_ref”"),
      (["model": "m", "prompt": ""], "the prompt is empty"),
      (["model": "m"], "the prompt is empty"),
      (["model": "m", "prompt": "x", "llm_params": 3], "“llm_params” is a number, not an object"),
      (["model": "m", "messages": "x"], "“messages” is a text, not a list"),
      (
        ["model": "m", "prompt": "x", "llm_params": ["system": 1]],
        "the system prompt is a number, not a text"
      ),
    ] as [(JSONObject, String)]
  )
  func `a step that asks nothing is not sent`(parameters: JSONObject, sentence: String) async throws
  {
    let endpoint = try Endpoint { _ in [] }
    defer { endpoint.server.stop() }
    let failure = await endpoint.executor.failure(Self.call(parameters))
    #expect(failure == StepFailure(code: "LLM_REQUEST_FAILED", message: sentence))
    #expect(endpoint.server.connections == 0)
  }

  @Test func `a key that is not there is named, and nothing is sent`() async throws {
    let endpoint = try Endpoint(key: nil) { _ in [] }
    defer { endpoint.server.stop() }
    #expect(
      await endpoint.executor.failure(Self.call()).message
        == "[llm.local] has no key: the variable LOCAL_KEY is not set"
    )
    #expect(endpoint.server.connections == 0)
  }

  private static let providers = LLMProviders(all: [
    LLMProvider(name: "openai", baseURL: "https://a/v1", models: ["gpt-4o", "gpt-4.1"]),
    LLMProvider(name: "local", baseURL: "http://b/v1"),
  ])

  @Test(
    arguments: [
      ("gpt-4o", nil, nil, "openai", "gpt-4o"), ("llama3", nil, nil, "local", "llama3"),
      (nil, "direct.openai.gpt-4.1", nil, "openai", "gpt-4.1"),
      (nil, "openai.gpt-5", nil, "openai", "gpt-5"),
      (nil, "direct.azure.gpt-4.1", nil, "openai", "gpt-4.1"),
      (nil, "direct.meta.llama3", nil, "local", "llama3"),
      (nil, "gpt-4.1", nil, "openai", "gpt-4.1"),
      ("gpt-4o", nil, "local", "local", "gpt-4o"), ("gpt-4o", nil, "0b1f", "openai", "gpt-4o"),
      (nil, "direct.openai.gpt-4o", "local", "local", "gpt-4o"),
    ] as [(String?, String?, String?, String, String)]
  )
  func `the model chooses the endpoint`(
    model: String?,
    reference: String?,
    credential: String?,
    name: String,
    sent: String
  ) throws {
    let choice = try Self.providers.choice(
      model: model,
      reference: reference,
      credential: credential
    )
    #expect(choice.provider.name == name)
    #expect(choice.model == sent)
  }

  @Test func `a model that nobody has is said with what was meant`() {
    let closed = LLMProviders(all: [Self.providers.all[0]])
    #expect(
      throws: StepFailure(
        code: "LLM_REQUEST_FAILED",
        message: "no endpoint of runtime.toml has the model “gpt-4”; “gpt-4o” was meant? "
          + "Known are [llm.openai]"
      )
    ) { try closed.choice(model: "gpt-4", reference: nil, credential: nil) }
    #expect(
      throws: StepFailure(
        code: "LLM_REQUEST_FAILED",
        message: "no endpoint of runtime.toml has the model “claude-x”. Known are [llm.openai]"
      )
    ) { try closed.choice(model: "claude-x", reference: nil, credential: nil) }
    #expect(
      throws: StepFailure(
        code: "LLM_REQUEST_FAILED",
        message: "no language model is configured; write [llm.NAME] into runtime.toml"
      )
    ) { try LLMProviders(all: []).choice(model: "m", reference: nil, credential: nil) }
  }
}
