package import Runs

/// A text that is to be written in the operator's own editor.
package struct EditorWish: Sendable, Equatable {
  /// What a text in the editor is for.
  package enum Subject: Sendable, Hashable {
    /// A field of the answer to a task, by its name.
    case field(TaskReference, String)
    /// All fields of the answer to a task.
    case answer(TaskReference)
    /// The input of a start.
    case input(WorkflowID)
  }

  /// What kind of text it is; editors go by a file's extension.
  package enum Format: String, Sendable {
    case text = "txt"
    case json
  }

  package var subject: Subject
  /// What the file is called, besides its extension.
  package var name: String
  package var format: Format
  package var text: String

  /// A wish.
  package init(_ subject: Subject, name: String, format: Format, text: String) {
    self.subject = subject
    self.name = name
    self.format = format
    self.text = text
  }
}

/// What became of a text in the editor.
package enum EditorOutcome: Sendable, Equatable {
  /// The editor ended well; this is the text now.
  case saved(String)
  /// It did not, or what it left is no text; the sentence says why.
  ///
  /// The text is what stood in the file, where that could be read; where not, the file itself is kept
  /// and opened again by the next wish for the same subject.
  case failed(String, text: String?)
}
