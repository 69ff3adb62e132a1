internal import JSON
internal import Runs

/// What goes with an answer to a task: a comment, and values for its fields.
struct TaskEdits: Sendable, Equatable {
  private var comment: String?
  private var words: [ShellInput.Word] = []

  static let none = TaskEdits()

  private init() {}

  /// Reads `key=value` words.
  /// - Throws: `ShellInput.Mistake` for a word without `=`, or a key given twice.
  init(_ words: [String], comment: String?) throws(ShellInput.Mistake) {
    self.comment = comment
    for word in words {
      guard let read = ShellInput.Word(word) else {
        throw ShellInput.Mistake(sentence: "--set \(word): write key=value")
      }
      guard !self.words.contains(where: { $0.key == read.key }) else {
        throw ShellInput.Mistake(sentence: "--set \(read.key) is given twice")
      }
      guard comment == nil || read.key != "comment" else {
        throw ShellInput.Mistake(sentence: "comment is given twice: by --set and by --comment")
      }
      self.words.append(read)
    }
  }

  /// The fields of an answer, typed as those of the task are.
  /// - Throws: `ShellInput.Mistake` for a field that the task does not have, or a value of another type.
  func fields(of task: HumanTask) throws(ShellInput.Mistake) -> JSONObject {
    var fields: JSONObject = [:]
    for word in words {
      guard let present = task.payload[word.key] else {
        let names = task.payload.keys.prefix(20).joined(separator: ", ")
        throw ShellInput.Mistake(
          sentence: "the task has no field \(word.key); "
            + (names.isEmpty ? "it has none" : "there are \(names)")
        )
      }
      fields[word.key] = try word.value(type: TaskEdits.type(of: present))
    }
    if let comment { fields["comment"] = .string(comment) }
    return fields
  }

  /// The word of a schema for a value's type; nil where there is no telling.
  private static func type(of value: JSONValue) -> String? {
    switch value {
    case .null: nil
    case .bool: "boolean"
    case .number: "number"
    case .string: "string"
    case .array: "array"
    case .object: "object"
    }
  }
}
