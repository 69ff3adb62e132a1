package import JSON
package import Runs

/// Runs on the wire.
///
/// Shapes: "Runs and Command Center" and the published OpenAPI file; the embedded runtime's own
/// fields are written by ``json(_:)``.
package enum RunWire {
  /// Reads a page of runs.
  /// - Throws: ``JSONMistake`` when the body is no list of runs.
  package static func page(_ body: [UInt8]) throws(JSONMistake) -> Page<Run> {
    var reader = RunReader()
    return try ListReader.page(body, under: "runs") {
      (bytes, at) throws(JSONMistake) in try reader.read(bytes, &at, asked: nil)
    }
  }

  /// Reads one run or one summary; what the server leaves out of its identity is what was asked for.
  /// - Throws: ``JSONMistake`` when the body is no run.
  package static func one(
    _ body: [UInt8],
    asked: RunReference
  ) throws(JSONMistake) -> Run {
    var reader = RunReader()
    return try ListReader.one(body, under: "run") {
      (bytes, at) throws(JSONMistake) in
      var run = try reader.read(bytes, &at, asked: asked.run)
      run.workflow = run.workflow ?? asked.workflow
      return run
    }
  }

  /// The run as the embedded runtime answers it and as the shell prints it.
  package static func json(_ run: Run) -> JSONValue {
    var object: JSONObject = [:]
    object["id"] = .string(run.id.text)
    object["workflow_id"] = (run.workflow?.text).map { .string($0) } ?? .null
    object["workflow_name"] = run.workflowName.map { .string($0) }
    object["project_id"] = run.project.map { .string($0) }
    object["version"] = run.version.map { .int($0) }
    object["status"] = .string(run.status.word)
    object["trigger"] = run.trigger.map { .string($0) }
    object["input"] = run.input
    object["created_at"] = moment(run.createdAt)
    object["started_at"] = moment(run.startedAt)
    object["updated_at"] = moment(run.updatedAt)
    object["ended_at"] = moment(run.endedAt)
    object["steps"] = run.steps.map(StepCountsWire.json)
    object["current_steps"] = .array(run.currentSteps.map { .string($0.text) })
    object["pending_tasks"] = run.pendingTasks.map { .int($0) }
    object["credits"] = run.credits.map { .string($0.text) }
    object["status_by"] = run.statusBy.map { .string($0) }
    object["status_at"] = moment(run.statusAt)
    object["failure_code"] = (run.failure?.code).map { .string($0) }
    object["failure"] = run.failure.map(FailureWire.json)
    object["last_event_seq"] = run.lastEvent.map { .int($0) }
    return .object(object.merging(run.extra))
  }

  static func moment(_ moment: Timestamp?) -> JSONValue? { moment.map { .string($0.iso8601) } }
}

/// The counts under a run's `steps`, as we write them.
enum StepCountsWire {
  static func json(_ counts: StepCounts) -> JSONValue {
    [
      "total": .int(counts.total), "completed": .int(counts.completed),
      "failed": .int(counts.failed), "cancelled": .int(counts.cancelled),
      "skipped": .int(counts.skipped), "running": .int(counts.running),
    ]
  }
}

/// A failure, as we write it.
enum FailureWire {
  static func json(_ failure: Failure) -> JSONValue {
    var object: JSONObject = [:]
    object["code"] = failure.code.map { .string($0) }
    object["step_id"] = (failure.step?.text).map { .string($0) }
    object["message"] = failure.message.map { .string($0) }
    return .object(object)
  }
}
