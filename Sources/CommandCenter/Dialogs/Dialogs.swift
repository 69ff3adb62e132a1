package import JSON
package import Runs

/// The question before a yes or a no to a task.
package struct DecisionDialog: Sendable, Equatable {
  /// `approve` or `reject`.
  package var verb: Verb
  /// What it is about, as it was on the screen when the dialog opened.
  package var target: Target
  /// What is different from what was decided on before, when this is asked again.
  package var change: Change?
  /// What goes with the answer, in the operator's words.
  package var comment: String?
  /// What goes with the answer: values that were edited, a word.
  package var fields: JSONObject = [:]
  /// How many edits a draft holds that this answer leaves out.
  package var leftOut = 0

  /// All that goes with the answer.
  var answer: JSONObject {
    var answer = fields
    if let comment { answer["comment"] = .string(comment) }
    return answer
  }

  /// Takes what goes with the answer; a word with it, which the task did not ask for, is the comment.
  mutating func take(_ answer: JSONObject) {
    fields = answer
    guard target.task?.payload[TaskForm.comment] == nil, let word = answer[TaskForm.comment]?.string
    else { return }
    comment = word
    fields[TaskForm.comment] = nil
  }

  /// The fields as they differ from what the task asks.
  var edits: [Form.Change] {
    fields.members.map { member in
      Form.Change(member.key, from: target.task?.payload[member.key], to: member.value)
    }
  }

  /// Whether there is still something to decide.
  var isOpen: Bool {
    switch change {
    case nil, .payload: true
    case .status: target.task?.isPending == true && target.run?.status.isTerminal != true
    case .answered, .events, .gone: false
    }
  }
}

/// The question before a stop.
package struct StopDialog: Sendable, Equatable {
  package var target: Target
  package var change: Change?
  /// How it was seen before it changed.
  package var saw: RunStatus?
  /// The only way that is offered, where one was asked for; nil offers both.
  package var wanted: StopMode?

  /// Whether there is still something to stop.
  var isOpen: Bool { change != .gone && target.run?.status.isTerminal != true }

  /// Whether a way to stop is one of those that were asked for.
  func offers(_ mode: StopMode) -> Bool { wanted == nil || wanted == mode }
}
