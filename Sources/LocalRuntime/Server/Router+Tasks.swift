import JSON
import Runs

extension Router {
  func pendingTasks(
    of run: RunReference?,
    _ request: Request
  ) async throws(Rejection) -> Answer {
    if let run { _ = try await row(of: run) }
    let (limit, offset) = try request.place()
    let page = try await reading { () throws(StoreMistake) in
      try await store.pendingTasks(of: run?.run.text, limit: limit, offset: offset)
    }
    return list("tasks", page)
  }

  func row(of task: TaskReference) async throws(Rejection) -> Answer {
    _ = try await row(of: task.run)
    let row = try await reading { () throws(StoreMistake) in
      try await store.taskRow(task.task.text, of: task.run.run.text)
    }
    guard let row else { throw .missing("task", task.task.text) }
    return Answer(200, text: row)
  }

  func complete(
    _ task: TaskReference,
    _ body: JSONObject,
    by caller: Caller,
    _ receipt: ReceiptMaker?
  ) async throws(Rejection) -> Answer {
    let approved = try Self.approved(body)
    let result = body["result"] ?? [:]
    guard var fields = result.isNull ? [:] : result.object else {
      throw .invalid("“result” must be an object, not \(result.typeName)")
    }
    // A comment beside the decision, under its names of today and of old, goes where one within does.
    if let comment = body["comment"] ?? body["notes"], !comment.isNull, fields["comment"] == nil {
      guard comment.string != nil else {
        throw .invalid("“comment” must be a text, not \(comment.typeName)")
      }
      fields["comment"] = comment
    }
    let answer = Answer(
      200,
      [
        "status": "completed", "task_id": .string(task.task.text), "approved": .bool(approved),
      ]
    )
    _ = try await engine.answer(
      try await known(task),
      approved: approved,
      fields: fields,
      by: caller.name,
      receipt: receipt?.keeping { _ in answer }
    )
    return answer
  }

  /// The task that is meant; it may be called by its step, as the product's own examples do.
  private func known(_ task: TaskReference) async throws(Rejection) -> TaskReference {
    let id = try await reading { () throws(StoreMistake) in
      try await store.taskID(task.task.text, of: task.run.run.text)
    }
    return id.map { TaskReference(run: task.run, task: TaskID($0)) } ?? task
  }

  /// The decision: `approved`, or the older `decision`.
  private static func approved(_ body: JSONObject) throws(Rejection) -> Bool {
    switch (body["approved"], body["decision"]) {
    case (.bool(let approved)?, _): return approved
    case (nil, "approve"?): return true
    case (nil, "reject"?): return false
    default: throw .invalid("“approved” must be true or false")
    }
  }
}
