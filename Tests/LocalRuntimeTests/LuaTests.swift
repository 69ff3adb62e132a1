import JSON
import Testing

@testable import LocalRuntime

/// Scripts in processes of the built program.
@Suite(.serialized) struct LuaTests {
  private let executor: LuaExecutor

  init() throws {
    executor = LuaExecutor(runner: LuaRunner(program: try TestProgram.path))
  }

  private func run(
    _ script: String,
    _ scope: TemplateScope = TemplateScope()
  ) async throws
    -> String
  {
    JSONWriter.text(
      try await executor.result(
        attempt(.luaScript, ["script": .string(script)], timeout: 30, scope: scope)
      )
    )
  }

  private func failure(_ script: String, timeout: Double = 30) async -> StepFailure {
    await executor.failure(attempt(.luaScript, ["script": .string(script)], timeout: timeout))
  }

  @Test(arguments: [
    ("return {}", "{}"),
    ("return { b = 1, a = { true, 'x', 1.5 } }", #"{"a":[true,"x",1.5],"b":1}"#),
    (
      "return { n = 10 / 2, big = 9007199254740993, tiny = 1e-7 }",
      #"{"big":9007199254740993,"n":5,"tiny":1e-07}"#
    ),
    (
      "return { a = json.array(), b = json.array({ 1 }), c = json.null }",
      #"{"a":[],"b":[1],"c":null}"#
    ),
    ("return { 1, nil, 3 }", "[1,null,3]"),
    ("return { s = 'a\\0b\\\"ü' }", "{\"s\":\"a\\u0000b\\\"ü\"}"),
    (
      "local t = json.decode('{\"a\":[],\"b\":{},\"c\":null,\"d\":[1,null,2]}') return t",
      #"{"a":[],"b":{},"d":[1,null,2]}"#
    ),
    ("return { s = json.encode({ x = { 1, 2 } }) }", #"{"s":"{\"x\":[1,2]}"}"#),
    ("print('hello') return { kind = type(print) }", #"{"kind":"function"}"#),
  ])
  func `what a script returns is JSON`(script: String, json: String) async throws {
    #expect(try await run(script) == json)
  }

  @Test func `a script reads input and steps, hyphens as underscores`() async throws {
    let scope = TemplateScope(
      input: try JSONValue(parsing: #"{"list":[],"deep":{"a":[1,2.5,"x"]}}"#),
      results: ["fetch-it": ["price": 10], "a-b": ["x": 1], "a_b": ["x": 2]],
      stepInputs: ["fetch-it": ["to": "you"]],
      run: ["run_id": "r1"]
    )
    let script = """
      return {
        input = input, price = steps.fetch_it.result.price, same = steps["fetch-it"].input.to,
        one = steps["a-b"].result.x, two = steps.a_b.result.x, run = run.run_id,
        none = steps.nothing == nil and item == nil and loop == nil,
      }
      """
    #expect(
      try await run(script, scope)
        == #"{"input":{"deep":{"a":[1,2.5,"x"]},"list":[]},"none":true,"one":1,"price":10,"#
        + #""run":"r1","same":"you","two":2}"#
    )
  }

  @Test func `a script in a loop reads its item, its body and the iteration before`() async throws {
    var scope = TemplateScope()
    scope.item = ["id": 7]
    scope.index = 3
    scope.body = ["draft-it": ["text": "abc"], "list": [1]]
    scope.iteration = 2
    scope.previous = ["draft-it": ["text": "ab"]]
    let script = """
      return { item.id, index, body.draft_it.text, body["draft-it"].result.text, #body.list,
        loop.iteration, loop.prev.draft_it.text, body.draft_it, foreach.item.id, foreach.index }
      """
    #expect(try await run(script, scope) == #"[7,3,"abc","abc",1,2,"ab",{"text":"abc"},7,3]"#)
  }

  @Test(arguments: [
    ("return { pass = true }", true), ("return { pass = false }", false), ("return true", true),
    ("return false", false), ("return 0", true), ("", false),
  ])
  func `the script of a while passes or does not`(script: String, passes: Bool) async throws {
    let call = attempt(.whileLoop, ["while_eval_script": .string(script)])
    #expect(try await executor.result(call) == ["pass": .bool(passes)])
  }

  @Test func `the script of a while that passes nothing is said so`() async {
    let call = attempt(.whileLoop, ["while_eval_script": "return { done = true }"])
    #expect(
      await executor.failure(call).message
        == "the script of step “calc” failed: it returned a table without “pass”; write "
        + "{ pass = true } or false"
    )
  }

  @Test(arguments: [
    ("return 1", "the script of step “calc” failed: it returned a number, not a table"),
    ("", "the script of step “calc” failed: it returned nothing, not a table"),
    (
      "\n\nerror('order_id required')",
      "the script of step “calc” failed: line 3: order_id required"
    ),
    ("error({ message = 'no order' })", "the script of step “calc” failed: no order"),
    ("error({})", "the script of step “calc” failed: it raised a table as its error"),
    (
      "local x = nil\nreturn { y = x.z }",
      "the script of step “calc” failed: line 2: attempt to index a nil value (local 'x')"
    ),
    (
      "return { x = = 1 }",
      "the script of step “calc” is not valid: line 1: unexpected symbol near '='"
    ),
    (
      "return { a = { 1, { b = 0/0 } } }",
      "the script of step “calc” failed: result.a[2].b is not a number (such as 0/0), which JSON lacks"
    ),
    (
      "return { x = math.huge }",
      "the script of step “calc” failed: result.x is infinite, which JSON does not have"
    ),
    (
      "return { f = print }",
      "the script of step “calc” failed: result.f is a function, which JSON does not have"
    ),
    (
      "local t = {} t.me = { t } return t",
      "the script of step “calc” failed: result.me[1] holds itself"
    ),
    (
      "return { 1, x = 2 }",
      "the script of step “calc” failed: result has both numbers and names as keys, so it is neither a list nor an object"
    ),
    (
      "return { [1.5] = 1 }",
      "the script of step “calc” failed: result has a key that is neither a text nor a whole number"
    ),
    (
      "return { [1] = 1, [1000] = 2 }",
      "the script of step “calc” failed: result is a list with more holes than values, up to the key 1000"
    ),
    (
      "return { s = '\\255' }",
      "the script of step “calc” failed: result.s is a text that is not UTF-8"
    ),
    (
      "return { s = ('x'):rep(1100000) }",
      "the script of step “calc” failed: result is larger than 1048576 bytes as JSON"
    ),
    (
      "local t = {} for i = 1, 1000 do t = { t } end return t",
      "the script of step “calc” failed: result[1][1][1][1][1][1][1][1][1][1][1][1][1][1][1]… nests deeper than 128 tables"
    ),
    (
      "return json.decode('{')",
      "the script of step “calc” failed: line 1: json.decode: the JSON ends after 1 bytes, in the middle of a value"
    ),
    (
      "local function f() return f() + 1 end return f()",
      "the script of step “calc” failed: line 1: stack overflow"
    ),
  ])
  func `what is wrong with a script is one sentence`(script: String, sentence: String) async {
    let failure = await failure(script)
    #expect(failure.message.hasPrefix(sentence))
    #expect(failure.code == "LUA_SCRIPT_FAILED")
    #expect(!failure.isTransient)
  }

  @Test(arguments: [
    "io", "os", "debug", "package", "coroutine", "utf8", "require", "load", "loadstring",
    "loadfile",
    "dofile", "collectgarbage", "warn",
  ])
  func `a script has nothing that reaches out`(name: String) async throws {
    #expect(try await run("return { there = \(name) ~= nil }") == #"{"there":false}"#)
  }

  @Test(arguments: [
    "while true do end",
    "while true do pcall(function() while true do end end) end",
    // A pattern that backtracks runs within one instruction.
    "return { x = ('a'):rep(100):find(('a-'):rep(30) .. 'b') }",
    // A finalizer runs where no error of the script's can end it.
    "setmetatable({}, { __gc = function() while true do end end }) for i = 1, 1e9 do local t = {} end",
  ])
  func `a script that runs for ever is ended when its time is over`(script: String) async {
    let failure = await failure(script, timeout: 0.3)
    #expect(failure.code == "RUN_STALLED_OR_TIMED_OUT")
    #expect(
      failure.message
        == "the script of step “calc” did not end within 0.3 seconds; “timeout_s” may be up to 30"
    )
    #expect(!failure.isTransient)
  }

  @Test(arguments: [
    "local t = {} while true do t[#t + 1] = ('x'):rep(1000) .. #t end",
    "local s = 'x' while true do s = s .. s end",
    "return { s = ('x'):rep(1 << 30) }",
    "while true do pcall(string.rep, 'x', 1 << 30) end",
  ])
  func `a script that eats memory is ended, whatever it catches`(script: String) async {
    let failure = await failure(script)
    #expect(failure.message == "the script of step “calc” wanted more than 128 MiB of memory")
    #expect(failure.code == "LUA_SCRIPT_FAILED")
  }

  @Test func `megabytes of input go in, and a megabyte comes out`() async throws {
    let text = String(repeating: "0123456789abcde\n", count: 60_000)
    let items = JSONValue.array((0..<100_000).map { .object(["n": .int($0), "t": "ü"]) })
    let scope = TemplateScope(input: ["items": items, "text": .string(text)])
    #expect(
      try await run("return { #input.items, input.items[100000].n, #input.text }", scope)
        == "[100000,99999,960000]"
    )
    let value = try await executor.result(
      attempt(.luaScript, ["script": "return { input.text }"], timeout: 30, scope: scope)
    )
    #expect(value == [.string(text)])
  }

  @Test func `cancelling ends the process`() async throws {
    let call = attempt(.luaScript, ["script": "while true do end"], timeout: 30)
    let runner = LuaRunner(program: try TestProgram.path, maximumProcesses: 1)
    let executor = LuaExecutor(runner: runner)
    let endless = Task { await executor.failure(call) }
    let waiting = Task { await executor.failure(call) }
    waiting.cancel()
    endless.cancel()
    #expect(await waiting.value.message == "the script of step “calc” was cancelled")
    #expect(await endless.value.message == "the script of step “calc” was cancelled")
    // The one place there is, is free again.
    let next = attempt(.luaScript, ["script": "return { 1 }"], timeout: 30)
    #expect(try await executor.result(next) == [1])
  }

  @Test func `a program that is no runtime is said so`() async {
    let executor = LuaExecutor(runner: LuaRunner(program: "/bin/true"))
    let call = attempt(.luaScript, ["script": "return {}"])
    let failure = await executor.failure(call)
    #expect(failure.code == "DEPENDENCY_UNAVAILABLE")
    #expect(
      failure.message
        == "the script of step “calc” could not be run: its process ended with status 0 and no answer"
    )
    let missing = LuaExecutor(runner: LuaRunner(program: "/nowhere"))
    #expect(await missing.failure(call).code == "DEPENDENCY_UNAVAILABLE")
  }

  @Test(arguments: [
    ("return {", "line 1: unexpected symbol near <eof>"),
    ("goto nowhere", "line 1: no visible label 'nowhere'"),
    ("\u{1B}Lua", "unexpected"),
    (String(repeating: " ", count: 65_537), "the script has 65537 bytes, more than 65536"),
    (String(repeating: "(", count: 60_000), "C stack overflow"),
  ])
  func `the syntax of a script is looked at without running it`(
    script: String,
    words: String
  )
    throws
  {
    let mistake = try #require(LuaSyntax.mistake(in: script))
    if words != "unexpected" { #expect(mistake.hasPrefix(words)) }
  }

  @Test func `a script that can be run has no mistake`() {
    #expect(LuaSyntax.mistake(in: "while true do end") == nil)
    #expect(LuaSyntax.mistake(in: "") == nil)
  }
}
