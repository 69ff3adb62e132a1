import JSON

extension TemplateExpression {
  /// The value of an expression that stands for one; nil is "omit".
  ///
  /// What has no value is a mistake, and so is null within a text, where it would say nothing.
  func value(
    _ scope: TemplateScope,
    inText: Bool = false
  ) throws(TemplateMistake) -> JSONValue? {
    switch self {
    case .literal(let value): return value
    case .omit: return nil
    case .reference(let reference):
      if let value = scope[reference], !inText || !value.isNull { return value }
      throw Self.missing([reference], scope)
    case .firstSet(let choices):
      for choice in choices {
        switch choice {
        case .literal(let value): return value
        case .omit: return nil
        default:
          let value = choice.truth(scope)
          if Self.isSet(value) { return value }
        }
      }
      throw Self.missing(references, scope)
    case .not, .and, .or, .compare: return truth(scope)
    }
  }

  /// The value of an expression in which what has no value is null.
  func truth(_ scope: TemplateScope) -> JSONValue {
    switch self {
    case .literal(let value): return value
    case .omit: return .null
    case .reference(let reference): return scope[reference] ?? .null
    case .firstSet(let choices):
      for choice in choices {
        if case .literal(let value) = choice { return value }
        let value = choice.truth(scope)
        if Self.isSet(value) { return value }
      }
      return .null
    case .not(let inner): return .bool(!Template.truthy(inner.truth(scope)))
    case .and(let left, let right):
      return .bool(Template.truthy(left.truth(scope)) && Template.truthy(right.truth(scope)))
    case .or(let left, let right):
      return .bool(Template.truthy(left.truth(scope)) || Template.truthy(right.truth(scope)))
    case .compare(let left, let comparison, let right):
      return .bool(comparison.holds(left.truth(scope), right.truth(scope)))
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
      return TemplateMistake(.missing, "neither \(names) has a value; \(remedy)")
    }
    let reach = scope.reach(reference).map { " (found as far as “\($0.text)”)" } ?? ""
    return TemplateMistake(.missing, "“\(reference.text)” has no value\(reach); \(remedy)")
  }
}
