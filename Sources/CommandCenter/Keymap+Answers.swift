internal import Cells

/// What may not lie on one key: what answers a question at once, and what has just opened it.
extension Keymap {
  /// A question, by the scope of its keys.
  private struct Question {
    var scope: Scope
    /// What answers it at once.
    var answers: [Command]
    /// What opens it, or brings it back to the top, with the scope in which it does.
    var openers: [(scope: Scope, commands: [Command])]

    /// A question that commands of the screens open, and other scopes.
    init(
      _ scope: Scope,
      _ answers: [Command],
      on screens: [Command],
      or others: (scope: Scope, commands: [Command])...
    ) {
      self.scope = scope
      self.answers = answers
      openers = [(.inbox, screens), (.run, screens)] + others
    }
  }

  /// A line that is typed and a line of help open any of them; a prompt above one comes back to it.
  private static let questions = [
    Question(
      .decision,
      [.confirm],
      on: [.approve, .reject],
      or: (.command, [.confirm]),
      (.help, [.open]),
      (.prompt, [.confirm, .close])
    ),
    Question(
      .stopping,
      [.gracefully, .immediately],
      on: [.stop],
      or: (.command, [.confirm]),
      (.help, [.open]),
      (.prompt, [.close])
    ),
    // Of several stops the way is asked first; the line and help lie on the page, too.
    Question(
      .review,
      [.send],
      on: [.approve, .reject, .pause, .stop, .bulk],
      or: (.command, [.confirm, .close]),
      (.help, [.open, .close]),
      (.prompt, [.confirm, .close]),
      (.stopping, [.gracefully, .immediately])
    ),
    Question(
      .leaving,
      [.sendNow],
      on: [.back, .leave],
      or: (.command, [.confirm]),
      (.help, [.open]),
      (.activity, [.leave]),
      (.record, [.leave]),
      (.report, [.leave]),
      (.review, [.leave]),
      (.sending, [.leave]),
      (.decision, [.leave]),
      (.stopping, [.leave])
    ),
  ]

  /// On one key with what opens the question, an answer would be given by a double press.
  func checkAnswers() throws(Mistake) {
    for question in Keymap.questions {
      for (place, openers) in question.openers {
        for opener in openers {
          let opening = keys(of: opener, in: place)
          for answer in question.answers {
            let answering = keys(of: answer, in: question.scope)
            guard let key = answering.first(where: opening.contains) else { continue }
            throw Mistake(
              sentence: "\(key.name) is \(opener.rawValue) in [keys.\(place.rawValue)] and "
                + "\(answer.rawValue) in [keys.\(question.scope.rawValue)], and pressed twice it "
                + "would decide; change one of them"
            )
          }
        }
      }
    }
  }
}
