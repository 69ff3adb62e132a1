import JSON
import Runs
import Testing
import Triage

@Suite struct AnswerUseTests {
  private func use(_ source: JSONObject) -> AnswerUse {
    let graph = Graph(steps: [
      Graph.Step(
        id: StepID("review-it"),
        type: "human_task",
        source: ["x": "{{steps.review-it.result.own}}"]
      ),
      Graph.Step(id: StepID("next"), type: "mcp_call", source: source),
    ])
    return AnswerUse(of: StepID("review-it"), in: graph)
  }

  @Test func `the fields that later steps read are told from their templates and scripts`() {
    let use = use([
      "condition": "{{steps.review-it.result.approved}}",
      "tool_args": [
        "a": "{{steps.review-it.result.amount | input.amount}}",
        "b": [["c": "Dear {{steps.review-it.result.name}}: {{steps.review-it.result.amount}}"]],
      ],
      "script": "return {x = steps.review_it.result.note, y = steps[\"review-it\"].result.extra}",
    ])
    #expect(Set(use.names) == ["amount", "name", "note", "extra"])
    #expect(!use.isWhole)
    #expect(use.reads("amount"))
    #expect(!use.reads("own"))
  }

  @Test func `a step that takes the whole answer may read every field`() {
    let use = use(["input": "{{steps.review-it.result}}"])
    #expect(use.isWhole)
    #expect(use.reads("anything"))
  }

  @Test func `other steps' results are none of its own`() {
    let use = use(["input": "{{steps.review-it-2.result.a}} {{steps.review-it.results.b}}"])
    #expect(use.names.isEmpty)
    #expect(!use.isWhole)
  }
}
