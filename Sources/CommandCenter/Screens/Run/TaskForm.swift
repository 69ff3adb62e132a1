internal import Cells
package import JSON
package import Runs
internal import Triage

/// The answer to a task while it is filled in.
///
/// What may be changed are the payload's own fields: they go into the answer's `result`, and later
/// steps read them there. Its title and description are words to the operator, its ids name things:
/// neither is an answer. What a later step reads of the answer and the payload does not hold is a
/// field too, empty.
package struct TaskForm: Sendable, Equatable {
  /// The task, and where it is found.
  package var reference: TaskReference
  /// The task as it was read last while it waited.
  private(set) var task: HumanTask
  /// What later steps read of the answer; nil where the graph is not known.
  private(set) var use: AnswerUse?
  package var form: Form
  /// When the task was read that the form was laid over last.
  var seenAt: Timestamp?
  /// What the task asks otherwise than when the edits were made, by the names of its fields; empty
  /// once that was shown.
  package var news: [String] = []
  /// A whole answer as it was written in the editor and could not be read.
  package var written: String?
  /// What is wrong with it.
  package var mistake: String?
  /// Whether the task waits no more, and the form is only there because it is looked at.
  package var isOver = false
  /// How the task ended, where that is known.
  var fate: TaskFate?
  /// Whether the screen stands where the operator put it, and not where the cursor is.
  var isFree = true

  /// The field for a word with the answer.
  static let comment = "comment"
  /// The fields that are shown at most.
  static let fieldLimit = 200

  /// The form of a task.
  init(_ task: HumanTask, in run: RunReference, use: AnswerUse?) {
    reference = TaskReference(run: run, task: task.id)
    self.task = task
    self.use = use
    form = Form(TaskForm.fields(of: task, use: use))
  }

  /// What the task asked when the fields were made.
  private var payload: JSONObject { task.payload }

  /// Whether anything is different from what the task asked.
  package var isEdited: Bool { !form.changes.isEmpty || hasHeld || written != nil }

  /// Whether anything was typed, taken or not.
  var isTouched: Bool { isEdited || form.isEditing }

  /// Whether something that was typed could not be taken.
  private var hasHeld: Bool { form.fields.contains { $0.typed != nil } }

  private static func fields(of task: HumanTask, use: AnswerUse?) -> [FormField] {
    var fields = task.fields.prefix(fieldLimit).map { member in
      var field = FormField(member)
      if isIdentity(member.key) {
        field.readOnly = "read only"
      } else if let use, !use.names.isEmpty || use.isWhole, !use.reads(member.key) {
        field.remark = "no later step reads it"
      }
      return field
    }
    for name in use?.names ?? []
    where name != comment && !fields.contains(where: { $0.name == name }) {
      fields.append(FormField(name, .any))
    }
    if !fields.contains(where: { $0.name == comment }) {
      var field = FormField(comment, .text)
      field.remark = "goes with the answer"
      fields.append(field)
    }
    return fields
  }

  /// Whether a field names something: an id answers nothing.
  static func isIdentity(_ key: String) -> Bool {
    let lower = key.lowercased()
    return lower == "id" || lower == "ids" || lower.hasSuffix("_id") || lower.hasSuffix("_ids")
      || lower.hasSuffix("-id") || key.hasSuffix("Id") || key.hasSuffix("ID")
  }

  /// Takes in the task as it was read last; the edits stay.
  mutating func take(_ task: HumanTask, use: AnswerUse?) {
    let payload = self.payload
    self.task = task
    guard task.payload != payload || use != self.use else { return }
    if task.payload != payload, isEdited {
      let keys = payload.keys + task.payload.keys.filter { payload[$0] == nil }
      let different = keys.filter { payload[$0] != task.payload[$0] }
      news += different.filter { !news.contains($0) }
    }
    self.use = use
    form = form.rebuilt(with: TaskForm.fields(of: task, use: use))
  }

  // MARK: What is sent

  /// The fields of the answer: what was changed.
  package var answer: JSONObject { form.changed }

  /// What goes with a no: the word with it, not the edits.
  var refusal: JSONObject {
    guard let word = form.changed[TaskForm.comment] else { return [:] }
    return [TaskForm.comment: word]
  }

  // MARK: Drafts

  /// The name of a task's draft.
  static func key(_ task: TaskReference) -> String { "\(task.run.run.text)/\(task.task.text)" }

  /// What a draft remembers of what the task asked when it was made.
  static func mark(of payload: JSONObject) -> JSONValue { .string(Digest.of(.object(payload))) }

  /// Writes the word that goes with the answer; nil takes it away.
  mutating func setComment(_ comment: String?) {
    guard let index = form.fields.firstIndex(where: { $0.name == TaskForm.comment }) else { return }
    form.set(comment.map { .string($0) } ?? form.fields[index].original, in: index)
  }

  /// What is kept of the form until it is sent; nil when there is nothing to keep.
  var draft: JSONValue? {
    guard isEdited else { return nil }
    var draft: JSONObject = ["payload": TaskForm.mark(of: payload)]
    if !form.changes.isEmpty { draft["fields"] = .object(form.changed) }
    let held = form.fields.compactMap { field in
      field.typed.map { JSONObject.Member(field.name, .string($0)) }
    }
    if !held.isEmpty { draft["held"] = .object(JSONObject(held)) }
    draft["written"] = written.map { .string($0) }
    return .object(draft)
  }

  /// Fills in what was kept; of a draft for what the task asked before, that is said.
  mutating func restore(_ draft: JSONValue) {
    for member in draft["fields"]?.object?.members ?? [] {
      if let index = form.fields.firstIndex(where: { $0.name == member.key }) {
        form.fill(index, with: member.value)
      } else {
        form.add(member.key, member.value)
      }
    }
    for member in draft["held"]?.object?.members ?? [] {
      guard let text = member.value.string,
        let index = form.fields.firstIndex(where: { $0.name == member.key })
      else { continue }
      form.hold(text, in: index, because: "what was written for this could not be taken")
    }
    written = draft["written"]?.string
    if written != nil { mistake = "what was written in the editor could not be read" }
    guard isEdited, draft["payload"] != TaskForm.mark(of: payload) else { return }
    news = form.changes.map(\.name)
    isFromBefore = true
  }

  /// Whether the edits come from a draft for what the task asked before.
  package private(set) var isFromBefore = false

  /// What is to be said of a task that does not wait any more, by the operator's zone.
  func overSentence(_ zone: Zone) -> String? {
    guard isOver else { return nil }
    let fate = fate?.words(zone) ?? ""
    return "This task does not wait any more\(fate): nothing that is typed here is sent."
  }

  /// What is to be said of a task that asks something else than when the edits were made.
  var newsSentence: String? {
    guard !news.isEmpty else { return nil }
    if isFromBefore {
      return "This draft was made for what the task asked before. Look again before you answer."
    }
    let names = news.prefix(4).map { Text.sanitised(String($0.prefix(40))) }.joined(separator: ", ")
    let more = news.count > 4 ? " and more" : ""
    return "The task asks something else now (\(names)\(more)). Your edits are kept: look again "
      + "before you answer."
  }

  /// Takes what was said of a changed task for seen.
  mutating func acknowledge() {
    news = []
    isFromBefore = false
  }
}
