import JSON
import Runs
import Testing

@testable import LocalRuntime

@Suite struct EpisodeTests {
  /// A spine that begins by itself, and a gated side branch.
  private let mixed = [
    call("fetch"), call("report", after: ["fetch"], #""terminal":true"#),
    call("router", #""no_auto_start":true,"tool_args":{"limit":1,"topic":"none"}"#),
    call("analyst", after: ["router"]),
  ].joined(separator: ",")

  @Test func `a gated step does not begin, and is out of scope when the run closes`() throws {
    var bench = try Bench(mixed)
    #expect(bench.flights.keys.sorted() == ["fetch"])
    try bench.succeed("fetch")
    try bench.succeed("report")
    #expect(bench.status == .completed)
    #expect(bench.outcome("router") == .skipped(.outOfScope))
    #expect(bench.outcome("analyst") == .skipped(.outOfScope))
    #expect(
      bench.event("step_completed", "analyst")?.data == ["skipped": true, "reason": "out_of_scope"]
    )
    #expect(bench.state.run.steps == StepCounts(total: 4, completed: 2, skipped: 2))
  }

  @Test func `trigger_steps lets a gated step begin, and gives it parameters`() throws {
    var bench = try Bench(mixed, triggerSteps: ["router": ["limit": 5, "more": "{{input.x}}"]])
    #expect(
      bench.flights["router"]?.parameters == ["topic": "none", "limit": 5, "more": "{{input.x}}"]
    )
    try bench.succeed("fetch")
    try bench.succeed("report")
    // Closed, but what is in scope is waited for.
    #expect(bench.status == .running)
    try bench.succeed("router")
    try bench.succeed("analyst")
    #expect(bench.status == .completed)
    #expect(bench.state.run.steps == StepCounts(total: 4, completed: 4))
  }

  @Test func `without a close the run goes on, until a resume lets more steps begin`() throws {
    var bench = try Bench(
      [call("fetch"), call("writer", #""no_auto_start":true,"terminal":true"#)]
        .joined(separator: ",")
    )
    try bench.succeed("fetch")
    #expect(bench.status == .running)
    #expect(bench.flights.isEmpty)
    #expect(bench.state.nextWake == nil)
    try bench.tell(.pause)
    #expect(throws: Rejection.self) { try bench.tell(.resumeGiving(["nobody": [:]])) }
    try bench.tell(.resumeGiving(["writer": ["text": "x"]]))
    #expect(bench.flights["writer"]?.parameters == ["text": "x"])
    #expect(
      bench.state.episode == [
        "entry_granted": ["writer": true], "in_scope": ["fetch": true, "writer": true],
        "episode_closed": false,
      ]
    )
    try bench.succeed("writer")
    #expect(bench.status == .completed)
  }

  @Test func `an episode that is stopped leaves nothing behind`() throws {
    var bench = try Bench(mixed)
    try bench.succeed("fetch")
    try bench.tell(.stop(.immediate))
    #expect(bench.status == .stopped)
    #expect(bench.outcome("router") == .skipped(.blocked))
  }

  @Test func `what single steps were given is read under _steps, and survives a crash`() throws {
    var bench = try Bench(
      call("a", #""idempotent":true"#)
        + "," + call("b", after: ["a"], #""tool_args":{"n":"{{input._steps.a.n}}"}"#),
      triggerSteps: ["a": ["n": 3]]
    )
    try bench.crash()
    #expect(bench.flights["a"]?.parameters == ["n": 3])
    try bench.succeed("a")
    #expect(bench.flights["b"]?.parameters == ["n": 3])
  }

  @Test func `what no step is, or what takes nothing from a client, is refused`() throws {
    let graph = try WorkflowGraph(
      JSONValue(parsing: "{\"steps\":[\(call("a")),\(call("b", #""input_allowlist":["a"]"#))]}")
    )
    #expect(throws: Never.self) { try graph.check(triggerSteps: ["a": [:]]) }
    let unknown = #expect(throws: Rejection.self) { try graph.check(triggerSteps: ["c": [:]]) }
    #expect(unknown?.message.contains("which is no step of the graph") == true)
    let closed = #expect(throws: Rejection.self) { try graph.check(triggerSteps: ["b": [:]]) }
    #expect(closed?.message.contains("takes input only from “a”") == true)
    let text = #expect(throws: Rejection.self) { try graph.check(triggerSteps: ["a": "x"]) }
    #expect(text?.status == 422)
  }

  @Test func `steps that the start took out take with them what depends on nothing else`() throws {
    var bench = try Bench(
      [
        call("a"), call("b"), call("after", after: ["b"]), call("join", after: ["a", "after"]),
      ].joined(separator: ","),
      excluded: ["b"]
    )
    #expect(bench.outcome("b") == .skipped(.outOfScope))
    #expect(bench.outcome("after") == .skipped(.outOfScope))
    try bench.succeed("a")
    try bench.succeed("join")
    #expect(bench.status == .completed)
  }
}
