internal import JSON

/// The rows as a table and as JSON.
enum Report {
  private static let header = [
    "figure", "unit", "min", "median", "max", "against", "min", "median", "max", "ratio", "reach",
  ]

  /// The table, with blanks between its columns.
  static func table(_ figures: [Figure]) -> String {
    let lines = [header] + figures.map(cells)
    let widths = header.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
    return lines.map { line in
      var text = ""
      for (column, cell) in line.enumerated() {
        let blanks = String(repeating: " ", count: widths[column] - cell.count)
        let isText = [0, 1, 5, 10].contains(column)
        text += isText ? "\(cell)\(blanks)  " : "\(blanks)\(cell)  "
      }
      return "\(text.trimmingBlanks())\n"
    }
    .joined()
  }

  private static func cells(_ figure: Figure) -> [String] {
    let other = figure.other.map(figures) ?? ["", "", ""]
    let ratio = figure.ratio.map { Decimal.text($0, digits: 2) } ?? ""
    return [figure.name, figure.unit] + figures(figure.ours)
      + [figure.other == nil ? "" : figure.against] + other + [ratio, figure.reach]
  }

  private static func figures(_ spread: Spread) -> [String] {
    [spread.min, spread.median, spread.max].map(Decimal.short)
  }

  /// The rows as JSON, and what they were measured with.
  static func json(_ figures: [Figure], _ options: Options) -> String {
    let value: JSONValue = [
      "front": .string(options.front), "reference": .string(options.reference),
      "runs": .int(options.runs), "quick": .bool(options.isQuick),
      "rows": .array(figures.map(\.json)),
    ]
    return JSONWriter.text(value, .indented) + "\n"
  }
}

extension String {
  /// Without the blanks at its end.
  fileprivate func trimmingBlanks() -> String {
    var text = self
    while text.hasSuffix(" ") { text.removeLast() }
    return text
  }
}
