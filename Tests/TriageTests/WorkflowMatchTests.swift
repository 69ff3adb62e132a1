import Runs
import Testing
import Triage

@Suite struct WorkflowMatchTests {
  private static let workflows = [
    Workflow(id: WorkflowID("wf-1"), name: "order-triage"),
    Workflow(id: WorkflowID("wf-2"), name: "order-triage-late"),
    Workflow(id: WorkflowID("x-3"), name: "Refund approvals"),
    Workflow(id: WorkflowID("refund"), name: "nightly"),
  ]

  @Test(arguments: [
    ("order-triage", ["wf-1"]), ("x-3", ["x-3"]), ("x", ["x-3"]), ("wf", ["wf-1", "wf-2"]),
    ("order triage", ["wf-1"]), ("ORDER-Triage", ["wf-1"]), ("appr", ["x-3"]),
    ("approvals refund", ["x-3"]), ("tri ord", ["wf-1", "wf-2"]), ("late", ["wf-2"]),
    // An id goes before the words of a name, the whole of one before a beginning.
    ("refund", ["refund"]), ("ref", ["refund"]), ("refund appr", ["x-3"]),
    ("riage", []), ("nothing", []), ("", []), ("--", []),
  ])
  func `a workflow is meant by name, id, the beginning of an id, or words of its name`(
    text: String,
    ids: [String]
  ) {
    let found = WorkflowMatch.candidates(text, among: WorkflowMatchTests.workflows)
    #expect(found.map(\.id.text) == ids)
  }
}
