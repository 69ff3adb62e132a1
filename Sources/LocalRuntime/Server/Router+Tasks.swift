import JSON
import Runs

extension Router {
  func pendingTasks(
    of run: RunReference?,
    _ request: Request
  ) async throws(Rejection) -> Answer {
    if let run { _ = try await row(of: run) }
    let limit = try request.limit()
    let name = request.parameter("cursor") == nil ? "offset" : "cursor"
    let offset = try request.number(name, from: 0, default: 0)
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
    by name: String,
    _ receipt: ReceiptMaker?
  ) async throws(Rejection) -> Answer {
    guard let approved = body["approved"]?.bool else {
      throw .invalid("“approved” must be true or false")
    }
    let fields = body["result"] ?? [:]
    guard let fields = fields.isNull ? [:] : fields.object else {
      throw .invalid("“result” must be an object, not \(fields.typeName)")
    }
    let answer = Answer(
      200,
      [
        "status": "completed", "task_id": .string(task.task.text), "approved": .bool(approved),
      ]
    )
    _ = try await engine.answer(
      task,
      approved: approved,
      fields: fields,
      by: name,
      receipt: receipt?.keeping { _ in answer }
    )
    return answer
  }
}
