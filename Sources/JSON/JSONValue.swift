/// A JSON value whose objects keep their order and whose numbers keep their text.
package enum JSONValue: Sendable, Equatable {
  case null
  case bool(Bool)
  case number(JSONNumber)
  case string(String)
  case array([JSONValue])
  case object(JSONObject)

  /// Reads one whole JSON text.
  /// - Throws: ``JSONMistake`` with the byte at which the text fails.
  package init(parsing bytes: [UInt8]) throws(JSONMistake) {
    let span = bytes.span
    var at = 0
    let value = try JSONScanner.value(span, &at)
    JSONScanner.skipBlank(span, &at)
    guard at == span.count else {
      throw JSONMistake(.malformed, at: at, wanted: "the end of the text")
    }
    self = value
  }

  /// Reads one whole JSON text.
  /// - Throws: ``JSONMistake`` with the byte at which the text fails.
  package init(parsing text: String) throws(JSONMistake) {
    try self.init(parsing: Array(text.utf8))
  }

  /// The member of an object, or nil.
  package subscript(key: String) -> JSONValue? {
    if case .object(let object) = self { object[key] } else { nil }
  }

  /// The element of an array, or nil.
  package subscript(index: Int) -> JSONValue? {
    guard case .array(let items) = self, items.indices.contains(index) else { return nil }
    return items[index]
  }

  /// The text of a string, or nil.
  package var string: String? {
    if case .string(let text) = self { text } else { nil }
  }

  /// The text of a string or of a number: how servers write identities.
  package var identity: String? {
    switch self {
    case .string(let text): text.isEmpty ? nil : text
    case .number(let number): number.text
    default: nil
    }
  }

  /// A whole number, or nil.
  package var int: Int? {
    if case .number(let number) = self { number.int } else { nil }
  }

  /// Truth, or nil when this is no boolean.
  package var bool: Bool? {
    if case .bool(let value) = self { value } else { nil }
  }

  /// The elements of an array, or nil.
  package var array: [JSONValue]? {
    if case .array(let items) = self { items } else { nil }
  }

  /// The object, or nil.
  package var object: JSONObject? {
    if case .object(let object) = self { object } else { nil }
  }

  /// Whether this is null.
  package var isNull: Bool { self == .null }

  /// The word for this value's type, for sentences.
  package var typeName: String {
    switch self {
    case .null: "null"
    case .bool: "a boolean"
    case .number: "a number"
    case .string: "a text"
    case .array: "a list"
    case .object: "an object"
    }
  }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByNilLiteral, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral
{
  /// A text.
  package init(stringLiteral value: String) { self = .string(value) }
  /// A whole number.
  package init(integerLiteral value: Int) { self = .number(JSONNumber(value)) }
  /// A boolean.
  package init(booleanLiteral value: Bool) { self = .bool(value) }
  /// Null.
  package init(nilLiteral: ()) { self = .null }
  /// A list.
  package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  /// An object.
  package init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(JSONObject(elements.map { JSONObject.Member($0.0, $0.1) }))
  }

  /// A whole number.
  package static func int(_ value: Int) -> JSONValue { .number(JSONNumber(value)) }
}
