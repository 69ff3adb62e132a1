import JSON
import Runs
import Testing

@testable import LocalRuntime

@Suite struct RejectionTests {
  private let skip: JSONObject = [
    "skipped": true, "reason": "blocked", "blocked_by_step_id": "approve",
  ]

  /// A draft, a task, and what follows it.
  private func graph(_ send: String, _ more: [String] = []) -> String {
    ([call("draft"), ask("approve", after: ["draft"]), send] + more).joined(separator: ",")
  }

  @Test func `what follows a rejected task is not begun, nor what follows only that`() throws {
    let source = graph(
      call("send", after: ["draft", "approve"]),
      [call("note", after: ["send"]), call("join", after: ["note", "draft"])]
    )
    var bench = try Bench(source)
    try bench.succeed("draft")
    try bench.answer(false)
    #expect(bench.event("step_completed", "send")?.data == skip)
    #expect(bench.event("step_completed", "note")?.data == skip)
    #expect(bench.outcome("send") == .skipped(.blocked))
    // It depends on something that ran, too.
    try bench.succeed("join")
    #expect(bench.status == .completed)
    #expect(bench.state.run.failure == nil)
    #expect(bench.begun == ["draft/1", "join/1"])
    #expect(bench.state.run.steps == StepCounts(total: 5, completed: 3, skipped: 2))
  }

  @Test func `an approval lets everything begin`() throws {
    var bench = try Bench(graph(call("send", after: ["approve"])))
    try bench.succeed("draft")
    try bench.answer(true)
    try bench.succeed("send")
    #expect(bench.status == .completed)
  }

  @Test(arguments: [
    call("send", after: ["approve"], #""condition":"{{input.always}}""#),
    call("send", after: ["approve"], #""skip_when":"{{input.never}}""#),
    call("send", after: ["approve"], #""tool_args":{"said":"{{steps.approve.result.approved}}"}"#),
    call("send", after: ["approve"], #""tool_args":{"said":["{{ steps.approve.result }}"]}"#),
    call(
      "send",
      after: ["approve"],
      #""type":"lua_script","script":"return {paid=steps.approve.result.approved}""#
    ),
    each(
      "send",
      after: ["approve"],
      [call("one", #""condition":"{{steps.approve.result.approved}}""#)]
    ),
  ])
  func `a step that is aware of the answer decides by itself`(_ send: String) throws {
    let graph = try WorkflowGraph(JSONValue(parsing: "{\"steps\":[\(self.graph(send))]}"))
    #expect(
      GraphValidation.check(.object(graph.raw), knownServers: .unasked).issues
        .filter { $0.code == "task_not_gated" }.isEmpty
    )
    var bench = try Bench(self.graph(send), input: ["always": true, "never": false, "items": []])
    try bench.succeed("draft")
    try bench.answer(false)
    #expect(bench.event("step_started", "send") != nil)
  }

  @Test(arguments: [
    call("send", after: ["approve"], #""tool_args":{"why":"{{steps.approve.result.comment}}"}"#),
    script("send", after: ["approve"]),
    ask("send", after: ["approve"]),
    child("send", after: ["approve"]),
    each("send", after: ["approve"], [call("one")]),
    // A step that is switched off is as if it were not there.
    call("off", after: ["approve"], #""enabled":false"#) + "," + call("send", after: ["off"]),
  ])
  func `any other is skipped, and the author is warned`(_ send: String) throws {
    var bench = try Bench(graph(send), input: ["items": []])
    let issue = GraphValidation.check(.object(bench.state.graph.raw), knownServers: .unasked).issues
      .first { $0.code == "task_not_gated" }
    #expect(issue?.severity == .warning)
    #expect(issue?.stepID == "send")
    #expect(
      issue?.message == "step “send” follows the task “approve” without a condition: on a "
        + "rejection it is skipped"
    )
    #expect(
      issue?.suggestion == "say so with the condition “{{steps.approve.result.approved}}”"
    )
    try bench.succeed("draft")
    try bench.answer(false)
    #expect(bench.event("step_completed", "send")?.data == skip)
    #expect(bench.status == .completed)
  }

  @Test func `what a crash left unbegun behind a rejected task is not begun after it`() throws {
    var bench = try Bench(graph(call("send", after: ["approve", "slow"]), [call("slow")]))
    try bench.succeed("draft")
    try bench.answer(false)
    #expect(bench.outcome("send") == .pending)
    try bench.tell(.pause)
    try bench.succeed("slow")
    try bench.crash()
    try bench.tell(.resume)
    #expect(bench.event("step_completed", "send")?.data == skip)
    #expect(bench.status == .completed)
  }

  @Test func `a stop skips what never began, and fails what was in flight by its own code`() throws
  {
    var bench = try Bench(
      [call("a"), ask("person"), call("b", after: ["a"]), call("c", after: ["b"])]
        .joined(separator: ",")
    )
    try bench.tell(.stop(.immediate))
    for step in ["a", "person"] {
      #expect(
        bench.event("step_failed", step)?.data == [
          "code": "RUN_STOPPED", "failure_code": "RUN_STOPPED", "reason": "run_stopped",
          "error": "in flight when alex stopped the run", "by": "alex", "duration_ms": 0,
        ]
      )
      #expect(bench.outcome(step) == .stopped)
    }
    for step in ["b", "c"] {
      #expect(
        bench.event("step_completed", step)?.data == ["skipped": true, "reason": "blocked"]
      )
    }
    #expect(bench.state.run.steps == StepCounts(total: 4, cancelled: 2, skipped: 2))
    #expect(bench.log.last == "state_changed")
    #expect(!bench.log.contains { $0.hasPrefix("step_cancelled") })
  }

  @Test func `the end of a graceful stop skips what never began`() throws {
    var bench = try Bench([call("a"), call("b", after: ["a"])].joined(separator: ","))
    try bench.tell(.stop(.graceful))
    try bench.succeed("a")
    #expect(bench.status == .stopped)
    #expect(bench.event("step_completed", "b")?.data == ["skipped": true, "reason": "blocked"])
  }
}
