/// A text that names one thing of a kind; identities of different kinds do not mix.
package protocol Identity: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// The identity as the server writes it.
  var text: String { get }
  /// An identity from the server's text.
  init(_ text: String)
}

extension Identity {
  /// The identity as the server writes it.
  package var description: String { text }
  /// By text, so that orders with ties are stable.
  package static func < (left: Self, right: Self) -> Bool { left.text < right.text }
}

/// Names a run.
package struct RunID: Identity {
  package let text: String
  package init(_ text: String) { self.text = text }
}

/// Names a workflow.
package struct WorkflowID: Identity {
  package let text: String
  package init(_ text: String) { self.text = text }
}

/// Names a step within its graph.
package struct StepID: Identity {
  package let text: String
  package init(_ text: String) { self.text = text }
}

/// Names a task within its run.
///
/// A task's id may equal its step's id, so it means nothing without the run.
package struct TaskID: Identity {
  package let text: String
  package init(_ text: String) { self.text = text }
}

/// Where a run is found: every call of the API needs the workflow beside the run.
package struct RunReference: Hashable, Sendable {
  /// The workflow that the run executes.
  package var workflow: WorkflowID
  /// The run.
  package var run: RunID

  /// A run of a workflow.
  package init(workflow: WorkflowID, run: RunID) {
    self.workflow = workflow
    self.run = run
  }
}

/// Where a task is found.
package struct TaskReference: Hashable, Sendable {
  /// The run that waits for the task.
  package var run: RunReference
  /// The task.
  package var task: TaskID

  /// A task of a run.
  package init(run: RunReference, task: TaskID) {
    self.run = run
    self.task = task
  }
}
