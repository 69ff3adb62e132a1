internal import JSON
internal import Runs

/// Reads runs straight from the bytes of a list: no text is made of a key, no value built that is
/// taken apart again, and what runs of one list repeat is kept once.
struct RunReader {
  private enum Field {
    case id, runID, workflow, workflowName, project, version, status, trigger
    case createdAt, startedAt, updatedAt, endedAt
    case steps, currentSteps, pendingTasks, credits, statusBy, statusAt, lastEvent, input
    case failure, failureCode
  }

  private static let names = FieldNames<Field>([
    "id": .id, "run_id": .runID, "workflow_id": .workflow, "workflow_name": .workflowName,
    "project_id": .project, "version": .version, "status": .status, "trigger": .trigger,
    "trigger_type": .trigger, "created_at": .createdAt, "started_at": .startedAt,
    "updated_at": .updatedAt, "ended_at": .endedAt, "completed_at": .endedAt,
    "finished_at": .endedAt, "steps": .steps, "current_steps": .currentSteps,
    "pending_tasks": .pendingTasks, "credits": .credits, "status_by": .statusBy,
    "status_at": .statusAt, "last_event_seq": .lastEvent, "input": .input, "inputs": .input,
    "failure": .failure, "error": .failure, "failure_code": .failureCode,
  ])

  private let names = RunReader.names
  private var fields = FieldReader()

  /// Reads one run.
  /// - Parameters:
  ///   - bytes: The list.
  ///   - at: Where the run stands; afterwards what is behind it.
  ///   - asked: The identity of a run that was asked for by it, in case the server leaves it out.
  /// - Returns: The run.
  /// - Throws: ``JSONMistake`` when there is no run here.
  mutating func read(
    _ bytes: Span<UInt8>,
    _ at: inout Int,
    asked: RunID?
  ) throws(JSONMistake) -> Run {
    let start = at
    var run = Run.Fields(id: asked ?? RunID(""), status: .other("unknown"))
    var hasIdentity = asked != nil
    var hasStatus = false
    try JSONScanner.members(bytes, &at, depth: 1) {
      (key, bytes, at) throws(JSONMistake) in
      switch names[key] {
      case .id?:
        guard let id = try FieldReader.identity(bytes, &at) else { return }
        // `run_id` beside `id` is the same; where they differ, `run_id` says what it is.
        if !hasIdentity || asked != nil { run.id = RunID(id) }
        hasIdentity = true
      case .runID?:
        guard let id = try FieldReader.identity(bytes, &at) else { return }
        run.id = RunID(id)
        hasIdentity = true
      case .status?:
        guard let word = try FieldReader.text(bytes, &at), !word.isEmpty else { return }
        run.status = RunStatus(word)
        hasStatus = true
      case let field?: try read(field, bytes, &at, of: &run)
      case nil:
        run.extra[key.text(in: bytes)] = try JSONScanner.value(bytes, &at)
      }
    }
    guard hasIdentity else {
      throw JSONMistake(.unexpected, at: start, wanted: "a run with an id")
    }
    guard hasStatus else {
      throw JSONMistake(.unexpected, at: start, wanted: "a run with a status")
    }
    return Run(run)
  }

  private mutating func read(
    _ field: Field,
    _ bytes: Span<UInt8>,
    _ at: inout Int,
    of run: inout Run.Fields
  ) throws(JSONMistake) {
    switch field {
    case .id, .runID, .status: try JSONScanner.skip(bytes, &at)
    case .workflow: run.workflow = try fields.sharedIdentity(bytes, &at).map { WorkflowID($0) }
    case .workflowName: run.workflowName = try fields.sharedText(bytes, &at)
    case .project: run.project = try fields.sharedIdentity(bytes, &at)
    case .version: run.version = try FieldReader.int(bytes, &at)
    case .trigger: run.trigger = try fields.sharedText(bytes, &at)
    case .createdAt: run.createdAt = try FieldReader.moment(bytes, &at)
    case .startedAt: run.startedAt = try FieldReader.moment(bytes, &at)
    case .updatedAt: run.updatedAt = try FieldReader.moment(bytes, &at)
    case .endedAt: run.endedAt = try FieldReader.moment(bytes, &at) ?? run.endedAt
    case .steps: run.steps = try StepCountsReader.read(bytes, &at)
    case .currentSteps: run.currentSteps = try currentSteps(bytes, &at)
    case .pendingTasks: run.pendingTasks = try FieldReader.int(bytes, &at)
    case .credits: run.credits = try FieldReader.identity(bytes, &at).flatMap { Credits($0) }
    case .statusBy: run.statusBy = try fields.sharedText(bytes, &at)
    case .statusAt: run.statusAt = try FieldReader.moment(bytes, &at)
    case .lastEvent: run.lastEvent = try FieldReader.int(bytes, &at)
    case .input:
      let value = try JSONScanner.value(bytes, &at)
      run.input = value.isNull ? run.input : value
    case .failure, .failureCode:
      let isCode = field == .failureCode
      try FailureReader.read(bytes, &at, isCode: isCode, &fields, into: &run.failure)
    }
  }

  private mutating func currentSteps(
    _ bytes: Span<UInt8>,
    _ at: inout Int
  ) throws(JSONMistake) -> [StepID] {
    guard try JSONScanner.peek(bytes, &at) == UInt8(ascii: "[") else {
      try JSONScanner.skip(bytes, &at)
      return []
    }
    var steps: [StepID] = []
    try JSONScanner.elements(bytes, &at) {
      (bytes, at) throws(JSONMistake) in
      if let id = try fields.sharedIdentity(bytes, &at) { steps.append(StepID(id)) }
    }
    return steps
  }
}

/// Reads the counts under a run's `steps`.
enum StepCountsReader {
  private enum Field { case total, completed, failed, cancelled, skipped, running }

  private static let names = FieldNames<Field>([
    "total": .total, "completed": .completed, "failed": .failed, "cancelled": .cancelled,
    "skipped": .skipped, "running": .running,
  ])

  /// The most that is believed of any count, so that they can be added.
  private static let bound = 1_000_000_000

  /// Counts; nil where none are told, or not how many there are in all.
  static func read(_ bytes: Span<UInt8>, _ at: inout Int) throws(JSONMistake) -> StepCounts? {
    guard try JSONScanner.peek(bytes, &at) == UInt8(ascii: "{") else {
      try JSONScanner.skip(bytes, &at)
      return nil
    }
    var total: Int?
    var counts = StepCounts(total: 0)
    try JSONScanner.members(bytes, &at) {
      (key, bytes, at) throws(JSONMistake) in
      guard let field = names[key] else { return try JSONScanner.skip(bytes, &at) }
      let count = try FieldReader.number(bytes, &at).map { min($0, bound) }
      let known = max(0, count ?? 0)
      switch field {
      case .total: total = count
      case .completed: counts.completed = known
      case .failed: counts.failed = known
      case .cancelled: counts.cancelled = known
      case .skipped: counts.skipped = known
      case .running: counts.running = known
      }
    }
    guard let total, total >= 0 else { return nil }
    counts.total = total
    return counts
  }
}

/// Reads a failure in its three forms: an object, a bare code, a text.
enum FailureReader {
  private enum Field { case code, failureCode, message, error, step }

  private static let names = FieldNames<Field>([
    "code": .code, "failure_code": .failureCode, "message": .message, "error": .error,
    "step_id": .step,
  ])

  /// Lays what stands here over what is known of a failure.
  static func read(
    _ bytes: Span<UInt8>,
    _ at: inout Int,
    isCode: Bool,
    _ fields: inout FieldReader,
    into failure: inout Failure?
  ) throws(JSONMistake) {
    var merged = failure ?? Failure()
    switch try JSONScanner.peek(bytes, &at) {
    case UInt8(ascii: "n"): return try JSONScanner.skip(bytes, &at)
    case UInt8(ascii: "\""):
      guard let text = try fields.sharedText(bytes, &at), !text.isEmpty else { return }
      if isCode { merged.code = text } else { merged.message = merged.message ?? text }
    case UInt8(ascii: "{"): try members(bytes, &at, &fields, into: &merged)
    default: try JSONScanner.skip(bytes, &at)
    }
    failure = merged
  }

  private static func members(
    _ bytes: Span<UInt8>,
    _ at: inout Int,
    _ fields: inout FieldReader,
    into failure: inout Failure
  ) throws(JSONMistake) {
    var told: (code: String?, failureCode: String?, message: String?, error: String?)
    var step: String?
    try JSONScanner.members(bytes, &at) {
      (key, bytes, at) throws(JSONMistake) in
      switch names[key] {
      case .code?: told.code = try fields.sharedText(bytes, &at)
      case .failureCode?: told.failureCode = try fields.sharedText(bytes, &at)
      case .message?: told.message = try FieldReader.text(bytes, &at)
      case .error?: told.error = try FieldReader.text(bytes, &at)
      case .step?: step = try fields.sharedIdentity(bytes, &at)
      case nil: try JSONScanner.skip(bytes, &at)
      }
    }
    failure.code = told.code ?? told.failureCode ?? failure.code
    failure.message = told.message ?? told.error ?? failure.message
    failure.step = step.map { StepID($0) } ?? failure.step
  }
}
