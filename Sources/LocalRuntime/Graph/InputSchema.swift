import JSON

/// What a graph says about the input of its runs.
///
/// Both documented forms are read: an object schema, and a list of `{name, type, optional}`. Of JSON
/// Schema the words that forms need are checked: `type`, `properties`, `required`, `default`, `enum`,
/// `const`, `items`, `additionalProperties: false`, and bounds. Every other word is let through.
struct InputSchema: Sendable, Equatable {
  /// Something in a schema that cannot be read.
  struct Mistake: Sendable, Equatable {
    var message: String
    /// Within the schema: `.properties.order`.
    var path: String
  }

  /// Something in an input that the schema forbids.
  struct Problem: Sendable, Equatable {
    /// Within the input: `.order.lines[2]`.
    var path: String
    /// What is wrong, without the place: `is missing`.
    var what: String

    /// One sentence.
    var sentence: String { "input\(path) \(what)" }

    /// The problem as the wire has it.
    var json: JSONValue { ["path": .string("input\(path)"), "message": .string(sentence)] }
  }

  /// The names that it describes, in order.
  var names: [String] { schema["properties"]?.object?.keys ?? [] }

  private let schema: JSONObject

  /// Reads a schema; nil when it is none at all.
  static func read(_ value: JSONValue) -> (schema: InputSchema?, mistakes: [Mistake]) {
    var mistakes: [Mistake] = []
    switch value {
    case .object(let object):
      examine(object, "", &mistakes)
      return (InputSchema(schema: object), Array(mistakes.prefix(SchemaCheck.maximumProblems)))
    case .array(let fields):
      let object = object(fields, &mistakes)
      return (InputSchema(schema: object), Array(mistakes.prefix(SchemaCheck.maximumProblems)))
    default:
      let message = "“input_schema” is \(value.typeName), not an object or a list"
      return (nil, [Mistake(message: message, path: "")])
    }
  }

  /// Checks an input, and fills in the defaults of what it lacks.
  func accept(_ input: JSONObject) -> (filled: JSONObject, problems: [Problem]) {
    var check = SchemaCheck()
    let filled = check.object(input, schema, "")
    return (filled, check.problems)
  }

  // MARK: Reading

  private static func examine(_ schema: JSONObject, _ path: String, _ mistakes: inout [Mistake]) {
    func wrong(_ field: String, _ wanted: String) {
      let value = schema[field] ?? .null
      mistakes.append(
        Mistake(
          message: "“\(field)” of “input_schema\(path)” is \(value.typeName), not \(wanted)",
          path: "\(path).\(field)"
        )
      )
    }
    switch schema["type"] {
    case nil, .null?, .string?, .array?: break
    default: wrong("type", "a text")
    }
    if let required = schema["required"], required.bool == nil, !required.isNull,
      required.array?.allSatisfy({ $0.string != nil }) != true
    {
      wrong("required", "a list of names")
    }
    guard let properties = schema["properties"], !properties.isNull else { return }
    guard let object = properties.object else {
      wrong("properties", "an object")
      return
    }
    for member in object.members {
      let inner = "\(path).properties.\(member.key)"
      if let property = member.value.object {
        examine(property, inner, &mistakes)
      } else if member.value.bool == nil {
        mistakes.append(
          Mistake(
            message: "“input_schema\(inner)” is \(member.value.typeName), not an object",
            path: inner
          )
        )
      }
    }
  }

  /// The list form as an object schema.
  private static func object(_ fields: [JSONValue], _ mistakes: inout [Mistake]) -> JSONObject {
    var properties: [JSONObject.Member] = []
    var required: [JSONValue] = []
    for (index, field) in fields.enumerated() {
      guard let object = field.object, let name = object["name"]?.string, !name.isEmpty else {
        let what = field.object == nil ? "is \(field.typeName), not an object" : "has no “name”"
        mistakes.append(
          Mistake(message: "field \(index + 1) of “input_schema” \(what)", path: "[\(index)]")
        )
        continue
      }
      properties.append(JSONObject.Member(name, field))
      let isOptional =
        object["optional"]?.bool == true || object["required"]?.bool == false
        || object["default"] != nil
      if !isOptional { required.append(.string(name)) }
    }
    return [
      "type": "object", "properties": .object(JSONObject(properties)), "required": .array(required),
    ]
  }
}
