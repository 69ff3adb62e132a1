import JSON
import Runs
import TestHouse
import Testing

@testable import CommandCenter

@Suite struct EventWordsTests {
  private func words(_ type: String, _ data: JSONObject) -> EventWords {
    EventWords(RunEvent(type: type, step: StepID("send"), data: data), graph: nil, started: nil)
  }

  @Test func `what a stop ended reads as stopped, told by either event`() {
    let new = words(
      "step_failed",
      [
        "code": "RUN_STOPPED", "failure_code": "RUN_STOPPED", "reason": "run_stopped",
        "error": "in flight when alex stopped the run", "by": "alex",
      ]
    )
    #expect(new.outcome == .stopped)
    #expect(new.text == "in flight when alex stopped the run")
    let old = words(
      "step_cancelled",
      ["cancelled": true, "reason": "run_stopped", "code": "RUN_STOPPED", "by": "alex"]
    )
    #expect(old.outcome == .stopped)
    #expect(old.text == "in flight when the run was stopped")
  }

  @Test func `what another step's failure ended reads as cancelled, and a failure as failed`() {
    let data: JSONObject = ["cancelled": true, "reason": "run_failed", "caused_by_step_id": "a"]
    #expect(words("step_cancelled", data).outcome == .cancelled)
    #expect(words("step_cancelled", data).text == "in flight when a failed")
    #expect(words("step_failed", ["code": "MCP_TOOL_FAILED", "error": "401"]).outcome == .failed)
  }

  @Test func `a step that a rejection skipped names the task`() {
    let skipped = words(
      "step_completed",
      ["skipped": true, "reason": "blocked", "blocked_by_step_id": "approve"]
    )
    #expect(skipped.outcome == .skipped(.blocked))
    #expect(skipped.text == "Skipped (Blocked) by approve")
  }

  @Test func `the steps say that the task was rejected, and of a failure that it failed`() {
    let graph = Graph(steps: [
      Graph.Step(id: StepID("ask"), type: "human_task", name: "Ask"),
      Graph.Step(id: StepID("send"), type: "mcp_call", name: "Send", dependsOn: [StepID("ask")]),
    ])
    let skip: JSONObject = ["skipped": true, "reason": "blocked", "blocked_by_step_id": "ask"]
    for (end, words) in [("step_completed", "Ask was rejected"), ("step_failed", "Ask failed")] {
      let detail = RunDetail(
        run: Sample.invoice,
        events: [
          RunEvent(type: end, step: StepID("ask"), data: [:]),
          RunEvent(type: "step_completed", step: StepID("send"), data: skip),
        ],
        graph: graph,
        at: Sample.now
      )
      var desk = RunScreenTests.at(Sample.invoice, detail)
      desk.press("2 g")
      if !desk.text.contains("because") { desk.press("j") }
      #expect(desk.text.contains("because  \(words)"), "\(desk.text)")
    }
  }
}
