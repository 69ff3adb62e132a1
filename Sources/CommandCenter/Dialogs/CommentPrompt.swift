internal import Cells

/// The line for a comment, above the question that it goes with.
package struct CommentPrompt: Sendable, Equatable {
  package var line: LineEditor

  /// The comment; nil where nothing is written.
  var comment: String? { line.text.allSatisfy(\.isWhitespace) ? nil : line.text }
}

extension Model {
  /// Opens the line for a comment, with what was written before.
  mutating func openComment(_ dialog: DecisionDialog) -> [Effect] {
    layers.append(.commenting(CommentPrompt(line: LineEditor(dialog.comment ?? ""))))
    return [.dropInput]
  }

  /// The question that a comment is written for.
  var commentedDialog: DecisionDialog? {
    guard case .decision(let dialog)? = layers.dropLast().last else { return nil }
    return dialog
  }

  /// A key in the line for a comment.
  mutating func commentKey(_ key: Key, _ prompt: CommentPrompt) -> [Effect] {
    switch config.keymap.command(for: key, in: .prompt) {
    case .close:
      layers.removeLast()
      keepsTypedAt = nil
      // The question is drawn anew: what was typed before that does not answer it.
      guard case .decision(let dialog) = top else { return [.dropInput] }
      return keepComment(dialog.comment, for: dialog.target) + [.dropInput]
    case .confirm:
      layers.removeLast()
      keepsTypedAt = nil
      guard case .decision(var dialog) = top else { return [] }
      guard prompt.comment != dialog.comment else { return [.dropInput] }
      dialog.comment = prompt.comment
      layers[layers.count - 1] = .decision(dialog)
      let effects = keepComment(prompt.comment, for: dialog.target)
      if let task = dialog.target.taskReference, openForm(of: task) != nil {
        changeForm { $0.setComment(prompt.comment) }
      }
      return effects + [.dropInput]
    default:
      let keymap = config.keymap
      typeComment(prompt) { $0.edit(key, keymap) }
      return []
    }
  }

  /// Lays a change on the comment.
  mutating func typeComment(_ prompt: CommentPrompt, _ change: (inout LineEditor) -> Bool) {
    var prompt = prompt
    guard change(&prompt.line) else { return }
    layers[layers.count - 1] = .commenting(prompt)
    keepTypedSoon()
  }
}
