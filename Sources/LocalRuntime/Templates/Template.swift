import JSON

/// Templates in values: `{{input.x}}`, `{{steps.id.result.x}}`, `{{input.a | 120}}`.
///
/// A text that is one template becomes the value itself, whatever its type; a template in a longer
/// text becomes text. A reference without value is a mistake, and null within a longer text is one
/// too. Behind `|` stands what is tried else: there null and the empty text count as unset like what
/// is missing. `omit` takes the member or element away (inside a longer text it is nothing).
enum Template {
  /// The value with all its templates replaced.
  /// - Throws: ``TemplateMistake`` naming step and place.
  static func resolve(
    _ value: JSONValue,
    scope: TemplateScope,
    step: String,
    place: String = ""
  ) throws(TemplateMistake) -> JSONValue {
    var resolver = TemplateResolver(scope: scope, step: step)
    return try resolver.resolve(value, place: place) ?? .null
  }

  /// The object with all its templates replaced.
  /// - Throws: ``TemplateMistake`` naming step and place.
  static func resolve(
    _ object: JSONObject,
    scope: TemplateScope,
    step: String,
    place: String = ""
  ) throws(TemplateMistake) -> JSONObject {
    var resolver = TemplateResolver(scope: scope, step: step)
    return try resolver.resolve(object, place: place)
  }

  /// Whether a `condition` or `skip_when` holds.
  ///
  /// A boolean stands for itself; a text is an expression, in which a reference without value is null.
  /// - Throws: ``TemplateMistake`` when the text is no expression.
  static func holds(
    _ condition: JSONValue,
    scope: TemplateScope,
    step: String,
    place: String = "condition"
  ) throws(TemplateMistake) -> Bool {
    guard case .string(let text) = condition else { return truthy(condition) }
    do throws(TemplateMistake) {
      return truthy(try TemplateParser.condition(text).truth(scope))
    } catch {
      throw error.at(place, step: step)
    }
  }

  /// Whether a value counts as true.
  ///
  /// False are: null, false, 0, the texts "", "false" and "0", the
  /// empty list and the empty object.
  static func truthy(_ value: JSONValue) -> Bool {
    switch value {
    case .null: false
    case .bool(let truth): truth
    case .number(let number): number.double != 0
    case .string(let text): !["", "false", "0"].contains(text.lowercased())
    case .array(let items): !items.isEmpty
    case .object(let object): !object.isEmpty
    }
  }

  /// A reference in a value, and where it stands.
  struct Found: Sendable, Equatable {
    /// The path.
    let reference: TemplateReference
    /// Where in the value: `to.0`.
    let place: String
  }

  /// What the templates of a value refer to.
  /// - Throws: the first ``TemplateMistake`` in the value, with its place.
  static func references(
    in value: JSONValue,
    step: String = "",
    place: String = ""
  ) throws(TemplateMistake) -> [Found] {
    try expressions(in: value, step: step, place: place).flatMap { found in
      found.expression.references.map { Found(reference: $0, place: found.place) }
    }
  }

  /// The expressions in the templates of a value, and where they stand.
  /// - Throws: the first ``TemplateMistake`` in the value, with its place.
  static func expressions(
    in value: JSONValue,
    step: String = "",
    place: String = ""
  ) throws(TemplateMistake) -> [(expression: TemplateExpression, place: String)] {
    var found: [(expression: TemplateExpression, place: String)] = []
    try collect(value, step, place, &found)
    return found
  }

  /// What a condition refers to.
  /// - Throws: ``TemplateMistake`` when the text is no expression.
  static func references(
    inCondition condition: JSONValue,
    step: String = "",
    place: String = "condition"
  ) throws(TemplateMistake) -> [Found] {
    guard case .string(let text) = condition else { return [] }
    do throws(TemplateMistake) {
      return try TemplateParser.condition(text).references
        .map { Found(reference: $0, place: place) }
    } catch {
      throw error.at(place, step: step)
    }
  }

  // MARK: Values

  /// A place and a name within it.
  static func join(_ place: String, _ name: String) -> String {
    place.isEmpty ? name : "\(place).\(name)"
  }

  private static func collect(
    _ value: JSONValue,
    _ step: String,
    _ place: String,
    _ found: inout [(expression: TemplateExpression, place: String)]
  ) throws(TemplateMistake) {
    switch value {
    case .string(let text):
      for case .expression(let expression) in try pieces(text, step, place) {
        found.append((expression, place))
      }
    case .array(let items):
      for (index, item) in items.enumerated() {
        try collect(item, step, join(place, String(index)), &found)
      }
    case .object(let object):
      for member in object.members {
        try collect(member.value, step, join(place, member.key), &found)
      }
    case .null, .bool, .number: break
    }
  }

  private static func pieces(
    _ text: String,
    _ step: String,
    _ place: String
  ) throws(TemplateMistake) -> [TemplateParser.Piece] {
    do throws(TemplateMistake) {
      return try TemplateParser.pieces(of: text)
    } catch {
      throw error.at(place, step: step)
    }
  }
}
