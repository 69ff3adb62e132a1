package import JSON

/// One execution of a published workflow version.
package struct Run: Sendable, Equatable {
  /// The run's name.
  package var id: RunID
  /// The workflow it executes; nil when the server left it out.
  package var workflow: WorkflowID?
  /// The workflow's name for people; joined from the workflow list when a run carries none.
  package var workflowName: String?
  /// The project, where a feed answers runs of several.
  package var project: String?
  /// The published version that the run executes.
  package var version: Int?
  /// How the run stands.
  package var status: RunStatus
  /// What started it: `api`, `studio`, `webhook`, `cron`, `autopilot`, or another word.
  package var trigger: String?
  package var createdAt: Timestamp?
  package var startedAt: Timestamp?
  package var updatedAt: Timestamp?
  package var endedAt: Timestamp?
  /// How many of its steps stand where.
  package var steps: StepCounts?
  /// The steps in flight.
  package var currentSteps: [StepID] = []
  /// How many tasks of it wait for a person, as the run itself says; sections go by the task lists.
  package var pendingTasks: Int?
  /// What it has cost so far.
  package var credits: Credits?
  /// Who brought it into its status, where the server says.
  package var statusBy: String?
  /// Since when it has its status.
  package var statusAt: Timestamp?
  /// Why it failed.
  package var failure: Failure?
  /// The number of its newest event.
  package var lastEvent: Int?
  /// What it was started with.
  package var input: JSONValue?
  /// Fields that we do not know, as they came.
  package var extra: JSONObject = [:]

  /// A run of a name and a status.
  package init(id: RunID, workflow: WorkflowID? = nil, status: RunStatus) {
    self.id = id
    self.workflow = workflow
    self.status = status
  }

  /// Where the run is found, when its workflow is known.
  package var reference: RunReference? {
    workflow.map { RunReference(workflow: $0, run: id) }
  }

  /// The name for people: the workflow's name, else its id.
  package var title: String { workflowName ?? workflow?.text ?? "(workflow unknown)" }

  /// When it began, as far as the server says.
  package var began: Timestamp? { startedAt ?? createdAt }
}

/// How many steps of a run stand where.
package struct StepCounts: Sendable, Equatable {
  package var total: Int
  package var completed: Int
  package var failed: Int
  package var cancelled: Int
  package var skipped: Int
  package var running: Int

  /// Counts of a run's steps.
  package init(
    total: Int,
    completed: Int = 0,
    failed: Int = 0,
    cancelled: Int = 0,
    skipped: Int = 0,
    running: Int = 0
  ) {
    self.total = total
    self.completed = completed
    self.failed = failed
    self.cancelled = cancelled
    self.skipped = skipped
    self.running = running
  }

  /// Steps that will not change any more.
  package var settled: Int { completed + failed + cancelled + skipped }
}
