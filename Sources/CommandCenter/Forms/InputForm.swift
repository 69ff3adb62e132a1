package import JSON

/// The input of a run as a form.
package enum InputForm {
  /// How many fields are shown at most; a schema may hold thousands.
  static let fieldLimit = 200

  /// The fields of an input: those that a schema names, with the values of an input that is known;
  /// without a schema those of that input; without either `key=value` lines.
  package static func fields(schema: JSONValue?, input: JSONObject?) -> [FormField] {
    let described = Array(described(by: schema).prefix(fieldLimit))
    var fields = described.map { field in
      var field = field
      if let value = input?[field.name] { fill(&field, with: value) }
      return field
    }
    let names = Set(described.map(\.name))
    for member in (input?.members ?? []).prefix(fieldLimit) where !names.contains(member.key) {
      var field = FormField(member.key, FieldKind(of: member.value))
      field.value = member.value
      fields.append(field)
    }
    if described.isEmpty { fields.append(FormField("", .pair)) }
    return fields
  }

  private static func fill(_ field: inout FormField, with value: JSONValue) {
    guard !value.isNull || field.kind != .any else {
      field.value = .null
      return
    }
    if field.kind.accepts(value), field.choices.isEmpty || field.choices.contains(value) {
      field.value = value
    } else {
      // The input is of another version: what does not fit is shown, and said.
      field.take(FieldKind(of: value).text(of: value))
    }
  }

  private static func described(by schema: JSONValue?) -> [FormField] {
    if let properties = schema?["properties"]?.object {
      let required = Set((schema?["required"]?.array ?? []).compactMap(\.string))
      return properties.members.map { member in
        field(member.key, member.value, isRequired: required.contains(member.key))
      }
    }
    return (schema?.array ?? []).compactMap { item in
      guard let name = item["name"]?.string, !name.isEmpty else { return nil }
      // Nobody says that a field of a list is needed but by not calling it optional.
      let isOptional = item["optional"]?.bool ?? !(item["required"]?.bool ?? true)
      return field(name, item, isRequired: !isOptional)
    }
  }

  private static func field(_ name: String, _ schema: JSONValue, isRequired: Bool) -> FormField {
    let choices = schema["enum"]?.array ?? []
    let preset = schema["default"]
    var field = FormField(name, kind(schema["type"], choices.first ?? preset))
    field.isRequired = isRequired && preset == nil
    field.choices = choices
    field.preset = preset
    field.remark = schema["description"]?.string ?? schema["title"]?.string
    return field
  }

  private static func kind(_ type: JSONValue?, _ example: JSONValue?) -> FieldKind {
    let words = type?.array?.compactMap(\.string) ?? [type?.string].compactMap { $0 }
    if let kind = words.lazy.compactMap({ FieldKind(schemaType: $0) }).first { return kind }
    return example.map { FieldKind(of: $0) } ?? .any
  }

  /// The input that the fields make, in their order.
  package static func object(_ fields: [FormField]) -> JSONObject {
    var object: JSONObject = [:]
    for field in fields {
      guard let value = field.value else { continue }
      if field.kind == .pair, let pair = value.string, let sign = pair.firstIndex(of: "=") {
        object[String(pair[..<sign])] = word(String(pair[pair.index(after: sign)...]))
      } else {
        object[field.name] = value
      }
    }
    return object
  }

  /// A value as the shell reads it where nobody says what it is.
  private static func word(_ text: String) -> JSONValue {
    guard let literal = try? JSONValue(parsing: text), literal.string == nil else {
      return .string(text)
    }
    return literal
  }

  /// The first field that is needed and not filled in.
  package static func missing(in fields: [FormField]) -> Int? {
    fields.firstIndex { $0.isRequired && $0.value == nil }
  }

  /// A key that two `key=value` lines give, or one of them and a field.
  static func repeated(in fields: [FormField]) -> (index: Int, key: String)? {
    var seen: Set<String> = []
    for (index, field) in fields.enumerated() where field.value != nil {
      var name = field.name
      if field.kind == .pair { name = String(field.text.prefix { $0 != "=" }) }
      if !seen.insert(name).inserted { return (index, name) }
    }
    return nil
  }
}
