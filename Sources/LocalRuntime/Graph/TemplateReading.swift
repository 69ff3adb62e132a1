import JSON

/// What the templates of a graph may read, and when.
struct TemplateReading {
  /// What one place of a graph can see.
  struct Scope {
    /// The step at the top whose field is read, or in whose body the field stands.
    let id: String
    /// The loop that it is within; nil at the top.
    var loop: GraphStep?
    /// The inner step whose field is read; nil at the top, and for the test of a loop.
    var inner: String?
    /// Who may hand something to the step; empty when anybody may.
    var allowed: Set<String> = []
  }

  /// What is wrong with a reference.
  struct Trouble {
    var code: String
    /// Behind the reference: `is no step of the graph`.
    var what: String
    /// What to do; asked for only when it will be told, since words are compared for it.
    var hint: () -> String? = { nil }
    var isWarning = false
  }

  /// Results that steps are taken to have.
  var outputs: [String: JSONValue] = [:]
  private let steps: [String: GraphStep]
  private let ancestors: Ancestors
  /// The loop that each inner step belongs to.
  private var owners: [String: String] = [:]
  /// By loop, the place of each inner step in the order in which they are worked on.
  private var positions: [String: [String: Int]] = [:]
  /// The `input_allowlist` of each step at the top that has one.
  private var allowlists: [String: Set<String>] = [:]
  private let input: JSONObject?

  init(_ placed: [Placed], _ input: JSONObject?) {
    steps = Dictionary(placed.map { ($0.step.id, $0.step) }) { first, _ in first }
    ancestors = Ancestors(placed.map(\.step))
    self.input = input
    for placed in placed {
      let allowed = placed.step.inputAllowlist
      if !allowed.isEmpty { allowlists[placed.step.id] = Set(allowed) }
      guard let loop = placed.step.loop else { continue }
      for inner in loop.body where owners[inner.id] == nil { owners[inner.id] = placed.step.id }
      // In a circle there is no order, and of what is before nothing can be told.
      let order = loop.bodyOrder.isEmpty ? loop.body.map(\.id) : loop.bodyOrder
      positions[placed.step.id] = Dictionary(order.enumerated().map { ($1, $0) }) { first, _ in
        first
      }
    }
  }

  // MARK: Scopes

  /// What the fields of a step see.
  func scope(of placed: Placed) -> Scope {
    guard let parent = placed.parent else {
      return Scope(id: placed.step.id, allowed: allowlists[placed.step.id] ?? [])
    }
    return Scope(
      id: parent.id,
      loop: parent,
      inner: placed.step.id,
      allowed: allowlists[parent.id] ?? []
    )
  }

  /// What the test of a `while` sees: its body is done.
  func scope(ofTestOf placed: Placed) -> Scope {
    Scope(id: placed.step.id, loop: placed.step, allowed: allowlists[placed.step.id] ?? [])
  }

  // MARK: References

  /// What is wrong with a reference at a place; nil when nothing is.
  func trouble(_ reference: TemplateReference, _ scope: Scope) -> Trouble? {
    switch reference.path[0] {
    case "steps": stepTrouble(reference, scope)
    case "run": runTrouble(reference)
    case "connection":
      Trouble(
        code: "connection_unavailable",
        what: "has no value here: this runtime has no connections",
        isWarning: true
      )
    case "input": nil
    default: loopTrouble(reference, scope)
    }
  }

  private func runTrouble(_ reference: TemplateReference) -> Trouble? {
    let known = TemplateScope.runFacts
    guard reference.path.count > 1, !known.contains(reference.path[1]) else { return nil }
    return Trouble(
      code: "template_unresolved",
      what: "names nothing that a run has",
      hint: {
        Spelling.nearest(to: reference.path[1], in: known).map { "“run.\($0)” was meant?" }
      }
    )
  }

  private func stepTrouble(_ reference: TemplateReference, _ scope: Scope) -> Trouble? {
    let target = reference.path[1]
    if reference.isLoopName {
      return scope.loop?.id == target && scope.loop?.type == .forEach ? nil : outside("for_each")
    }
    if let owner = owners[target], steps[target] == nil || scope.loop?.id == owner {
      return innerTrouble(target, owner, scope)
    }
    guard steps[target] != nil else {
      return Trouble(
        code: "template_unresolved",
        what: "names “\(target)”, which is no step of the graph",
        hint: {
          let ids = Array(steps.keys) + Array(owners.keys)
          return Spelling.nearest(to: target, in: ids).map { "“\($0)” was meant?" }
        }
      )
    }
    // The loop itself has resolved its own fields by then.
    let isOwnInput = scope.loop?.id == target && reference.path[2] == "input"
    guard ancestors.isBefore(target, scope.id) || isOwnInput else {
      let isSelf = target == scope.id
      let owner = scope.loop.map { "the “depends_on” of “\($0.id)”" } ?? "its “depends_on”"
      return Trouble(
        code: "template_missing_dependency",
        what: "reads a step that is not done before",
        hint: { isSelf ? nil : "add “\(target)” to \(owner)" }
      )
    }
    guard scope.allowed.isEmpty || scope.allowed.contains(target) || isOwnInput else {
      return Trouble(
        code: "template_missing_dependency",
        what: "reads a step that “input_allowlist” does not name",
        hint: { "add “\(target)” to it" }
      )
    }
    return nil
  }

  private func innerTrouble(_ target: String, _ owner: String, _ scope: Scope) -> Trouble? {
    guard scope.loop?.id == owner else {
      return Trouble(
        code: "template_unresolved",
        what: "names a step within the loop “\(owner)”, which only the loop sees",
        hint: { "read “steps.\(owner).result”" }
      )
    }
    let places = positions[owner] ?? [:]
    let own = scope.inner.map { places[$0] ?? 0 } ?? Int.max
    guard let place = places[target], place >= own else { return nil }
    return Trouble(
      code: "template_missing_dependency",
      what: "reads an inner step that is not done before",
      hint: { target == scope.inner ? nil : "add “\(target)” to its “depends_on”" }
    )
  }

  private func loopTrouble(_ reference: TemplateReference, _ scope: Scope) -> Trouble? {
    guard let loop = scope.loop else {
      return outside(["while", "loop"].contains(reference.path[0]) ? "while" : "loop")
    }
    let second = reference.path.count > 1 ? reference.path[1] : ""
    switch reference.path[0] {
    case "item", "index", "foreach":
      return loop.type == .forEach ? nil : outside("for_each")
    case "body": return bodyTrouble(second, loop) ?? innerTrouble(second, loop.id, scope)
    default:
      guard loop.type == .whileLoop else { return outside("while") }
      guard second == "prev", reference.path.count > 2 else { return nil }
      return bodyTrouble(reference.path[2], loop)
    }
  }

  private func bodyTrouble(_ target: String, _ loop: GraphStep) -> Trouble? {
    let places = positions[loop.id] ?? [:]
    guard places[target] == nil else { return nil }
    return Trouble(
      code: "template_unresolved",
      what: "names “\(target)”, which is no step in the body of “\(loop.id)”",
      hint: { Spelling.nearest(to: target, in: places.keys).map { "“\($0)” was meant?" } }
    )
  }

  private func outside(_ what: String) -> Trouble {
    Trouble(code: "template_unresolved", what: "has a value only within a \(what)")
  }

  // MARK: Values

  /// The first reference for want of which an expression will have no value; nil when it may have
  /// one, or when nothing was given that could tell.
  func unresolved(
    _ expression: TemplateExpression,
    overlay: JSONObject?
  ) -> TemplateReference? {
    switch expression {
    case .reference(let reference):
      return isAbsent(reference, overlay) ? reference : nil
    case .firstSet(let choices):
      var first: TemplateReference?
      for choice in choices {
        guard case .reference(let reference) = choice, isAbsent(reference, overlay, orEmpty: true)
        else { return nil }
        first = first ?? reference
      }
      return first
    case .literal, .omit, .not, .and, .or, .compare: return nil
    }
  }

  private func isAbsent(
    _ reference: TemplateReference,
    _ overlay: JSONObject?,
    orEmpty: Bool = false
  ) -> Bool {
    var scope = TemplateScope(results: outputs)
    switch reference.path[0] {
    case "input":
      guard let input else { return false }
      scope.input = .object(input.merging(overlay ?? [:]))
    case "steps":
      guard reference.path[2] == "result", outputs[reference.path[1]] != nil else { return false }
    default: return false
    }
    switch scope[reference] {
    case nil: return true
    case .null?, .string("")?: return orEmpty
    default: return false
    }
  }

  /// The value of a text that is one template, when what was given tells it.
  func value(of text: String, overlay: JSONObject?) -> JSONValue? {
    guard let pieces = try? TemplateParser.pieces(of: text), pieces.count == 1,
      case .expression(let expression) = pieces[0]
    else { return nil }
    let tellable = expression.references.allSatisfy { reference in
      switch reference.path[0] {
      case "input": input != nil
      case "steps": reference.path[2] == "result" && outputs[reference.path[1]] != nil
      default: false
      }
    }
    guard tellable else { return nil }
    let given = (input ?? [:]).merging(overlay ?? [:])
    let scope = TemplateScope(input: .object(given), results: outputs)
    return (try? expression.value(scope)) ?? nil
  }
}
