internal import Cells
package import JSON

/// What kind of value a field of a form takes: it is written as it came.
package enum FieldKind: Sendable, Equatable {
  case text
  case number
  /// A number without a fraction.
  case whole
  case yesNo
  case list
  case object
  /// It came as null, or nobody said what it is: a JSON literal counts as such, the rest is a text.
  case any
  /// `key=value`, for an input that nobody described.
  case pair

  /// The kind of a value.
  package init(of value: JSONValue) {
    self =
      switch value {
      case .null: .any
      case .bool: .yesNo
      case .number: .number
      case .string: .text
      case .array: .list
      case .object: .object
      }
  }

  /// The kind that a schema's word means; nil for a word that says nothing.
  package init?(schemaType word: String) {
    switch word {
    case "string", "text": self = .text
    case "integer", "int": self = .whole
    case "number", "float": self = .number
    case "boolean", "bool": self = .yesNo
    case "array", "list": self = .list
    case "object": self = .object
    default: return nil
    }
  }

  /// The word for the kind, beside a field.
  package var word: String {
    switch self {
    case .text: "text"
    case .number: "number"
    case .whole: "integer"
    case .yesNo: "yes/no"
    case .list: "list"
    case .object: "object"
    case .any: "null"
    case .pair: "key=value"
    }
  }

  /// What is wrong with what was typed, in one sentence.
  package struct Mistake: Error, Sendable, Equatable {
    package var sentence: String
  }

  /// Reads what was typed.
  /// - Returns: The value; nil where nothing was typed and nothing is meant by it.
  /// - Throws: ``Mistake`` for what is not of this kind.
  package func value(of typed: String) throws(Mistake) -> JSONValue? {
    let bare = FieldKind.trimmed(typed)
    switch self {
    case .text: return .string(typed)
    case .number:
      guard let number = JSONNumber(bare) else { throw wrong("a number, such as 380 or 380.00") }
      return .number(number)
    case .whole:
      guard let number = JSONNumber(bare), FieldKind.isWhole(bare) else {
        throw wrong("a whole number, such as 42")
      }
      return .number(number)
    case .yesNo:
      switch bare.lowercased() {
      case "yes", "y", "true", "x": return true
      case "no", "n", "false": return false
      default: throw wrong("yes or no")
      }
    case .list:
      guard let value = try literal(bare, "a JSON list, such as [\"a\", 2]"), value.array != nil
      else { throw wrong("a JSON list, such as [\"a\", 2]") }
      return value
    case .object:
      guard let value = try literal(bare, "a JSON object, such as {\"a\": 2}"),
        value.object != nil
      else { throw wrong("a JSON object, such as {\"a\": 2}") }
      return value
    case .any:
      if bare.isEmpty { return nil }
      return (try? JSONValue(parsing: bare)) ?? .string(typed)
    case .pair:
      if bare.isEmpty { return nil }
      guard let sign = bare.firstIndex(of: "="), sign != bare.startIndex else {
        throw Mistake(sentence: "write key=value")
      }
      return .string(bare)
    }
  }

  /// A value as it is typed in a line.
  package func text(of value: JSONValue?) -> String {
    switch (self, value) {
    case (_, nil), (_, .null): ""
    case (.any, .string(let text)):
      // What would be read as something else needs its quotes.
      (try? JSONValue(parsing: text)) == nil ? text : JSONWriter.text(.string(text))
    case (_, .string(let text)): text
    case (.yesNo, .bool(let truth)): truth ? "yes" : "no"
    case (_, .some(let value)): JSONWriter.text(value, .spaced)
    }
  }

  /// Whether a value is one of this kind; null is of any.
  package func accepts(_ value: JSONValue) -> Bool {
    switch (self, value) {
    case (_, .null), (.any, _), (.number, .number), (.text, .string), (.yesNo, .bool),
      (.list, .array), (.object, .object):
      true
    case (.whole, .number(let number)): FieldKind.isWhole(number.text)
    default: false
    }
  }

  private static func isWhole(_ text: String) -> Bool {
    text.allSatisfy { $0 == "-" || $0.isNumber }
  }

  private func literal(_ text: String, _ wanted: String) throws(Mistake) -> JSONValue? {
    if text.isEmpty { throw wrong(wanted) }
    do throws(JSONMistake) {
      return try JSONValue(parsing: text)
    } catch {
      throw wrong("\(wanted): \(error.sentence)")
    }
  }

  private func wrong(_ wanted: String) -> Mistake { Mistake(sentence: "wants \(wanted)") }

  private static func trimmed(_ text: String) -> String {
    var text = text[...]
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}
