import JSON

/// Templates in values: `{{input.x}}`, `{{steps.id.result.x}}`, `{{input.a | 120}}`.
///
/// A text that is one template becomes the value itself, whatever its type; a template in a longer
/// text becomes text. A reference counts as unset when it is missing, null or the empty text; the
/// next choice behind `|` is then taken, and without one it is a mistake. `omit` takes the member or
/// element away (inside a longer text it is nothing).
enum Template {
  /// The value with all its templates replaced.
  /// - Throws: ``TemplateMistake`` naming step and place.
  static func resolve(
    _ value: JSONValue,
    scope: TemplateScope,
    step: String,
    place: String = ""
  ) throws(TemplateMistake) -> JSONValue {
    try resolved(value, scope, step, place) ?? .null
  }

  /// The object with all its templates replaced.
  /// - Throws: ``TemplateMistake`` naming step and place.
  static func resolve(
    _ object: JSONObject,
    scope: TemplateScope,
    step: String,
    place: String = ""
  ) throws(TemplateMistake) -> JSONObject {
    var members: [JSONObject.Member] = []
    members.reserveCapacity(object.count)
    for member in object.members {
      let inner = join(place, member.key)
      if let value = try resolved(member.value, scope, step, inner) {
        members.append(JSONObject.Member(member.key, value))
      }
    }
    return JSONObject(members)
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
      return truthy(lenient(try TemplateParser.condition(text), scope))
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
    var found: [Found] = []
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

  private static func join(_ place: String, _ name: String) -> String {
    place.isEmpty ? name : "\(place).\(name)"
  }

  private static func collect(
    _ value: JSONValue,
    _ step: String,
    _ place: String,
    _ found: inout [Found]
  ) throws(TemplateMistake) {
    switch value {
    case .string(let text):
      for case .expression(let expression) in try pieces(text, step, place) {
        found += expression.references.map { Found(reference: $0, place: place) }
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

  /// The value with its templates replaced; nil when it is to be omitted.
  private static func resolved(
    _ value: JSONValue,
    _ scope: TemplateScope,
    _ step: String,
    _ place: String
  ) throws(TemplateMistake) -> JSONValue? {
    switch value {
    case .null, .bool, .number: return value
    case .string(let text): return try resolved(text, scope, step, place)
    case .object(let object):
      return .object(try resolve(object, scope: scope, step: step, place: place))
    case .array(let items):
      var kept: [JSONValue] = []
      for (index, item) in items.enumerated() {
        if let item = try resolved(item, scope, step, join(place, String(index))) {
          kept.append(item)
        }
      }
      return .array(kept)
    }
  }

  private static func resolved(
    _ text: String,
    _ scope: TemplateScope,
    _ step: String,
    _ place: String
  ) throws(TemplateMistake) -> JSONValue? {
    let pieces = try pieces(text, step, place)
    do throws(TemplateMistake) {
      if pieces.count == 1, case .expression(let expression) = pieces[0] {
        return try strict(expression, scope)
      }
      var whole = ""
      for piece in pieces {
        switch piece {
        case .text(let plain): whole += plain
        case .expression(let expression):
          switch try strict(expression, scope) {
          case nil: break
          case .string(let inner)?: whole += inner
          case let other?: whole += JSONWriter.text(other)
          }
        }
      }
      return .string(whole)
    } catch {
      throw error.at(place, step: step)
    }
  }

  // MARK: Expressions

  /// The value of an expression; nil is "omit".
  ///
  /// What has no value is a mistake.
  private static func strict(
    _ expression: TemplateExpression,
    _ scope: TemplateScope
  ) throws(TemplateMistake) -> JSONValue? {
    switch expression {
    case .literal(let value): return value
    case .omit: return nil
    case .reference(let reference):
      if let value = scope[reference], isSet(value) { return value }
      throw missing([reference], scope)
    case .firstSet(let choices):
      for choice in choices {
        switch choice {
        case .literal(let value): return value
        case .omit: return nil
        default:
          let value = lenient(choice, scope)
          if isSet(value) { return value }
        }
      }
      throw missing(expression.references, scope)
    case .not, .and, .or, .compare: return lenient(expression, scope)
    }
  }

  /// The value of an expression in which what has no value is null.
  private static func lenient(
    _ expression: TemplateExpression,
    _ scope: TemplateScope
  ) -> JSONValue {
    switch expression {
    case .literal(let value): return value
    case .omit: return .null
    case .reference(let reference): return scope[reference] ?? .null
    case .firstSet(let choices):
      for choice in choices {
        if case .literal(let value) = choice { return value }
        let value = lenient(choice, scope)
        if isSet(value) { return value }
      }
      return .null
    case .not(let inner): return .bool(!truthy(lenient(inner, scope)))
    case .and(let left, let right):
      return .bool(truthy(lenient(left, scope)) && truthy(lenient(right, scope)))
    case .or(let left, let right):
      return .bool(truthy(lenient(left, scope)) || truthy(lenient(right, scope)))
    case .compare(let left, let comparison, let right):
      return .bool(comparison.holds(lenient(left, scope), lenient(right, scope)))
    }
  }

  private static let remedy = "add “| omit” or a default behind “|”"

  private static func isSet(_ value: JSONValue) -> Bool {
    value != .null && value != .string("")
  }

  private static func missing(
    _ references: [TemplateReference],
    _ scope: TemplateScope
  ) -> TemplateMistake {
    guard references.count == 1, let reference = references.first else {
      let names = references.map { "“\($0.text)”" }.joined(separator: " nor ")
      return TemplateMistake(
        .missing,
        "neither \(names) has a value; \(remedy)"
      )
    }
    let reach = scope.reach(reference).map { " (found as far as “\($0.text)”)" } ?? ""
    return TemplateMistake(
      .missing,
      "“\(reference.text)” has no value\(reach); \(remedy)"
    )
  }
}
