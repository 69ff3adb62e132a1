package import Cells
internal import JSON

/// Turns what was found into checks.
package enum Diagnosis {
  /// What is known of a terminal.
  package struct TerminalFacts: Sendable, Equatable {
    /// `TERM`.
    package var term: String
    /// The description that was found for it, and the colours it promises.
    package var description: (name: String, depth: ColorDepth, isAddressed: Bool)?
    /// Nil where standard output is no terminal.
    package var size: Size?
    package var locale: String
    package var isUTF8: Bool
    package var refusesColor: Bool

    /// Facts of a terminal.
    package init(
      term: String,
      description: (name: String, depth: ColorDepth, isAddressed: Bool)?,
      size: Size?,
      locale: String,
      isUTF8: Bool,
      refusesColor: Bool
    ) {
      self.term = term
      self.description = description
      self.size = size
      self.locale = locale
      self.isUTF8 = isUTF8
      self.refusesColor = refusesColor
    }

    /// Tuples compare by their parts only.
    package static func == (one: TerminalFacts, other: TerminalFacts) -> Bool {
      one.term == other.term && one.size == other.size && one.locale == other.locale
        && one.isUTF8 == other.isUTF8 && one.refusesColor == other.refusesColor
        && one.description?.name == other.description?.name
        && one.description?.depth == other.description?.depth
        && one.description?.isAddressed == other.description?.isAddressed
    }
  }

  /// A text, how wide we reckon it, and how wide the terminal drew it.
  package struct Measure: Sendable, Equatable {
    package var name: String
    package var text: String
    package var expected: Int
    package var columns: Int

    /// A measure.
    package init(name: String, text: String, expected: Int, columns: Int) {
      self.name = name
      self.text = text
      self.expected = expected
      self.columns = columns
    }
  }

  /// What came of asking a terminal for widths.
  package enum Widths: Sendable, Equatable {
    case measured([Measure])
    case silent
    /// It was not asked; why.
    case notAsked(String)
  }

  /// Locale and terminal.
  package static func terminal(_ facts: TerminalFacts) -> [Check] {
    let locale =
      facts.isUTF8
      ? Check("locale", .good, facts.locale)
      : Check("locale", .note, "\(facts.locale) has no UTF-8: signs are ASCII")
    return [
      with(["name": .string(facts.locale), "utf8": .bool(facts.isUTF8)], locale), screen(facts),
    ]
  }

  private static func screen(_ facts: TerminalFacts) -> Check {
    let size = facts.size.map { "\($0.columns)x\($0.rows)" }
    let depth: ColorDepth? = facts.refusesColor ? .mono : facts.description?.depth
    let object: JSONObject = [
      "term": .string(facts.term),
      "description": facts.description.map { .string($0.name) } ?? .null,
      "columns": facts.size.map { number($0.columns) } ?? .null,
      "rows": facts.size.map { number($0.rows) } ?? .null,
      "colours": depth.map { .string(name($0)) } ?? .null,
      "no_color": .bool(facts.refusesColor),
    ]
    guard !["", "dumb"].contains(facts.term) else {
      return Check(
        "terminal",
        .note,
        "TERM is \"\(facts.term)\": the front needs a terminal that can be addressed",
        facts: object
      )
    }
    guard let description = facts.description else {
      return Check(
        "terminal",
        .note,
        "this system has no description of \(facts.term): the front cannot be opened; install "
          + "ncurses-term, or set TERM to one that is here (xterm-256color)",
        facts: object
      )
    }
    guard description.isAddressed else {
      return Check(
        "terminal",
        .note,
        "\(facts.term) cannot move its cursor: the front cannot be opened",
        facts: object
      )
    }
    let found = description.name == facts.term ? "" : " (described as \(description.name))"
    let colours = facts.refusesColor ? "no colours (NO_COLOR)" : words(description.depth)
    guard let screen = facts.size else {
      return Check(
        "terminal",
        .good,
        "\(facts.term)\(found), \(colours); standard output is no terminal",
        facts: object
      )
    }
    let isSmall = screen.columns < 40 || screen.rows < 8
    return Check(
      "terminal",
      isSmall ? .note : .good,
      "\(facts.term)\(found), \(size ?? ""), \(colours)"
        + (isSmall ? ": the screens need 40x8" : ""),
      facts: object
    )
  }

  /// How wide the terminal draws.
  package static func widths(_ widths: Widths) -> Check {
    switch widths {
    case .notAsked(let reason):
      return Check("widths", .good, "not measured: \(reason)", facts: ["measured": false])
    case .silent:
      return Check(
        "widths",
        .note,
        "the terminal does not say where its cursor is, so widths were not measured",
        facts: ["measured": false]
      )
    case .measured(let measures):
      let samples = measures.map { measure -> JSONValue in
        [
          "name": .string(measure.name), "text": .string(measure.text),
          "expected": number(measure.expected), "columns": number(measure.columns),
        ]
      }
      let facts: JSONObject = ["measured": true, "samples": .array(samples)]
      let wrong = measures.filter { $0.expected != $0.columns }
      guard !wrong.isEmpty else {
        return Check(
          "widths",
          .good,
          "\(measures.count) kinds of text are drawn as wide as we reckon",
          facts: facts
        )
      }
      let list = wrong.map { "\($0.name) \($0.text) (\($0.columns), not \($0.expected))" }
      let isOfOurs = wrong.contains { ["signs of ours", "lines"].contains($0.name) }
      return Check(
        "widths",
        .note,
        "the terminal draws otherwise than we reckon: \(list.joined(separator: ", ")); lines with "
          + "such text may be off" + (isOfOurs ? "; set glyphs = \"ascii\" in the config" : ""),
        facts: facts
      )
    }
  }

  private static func words(_ depth: ColorDepth) -> String {
    switch depth {
    case .mono: "no colours"
    case .sixteen: "16 colours"
    case .palette256: "256 colours"
    case .direct: "direct colours"
    }
  }

  private static func name(_ depth: ColorDepth) -> String {
    switch depth {
    case .mono: "mono"
    case .sixteen: "16"
    case .palette256: "256"
    case .direct: "rgb"
    }
  }

  static func number(_ value: Int) -> JSONValue { .number(JSONNumber(value)) }

  static func with(_ facts: JSONObject, _ check: Check) -> Check {
    var check = check
    check.facts = facts
    return check
  }
}
