internal import JSON
package import Runs

/// Which fields of a task's answer the later steps read, told from the graph.
package struct AnswerUse: Sendable, Equatable {
  /// The fields that a step names, in the order of the graph; `approved` is not among them.
  package var names: [String] = []
  /// Whether a step takes the whole answer: then every field may be read.
  package var isWhole = false

  /// How deep and how much of a step is looked through.
  private static let depth = 24
  private static let nameLimit = 200

  /// What the steps of a graph read of the answer to a step's task.
  package init(of task: StepID, in graph: Graph) {
    // Templates write the id as it is, scripts with underscores or in brackets.
    let forms = [
      "steps.\(task.text).result", "steps.\(task.text.replacing("-", with: "_")).result",
      "steps[\"\(task.text)\"].result", "steps['\(task.text)'].result",
    ]
    for step in graph.steps where step.id != task {
      look(at: .object(step.source), for: Set(forms), depth: AnswerUse.depth)
    }
  }

  private mutating func look(at value: JSONValue, for forms: Set<String>, depth: Int) {
    guard depth > 0, names.count < AnswerUse.nameLimit else { return }
    switch value {
    case .string(let text): for form in forms { look(at: text, for: form) }
    case .array(let items): for item in items { look(at: item, for: forms, depth: depth - 1) }
    case .object(let object):
      for member in object.members { look(at: member.value, for: forms, depth: depth - 1) }
    case .null, .bool, .number: break
    }
  }

  private mutating func look(at text: String, for form: String) {
    var rest = text[...]
    while let found = rest.firstRange(of: form) {
      rest = rest[found.upperBound...]
      guard rest.first == "." else {
        // `result` as the beginning of another word is no use of it.
        if rest.first.map({ !AnswerUse.isNamed($0) }) ?? true { isWhole = true }
        continue
      }
      let name = String(rest.dropFirst().prefix(while: AnswerUse.isNamed))
      if !name.isEmpty, name != "approved", !names.contains(name) { names.append(name) }
    }
  }

  private static func isNamed(_ character: Character) -> Bool {
    character.isLetter || character.isNumber || character == "_" || character == "-"
  }

  /// Whether a field is read; nil where the graph does not tell.
  package func reads(_ name: String) -> Bool { isWhole || names.contains(name) }
}
