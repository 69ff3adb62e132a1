internal import JSON
internal import Runs
internal import Triage

/// What was written for an answer and not sent: kept on this machine until it is, or until the task
/// does not wait any more.
extension Model {
  /// How long what is typed waits to be kept, so that not every key writes to the disk.
  private static let typingRest = Duration.seconds(1)

  /// Keeps a draft, unless it is kept as it is; nil takes it away.
  mutating func keepDraft(_ key: String, _ draft: JSONValue?) -> [Effect] {
    shelves[.drafts][key] == draft ? [] : keep(.drafts, key, draft)
  }

  /// How many edits a draft holds for what is decided on.
  func draftedEdits(of target: Target) -> Int {
    target.taskReference.flatMap { shelves[.drafts][TaskForm.key($0)]?["fields"]?.object?.count }
      ?? 0
  }

  // MARK: The comment of a question

  /// The comment that was written for an answer before.
  func draftedComment(of target: Target) -> String? {
    target.taskReference.flatMap {
      shelves[.drafts][TaskForm.key($0)]?["fields"]?[TaskForm.comment]?.string
    }
  }

  /// Keeps the comment of a question with the edits made for the same answer.
  mutating func keepComment(_ comment: String?, for target: Target) -> [Effect] {
    guard let task = target.task, let reference = target.taskReference else { return [] }
    let key = TaskForm.key(reference)
    if var form = openForm(of: reference) {
      form.setComment(comment)
      return keepDraft(key, form.draft)
    }
    var draft = shelves[.drafts][key]?.object ?? ["payload": TaskForm.mark(of: task.payload)]
    var fields = draft["fields"]?.object ?? [:]
    fields[TaskForm.comment] = comment.map { .string($0) }
    draft["fields"] = fields.isEmpty ? nil : .object(fields)
    return keepDraft(key, draft.keys == ["payload"] ? nil : .object(draft))
  }

  // MARK: What is being typed

  /// Has what is being typed for an answer kept in a while.
  mutating func keepTypedSoon() {
    keepsTypedAt = keepsTypedAt ?? now + Model.typingRest
  }

  /// Keeps what is being typed for an answer, once its time has come.
  mutating func keepTypedInTime() -> [Effect] {
    guard let keepsTypedAt, keepsTypedAt <= now else { return [] }
    return keepTyped()
  }

  /// Keeps what is being typed for an answer, as if it were taken now; closing its line without taking
  /// it drops it again.
  mutating func keepTyped() -> [Effect] {
    keepsTypedAt = nil
    if case .commenting(let prompt) = top {
      return commentedDialog.map { keepComment(prompt.comment, for: $0.target) } ?? []
    }
    guard let place = runPlace, case .run(let screen) = layers[place], screen.isEditing,
      var form = screen.form, !form.isOver
    else { return [] }
    form.form.finish(isStrict: false)
    return keepDraft(TaskForm.key(form.reference), form.draft)
  }

  // MARK: When it goes

  /// Takes away the draft of a task that was answered, by whomever.
  mutating func dropDraft(of decision: Decision, _ outcome: Outcome) -> [Effect] {
    guard case .task(let task) = decision.subject else { return [] }
    switch outcome {
    case .done, .changed(.answered), .changed(.gone): break
    default: return []
    }
    return dropDraft(TaskForm.key(task))
  }

  private mutating func dropDraft(_ key: String) -> [Effect] {
    guard shelves[.drafts][key] != nil else { return [] }
    return keep(.drafts, key, nil)
  }

  /// Takes away the drafts of tasks that do not wait any more: somebody else has answered them.
  ///
  /// Not while an answer of ours is on its way, nor from a list so long that it may be cut.
  mutating func dropOldDrafts(_ reading: Reading) -> [Effect] {
    let drafts = shelves[.drafts]
    guard !drafts.isEmpty, let tasks = reading.tasks, tasks.count < 1000 else { return [] }
    let waiting = Set(tasks.map { "\($0.run.text)/\($0.id.text)" })
    let flying = Set(flights.values.map(\.decision.subject.run.run.text))
    return drafts.keys.filter { key in
      !waiting.contains(key) && !flying.contains(String(key.prefix { $0 != "/" }))
    }.flatMap { dropDraft($0) }
  }
}

extension Target {
  /// The task that waits, and where it is found.
  var taskReference: TaskReference? {
    guard let task, let reference else { return nil }
    return TaskReference(run: reference, task: task.id)
  }
}
