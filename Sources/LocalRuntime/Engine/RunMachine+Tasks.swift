import JSON
import Runs

/// Tasks: what waits for a person, and the answer.
extension RunMachine {
  /// Has a person asked by a `human_task`.
  mutating func ask(_ step: GraphStep, _ payload: JSONObject) {
    ask(
      step.id,
      type: step.taskType ?? "approval",
      payload,
      until: step.timeoutDuration.map { now + $0 }
    )
  }

  /// Has a person asked whether a loop goes on of which items failed.
  mutating func askForReview(_ step: GraphStep, failed: [JSONValue], of count: Int) {
    update(StepPlace(step.id)) {
      $0.outcome = .waiting
      $0.deadline = nil
    }
    ask(
      step.id,
      type: "loop_review",
      [
        "title": .string("\(failed.count) of \(count) items of “\(step.name)” failed: go on?"),
        "description": "Approve to go on with the items that succeeded; reject to fail the run.",
        "count": .int(count), "failed_count": .int(failed.count), "failed": .array(failed),
      ],
      until: nil
    )
  }

  private mutating func ask(
    _ step: String,
    type: String,
    _ payload: JSONObject,
    until expiry: Timestamp?
  ) {
    var task = HumanTask(
      id: TaskID(newID()),
      run: state.run.id,
      step: StepID(step),
      payload: payload
    )
    task.workflow = state.run.workflow
    task.workflowName = state.run.workflowName
    task.type = type
    task.createdAt = now
    task.expiresAt = expiry
    state.tasks[task.id.text] = task
    change.tasks.insert(task.id.text)
    var data: JSONObject = [
      "task_id": .string(task.id.text), "task_type": .string(type), "title": .string(task.title),
    ]
    data["expires_at"] = (task.expiresAt?.iso8601).map { .string($0) }
    emit("task_created", step: StepPlace(step), data: data)
  }

  /// A person answers a task.
  /// - Throws: ``Rejection`` when the task is not there or does not wait any more.
  mutating func answer(
    _ id: String,
    approved: Bool,
    fields: JSONObject,
    by name: String
  ) throws(Rejection) {
    guard var task = state.tasks[id] else { throw .missing("task", id) }
    guard task.isPending else { throw Self.answered(task, state.run) }
    try Rejection.checkDepth(.object(fields), "the answer")
    var result: JSONObject = ["approved": .bool(approved)]
    // Fields merge beside `approved`; none of them can overturn the decision itself.
    result = result.merging(fields)
    result["approved"] = .bool(approved)
    task.isPending = false
    task.completedAt = now
    task.completedBy = name
    task.result = result
    state.tasks[id] = task
    change.tasks.insert(id)
    var data: JSONObject = [
      "task_id": .string(id), "approved": .bool(approved), "by": .string(name),
    ]
    data["result"] = bounded(.object(result), &data, "result")
    let place = StepPlace(task.step.text)
    emit("task_completed", step: place, data: data)
    if state.step(at: place)?.loop != nil {
      review(task.step.text, result, by: name)
    } else {
      complete(place, result: .object(result))
    }
    plan()
  }

  private static func answered(_ task: HumanTask, _ run: Run) -> Rejection {
    guard let name = task.completedBy else {
      let why =
        if task.extra["status"]?.string == "expired" {
          "its time is over"
        } else {
          run.status.isTerminal ? "its run has ended, \(run.status.word)" : "its run has gone on"
        }
      return Rejection(
        409,
        "CONFLICT",
        "the task is closed: \(why)",
        details: ["status": .string(run.status.word)]
      )
    }
    var details: JSONObject = ["completed_by": .string(name)]
    details["completed_at"] = (task.completedAt?.iso8601).map { .string($0) }
    details["approved"] = task.result?["approved"]
    return Rejection(409, "CONFLICT", "task already completed", details: details)
  }

  /// Closes a task that nobody answered.
  mutating func close(_ id: String, as word: String) {
    state.tasks[id]?.isPending = false
    state.tasks[id]?.extra["status"] = .string(word)
    state.tasks[id]?.completedAt = now
    change.tasks.insert(id)
  }
}
