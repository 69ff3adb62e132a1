import JSON

/// Holds values against schemas, and collects what is wrong with them.
struct SchemaCheck {
  /// More problems than this are not told: the first will do.
  static let maximumProblems = 50

  /// For more surplus names than this no words are compared: it takes time, and nobody is helped.
  private static let maximumGuesses = 5
  /// Nor among more names than this.
  private static let maximumCompared = 200

  private(set) var problems: [InputSchema.Problem] = []
  private var guesses = 0

  /// An object with the defaults of what it lacks filled in.
  mutating func object(
    _ value: JSONObject,
    _ schema: JSONObject,
    _ path: String
  ) -> JSONObject {
    let properties = schema["properties"]?.object ?? [:]
    let required = Set(schema["required"]?.array?.compactMap(\.string) ?? [])
    let given = Self.table(value)
    var filled: [JSONObject.Member] = value.members
    for member in properties.members {
      let inner = member.value.object ?? [:]
      let place = Self.join(path, member.key)
      guard let known = given[member.key] else {
        if let standard = inner["default"] {
          filled.append(JSONObject.Member(member.key, standard))
        } else if required.contains(member.key) {
          add(place, "is missing")
        }
        continue
      }
      // What may be left out may be null as well: forms send it so.
      if known.isNull, !required.contains(member.key) { continue }
      filled.append(JSONObject.Member(member.key, self.value(known, inner, place)))
    }
    let described = Self.table(properties)
    for name in required.sorted() where described[name] == nil && given[name] == nil {
      add(Self.join(path, name), "is missing")
    }
    if schema["additionalProperties"]?.bool == false {
      refuse(value.keys.filter { described[$0] == nil }, properties.keys, path)
    }
    return JSONObject(filled)
  }

  private mutating func refuse(_ surplus: [String], _ known: [String], _ path: String) {
    for name in surplus {
      guard problems.count < Self.maximumProblems else { return }
      add(Self.join(path, name), "is not foreseen" + (hint(name, known) ?? ""))
    }
  }

  private mutating func hint(_ name: String, _ known: [String]) -> String? {
    guesses += 1
    guard guesses <= Self.maximumGuesses, known.count <= Self.maximumCompared else { return nil }
    return Spelling.nearest(to: name, in: known).map { "; “\($0)” was meant?" }
  }

  private static func table(_ object: JSONObject) -> [String: JSONValue] {
    Dictionary(object.members.map { ($0.key, $0.value) }) { first, _ in first }
  }

  /// A value, with the defaults within it filled in.
  private mutating func value(
    _ value: JSONValue,
    _ schema: JSONObject,
    _ path: String
  ) -> JSONValue {
    guard hasType(value, schema["type"], path) else { return value }
    checkChoice(value, schema, path)
    switch value {
    case .object(let inner) where schema["properties"] != nil || schema["required"] != nil:
      return .object(object(inner, schema, path))
    case .array(let items): return .array(list(items, schema, path))
    case .string(let text):
      bound(text.unicodeScalars.count, schema, "minLength", "maxLength", "characters", path)
    case .number(let number): bound(number, schema, path)
    default: break
    }
    return value
  }

  private mutating func list(
    _ items: [JSONValue],
    _ schema: JSONObject,
    _ path: String
  ) -> [JSONValue] {
    bound(items.count, schema, "minItems", "maxItems", "entries", path)
    guard let inner = schema["items"]?.object, !inner.isEmpty else { return items }
    return items.enumerated().map { value($1, inner, "\(path)[\($0)]") }
  }

  // MARK: Words

  private mutating func hasType(_ value: JSONValue, _ type: JSONValue?, _ path: String) -> Bool {
    let words: [String]
    switch type {
    case .string(let word)?: words = [word]
    case .array(let list)?: words = list.compactMap(\.string)
    default: return true
    }
    // A word that is not known here forbids nothing.
    guard !words.isEmpty, words.allSatisfy({ Self.names[$0] != nil }),
      !words.contains(where: { Self.isOf(value, $0) })
    else { return true }
    let wanted = words.compactMap { Self.names[$0] }.joined(separator: " or ")
    add(path, "is \(value.typeName), not \(wanted)")
    return false
  }

  private static let names = [
    "string": "a text", "integer": "a whole number", "number": "a number",
    "boolean": "true or false", "object": "an object", "array": "a list", "null": "null",
  ]

  private static func isOf(_ value: JSONValue, _ word: String) -> Bool {
    switch (value, word) {
    case (.string, "string"), (.number, "number"), (.bool, "boolean"), (.object, "object"),
      (.array, "array"), (.null, "null"):
      true
    case (.number(let number), "integer"):
      number.int != nil || number.double.rounded() == number.double
    default: false
    }
  }

  private mutating func checkChoice(_ value: JSONValue, _ schema: JSONObject, _ path: String) {
    func isSame(_ other: JSONValue) -> Bool {
      TemplateExpression.Comparison.equal.holds(value, other)
    }
    if let choices = schema["enum"]?.array, !choices.isEmpty, !choices.contains(where: isSame) {
      let words = choices.prefix(12).map { JSONWriter.text($0) }.joined(separator: ", ")
      add(path, "is not one of \(words)" + (choices.count > 12 ? ", …" : ""))
    }
    if let only = schema["const"], !isSame(only) { add(path, "is not \(JSONWriter.text(only))") }
  }

  private mutating func bound(
    _ count: Int,
    _ schema: JSONObject,
    _ least: String,
    _ most: String,
    _ what: String,
    _ path: String
  ) {
    if let least = schema[least]?.int, count < least {
      add(path, "has \(count) \(what), fewer than \(least)")
    }
    if let most = schema[most]?.int, count > most {
      add(path, "has \(count) \(what), more than \(most)")
    }
  }

  private mutating func bound(_ number: JSONNumber, _ schema: JSONObject, _ path: String) {
    func limit(_ word: String) -> JSONNumber? {
      if case .number(let limit)? = schema[word] { limit } else { nil }
    }
    let value = number.double
    if let least = limit("minimum"), value < least.double {
      add(path, "is less than \(least.text)")
    }
    if let most = limit("maximum"), value > most.double { add(path, "is more than \(most.text)") }
    if let least = limit("exclusiveMinimum"), value <= least.double {
      add(path, "is not more than \(least.text)")
    }
    if let most = limit("exclusiveMaximum"), value >= most.double {
      add(path, "is not less than \(most.text)")
    }
  }

  private mutating func add(_ path: String, _ what: String) {
    if problems.count < Self.maximumProblems {
      problems.append(InputSchema.Problem(path: path, what: what))
    }
  }

  private static func join(_ path: String, _ name: String) -> String { "\(path).\(name)" }
}
