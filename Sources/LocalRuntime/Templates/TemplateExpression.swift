import JSON

/// What stands between `{{` and `}}`, or in a `condition`.
///
/// From loose to tight: `or` (`||`), `and` (`&&`), `not` (`!`), one comparison
/// (`== != < <= > >=`), `|` read as "else". Parentheses group; in a condition `{{ … }}` groups too.
/// Operands are references (`input.a`, `steps.id.result.a.0`, `run.id`), numbers, quoted texts,
/// `true`, `false`, `null` and `omit`.
indirect enum TemplateExpression: Sendable, Equatable {
  case literal(JSONValue)
  case reference(TemplateReference)
  case omit
  case firstSet([TemplateExpression])
  case not(TemplateExpression)
  case and(TemplateExpression, TemplateExpression)
  case or(TemplateExpression, TemplateExpression)
  case compare(TemplateExpression, Comparison, TemplateExpression)

  enum Comparison: String, Sendable, CaseIterable {
    case equal = "=="
    case notEqual = "!="
    case lessOrEqual = "<="
    case greaterOrEqual = ">="
    case less = "<"
    case greater = ">"
  }

  /// Every reference in it, in the order they are written.
  var references: [TemplateReference] {
    switch self {
    case .literal, .omit: []
    case .reference(let reference): [reference]
    case .firstSet(let choices): choices.flatMap(\.references)
    case .not(let inner): inner.references
    case .and(let left, let right), .or(let left, let right), .compare(let left, _, let right):
      left.references + right.references
    }
  }
}

extension TemplateExpression.Comparison {
  /// Whether the comparison holds.
  ///
  /// Numbers compare by value, texts by their characters; values of
  /// different types are never equal, and neither is before the other.
  func holds(_ left: JSONValue, _ right: JSONValue) -> Bool {
    switch self {
    case .equal: Self.equal(left, right)
    case .notEqual: !Self.equal(left, right)
    case .less: Self.before(left, right)
    case .greater: Self.before(right, left)
    case .lessOrEqual: Self.before(left, right) || Self.sameKindEqual(left, right)
    case .greaterOrEqual: Self.before(right, left) || Self.sameKindEqual(left, right)
    }
  }

  private static func equal(_ left: JSONValue, _ right: JSONValue) -> Bool {
    guard case .number(let a) = left, case .number(let b) = right else { return left == right }
    if let a = a.int, let b = b.int { return a == b }
    return a.double == b.double
  }

  private static func before(_ left: JSONValue, _ right: JSONValue) -> Bool {
    switch (left, right) {
    case (.number(let a), .number(let b)):
      if let a = a.int, let b = b.int { return a < b }
      return a.double < b.double
    case (.string(let a), .string(let b)): return a < b
    default: return false
    }
  }

  private static func sameKindEqual(_ left: JSONValue, _ right: JSONValue) -> Bool {
    switch (left, right) {
    case (.number, .number), (.string, .string): equal(left, right)
    default: false
    }
  }
}
