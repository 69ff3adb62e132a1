package import JSON

/// One execution of a published workflow version.
///
/// A value whose fields lie in storage that copies share: the pages of a poll, the reading that was
/// put together from them and the rows of the inbox hold the same thousands of runs.
package struct Run: Sendable, Equatable {
  private var storage: Storage

  /// What a run is made of, as its readers build it; each field is told of at the run's own.
  package struct Fields: Sendable, Equatable {
    package var id: RunID
    package var workflow: WorkflowID?
    package var workflowName: String?
    package var project: String?
    package var version: Int?
    package var status: RunStatus
    package var trigger: String?
    package var createdAt: Timestamp?
    package var startedAt: Timestamp?
    package var updatedAt: Timestamp?
    package var endedAt: Timestamp?
    package var steps: StepCounts?
    package var currentSteps: [StepID] = []
    package var pendingTasks: Int?
    package var credits: Credits?
    package var statusBy: String?
    package var statusAt: Timestamp?
    package var failure: Failure?
    package var lastEvent: Int?
    package var input: JSONValue?
    package var extra: JSONObject = [:]

    /// The fields of a run of a name and a status.
    package init(id: RunID, workflow: WorkflowID? = nil, status: RunStatus) {
      self.id = id
      self.workflow = workflow
      self.status = status
    }
  }

  /// Holds the fields for all copies of a run.
  // Unchecked: they are written only through `own()`, by a run that alone holds the storage.
  private final class Storage: @unchecked Sendable {
    var fields: Fields

    init(_ fields: Fields) { self.fields = fields }
  }

  /// A run of these fields.
  package init(_ fields: Fields) { storage = Storage(fields) }

  /// A run of a name and a status.
  package init(id: RunID, workflow: WorkflowID? = nil, status: RunStatus) {
    self.init(Fields(id: id, workflow: workflow, status: status))
  }

  /// The storage, after a copy when others hold it too.
  private mutating func own() -> Storage {
    if !isKnownUniquelyReferenced(&storage) { storage = Storage(storage.fields) }
    return storage
  }

  /// Runs that share their storage are equal without a look at it; nearly all of two polls do.
  package static func == (left: Run, right: Run) -> Bool {
    left.storage === right.storage || left.storage.fields == right.storage.fields
  }
}

// A property each, by hand: a dynamic member would follow key paths at run time, for every row of
// every frame.
extension Run {
  /// The run's name.
  package var id: RunID {
    get { storage.fields.id }
    set { own().fields.id = newValue }
  }
  /// The workflow it executes; nil when the server left it out.
  package var workflow: WorkflowID? {
    get { storage.fields.workflow }
    set { own().fields.workflow = newValue }
  }
  /// The workflow's name for people; joined from the workflow list when a run carries none.
  package var workflowName: String? {
    get { storage.fields.workflowName }
    set { own().fields.workflowName = newValue }
  }
  /// The project, where a feed answers runs of several.
  package var project: String? {
    get { storage.fields.project }
    set { own().fields.project = newValue }
  }
  /// The published version that the run executes.
  package var version: Int? {
    get { storage.fields.version }
    set { own().fields.version = newValue }
  }
  /// How the run stands.
  package var status: RunStatus {
    get { storage.fields.status }
    set { own().fields.status = newValue }
  }
  /// What started it: `api`, `studio`, `webhook`, `cron`, `autopilot`, or another word.
  package var trigger: String? {
    get { storage.fields.trigger }
    set { own().fields.trigger = newValue }
  }
  /// When it was asked for.
  package var createdAt: Timestamp? {
    get { storage.fields.createdAt }
    set { own().fields.createdAt = newValue }
  }
  /// When its first step began.
  package var startedAt: Timestamp? {
    get { storage.fields.startedAt }
    set { own().fields.startedAt = newValue }
  }
  /// When anything of it changed last.
  package var updatedAt: Timestamp? {
    get { storage.fields.updatedAt }
    set { own().fields.updatedAt = newValue }
  }
  /// When it came to its end.
  package var endedAt: Timestamp? {
    get { storage.fields.endedAt }
    set { own().fields.endedAt = newValue }
  }
  /// How many of its steps stand where.
  package var steps: StepCounts? {
    get { storage.fields.steps }
    set { own().fields.steps = newValue }
  }
  /// The steps in flight.
  package var currentSteps: [StepID] {
    get { storage.fields.currentSteps }
    set { own().fields.currentSteps = newValue }
  }
  /// How many tasks of it wait for a person, as the run itself says; sections go by the task lists.
  package var pendingTasks: Int? {
    get { storage.fields.pendingTasks }
    set { own().fields.pendingTasks = newValue }
  }
  /// What it has cost so far.
  package var credits: Credits? {
    get { storage.fields.credits }
    set { own().fields.credits = newValue }
  }
  /// Who brought it into its status, where the server says.
  package var statusBy: String? {
    get { storage.fields.statusBy }
    set { own().fields.statusBy = newValue }
  }
  /// Since when it has its status.
  package var statusAt: Timestamp? {
    get { storage.fields.statusAt }
    set { own().fields.statusAt = newValue }
  }
  /// Why it failed.
  package var failure: Failure? {
    get { storage.fields.failure }
    set { own().fields.failure = newValue }
  }
  /// The number of its newest event.
  package var lastEvent: Int? {
    get { storage.fields.lastEvent }
    set { own().fields.lastEvent = newValue }
  }
  /// What it was started with.
  package var input: JSONValue? {
    get { storage.fields.input }
    set { own().fields.input = newValue }
  }
  /// Fields that we do not know, as they came.
  package var extra: JSONObject {
    get { storage.fields.extra }
    set { own().fields.extra = newValue }
  }
}

extension Run {
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
