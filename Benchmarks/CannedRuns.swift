internal import JSON
internal import Runs
internal import RuntimeAPI

/// Runs that a measure is taken with: as many as wanted, always the same but for the clock.
///
/// Of 40 in a row two drain, 22 are under way and 16 failed, so that all of them are rows of the
/// inbox. Their ages lie in the middle of an hour: no age that is shown turns over during a measure.
struct CannedRuns {
  static let workflows = [
    "invoice-agent", "lead-enrich", "kb-refresh", "payroll-sync",
    "weekly-report", "order-triage", "doc-qa", "crm-sync",
  ]
  /// The run that changes from poll to poll; on every screen it is among the first rows.
  static let changing = 4

  let count: Int
  /// The moment that all ages count to.
  let start: Timestamp

  /// One run; `version` counts the changes of the run that changes.
  func run(_ index: Int, version: Int) -> Run {
    let name = CannedRuns.workflows[index % CannedRuns.workflows.count]
    let place = index % 40
    let began = began(index)
    var run = Run(
      id: RunID(CannedRuns.id(index)),
      workflow: WorkflowID("wf-\(name)"),
      status: CannedRuns.status(place)
    )
    run.workflowName = name
    run.version = 3
    run.trigger = "webhook"
    run.createdAt = began
    run.startedAt = began
    run.statusAt = began
    run.updatedAt = updatedAt(index, version: version)
    run.pendingTasks = 0
    run.credits = Credits(.string("3.20"))
    run.lastEvent = 40
    var completed = index % 9
    if index == CannedRuns.changing {
      completed = 4 + version % 2
      run.lastEvent = 40 + version
    }
    run.steps = StepCounts(total: 9, completed: completed, running: 1)
    run.currentSteps = [StepID("fetch-invoices")]
    if run.status == .failed {
      run.steps = StepCounts(total: 9, completed: completed, failed: 1)
      run.currentSteps = []
      run.endedAt = began
      var failure = Failure()
      failure.code = "MCP_TOOL_FAILED"
      failure.step = StepID("create-ticket")
      failure.message = "401 Unauthorized from tool \(index)"
      run.failure = failure
    }
    return run
  }

  /// When a run changed last: its beginning, or one of the changes of the run that changes.
  func updatedAt(_ index: Int, version: Int) -> Timestamp {
    if index == CannedRuns.changing { return start + .seconds(version) }
    return began(index)
  }

  private func began(_ index: Int) -> Timestamp {
    start + .seconds(-3600 * (2 + index % 20) - 1800)
  }

  private static func status(_ place: Int) -> RunStatus {
    switch place {
    case ..<2: .draining
    case 10, 20: .paused
    case 15: .queued
    case ..<24: .running
    default: .failed
    }
  }

  private static func id(_ index: Int) -> String {
    let head = UInt32(0x1f0a_b2c4) &+ UInt32(truncatingIfNeeded: index) &* 0x0101_0101
    return "\(hex(UInt64(head), 8))-0000-4000-8000-\(hex(UInt64(index), 12))"
  }

  private static func hex(_ value: UInt64, _ width: Int) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }

  /// A run as it stands in an answer.
  func text(_ index: Int, version: Int) -> [UInt8] {
    Array(JSONWriter.text(RunWire.json(run(index, version: version))).utf8)
  }

  /// A whole list in one body.
  func body() -> [UInt8] {
    var body = Array(#"{"runs":["#.utf8)
    for index in 0..<count {
      if index > 0 { body.append(UInt8(ascii: ",")) }
      body += text(index, version: 0)
    }
    return body + Array(#"],"total":\#(count)}"#.utf8)
  }
}
