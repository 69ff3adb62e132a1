internal import Cells

/// The line for a comment, above the question that it goes with.
package struct CommentPrompt: Sendable, Equatable {
  package var line: LineEditor
}

extension Model {
  /// Opens the line for a comment, with what was written before.
  mutating func openComment(_ dialog: DecisionDialog) -> [Effect] {
    layers.append(.commenting(CommentPrompt(line: LineEditor(dialog.comment ?? ""))))
    return [.dropInput]
  }

  /// A key in the line for a comment.
  mutating func commentKey(_ key: Key, _ prompt: CommentPrompt) -> [Effect] {
    switch config.keymap.command(for: key, in: .prompt) {
    case .close:
      layers.removeLast()
      // The question is drawn anew: what was typed before that does not answer it.
      return [.dropInput]
    case .confirm:
      layers.removeLast()
      guard case .decision(var dialog) = top else { return [] }
      let text = prompt.line.text
      dialog.comment = text.allSatisfy(\.isWhitespace) ? nil : text
      layers[layers.count - 1] = .decision(dialog)
      return [.dropInput]
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
  }
}
