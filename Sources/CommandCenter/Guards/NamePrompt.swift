internal import Cells
internal import Runs

/// What goes on once the profile's name was typed.
package enum Confirmed: Sendable, Equatable {
  /// The immediate stop of a question.
  case stop(StopDialog)
  /// What stands on the review page.
  case bulk
}

/// The prompt for the name of a protected profile, above the question that it belongs to.
///
/// A name cannot be typed by a hand that slipped. Pasted it counts as typed, as in every prompt: what
/// matters is that somebody had to look where this goes, and Enter is never part of a paste.
package struct NamePrompt: Sendable, Equatable {
  package var confirmed: Confirmed
  package var line = LineEditor()
  /// What is wrong with the name that was sent.
  var mistake: String?
  /// How many decisions of the review are sent, as it stood when the prompt opened.
  var count = 0
}

extension Model {
  /// Asks for the profile's name before something goes on.
  package mutating func askName(for confirmed: Confirmed) -> [Effect] {
    var prompt = NamePrompt(confirmed: confirmed)
    prompt.count = reviewedCount
    layers.append(.confirmName(prompt))
    notice = nil
    return [.dropInput]
  }

  /// A key in the prompt for the profile's name.
  mutating func nameKey(_ key: Key, _ prompt: NamePrompt) -> [Effect] {
    switch config.keymap.command(for: key, in: .prompt) {
    case .close:
      layers.removeLast()
      // The question is drawn anew: what was typed before that does not answer it.
      return [.dropInput]
    case .confirm: return sendName(prompt)
    default:
      let keymap = config.keymap
      typeName(prompt) { $0.edit(key, keymap) }
      return []
    }
  }

  /// Lays a change on the name.
  mutating func typeName(_ prompt: NamePrompt, _ change: (inout LineEditor) -> Bool) {
    var prompt = prompt
    guard change(&prompt.line) else { return }
    prompt.mistake = nil
    layers[layers.count - 1] = .confirmName(prompt)
  }

  private mutating func sendName(_ prompt: NamePrompt) -> [Effect] {
    guard prompt.line.text == profile.name else {
      var prompt = prompt
      prompt.mistake =
        prompt.line.isEmpty
        ? "nothing was typed; nothing was sent"
        : "\(prompt.line.text) is not the name of this profile; nothing was sent"
      layers[layers.count - 1] = .confirmName(prompt)
      return []
    }
    layers.removeLast()
    switch prompt.confirmed {
    case .stop(let dialog):
      if case .stopping = top { layers.removeLast() }
      return send(.stop(.immediate), dialog.target)
    case .bulk:
      let lost = prompt.count - reviewedCount
      guard lost <= 0 else {
        say("\(lost) changed meanwhile, nothing was sent: look again", .bad)
        return [.dropInput]
      }
      return sendReview()
    }
  }

  /// How many decisions the review would send now.
  private var reviewedCount: Int {
    for case .review(let page) in layers { return page.sent.count }
    return 0
  }
}
