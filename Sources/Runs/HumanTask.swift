package import JSON

/// A step that waits for a person.
package struct HumanTask: Sendable, Equatable {
  package var id: TaskID
  /// The run that waits.
  package var run: RunID
  package var workflow: WorkflowID?
  package var workflowName: String?
  /// The step that waits; the task's own id where the server names no step.
  package var step: StepID
  /// What kind of answer is wanted: `approval`, `edit`, or another word.
  package var type: String?
  /// What is decided on.
  package var payload: JSONObject
  /// Whether it still waits.
  package var isPending: Bool
  package var createdAt: Timestamp?
  /// Until when it may be answered.
  package var expiresAt: Timestamp?
  package var completedAt: Timestamp?
  package var completedBy: String?
  /// The answer, once there is one.
  package var result: JSONObject?
  /// Fields that we do not know, as they came.
  package var extra: JSONObject = [:]

  /// A pending task of a run.
  package init(id: TaskID, run: RunID, step: StepID? = nil, payload: JSONObject = [:]) {
    self.id = id
    self.run = run
    self.step = step ?? StepID(id.text)
    self.payload = payload
    isPending = true
  }

  /// Where the task is found, when its workflow is known.
  package var reference: TaskReference? {
    workflow.map { TaskReference(run: RunReference(workflow: $0, run: run), task: id) }
  }

  /// What is asked, in one line: the payload's title or prompt, else the step's id.
  package var title: String {
    payload["title"]?.string ?? payload["prompt"]?.string ?? step.text
  }

  /// The longer text beneath the title.
  package var description: String? { payload["description"]?.string }

  /// The payload's other fields, in order.
  package var fields: [JSONObject.Member] {
    payload.members.filter { !["title", "prompt", "description"].contains($0.key) }
  }
}
