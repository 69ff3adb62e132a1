import JSON

/// Reads template texts and conditions.
struct TemplateParser {
  /// A piece of a text that may hold templates.
  enum Piece: Sendable, Equatable {
    case text(String)
    case expression(TemplateExpression)
  }

  /// How deep expressions may nest: texts come from outside, the stack is ours.
  static let maximumDepth = 32

  /// How many values one expression may read: what is evaluated is a tree, as deep as they are many.
  static let maximumOperands = 256

  let scalars: [Unicode.Scalar]
  /// The place of the next scalar.
  var at = 0
  private var depth = 0
  private var operands = 0
  private var inCondition = false

  private init(_ text: String) {
    scalars = Array(text.unicodeScalars)
  }

  /// The pieces of a text: plain text and what stands in `{{ … }}`.
  static func pieces(of text: String) throws(TemplateMistake) -> [Piece] {
    guard text.contains("{{") else { return text.isEmpty ? [] : [.text(text)] }
    var parser = TemplateParser(text)
    var pieces: [Piece] = []
    var plain = String.UnicodeScalarView()
    while parser.at < parser.scalars.count {
      guard parser.starts(with: "{{") else {
        plain.append(parser.scalars[parser.at])
        parser.at += 1
        continue
      }
      if !plain.isEmpty { pieces.append(.text(String(plain))) }
      plain = String.UnicodeScalarView()
      parser.at += 2
      parser.operands = 0
      pieces.append(.expression(try parser.either()))
      try parser.expectEnd()
    }
    if !plain.isEmpty { pieces.append(.text(String(plain))) }
    return pieces
  }

  /// A whole text as one expression, in which `{{ … }}` groups.
  static func condition(_ text: String) throws(TemplateMistake) -> TemplateExpression {
    var parser = TemplateParser(text)
    parser.inCondition = true
    let expression = try parser.either()
    parser.skipBlank()
    guard parser.at == parser.scalars.count else { throw parser.unexpected("the end") }
    return expression
  }

  // MARK: Grammar

  private mutating func either() throws(TemplateMistake) -> TemplateExpression {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.maximumDepth else {
      throw TemplateMistake(.syntax, "the expression nests deeper than \(Self.maximumDepth) levels")
    }
    var left = try both()
    while take("||") || takeWord("or") { left = .or(left, try both()) }
    return left
  }

  private mutating func both() throws(TemplateMistake) -> TemplateExpression {
    var left = try negation()
    while take("&&") || takeWord("and") { left = .and(left, try negation()) }
    return left
  }

  private mutating func negation() throws(TemplateMistake) -> TemplateExpression {
    var negations = 0
    while takeWord("not") || takeBang() { negations += 1 }
    let inner = try comparison()
    if negations == 0 { return inner }
    return negations.isMultiple(of: 2) ? .not(.not(inner)) : .not(inner)
  }

  private mutating func comparison() throws(TemplateMistake) -> TemplateExpression {
    let left = try choice()
    for comparison in TemplateExpression.Comparison.allCases where take(comparison.rawValue) {
      return .compare(left, comparison, try choice())
    }
    skipBlank()
    if at < scalars.count, scalars[at] == "=" {
      throw TemplateMistake(.syntax, "“=” is no comparison; write “==”")
    }
    return left
  }

  private mutating func choice() throws(TemplateMistake) -> TemplateExpression {
    var choices = [try operand()]
    while takePipe() { choices.append(try operand()) }
    return choices.count == 1 ? choices[0] : .firstSet(choices)
  }

  private mutating func operand() throws(TemplateMistake) -> TemplateExpression {
    skipBlank()
    guard at < scalars.count else { throw unexpected("a value") }
    operands += 1
    guard operands <= Self.maximumOperands else {
      throw TemplateMistake(
        .syntax,
        "the expression reads more than \(Self.maximumOperands) values"
      )
    }
    switch scalars[at] {
    case "\"", "'": return .literal(.string(try quoted()))
    case "(":
      at += 1
      let inner = try either()
      guard take(")") else { throw unexpected("“)”") }
      return inner
    case "{" where inCondition && starts(with: "{{"):
      at += 2
      let inner = try either()
      try expectEnd()
      return inner
    case "[", "{": return .literal(try literal())
    default: return try word()
    }
  }

  private mutating func word() throws(TemplateMistake) -> TemplateExpression {
    let word = takeLetters()
    guard !word.isEmpty else { throw unexpected("a value") }
    switch word {
    case "true": return .literal(true)
    case "false": return .literal(false)
    case "null": return .literal(.null)
    case "omit": return .omit
    case "and", "or", "not":
      throw TemplateMistake(.syntax, "“\(word)” stands where a value should")
    default: break
    }
    if let number = JSONNumber(word) { return .literal(.number(number)) }
    return .reference(try TemplateReference(reading: word))
  }

  // MARK: Tokens

  private mutating func skipBlank() {
    while at < scalars.count, scalars[at].properties.isWhitespace { at += 1 }
  }

  private func starts(with token: String) -> Bool {
    scalars[at...].starts(with: token.unicodeScalars)
  }

  private mutating func take(_ token: String) -> Bool {
    skipBlank()
    guard starts(with: token) else { return false }
    at += token.unicodeScalars.count
    return true
  }

  private mutating func takePipe() -> Bool {
    skipBlank()
    guard starts(with: "|"), !starts(with: "||") else { return false }
    at += 1
    return true
  }

  private mutating func takeBang() -> Bool {
    skipBlank()
    guard starts(with: "!"), !starts(with: "!=") else { return false }
    at += 1
    return true
  }

  private mutating func takeWord(_ word: String) -> Bool {
    skipBlank()
    let before = at
    if takeLetters() == word { return true }
    at = before
    return false
  }

  /// The letters of a name, a number or a path; ids of steps bring hyphens and more.
  private mutating func takeLetters() -> String {
    var word = String.UnicodeScalarView()
    while at < scalars.count, Self.isLetter(scalars[at]) {
      word.append(scalars[at])
      at += 1
    }
    return String(word)
  }

  /// Whether a scalar may stand in a path.
  static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "|", "{", "}", "(", ")", "\"", "'", "!", "=", "<", ">", "&", "\\": false
    default: !scalar.properties.isWhitespace && scalar.value >= 0x20 && scalar.value != 0x7F
    }
  }

  private mutating func expectEnd() throws(TemplateMistake) {
    guard take("}}") else { throw unexpected("“}}”") }
  }

  private func unexpected(_ wanted: String) -> TemplateMistake {
    guard at < scalars.count else {
      return TemplateMistake(.syntax, "the template ends where \(wanted) should stand")
    }
    var rest = String.UnicodeScalarView()
    rest.append(contentsOf: scalars[at...].prefix(12))
    return TemplateMistake(.syntax, "“\(String(rest))” stands where \(wanted) should")
  }
}
